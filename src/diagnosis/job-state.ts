// Checks on the state of jobs apart from quarantine: missing, paused, never run, failing, late.
import { sameName } from '../directory-names.ts'
import { scheduleOf } from '../jobs.ts'
import type { FactRow } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import { lengthWords } from '../time.ts'
import { articleOf } from './articles.ts'
import {
  blind,
  type Check,
  fail,
  type JobSeen,
  jobName,
  overJobs,
  pass,
  row,
  skipped,
  step,
  words,
} from './check.ts'
import { wasDisabledByLimit } from './job-quarantine.ts'
import { knownCause } from './quarantine-causes.ts'

/** Executions that must fail in a row before a job counts as failing. */
export const FAILING_AFTER = 2

function stateRows(seen: JobSeen): readonly FactRow[] {
  const { job } = seen
  const rows = [row('Job', prose`${job.id}, status ${job.status}`, seen)]
  const last = job.lastExecution
  const ended = last?.ended ?? last?.began
  if (last && ended !== undefined) rows.push(row('Last execution', prose`${at(ended)}, ${last.state}`, seen))
  if (last?.error) rows.push(row('Error', prose`${{ code: last.error.code }} ${last.error.message}`, seen))
  const success = job.lastSuccess?.ended ?? job.lastSuccess?.began
  if (success !== undefined) rows.push(row('Last success', [at(success)], seen))
  return rows
}

export const jobPaused: Check = {
  id: 'job.paused',
  title: 'No job is paused or disabled',
  article: articleOf('job.paused'),
  severity: 'warning',
  rank: 320,
  run: (snapshot) =>
    overJobs(snapshot, 'the synchronization jobs', (seen) => {
      const { job } = seen
      const off = job.status === 'paused' || job.status === 'disabled'
      if (!off || wasDisabledByLimit(job, snapshot.takenAt)) return undefined
      return {
        title: prose`${[job.status === 'paused' ? 'Paused' : 'Disabled']}: ${jobName(job)}`,
        cause: words(
          'The job does not run, usually because an administrator paused it or disabled the configuration. While it is off, changes in AD wait.',
        ),
        evidence: [...stateRows(seen), row('Schedule', [{ data: job.schedule.state }], seen)],
        nextSteps: [
          step('identity', words('Find out in the audit log who paused it, when and why.')),
          step('on-call', words('If the reason is gone, start the job; it goes on where it stopped.')),
        ],
        verify: prose`The status of ${jobName(job)} is active and a cycle has ended since.`,
        confidence: 'certain',
        offers: [{ label: 'Start the job', say: `start ${job.domain}` }],
      }
    }),
}

export const jobNotRun: Check = {
  id: 'job.not-run',
  title: 'Every job has run',
  article: articleOf('job.not-run'),
  severity: 'warning',
  rank: 330,
  run: (snapshot) =>
    overJobs(snapshot, 'the synchronization jobs', (seen) => {
      const { job } = seen
      // A password hash job that was never begun is a feature that is off: feature-checks.ts.
      if (job.kind === 'passwordHash') return undefined
      if (job.status !== 'notRun' && job.status !== 'notConfigured') return undefined
      const unfinished = job.status === 'notConfigured'
      return {
        title: unfinished
          ? prose`Not set up to the end: ${jobName(job)}`
          : prose`Has not completed a first run: ${jobName(job)}`,
        cause: words(
          unfinished
            ? 'The job has no complete configuration, so it never ran.'
            : 'Either the first cycle is still running, which takes from 20 minutes to hours, or the configuration was never enabled.',
        ),
        evidence: stateRows(seen),
        nextSteps: [
          unfinished
            ? step('identity', words('Finish the configuration in the Entra admin center and enable it.'))
            : step(
                'identity',
                words('Check that the configuration is enabled and an agent is active; then wait.'),
              ),
        ],
        verify: prose`The status of ${jobName(job)} is active.`,
        confidence: unfinished ? 'certain' : 'likely',
      }
    }),
}

export const jobMissing: Check = {
  id: 'job.missing',
  title: 'Each configuration has its provisioning job',
  article: articleOf('job.missing'),
  severity: 'critical',
  rank: 280,
  run: (snapshot) => {
    const { configurations, subject } = snapshot
    if (!configurations.known) return blind(configurations, 'the configurations')
    if (subject.kind === 'configuration') {
      if (!configurations.value.some((c) => sameName(c.domain, subject.domain))) {
        return fail({
          title: prose`There is no Cloud Sync configuration for ${subject.domain}`,
          cause: words('Without a configuration for the AD domain none of its objects is synchronized.'),
          evidence: [
            row(
              'Configurations',
              prose`${configurations.value.map((c) => c.domain).join(', ') || 'none'}`,
              configurations,
            ),
          ],
          nextSteps: [
            step(
              'identity',
              words('Check the spelling of the domain; if it is right, create a configuration for it.'),
            ),
          ],
          confidence: 'certain',
        })
      }
    }
    return jobsWithoutProvisioning(snapshot)
  },
}

