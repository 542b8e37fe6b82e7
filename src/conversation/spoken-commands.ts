// The commands people can type, as a table of whole-text patterns over comparable text (see clean.ts).
import type { Role } from '../nouns.ts'
import { readDuration } from './entities.ts'
import type { Intent, IntentName } from './intents.ts'

type Args = Omit<Intent, 'name' | 'confidence'>
type Groups = Readonly<Record<string, string | undefined>>

type Command = {
  readonly name: IntentName
  readonly pattern: RegExp
  readonly args?: (groups: Groups, text: string) => Args
}

const roles: Readonly<Record<string, Role>> = {
  helpdesk: 'viewer',
  'help desk': 'viewer',
  viewer: 'viewer',
  operator: 'operator',
  approver: 'approver',
  admin: 'admin',
  administrator: 'admin',
  nobody: 'none',
}

const n = '(?:incident )?#? ?(?<n>\\d{1,6})'
const d = '(?<domain>[a-z0-9][a-z0-9.-]{1,252})'
const job = '(?:job|jobs|sync|synchronization|provisioning|configuration|config|cycle)'
const anyJob = `(?:(?:the |its |our )?(?:sync |synchronization |provisioning |cloud sync |cloud )?${job} ?)`

function number(groups: Groups): Args {
  return groups.n === undefined ? {} : { number: Number(groups.n) }
}

function domain(groups: Groups): Args {
  const value = groups.domain ?? groups.domain2
  return value === undefined || fillers.has(value) ? {} : { domain: value.replace(/\.$/, '') }
}

/** Words that mean no domain in particular. */
const fillers: ReadonlySet<string> = new Set(
  'all everything it this that the them job jobs sync now here please provisioning configuration configurations config domains domain every entra cloud our everyone over again'.split(
    ' ',
  ),
)

/** Words that make it another sentence: "restart the agent" is no job command. */
export const notDomains: ReadonlySet<string> = new Set(
  'agent agents server servers service services menu computer machine vm wizard updater update windows dc dialog diagnosis bot teams session browser portal with by art'.split(
    ' ',
  ),
)

function compile(source: string): RegExp {
  return new RegExp(`^(?:${source})$`)
}

const severities = '(?<severity>critical|warning|info)'

