// The state machine of an incident: pure, one table from event and state to what follows.
import { includesRole } from '../access/index.ts'
import {
  type Incident,
  type IncidentState,
  type Instant,
  type Observation,
  type Person,
  severityRank,
} from '../nouns.ts'
import { HOUR } from '../time.ts'
import {
  type Effect,
  type EventKind,
  type MachineEvent,
  type Policy,
  SNOOZE_MAX_MS,
  SNOOZE_MIN_MS,
  type Step,
} from './events.ts'
import { newIncident, pictured, samePicture, withoutRecovery } from './incident.ts'
import { chainDelay, enterOpen, enterResolved, noteFlip, startFlapping, suppressed } from './states.ts'

type Ctx = { readonly now: Instant; readonly policy: Policy }
type Handler<K extends EventKind> = (
  incident: Incident,
  event: Extract<MachineEvent, { kind: K }>,
  ctx: Ctx,
) => Step
type Table = { readonly [K in EventKind]: { readonly [S in IncidentState]?: Handler<K> } }

const unchanged = (incident: Incident | undefined): Step => ({ incident, changed: false, effects: [] })
const already = (incident: Incident): Step => ({ ...unchanged(incident), refused: { kind: 'already' } })
const change = (incident: Incident, ...effects: Effect[]): Step => ({ incident, changed: true, effects })

function mayAct(by: Person): boolean {
  return includesRole(by.role, 'operator')
}

const isWorse = (observation: Observation, incident: Incident) =>
  severityRank[observation.severity] > severityRank[incident.severity]

// ---------------------------------------------------------------- observations

const badWhilePending: Handler<'bad'> = (incident, { observation }, { now, policy }) => {
  const seen = { ...incident, ...pictured(observation, now), badPolls: incident.badPolls + 1 }
  const ripe = now - incident.firstSeen >= policy.forMs && seen.badPolls >= policy.forPolls
  return ripe ? enterOpen(seen, 'opened', { now, policy }) : change(seen)
}

/** Shown again at least this often as "still bad", so that the card's time does not grow old. */
const REFRESH_MS = HOUR

const badWhileActive: Handler<'bad'> = (incident, { observation }, ctx) => {
  const { now, policy } = ctx
  const worse = isWorse(observation, incident)
  const severity = worse ? observation.severity : incident.severity
  // A recovery that did not last is a change too: a job that flips at every poll never resolves.
  const flipped = incident.goodPolls > 0 ? noteFlip(incident, ctx) : incident
  const seen = {
    ...withoutRecovery(flipped),
    ...pictured(observation, now),
    severity,
    failedPolls: 0,
    stale: false,
  }
  if (worse) return enterOpen(seen, 'worse', ctx)
  if (incident.state === 'open' && incident.suppressedBy === undefined && policy.inhibitedBy !== undefined)
    return suppressed(seen, policy.inhibitedBy)
  if (incident.state === 'open' && incident.suppressedBy !== undefined && policy.inhibitedBy === undefined)
    return enterOpen(seen, 'lifted', ctx)
  if (flipped.flapping && !incident.flapping) return startFlapping(seen, ctx)
  const freshened = incident.stale || !samePicture(incident, seen)
  if (freshened) return change(seen, { kind: 'edit' })
  const news = incident.goodPolls > 0 || incident.failedPolls > 0 || now - incident.lastBadAt >= REFRESH_MS
  return news ? change(seen) : unchanged(incident)
}

const badWhileResolved: Handler<'bad'> = (incident, { observation }, ctx) => {
  const { now, policy } = ctx
  const age = now - (incident.resolvedAt ?? now)
  if (age >= policy.reopenMs) {
    const closed = { ...incident, state: 'closed' as const, closedAt: now }
    return { incident: closed, changed: true, effects: [], again: true }
  }
  if (incident.manual && age < policy.coolDownMs) return unchanged(incident)
  const seen = { ...withoutRecovery(incident), ...pictured(observation, now), episode: incident.episode + 1 }
  return enterOpen({ ...seen, severity: observation.severity, badPolls: 1 }, 'reopened', ctx)
}

