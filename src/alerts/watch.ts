// Polls the configurations that are due, one reading at a time each, and turns what it reads into events.
import type { Configuration, Fact, Incident, Instant, Job, Json, Observation } from '../nouns.ts'
import { prose, unknown } from '../nouns.ts'
import { MINUTE } from '../time.ts'
import { apply, type ChangeDeps } from './change.ts'
import { type KnownJob, observe } from './derive.ts'
import { fingerprint } from './match.ts'
import { LAST_GOOD, readWorld, WATCHED, type Watched, type World } from './world.ts'

export type WatchedSync = {
  configurations(): Promise<Fact<readonly Configuration[]>>
  jobs(configuration: Configuration): Promise<Fact<readonly Job[]>>
  job(configurationId: string, jobId: string): Promise<Fact<Job>>
}

export type WatchDeps = ChangeDeps & {
  readonly sync: WatchedSync
  readonly pollMs: number
  readonly random: () => number
  /** A round waits this long, in ms of the machine, for slow readings; they go on in the background. */
  readonly patienceMs: number
}

/** Between two "not found" of a job's own GET before it counts as removed. */
const REMOVED_MS = 10 * MINUTE

async function safely<T>(deps: WatchDeps, source: string, read: () => Promise<Fact<T>>): Promise<Fact<T>> {
  try {
    return await read()
  } catch (error) {
    deps.telemetry.log.warn({ err: error, source }, 'a reading failed')
    return unknown<T>('unavailable', source)
  }
}

const asKnown = (job: Job): KnownJob => ({ id: job.id, kind: job.kind, domain: job.domain })

/** Good and unknown matter only to an incident that exists. */
function concerns(world: World, observation: Observation): boolean {
  if (observation.state === 'bad') return true
  const print = fingerprint(observation)
  return world.live.some((incident) => incident.fingerprint === print)
}

async function applyAll(deps: WatchDeps, observations: readonly Observation[], now: Instant): Promise<void> {
  let world = await readWorld(deps.store, deps.tenantId, now)
  for (const observation of observations) {
    if (!concerns(world, observation)) continue
    const event = { kind: observation.state, observation }
    const { step } = await apply(deps, { target: { observation }, event, now, seen: world })
    if (step.changed) world = await readWorld(deps.store, deps.tenantId, now)
  }
}

/** Asks for each unlisted job by its own address; resolves to when "not found" was first answered. */
async function goneSince(deps: WatchDeps, before: Watched, missing: readonly KnownJob[], now: Instant) {
  const gone: Record<string, Instant> = {}
  for (const job of missing) {
    const fact = await safely(deps, 'job', () => deps.sync.job(before.configurationId, job.id))
    if (!fact.known && fact.because === 'notFound') gone[job.id] = before.gone[job.id] ?? now
  }
  return gone
}

async function removeJobs(deps: WatchDeps, jobs: readonly string[], now: Instant): Promise<void> {
  const { live } = await readWorld(deps.store, deps.tenantId, now)
  const concerned = (incident: Incident) => incident.jobId !== undefined && jobs.includes(incident.jobId)
  for (const incident of live.filter(concerned))
    await apply(deps, { target: { incidentId: incident.id }, event: { kind: 'jobRemoved' }, now })
}

async function remember(deps: WatchDeps, watched: Watched, keep: boolean): Promise<void> {
  const name = WATCHED + watched.configurationId
  await deps.store.transaction(async (r) => {
    await deps.fence(r)
    if (keep) await r.settings.put(deps.tenantId, name, watched as unknown as Json)
    else await r.settings.remove(deps.tenantId, name)
    await r.settings.put(deps.tenantId, LAST_GOOD, watched.lastGood)
  })
}

