// Complaints that name a feature or one kind of trouble: each has a dialog of its own. A table of words that must meet.
import type { IntentName } from './intents.ts'

type Narrow = {
  readonly treeId: string
  /** Default: symptom. */
  readonly intent?: IntentName
  /** All of them must be in the text. */
  readonly words: readonly RegExp[]
  readonly without?: RegExp
  /** It is about one person or group, so what looks like a name is one. */
  readonly object?: true
  /** What the person changed belongs to it: "after the upgrade" is no question about a known limit then. */
  readonly changed?: true
}

/** Something is not as it should be. */
const trouble =
  /\b(?:not|never|no longer|nobody|no one|none|nothing|only|fails?|failed|failing|errors?|broken|wrong|old|missing|lacks?|lost|refus\w{1,5}|reject\w{0,4}|denied|blocked|blocks|stops?|stopped|stuck|hangs?|timed? out|times out|time-?outs?|gr[ae]yed|ignored|empty|invalid|skipped|can not|disappeared|duplicates?|twice|no)\b/
const ad = /\b(?:ad|active directory|on-?prem(?:ises)?|forest)\b/
const cloudGroup = /\bgroups?\b/

/** The first that fits is the symptom: special features before the general words they are made of. */
const table: readonly Narrow[] = [
  {
    treeId: 'exchange-writeback',
    words: [
      /\bexchange\b/,
      /\bwrite-? ?back\b|\bwritten back\b|\bhybrid\b|\bschema\b|\b(?:check ?)?box\b|\bcheckbox\b/,
      trouble,
    ],
  },
  {
    treeId: 'device-sync',
    words: [
      /\b(?:hybrid[- ]join(?:ed)?|devices?|computers?|laptops?)\b/,
      /\b(?:not|never|missing|no)\b/,
      /\b(?:appear\w*|show\w*|in entra|in the (?:cloud|portal)|sync\w*|missing|there|registered|join\w*)\b/,
    ],
    without: /\bpasswords?\b|\bsso\b|\bsingle sign\b|\bagents?\b/,
  },
  {
    treeId: 'seamless-sso',
    changed: true,
    words: [/\b(?:sso|single[- ]sign[- ]?on|azureadssoacc|desktop sso)\b/, trouble],
  },
  {
    treeId: 'password-writeback',
    words: [
      /\bwrite-? ?back\b|\bsspr\w*\b|\bself[- ]service\b|\bwritten back\b|\breset(?:s|ting)?\b|\bchanged (?:\w+ ){0,4}in the (?:cloud|portal|admin center)\b/,
      /\bpasswords?\b|\bsspr\w*\b|\bwrite-? ?back\b/,
      new RegExp(`${trouble.source}|\\bsspr_\\d`),
    ],
    without: /\bgroups?\b|\bdevices?\b/,
  },
  {
    treeId: 'groups-to-ad',
    words: [/\bunexpectedduplicateentriesfound\b|\bduplicate groups?\b/],
  },
  {
    treeId: 'groups-to-ad',
    changed: true,
    words: [cloudGroup, ad, /\b(?:cloud|entra|enforcement|owned|write-? ?back)\b/, trouble],
    without: /\bnot in (?:entra|the cloud)\b|\bmissing in (?:entra|the cloud)\b/,
  },
  {
    treeId: 'users-to-ad',
    words: [
      /\b(?:cloud|entra)\b/,
      /\b(?:users?|accounts?)\b/,
      ad,
      /\b(?:back|reverted|moved|undone)\b/,
      /\bou\b|\bmoved\b/,
    ],
  },
  {
    treeId: 'quarantine-mail',
    words: [/\b(?:(?:e-?)?mails?|notifications?|notified|told|informed)\b/, /\bquarantined?\b/, trouble],
  },
  {
    treeId: 'migration',
    changed: true,
    words: [
      /\bmigrat(?:ion|e|ed|ing)\b/,
      /\b(?:tool|wizard|hard[- ]deleted|deleted|connect|readiness|counts?|staging)\b/,
    ],
  },
  {
    treeId: 'two-engines',
    object: true,
    words: [/\bconnect\b/, /\bcloud sync\b/, /\b(?:both|at once|same time|twice|overlap\w*|two tools)\b/],
  },
  {
    treeId: 'configuration-changed',
    words: [
      /\b(?:somebody|someone|who|an admin|a colleague)\b/,
      /\b(?:changed|edited|modified|touched|deleted|removed)\b/,
      /\b(?:service principals?|enterprise app\w*|configuration|mappings?)\b/,
    ],
  },
  {
    treeId: 'access-rights',
    object: true,
    changed: true,
    words: [
      /\binsufficient(?:_| )?(?:access)?(?:_| )?(?:rights?|permissions?)\b|\binsufficientaccessrights\b|\binsufficient access rights\b/,
    ],
  },
  {
    treeId: 'object-too-large',
    object: true,
    words: [
      /\blargeobject\b|\bexceededallowedlength\b|\btoo (?:large|many (?:certificates?|addresses|values|proxy))\b|\bmore than 15 certificates\b/,
    ],
    without: /\bgroups?\b|\bdeletions?\b|\bdeletes?\b|\bfailures?\b/,
  },
  {
    treeId: 'onmicrosoft-name',
    object: true,
    words: [
      /\bonmicrosoft(?:\.com)?\b/,
      /\b(?:got|get|gets|has|have|come|comes|name|names|upns?|instead|as)\b/,
    ],
  },
  {
    treeId: 'match-conflict',
    object: true,
    intent: 'objectNotSynced',
    words: [
      /\bduplicate (?:\w+ ){0,2}(?:address\w*|upns?|mails?|values?|smtp)\b|\binvalid(?:soft|hard)match\b|\b(?:soft|hard)[- ]match\w*\b|\bnot be matched\b|\battributevaluemustbeunique\b|\bconflicts? with\b/,
    ],
  },
  {
    treeId: 'user-recreated',
    object: true,
    words: [
      /\b(?:deleted|removed|disappeared|gone)\b/,
      /\b(?:re-?created|created again|made (?:anew|again)|came back|comes back|new object)\b/,
    ],
  },
  {
    treeId: 'leftover-objects',
    object: true,
    words: [
      /\b(?:deleted|removed|leavers?|left|terminated|fired)\b/,
      /\bstill\b/,
      /\b(?:in|there|visible|active|exists?|exist|have)\b/,
    ],
    without: /\bagents?\b|\bdeletions?\b|\bmail\w*\b/,
  },
  {
    treeId: 'scope-editing',
    words: [
      /\b(?:nested|ous?|scope|filter)\b/,
      /\b(?:add\w*|save\w*|select\w*|nested|more|limit)\b/,
      /\bscope\b|\bnested\b/,
      trouble,
    ],
  },
  {
    treeId: 'group-not-synced',
    object: true,
    intent: 'objectNotSynced',
    words: [
      /\bmember(?:s|ships?)?\b/,
      cloudGroup,
      /\b(?:miss\w*|lacks?|lost|not|no|without|gone|fewer|empty|wrong|old)\b/,
    ],
  },
  {
    treeId: 'group-not-synced',
    object: true,
    intent: 'objectNotSynced',
    words: [
      /\bgroup\b/,
      /\b(?:not (?:\w+ ){0,2}?(?:sync\w*|in|there|appear\w*|show\w*|visible)|missing|never)\b/,
    ],
    without: /\bpasswords?\b|\busers? (?:of|in)\b|\bnew hires?\b/,
  },
  {
    treeId: 'attribute-not-updated',
    object: true,
    intent: 'objectNotSynced',
    words: [
      /\b(?:attributes?|departments?|managers?|phones?|telephone|job titles?|titles?|display ?names?|surname|last name|extension|mapping list|employee ?id|photo|address book)\b/,
      /\b(?:wrong|old|outdated|empty|missing|not (?:\w+ ){0,3}?(?:updat\w*|chang\w*|sync\w*|flow\w*|in|listed|there|arriv\w*|show\w*)|never|can not (?:find|see|select|map))\b/,
    ],
    without: /\bpasswords?\b|\b(?:i|my) (?:can|am)\b|\b(?:one of )?(?:my|our) manager\b/,
  },
  {
    treeId: 'provisioning-log',
    words: [
      /\blogs?\b/,
      /\b(?:open|see|read|says?|shows?|empty|access)\b/,
      /\b(?:not|no|skipped|create|created|update|empty|refused|denied)\b/,
    ],
    without: /\blog ?(?:in|on)\b|\binsufficient\b|\bagents?\b|\btrace\b/,
  },
  {
    treeId: 'agent-install',
    words: [
      /\b(?:wizard|installer|install|installed|installation|setup|registration|registering|register|gmsa)\b/,
      /\b(?:agents?|server|wizard|gmsa|installer)\b/,
      trouble,
    ],
    without: /\b(?:listed|portal|uninstalled|migrat\w*|upgrad\w*|down|offline|inactive)\b/,
  },
  {
    treeId: 'agent-upgrade',
    changed: true,
    words: [/\bagents?\b/, /\b(?:upgrad\w*|updat\w*|version)\b/, trouble],
    without: /\bquarantined?\b/,
  },
  {
    treeId: 'agent-inactive',
    changed: true,
    words: [
      /\bagents?\b/,
      /\bnot (?:\w+ ){0,2}listed\b|\bstill (?:\w+ ){0,2}(?:listed|shown|there|in the portal)\b|\bmissing (?:in|from) the portal\b|\bnot (?:\w+ ){0,2}in the portal\b|\bportal (?:shows?|says?)\b|\bportal (?:\w+ ){0,2}(?:not|still) (?:lists?|shows?)\b/,
    ],
  },
  {
    treeId: 'agent-load',
    words: [
      /\b(?:agents?|server)\b/,
      /\b(?:high|full|100|growing|grows|leaks?|eats?|too much) (?:\w+ ){0,2}(?:cpu|memory|ram|load|processor)\b|\b(?:cpu|memory|ram|load|processor)\b.{0,30}\b(?:high|full|100|growing|grows|leak)|\bonly (?:one|1)(?: \w+){0,3} agents?\b/,
    ],
    without: /\bleft\b|\bremaining\b/,
  },
  {
    treeId: 'nothing-syncs',
    words: [/\b(?:ous?|organizational units?|scope group)\b/, /\b(?:was|were|got|is) (?:renamed|moved)\b/],
  },
  {
    treeId: 'nothing-syncs',
    words: [
      /\b(?:job|configuration|provisioning|sync)\b/,
      /\b(?:was|is|got|were) (?:\w+ )?(?:disabled|switched off|turned off)\b/,
    ],
    without: /\b(?:accounts?|users?|option|checkbox)\b/,
  },
  {
    treeId: 'nothing-syncs',
    words: [
      /\b(?:job|sync|everything|configuration)\b/,
      /\b(?:healthy|green)\b/,
      /\bnothing\b|\bno (?:changes|users|objects)\b/,
    ],
  },
  {
    treeId: 'on-demand-provisioning',
    words: [/\bon[ -]demand\b/, /\b(?:fails?|failed|errors?|not|never|wrong|skipped|stuck)\b/],
  },
]

export type NarrowSymptom = {
  readonly intent: IntentName
  readonly treeId: string
  readonly changed: boolean
  /** About one person or group. */
  readonly object: boolean
}

/** Every narrow complaint the comparable text (see clean.ts) can be, most special first. */
export function narrowSymptoms(text: string): readonly NarrowSymptom[] {
  return table
    .filter(({ words, without }) => words.every((one) => one.test(text)) && without?.test(text) !== true)
    .map(({ intent = 'symptom', treeId, changed = false, object = false }) => ({
      intent,
      treeId,
      changed,
      object,
    }))
}
