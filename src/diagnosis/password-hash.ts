// The check on password hash synchronization jobs.

import { scheduleOf } from '../jobs.ts'
import { at, prose } from '../nouns.ts'
import { lengthWords } from '../time.ts'
import { articleOf } from './articles.ts'
import { type Check, type Diagnosis, type JobSeen, overJobs, row, step, words } from './check.ts'
import { causeOf, quarantineEvidence, sinceWords, unknownCode, wasDisabledByLimit } from './job-quarantine.ts'
import { FAILING_AFTER } from './job-state.ts'
import { type KnownCause, knownCause } from './quarantine-causes.ts'

/** What is wrong with a password hash job, in a few words; undefined when nothing is, or when it was never begun. */
function trouble(seen: JobSeen, now: number): { what: string; cause?: KnownCause } | undefined {
  const { job } = seen
  if (job.status === 'quarantine') {
    const cause = causeOf(job) ?? unknownCode(job)
    return {
      what: `in quarantine${cause ? `: ${cause.short}` : ', nothing is listed as wrong'}`,
      ...(cause ? { cause } : {}),
    }
  }
  if (wasDisabledByLimit(job, now)) return { what: 'switched off after four weeks of quarantine' }
  if (job.status === 'paused' || job.status === 'disabled') return { what: 'paused' }
  if (job.status !== 'active') return undefined
  if (job.successiveFailures >= FAILING_AFTER) {
    const cause = knownCause(job.lastExecution?.error?.code, '')
    return { what: `failing${cause ? `: ${cause.short}` : ''}`, ...(cause ? { cause } : {}) }
  }
  const late = scheduleOf(job, now).lateMs
  return late > 0 ? { what: `late by ${lengthWords(late)}` } : undefined
}

export const passwordHashUnhealthy: Check = {
  id: 'password-hash.job-unhealthy',
  title: 'Password hash synchronization runs',
  article: articleOf('password-hash.job-unhealthy'),
  severity: 'critical',
  rank: 360,
  run: (snapshot) =>
    overJobs(
      snapshot,
      'the password hash jobs',
      (seen): Diagnosis | ReturnType<typeof evidence> | undefined => {
        const { job } = seen
        if (job.kind !== 'passwordHash') return undefined
        const wrong = trouble(seen, snapshot.takenAt)
        if (!wrong) return evidence(seen)
        return {
          title: prose`New passwords of ${job.domain} do not reach the cloud: the password hash job is ${[wrong.what]}`,
          cause: [
            wrong.cause?.cause ??
              'While this job does not run, people whose password changed in AD must use the old one in the cloud.',
            ...(job.status === 'quarantine' ? sinceWords(job.quarantine?.since) : []),
          ],
          evidence: quarantineEvidence(seen),
          nextSteps: wrong.cause
            ? wrong.cause.steps.map((s) =>
                step(s.who, words(s.text), s.command ? { command: s.command } : {}),
              )
            : [
                step(
                  'identity',
                  words('Check the password hash setting of the configuration, then start the job.'),
                ),
              ],
          verify: words('A test password change reaches the cloud within five minutes.'),
          confidence: 'certain',
          severity: job.status === 'active' ? 'warning' : 'critical',
        }
      },
    ),
}

function evidence(seen: JobSeen) {
  const success = seen.job.lastSuccess?.ended ?? seen.job.lastSuccess?.began
  return success === undefined
    ? []
    : [row('Last password hash cycle', prose`${at(success)} (${seen.job.domain})`, seen)]
}
