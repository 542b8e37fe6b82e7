// From event to command: what is wanted, may this person have it here, and who does it. Every decision is audited.
// Two tables, one entry for each row of the table of rights: what is not in them does not exist.
import { type CommandName, may, parseVerb, type VerbData, type VerbName } from '../access/index.ts'
import { catalogue } from '../errors.ts'
import type { ActionName, Button, Reply, Subject } from '../nouns.ts'
import { HOUR, MINUTE } from '../time.ts'
import { clickOf, heldDeletions, proposeForJob, proposeOnDemand, proposePressed } from './commands/actions.ts'
import * as dialog from './commands/dialog.ts'
import { handOver } from './commands/hand-over.ts'
import * as incidents from './commands/incidents.ts'
import * as knowledge from './commands/knowledge.ts'
import * as live from './commands/live.ts'
import * as people from './commands/people.ts'
import { otherOutput, report, reportBlock } from './commands/server-check.ts'
import type { Intent, IntentName } from './intents.ts'
import type { Services } from './services.ts'
import { notice, type Response, say, type Turn } from './turn.ts'
import { objectNameOf, type Understood, understand } from './understand.ts'

type Call = {
  readonly turn: Turn
  readonly services: Services
  readonly intent: Intent
  readonly understood: Understood
}
type Handler = (call: Call) => Promise<Response> | Response

// ------------------------------------------------------------------ typed

const domainOf = ({ intent }: Call) => (intent.domain === undefined ? {} : { domain: intent.domain })
const numberOf = ({ intent }: Call) => intent.number

function subjectOf({ understood, turn }: Call): Subject | undefined {
  const named = objectNameOf(understood.entities)
  return named ? { kind: 'object', ...named } : turn.session.subject
}

function diagnose(call: Call, fallbackTree: string): Promise<Response> {
  const { turn, services, understood, intent } = call
  const treeId = intent.treeId ?? fallbackTree
  // "Provision on demand" after a diagnosis means the same person; a new complaint without a name does not.
  return dialog.beginDialog(turn, services, { treeId, understood, ...domainOf(call) })
}

const act = (verb: incidents.Wish['verb']): Handler => {
  return ({ turn, services, intent }) =>
    incidents.act(turn, services, {
      verb,
      incident: intent.number,
      ...(verb === 'snooze' ? { minutes: Math.round((intent.durationMs ?? HOUR) / MINUTE) } : {}),
      ...(intent.reason === undefined
        ? {}
        : verb === 'note'
          ? { note: intent.reason }
          : { reason: intent.reason }),
    })
}

