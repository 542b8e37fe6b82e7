// Pauses a job; its state is kept.
import { z } from 'zod'
import type { UserToken, WriteOutcome } from '../ports.ts'
import type { GraphClient } from './client.ts'
import { declare } from './query.ts'
import { type JobAddress, writeBasics, writeOnly } from './write.ts'

export const pauseJob = declare({
  ...writeBasics,
  id: 'pauseJob',
  path: '/servicePrincipals/{configurationId}/synchronization/jobs/{jobId}/pause',
  family: 'synchronization',
  purpose: 'pause a job',
  schema: z.unknown(),
})

export function runPauseJob(
  client: GraphClient,
  token: UserToken,
  { configurationId, jobId }: JobAddress,
): Promise<WriteOutcome<null>> {
  return writeOnly(client, pauseJob, { token, path: { configurationId, jobId } })
}
