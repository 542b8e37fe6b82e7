// The life of one synchronization job as a function of time: cycles every two minutes, and what interrupts them.
import type { Instant } from '../nouns.ts'
import { HOUR } from '../time.ts'
import type { JobDefinition } from './configurations.ts'
import { type FaultName, faults } from './faults.ts'
import { roll } from './noise.ts'

export const CYCLE = 120_000

/** A cycle is known by its number; number n begins n cycles after 1970, behind by the job's phase. */
export function beginOf(job: JobDefinition, cycle: number): Instant {
  return cycle * CYCLE + job.phase
}

export function endOf(job: JobDefinition, cycle: number): Instant {
  return beginOf(job, cycle) + 20_000 + roll(34_000, job.key, cycle)
}

/** The last cycle that is over at `time`. */
export function lastCycleBefore(job: JobDefinition, time: Instant): number {
  const cycle = Math.floor((time - job.phase) / CYCLE)
  return endOf(job, cycle) <= time ? cycle : cycle - 1
}

export function firstCycleAfter(job: JobDefinition, time: Instant): number {
  return Math.ceil((time - job.phase) / CYCLE)
}

/** What happens to a job from outside, in order of time. */
export type Event = {
  readonly at: Instant
  readonly what: 'fault' | 'healed' | 'pause' | 'start'
  readonly fault?: FaultName
  readonly quarantineAfter?: number
}

export type Phase = {
  readonly from: Instant
  readonly to: Instant
  readonly mode: 'running' | 'failing' | 'entries' | 'late' | 'paused' | 'quarantine'
  readonly fault?: FaultName
  /** In quarantine: beginning of the series, and how often it was entered before. */
  readonly series?: Instant
  readonly earlier: number
  /** Failed cycles in a row that ended in this quarantine. */
  readonly failures: number
}

type Plan = Omit<Phase, 'to'>

type Illness = { readonly name: FaultName; readonly quarantineAfter: number }

function worst(ill: ReadonlyMap<FaultName, Illness>): Illness | undefined {
  const name = (Object.keys(faults) as FaultName[]).find((each) => ill.has(each))
  return name === undefined ? undefined : ill.get(name)
}

type Standing = { series: Instant | undefined; earlier: number; quarantined: boolean; failures: number }

/** What follows an event if nothing else happens, as phases that begin one after the other. */
function planAfter(
  job: JobDefinition,
  event: Event,
  illness: Illness | undefined,
  standing: Standing,
): readonly Plan[] {
  const at = event.at
  const base = { earlier: standing.earlier, failures: 0 }
  const still = { series: standing.series ?? at, earlier: standing.earlier, failures: standing.failures }
  if (illness === undefined) {
    if (!standing.quarantined || event.what === 'start') return [{ ...base, from: at, mode: 'running' }]
    // Mended, not lifted by hand: the next good cycle ends the quarantine.
    const begin = beginOf(job, firstCycleAfter(job, at))
    return [
      { ...still, from: at, mode: 'quarantine' },
      { ...base, from: begin, mode: 'running' },
    ]
  }
  const fault = faults[illness.name]
  if (fault.how !== 'fail') return [{ ...base, from: at, mode: fault.how, fault: illness.name }]
  if (standing.quarantined && event.what !== 'start')
    return [{ ...still, from: at, mode: 'quarantine', fault: illness.name }]
  const failures = event.what === 'start' && standing.quarantined ? 1 : illness.quarantineAfter
  const quarantine = endOf(job, firstCycleAfter(job, at) + failures - 1)
  return [
    { ...base, from: at, mode: 'failing', fault: illness.name },
    {
      from: quarantine,
      mode: 'quarantine',
      fault: illness.name,
      series: standing.series ?? quarantine,
      earlier: standing.earlier,
      failures,
    },
  ]
}

/** The phases of a job up to `until`, without gaps, the first from the beginning of time. */
export function phasesOf(job: JobDefinition, events: readonly Event[], until: Instant): readonly Phase[] {
  const phases: Phase[] = []
  // A job that was never started stands still until its first start.
  let paused = job.neverRun === true
  const first = paused ? 'paused' : 'running'
  let plan: readonly Plan[] = [{ from: Number.NEGATIVE_INFINITY, mode: first, earlier: 0, failures: 0 }]
  const settle = (end: Instant) => {
    plan.forEach((each, i) => {
      const to = Math.min(plan[i + 1]?.from ?? end, end)
      if (each.from < to || (each.from === to && to === until)) phases.push({ ...each, to })
    })
  }
  const ill = new Map<FaultName, Illness>()
  for (const event of events) {
    if (event.at > until) break
    settle(event.at)
    const before = phases.at(-1)
    const quarantined = before?.mode === 'quarantine'
    if (event.what === 'fault' && event.fault)
      ill.set(event.fault, {
        name: event.fault,
        quarantineAfter: event.quarantineAfter ?? faults[event.fault].quarantineAfter,
      })
    if (event.what === 'healed' && event.fault) ill.delete(event.fault)
    if (event.what === 'pause') paused = true
    if (event.what === 'start') paused = false
    const illness = worst(ill)
    // A series goes on as long as the cause does, however often the quarantine is lifted.
    const series =
      illness || quarantined
        ? phases.findLast((each) => each.mode !== 'paused' && each.mode !== 'failing')
        : undefined
    const standing: Standing = {
      quarantined,
      series: series?.mode === 'quarantine' ? series.series : undefined,
      earlier: series?.mode === 'quarantine' ? series.earlier + (event.what === 'start' ? 1 : 0) : 0,
      failures: before?.failures ?? 0,
    }
    plan = paused
      ? [{ from: event.at, mode: 'paused', earlier: 0, failures: 0 }]
      : planAfter(job, event, illness, standing)
  }
  settle(until)
  return phases
}

/** A job in quarantine tries again after 6, 12 and 24 hours, then once a day. */
export function retriesOf(
  began: Instant,
  until: Instant,
): { readonly done: readonly Instant[]; readonly next: Instant } {
  const done: Instant[] = []
  let next = began + 6 * HOUR
  for (let wait = 12; next <= until; wait = Math.min(24, wait * 2)) {
    done.push(next)
    next += wait * HOUR
  }
  return { done, next }
}
