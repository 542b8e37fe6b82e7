// One event, one transaction: incident, its history, what shall be sent, and the audit row; or nothing at all.
import { MedicError } from '../errors.ts'
import type { Finding, Incident, Instant, Observation, Person } from '../nouns.ts'
import { type OnCall, resolveStep, type StepTarget } from '../oncall/index.ts'
import type { Pager, Repositories, Store } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import { type Enricher, enrich } from './enrich.ts'
import type { Effect, MachineEvent, Step } from './events.ts'
import { transition } from './machine.ts'
import { fingerprint } from './match.ts'
import { refusedPlaces, rowsOf } from './messages.ts'
import { policyOf } from './policy.ts'
import { fallbackKeys, isLive, routeOf } from './route.ts'
import type { Rules } from './rules.ts'
import { readWorld, type World } from './world.ts'

export type ChangeDeps = {
  readonly tenantId: string
  readonly store: Store
  readonly rules: Rules
  readonly oncall: OnCall
  readonly telemetry: Telemetry
  readonly enricher?: Enricher
  readonly pagers: readonly Pager[]
  /** Work of the clock is fenced by the lease it runs under; what people do is not. */
  readonly fence: (repositories: Repositories) => Promise<void>
}

export type Target = { readonly incidentId: string } | { readonly observation: Observation }

export type Applied = {
  readonly step: Step
  readonly before: Incident | undefined
  readonly incident: Incident | undefined
}

/** As often as people can plausibly press at the same moment. */
const ATTEMPTS = 12

const actorOf = (event: MachineEvent): Person | undefined => ('by' in event ? event.by : undefined)

function find(world: World, target: Target): Incident | undefined {
  if ('incidentId' in target) return world.live.find((incident) => incident.id === target.incidentId)
  const print = fingerprint(target.observation)
  return world.live.find((incident) => incident.fingerprint === print)
}

function announcement(effects: readonly Effect[]) {
  return effects.find((effect) => effect.kind === 'announce')
}

async function targetOf(deps: ChangeDeps, step: number | undefined, now: Instant): Promise<StepTarget> {
  const chosen = step === undefined ? undefined : deps.oncall.chain[step]
  return chosen ? await resolveStep(chosen, deps.oncall, now) : { people: [], fallback: false }
}

/** Own chats of the people a step calls; only escalations go there, the card is for everybody. */
async function personalOf(deps: ChangeDeps, world: World, target: StepTarget, effect: Effect | undefined) {
  if (effect?.kind !== 'announce' || effect.what !== 'escalated') return []
  const keys: string[] = []
  for (const person of target.people) {
    const place = await deps.store.places.personal(deps.tenantId, person.objectId)
    if (place && isLive(world, place.key)) keys.push(place.key)
  }
  return keys
}

/** Who or what made it happen, for the history and the audit. */
function entryOf(event: MachineEvent, effects: readonly Effect[], given: { after: Incident; now: Instant }) {
  const { after, now } = given
  const by = actorOf(event)
  const detail =
    event.kind === 'resolve'
      ? event.reason
      : event.kind === 'note'
        ? event.text
        : event.kind === 'deliveryFailed'
          ? event.code
          : undefined
  return {
    at: now,
    what: announcement(effects)?.what ?? event.kind,
    version: after.version,
    ...(by ? { byId: by.objectId } : {}),
    ...(by?.name === undefined ? {} : { byName: by.name }),
    ...(detail === undefined ? {} : { detail: detail.slice(0, 1000) }),
  }
}

type Prepared = {
  readonly before: Incident | undefined
  readonly step: Step
  readonly event: MachineEvent
  readonly world: World
  readonly target: StepTarget
  readonly personal: readonly string[]
  readonly finding: Finding | undefined
  readonly now: Instant
}

async function numbered(repositories: Repositories, incident: Incident): Promise<Incident> {
  const number = await repositories.incidents.nextNumber(incident.tenantId)
  const previous = await repositories.incidents.lastClosed(incident.tenantId, incident.fingerprint)
  const linked = previous && previous.number > 0 ? { previousNumber: previous.number } : {}
  return { ...incident, number, ...linked }
}

/** Thrown inside a transaction, so that everything it did is rolled back, the number it took included. */
const raced = new MedicError('SM_TURN_BUSY', { why: 'raced' })

/** False: somebody was faster. */
async function keep(
  repositories: Repositories,
  before: Incident | undefined,
  after: Incident,
): Promise<boolean> {
  if (before) return await repositories.incidents.update(after, before.version)
  if (await repositories.incidents.live(after.tenantId, after.fingerprint)) return false
  await repositories.incidents.insert(after)
  return true
}

