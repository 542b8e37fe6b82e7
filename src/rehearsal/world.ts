// The tenant at one moment: a pure function of its memory and the time.
import type { Instant } from '../nouns.ts'
import { DAY } from '../time.ts'
import type { Account } from './account.ts'
import { type Change, type Interval, intervalsOf, isActive, onsetOf, type State } from './changes.ts'
import {
  containersInScope,
  type Domain,
  type JobDefinition,
  type JobKey,
  jobOf,
  jobs,
  provisioningJob,
  SEASONAL_OU,
} from './configurations.ts'
import { type Event, endOf, firstCycleAfter, type Phase, phasesOf } from './cycles.ts'
import { cloudOnly, HOLDER, inActiveDirectory, isSeasonal, JANES_ADDRESS } from './directory.ts'
import { DELETES_HELD, type Effect, type Family, JANE_FIXED, SCOPE_FIXED, scenarios } from './scenarios.ts'

export type World = {
  readonly state: State
  readonly now: Instant
  readonly phases: Readonly<Record<JobKey, readonly Phase[]>>
  readonly effects: readonly Effect[]
}

type Write = Extract<Change, { what: 'start' | 'pause' | 'restart' }>

export function writesTo(state: State, job: JobKey): readonly Write[] {
  const id = jobOf(job).id
  return state.changes.filter(
    (each): each is Write =>
      (each.what === 'start' || each.what === 'pause' || each.what === 'restart') && each.job === id,
  )
}

export function isForced(write: {
  readonly what: string
  readonly resetScope?: string | undefined
}): boolean {
  return write.what === 'restart' && write.resetScope === 'ForceDeletes'
}

const inside = (at: Instant, { from, to }: Interval) => from <= at && at < to

/** Held deletions end when they are allowed, or when the job is restarted after the scope was put right. */
function endOfHold(state: State, hold: Interval): Instant {
  const released = writesTo(state, 'contoso.provisioning').find(
    (write) =>
      inside(write.at, hold) &&
      (isForced(write) || (write.what !== 'pause' && isActive(state, SCOPE_FIXED, write.at))),
  )
  return Math.min(hold.to, released?.at ?? Number.POSITIVE_INFINITY)
}

function eventsOf(state: State, job: JobKey): readonly Event[] {
  const events: Event[] = []
  for (const scenario of scenarios) {
    for (const effect of scenario.effects) {
      if ((effect.kind !== 'fault' && effect.kind !== 'pause') || !effect.jobs.includes(job)) continue
      for (const interval of intervalsOf(state, scenario.id)) {
        if (effect.kind === 'pause') {
          events.push({ at: interval.from, what: 'pause' }, { at: interval.to, what: 'start' })
          continue
        }
        const { fault, quarantineAfter, lifted = [] } = effect
        const to = fault === 'tooManyDeletes' ? endOfHold(state, interval) : interval.to
        const from = interval.from - (effect.since ?? 0)
        events.push({ at: from, what: 'fault', fault, ...(quarantineAfter ? { quarantineAfter } : {}) })
        for (const ago of lifted) events.push({ at: interval.from - ago, what: 'start' })
        events.push({ at: to, what: 'healed', fault })
      }
    }
  }
  for (const write of writesTo(state, job))
    events.push({ at: write.at, what: write.what === 'pause' ? 'pause' : 'start' })
  const rank = (event: Event) => (event.what === 'fault' || event.what === 'healed' ? 0 : 1)
  return events.filter(({ at }) => Number.isFinite(at)).sort((a, b) => a.at - b.at || rank(a) - rank(b))
}

export function worldAt(state: State, now: Instant): World {
  const phases = Object.fromEntries(
    jobs.map((job) => [job.key, phasesOf(job, eventsOf(state, job.key), now)]),
  ) as Record<JobKey, readonly Phase[]>
  const effects = scenarios.filter(({ id }) => isActive(state, id, now)).flatMap((each) => each.effects)
  return { state, now, phases, effects }
}

export function phaseAt(world: World, job: JobKey, time: Instant): Phase {
  return world.phases[job].findLast((phase) => phase.from <= time) as Phase
}

/** End of the first cycle that began after `time` and went well, if it is over by now. */
export function goodCycleAfter(world: World, job: JobDefinition, time: Instant): Instant | undefined {
  for (const phase of world.phases[job.key]) {
    if (phase.mode !== 'running' && phase.mode !== 'entries') continue
    const end = endOf(job, firstCycleAfter(job, Math.max(phase.from, time)))
    if (end <= phase.to) return end
  }
  return undefined
}

export function hasNeverRun(world: World, job: JobDefinition): boolean {
  const started = writesTo(world.state, job.key).some(
    (write) => write.what !== 'pause' && write.at <= world.now,
  )
  return job.neverRun === true && !started
}

/** All agents of a domain are inactive, or gone. */
export function agentsInactive(world: World, domain: Domain): boolean {
  return world.effects.some(
    (each) =>
      (each.kind === 'agentsInactive' && each.domain === domain && each.machine === undefined) ||
      (each.kind === 'agentsGone' && each.domain === domain),
  )
}

export function agentInactive(world: World, domain: Domain, machine: string): boolean {
  return (
    agentsInactive(world, domain) ||
    world.effects.some((each) => each.kind === 'agentsInactive' && each.machine === machine)
  )
}

