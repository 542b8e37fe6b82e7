// Entering a state: which fields it carries and who is told. Used by the table in machine.ts.
import type { Incident, Instant } from '../nouns.ts'
import { MINUTE } from '../time.ts'
import type { Effect, Policy, Step, Telling } from './events.ts'

type Ctx = { readonly now: Instant; readonly policy: Policy }

/** Wait before step `index`; after the last one the chain starts over. */
export function chainDelay(policy: Policy, index: number): number {
  const wait = index < policy.chainMs.length ? policy.chainMs[index] : policy.chainMs[0] || 10 * MINUTE
  return wait ?? 10 * MINUTE
}

/** Counts a change between well and ill; enough of them within the window are flapping. */
export function noteFlip(incident: Incident, { now, policy }: Ctx): Incident {
  const changes = [...incident.changes.filter((time) => now - time < policy.flapWindowMs), now]
  return { ...incident, changes, flapping: incident.flapping || changes.length >= policy.flapChanges }
}

function bare(incident: Incident): Incident {
  const {
    ownerId: _o,
    ownerName: _n,
    ackedAt: _a,
    ackUntil: _u,
    snoozeUntil: _s,
    resolvedAt: _r,
    resolvedBy: _b,
    resolvedReason: _w,
    manual: _m,
    nextStepAt: _t,
    repeatAt: _p,
    suppressedBy: _i,
    ...rest
  } = incident
  return rest
}

const firstNumber = (incident: Incident): Effect[] => (incident.number === 0 ? [{ kind: 'number' }] : [])

/** Open, but held back: nobody is told and nothing escalates until the inhibitor ends. */
export function suppressed(incident: Incident, by: string): Step {
  const { nextStepAt: _step, repeatAt: _repeat, ...rest } = incident
  return {
    incident: { ...rest, state: 'open', suppressedBy: by },
    changed: true,
    effects: [...firstNumber(incident), { kind: 'edit' }],
  }
}

/** When the first step of the chain is taken: now, after its own wait, or when the quiet hours end. */
function firstStep(incident: Incident, { now, policy }: Ctx) {
  const quiet = policy.quietUntil !== undefined && policy.quietUntil > now && incident.severity !== 'critical'
  if (quiet) return { taken: false, step: 0, nextStepAt: policy.quietUntil ?? now }
  const wait = policy.chainMs[0] ?? 0
  if (wait > 0) return { taken: false, step: 0, nextStepAt: now + wait }
  return { taken: true, step: 1, nextStepAt: now + chainDelay(policy, 1) }
}

export function enterOpen(before: Incident, what: Telling, ctx: Ctx): Step {
  const { now, policy } = ctx
  const begins = what === 'opened' || what === 'reopened'
  const flipped = begins ? noteFlip(before, ctx) : before
  const open: Incident = {
    ...bare(flipped),
    state: 'open',
    ...(begins || before.openedAt === undefined ? { openedAt: now } : {}),
    chainRuns: 0,
    exhausted: false,
  }
  if (policy.inhibitedBy !== undefined) return suppressed({ ...open, step: 0 }, policy.inhibitedBy)
  const number = firstNumber(before)
  if (flipped.flapping && begins) return openFlapping(before, open, ctx)
  const { taken, step, nextStepAt } = firstStep(open, ctx)
  const next = open.flapping ? Math.max(nextStepAt, now + policy.flapPaceMs) : nextStepAt
  const repeatAt = now + (open.flapping ? policy.flapPaceMs : policy.repeatMs)
  return {
    incident: { ...open, step, nextStepAt: next, repeatAt },
    changed: true,
    effects: [
      ...number,
      { kind: 'announce', what, ...(taken ? { step: 0 } : {}) },
      { kind: 'page', what: 'open' },
    ],
  }
}

/** It is back once more: the card shows it, nobody is called again before the hour is over. */
function openFlapping(before: Incident, open: Incident, { now, policy }: Ctx): Step {
  const fresh = !before.flapping
  const later = now + policy.flapPaceMs
  const kept = { nextStepAt: before.nextStepAt ?? later, repeatAt: before.repeatAt ?? later }
  return {
    incident: {
      ...open,
      step: Math.max(before.step, 1),
      ...(fresh ? { nextStepAt: later, repeatAt: later } : kept),
    },
    changed: true,
    effects: fresh ? [{ kind: 'announce', what: 'flapping' }] : [{ kind: 'edit' }],
  }
}

/** A recovery broke off once too often while the incident was active. */
export function startFlapping(incident: Incident, { now, policy }: Ctx): Step {
  const later = now + policy.flapPaceMs
  if (incident.state === 'snoozed' || incident.suppressedBy !== undefined)
    return { incident, changed: true, effects: [{ kind: 'edit' }] }
  const escalation = incident.state === 'open' && !incident.exhausted ? { nextStepAt: later } : {}
  return {
    incident: { ...incident, ...escalation, repeatAt: later },
    changed: true,
    effects: [{ kind: 'edit' }, { kind: 'reply', what: 'flapping' }],
  }
}

export function enterResolved(
  before: Incident,
  how: { readonly reason: string; readonly what: 'resolved' | 'jobRemoved' },
  ctx: Ctx,
): Step {
  const { now, policy } = ctx
  const flipped = noteFlip(before, ctx)
  const { goodSince: _since, ...rest } = bare(flipped)
  const later = now + policy.flapPaceMs
  const fresh = flipped.flapping && !before.flapping
  // The hourly pace of a flapping incident outlives its good phases.
  const pace = flipped.flapping
    ? {
        nextStepAt: fresh ? later : (before.nextStepAt ?? later),
        repeatAt: fresh ? later : (before.repeatAt ?? later),
      }
    : {}
  const incident: Incident = {
    ...rest,
    ...pace,
    state: 'resolved',
    resolvedAt: now,
    resolvedReason: how.reason,
    goodPolls: 0,
    failedPolls: 0,
    stale: false,
    step: flipped.flapping ? before.step : 0,
    chainRuns: 0,
    exhausted: false,
  }
  const silent = before.state === 'snoozed' || before.suppressedBy !== undefined || before.flapping
  const said: Effect[] = silent ? [] : [{ kind: 'reply', what: fresh ? 'flapping' : how.what }]
  return { incident, changed: true, effects: [{ kind: 'edit' }, ...said, { kind: 'page', what: 'resolved' }] }
}
