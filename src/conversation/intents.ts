// What a message can want, and reading a message that is one command.
import type { Role } from '../nouns.ts'
import { commands } from './spoken-commands.ts'

export type IntentName =
  | 'help'
  | 'greeting'
  | 'whoAmI'
  | 'iAm'
  | 'signIn'
  | 'signOut'
  | 'status'
  | 'agents'
  | 'objectNotSynced'
  | 'objectLog'
  | 'passwordNotWorking'
  | 'quarantineWhy'
  | 'agentDown'
  | 'deletionsHeld'
  | 'allowDeletes'
  | 'rejectDeletes'
  | 'provisionOnDemand'
  | 'restartJob'
  | 'startJob'
  | 'pauseJob'
  | 'errors'
  | 'serviceHealth'
  | 'incidents'
  | 'incident'
  | 'incidentSummary'
  | 'incidentWhy'
  | 'acknowledge'
  | 'unacknowledge'
  | 'snooze'
  | 'resolve'
  | 'note'
  | 'triage'
  | 'onCall'
  | 'handover'
  | 'subscribe'
  | 'unsubscribe'
  | 'maintenance'
  | 'quietHours'
  | 'digest'
  | 'feedback'
  | 'gaps'
  | 'exportMyData'
  | 'forgetMe'
  | 'stopActions'
  | 'allowActions'
  | 'supportBundle'
  | 'testAlert'
  | 'figures'
  | 'exportAudit'
  | 'serverReport'
  | 'serverReportBlock'
  | 'continueDialog'
  | 'backDialog'
  | 'restartDialog'
  | 'cancelDialog'
  | 'symptom'
  | 'knowledge'

export type Intent = {
  readonly name: IntentName
  /** 0 to 1; the list is in this order. */
  readonly confidence: number
  /** The dialog that belongs to it. */
  readonly treeId?: string
  readonly role?: Role
  /** Incident number. */
  readonly number?: number
  readonly durationMs?: number
  /** AD domain, as known or as typed. */
  readonly domain?: string
  /** The rest of the text: a reason, a note, a comment. */
  readonly reason?: string
  /** Severity of a subscription. */
  readonly minSeverity?: 'info' | 'warning' | 'critical'
  /** "HH:MM" bounds of quiet hours, or the time of a digest in `from`. */
  readonly from?: string
  readonly to?: string
  readonly off?: boolean
}

const polite =
  /^(?:(?:hi|hello|hey|ok|okay|so|well|bot|medic|sync medic)[,!.: ]+)*(?:(?:please|kindly) )?(?:(?:can|could|would|will) you (?:please )?|i (?:want|need|would like) you to |let us |let's |go and )?/

/** Reads a message that is one command and nothing else. Longer texts are never commands. */
export function readCommand(comparableText: string): Intent | undefined {
  if (comparableText.length > 600) return undefined
  const whole = comparableText.replace(/[\s.!?,;:]+$/, '').replace(/,? please$/, '')
  const bare = whole.replace(polite, '')
  for (const text of bare === whole ? [whole] : [whole, bare]) {
    for (const command of commands) {
      const match = command.pattern.exec(text)
      if (match) {
        return { name: command.name, confidence: 0.95, ...command.args?.(match.groups ?? {}, text) }
      }
    }
  }
  return whole === '' && comparableText !== '' ? { name: 'help', confidence: 0.9 } : undefined
}
