// Checks on jobs in quarantine, and on jobs that a long quarantine has switched off.
import { holdsDeletes } from '../jobs.ts'
import type { FactRow, Instant, Job, Prose, Snapshot } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import { DAY } from '../time.ts'
import { articleOf } from './articles.ts'
import { type Check, type Diagnosis, type JobSeen, jobName, overJobs, row, step, words } from './check.ts'
import { type KnownCause, knownCause } from './quarantine-causes.ts'

/** A job is disabled after this long in quarantine. */
export const QUARANTINE_LIMIT_MS = 28 * DAY
const WARN_BEFORE_MS = 7 * DAY

/** Password hash jobs have a check of their own, so that helpdesk reads "passwords", not "job". */
function concerns(job: Job): boolean {
  return job.kind !== 'passwordHash'
}

function since(job: Job): Instant | undefined {
  return job.quarantine?.seriesSince ?? job.quarantine?.since
}

/** How long ago that is stands beside every time that is shown. */
export function sinceWords(time: Instant | undefined): Prose {
  return time === undefined ? [] : prose` since ${at(time)}`
}

export function quarantineEvidence(seen: JobSeen): readonly FactRow[] {
  const { job } = seen
  const q = job.quarantine
  const rows: FactRow[] = [row('Job', prose`${job.id}, status ${job.status}`, seen)]
  if (q?.reason) rows.push(row('Quarantine reason', [{ code: q.reason }], seen))
  if (q?.error) rows.push(row('Error', prose`${{ code: q.error.code }} ${q.error.message}`, seen))
  if (q?.since !== undefined) rows.push(row('In quarantine since', [at(q.since)], seen))
  if (q && q.seriesCount > 1)
    rows.push(row('Tried again', prose`${q.seriesCount} times without success`, seen))
  if (q?.nextAttempt !== undefined) rows.push(row('Next attempt', [at(q.nextAttempt)], seen))
  const success = job.lastSuccess?.ended ?? job.lastSuccess?.began
  if (success !== undefined) rows.push(row('Last success', [at(success)], seen))
  return rows
}

/** A warning in words when the 28 days are nearly over; empty otherwise. */
export function limitWarning(job: Job, now: Instant): Prose {
  const began = since(job)
  if (began === undefined) return []
  const left = began + QUARANTINE_LIMIT_MS - now
  if (left > WARN_BEFORE_MS) return []
  return left > 0
    ? prose` The service will disable the job on ${at(began + QUARANTINE_LIMIT_MS)}: escalate now.`
    : prose` It is past the four weeks after which the service disables a job: escalate now.`
}

/** What is known about a quarantined job, for any kind of job. */
export function quarantineDiagnosis(seen: JobSeen, cause: KnownCause, now: Instant): Diagnosis {
  const { job } = seen
  const offers = cause.wait ? [] : [{ label: 'Restart provisioning', say: `restart ${job.domain}` }]
  return {
    title: prose`Quarantined${sinceWords(since(job))}: ${[cause.short]} (${job.domain})`,
    cause: [...words(cause.cause), ...limitWarning(job, now)],
    evidence: quarantineEvidence(seen),
    nextSteps: cause.steps.map((s) => step(s.who, words(s.text), s.command ? { command: s.command } : {})),
    verify: prose`The status of ${jobName(job)} is active and its last execution is newer than the fix.`,
    confidence: 'certain',
    offers,
  }
}

export function inQuarantine(job: Job): boolean {
  return job.status === 'quarantine'
}

export function causeOf(job: Job): KnownCause | undefined {
  return knownCause(job.quarantine?.error?.code, job.quarantine?.reason ?? '')
}

/** A code we have no text for is still named: it is the first thing support asks. */
export function unknownCode(job: Job): KnownCause | undefined {
  const code = job.quarantine?.error?.code
  if (!code) return undefined
  return {
    short: `error ${code.slice(0, 80)}`,
    cause: 'The job reports an error code that has no known explanation here; its message is below.',
    steps: [
      { who: 'identity', text: 'Provision one affected object on demand to see which step fails.' },
      { who: 'Microsoft', text: 'Open a support case with the job id, the code and the time.' },
    ],
  }
}