async function write(deps: ChangeDeps, repositories: Repositories, p: Prepared): Promise<Incident> {
  const { before, step, event, world, now } = p
  const by = actorOf(event)
  if (!by) await deps.fence(repositories)
  if (!step.incident) throw new MedicError('SM_STORE_UNAVAILABLE', { why: 'nothing to write' })
  let after = p.finding ? { ...step.incident, finding: p.finding } : step.incident
  if (step.effects.some((effect) => effect.kind === 'number')) after = await numbered(repositories, after)
  const told = announcement(step.effects)
  const route = routeOf(world, after, deps.oncall.fallback)
  const earlier = before ? await repositories.outbox.ofIncident(after.id) : []
  const rows = rowsOf({
    before,
    after,
    effects: step.effects,
    route,
    fallback: fallbackKeys(world, deps.oncall.fallback),
    shown: before ? await repositories.incidents.shown(after.id) : [],
    rows: earlier,
    refused: refusedPlaces(earlier, world.places, now),
    target: { ...p.target, personal: p.personal },
    ...(by?.name !== undefined
      ? { byName: by.name }
      : before?.ownerName !== undefined
        ? { byName: before.ownerName }
        : {}),
    isLive: (key) => isLive(world, key),
    now,
  })
  // Nobody could be told: said on every surface that still works, and repaired by the auditor when a place appears.
  if (told && rows.length === 0 && !route.filtered) after = { ...after, deliveryFailed: true }
  if (!(await keep(repositories, before, after))) throw raced
  await repositories.incidents.addEvent(after.id, entryOf(event, step.effects, { after, now }))
  for (const row of rows) await repositories.outbox.add(row)
  if (by || told || before?.state !== after.state)
    await repositories.audit.append({
      at: now,
      tenantId: deps.tenantId,
      who: by?.objectId ?? 'system',
      what: `incident.${event.kind}`,
      subject: after.id,
      outcome: 'succeeded',
      detail: `${before?.state ?? 'none'} to ${after.state}, version ${after.version}`,
    })
  return after
}

async function prepare(
  deps: ChangeDeps,
  target: Target,
  event: MachineEvent,
  now: Instant,
  seen: World | undefined,
) {
  const world = seen ? { ...seen, now } : await readWorld(deps.store, deps.tenantId, now)
  // Notes may go to closed incidents too.
  const found = find(world, target)
  const before =
    found ?? ('incidentId' in target ? await deps.store.incidents.get(target.incidentId) : undefined)
  const about = before ?? ('observation' in target ? target.observation : undefined)
  const asked = about && 'observation' in target ? { ...about, severity: target.observation.severity } : about
  const policy = asked
    ? policyOf(world, asked, {
        rules: deps.rules,
        chain: deps.oncall.chain,
        ...(deps.oncall.fallback === undefined ? {} : { fallback: deps.oncall.fallback }),
      })
    : undefined
  const step: Step = policy
    ? transition(before, event, { now, policy })
    : { incident: undefined, changed: false, effects: [] }
  return { world, before, step }
}

const explained = new Set<string>(['opened', 'reopened', 'lifted', 'worse'])

/** Paging systems hear of it after the commit; losing one call is not losing the alert. */
async function page(deps: ChangeDeps, incident: Incident, effects: readonly Effect[]) {
  for (const effect of effects)
    if (effect.kind === 'page')
      for (const pager of deps.pagers)
        try {
          const result = await pager.page(incident, effect.what)
          if (!result.ok) deps.telemetry.log.warn({ pager: pager.name, code: result.code }, 'paging failed')
        } catch (error) {
          deps.telemetry.log.warn({ err: error, pager: pager.name }, 'paging failed')
        }
}

/**
 * Applies one event. `seen`: a world read a moment ago, so that a poll without news costs no queries; it is read
 * anew when somebody else was faster. Rejects when the store does.
 */
export async function apply(
  deps: ChangeDeps,
  given: {
    readonly target: Target
    readonly event: MachineEvent
    readonly now: Instant
    readonly seen?: World
  },
): Promise<Applied> {
  const { target, event, now } = given
  let finding: Finding | undefined
  let seen = given.seen
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { world, before, step } = await prepare(deps, target, event, now, seen)
    seen = undefined
    if (!step.changed) return { step, before, incident: step.incident }
    if (!step.incident) {
      if (before) await remove(deps, before)
      return { step, before, incident: undefined }
    }
    const told = announcement(step.effects)
    if (told && explained.has(told.what) && deps.enricher && !finding)
      finding = await enrich(step.incident, { enricher: deps.enricher, telemetry: deps.telemetry })
    const chain = await targetOf(deps, told?.kind === 'announce' ? told.step : undefined, now)
    const personal = await personalOf(deps, world, chain, told)
    const prepared = { before, step, event, world, target: chain, personal, finding, now }
    const written = await committed(deps, prepared)
    if (!written) continue
    if (told)
      deps.telemetry.log.info({ incident: written.number, rule: written.ruleId, what: told.what }, 'incident')
    await page(deps, written, step.effects)
    return step.again ? await apply(deps, { target, event, now }) : { step, before, incident: written }
  }
  throw new MedicError('SM_TURN_BUSY', { what: event.kind })
}

async function committed(deps: ChangeDeps, prepared: Prepared): Promise<Incident | undefined> {
  try {
    return await deps.store.transaction((repositories) => write(deps, repositories, prepared))
  } catch (error) {
    if (error === raced) return undefined
    throw error
  }
}

/** A pending incident that was nothing after all leaves no trace. */
async function remove(deps: ChangeDeps, before: Incident): Promise<void> {
  await deps.store.transaction(async (repositories) => {
    await deps.fence(repositories)
    const current = await repositories.incidents.get(before.id)
    if (current?.version === before.version) await repositories.incidents.remove(before.id)
  })
}
