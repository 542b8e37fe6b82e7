// Where a job stands in its rhythm: figures only, the words are others' work.
import type { Execution, Instant, Job } from '../nouns.ts'

const DAY_MS = 24 * 3_600_000

export type Schedule = {
  /** A cycle has begun and not ended. */
  readonly running: boolean
  readonly lastEnded?: Instant
  readonly lastSuccess?: Instant
  /** When the next cycle should begin; absent when none is planned or the interval is not known. */
  readonly nextExpected?: Instant
  /** Time since the last sign of life beyond the interval, ms; absent when the job is not meant to run. */
  readonly lateMs?: number
  /** The same in intervals: 3 means that three cycles are missing. */
  readonly missedCycles?: number
}

function timesOf(execution: Execution | undefined): readonly Instant[] {
  return [execution?.began, execution?.ended].filter((time): time is Instant => time !== undefined)
}

function latest(times: readonly Instant[]): Instant | undefined {
  return times.length > 0 ? Math.max(...times) : undefined
}

/** A job in quarantine runs about once a day, whatever its schedule says. */
function intervalOf(job: Job): number | undefined {
  if (job.status === 'quarantine') return DAY_MS
  return job.status === 'active' ? job.schedule.intervalMs : undefined
}

function nextOf(job: Job, sign: Instant | undefined, interval: number | undefined): Instant | undefined {
  if (job.status === 'quarantine' && job.quarantine?.nextAttempt !== undefined)
    return job.quarantine.nextAttempt
  return sign === undefined || interval === undefined ? undefined : sign + interval
}

export function scheduleOf(job: Job, now: Instant): Schedule {
  const { lastExecution: last, lastSuccess } = job
  const running = last?.began !== undefined && (last.ended === undefined || last.ended < last.began)
  const sign = latest([...timesOf(last), ...timesOf(lastSuccess)])
  const interval = intervalOf(job)
  const next = running ? undefined : nextOf(job, sign, interval)
  const success = latest(timesOf(lastSuccess))
  const late = sign === undefined || interval === undefined ? undefined : Math.max(0, now - sign - interval)
  return {
    running,
    ...(last?.ended === undefined ? {} : { lastEnded: last.ended }),
    ...(success === undefined ? {} : { lastSuccess: success }),
    ...(next === undefined ? {} : { nextExpected: next }),
    ...(late === undefined ? {} : { lateMs: late }),
    ...(late === undefined || !interval ? {} : { missedCycles: Math.floor(late / interval) }),
  }
}
