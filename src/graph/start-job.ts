// Resumes a paused job, or lifts a quarantine. Never in a loop: Graph warns that this can stop the service.
import { z } from 'zod'
import type { UserToken, WriteOutcome } from '../ports.ts'
import type { GraphClient } from './client.ts'
import { declare } from './query.ts'
import { type JobAddress, writeBasics, writeOnly } from './write.ts'

export const startJob = declare({
  ...writeBasics,
  id: 'startJob',
  path: '/servicePrincipals/{configurationId}/synchronization/jobs/{jobId}/start',
  family: 'synchronization',
  purpose: 'resume a job, lift a quarantine',
  schema: z.unknown(),
})

export function runStartJob(
  client: GraphClient,
  token: UserToken,
  { configurationId, jobId }: JobAddress,
): Promise<WriteOutcome<null>> {
  return writeOnly(client, startJob, { token, path: { configurationId, jobId } })
}