/** One reading of one configuration. Resolves to whether it was good. */
async function poll(deps: WatchDeps, configuration: Configuration, given: { now: Instant; listed: boolean }) {
  const began = performance.now()
  const read = await safely(deps, 'jobs', () => deps.sync.jobs(configuration))
  const world = await readWorld(deps.store, deps.tenantId, given.now)
  const before: Watched = world.watched.find((w) => w.configurationId === configuration.id) ?? {
    configurationId: configuration.id,
    domain: configuration.domain,
    lastGood: given.now,
    jobs: [],
    gone: {},
  }
  // The configuration itself is gone, and the list of configurations says the same: it has no jobs any more.
  const removed = !read.known && read.because === 'notFound' && !given.listed
  const jobs: Fact<readonly Job[]> = removed
    ? { known: true, value: [], asOf: given.now, source: read.source }
    : read
  const missing = jobs.known ? before.jobs.filter((k) => !jobs.value.some((job) => job.id === k.id)) : []
  const gone = jobs.known ? await goneSince(deps, before, missing, given.now) : before.gone
  // A reading that took long is applied at its own time; whole seconds, so that a quick one belongs to its round.
  const now = given.now + Math.floor((performance.now() - began) / 1000) * 1000
  // A good reading itself ends the blindness: what it says must count, however long the gap before it was.
  if (jobs.known) await rememberWatched(deps, { ...before, lastGood: now })
  await applyAll(
    deps,
    observe({ tenantId: deps.tenantId, configuration, jobs, known: before.jobs }, deps.rules, now),
    now,
  )
  if (!jobs.known) {
    // A configuration that never answered is remembered too, else nobody would notice that it is not seen.
    if (!world.watched.some((w) => w.configurationId === configuration.id))
      await rememberWatched(deps, before)
    return false
  }
  const over = missing.filter((job) => now - (gone[job.id] ?? now) >= REMOVED_MS).map((job) => job.id)
  if (over.length > 0) await removeJobs(deps, over, now)
  const stillMissing = missing.filter((job) => !over.includes(job.id))
  const known = [...jobs.value.map(asKnown), ...stillMissing]
  const kept = Object.fromEntries(Object.entries(gone).filter(([id]) => !over.includes(id)))
  const after: Watched = { ...before, domain: configuration.domain, lastGood: now, jobs: known, gone: kept }
  await remember(deps, after, given.listed || known.length > 0)
  return true
}

async function rememberWatched(deps: WatchDeps, watched: Watched): Promise<void> {
  await deps.store.transaction(async (r) => {
    await deps.fence(r)
    await r.settings.put(deps.tenantId, WATCHED + watched.configurationId, watched as unknown as Json)
  })
}

function blindObservation(
  deps: WatchDeps,
  given: { state: 'good' | 'bad'; lastGood: Instant; now: Instant; one?: Watched },
): Observation {
  const { one, lastGood, now, state } = given
  return {
    ruleId: 'monitor.blind',
    tenantId: deps.tenantId,
    ...(one ? { configurationId: one.configurationId } : {}),
    subject: one?.domain ?? 'the whole tenant',
    state,
    severity: deps.rules['monitor.blind'].severity,
    asOf: now,
    title: one
      ? prose`I cannot see the jobs of ${one.domain} since ${{ at: lastGood }}`
      : prose`I cannot see any synchronization job since ${{ at: lastGood }}`,
    facts: [{ name: 'Last good reading', value: [{ at: lastGood }], asOf: now, source: 'Sync Medic' }],
  }
}