/** What each intent does, and the row of the table of rights it needs. */
const typed: Readonly<Record<IntentName, readonly [CommandName | VerbName, Handler]>> = {
  help: ['help', ({ turn }) => people.help(turn)],
  greeting: ['help', ({ turn }) => people.help(turn)],
  whoAmI: ['whoAmI', ({ turn }) => people.whoAmI(turn)],
  iAm: ['whoAmI', ({ turn, services, intent }) => people.becomeRole(turn, services, intent.role ?? 'none')],
  signIn: ['signIn', ({ turn, services }) => people.signIn(turn, services)],
  signOut: ['signOut', ({ turn, services }) => people.signOut(turn, services)],
  exportMyData: ['exportMyData', ({ turn, services }) => people.exportMyData(turn, services)],
  forgetMe: ['forgetMe', ({ turn, services }) => people.forgetMe(turn, services)],

  // A complaint that nothing runs names a dialog; the bare command shows the table.
  status: [
    'status',
    (call) =>
      call.intent.treeId === undefined
        ? live.status(call.turn, call.services, call.intent.domain)
        : diagnose(call, call.intent.treeId),
  ],
  agents: ['agents', ({ turn, services }) => live.agents(turn, services)],
  errors: ['status', ({ turn, services }) => live.errors(turn, services)],
  serviceHealth: ['status', ({ services }) => live.serviceHealth(services)],
  objectLog: [
    'diagnose',
    (call) => live.objectLog(call.turn, call.services, subjectOf(call) ?? { kind: 'tenant' }),
  ],

  objectNotSynced: ['diagnose', (call) => diagnose(call, 'user-not-synced')],
  passwordNotWorking: ['diagnose', (call) => diagnose(call, 'password-hash-not-working')],
  quarantineWhy: ['diagnose', (call) => diagnose(call, 'quarantine')],
  agentDown: ['diagnose', (call) => diagnose(call, 'agent-down')],
  symptom: ['diagnose', (call) => diagnose(call, 'user-not-synced')],
  serverReport: ['diagnose', ({ turn, services, understood }) => report(turn, services, understood.text)],
  serverReportBlock: ['diagnose', ({ services }) => reportBlock(services)],
  continueDialog: ['dialog.restart', ({ turn, services }) => dialog.move(turn, services, 'look')],
  backDialog: ['dialog.back', ({ turn, services }) => dialog.move(turn, services, 'back')],
  restartDialog: ['dialog.restart', ({ turn, services }) => dialog.move(turn, services, 'restart')],
  cancelDialog: ['dialog.cancel', ({ turn }) => dialog.cancel(turn)],

  deletionsHeld: ['heldDeletions', ({ services, intent }) => heldDeletions(services, intent.domain)],
  rejectDeletes: [
    'ask',
    ({ turn, services }) => knowledge.showArticle(turn, services, 'check-job-deletes-held'),
  ],
  allowDeletes: [
    'action.propose',
    (call) => proposeForJob(call.turn, call.services, { action: 'allowDeletes', ...domainOf(call) }),
  ],
  provisionOnDemand: ['action.propose', (call) => proposeOnDemand(call.turn, call.services, subjectOf(call))],
  restartJob: [
    'action.propose',
    (call) => proposeForJob(call.turn, call.services, { action: 'restart', ...domainOf(call) }),
  ],
  startJob: [
    'action.propose',
    (call) => proposeForJob(call.turn, call.services, { action: 'start', ...domainOf(call) }),
  ],
  pauseJob: [
    'action.propose',
    (call) => proposeForJob(call.turn, call.services, { action: 'pause', ...domainOf(call) }),
  ],
  stopActions: ['stopActions', async ({ turn, services }) => say(await services.actions.stop(clickOf(turn)))],
  allowActions: [
    'allowActions',
    async ({ turn, services }) => say(await services.actions.allow(clickOf(turn))),
  ],

  incidents: ['incidents', ({ turn, services }) => incidents.incidents(turn, services)],
  incident: ['incident', (call) => incidents.incident(call.services, numberOf(call))],
  incidentWhy: ['incident.why', (call) => incidents.why(call.turn, call.services, numberOf(call))],
  incidentSummary: ['incident', (call) => incidents.summary(call.services, numberOf(call))],
  acknowledge: ['incident.acknowledge', act('acknowledge')],
  unacknowledge: ['incident.unacknowledge', act('unacknowledge')],
  snooze: ['incident.snooze', act('snooze')],
  resolve: ['incident.resolve', act('resolve')],
  note: ['incident.note', act('note')],
  triage: ['triage', (call) => incidents.triage(call.turn, call.services, numberOf(call))],
  onCall: ['onCall', ({ turn, services }) => incidents.onCall(turn, services)],
  handover: ['handover', ({ turn, services }) => incidents.handover(turn, services)],
  subscribe: ['subscribe', ({ turn, services, intent }) => incidents.subscribe(turn, services, intent)],
  unsubscribe: ['unsubscribe', ({ turn, services }) => incidents.unsubscribe(turn, services)],
  maintenance: ['maintenance', ({ turn, services, intent }) => incidents.maintenance(turn, services, intent)],
  quietHours: ['quietHours', ({ turn, services, intent }) => incidents.quietHours(turn, services, intent)],
  digest: ['digest', ({ turn, services, intent }) => incidents.digest(turn, services, intent)],
  testAlert: ['testAlert', ({ turn, services }) => incidents.testAlert(turn, services)],

  figures: ['figures', ({ turn, services }) => incidents.figures(turn, services)],
  exportAudit: ['exportAudit', ({ services }) => people.auditTrail(services)],
  gaps: ['gaps', ({ turn, services }) => knowledge.gaps(turn, services)],
  feedback: [
    'feedback.dislike',
    ({ turn, services, intent }) =>
      knowledge.feedback(turn, services, {
        like: false,
        ...(intent.reason === undefined ? {} : { comment: intent.reason }),
      }),
  ],
  supportBundle: ['supportBundle', (call) => live.supportBundle(call.turn, call.services, subjectOf(call))],
  knowledge: [
    'ask',
    ({ turn, services, understood }) =>
      knowledge.ask(turn, services, { text: understood.text, offers: treeOffers(services, understood) }),
  ],
}

function treeOffers(services: Services, understood: Understood): Button[] {
  return understood.alsoOffers.flatMap((id) => {
    const tree = services.trees.get(id)
    return tree ? [{ label: `Diagnose: ${tree.title}`, say: `diagnose ${id}` }] : []
  })
}

// ------------------------------------------------------------------ pressed

type Press = { readonly turn: Turn; readonly services: Services; readonly data: VerbData }
type Pressed = (press: Press) => Promise<Response> | Response

const text = (data: VerbData, name: string): string | undefined =>
  data[name] === undefined ? undefined : String(data[name])