const goodWhileActive: Handler<'good'> = (incident, _event, ctx) => {
  const { now, policy } = ctx
  const goodSince = incident.goodPolls > 0 ? (incident.goodSince ?? now) : now
  const goodPolls = Math.min(incident.goodPolls + 1, policy.clearPolls)
  const seen = { ...incident, goodSince, goodPolls, failedPolls: 0, stale: false }
  const clearMs = policy.clearMs * (incident.flapping ? 3 : 1)
  if (goodPolls >= policy.clearPolls && now - goodSince >= clearMs)
    return enterResolved(seen, { reason: 'well again', what: 'resolved' }, ctx)
  if (incident.stale) return change(seen, { kind: 'edit' })
  return goodPolls === incident.goodPolls && incident.failedPolls === 0 ? unchanged(incident) : change(seen)
}

const unknownWhileActive: Handler<'unknown'> = (incident, _event, ctx) => {
  const failedPolls = Math.min(incident.failedPolls + 1, ctx.policy.staleAfter)
  if (failedPolls === incident.failedPolls && incident.stale) {
    // Nobody can say any more whether the inhibitor's end cured it: silence would be a guess.
    const lifted = incident.state === 'open' && incident.suppressedBy && !ctx.policy.inhibitedBy
    return lifted && !ctx.policy.blind ? enterOpen(incident, 'lifted', ctx) : unchanged(incident)
  }
  const seen = { ...withoutRecovery(incident), failedPolls, stale: failedPolls >= ctx.policy.staleAfter }
  return seen.stale && !incident.stale ? change(seen, { kind: 'edit' }) : change(seen)
}

// ---------------------------------------------------------------- time

const stepDue: Handler<'stepDue'> = (incident, _event, ctx) => {
  const { now, policy } = ctx
  if (incident.suppressedBy || incident.exhausted || (incident.nextStepAt ?? Infinity) > now)
    return unchanged(incident)
  if (policy.inhibitedBy) return suppressed(incident, policy.inhibitedBy)
  if (policy.quietUntil && policy.quietUntil > now && incident.severity !== 'critical')
    return change({ ...incident, nextStepAt: policy.quietUntil })
  const wrapped = incident.step >= policy.chainMs.length
  const chainRuns = incident.chainRuns + (wrapped ? 1 : 0)
  const { nextStepAt: _past, ...rest } = incident
  if (chainRuns >= policy.maxChainRuns)
    return change(
      { ...rest, chainRuns, exhausted: true },
      { kind: 'announce', what: 'exhausted', fallback: true },
      { kind: 'edit' },
      { kind: 'page', what: 'escalated' },
    )
  const step = wrapped ? 0 : incident.step
  const pace = incident.flapping ? policy.flapPaceMs : chainDelay(policy, step + 1)
  const stepped = { ...rest, chainRuns, step: step + 1, nextStepAt: now + pace }
  return change(
    incident.flapping ? { ...stepped, repeatAt: now + policy.flapPaceMs } : stepped,
    { kind: 'announce', what: 'escalated', step },
    { kind: 'page', what: 'escalated' },
  )
}

const ackExpired: Handler<'ackExpired'> = (incident, _event, ctx) => {
  if ((incident.ackUntil ?? 0) > ctx.now) return unchanged(incident)
  if (holdsForRecovery(incident, incident.ackUntil, ctx)) return unchanged(incident)
  return enterOpen(incident, 'ackExpired', ctx)
}

const snoozeEnded: Handler<'snoozeEnded'> = (incident, _event, ctx) => {
  if ((incident.snoozeUntil ?? 0) > ctx.now) return unchanged(incident)
  if (holdsForRecovery(incident, incident.snoozeUntil, ctx)) return unchanged(incident)
  // The last poll failed, or a recovery began and no poll has come since: say that it may be out of date.
  const stale = incident.stale || incident.failedPolls > 0 || incident.goodPolls > 0 || ctx.policy.blind
  return enterOpen({ ...incident, stale }, 'snoozeEnded', ctx)
}

/** The last poll was good: the next ones decide. Held only as long as they can be expected to come. */
function holdsForRecovery(incident: Incident, since: Instant | undefined, { now, policy }: Ctx): boolean {
  const patience = 2 * policy.clearMs * (incident.flapping ? 3 : 1)
  return incident.goodPolls > 0 && !policy.blind && now < (since ?? now) + patience
}