export const commands: readonly Command[] = [
  {
    name: 'help',
    pattern: compile(
      '(?:help|help me|commands?|menu|what can (?:you|i) (?:do|ask)(?: here)?|how (?:do you work|can you help(?: me)?)|what do you do)',
    ),
  },
  {
    name: 'greeting',
    pattern: compile(
      '(?:hi|hello|hey|hallo|hiya|yo|good (?:morning|afternoon|evening|day)|moin|servus|thanks|thank you|thx|ok thanks|thank you very much)(?: (?:there|bot|all|everybody|sync medic|a lot))?',
    ),
  },
  {
    name: 'whoAmI',
    pattern: compile(
      '(?:who am i|what(?: is)? my role(?: is)?|my role|my rights|what (?:am|may) i (?:allowed to )?do(?: here)?|which role do i have)',
    ),
  },
  {
    name: 'iAm',
    pattern: compile(
      '(?:i am|act as|switch to|make me|be)(?: an?| the)? (?<role>help ?desk|viewer|operator|approver|admin|administrator|nobody)(?: now)?',
    ),
    args: (g) => ({ role: roles[g.role ?? ''] ?? 'none' }),
  },
  { name: 'signIn', pattern: compile('(?:sign|log) ?(?:me )?in|login|authenticate(?: me)?') },
  { name: 'signOut', pattern: compile('(?:sign|log) ?(?:me )?(?:out|off)|logout|logoff') },

  {
    name: 'continueDialog',
    pattern: compile('(?:continue|go on|carry on|resume)(?: (?:the |my )?(?:dialog|diagnosis|questions))?'),
  },
  { name: 'backDialog', pattern: compile('(?:go |one step )?back|previous(?: question)?|step back') },
  {
    name: 'restartDialog',
    pattern: compile(
      '(?:start over|start again|restart|begin again|from the (?:start|beginning))(?: (?:the |this )?(?:dialog|diagnosis|questions))?',
    ),
  },
  {
    name: 'cancelDialog',
    pattern: compile(
      '(?:cancel|stop|quit|exit|abort|never ?mind|forget it|end)(?: (?:the |this )?(?:dialog|diagnosis|questions))?',
    ),
  },

  {
    name: 'incidentSummary',
    pattern: compile(
      `(?:summary|summari[sz]e|post-?incident summary|post-?mortem|timeline)(?: of| for)? ${n}`,
    ),
    args: number,
  },
  {
    name: 'incidentWhy',
    pattern: compile(`why(?: is)?(?: there)? (?:incident #? ?|#)?(?<n>\\d{1,6})`),
    args: number,
  },
  {
    name: 'incident',
    pattern: compile(`(?:(?:show|open|details? of|what is) )?(?:incident #? ?|#)(?<n>\\d{1,6})`),
    args: number,
  },
  {
    name: 'incidents',
    pattern: compile(
      '(?:(?:show|list|get)(?: me)? )?(?:the |all |any |my )?(?:open |current |active )?(?:incidents|alerts|alarms)(?: (?:open|now|right now|there|today))?|(?:are there|is there|do we have|any) (?:any |an )?(?:open |active )?(?:incidents?|alerts?|alarms?)(?: (?:open|now|right now|today))?',
    ),
  },
  {
    name: 'unacknowledge',
    pattern: compile(`(?:unack|unacknowledge|release|un-ack)(?: ${n})?`),
    args: number,
  },
  {
    name: 'acknowledge',
    pattern: compile(`(?:ack|acknowledge|acknowledged|take|i take|i will take|mine|own)(?: ${n})`),
    args: number,
  },
  { name: 'acknowledge', pattern: compile('(?:ack|acknowledge)(?: (?:it|this|that))?') },
  {
    name: 'snooze',
    pattern: compile(`(?:snooze|silence|mute)(?: (?:it|this|that|${n}))?(?: for)?(?<rest> .{1,40})?`),
    args: (g) => {
      const ms = readDuration(g.rest ?? '')
      return { ...number(g), ...(ms === undefined ? {} : { durationMs: ms }) }
    },
  },
  {
    name: 'resolve',
    pattern: compile(
      `(?:resolve|close)(?: (?:it|this|that|${n}))(?:[,:]? (?:because(?: of)? |as |reason:? ?)?(?<reason>.{1,500}))?`,
    ),
    args: (g) => ({ ...number(g), ...(g.reason ? { reason: g.reason } : {}) }),
  },
  {
    name: 'note',
    pattern: compile(`(?:add )?(?:a )?note(?: (?:on|to|for))? ${n}[,:]? (?<reason>.{1,1000})`),
    args: (g) => ({ ...number(g), ...(g.reason ? { reason: g.reason } : {}) }),
  },
  {
    name: 'triage',
    pattern: compile(`(?:triage|triage sheet|first five minutes)(?: (?:of|for))?(?: ${n})?`),
    args: number,
  },
  {
    name: 'onCall',
    pattern: compile(
      '(?:who is |whos )?(?:next )?on[ -]?call(?: (?:now|today|tonight|next|tomorrow))?|who has (?:the )?(?:duty|on-?call)(?: (?:now|today|tonight))?|who is (?:next )?(?:on duty|the on-?call)(?: (?:person|engineer|now))*|(?:call|page|ask|get|hand (?:this|it) (?:over )?to) (?:the )?(?:person on call|on-?call(?: person)?|an? (?:expert|human|person)|somebody)',
    ),
  },
  {
    name: 'handover',
    pattern: compile(
      '(?:(?:shift )?hand-?over|hand over)(?: (?:sheet|summary|report|please|now))?|shift (?:change|summary|report)|(?:make|show|give)(?: me)? (?:the |a )?(?:shift )?hand-?over(?: (?:sheet|summary))?',
    ),
  },

  {
    name: 'unsubscribe',
    pattern: compile(
      'unsubscribe(?: (?:this|the) (?:channel|chat))?(?: here)?|(?:stop|no more) (?:alerts|alerting|notifications)(?: (?:here|in this (?:channel|chat)))?',
    ),
  },
  {
    name: 'subscribe',
    pattern: compile(
      `subscribe(?: (?:this|the) (?:channel|chat)| here| us| me)?(?: (?:to|for))?(?: (?:all|alerts|(?!critical|warning|info)${d}))?(?: (?:alerts|(?:only |from )?${severities}))*(?: (?:and up|only|here))?|(?:send|post) (?:me |us )?(?:the )?alerts (?:here|to this (?:channel|chat))`,
    ),
    args: (g) => ({
      ...domain(g),
      ...(g.severity ? { minSeverity: g.severity as 'info' | 'warning' | 'critical' } : {}),
    }),
  },
  {
    name: 'maintenance',
    pattern: compile(
      `(?:(?:start|begin|set|schedule|plan) )?(?:a )?maintenance(?: window)?(?: (?:of|for|on) (?!\\d)${d})?(?<rest>(?: for)? \\d.{0,40}| (?:for )?(?:an|one|half an) hour)?|(?<off>(?:end|stop|finish|cancel)) (?:the )?maintenance(?: window)?(?: (?:of|for|on) (?<domain2>[a-z0-9.-]{2,253}))?`,
    ),
    args: (g) => {
      const ms = readDuration(g.rest ?? '')
      return {
        ...domain(g),
        ...(ms === undefined ? {} : { durationMs: ms }),
        ...(g.off ? { off: true } : {}),
      }
    },
  },
  {
    name: 'quietHours',
    pattern: compile(
      '(?:set )?quiet hours(?: (?:from )?(?<from>\\d{1,2}:\\d{2}) ?(?:-|to|until) ?(?<to>\\d{1,2}:\\d{2})| (?<off>off|none))?',
    ),
    args: (g) => ({
      ...(g.from && g.to ? { from: g.from, to: g.to } : {}),
      ...(g.off ? { off: true } : {}),
    }),
  },
  {
    name: 'digest',
    pattern: compile(
      '(?:daily )?digest(?: (?:at )?(?<from>\\d{1,2}:\\d{2})| (?<off>off|none))?(?: (?:every day|daily))?',
    ),
    args: (g) => ({ ...(g.from ? { from: g.from } : {}), ...(g.off ? { off: true } : {}) }),
  },

  {
    name: 'gaps',
    pattern: compile(
      '(?:show |list )?(?:the )?(?:gaps|knowledge gaps|unanswered(?: questions)?|open questions|gap report)|what could you not answer|which questions (?:stayed|are) (?:un|not )?answered',
    ),
  },
  {
    name: 'feedback',
    pattern: compile('(?:(?:give |send )?feedback)(?:[,:]? (?<reason>.{1,1000}))?'),
    args: (g) => (g.reason ? { reason: g.reason } : {}),
  },
  {
    name: 'exportMyData',
    pattern: compile(
      '(?:export|show|download|give me)(?: me)? (?:all )?(?:my|the) data(?: you (?:have|keep)(?: about me)?)?|what do you (?:know|keep|store) about me',
    ),
  },
  { name: 'forgetMe', pattern: compile('forget me|(?:delete|erase|remove) (?:all )?my data') },
  {
    name: 'stopActions',
    pattern: compile(
      '(?:stop|disable|forbid|block|switch off) (?:all )?(?:actions|writes)|kill ?switch(?: on)?',
    ),
  },
  {
    name: 'allowActions',
    pattern: compile(
      '(?:allow|enable|resume|permit|switch on) (?:all )?(?:actions|writes)(?: again)?|kill ?switch off',
    ),
  },
  { name: 'testAlert', pattern: compile('(?:send (?:me |us )?)?(?:a )?test alert(?: (?:here|now))?') },
  {
    name: 'figures',
    pattern: compile(
      '(?:show )?(?:the )?(?:figures|mttr|mtta|response times|times? to (?:acknowledge|resolve)(?: and (?:to )?resolve)?)',
    ),
  },
  { name: 'exportAudit', pattern: compile('(?:export|show|download) (?:the )?audit(?: trail| log)?') },
  {
    name: 'supportBundle',
    pattern: compile(
      '(?:(?:make|show|give)(?: me)? )?(?:the |a )?support (?:bundle|package|report|summary)|bundle for (?:microsoft )?support',
    ),
  },
  {
    name: 'serverReportBlock',
    pattern: compile(
      '(?:(?:show|give|send)(?: me)? )?(?:the )?(?:server|agent) (?:report|check|block|commands?|script)(?: (?:block|commands?|script))?|check (?:the|my|our) (?:agent )?server',
    ),
  },

  {
    name: 'agents',
    pattern: compile(
      `(?:(?:show|list|check|get)(?: me)? )?(?:the |all |our )?agents?(?: status| state)?(?: (?:of|for) (?:the )?${d})?|(?:which|are|how many|what) (?:of )?(?:the |our |my |all )?agents (?:are )?(?:active|inactive|up|down|alive|online|offline|ok|fine|running|healthy|well|there|installed)(?: (?:now|right now|at the moment|today))?|(?:are|is) (?:the |our |my |all )?agents? (?:still )?(?:active|inactive|up|down|alive|online|offline|ok|fine|running|healthy)(?: (?:now|right now|at the moment|today))?|(?:are|is) (?:the |all )?agents? (?:of|for|in) ${d.replace('domain', 'domain2')} (?:still )?(?:active|inactive|up|down|alive|online|offline|ok|fine|running|healthy)`,
    ),
    args: domain,
  },
  {
    name: 'deletionsHeld',
    pattern: compile(
      `(?:show |list )?(?:the )?(?:held|staged|pending|blocked) (?:deletes|deletions)(?: (?:of|for|in))?(?: ${d})?|who (?:would|will|is going to) be deleted(?: (?:of|for|in) (?<domain2>[a-z0-9.-]{2,253}))?|(?:which|what) (?:users|objects|accounts) (?:would|will) be deleted`,
    ),
    args: (g) => ({ treeId: 'deletions-held', ...domain(g) }),
  },
  {
    name: 'allowDeletes',
    pattern: compile(
      `(?:allow|approve|release|let through) (?:the )?(?:held |staged |pending )?(?:deletes|deletions)(?: (?:of|for|in))?(?: ${d})?`,
    ),
    args: domain,
  },
  {
    name: 'rejectDeletes',
    pattern: compile(
      `(?:reject|refuse|decline|do not allow) (?:the )?(?:held |staged |pending )?(?:deletes|deletions)(?: (?:of|for|in))?(?: ${d})?`,
    ),
    args: domain,
  },

  {
    name: 'provisionOnDemand',
    pattern: compile(
      'provision(?: (?:this|that|the) (?:object|user|group|one))?(?: on[ -]demand)(?: (?:this|that|the) (?:object|user|group|one))?(?: (?:now|again))?|(?:try|run|do|start) (?:an? |the )?(?:on[ -]demand provisioning|provision(?:ing)? on[ -]demand)(?: (?:for|of) (?:this|that|the) (?:object|user|group|one))?|provision (?:it|him|her|them)(?: now)?',
    ),
  },
  {
    name: 'restartJob',
    pattern: compile(
      `(?:restart|re-?start|clear (?:the )?quarantine(?: (?:of|for|in|on))?|lift (?:the )?quarantine(?: (?:of|for|in|on))?) ?(?:${anyJob})?(?:(?:of|for|on|in) )?(?:the )?(?:domain )?${d}?`,
    ),
    args: domain,
  },
  {
    name: 'startJob',
    pattern: compile(
      `(?!(?:start|resume|unpause)$)(?:start|resume|unpause) ?(?:${anyJob})?(?:(?:of|for|on|in) )?(?:the )?(?:domain )?${d}?`,
    ),
    args: domain,
  },
  {
    name: 'pauseJob',
    pattern: compile(
      `(?!(?:pause|halt|suspend)$)(?:pause|halt|suspend) ?(?:${anyJob})?(?:(?:of|for|on|in) )?(?:the )?(?:domain )?${d}?`,
    ),
    args: domain,
  },

  {
    name: 'status',
    pattern: compile(
      `(?:(?:show|give|get)(?: me)? )?(?:the |current )?(?:sync |cloud sync |provisioning |overall )?(?:status|state|overview|health)(?: (?:report|overview|page))?(?: now)?(?: (?:of|for|in)(?: (?:all|the))?(?: (?:configurations?|domains?|sync|jobs?|tenant|everything|all))?(?: ?${d})?)?`,
    ),
    args: domain,
  },
  {
    name: 'status',
    pattern: compile(
      `(?:is|are) (?:the |our |cloud |all )*(?:sync|provisioning|jobs?|configurations?|everything|it all|all)(?: (?:of|for) (?<domain2>[a-z0-9.-]{2,253}))? (?:still |currently )?(?:running|ok|okay|fine|well|good|green|healthy|working|alive|late|down|broken|stuck|up)(?: (?:now|right now|at the moment|today))?|(?:is|are) (?:a|the|any) (?:sync |provisioning )?(?:cycle|sync) running(?: (?:now|right now|at the moment))?|(?:is|does) ${d} (?:still |currently )?(?:sync|syncing|ok|fine|running|healthy|late|working|green|stuck|up)(?: (?:now|right now|at the moment|today))?|how is (?:the |our )?(?:sync|cloud sync|everything|provisioning)(?: (?:doing|going|today|now))?|(?:everything|the sync|our sync|all|sync) is (?:down|broken|dead|stuck|red)(?: (?:now|again|today))?`,
    ),
    args: domain,
  },
  {
    name: 'status',
    pattern: compile(
      `when (?:was|is|did|does|will) (?:the |our )?(?:last|next) (?:successful )?(?:sync|cycle|run|synchronization|success)(?: (?:run|start|happen|be|begin|end|cycle))?(?: (?:of|for|in) ${d})?|(?:last|next) (?:successful )?(?:sync|cycle|run|success)(?: (?:of|for|in))?(?: (?<domain2>[a-z0-9.-]{2,253}))?|what is (?:broken|wrong|red|failing|going on)(?: (?:now|right now|today|at the moment))?|(?:is )?(?:anything|something) (?:broken|wrong|red|failing)(?: (?:now|right now|today))?`,
    ),
    args: domain,
  },
  {
    name: 'errors',
    pattern: compile(
      `(?:show |list )?(?:the |all |top |current )?(?:sync |provisioning )?(?:errors|failures)(?: (?:by code|grouped(?: by code)?|today|now))?(?: (?:of|for|in) ${d})?|(?:which|what) errors (?:do we have|are there|happen)(?: (?:now|today))?`,
    ),
    args: domain,
  },
  {
    name: 'serviceHealth',
    pattern: compile(
      '(?:microsoft |entra )?service health|(?:is there|are there) (?:an? |any )?(?:microsoft|service) (?:incidents?|outages?|problems?)(?: (?:now|today|right now))?|(?:is microsoft|is entra) (?:down|broken|having (?:a problem|problems|an outage))(?: (?:now|today|right now))?',
    ),
  },
]
