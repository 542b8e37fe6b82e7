// What a rule of the doctor says.
export type Result = 'ok' | 'warn' | 'fail' | 'skipped'

export type Verdict = {
  /** Stable, e.g. "permission.listJobs". */
  readonly id: string
  /** What is looked at, in words. */
  readonly what: string
  readonly result: Result
  /** What was seen; for `skipped` the reason. */
  readonly seen: string
  /** What to do; on every warn and fail. */
  readonly fix?: string
}

export type Subject = Pick<Verdict, 'id' | 'what'>

export const ok = (subject: Subject, seen: string): Verdict => ({ ...subject, result: 'ok', seen })
export const skipped = (subject: Subject, because: string): Verdict => ({
  ...subject,
  result: 'skipped',
  seen: because,
})
export const warn = (subject: Subject, seen: string, fix: string): Verdict => ({
  ...subject,
  result: 'warn',
  seen,
  fix,
})
export const fail = (subject: Subject, seen: string, fix: string): Verdict => ({
  ...subject,
  result: 'fail',
  seen,
  fix,
})
