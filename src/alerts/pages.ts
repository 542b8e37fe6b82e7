// Lists and explanations of incidents as replies.
import type { Block, Finding, Incident, Instant, Prose, Reply, TimelineEntry } from '../nouns.ts'
import { at } from '../nouns.ts'
import { buttonsOf } from './buttons.ts'

const words: Readonly<Record<Incident['state'], string>> = {
  pending: 'seen once',
  open: 'open',
  acked: 'acknowledged',
  snoozed: 'snoozed',
  resolved: 'resolved',
  closed: 'closed',
}

/** The fact first: how many wait for somebody. */
function headline(incidents: readonly Incident[]): string {
  const unowned = incidents.filter((i) => i.state === 'open').length
  const active = incidents.filter((i) => i.state !== 'resolved' && i.state !== 'closed').length
  if (active === 0) return 'No incident is open'
  const all = active === 1 ? '1 incident' : `${active} incidents`
  if (unowned === 0) return active === 1 ? `${all}, and it is taken care of` : `${all}, all taken care of`
  return unowned === active ? `${all} without an owner` : `${all}, ${unowned} without an owner`
}

export function incidentListReply(incidents: readonly Incident[], now: Instant): Reply {
  const rows = incidents.map((i): Prose[] => [
    [`#${i.number}`],
    [i.severity],
    i.title,
    [words[i.state]],
    i.ownerName === undefined ? ['nobody'] : [{ data: i.ownerName }],
    [at(i.openedAt ?? i.firstSeen)],
  ])
  const table: Block = {
    kind: 'table',
    columns: ['No.', 'Severity', 'What', 'State', 'Owner', 'Opened'],
    rows,
  }
  const blind = incidents.some((i) => i.ruleId === 'monitor.blind' && i.state !== 'resolved')
  const open = incidents.some((i) => i.state === 'open')
  const none: Prose = ['As of ', at(now), '.']
  return {
    kind: 'notice',
    title: headline(incidents),
    tone: open || blind ? 'attention' : rows.length > 0 ? 'neutral' : 'good',
    blocks: rows.length > 0 ? [table] : [{ kind: 'text', prose: none }],
    offers: incidents.length === 1 && incidents[0] ? buttonsOf(incidents[0]) : [],
  }
}

/** What a timeline calls things; whatever is missing here is said as the machine calls it. */
const happened: Readonly<Record<string, string>> = {
  acknowledge: 'acknowledged',
  snooze: 'snoozed',
  resolve: 'resolved',
  reopened: 'came back',
  exhausted: 'whole escalation chain told, no answer',
  ackExpired: 'acknowledgement ran out, still failing',
  unacknowledged: 'given back',
  unacknowledge: 'given back',
  snoozeEnded: 'snooze ended',
  worse: 'got worse',
  repeat: 'said once more, still open',
  lifted: 'no longer held back',
  flapping: 'comes and goes',
  handover: 'handed to who is on call now',
  repair: 'notification was lost and sent again',
  jobRemoved: 'the job was removed',
  bad: 'seen again',
  good: 'first good reading',
  unknown: 'no fresh data',
  closeDue: 'closed',
  stepDue: 'escalated',
  repeatDue: 'said once more, still open',
  deliveryFailed: 'could not be delivered',
  delivered: 'delivered again',
}

export function timelineReply(incident: Incident, timeline: readonly TimelineEntry[]): Reply {
  const items = timeline.map(
    (entry): Prose => [
      at(entry.at),
      ` ${happened[entry.what] ?? entry.what}`,
      ...(entry.byName === undefined ? [] : [' by ', { data: entry.byName }]),
      ...(entry.detail === undefined ? [] : [': ', { data: entry.detail }]),
    ],
  )
  return {
    kind: 'notice',
    title: `Incident ${incident.number}: timeline`,
    tone: 'neutral',
    blocks: [
      { kind: 'text', prose: incident.title },
      { kind: 'list', ordered: false, items },
    ],
    offers: buttonsOf(incident),
  }
}

/** The cause and what to do; honest when there is none. */
export function whyReply(incident: Incident, finding: Finding | undefined, now: Instant): Reply {
  return {
    kind: 'finding',
    title: incident.title,
    findings: finding ? [finding] : [],
    facts: incident.facts,
    unchecked: finding ? finding.unchecked : [{ what: 'the cause', because: 'unavailable' }],
    asOf: now,
    citations: [],
    offers: finding ? [...finding.offers] : [],
  }
}