function jobsWithoutProvisioning(snapshot: Parameters<Check['run']>[0]) {
  if (!snapshot.configurations.known) return pass
  for (const configuration of snapshot.configurations.value) {
    const jobs = snapshot.jobs[configuration.id]
    if (!jobs) continue
    if (!jobs.known) return blind(jobs, `the jobs of ${configuration.domain}`)
    // Configurations that write to AD have no job that reads users from it.
    if (jobs.value.some((j) => j.kind !== 'passwordHash')) continue
    return fail({
      subject: { kind: 'configuration', domain: configuration.domain },
      key: configuration.id,
      title: prose`The configuration of ${configuration.domain} has no provisioning job`,
      cause: words(
        'A configuration without a provisioning job synchronizes nothing. It was deleted or never finished.',
      ),
      evidence: [row('Jobs', prose`${jobs.value.map((j) => j.id).join(', ') || 'none'}`, jobs)],
      nextSteps: [
        step(
          'identity',
          words('Look in the audit log who removed the job; finish or recreate the configuration.'),
        ),
      ],
      verify: words('The configuration lists a provisioning job with status active.'),
      confidence: 'certain',
    })
  }
  return pass
}

export const jobFailing: Check = {
  id: 'job.failing',
  title: 'The executions of active jobs succeed',
  article: articleOf('job.failing'),
  severity: 'warning',
  rank: 340,
  run: (snapshot) =>
    overJobs(snapshot, 'the synchronization jobs', (seen) => {
      const { job } = seen
      if (job.status !== 'active' || job.kind === 'passwordHash') return undefined
      const failed = job.lastExecution?.state === 'failed' && job.lastExecution.error !== undefined
      if (job.successiveFailures < FAILING_AFTER && !failed) return undefined
      const cause = knownCause(job.lastExecution?.error?.code, '')
      return {
        title: prose`The last ${Math.max(1, job.successiveFailures)} executions failed (${job.domain})${[
          cause ? `: ${cause.short}` : '',
        ]}`,
        cause: words(
          cause?.cause ??
            'The job is active, but its executions end with an error; if that goes on it will be quarantined.',
        ),
        evidence: stateRows(seen),
        nextSteps: cause
          ? cause.steps.map((s) => step(s.who, words(s.text), s.command ? { command: s.command } : {}))
          : [step('identity', words('Look up the error code above; provision one object on demand.'))],
        verify: prose`The last execution of ${jobName(job)} has succeeded.`,
        confidence: 'certain',
      }
    }),
}

export const jobStale: Check = {
  id: 'job.stale',
  title: 'Active jobs run on time',
  article: articleOf('job.stale'),
  severity: 'warning',
  rank: 350,
  run: (snapshot) => {
    let blank = false
    const outcome = overJobs(snapshot, 'the synchronization jobs', (seen) => {
      const { job } = seen
      if (job.status !== 'active' || job.kind === 'passwordHash') return undefined
      const time = scheduleOf(job, snapshot.takenAt)
      const sign = time.lastEnded ?? time.lastBegan ?? time.lastSuccess
      if (sign === undefined || job.schedule.intervalMs === undefined) {
        blank = true
        return undefined
      }
      if (time.lateMs === 0) return [row('Last sign of life', prose`${at(sign)} (${job.domain})`, seen)]
      return {
        title: time.running
          ? prose`The cycle of ${job.domain} that began ${at(sign)} has not ended`
          : prose`Late by ${[lengthWords(time.lateMs)]}: the last cycle of ${job.domain} was ${at(sign)}`,
        cause: words(
          'The job says active, but its last cycle is older than its interval allows. Usual reasons: an agent that does not answer, a very large cycle, or a delay of the service.',
        ),
        evidence: [...stateRows(seen), row('Interval', [lengthWords(job.schedule.intervalMs)], seen)],
        nextSteps: [
          step('AD', words('Check that the agents of the domain are active.')),
          step(
            'on-call',
            words('Look at Microsoft service health; a restart does not help while the agent is silent.'),
          ),
        ],
        verify: prose`A cycle of ${jobName(job)} ends after now.`,
        confidence: 'certain',
        offers: [{ label: 'Are the agents active?', say: 'agents' }],
      }
    })
    return blank && outcome.result === 'pass'
      ? skipped('notFound', 'when the job last ran or how often it should: Graph does not say')
      : outcome
  },
}
