// Restarts a job. Two criteria exist for us: empty, which is what the portal's button does, and ForceDeletes
// alone, which carries out held deletions. The others are for Microsoft's support and are not offered.
import { z } from 'zod'
import type { UserToken, WriteOutcome } from '../ports.ts'
import type { GraphClient } from './client.ts'
import { declare } from './query.ts'
import { type JobAddress, writeBasics, writeOnly } from './write.ts'

export const restartJob = declare({
  ...writeBasics,
  id: 'restartJob',
  path: '/servicePrincipals/{configurationId}/synchronization/jobs/{jobId}/restart',
  family: 'synchronization',
  purpose: 'restart a job from the beginning, allow held deletions',
  schema: z.unknown(),
})

const criteria = { restart: {}, allowDeletes: { resetScope: 'ForceDeletes' } } as const

export function runRestartJob(
  client: GraphClient,
  token: UserToken,
  { configurationId, jobId, how }: JobAddress & { readonly how: keyof typeof criteria },
): Promise<WriteOutcome<null>> {
  const body = { criteria: criteria[how] }
  return writeOnly(client, restartJob, { token, path: { configurationId, jobId }, body })
}
