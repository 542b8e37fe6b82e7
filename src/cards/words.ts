// Fixed words of the cards: states, times, reasons. Colour never stands alone, so each tone has a sign and a word.
import type { Incident, Instant, OperationState, Proposal, Role, Severity } from '../nouns.ts'
import { isInstant, lengthWords, MINUTE, timeWords } from '../time.ts'

export type Tone = 'critical' | 'warning' | 'good' | 'info' | 'neutral'

/** Signs that plain system fonts have; emoji fonts are not everywhere. */
export const signs = {
  critical: '✖',
  warning: '⚠',
  good: '✔',
  info: 'ℹ',
  neutral: '●',
  question: '?',
  waiting: '◷',
  stopped: '■',
  up: '▲',
} as const

export const severityWords: Readonly<Record<Severity, { word: string; tone: Tone; sign: string }>> = {
  critical: { word: 'Critical', tone: 'critical', sign: signs.critical },
  warning: { word: 'Warning', tone: 'warning', sign: signs.warning },
  info: { word: 'Information', tone: 'info', sign: signs.info },
}

export const roleWords: Readonly<Record<Role, string>> = {
  none: 'anybody',
  viewer: 'a viewer',
  operator: 'an operator',
  approver: 'an approver',
  admin: 'an admin',
}

export function incidentWords(incident: Incident): { word: string; tone: Tone; sign: string } {
  const { tone } = severityWords[incident.severity]
  switch (incident.state) {
    case 'open':
      if (incident.suppressedBy !== undefined) return { word: 'Held back', tone, sign: signs.waiting }
      // `step` is the next one: opening already was the first.
      return incident.step > 1 || incident.chainRuns > 0 || incident.exhausted
        ? { word: 'Escalated', tone, sign: signs.up }
        : { word: 'Detected', tone, sign: severityWords[incident.severity].sign }
    case 'acked':
      return { word: 'Acknowledged', tone: 'info', sign: signs.neutral }
    case 'snoozed':
      return { word: 'Snoozed', tone: 'neutral', sign: signs.waiting }
    case 'resolved':
      return { word: 'Resolved', tone: 'good', sign: signs.good }
    case 'closed':
      return { word: 'Closed', tone: 'neutral', sign: signs.stopped }
    case 'pending':
      return { word: 'Being watched', tone: 'neutral', sign: signs.waiting }
  }
}

export const operationWords: Readonly<Record<OperationState, { word: string; tone: Tone; sign: string }>> = {
  proposed: { word: 'Proposal, nothing is done yet', tone: 'info', sign: signs.question },
  confirmed: { word: 'Waiting for a second person', tone: 'info', sign: signs.waiting },
  approved: { word: 'Approved', tone: 'info', sign: signs.good },
  executing: { word: 'Being carried out', tone: 'info', sign: signs.waiting },
  watching: { word: 'Carried out, watching the result', tone: 'info', sign: signs.waiting },
  succeeded: { word: 'Done', tone: 'good', sign: signs.good },
  failed: { word: 'Failed', tone: 'critical', sign: signs.critical },
  unknown: { word: 'Outcome unknown', tone: 'warning', sign: signs.warning },
  cancelled: { word: 'Cancelled, nothing was done', tone: 'neutral', sign: signs.stopped },
  expired: { word: 'Expired, nothing was done', tone: 'neutral', sign: signs.stopped },
}

export const actionTitles: Readonly<Record<Proposal['action'], string>> = {
  provisionOnDemand: 'Provision on demand',
  start: 'Start the synchronization job',
  restart: 'Restart the synchronization job',
  pause: 'Pause the synchronization job',
  allowDeletes: 'Allow the held deletions',
}

/** A time with its distance from now: "02:14 UTC (6 h ago)", "12:14 UTC (in 4 h)". */
export function timeAndAge(time: Instant, now: Instant): string {
  const words = timeWords(time, now)
  const away = Math.abs(now - time)
  if (!isInstant(time) || !(away >= MINUTE)) return words
  return `${words} (${time > now ? `in ${lengthWords(away)}` : `${lengthWords(away)} ago`})`
}
