// Tells a statement about the person's own tenant (live) from a question about how things work (knowledge).
import type { Entity } from './entities.ts'
import type { IntentName } from './intents.ts'
import { type NarrowSymptom, narrowSymptoms } from './narrow-symptoms.ts'

export type Symptom = { readonly intent: IntentName; readonly treeId: string; readonly pattern: RegExp }

const cloud = '(?:(?:the )?(?:entra|azure|cloud|portal|tenant)|teams|outlook|exchange online)'
const missing = [
  '(?:is|are|was|were|has|have|do|does|did|will|gets?|still|just)? ?(?:not|never|no longer)(?: \\w+){0,2}? (?:sync|synced|syncs|syncing|syncing up|provisioned|appear|appears|appearing|show|shows|showing|shown|visible|come|comes|coming|arrive|arrives|arrived|replicate|replicated|exist|exists|found|updated|update|updating)',
  `(?:is|are) (?:still )?(?:missing|absent|gone|lost)|missing (?:in|from|on) ${cloud}|\\bnot (?:yet )?(?:in|on) ${cloud}|(?:is|are) (?:still )?not (?:yet )?(?:in|on|there)(?: in| on)? ?${cloud}?`,
  `can not (?:find|see) .{1,60} (?:in|on) ${cloud}|where is|(?:is|was|got|were|are) (?:deleted|removed|skipped)|disappeared|vanished`,
  '(?:sync|provisioning) (?:of .{1,60} )?(?:fails|failed|is failing|does not work|is broken)|fails to sync|failed to sync|will not sync|(?:still )?has (?:still )?no (?:\\w+ )?(?:licence|license|mailbox|teams|access|account)|(?:wrong|old|outdated) (?:name|department|manager|attribute|phone|mail|email|upn|data|value)',
].join('|')

/** In order: the first that fits is the symptom; passwords before objects, since both say "not synced". */
export const symptoms: readonly Symptom[] = [
  {
    intent: 'passwordNotWorking',
    treeId: 'password-hash-not-working',
    pattern:
      // Read from a message of at most 2000 characters.
      /\bpasswords?\b(?=.*\b(?:not|never|wrong|old|reject|rejected|refused|invalid|nobody|no one|fails?|failed|failing|incorrect|denied|stuck|late|delayed|broken)\b)|\b(?:not|never|wrong|old|nobody|no one|can not|fails?|rejected|refused)\b.*\bpasswords?\b|\bpassword hash(?:es)?\b.*\b(?:stuck|late|broken|down|not|stopped|fails?)\b/,
  },
  {
    intent: 'symptom',
    treeId: 'deletions-held',
    pattern:
      // Read from a message of at most 2000 characters.
      /\b(?:deletes?|deletions?)\b.*\b(?:held|hold|blocked|stuck|pending|staged|threshold|stopped|waiting)\b|\b(?:held|staged|blocked|too many) (?:deletes?|deletions?)\b|\bdelete threshold\b/,
  },
  {
    intent: 'quarantineWhy',
    treeId: 'quarantine',
    pattern: /\bquarantined?\b/,
  },
  {
    intent: 'agentDown',
    treeId: 'agent-down',
    pattern:
      // Read from a message of at most 2000 characters.
      /\b(?:agents?|agent server|connector|provisioning service)\b.*\b(?:down|dead|offline|inactive|stopped|crashed|hangs?|hung|unreachable|disconnected|red|gone|not (?:\w+ ){0,2}?(?:running|responding|answer|answering|active|reachable|start|starting|connecting|reporting|online|working)|does not (?:answer|respond|start|run|report|connect|come))\b|\b(?:dead|offline|inactive|stopped) agents?\b/,
  },
  {
    intent: 'status',
    treeId: 'nothing-syncs',
    pattern:
      /\b(?:sync|cloud sync|provisioning|synchronization|cycle|everything|it all)\b(?: of \S+)? (?:is|are|was|has|seems|looks|hangs|stopped|does not|did not)\b.*\b(?:stuck|late|slow|down|broken|dead|hanging|hung|stopped|behind|delayed|not (?:\w+ )?(?:running|working|run|work))\b|\b(?:sync|provisioning|synchronization) (?:of \S+ )?(?:hangs|stopped|does not (?:run|work))\b|\bnothing (?:syncs|is syncing|is synced|gets synced|arrives|works|comes)\b|\bno (?:changes|users|objects|updates|accounts) (?:\w+ ){0,2}?(?:arrive|arrives|sync|syncs|come|reach|synced|appear)\b|\b(?:changes|updates) (?:\w+ ){0,3}?(?:late|slow|slowly|delayed)\b|\b(?:nobody|no one|no user|none of (?:our|the|my) \w+) (?:is|are|gets?|was|were) (?:\w+ )?(?:synced|syncing|updated|provisioned|in (?:entra|the cloud|azure))\b/,
  },
  { intent: 'objectNotSynced', treeId: 'user-not-synced', pattern: new RegExp(`\\b(?:${missing})\\b`) },
]