function now(snapshot: Snapshot): Instant {
  return snapshot.takenAt
}

const withoutError: KnownCause = {
  short: 'no error is listed',
  cause:
    'The job is in quarantine, but Graph gives neither an error nor a reason that says why. Usual ones: agents that were away for a while, a second agent configured at the same time, a mapping that was changed shortly before, or a problem on the service side.',
  steps: [
    { who: 'identity', text: 'Provision one object on demand: the step that fails names the cause.' },
    { who: 'identity', text: 'Look in the audit log who changed the configuration shortly before it began.' },
    { who: 'on-call', text: 'Restart provisioning once; if the quarantine returns, do not repeat it.' },
    { who: 'Microsoft', text: 'If it returns with nothing listed, open a case with the job id.' },
  ],
}

export const jobQuarantined: Check = {
  id: 'job.quarantined',
  title: 'Jobs are not in quarantine',
  article: articleOf('job.quarantined'),
  severity: 'critical',
  rank: 300,
  run: (snapshot) =>
    overJobs(snapshot, 'the synchronization jobs', (seen) => {
      if (!concerns(seen.job) || !inQuarantine(seen.job)) return undefined
      if (holdsDeletes(seen.job)) return undefined
      const cause = causeOf(seen.job) ?? unknownCode(seen.job)
      return cause && quarantineDiagnosis(seen, cause, now(snapshot))
    }),
}

export const jobQuarantinedWithoutError: Check = {
  id: 'job.quarantined-without-error',
  title: 'No job is in quarantine with nothing listed as wrong',
  article: articleOf('job.quarantined-without-error'),
  severity: 'critical',
  rank: 310,
  run: (snapshot) =>
    overJobs(snapshot, 'the synchronization jobs', (seen) => {
      if (!concerns(seen.job) || !inQuarantine(seen.job)) return undefined
      if (causeOf(seen.job) || unknownCode(seen.job)) return undefined
      return { ...quarantineDiagnosis(seen, withoutError, now(snapshot)), confidence: 'certain' }
    }),
}

/** Paused or disabled, and its last quarantine is at least four weeks old. */
function disabledByLimit(job: Job, time: Instant): boolean {
  const off = job.status === 'disabled' || job.status === 'paused' || /^disabled$/i.test(job.schedule.state)
  const began = since(job)
  return off && began !== undefined && time - began >= QUARANTINE_LIMIT_MS
}

export const jobDisabled: Check = {
  id: 'job.disabled-after-28-days',
  title: 'No job was disabled by a quarantine of four weeks',
  article: articleOf('job.disabled-after-28-days'),
  severity: 'critical',
  rank: 290,
  run: (snapshot) =>
    overJobs(snapshot, 'the synchronization jobs', (seen) => {
      if (!concerns(seen.job) || !disabledByLimit(seen.job, now(snapshot))) return undefined
      const cause = causeOf(seen.job)
      return {
        title: prose`Switched off by the service: ${jobName(seen.job)} was in quarantine for more than 28 days`,
        cause: [
          'After four weeks in quarantine the service disables a job. Nothing syncs until somebody enables it.',
          ...(cause ? [` The quarantine said: ${cause.short}.`] : []),
        ],
        evidence: quarantineEvidence(seen),
        nextSteps: [
          ...(cause?.steps ?? []).map((s) =>
            step(s.who, words(s.text), s.command ? { command: s.command } : {}),
          ),
          step(
            'identity',
            words('Then enable the configuration again and expect a full cycle, which takes longer.'),
          ),
        ],
        verify: prose`The status of ${jobName(seen.job)} is active and a cycle has ended.`,
        confidence: 'certain',
        offers: [{ label: 'Start the job', say: `start ${seen.job.domain}` }],
      }
    }),
}

export function wasDisabledByLimit(job: Job, time: Instant): boolean {
  return disabledByLimit(job, time)
}
