// The tenant's synchronization object: its own deletion threshold and features. Only with a person's rights.
import { z } from 'zod'
import { type Fact, known, unknown } from '../nouns.ts'
import type { UserToken } from '../ports.ts'
import { type Asker, askWhole, sourceOf } from './ask.ts'
import { count, id, maybe, oneOf } from './normalise.ts'
import { declare } from './query.ts'

const tenantSync = z.object({
  id,
  configuration: maybe(
    z.object({
      accidentalDeletionPrevention: maybe(
        z.object({
          synchronizationPreventionType: oneOf('disabled', 'enabledForCount', 'enabledForPercentage'),
          alertThreshold: count,
        }),
      ),
    }),
  ),
  features: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((all) =>
      Object.fromEntries(
        Object.entries(all ?? {}).filter((pair): pair is [string, boolean] => typeof pair[1] === 'boolean'),
      ),
    ),
})

export type GraphTenantSync = z.output<typeof tenantSync>

export const readTenantSync = declare({
  id: 'readTenantSync',
  method: 'GET',
  path: '/directory/onPremisesSynchronization',
  version: 'v1.0',
  family: 'identity',
  identity: 'delegated',
  permissions: {
    application: [],
    delegated: ['OnPremDirectorySynchronization.Read.All', 'OnPremDirectorySynchronization.ReadWrite.All'],
  },
  grant: 'OnPremDirectorySynchronization.Read.All',
  purpose: "the tenant's own deletion threshold and synchronization features",
  schema: tenantSync,
})

export async function runReadTenantSync(
  asker: Asker,
  token: UserToken | undefined,
): Promise<Fact<GraphTenantSync>> {
  if (!token) return unknown('notSignedIn', sourceOf(readTenantSync))
  const found = await askWhole(asker, readTenantSync, { token })
  if (!found.known) return found
  const [first] = found.value
  return first ? known(first, found.asOf, found.source) : unknown('notFound', found.source, 'emptyList')
}
