// A synchronization job in our words.
import { sameName } from '../directory-names.ts'
import {
  type Compact,
  compact,
  type GraphExecution,
  type GraphJob,
  type GraphJobError,
  type GraphQuarantine,
} from '../graph/index.ts'
import type { Configuration, Execution, Job, JobError, JobKind, JobStatus, Quarantine } from '../nouns.ts'

/** By what a job's id, or else its template, begins with; in lower case. */
const kinds: readonly (readonly [string, JobKind])[] = [
  ['ad2aadprovisioning', 'provisioning'],
  ['ad2aadpasswordhash', 'passwordHash'],
  ['aad2adgroupprovisioning', 'groupWriteback'],
  ['aad2adexchangehybridwriteback', 'exchangeWriteback'],
  // Graph answers this template for a job that was made as AD2AADProvisioning.
  ['addcinpassthrough', 'provisioning'],
]

const statuses: readonly JobStatus[] = [
  'active',
  'paused',
  'quarantine',
  'notConfigured',
  'notRun',
  'disabled',
]

/** The id goes first: the template that Graph answers is not always the one the job was made with. */
export function kindOf(jobId: string, templateId: string | undefined): JobKind {
  const begins = (text: string) => {
    const head = (text.split('.')[0] ?? '').toLowerCase()
    return kinds.find(([prefix]) => head === prefix)?.[1]
  }
  return begins(jobId) ?? begins(templateId ?? '') ?? 'other'
}

/** "None" is Graph's word for no error. */
export function toJobError(raw: GraphJobError | undefined): JobError | undefined {
  const code = raw?.code ?? ''
  const message = raw?.message ?? ''
  if (!raw || /^none$/i.test(code) || (code === '' && message === '')) return undefined
  return compact({ code, message, tenantActionable: raw.tenantActionable })
}

/** An execution without any time never was: Graph sends such things, marked failed, for jobs that never ran. */
export function toExecution(raw: GraphExecution | undefined): Execution | undefined {
  if (!raw || (raw.timeBegan === undefined && raw.timeEnded === undefined)) return undefined
  const { state, timeBegan, timeEnded, error, ...counts } = raw
  const known = state === 'succeeded' || state === 'failed' || state === 'entryLevelErrors'
  return compact({
    state: known ? state : ('unknown' as const),
    began: timeBegan,
    ended: timeEnded,
    error: toJobError(error),
    counts,
  })
}

function toQuarantine(raw: GraphQuarantine | undefined): Quarantine | undefined {
  return (
    raw &&
    compact({
      reason: raw.reason ?? '',
      since: raw.currentBegan,
      seriesSince: raw.seriesBegan,
      seriesCount: raw.seriesCount,
      nextAttempt: raw.nextAttempt,
      error: toJobError(raw.error),
    })
  )
}

function statusOf(raw: GraphJob): JobStatus {
  const code = statuses.find((status) => status === raw.status?.code) ?? 'unknown'
  // After four weeks in quarantine the service switches the schedule off; the code still says Quarantine or Active.
  return raw.schedule?.state === 'disabled' && (code === 'active' || code === 'quarantine')
    ? 'disabled'
    : code
}

function settingOf(raw: GraphJob, name: string): string | undefined {
  return raw.synchronizationJobSettings.find((one) => sameName(one.name, name))?.value
}

/** The AD domain as the job itself names it. */
export function domainOf(raw: GraphJob): string | undefined {
  return settingOf(raw, 'DomainFQDN')?.toLowerCase()
}

function thresholdOf(raw: GraphJob): number | undefined {
  const text = settingOf(raw, 'QuarantineTooManyDeletesThreshold')
  const value = Number(text)
  return text !== undefined && Number.isFinite(value) ? value : undefined
}

function entryCounts(raw: GraphJob): Readonly<Record<string, number>> {
  const rows = raw.status?.synchronizedEntryCountByType ?? []
  return Object.fromEntries(rows.flatMap(({ key, value }) => (key === undefined ? [] : [[key, value]])))
}

export function toJob(raw: GraphJob, configuration: Pick<Configuration, 'id' | 'domain'>): Job {
  const { status, schedule } = raw
  const job: Compact<Job> = compact({
    id: raw.id,
    configurationId: configuration.id,
    domain: configuration.domain,
    kind: kindOf(raw.id, raw.templateId),
    templateId: raw.templateId ?? '',
    status: statusOf(raw),
    schedule: compact({ state: schedule?.state ?? 'unknown', intervalMs: schedule?.interval }),
    // A job that runs normally is not in quarantine, whatever else its answer holds.
    quarantine: status?.code === 'active' ? undefined : toQuarantine(status?.quarantine),
    lastExecution: toExecution(status?.lastExecution),
    lastSuccess: toExecution(status?.lastSuccessfulExecution),
    lastSuccessWithExports: toExecution(status?.lastSuccessfulExecutionWithExports),
    steadyStateSince: status?.steadyStateFirstAchievedTime,
    successiveFailures: status?.countSuccessiveCompleteFailures ?? 0,
    deleteThreshold: thresholdOf(raw),
    entryCounts: entryCounts(raw),
  })
  return job
}
