// What the built-in rules read in one synchronization job. Pure; only positive evidence is "good".
import { currentError, holdsDeletes, scheduleOf } from '../jobs.ts'
import type { FactRow, Instant, Job, Prose, Severity } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import { MINUTE } from '../time.ts'
import { jobKindWords } from '../words.ts'

export type Thresholds = Readonly<Record<string, number>>
export type Verdict = {
  readonly state: 'good' | 'bad' | 'unknown'
  readonly title: Prose
  readonly facts: readonly FactRow[]
  /** When it differs from the rule's. */
  readonly severity?: Severity
}
export type JobRule = (
  job: Job,
  given: { readonly asOf: Instant; readonly now: Instant; readonly thresholds: Thresholds },
) => Verdict

const SOURCE = 'Graph, synchronization jobs'

export function jobName(job: Pick<Job, 'kind' | 'domain'>): Prose {
  return prose`The ${{ strong: jobKindWords[job.kind] }} job of ${job.domain}`
}

function row(name: string, value: Prose, asOf: Instant): FactRow {
  return { name, value, asOf, source: SOURCE }
}

function rowsOf(job: Job, asOf: Instant): FactRow[] {
  const error = currentError(job)
  const success = job.lastSuccess?.ended ?? job.lastSuccess?.began
  return [
    row('Domain', [{ data: job.domain }], asOf),
    row('Job status', [job.status], asOf),
    ...(job.quarantine?.since === undefined
      ? []
      : [row('In quarantine since', [at(job.quarantine.since)], asOf)]),
    ...(job.quarantine?.reason ? [row('Reason', [{ data: job.quarantine.reason }], asOf)] : []),
    ...(error ? [row('Error', [{ data: error.code }], asOf)] : []),
    ...(success === undefined ? [] : [row('Last success', [at(success)], asOf)]),
  ]
}

const good = (title: Prose): Verdict => ({ state: 'good', title, facts: [] })
const unclear = (title: Prose): Verdict => ({ state: 'unknown', title, facts: [] })

const quarantined: JobRule = (job, { asOf }) => {
  const name = jobName(job)
  if (job.status === 'unknown') return unclear([...name, ' is in a state that is not known'])
  if (job.status !== 'quarantine') return good([...name, ' is not in quarantine'])
  const since = job.quarantine?.since
  return {
    state: 'bad',
    title: [...name, ' is in quarantine', ...(since === undefined ? [] : [' since ', at(since)])],
    facts: rowsOf(job, asOf),
    // A secondary job in quarantine leaves the accounts of the domain in sync.
    ...(job.kind === 'provisioning' ? {} : { severity: 'warning' as const }),
  }
}

const deletesHeld: JobRule = (job, { asOf }) => {
  const name = jobName(job)
  if (job.status === 'unknown') return unclear([...name, ' is in a state that is not known'])
  if (job.status === 'quarantine' && job.quarantine === undefined)
    return unclear([...name, ' is in quarantine, the reason is not known'])
  if (!holdsDeletes(job)) return good([...name, ' holds no deletions'])
  const threshold = job.deleteThreshold
  return {
    state: 'bad',
    title: [...name, ' holds deletions back: too many at once'],
    facts: [
      ...rowsOf(job, asOf),
      ...(threshold === undefined ? [] : [row('Deletion threshold', [String(threshold)], asOf)]),
    ],
  }
}

const stale: JobRule = (job, { asOf, now, thresholds }) => {
  const name = jobName(job)
  const scheduled = job.status === 'active' || job.status === 'quarantine'
  if (!scheduled) return unclear([...name, ' is not scheduled'])
  const { lastSign, allowedMs, lateMs } = scheduleOf(job, now, {
    floorMs: (thresholds.floorMinutes ?? 30) * MINUTE,
    cycles: thresholds.cycles ?? 3,
  })
  if (lastSign === undefined || allowedMs === undefined) return unclear([...name, ' has not run yet'])
  if (lateMs === 0) return good([...name, ' runs on time'])
  return {
    state: 'bad',
    title: [...name, ' is late: its last sign of life was ', at(lastSign)],
    facts: rowsOf(job, asOf),
  }
}

const failing: JobRule = (job, { asOf, thresholds }) => {
  const name = jobName(job)
  const limit = thresholds.failures ?? 3
  const last = job.lastExecution?.state
  if (job.successiveFailures >= limit)
    return {
      state: 'bad',
      title: [...name, ` failed ${job.successiveFailures} times in a row`],
      facts: rowsOf(job, asOf),
    }
  // A cycle with errors of single objects has run; the job itself is not failing.
  if (last === 'succeeded' || last === 'entryLevelErrors') return good([...name, ' completes its cycles'])
  return unclear([...name, ' has not completed a cycle yet'])
}

const paused: JobRule = (job, { asOf }) => {
  const name = jobName(job)
  if (job.status === 'unknown') return unclear([...name, ' is in a state that is not known'])
  if (job.status !== 'paused' && job.status !== 'disabled') return good([...name, ' is not paused'])
  return { state: 'bad', title: [...name, ` is ${job.status}`], facts: rowsOf(job, asOf) }
}

export const jobRules = {
  'deletes.held': deletesHeld,
  'job.quarantined': quarantined,
  'job.stale': stale,
  'job.failing': failing,
  'job.paused': paused,
} as const satisfies Record<string, JobRule>
