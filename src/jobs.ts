// What can be read off one synchronization job: what it complains of, and whether it is late. Pure.
// Checks, status and alert rules all ask here, so that a card and the answer beside it never disagree.
import { sameName } from './directory-names.ts'
import type { Execution, Instant, Job, JobError } from './nouns.ts'
import { DAY, MINUTE } from './time.ts'

export function currentError(job: Job): JobError | undefined {
  return job.quarantine?.error ?? job.lastExecution?.error
}

/** Errors that say that no agent answers; others of the agent path name a broken link or a passing fault. */
const noAgentCodes = ['HybridIdentityServiceNoActiveAgents', 'HybridIdentityServiceNoAgentsAssigned']

/** The error of a job that says that no agent of its domain answers. */
export function noAgentError(job: Job): JobError | undefined {
  const failing = job.status === 'quarantine' || job.lastExecution?.state === 'failed'
  const error = failing ? currentError(job) : undefined
  return error && noAgentCodes.some((code) => sameName(code, error.code)) ? error : undefined
}

/** In quarantine because it would delete more than its threshold at once. */
export function holdsDeletes(job: Job): boolean {
  const names = [job.quarantine?.reason, currentError(job)?.code]
  return job.status === 'quarantine' && names.some((name) => sameName(name, 'TooManyDeletes'))
}

export type Patience = {
  /** Objects take 10 to 20 minutes in practice although the interval says 2: below this nothing is late. */
  readonly floorMs: number
  /** Cycles that may be missed. */
  readonly cycles: number
}
export const usualPatience: Patience = { floorMs: 30 * MINUTE, cycles: 3 }

export type Schedule = {
  /** A cycle has begun and not ended. */
  readonly running: boolean
  readonly lastBegan?: Instant
  readonly lastEnded?: Instant
  readonly lastSuccess?: Instant
  /** The newest of these. */
  readonly lastSign?: Instant
  /** When the next cycle should begin; absent when one runs, none is planned, or the interval is not known. */
  readonly nextExpected?: Instant
  /** How long it may be silent; absent when it is not meant to run or its interval is not known. */
  readonly allowedMs?: number
  /** How long its next cycle is overdue; 0 while the silence is allowed. */
  readonly lateMs: number
}

function timesOf(execution: Execution | undefined): readonly Instant[] {
  return [execution?.began, execution?.ended].filter((time) => time !== undefined)
}

function latest(times: readonly Instant[]): Instant | undefined {
  return times.length > 0 ? Math.max(...times) : undefined
}

/** A job in quarantine is tried about once a day, whatever its schedule says. */
function intervalOf(job: Job): number | undefined {
  if (job.status === 'quarantine') return DAY
  return job.status === 'active' ? job.schedule.intervalMs : undefined
}

function nextOf(job: Job, sign: Instant | undefined): Instant | undefined {
  const planned = job.status === 'quarantine' ? job.quarantine?.nextAttempt : undefined
  const interval = intervalOf(job)
  return planned ?? (sign === undefined || interval === undefined ? undefined : sign + interval)
}

export function scheduleOf(job: Job, now: Instant, patience = usualPatience): Schedule {
  const { lastExecution: last, lastSuccess } = job
  const running = last?.began !== undefined && (last.ended === undefined || last.ended < last.began)
  const lastSign = latest([...timesOf(last), ...timesOf(lastSuccess)])
  const success = latest(timesOf(lastSuccess))
  const interval = intervalOf(job)
  const allowedMs =
    interval === undefined ? undefined : Math.max(patience.floorMs, patience.cycles * interval)
  const next = running ? undefined : nextOf(job, lastSign)
  const overdue =
    lastSign !== undefined && allowedMs !== undefined && now - lastSign > allowedMs
      ? now - lastSign - (interval ?? 0)
      : 0
  return {
    running,
    ...(last?.began === undefined ? {} : { lastBegan: last.began }),
    ...(last?.ended === undefined ? {} : { lastEnded: last.ended }),
    ...(success === undefined ? {} : { lastSuccess: success }),
    ...(lastSign === undefined ? {} : { lastSign }),
    ...(next === undefined ? {} : { nextExpected: next }),
    ...(allowedMs === undefined ? {} : { allowedMs }),
    lateMs: overdue,
  }
}
