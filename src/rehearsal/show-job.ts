// A job, its status and its schema in Graph's shapes, oddities included.
import type { Instant, Json } from '../nouns.ts'
import type { Account } from './account.ts'
import { DELETE_THRESHOLD, type Domain, type JobDefinition, jobs } from './configurations.ts'
import { beginOf, endOf, firstCycleAfter, lastCycleBefore, type Phase, retriesOf } from './cycles.ts'
import { inActiveDirectory } from './directory.ts'
import { faults } from './faults.ts'
import { guid, roll } from './noise.ts'
import { everybody, hasEffect, hasNeverRun, phaseAt, presenceOf, type World } from './world.ts'

export type Obj = { readonly [key: string]: Json }

export const ZERO = '0001-01-01T00:00:00Z'
const DISABLED_AFTER = 28 * 24 * 3600_000
/** Objects of contoso.com that fail while the mapping is broken. */
export const MASS_COUNT = 300

/** Graph's time with the seven decimals the synchronization service writes. */
export function stamp(time: Instant): string {
  return `${new Date(time).toISOString().slice(0, -1)}${String(roll(10_000, 'ticks', time)).padStart(4, '0')}Z`
}

type Run = { readonly began: Instant; readonly ended: Instant; readonly phase: Phase; readonly cycle: number }

const cycling: readonly Phase['mode'][] = ['running', 'entries', 'failing']

/** The newest run of these phases that is over; in quarantine the retries count as runs. */
function lastRun(world: World, job: JobDefinition, modes: readonly Phase['mode'][]): Run | undefined {
  for (const phase of world.phases[job.key].toReversed()) {
    if (!modes.includes(phase.mode)) continue
    if (phase.mode === 'quarantine') {
      const retry = retriesOf(phase.from, phase.to).done.at(-1)
      if (retry !== undefined) return { began: retry - 3_000, ended: retry, phase, cycle: retry }
      continue
    }
    const cycle = lastCycleBefore(job, phase.to)
    if (phase.from === Number.NEGATIVE_INFINITY || cycle >= firstCycleAfter(job, phase.from))
      return { began: beginOf(job, cycle), ended: endOf(job, cycle), phase, cycle }
  }
  return undefined
}

export function lastSuccessOf(world: World, job: JobDefinition): Instant | undefined {
  return hasNeverRun(world, job) ? undefined : lastRun(world, job, ['running'])?.ended
}

/** Objects with an error of their own that stays from cycle to cycle. */
export function troubled(world: World, domain: Domain): readonly Account[] {
  return inActiveDirectory.filter(
    (each) =>
      each.domain === domain &&
      (each.trouble || (each.waits === 'conflict' && presenceOf(world, each).is === 'absent')),
  )
}

const noCounts = {
  countEntitled: 0,
  countEntitledForProvisioning: 0,
  countEscrowed: 0,
  countEscrowedRaw: 0,
  countExported: 0,
  countExports: 0,
  countImported: 0,
  countImportedDeltas: 0,
  countImportedReferenceDeltas: 0,
}

const noError = { code: 'None', message: '', tenantActionable: false }

function execution(world: World, job: JobDefinition, run: Run): Obj {
  const { phase, cycle } = run
  const times = { timeBegan: stamp(run.began), timeEnded: stamp(run.ended) }
  const activityIdentifier = guid('activity', job.id, cycle)
  const fault = phase.fault && faults[phase.fault]
  if (fault && phase.mode !== 'entries') {
    const error = { code: fault.code, message: fault.message, tenantActionable: true }
    return { activityIdentifier, ...noCounts, state: 'Failed', error, ...times }
  }
  const escrowed =
    (job.kind === 'provisioning' ? troubled(world, job.domain).length : 0) +
    (phase.mode === 'entries' ? MASS_COUNT : 0)
  const changes = roll(4, 'changes', job.key, cycle)
  return {
    activityIdentifier,
    ...noCounts,
    countEscrowed: escrowed,
    countEscrowedRaw: escrowed,
    countExported: changes,
    countExports: changes,
    countImported: changes,
    countImportedDeltas: changes,
    state: phase.mode === 'entries' ? 'EntryLevelErrors' : 'Succeeded',
    // "No error" has two spellings.
    error: job.kind === 'passwordHash' ? noError : null,
    ...times,
  }
}

function quarantineOf(phase: Phase, now: Instant): Obj | null {
  if (phase.mode !== 'quarantine') return null
  const fault = phase.fault && faults[phase.fault]
  const { done, next } = retriesOf(phase.from, now)
  return {
    currentBegan: stamp(phase.from),
    nextAttempt: stamp(fault ? next : phase.to),
    reason: fault?.reason ?? 'Unknown',
    seriesBegan: stamp(phase.series ?? phase.from),
    seriesCount: 1 + phase.earlier + done.length,
    error: fault ? { code: fault.code, message: fault.message, tenantActionable: true } : noError,
  }
}