const optional = <K extends string>(data: VerbData, name: K) =>
  data[name] === undefined ? {} : ({ [name]: String(data[name]) } as Record<K, string>)

const incidentVerb = (verb: incidents.Wish['verb']): Pressed => {
  return ({ turn, services, data }) =>
    incidents.act(turn, services, {
      verb,
      incident: text(data, 'incident'),
      version: Number(data.version),
      ...(data.minutes === undefined ? {} : { minutes: Number(data.minutes) }),
      ...optional(data, 'reason'),
      ...optional(data, 'note'),
    })
}

type Decide = 'confirm' | 'approve' | 'reject' | 'cancel'
const operation = (data: VerbData) => ({ operation: String(data.operation), nonce: String(data.nonce) })

/** The pressed proposal card becomes the new one; anything else is said below it. */
const decide = (name: Decide): Pressed => {
  return async ({ turn, services, data }) => {
    const reply = await services.actions[name](clickOf(turn), operation(data))
    services.soon()
    return reply.kind === 'proposal' ? { replies: [], replace: reply } : say(reply)
  }
}

const pressed: Readonly<Record<VerbName, Pressed>> = {
  say: ({ turn, services, data }) => respondToText(turn, services, text(data, 'text') ?? ''),
  signIn: ({ turn, services }) => people.signIn(turn, services),
  signOut: ({ turn, services }) => people.signOut(turn, services),
  'dialog.choose': ({ turn, services, data }) =>
    dialog.choose(turn, services, {
      choice: String(data.choice),
      ...optional(data, 'dialog'),
      ...optional(data, 'step'),
    }),
  'dialog.back': ({ turn, services }) => dialog.move(turn, services, 'back'),
  'dialog.restart': ({ turn, services }) => dialog.move(turn, services, 'restart'),
  'dialog.cancel': ({ turn }) => dialog.cancel(turn),
  'dialog.handOver': ({ turn, services, data }) => handOver(turn, services, text(data, 'note')),
  'incident.acknowledge': incidentVerb('acknowledge'),
  'incident.unacknowledge': incidentVerb('unacknowledge'),
  'incident.snooze': incidentVerb('snooze'),
  'incident.resolve': incidentVerb('resolve'),
  'incident.note': incidentVerb('note'),
  'incident.why': ({ turn, services, data }) => incidents.why(turn, services, text(data, 'incident')),
  'incident.refresh': ({ services, data }) => incidents.refresh(services, String(data.incident)),
  'action.propose': ({ turn, services, data }) =>
    proposePressed(turn, services, {
      action: data.action as ActionName,
      configuration: String(data.configuration),
    }),
  'action.confirm': decide('confirm'),
  'action.approve': decide('approve'),
  'action.reject': decide('reject'),
  'action.cancel': decide('cancel'),
  'action.breakGlass': async ({ turn, services, data }) =>
    say(
      await services.actions.breakGlass(clickOf(turn), { ...operation(data), reason: String(data.reason) }),
    ),
  'feedback.like': ({ turn, services, data }) =>
    knowledge.feedback(turn, services, { like: true, ...optional(data, 'article') }),
  'feedback.dislike': ({ turn, services, data }) =>
    knowledge.feedback(turn, services, {
      like: false,
      ...optional(data, 'article'),
      ...optional(data, 'comment'),
    }),
}

/** The row of the table of rights each intent needs, and the verbs that have a handler: held against that table. */
export const typedRights = Object.fromEntries(
  Object.entries(typed).map(([intent, [right]]) => [intent, right]),
) as Readonly<Record<IntentName, CommandName | VerbName>>
export const pressedVerbs = Object.keys(pressed) as readonly VerbName[]

/** Domains are only a help in reading what was typed: knowledge must not wait for Microsoft Graph. */
const DOMAINS_WAIT_MS = 500

// ------------------------------------------------------------------ may they

/** These check a fresh sign-in themselves: the role remembered from before must not refuse, nor allow. */
const decidedByActions: readonly string[] = ['action.confirm', 'action.approve', 'action.breakGlass']

async function allowed(
  turn: Turn,
  services: Services,
  name: CommandName | VerbName,
): Promise<Reply | undefined> {
  if (decidedByActions.includes(name)) return undefined
  const verdict = may(turn.person, name, turn.place)
  const { tenantId } = turn.place
  // Knowledge is open to everybody and concerns nobody: only refusals and looks into the tenant are recorded.
  const open = name === 'ask' || name === 'help' || name === 'say'
  if (!verdict.allowed || !open)
    await services.store.audit.append({
      at: turn.now,
      tenantId,
      who: turn.person.objectId,
      what: name,
      where: turn.place.scope,
      outcome: verdict.allowed ? 'allowed' : 'denied',
      ...(verdict.allowed ? {} : { detail: verdict.because }),
    })
  if (verdict.allowed) return undefined
  return {
    kind: 'error',
    code: 'SM_ACCESS_DENIED',
    title: verdict.sentence,
    next: catalogue.SM_ACCESS_DENIED.next,
    offers: [{ label: 'Who is on call?', say: 'who is on call' }],
  }
}

