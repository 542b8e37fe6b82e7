// Trusts nothing: every minute each incident must have its timer, its card and a live place; else it is repaired.
import type { Incident, Instant } from '../nouns.ts'
import type { OutboxRow } from '../ports.ts'
import { HOUR, MINUTE } from '../time.ts'
import { apply, type ChangeDeps } from './change.ts'
import { type MachineEvent, SNOOZE_MAX_MS } from './events.ts'
import { refusedPlaces } from './messages.ts'
import { policyOf } from './policy.ts'
import { fallbackKeys, isLive, routeOf } from './route.ts'
import { readWorld, type World } from './world.ts'

const within = (time: unknown, from: Instant, to: Instant) =>
  typeof time === 'number' && Number.isFinite(time) && time >= from && time <= to
const index = (value: unknown, max: number) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max

/** Timers that a transition can have set; anything else would sleep for ever or fire too often. */
function timersAreSound(incident: Incident, chain: number, now: Instant): boolean {
  switch (incident.state) {
    case 'open':
      if (incident.suppressedBy !== undefined) return true
      if (!index(incident.step, chain) || !index(incident.chainRuns, 3)) return false
      // Steps that are due were taken just before this pass.
      return incident.exhausted || within(incident.nextStepAt, now - MINUTE, now + 25 * HOUR)
    case 'acked':
      return within(incident.ackUntil, now - HOUR, now + 25 * HOUR)
    case 'snoozed':
      return within(incident.snoozeUntil, now - HOUR, now + SNOOZE_MAX_MS + HOUR)
    case 'resolved':
      return within(incident.resolvedAt, 0, now)
    default:
      return true
  }
}

type Cards = {
  readonly here: readonly string[]
  readonly lost: readonly string[]
  readonly refused: ReadonlySet<string>
}

/** Where the card is or will be, and routed places that once failed and live again. */
async function cardsOf(deps: ChangeDeps, world: World, incident: Incident): Promise<Cards> {
  const shown = (await deps.store.incidents.shown(incident.id)).map((s) => s.placeKey)
  const rows = await deps.store.outbox.ofIncident(incident.id)
  const posts = (pending: boolean) =>
    rows
      .filter(
        (row: OutboxRow & { state: string }) => row.kind === 'post' && (row.state === 'pending') === pending,
      )
      .map((row) => row.placeKey)
  const here = [...new Set([...shown, ...posts(true)])].filter((key) => isLive(world, key))
  // A place that once had the card and has it no more: it failed, or the app was removed and came back.
  const failed = new Set(posts(false))
  const { destinations } = routeOf(world, incident, deps.oncall.fallback)
  const lost = destinations.map((d) => d.placeKey).filter((key) => failed.has(key) && !here.includes(key))
  return { here, lost, refused: refusedPlaces(rows, world.places, world.now) }
}

function fallbackOf(deps: ChangeDeps) {
  return deps.oncall.fallback === undefined ? {} : { fallback: deps.oncall.fallback }
}

async function cardRepair(
  deps: ChangeDeps,
  world: World,
  incident: Incident,
): Promise<MachineEvent | undefined> {
  if (incident.state !== 'open' || incident.suppressedBy !== undefined) return undefined
  const { here, lost, refused } = await cardsOf(deps, world, incident)
  const route = routeOf(world, incident, deps.oncall.fallback)
  const keys = [...route.destinations.map((d) => d.placeKey), ...fallbackKeys(world, deps.oncall.fallback)]
  const reachable = keys.some((key) => !refused.has(key)) && !route.filtered
  if ((here.length === 0 && reachable) || lost.some((key) => !refused.has(key)))
    return { kind: 'repair', what: 'announce' }
  if (here.length === 0 && !route.filtered) return { kind: 'deliveryFailed', code: 'no destination' }
  return here.length > 0 && incident.deliveryFailed ? { kind: 'delivered' } : undefined
}

/** Held back although nothing holds it back: normally its next poll lifts it within a minute. */
function forgotten(deps: ChangeDeps, world: World, incident: Incident): boolean {
  if (incident.state !== 'open' || incident.suppressedBy === undefined || incident.goodPolls > 0) return false
  const given = { rules: deps.rules, chain: deps.oncall.chain, ...fallbackOf(deps) }
  return policyOf(world, incident, given).inhibitedBy === undefined
}

export type Auditor = { pass(now: Instant): Promise<number> }

const LIFT_GRACE_MS = 5 * MINUTE

export function createAuditor(deps: ChangeDeps): Auditor {
  const waiting = new Map<string, Instant>()

  const liftIsOverdue = (world: World, incident: Incident): boolean => {
    if (!forgotten(deps, world, incident)) {
      waiting.delete(incident.id)
      return false
    }
    const since = waiting.get(incident.id) ?? world.now
    waiting.set(incident.id, since)
    return world.now - since >= LIFT_GRACE_MS
  }

  const repairFor = async (world: World, incident: Incident): Promise<MachineEvent | undefined> => {
    const sound = timersAreSound(incident, deps.oncall.chain.length, world.now)
    if (!sound || liftIsOverdue(world, incident)) return { kind: 'repair', what: 'timers' }
    return await cardRepair(deps, world, incident)
  }

  return {
    /** Resolves to the number of repairs. */
    async pass(now) {
      const world = await readWorld(deps.store, deps.tenantId, now)
      let repairs = 0
      for (const incident of world.live) {
        for (const shown of await deps.store.incidents.shown(incident.id))
          if (!isLive(world, shown.placeKey))
            await deps.store.incidents.removeShown(incident.id, shown.placeKey)
        const event = await repairFor(world, incident)
        if (!event) continue
        const { step } = await apply(deps, { target: { incidentId: incident.id }, event, now })
        if (!step.changed) continue
        repairs += 1
        deps.telemetry.log.warn(
          { incident: incident.number, event: event.kind },
          'the auditor repaired an incident',
        )
      }
      deps.telemetry.metrics.count('auditor_passes_total')
      if (repairs > 0) deps.telemetry.metrics.count('auditor_repairs_total', {}, repairs)
      return repairs
    },
  }
}
