// One synchronization job, for watching what became of an action.
import type { Fact } from '../nouns.ts'
import { type Asker, askOne } from './ask.ts'
import { type GraphJob, job, readPermissions } from './list-jobs.ts'
import { declare } from './query.ts'

export const readJob = declare({
  id: 'readJob',
  method: 'GET',
  path: '/servicePrincipals/{configurationId}/synchronization/jobs/{jobId}',
  version: 'v1.0',
  family: 'synchronization',
  identity: 'application',
  permissions: readPermissions,
  grant: 'Synchronization.Read.All',
  purpose: 'status of one job, to see what became of an action',
  schema: job,
})

export function runReadJob(asker: Asker, configurationId: string, jobId: string): Promise<Fact<GraphJob>> {
  return askOne(asker, readJob, { path: { configurationId, jobId } })
}
