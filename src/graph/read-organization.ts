// The tenant: its name, and when anything was last synchronized to it.
import { z } from 'zod'
import { type Fact, known, unknown } from '../nouns.ts'
import { type Asker, askWhole } from './ask.ts'
import { flag, id, instant, text } from './normalise.ts'
import { declare } from './query.ts'

const organization = z.object({
  id,
  displayName: text,
  onPremisesSyncEnabled: flag,
  onPremisesLastSyncDateTime: instant,
  onPremisesLastPasswordSyncDateTime: instant,
})

export type GraphOrganization = z.output<typeof organization>

const permissions = {
  application: ['Organization.Read.All', 'Directory.Read.All'],
  delegated: ['Organization.Read.All', 'Directory.Read.All'],
}

export const readOrganization = declare({
  id: 'readOrganization',
  method: 'GET',
  path: '/organization',
  version: 'v1.0',
  family: 'identity',
  identity: 'application',
  permissions,
  grant: 'Organization.Read.All',
  purpose: 'name of the tenant, last synchronization',
  schema: organization,
})

export const readPasswordSync = declare({
  ...readOrganization,
  id: 'readPasswordSync',
  version: 'beta',
  purpose: 'last synchronization of passwords, which v1.0 does not tell',
})

const plain = ['id', 'displayName', 'onPremisesSyncEnabled', 'onPremisesLastSyncDateTime']

async function ask(
  asker: Asker,
  query: typeof readOrganization,
  select: readonly string[],
): Promise<Fact<GraphOrganization>> {
  const found = await askWhole(asker, query, { query: { $select: select.join(',') } })
  if (!found.known) return found
  const [first] = found.value
  return first ? known(first, found.asOf, found.source) : unknown('notFound', found.source, 'emptyList')
}

export function runReadOrganization(asker: Asker): Promise<Fact<GraphOrganization>> {
  return ask(asker, readOrganization, plain)
}

export function runReadPasswordSync(asker: Asker): Promise<Fact<GraphOrganization>> {
  return ask(asker, readPasswordSync, [...plain, 'onPremisesLastPasswordSyncDateTime'])
}