export function agentsGone(world: World, domain: Domain): boolean {
  return world.effects.some((each) => each.kind === 'agentsGone' && each.domain === domain)
}

export function hasEffect(
  world: World,
  kind: 'tenantSyncOff' | 'noDeleteThreshold' | 'firstCycle',
  job?: JobKey,
): boolean {
  return world.effects.some((each) => each.kind === kind && (!('job' in each) || each.job === job))
}

export function graphEffects(world: World, family: Family): readonly string[] {
  return world.effects.flatMap((each) =>
    each.kind === 'graph' && (each.families === 'all' || each.families.includes(family)) ? [each.does] : [],
  )
}

// ---------------------------------------------------------------- scope and held deletions

export function containersOf(world: World, domain: Domain): readonly string[] {
  const broken =
    isActive(world.state, DELETES_HELD, world.now) && !isActive(world.state, SCOPE_FIXED, world.now)
  return broken && domain === 'contoso.com'
    ? containersInScope[domain].filter((each) => each !== SEASONAL_OU)
    : containersInScope[domain]
}

export type Hold = { readonly stagedAt: Instant; readonly executedAt?: Instant; readonly current: boolean }

/** Each time deletions were held back, and when they were carried out if they were. */
export function holdsOf(world: World): readonly Hold[] {
  const job = jobOf('contoso.provisioning')
  const effect = scenarios
    .find(({ id }) => id === DELETES_HELD)
    ?.effects.find((each) => each.kind === 'fault')
  const since = effect?.kind === 'fault' ? (effect.since ?? 0) : 0
  return intervalsOf(world.state, DELETES_HELD).map((interval) => {
    const stagedAt = endOf(job, firstCycleAfter(job, interval.from - since))
    const force = writesTo(world.state, job.key).find(
      (write) => isForced(write) && inside(write.at, interval),
    )
    const executedAt = force ? goodCycleAfter(world, job, force.at) : undefined
    const current = inside(world.now, interval)
    return executedAt === undefined ? { stagedAt, current } : { stagedAt, executedAt, current }
  })
}

// ---------------------------------------------------------------- who is there

function provisionedOnDemand(world: World, account: Account, from: Instant): Instant | undefined {
  return world.state.changes.find(
    (each) =>
      each.what === 'provision' &&
      each.account === account.key &&
      each.status === 'Success' &&
      each.at >= from,
  )?.at
}

const earliest = (...times: readonly (Instant | undefined)[]): Instant | undefined => {
  const known = times.filter((time) => time !== undefined)
  return known.length > 0 ? Math.min(...known) : undefined
}

/** When an account that waits in AD came to Entra; undefined while it still waits. */
export function arrivalOf(world: World, account: Account): Instant | undefined {
  const { state, now } = world
  if (!account.domain || !account.waits) return undefined
  const job = jobOf(provisioningJob[account.domain])
  if (account.waits === 'conflict') {
    const freed = intervalsOf(state, JANE_FIXED).find((each) => inside(now, each))
    if (!freed) return undefined
    return earliest(goodCycleAfter(world, job, freed.from), provisionedOnDemand(world, account, freed.from))
  }
  if (account.waits === 'full') {
    const restart = writesTo(state, job.key).find((write) => write.what === 'restart' && !isForced(write))
    const full = restart ? goodCycleAfter(world, job, restart.at) : undefined
    return earliest(full, provisionedOnDemand(world, account, 0))
  }
  return earliest(goodCycleAfter(world, job, onsetOf(state.born)), provisionedOnDemand(world, account, 0))
}

export type Presence =
  | { readonly is: 'there'; readonly since: Instant | undefined }
  | { readonly is: 'deleted'; readonly at: Instant }
  | { readonly is: 'absent' }

export function presenceOf(world: World, account: Account): Presence {
  if (account.domain === undefined) return { is: 'there', since: undefined }
  if (account.outOfScope) return { is: 'absent' }
  if (account.deletedDaysAgo) return { is: 'deleted', at: world.state.born - account.deletedDaysAgo * DAY }
  if (isSeasonal(account)) {
    const carriedOut = holdsOf(world).find(
      (hold) => hold.current && hold.executedAt !== undefined,
    )?.executedAt
    return carriedOut === undefined ? { is: 'there', since: undefined } : { is: 'deleted', at: carriedOut }
  }
  if (!account.waits) return { is: 'there', since: undefined }
  const since = arrivalOf(world, account)
  return since === undefined ? { is: 'absent' } : { is: 'there', since }
}

export type Present = { readonly account: Account; readonly presence: Presence }

/** Everybody Entra knows, deleted people included. */
export function everybody(world: World): readonly Present[] {
  // Held deletions concern hundreds alike: looked up once, not once for each.
  const seasonalPresence = new Map<boolean, Presence>()
  return [...cloudOnly, ...inActiveDirectory].map((account) => {
    if (!isSeasonal(account)) return { account, presence: presenceOf(world, account) }
    const presence = seasonalPresence.get(true) ?? presenceOf(world, account)
    seasonalPresence.set(true, presence)
    return { account, presence }
  })
}

/** Addresses as Entra has them now: the holder of jane.doe's address loses it once that is mended. */
export function proxiesOf(world: World, account: Account): readonly string[] {
  return account.key === HOLDER && isActive(world.state, JANE_FIXED, world.now)
    ? account.proxies.filter((each) => each.toLowerCase() !== `smtp:${JANES_ADDRESS}`)
    : account.proxies
}
