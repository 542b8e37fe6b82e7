// The synchronization jobs of a configuration: one call, all jobs, each with its whole status.
import { z } from 'zod'
import type { Fact } from '../nouns.ts'
import { type Asker, askWhole } from './ask.ts'
import { count, duration, flag, id, instant, listOf, longText, maybe, oneOf, text } from './normalise.ts'
import { declare } from './query.ts'

const error = z.object({ code: text, message: longText, tenantActionable: flag })

const counts = {
  countEntitled: count,
  countEntitledForProvisioning: count,
  countEscrowed: count,
  countEscrowedRaw: count,
  countExported: count,
  countExports: count,
  countImported: count,
  countImportedDeltas: count,
  countImportedReferenceDeltas: count,
}

const execution = z.object({
  ...counts,
  state: oneOf('succeeded', 'failed', 'entryLevelErrors'),
  timeBegan: instant,
  timeEnded: instant,
  error: maybe(error),
})

const quarantine = z.object({
  reason: text,
  currentBegan: instant,
  seriesBegan: instant,
  nextAttempt: instant,
  seriesCount: count,
  error: maybe(error),
})

const status = z.object({
  code: oneOf('notConfigured', 'notRun', 'active', 'paused', 'quarantine', 'disabled'),
  countSuccessiveCompleteFailures: count,
  escrowsPruned: flag,
  lastExecution: maybe(execution),
  lastSuccessfulExecution: maybe(execution),
  lastSuccessfulExecutionWithExports: maybe(execution),
  quarantine: maybe(quarantine),
  steadyStateFirstAchievedTime: instant,
  steadyStateLastAchievedTime: instant,
  synchronizedEntryCountByType: listOf(z.object({ key: text, value: count })),
})

export const job = z.object({
  id,
  templateId: text,
  schedule: maybe(z.object({ state: oneOf('active', 'disabled', 'paused'), interval: duration })),
  status: maybe(status),
  synchronizationJobSettings: listOf(z.object({ name: text, value: longText })),
})

export type GraphJob = z.output<typeof job>
export type GraphExecution = z.output<typeof execution>
export type GraphQuarantine = z.output<typeof quarantine>
export type GraphJobError = z.output<typeof error>

export const readPermissions = {
  application: ['Synchronization.Read.All', 'Synchronization.ReadWrite.All'],
  delegated: ['Synchronization.Read.All', 'Synchronization.ReadWrite.All'],
}

export const listJobs = declare({
  id: 'listJobs',
  method: 'GET',
  path: '/servicePrincipals/{configurationId}/synchronization/jobs',
  version: 'v1.0',
  family: 'synchronization',
  identity: 'application',
  permissions: readPermissions,
  grant: 'Synchronization.Read.All',
  purpose: 'status, quarantine and last runs of the jobs',
  schema: job,
})

export function runListJobs(asker: Asker, configurationId: string): Promise<Fact<readonly GraphJob[]>> {
  return askWhole(asker, listJobs, { path: { configurationId } })
}