/** Blindness is an incident of its own: of the tenant, else of each configuration that is not seen. */
async function judgeSight(deps: WatchDeps, good: ReadonlySet<string>, now: Instant): Promise<void> {
  const rule = deps.rules['monitor.blind']
  if (!rule.enabled) return
  const world = await readWorld(deps.store, deps.tenantId, now)
  const limit = (rule.thresholds.minutes ?? 15) * MINUTE
  const lastGood = world.lastGood ?? now
  const all = now - lastGood >= limit
  deps.telemetry.metrics.set('monitor_blind', all ? 1 : 0)
  const observations: Observation[] = []
  if (all) observations.push(blindObservation(deps, { state: 'bad', lastGood, now }))
  else if (good.size > 0) observations.push(blindObservation(deps, { state: 'good', lastGood, now }))
  // While sight of the tenant comes back, a configuration whose turn has not come yet is no trouble of its own.
  const recovering = world.live.some(
    (i) => i.ruleId === 'monitor.blind' && i.configurationId === undefined && i.state !== 'resolved',
  )
  // Polls come at different moments: when all end together, the first to be overdue is no trouble of its own either.
  const alone = (one: Watched) => lastGood - one.lastGood >= 2 * deps.pollMs
  for (const one of world.watched) {
    if (good.has(one.configurationId))
      observations.push(blindObservation(deps, { state: 'good', lastGood: one.lastGood, now, one }))
    else if (!all && !recovering && alone(one) && now - one.lastGood >= limit)
      observations.push(blindObservation(deps, { state: 'bad', lastGood: one.lastGood, now, one }))
  }
  await applyAll(deps, observations, now)
}

export type Watch = {
  /** Reads what is due at `now` and applies it. */
  round(now: Instant): Promise<void>
  /** Waits for readings that are still in flight. */
  settle(): Promise<void>
}

export function createWatch(deps: WatchDeps): Watch {
  const due = new Map<string, Instant>()
  const flying = new Map<string, Promise<void>>()
  const good = new Set<string>()
  let listed: readonly Configuration[] | undefined

  const next = (now: Instant) => now + Math.round(deps.pollMs * (0.9 + 0.2 * deps.random()))
  const isDue = (key: string, now: Instant) => !flying.has(key) && (due.get(key) ?? 0) <= now

  const fly = (key: string, now: Instant, work: () => Promise<void>) => {
    const planned = due.get(key)
    if (planned !== undefined)
      deps.telemetry.metrics.observe('poll_lag_seconds', Math.max(0, (now - planned) / 1000))
    due.set(key, next(now))
    const flight = work()
      .catch((error: unknown) => deps.telemetry.log.error({ err: error }, 'a poll failed'))
      .finally(() => flying.delete(key))
    flying.set(key, flight)
  }

  const list = async (now: Instant) => {
    const fact = await safely(deps, 'configurations', () => deps.sync.configurations())
    if (!fact.known) return
    listed = fact.value
    // Nothing is set up: that was seen, so the watch is not blind.
    if (fact.value.length === 0) await markSeen(now)
  }

  const markSeen = async (now: Instant) =>
    deps.store.transaction(async (r) => {
      await deps.fence(r)
      await r.settings.put(deps.tenantId, LAST_GOOD, now)
    })

  const settle = async () => {
    while (flying.size > 0) await Promise.all(flying.values())
  }

  const patiently = async () => {
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deps.patienceMs)
    })
    await Promise.race([settle(), limit]).finally(() => clearTimeout(timer))
  }

  return {
    settle,
    async round(now) {
      const { watched, lastGood } = await readWorld(deps.store, deps.tenantId, now)
      // The clock of blindness starts with the first round there ever is.
      if (lastGood === undefined) await markSeen(now)
      if (isDue('', now)) fly('', now, () => list(now))
      await patiently()
      const listedIds = new Set((listed ?? []).map((c) => c.id))
      const remembered = watched
        .filter((w) => !listedIds.has(w.configurationId))
        .map((w): Configuration => ({ id: w.configurationId, domain: w.domain }))
      for (const configuration of [...(listed ?? []), ...remembered]) {
        if (!isDue(configuration.id, now)) continue
        // Before the first list nobody can say that a configuration is gone.
        const there = listed === undefined || listedIds.has(configuration.id)
        fly(configuration.id, now, async () => {
          if (await poll(deps, configuration, { now, listed: there })) good.add(configuration.id)
        })
      }
      await patiently()
      const seen = new Set(good)
      good.clear()
      await judgeSight(deps, seen, now)
    },
  }
}
