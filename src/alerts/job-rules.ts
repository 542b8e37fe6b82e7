// What the built-in rules read in one synchronization job. Pure; only positive evidence is "good".
import type { FactRow, Instant, Job, JobError, Prose, Severity } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import { HOUR, MINUTE } from './events.ts'

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

const kinds: Readonly<Record<Job['kind'], string>> = {
  provisioning: 'provisioning',
  passwordHash: 'password hash',
  groupWriteback: 'group provisioning to AD',
  exchangeWriteback: 'Exchange writeback',
  other: 'synchronization',
}

export function jobName(job: Pick<Job, 'kind' | 'domain'>): Prose {
  return prose`The ${{ strong: kinds[job.kind] }} job of ${job.domain}`
}

const agentErrors =
  /^HybridIdentityService(NoActiveAgents|NoAgentsAssigned|InvalidResource|AgentSignalingError)$/i

export function currentError(job: Job): JobError | undefined {
  return job.quarantine?.error ?? job.lastExecution?.error
}

export function blamesAgents(job: Job): boolean {
  const failing = job.status === 'quarantine' || job.lastExecution?.state === 'failed'
  return failing && agentErrors.test(currentError(job)?.code ?? '')
}

export function holdsDeletes(job: Job): boolean {
  const names = [job.quarantine?.reason ?? '', currentError(job)?.code ?? '']
  return job.status === 'quarantine' && names.some((name) => /^TooManyDeletes$/i.test(name))
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

/** A quarantined job is tried once a day, so its own interval says nothing then. */
function allowedSilence(job: Job, thresholds: Thresholds): number | undefined {
  const interval = job.status === 'quarantine' ? 24 * HOUR : job.schedule.intervalMs
  if (interval === undefined) return undefined
  return Math.max((thresholds.floorMinutes ?? 30) * MINUTE, (thresholds.cycles ?? 3) * interval)
}

const stale: JobRule = (job, { asOf, now, thresholds }) => {
  const name = jobName(job)
  const scheduled = job.status === 'active' || job.status === 'quarantine'
  if (!scheduled) return unclear([...name, ' is not scheduled'])
  const signs = [job.lastExecution?.began, job.lastExecution?.ended, job.lastSuccess?.ended].filter(
    (time) => time !== undefined,
  )
  const allowed = allowedSilence(job, thresholds)
  if (signs.length === 0 || allowed === undefined) return unclear([...name, ' has not run yet'])
  const last = Math.max(...signs)
  if (now - last <= allowed) return good([...name, ' runs on time'])
  return {
    state: 'bad',
    title: [...name, ' is late: its last sign of life was ', at(last)],
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