/** A person whose name stands in a pasted log line, to be looked at after the error was explained. */
function diagnoseOffer(turn: Turn, understood: Understood): Button[] {
  const named = objectNameOf(understood.entities)
  // In a shared place the button would carry the name.
  if (!named || turn.place.scope !== 'personal') return []
  return [{ label: 'Diagnose this person', say: `${named.name.value} is not synced` }]
}

/** A time with seconds, or a level in capitals: nobody types these. */
const logMark = /\b\d{2}:\d{2}:\d{2}\b|\b(?:ERR|ERROR|WRN|WARN|WARNING|FATAL)\b/

/** "…ERROR HybridSynchronization… for CN=Jane…" pasted from a log: the error is the question, not Jane. */
function isPastedError(services: Services, intent: Intent, { text: pasted }: Understood): boolean {
  if (intent.name !== 'objectNotSynced' || intent.confidence >= 0.9) return false
  const saysOnlyAName = intent.confidence < 0.8
  return (saysOnlyAName || logMark.test(pasted)) && services.knowledge.codesIn(pasted).length > 0
}

/** Text that is no answer to the open question: answered if it is a question, else the open one is asked again. */
async function besideDialog(call: Call): Promise<Response> {
  const { turn, services, understood } = call
  const open = dialog.misunderstood(turn, services)
  const other = open && dialog.asksForReport(turn, services) ? otherOutput(understood.text) : undefined
  if (other) return say(other)
  if (!open) return knowledge.ask(turn, services, { text: understood.text, offers: [] })
  const back: Button = { label: 'Back to the question', say: 'continue' }
  const reply = await knowledge.ask(turn, services, {
    text: understood.text,
    offers: [back],
    onlyKnown: true,
  })
  return reply ?? say(open)
}

async function respondToText(turn: Turn, services: Services, words: string): Promise<Response> {
  const domains = await services.sync.domains(DOMAINS_WAIT_MS)
  const understood = understand(words, { domains, treeIds: services.trees.ids })
  const [intent] = understood.intents
  if (!intent) return say(notice('Say something, or say "help".'))
  // An open question is answered first, unless the message is clearly a command of its own.
  if (intent.name === 'knowledge' || intent.confidence < 0.9) {
    const refused = turn.session.dialog ? await allowed(turn, services, 'dialog.choose') : undefined
    const answer = refused ? undefined : await dialog.answer(turn, services, understood)
    if (answer) return answer
  }
  const call = { turn, services, intent, understood }
  if (intent.name === 'knowledge' && turn.session.dialog) return besideDialog(call)
  if (isPastedError(services, intent, understood))
    return knowledge.ask(turn, services, {
      text: understood.text,
      offers: diagnoseOffer(turn, understood),
    })
  const [right, handler] = typed[intent.name]
  const refused = await allowed(turn, services, right)
  return refused ? say(refused) : handler(call)
}

async function respondToPress(
  turn: Turn,
  services: Services,
  verb: string,
  data: VerbData,
): Promise<Response> {
  const parsed = parseVerb(verb, data)
  if (!parsed.ok) {
    const { user, next } = catalogue.SM_CARD_INVALID
    return say({ kind: 'error', code: 'SM_CARD_INVALID', title: user, next, offers: [] })
  }
  const refused = await allowed(turn, services, parsed.verb)
  return refused ? say(refused) : pressed[parsed.verb]({ turn, services, data: parsed.data })
}

export function createRespond(services: Services) {
  return async function respond(turn: Turn): Promise<Response> {
    const { event } = turn
    switch (event.kind) {
      case 'message': {
        const response = await respondToText(turn, services, event.text)
        const cut = notice('Your message was longer than I read; the rest was left out.')
        return event.cut ? { ...response, replies: [...response.replies, cut] } : response
      }
      case 'cardAction':
        return respondToPress(turn, services, event.verb, event.data)
      case 'installed':
        return people.welcome(turn, services)
      case 'feedback':
        return knowledge.feedback(turn, services, {
          like: event.reaction === 'like',
          ...(event.comment === undefined ? {} : { comment: event.comment }),
          silent: true,
        })
      case 'uninstalled':
      case 'membersChanged':
      case 'other':
        return say()
    }
  }
}
