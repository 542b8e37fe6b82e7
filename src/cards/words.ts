// Fixed words of the cards: states, times, reasons. Colour never stands alone, so each tone has a sign and a word.
import type { Because, Incident, Instant, OperationState, Proposal, Role, Severity, Who } from '../nouns.ts'

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

export const becauseWords: Readonly<Record<Because, string>> = {
  notPermitted: 'the bot lacks the permission for it',
  notSignedIn: 'nobody has signed in with the needed scope',
  notConfigured: 'it is not set up here',
  licence: 'the tenant has no licence for it',
  throttled: 'Microsoft Graph is limiting requests',
  unavailable: 'no answer came in time',
  notFound: 'nothing of that kind was found',
}

export const whoWords: Readonly<Record<Who, string>> = {
  helpdesk: 'Helpdesk',
  AD: 'AD team',
  network: 'Network team',
  identity: 'Identity team',
  Microsoft: 'Microsoft',
  'on-call': 'On-call',
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

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number) => String(n).padStart(2, '0')
const MAX_INSTANT = 8.64e15

/** "08:12 UTC" today, "19 Nov 08:12 UTC" this year, with the year otherwise. */
export function timeWords(time: Instant, now: Instant): string {
  if (!Number.isFinite(time) || Math.abs(time) > MAX_INSTANT) return 'an unknown time'
  const t = new Date(time)
  const n = new Date(now)
  const clock = `${two(t.getUTCHours())}:${two(t.getUTCMinutes())} UTC`
  if (t.toISOString().slice(0, 10) === n.toISOString().slice(0, 10)) return clock
  const day = `${t.getUTCDate()} ${months[t.getUTCMonth()]}`
  return t.getUTCFullYear() === n.getUTCFullYear()
    ? `${day} ${clock}`
    : `${day} ${t.getUTCFullYear()} ${clock}`
}

/** A length of time in one unit: "12 min", "6 h", "3 days"; '' below a minute. */
export function ageWords(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000)
  if (!Number.isFinite(minutes) || minutes < 1) return ''
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`
}

/** A time with its distance from now: "02:14 UTC (6 h)", "12:14 UTC (in 4 h)". */
export function timeAndAge(time: Instant, now: Instant): string {
  const words = timeWords(time, now)
  const age = words === 'an unknown time' ? '' : ageWords(now - time)
  if (!age) return words
  return `${words} (${time > now ? `in ${age}` : age})`
}