const repeatDue: Handler<'repeatDue'> = (incident, _event, ctx) => {
  const { now, policy } = ctx
  if ((incident.repeatAt ?? Infinity) > now) return unchanged(incident)
  if (incident.flapping) {
    const calm = (incident.changes.at(-1) ?? 0) + policy.flapWindowMs <= now
    if (calm) return calmed(incident, ctx)
    return change({ ...incident, repeatAt: now + policy.flapPaceMs }, { kind: 'reply', what: 'flapping' })
  }
  const { repeatAt: _past, ...rest } = incident
  if (incident.state !== 'open') return change(rest)
  if (incident.suppressedBy) return change(rest)
  if (policy.inhibitedBy) return suppressed(rest, policy.inhibitedBy)
  if (policy.quietUntil && policy.quietUntil > now && incident.severity !== 'critical')
    return change({ ...rest, repeatAt: policy.quietUntil })
  return change(
    { ...rest, repeatAt: now + policy.repeatMs },
    { kind: 'announce', what: 'repeat', step: 0, fallback: true },
  )
}

/** An hour without a change: the incident is an ordinary one again. */
function calmed(incident: Incident, { now, policy }: Ctx): Step {
  const { repeatAt: _digest, ...rest } = incident
  const calm = { ...rest, flapping: false, changes: [] }
  if (incident.state !== 'open') return change(calm, { kind: 'edit' })
  const nextStepAt = Math.min(incident.nextStepAt ?? Infinity, now + chainDelay(policy, incident.step))
  return change(
    {
      ...calm,
      repeatAt: now + policy.repeatMs,
      ...(incident.exhausted || incident.suppressedBy ? {} : { nextStepAt }),
    },
    { kind: 'edit' },
  )
}

const closeDue: Handler<'closeDue'> = (incident, _event, { now, policy }) =>
  now - (incident.resolvedAt ?? now) >= policy.reopenMs
    ? change({ ...incident, state: 'closed', closedAt: now })
    : unchanged(incident)

// ---------------------------------------------------------------- people

function ownedBy(incident: Incident, by: Person): Incident {
  const { ownerName: _before, ...rest } = incident
  return { ...rest, ownerId: by.objectId, ...(by.name === undefined ? {} : { ownerName: by.name }) }
}

const acknowledge: Handler<'acknowledge'> = (incident, { by }, { now, policy }) => {
  const { nextStepAt: _step, repeatAt: _repeat, suppressedBy: _by, ...rest } = ownedBy(incident, by)
  const digest = incident.flapping ? { repeatAt: now + policy.flapPaceMs } : {}
  return change(
    { ...rest, ...digest, state: 'acked', ackedAt: now, ackUntil: now + policy.ackMs },
    { kind: 'edit' },
    { kind: 'reply', what: 'acknowledged' },
    { kind: 'page', what: 'acked' },
  )
}

const snooze: Handler<'snooze'> = (incident, { by, forMs }, { now }) => {
  if (!(forMs >= SNOOZE_MIN_MS && forMs <= SNOOZE_MAX_MS))
    return { ...unchanged(incident), refused: { kind: 'invalid', why: 'duration' } }
  const { nextStepAt: _s, repeatAt: _r, ackUntil: _a, suppressedBy: _b, ...rest } = ownedBy(incident, by)
  return change(
    { ...rest, state: 'snoozed', snoozeUntil: now + forMs },
    { kind: 'edit' },
    { kind: 'reply', what: 'snoozed' },
  )
}

const resolve: Handler<'resolve'> = (incident, { by, reason }, ctx) => {
  const text = reason.trim()
  if (text === '') return { ...unchanged(incident), refused: { kind: 'invalid', why: 'reason' } }
  const step = enterResolved(incident, { reason: text, what: 'resolved' }, ctx)
  if (!step.incident) return step
  const resolvedBy = by.name ?? by.objectId
  return { ...step, incident: { ...step.incident, manual: true, resolvedBy } }
}

const note: Handler<'note'> = (incident, { text }) =>
  text.trim() === ''
    ? { ...unchanged(incident), refused: { kind: 'invalid', why: 'reason' } }
    : change(incident)

// ---------------------------------------------------------------- the table

const notified: Handler<'handover'> = (incident) =>
  incident.suppressedBy
    ? unchanged(incident)
    : change(incident, { kind: 'announce', what: 'handover', step: 0 })
const removed: Handler<'jobRemoved'> = (incident, _event, ctx) =>
  enterResolved(incident, { reason: 'job removed', what: 'jobRemoved' }, ctx)
const failed: Handler<'deliveryFailed'> = (incident) =>
  incident.deliveryFailed
    ? unchanged(incident)
    : change({ ...incident, deliveryFailed: true }, { kind: 'edit' })