/** Asking how things work, whatever else the sentence holds. */
const about = [
  /^(?:so |and |but |hi |hello |hey |quick question:? )*(?:how (?:do|does|can|could|to|should|would|often|long|many|much|big|large|is it)|what|which|where (?:do|can|is the (?:log|trace|config|setting|portal|option))|who (?:should|can|may|is allowed|needs|made)|when (?:do|does|should|will|is it|can|would)|can (?:i|we|you tell|the|it|one|cloud|an?)|could (?:i|we)|do (?:i|we|you)|does (?:the|it|cloud|entra|an?|this)|is (?:it|this|there|that) |are there|should|may i|must|will (?:the|it|this|i|we|you)|explain|tell me (?:how|what|about)|describe|define|difference|compare|list of|steps|guide|documentation|any (?:way|limit)|need(?:ed)?\b|why (?:do|does|would|are we|should|can|is there|is it|are there))\b/,
  /\b(?:how (?:do|can|to|should|would|could) (?:i|we|you|one|get|fix|clear|find|check|solve|make|set|turn|enable|disable|remove|add|restart|start|stop)|what (?:does|do|is|are) .{0,60}\b(?:mean|means|meaning|for|called)|what to (?:do|check)|is (?:it|this|that) (?:a bug|normal|ok|okay|supported|legit|wrong|possible|expected|by design|needed|required)|supported|best practice|prerequisites?|requirements?|limitations?|recommended|documented|documentation|tutorial|this (?:guide|page|article|document)|(?:the|these) (?:docs|instructions|guide|article|document))\b/,
  /\b(?:normal|bug|legit|ok|okay|possible|supported|expected|why|wrong|forgot something)\s*\?*$/,
]

/** Things the person did themselves: they ask about a known limit, not about a fault. */
const ownDoing =
  /\bafter \w{3,20}ing\b|\b(?:after|since|when|because) (?:i|we|someone|somebody|they|he|she|having|the (?:rename|upgrade|migration|move|change)|(?:ou )?rename|upgrade|upgrading|enabling|migration)\b|\b(?:i|we) (?:renamed|removed|nuked|merged|deleted|moved|changed|added|upgraded|enabled|installed|migrated)\b|^(?:renamed|removed|nuked|merged|deleted|moved|changed|added|upgraded|enabled|installed|created|migrated)\b/

const technical =
  /\b[a-z]+-(?:az|aad|ad|mg|msol|entra)[a-z]{3,}\b|\.psd1|\.exe\b|\\program|hkey_|hklm|error message:|exception\b|event (?:id )?\d{3,5}|import-module|\bpowershell\b/

const presentTime =
  /\b(?:since (?:this|yesterday|today|last|\d|a|monday|tuesday|wednesday|thursday|friday|saturday|sunday|noon|the (?:morning|weekend|night)|about|around|\w+ (?:hours|minutes|days))|today|this (?:morning|afternoon|evening|week)|tonight|right now|now|currently|at the moment|just now|yesterday|suddenly|all of a sudden|again|any ?more|for (?:\d+|an?|two|three|some|several|the (?:last|past)) ?\w* ?(?:minutes|hours|days?|hour|week)?)\b/

const everybody =
  /\b(?:nobody|no one|no user|everyone|everybody|all (?:our |the |my )?(?:users|people|staff|employees|colleagues|accounts|groups|passwords|changes)|none of (?:our|the|my)|nothing|everything|no (?:changes|new users|passwords|users|objects)|new (?:users|hires|employees|joiners|colleagues|passwords|accounts)|several|many|(?:half|some|most) of (?:our|the|my)|our (?:users|people|staff|passwords|changes|new)|users (?:say|complain|report|can not|must))\b/
const ours = /\b(?:our|ours|my|we|us)\b/
const thisOne =
  /\b(?:my|this|that|one of (?:our|my)|an?other|a new) (?:new )?(?:users?|accounts?|colleagues?|employees?|groups?|person|coworkers?|boss|manager|joiner|hire)\b(?! (?:attribute|photo|value|field|property|mapping|membership|name))|\ba (?:user|colleague|person|coworker|customer|caller) (?:of mine|of ours|here|calls?|called|says|said|complains)\b/

/** What a text complains about; `narrow` when it names a feature or one kind of trouble. */
type Complaint = Pick<Symptom, 'intent' | 'treeId'> & { readonly narrow?: NarrowSymptom }

export type Reading = {
  readonly symptom?: Complaint
  /** All symptoms that fit, for offers. */
  readonly treeIds: readonly string[]
  readonly live: boolean
  readonly about: boolean
  /** Not one person but everybody, or the sync as a whole. */
  readonly everything: boolean
}

const objectKinds = new Set<Entity['kind']>(['upn', 'dn', 'sam', 'objectId', 'name'])

export function namesObject(entities: readonly Entity[]): boolean {
  return entities.some((e) => objectKinds.has(e.kind))
}

function asksAbout(text: string): boolean {
  return about.some((pattern) => pattern.test(text))
}

/** A definite job or agent: "the job", "our sync", "it". */
const definite =
  /\b(?:the|our|my|this|its?) (?:\w+ ){0,2}?(?:job|jobs|configuration|config|sync|domain|agents?|tenant|provisioning)\b|\bwe (?:are|have)\b/

