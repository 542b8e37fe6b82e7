// Checks on accidental-delete protection: deletions held back, and the protection switched off.
import { holdsDeletes } from '../jobs.ts'
import type { FactRow, ProvisioningEvent } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import { articleOf } from './articles.ts'
import { type Check, jobName, overJobs, row, skipped, step, words } from './check.ts'
import { quarantineEvidence, sinceWords } from './job-quarantine.ts'

/** The staged deletes of a job, one per object, newest first. */
export function stagedDeletes(
  events: readonly ProvisioningEvent[],
  jobId: string,
): readonly ProvisioningEvent[] {
  const seen = new Set<string>()
  return [...events]
    .sort((a, b) => b.at - a.at)
    .filter((e) => {
      if (e.jobId !== jobId || e.action !== 'stagedDelete') return false
      const object = e.source.id ?? e.target.id ?? e.id
      if (seen.has(object)) return false
      seen.add(object)
      return true
    })
}

export const jobDeletesHeld: Check = {
  id: 'job.deletes-held',
  title: 'No deletions are held back',
  article: articleOf('job.deletes-held'),
  severity: 'critical',
  rank: 270,
  run: (snapshot) =>
    overJobs(snapshot, 'the synchronization jobs', (seen) => {
      const { job } = seen
      if (!holdsDeletes(job)) return undefined
      const { events } = snapshot
      const staged = events.known ? stagedDeletes(events.value, job.id) : []
      const rows: FactRow[] = [...quarantineEvidence(seen)]
      if (job.deleteThreshold !== undefined) rows.push(row('Threshold', prose`${job.deleteThreshold}`, seen))
      if (events.known && staged.length > 0) {
        rows.push(
          row(
            'Staged deletes seen',
            prose`${staged.length} objects, newest ${at(staged[0]?.at ?? 0)}`,
            events,
          ),
        )
      }
      return {
        title: prose`Deletions of ${job.domain} are held back${sinceWords(job.quarantine?.since)}`,
        cause: words(
          'One cycle wanted to delete more objects than the threshold allows, so the job stopped before it deleted any. Most often an OU or group was moved, renamed or taken out of the scope; less often the deletions are meant.',
        ),
        evidence: rows,
        nextSteps: [
          step('identity', words('Look at who would be deleted and from which OU before anything else.')),
          step('AD', words('Were they deleted, moved or renamed on purpose?')),
          step('identity', words('Meant: have the deletions allowed; a second person must approve.')),
          step(
            'identity',
            words('Not meant: put OU, group or objects back in scope first, only then restart.'),
          ),
        ],
        verify: prose`No staged deletes are left and ${jobName(job)} is active.`,
        confidence: 'certain',
        offers: [{ label: 'Who would be deleted?', say: `held deletions ${job.domain}` }],
      }
    }),
}

export const deleteThresholdOff: Check = {
  id: 'delete-threshold.off',
  title: 'Accidental-delete protection is on',
  article: articleOf('delete-threshold.off'),
  severity: 'warning',
  rank: 700,
  run: (snapshot) => {
    let silent = false
    const outcome = overJobs(snapshot, 'the delete threshold', (seen) => {
      const { job } = seen
      if (job.kind !== 'provisioning') return undefined
      if (job.deleteThreshold === undefined) {
        silent = true
        return undefined
      }
      if (job.deleteThreshold > 0) {
        return [row('Delete threshold', prose`${job.deleteThreshold} (${job.domain})`, seen)]
      }
      return {
        title: prose`Accidental-delete protection is off for ${job.domain}`,
        cause: words('No threshold is set: a wrong scope could delete any number of accounts in one cycle.'),
        evidence: [row('Threshold', prose`${job.deleteThreshold}`, seen)],
        nextSteps: [
          step(
            'identity',
            words('Switch it on in the properties of the configuration; 500 is the usual value.'),
          ),
        ],
        verify: words('The job reports a threshold above zero.'),
        confidence: 'certain',
      }
    })
    return silent && outcome.result === 'pass'
      ? skipped('notFound', 'the delete threshold: the job does not say')
      : outcome
  },
}
