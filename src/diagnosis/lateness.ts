// When a job is late: the one rule that checks and the status table share.
import type { Instant, Job } from '../nouns.ts'

/** Objects take 10 to 20 minutes in practice although the interval says 2: below this nothing is late. */
export const LATE_FLOOR_MS = 30 * 60_000
/** Cycles that may be missed before a job counts as late. */
export const LATE_CYCLES = 3
/** Cycles of a quarantined job come once a day. */
const QUARANTINE_INTERVAL_MS = 24 * 3_600_000

export type Timing = {
  /** A cycle has begun and not ended. */
  readonly running: boolean
  readonly lastBegan?: Instant
  readonly lastEnded?: Instant
  readonly lastSuccess?: Instant
  readonly nextExpected?: Instant
  /** How long the last sign of life is overdue, in ms; 0 when it is not. */
  readonly lateMs: number
}

function latest(...times: readonly (Instant | undefined)[]): Instant | undefined {
  const given = times.filter((t): t is Instant => t !== undefined)
  return given.length > 0 ? Math.max(...given) : undefined
}

/** How long a job may be silent before it is late; undefined when its interval is not known. */
export function allowedSilence(job: Job): number | undefined {
  const interval = job.status === 'quarantine' ? QUARANTINE_INTERVAL_MS : job.schedule.intervalMs
  return interval === undefined ? undefined : Math.max(LATE_FLOOR_MS, LATE_CYCLES * interval)
}

export function timing(job: Job, now: Instant): Timing {
  const { lastExecution: last, lastSuccess } = job
  const lastBegan = last?.began
  const lastEnded = last?.ended
  const running = lastBegan !== undefined && (lastEnded === undefined || lastEnded < lastBegan)
  const sign = latest(lastBegan, lastEnded, lastSuccess?.ended, lastSuccess?.began)
  const allowed = allowedSilence(job)
  const scheduled = job.status === 'active' || job.status === 'quarantine'
  const interval = job.schedule.intervalMs
  const next =
    job.status === 'quarantine'
      ? job.quarantine?.nextAttempt
      : job.status === 'active' && !running && sign !== undefined && interval !== undefined
        ? sign + interval
        : undefined
  const success = latest(lastSuccess?.ended, lastSuccess?.began)
  return {
    running,
    ...(lastBegan === undefined ? {} : { lastBegan }),
    ...(lastEnded === undefined ? {} : { lastEnded }),
    ...(success === undefined ? {} : { lastSuccess: success }),
    ...(next === undefined ? {} : { nextExpected: next }),
    lateMs:
      scheduled && sign !== undefined && allowed !== undefined && now - sign > allowed
        ? now - sign - (job.status === 'quarantine' ? QUARANTINE_INTERVAL_MS : (interval ?? 0))
        : 0,
  }
}