/** First moment of the quarantine as it stands, through phases that only continue it. */
function quarantineSince(world: World, job: JobDefinition): Phase | undefined {
  const phases = world.phases[job.key]
  let found: Phase | undefined
  for (let i = phases.length - 1; phases[i]?.mode === 'quarantine'; i--) found = phases[i]
  return found
}

function failuresIn(world: World, job: JobDefinition, phase: Phase): number {
  if (phase.mode === 'failing')
    return Math.max(0, lastCycleBefore(job, world.now) - firstCycleAfter(job, phase.from) + 1)
  if (phase.mode !== 'quarantine') return 0
  return phase.failures + retriesOf(phase.from, world.now).done.length
}

const neverRan = {
  code: 'NotRun',
  lastExecution: {
    activityIdentifier: null,
    ...noCounts,
    state: 'Failed',
    error: noError,
    timeBegan: ZERO,
    timeEnded: ZERO,
  },
  lastSuccessfulExecution: null,
  lastSuccessfulExecutionWithExports: null,
  quarantine: null,
  steadyStateFirstAchievedTime: ZERO,
  steadyStateLastAchievedTime: ZERO,
  synchronizedEntryCountByType: [],
}

const codes: Readonly<Partial<Record<Phase['mode'], string>>> = { paused: 'Paused', quarantine: 'Quarantine' }

function statusOf(world: World, job: JobDefinition): Obj {
  const common = { escrowsPruned: false, progress: [], troubleshootingUrl: '' }
  if (hasNeverRun(world, job)) return { countSuccessiveCompleteFailures: 0, ...common, ...neverRan }
  const phase = phaseAt(world, job.key, world.now)
  const standing = quarantineSince(world, job)
  const shown = standing ? { ...phase, from: standing.from } : phase
  const first = hasEffect(world, 'firstCycle', job.key)
  const any = first ? undefined : lastRun(world, job, [...cycling, 'quarantine'])
  const good = first ? undefined : lastRun(world, job, ['running'])
  const count = everybody(world).filter(
    ({ account, presence }) => account.domain === job.domain && presence.is === 'there',
  ).length
  return {
    code: codes[phase.mode] ?? 'Active',
    countSuccessiveCompleteFailures: failuresIn(world, job, shown),
    ...common,
    lastExecution: any ? execution(world, job, any) : null,
    // The beginning of the last good run is not kept for this job; its end is.
    lastSuccessfulExecution: good
      ? {
          ...execution(world, job, good),
          activityIdentifier: null,
          ...(job.templateId === 'AD2AADProvisioning' ? { timeBegan: ZERO } : {}),
        }
      : null,
    lastSuccessfulExecutionWithExports: null,
    quarantine: quarantineOf(shown, world.now),
    steadyStateFirstAchievedTime: first ? ZERO : stamp(Date.UTC(2024, 1, 6, 9, 14)),
    steadyStateLastAchievedTime: good ? stamp(good.ended) : ZERO,
    synchronizedEntryCountByType:
      job.kind === 'provisioning'
        ? [
            { key: 'group to Group', value: job.domain === 'contoso.com' ? 24 : 10 },
            { key: 'user to User', value: count },
          ]
        : [],
  }
}

export function showJob(world: World, job: JobDefinition): Obj {
  const name = job.domain.split('.')[0]?.toUpperCase() ?? ''
  const domain = { DomainFQDN: job.domain, DomainNetBios: name, ForestFQDN: job.domain, ForestNetBios: name }
  const phase = phaseAt(world, job.key, world.now)
  const since = quarantineSince(world, job)?.from
  const neverRun = hasNeverRun(world, job)
  const disabled = neverRun || (since !== undefined && world.now - since > DISABLED_AFTER)
  return {
    id: job.id,
    templateId: job.templateId,
    schedule: {
      expiration: null,
      interval: neverRun ? 'P10675199DT2H48M5.4775807S' : 'PT2M',
      state: disabled ? 'Disabled' : phase.mode === 'paused' ? 'Paused' : 'Active',
    },
    status: statusOf(world, job),
    synchronizationJobSettings: [
      { name: 'Domain', value: JSON.stringify(domain) },
      ...Object.entries(domain).map(([key, value]) => ({ name: key, value })),
      ...(job.kind === 'provisioning'
        ? [
            {
              name: 'QuarantineTooManyDeletesThreshold',
              value: String(hasEffect(world, 'noDeleteThreshold', job.key) ? 0 : DELETE_THRESHOLD),
            },
          ]
        : []),
    ],
  }
}

export function showJobs(world: World, domain: Domain | undefined): readonly Obj[] {
  return jobs.filter((job) => job.domain === domain).map((job) => showJob(world, job))
}
