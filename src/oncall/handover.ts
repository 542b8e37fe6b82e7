// The hand-over sheet: what the next person must know, built from live state and nothing else.
import type { Block, Fact, FactRow, Incident, Inline, Instant, OnCallPerson, Prose, Reply } from '../nouns.ts'
import { at, prose, severityRank } from '../nouns.ts'
import { HOUR, lengthWords } from '../time.ts'
import type { OnCall } from './escalation.ts'
import type { Gap } from './who.ts'

export type HandoverSheet = {
  readonly now: Instant
  readonly since: Instant
  readonly onCall: Fact<readonly OnCallPerson[]>
  readonly next: Fact<{ readonly people: readonly OnCallPerson[]; readonly from: Instant } | undefined>
  /** Open, acknowledged or snoozed; worst and oldest first. */
  readonly open: readonly Incident[]
  readonly resolved: readonly Incident[]
  readonly snoozesEnding: readonly Incident[]
  readonly gaps: readonly Gap[]
}

const active = new Set(['open', 'acked', 'snoozed'])

/** `since`: when the last hand-over was; what closed after it is listed. Snoozes ending in 12 h are pointed out. */
export async function handover(options: {
  readonly oncall: OnCall
  readonly incidents: readonly Incident[]
  readonly since: Instant
  readonly now: Instant
}): Promise<HandoverSheet> {
  const { oncall, incidents, since, now } = options
  const open = incidents
    .filter((incident) => active.has(incident.state))
    .sort(
      (a, b) =>
        severityRank[b.severity] - severityRank[a.severity] ||
        (a.openedAt ?? a.firstSeen) - (b.openedAt ?? b.firstSeen),
    )
  return {
    now,
    since,
    onCall: await oncall.now(now),
    next: await oncall.next(now),
    open,
    resolved: incidents.filter(
      (incident) => (incident.resolvedAt ?? 0) >= since && !active.has(incident.state),
    ),
    snoozesEnding: open.filter(
      (incident) => incident.state === 'snoozed' && (incident.snoozeUntil ?? 0) <= now + 12 * HOUR,
    ),
    gaps: oncall.gaps(now),
  }
}

function names(people: readonly OnCallPerson[]): Prose {
  return people.flatMap((person, i): Inline[] => [...(i > 0 ? [', '] : []), { data: person.name }])
}

function onCallRows(sheet: HandoverSheet): FactRow[] {
  const { onCall, next } = sheet
  const now: Prose = !onCall.known
    ? [`not known: ${onCall.because === 'notConfigured' ? 'no roster is set up' : onCall.because}`]
    : onCall.value.length > 0
      ? names(onCall.value)
      : ['nobody']
  const rows: FactRow[] = [{ name: 'On call now', value: now, asOf: sheet.now, source: onCall.source }]
  if (next.known && next.value)
    rows.push({ name: 'Next', value: [...names(next.value.people), ' from ', at(next.value.from)] })
  return rows
}

function stateOf(incident: Incident): Prose {
  if (incident.state === 'snoozed' && incident.snoozeUntil)
    return prose`snoozed until ${at(incident.snoozeUntil)}`
  const flags = [
    incident.flapping && 'flapping',
    incident.stale && 'no fresh data',
    incident.suppressedBy && 'held back',
  ]
    .filter((flag) => typeof flag === 'string')
    .map((flag) => `, ${flag}`)
  return [`${incident.state === 'acked' ? 'acknowledged' : incident.state}${flags.join('')}`]
}

function openTable(sheet: HandoverSheet): Block {
  return {
    kind: 'table',
    caption: 'Open incidents',
    columns: ['No.', 'Severity', 'What', 'State', 'Owner', 'Age'],
    rows: sheet.open.map((incident) => [
      [`#${incident.number}`],
      [incident.severity],
      incident.title,
      stateOf(incident),
      incident.ownerName ? [{ data: incident.ownerName }] : ['nobody'],
      [lengthWords(sheet.now - (incident.openedAt ?? incident.firstSeen))],
    ]),
  }
}

function listOf(heading: string, items: readonly Prose[]): Block[] {
  return items.length > 0
    ? [
        { kind: 'heading', text: heading },
        { kind: 'list', ordered: false, items },
      ]
    : []
}

export function handoverReply(sheet: HandoverSheet): Reply {
  const blocks: Block[] = [
    { kind: 'facts', rows: onCallRows(sheet) },
    sheet.open.length > 0 ? openTable(sheet) : { kind: 'text', prose: ['No incident is open.'] },
    ...listOf(
      'Snoozes that end in the next 12 hours',
      sheet.snoozesEnding.map((i) => prose`#${i.number} ${i.title}: ${at(i.snoozeUntil ?? sheet.now)}`),
    ),
    ...listOf(
      'Resolved since the last hand-over',
      sheet.resolved.map((i) => prose`#${i.number} ${i.title}: ${at(i.resolvedAt ?? sheet.now)}`),
    ),
    ...listOf(
      'Nobody is on call',
      sheet.gaps.map((gap) => prose`${at(gap.from)} to ${at(gap.to)}`),
    ),
  ]
  const attention = sheet.open.some((i) => i.state === 'open') || sheet.gaps.length > 0
  return {
    kind: 'notice',
    title: 'Hand-over',
    tone: attention ? 'attention' : 'neutral',
    blocks,
    offers: [],
  }
}
