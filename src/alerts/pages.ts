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
    columns: ['No.', 'Severity', 'What', 'State', 'Owner', 'Since'],
    rows,
  }
  const blind = incidents.some((i) => i.ruleId === 'monitor.blind' && i.state !== 'resolved')
  const open = incidents.some((i) => i.state === 'open')
  const none: Prose = ['No incident is open, as of ', at(now), '.']
  return {
    kind: 'notice',
    title: 'Incidents',
    tone: open || blind ? 'attention' : rows.length > 0 ? 'neutral' : 'good',
    blocks: rows.length > 0 ? [table] : [{ kind: 'text', prose: none }],
    offers: incidents.length === 1 && incidents[0] ? buttonsOf(incidents[0]) : [],
  }
}

export function timelineReply(incident: Incident, timeline: readonly TimelineEntry[]): Reply {
  const items = timeline.map(
    (entry): Prose => [
      at(entry.at),
      ` ${entry.what}`,
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