type Signals = {
  readonly text: string
  readonly symptom: Complaint
  readonly entities: readonly Entity[]
  readonly asks: boolean
}

function statesOwnTrouble({ text, symptom, entities, asks }: Signals): boolean {
  const hasCode = entities.some((e) => e.kind === 'errorCode' || e.kind === 'host')
  if (asks || hasCode || technical.test(text) || ownDoing.test(text) || text.length > 240) return false
  if (everybody.test(text) && presentTime.test(text)) return true
  if (thisOne.test(text))
    return symptom.intent === 'objectNotSynced' || symptom.intent === 'passwordNotWorking'
  // "Sync does not work since an hour" has no owner in it and can only be theirs.
  const bare = symptom.intent === 'status' && /^(?:sync|cloud sync|provisioning|synchronization)\b/.test(text)
  const owned = bare || definite.test(text)
  const state = /^(?:is|are|why is|why are|why did|why was|why has)\b/.test(text)
  return owned && (presentTime.test(text) || state || (ours.test(text) && text.length < 80))
}

/** Of these days: a fault that happens, not one that is read about. */
const recent =
  /\b(?:since (?:this|yesterday|today|last|monday|tuesday|wednesday|thursday|friday|saturday|sunday|noon|the (?:morning|weekend|night))|today|yesterday|tonight|this (?:morning|afternoon|evening|week)|right now|currently|at the moment|suddenly)\b/

/** Begins like a statement of what is, not like a note or a headline. */
const statement = /^(?:the|one of|some of|all of|in the|every|each|we|our|my|i)\b/

/** "Our seamless sign-on does not work": words so special that one's own saying is enough. */
function statesNarrowTrouble({ text, symptom, asks }: Signals): boolean {
  if (!symptom.narrow || asks || text.length > 240 || /\?\s*$/.test(text)) return false
  if (technical.test(text) || (ownDoing.test(text) && !symptom.narrow.changed)) return false
  return ours.test(text) || recent.test(text) || (statement.test(text) && !/\byour?\b/.test(text))
}

/** Asking about the state of a named domain: "is fabrikam in quarantine". */
function concernsDomain({ text, symptom, entities, asks }: Signals): boolean {
  if (!entities.some((e) => e.kind === 'domain') || text.length > 300) return false
  // "It went into quarantine when we added an agent" is a fault, whoever did what.
  if (technical.test(text) || (ownDoing.test(text) && symptom.intent !== 'quarantineWhy')) return false
  return (
    !asks ||
    /^(?:is|are|why (?:is|are|do|does|did|was|has)|what is wrong with|since when)\b|\bwhy\W*$/.test(text) ||
    symptom.intent === 'status'
  )
}

const unwell =
  /\b(?:down|late|slow|dead|offline|broken|stuck|stalled|frozen|hangs?|red|wrong|stands still|(?:hours|days|weeks) ago|fails?|failed|failing|errors?|stopped|nobody|nothing|off|refused|complain\w*|no sync|not (?:\w+ )?(?:work|working|ok|healthy|running|well|good)|trouble|problems?)\b/

/** "contoso.com is down": a domain of the tenant that is not well, whatever exactly is meant. */
export function domainIsUnwell(text: string, entities: readonly Entity[]): boolean {
  const named = entities.some((e) => e.kind === 'domain' && e.exact)
  if (!named || text.length > 200 || technical.test(text) || !unwell.test(text)) return false
  return (
    !asksAbout(text) || /^(?:is|why (?:is|are|do|does|did|was|has)|what is wrong with)\b|\bwhy\W*$/.test(text)
  )
}

function concernsObject({ text, symptom, entities, asks }: Signals): boolean {
  if (!namesObject(entities)) return false
  // "Seamless sign-on does not work" has the form of "Jane does not sync".
  if (
    symptom.narrow?.object === false &&
    entities.every((e) => e.kind === 'name' || !objectKinds.has(e.kind))
  )
    return false
  const instructive =
    /\b(?:how (?:do|can|to|should|would|could)|what does|which role|what is this|is it (?:possible|supported)|can (?:i|we))\b/
  return text.length <= 1200 && !instructive.test(text) && !(asks && text.length > 300)
}

/** What the text complains about, and whether it is about the person's own tenant. */
export function readSymptom(text: string, entities: readonly Entity[]): Reading {
  const narrow = narrowSymptoms(text).map((one): Complaint => ({ ...one, narrow: one }))
  const fitting: readonly Complaint[] = [...narrow, ...symptoms.filter((s) => s.pattern.test(text))]
  const asks = asksAbout(text)
  const treeIds = [...new Set(fitting.map((s) => s.treeId))]
  const symptom = fitting[0]
  const everything = !thisOne.test(text) && (everybody.test(text) || definite.test(text))
  if (!symptom) return { treeIds, live: false, about: asks, everything }
  const signals = { text, symptom, entities, asks }
  const live =
    concernsObject(signals) ||
    concernsDomain(signals) ||
    statesOwnTrouble(signals) ||
    statesNarrowTrouble(signals)
  return { symptom, treeIds, live, about: asks, everything }
}