const deliveredAgain: Handler<'delivered'> = (incident) =>
  incident.deliveryFailed
    ? change({ ...incident, deliveryFailed: false }, { kind: 'edit' })
    : unchanged(incident)
const gone = (): Step => ({ incident: undefined, changed: true, effects: [] })
const repair: Handler<'repair'> = (incident, { what }, ctx) =>
  what === 'timers'
    ? repaired(incident, ctx)
    : change(incident, { kind: 'announce', what: 'repair', step: 0, fallback: true })

const active = <T>(handler: T) => ({ open: handler, acked: handler, snoozed: handler })

const table: Table = {
  bad: { pending: badWhilePending, ...active(badWhileActive), resolved: badWhileResolved },
  good: { pending: gone, ...active(goodWhileActive) },
  unknown: active(unknownWhileActive),
  stepDue: { open: stepDue },
  ackExpired: { acked: ackExpired },
  snoozeEnded: { snoozed: snoozeEnded },
  repeatDue: { ...active(repeatDue), resolved: repeatDue },
  closeDue: { resolved: closeDue },
  acknowledge: { open: acknowledge, acked: already, snoozed: already, resolved: already, closed: already },
  unacknowledge: {
    open: already,
    acked: (incident, _event, ctx) => enterOpen(incident, 'unacknowledged', ctx),
    snoozed: already,
    resolved: already,
    closed: already,
  },
  snooze: { open: snooze, acked: snooze, snoozed: already, resolved: already, closed: already },
  resolve: { ...active(resolve), resolved: already, closed: already },
  note: { ...active(note), resolved: note, closed: note },
  jobRemoved: { pending: gone, ...active(removed) },
  handover: { open: notified },
  deliveryFailed: active(failed),
  delivered: active(deliveredAgain),
  repair: { ...active(repair), resolved: repair },
}

/** Timers and fields that no transition leaves behind are put right; what cannot be known starts anew. */
function repaired(incident: Incident, ctx: Ctx): Step {
  const { now, policy } = ctx
  if (incident.state === 'resolved') return change({ ...incident, resolvedAt: now })
  if (incident.state === 'acked') return change({ ...incident, ackUntil: now + policy.ackMs })
  if (incident.state === 'snoozed') return change({ ...incident, snoozeUntil: now + SNOOZE_MIN_MS })
  if (incident.suppressedBy && !policy.inhibitedBy) return enterOpen(incident, 'lifted', ctx)
  const step = Number.isInteger(incident.step) && incident.step >= 0 ? incident.step : 0
  const chainRuns = Number.isInteger(incident.chainRuns) && incident.chainRuns >= 0 ? incident.chainRuns : 0
  return change({
    ...incident,
    step,
    chainRuns,
    exhausted: false,
    nextStepAt: now + chainDelay(policy, step),
  })
}

const frozenWhenBlind: ReadonlySet<EventKind> = new Set(['bad', 'good', 'closeDue'])
const byPerson = (event: MachineEvent): event is Extract<MachineEvent, { by: Person }> => 'by' in event

/**
 * One event. Pure. A changed incident carries the next version, whatever else the event did; the caller stores it
 * under the version before and repeats with fresh state when somebody was faster.
 */
export function transition(
  incident: Incident | undefined,
  event: MachineEvent,
  ctx: { readonly now: Instant; readonly policy: Policy },
): Step {
  if (byPerson(event) && !mayAct(event.by)) return { ...unchanged(incident), refused: { kind: 'role' } }
  if (ctx.policy.blind && frozenWhenBlind.has(event.kind)) return unchanged(incident)
  if (!incident) return event.kind === 'bad' ? first(event.observation, ctx) : unchanged(undefined)
  const row = table[event.kind] as { readonly [S in IncidentState]?: Handler<EventKind> }
  const step = row[incident.state]?.(incident, event as never, ctx)
  if (!step) return unchanged(incident)
  if (!step.changed || !step.incident) return step
  return { ...step, incident: { ...step.incident, version: incident.version + 1 } }
}

function first(observation: Observation, ctx: Ctx): Step {
  const seen = newIncident(observation, ctx.now)
  const ripe = ctx.policy.forMs <= 0 && ctx.policy.forPolls <= 1
  const step = ripe ? enterOpen(seen, 'opened', ctx) : change(seen)
  return step.incident ? { ...step, incident: { ...step.incident, version: 1 } } : step
}
