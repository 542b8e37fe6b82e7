// What people do with an incident. Every answer is the fresh card; a second press changes nothing and says so.
import type { Incident, Instant, Person, Reply } from '../nouns.ts'
import { MINUTE, timeWords } from '../time.ts'
import { buttonsOf } from './buttons.ts'
import { apply, type ChangeDeps } from './change.ts'
import type { MachineEvent, Refusal } from './events.ts'

export type Act = {
  readonly verb: 'acknowledge' | 'unacknowledge' | 'snooze' | 'resolve' | 'note'
  /** Opaque id from a card, or the number a person types. */
  readonly incident: string | number
  /** Version of the card that was pressed. */
  readonly version?: number
  readonly person: Person
  readonly now: Instant
  readonly minutes?: number
  readonly reason?: string
  readonly note?: string
}

export type ActOutcome = {
  readonly reply: Reply
  readonly changed: boolean
  readonly refused?: 'role' | 'invalid' | 'already' | 'stale' | 'unknown'
}

const UNKNOWN: ActOutcome = {
  reply: { kind: 'notice', title: 'I know no such incident.', tone: 'neutral', blocks: [], offers: [] },
  changed: false,
  refused: 'unknown',
}

export async function findIncident(deps: ChangeDeps, name: string | number): Promise<Incident | undefined> {
  const found =
    typeof name === 'number'
      ? await deps.store.incidents.byNumber(deps.tenantId, name)
      : await deps.store.incidents.get(name)
  // An id of another tenant is as unknown as one that never was.
  return found?.tenantId === deps.tenantId && found.state !== 'pending' ? found : undefined
}

function eventOf(act: Act): MachineEvent {
  const by = act.person
  switch (act.verb) {
    case 'snooze':
      return { kind: 'snooze', by, forMs: (act.minutes ?? 0) * MINUTE }
    case 'resolve':
      return { kind: 'resolve', by, reason: act.reason ?? '' }
    case 'note':
      return { kind: 'note', by, text: act.note ?? '' }
    default:
      return { kind: act.verb, by }
  }
}

/** In which state the incident already is, by whom and since when. */
function alreadyText(incident: Incident, now: Instant): string {
  const at = (word: string, time: Instant | undefined) =>
    time === undefined ? '' : ` ${word} ${timeWords(time, now)}`
  const owner = incident.ownerName ?? incident.ownerId
  const by = owner === undefined ? '' : ` by ${owner}`
  switch (incident.state) {
    case 'acked':
      return `Already acknowledged${by}${at('at', incident.ackedAt)}.`
    case 'snoozed':
      return `Already snoozed${by}${at('until', incident.snoozeUntil)}.`
    case 'resolved':
    case 'closed': {
      const hand = incident.resolvedBy === undefined ? '' : ` by ${incident.resolvedBy}`
      return `Already resolved${hand}${at('at', incident.resolvedAt)}.`
    }
    default:
      return 'Nobody has acknowledged it.'
  }
}

function refusalText(refused: Refusal, incident: Incident, now: Instant): string {
  if (refused.kind === 'role') return 'Your role does not allow this; it needs operator.'
  if (refused.kind === 'already') return alreadyText(incident, now)
  return refused.why === 'reason'
    ? 'Please say in a few words why.'
    : 'A snooze lasts from 5 minutes to 24 hours.'
}

export function incidentReply(incident: Incident, note?: string): Reply {
  return {
    kind: 'incident',
    incident,
    ...(incident.finding ? { finding: incident.finding } : {}),
    buttons: buttonsOf(incident),
    ...(note === undefined ? {} : { note }),
  }
}

/** What ends attention must be decided on what is true now, not on what an old card showed. */
const needsFreshCard: ReadonlySet<Act['verb']> = new Set(['snooze', 'resolve'])
const material: ReadonlySet<string> = new Set([
  'reopened',
  'worse',
  'lifted',
  'flapping',
  'ackExpired',
  'snoozeEnded',
  'unacknowledged',
])

async function overtaken(deps: ChangeDeps, act: Act, incident: Incident): Promise<boolean> {
  const version = act.version
  if (version === undefined || version >= incident.version || !needsFreshCard.has(act.verb)) return false
  const timeline = await deps.store.incidents.timeline(incident.id)
  return timeline.some((entry) => entry.version > version && material.has(entry.what))
}

export async function act(deps: ChangeDeps, given: Act): Promise<ActOutcome> {
  const incident = await findIncident(deps, given.incident)
  if (!incident) return UNKNOWN
  if (await overtaken(deps, given, incident))
    return {
      reply: incidentReply(
        incident,
        'This changed since your card was drawn. Here is how it stands; press again if it still fits.',
      ),
      changed: false,
      refused: 'stale',
    }
  const event = eventOf(given)
  const { step, incident: after } = await apply(deps, {
    target: { incidentId: incident.id },
    event,
    now: given.now,
  })
  const current = after ?? incident
  if (step.refused)
    return {
      reply: incidentReply(current, refusalText(step.refused, current, given.now)),
      changed: false,
      refused: step.refused.kind,
    }
  return { reply: incidentReply(current), changed: step.changed }
}
