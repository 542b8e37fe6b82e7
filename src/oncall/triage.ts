// The first five minutes of an incident as a sheet, filled from what is known and honest about what is not.
import type { Block, Button, Finding, Incident, Instant, Prose, Reply } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import { lengthWords } from '../time.ts'
import { uncheckedLines, whoWords } from '../words.ts'

function ownership(incident: Incident, now: Instant): Prose {
  if (incident.state === 'acked' && incident.ownerName)
    return [
      'Owned by ',
      { data: incident.ownerName },
      ...(incident.ackUntil ? [' until ', at(incident.ackUntil)] : []),
      '.',
    ]
  if (incident.state === 'resolved' || incident.state === 'closed') return ['It is over; nothing to take.']
  const age = lengthWords(now - (incident.openedAt ?? incident.firstSeen))
  return [`Nobody has owned it for ${age}. Acknowledge, so that the escalation stops.`]
}

function whatIsWrong(incident: Incident, finding: Finding | undefined): Block[] {
  const cause: Prose = finding
    ? [finding.confidence === 'likely' ? 'Likely: ' : '', ...finding.cause].filter((part) => part !== '')
    : ['The cause is not known yet; what was seen is below.']
  // What the diagnosis saw is the same, and newer.
  const rows = finding && finding.evidence.length > 0 ? finding.evidence : incident.facts
  return [
    { kind: 'heading', text: 'Minute 2: what is wrong, and since when' },
    { kind: 'text', prose: prose`${incident.title}. First seen ${at(incident.firstSeen)}.` },
    { kind: 'text', prose: cause },
    ...(rows.length > 0 ? [{ kind: 'facts' as const, rows }] : []),
  ]
}

function doubts(incident: Incident, finding: Finding | undefined): Block[] {
  const items: Prose[] = [
    ...(incident.stale ? [['There is no fresh data: the last polls failed.']] : []),
    ...(incident.flapping ? [['It comes and goes; a single good reading proves nothing.']] : []),
    ...uncheckedLines(finding?.unchecked ?? []).map((line): Prose => ['Could not check ', ...line, '.']),
  ]
  return items.length > 0
    ? [
        { kind: 'heading', text: 'Minute 3: what is not known' },
        { kind: 'list', ordered: false, items },
      ]
    : []
}

function nextSteps(finding: Finding | undefined): Block[] {
  const steps = finding?.nextSteps ?? []
  return [
    { kind: 'heading', text: 'Minute 4: what to do, and who' },
    steps.length > 0
      ? {
          kind: 'list',
          ordered: true,
          items: steps.map((s): Prose => [{ strong: `${whoWords[s.who]}: ` }, ...s.prose]),
        }
      : {
          kind: 'text',
          prose: ['No step is certain. Ask "why" for the evidence, then hand over to identity.'],
        },
  ]
}

/** `offers`: buttons of the incident, given by the caller. */
export function triageSheet(options: {
  readonly incident: Incident
  readonly finding?: Finding
  readonly now: Instant
  readonly offers: readonly Button[]
}): Reply {
  const { incident, finding, now, offers } = options
  const proof: Prose = finding?.verify ?? [
    'It is well when two polls in a row, at least five minutes apart, read the job as healthy; the card then turns green.',
  ]
  const blocks: Block[] = [
    { kind: 'heading', text: 'Minute 1: take it' },
    { kind: 'text', prose: ownership(incident, now) },
    ...whatIsWrong(incident, finding),
    ...doubts(incident, finding),
    ...nextSteps(finding),
    { kind: 'heading', text: 'Minute 5: prove it' },
    { kind: 'text', prose: proof },
  ]
  return {
    kind: 'notice',
    title: `First five minutes of #${incident.number}`,
    tone: 'attention',
    blocks,
    offers,
  }
}
