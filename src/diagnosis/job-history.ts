// Checks on how a job fares over several cycles: a first cycle, a quarantine that returns, one error for many.
import type { FactRow, Instant, ProvisioningEvent, Snapshot } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import { DAY, HOUR, lengthWords } from '../time.ts'
import { articleOf } from './articles.ts'
import { type Check, type JobSeen, jobName, overJobs, row, step, words } from './check.ts'
import { quarantineEvidence } from './job-quarantine.ts'
import { logCause } from './log-codes.ts'

/** A series this much older than the quarantine itself means that it was lifted in between. */
const LIFTED_AFTER_MS = HOUR
/** Failed objects from which on they are one trouble and not many. */
const MANY = 50

export const jobQuarantineReturned: Check = {
  id: 'job.quarantine-returned',
  title: 'No quarantine has come back',
  article: articleOf('job.quarantine-returned'),
  severity: 'warning',
  rank: 315,
  run: (snapshot) =>
    overJobs(snapshot, 'the synchronization jobs', (seen) => {
      const { job } = seen
      const { since, seriesSince } = job.quarantine ?? {}
      if (job.status !== 'quarantine' || since === undefined || seriesSince === undefined) return undefined
      if (since - seriesSince < LIFTED_AFTER_MS) return undefined
      return {
        title: prose`The quarantine of ${job.domain} was lifted and came back: the first was ${at(seriesSince)}`,
        cause: words(
          'Lifting a quarantine lets the job try again; with its cause unchanged the next cycles bring it back. After 28 days the service disables the job.',
        ),
        evidence: quarantineEvidence(seen),
        nextSteps: [
          step('on-call', words('Stop lifting it. Take the error code and mend what it names first.')),
          step('identity', words('The audit log shows each return: the same code means the same cause.')),
          step('Microsoft', words('Older than three weeks, or a code nobody can mend: open a case.')),
        ],
        verify: words('No new quarantine within 48 hours after the fix.'),
        confidence: 'certain',
      }
    }),
}

export const jobFirstCycle: Check = {
  id: 'job.first-cycle',
  title: 'The first cycle of every job is over',
  article: articleOf('job.first-cycle'),
  severity: 'info',
  rank: 325,
  run: (snapshot) =>
    overJobs(snapshot, 'the synchronization jobs', ({ job, ...from }) => {
      if (job.status !== 'active' || job.kind === 'passwordHash') return undefined
      if (job.lastSuccess !== undefined || job.steadyStateSince !== undefined) return undefined
      if (job.lastExecution?.state === 'failed') return undefined
      return {
        title: prose`The first cycle of ${job.domain} is not over yet`,
        cause: prose`${jobName(job)} is active and has never finished a cycle. The first one reads everything in scope: minutes for a small domain, hours for a large one.`,
        evidence: [row('Last success', words('none recorded'), from)],
        nextSteps: [
          step('helpdesk', words('Wait for the first cycle; do not restart, that begins it anew.')),
          step('identity', words('If one person is urgent, provision that person on demand.')),
        ],
        verify: prose`${jobName(job)} records its first success.`,
        confidence: 'likely',
      }
    }),
}

type Group = { readonly code: string; readonly objects: number; readonly newest: Instant }

/** Failures of a job's past day by code, most objects first. */
function failuresByCode(snapshot: Snapshot, jobId: string): readonly Group[] {
  if (!snapshot.events.known || snapshot.subject.kind === 'object') return []
  const byCode = new Map<string, ProvisioningEvent[]>()
  for (const event of snapshot.events.value) {
    if (event.jobId !== jobId || event.status !== 'failure') continue
    if (snapshot.takenAt - event.at > DAY) continue
    const code = event.error?.code || 'no code'
    byCode.set(code, [...(byCode.get(code) ?? []), event])
  }
  return [...byCode]
    .map(([code, events]) => ({
      code,
      objects: new Set(events.map((e) => e.source.id ?? e.target.id ?? e.id)).size,
      newest: Math.max(...events.map((e) => e.at)),
    }))
    .sort((a, b) => b.objects - a.objects)
}

/** Objects that the newest execution could not write; undefined when it does not say. */
function escrowed({ job }: JobSeen): number | undefined {
  return job.lastExecution?.counts.countEscrowed
}

function massFailure(snapshot: Snapshot, seen: JobSeen) {
  const { job } = seen
  if (job.kind === 'passwordHash' || job.status !== 'active') return undefined
  const [worst] = failuresByCode(snapshot, job.id)
  const stuck = escrowed(seen) ?? 0
  const counted = worst !== undefined && worst.objects >= MANY
  // Without the log the count of the last execution still tells that many fail, though not why.
  if (!counted && (stuck < MANY || job.lastExecution?.state !== 'entryLevelErrors')) return undefined
  const cause = counted ? logCause(worst.code) : undefined
  const rows: FactRow[] = []
  if (counted && snapshot.events.known)
    rows.push(
      row(
        'Failures of the past day',
        prose`${worst.objects} objects with ${{ code: worst.code }}, newest ${at(worst.newest)}`,
        snapshot.events,
      ),
    )
  if (stuck > 0) rows.push(row('Objects the last cycle could not write', prose`${stuck}`, seen))
  if (job.lastExecution?.began !== undefined)
    rows.push(row('Age of that cycle', [lengthWords(snapshot.takenAt - job.lastExecution.began)], seen))
  return {
    title: counted
      ? prose`${worst.objects} objects of ${job.domain} fail with one code: ${cause ? [cause.short] : { code: worst.code }}`
      : prose`${stuck} objects of ${job.domain} fail in every cycle`,
    cause: words(
      cause?.cause ??
        'The job runs, but many objects cannot be written. Mostly one thing is behind all of them: a mapping, missing rights, or a bulk change with bad data.',
    ),
    evidence: rows,
    nextSteps: [
      ...(cause?.steps ?? []).map((s) => step(s.who, words(s.text), s.command ? { command: s.command } : {})),
      step('identity', words('Mend the largest group first and test it with one object on demand.')),
      step('identity', words('From 40 % failed changes on, the job goes into quarantine.')),
    ],
    verify: words('The number of failed objects falls in the next cycles.'),
    confidence: 'certain' as const,
    offers: [{ label: 'Errors by code', say: `errors of ${job.domain}` }],
  }
}

export const jobMassFailures: Check = {
  id: 'job.mass-failures',
  title: 'No error hits many objects at once',
  article: articleOf('job.mass-failures'),
  severity: 'warning',
  rank: 345,
  run: (snapshot) => overJobs(snapshot, 'the synchronization jobs', (seen) => massFailure(snapshot, seen)),
}
