// Groups by the name a person gave.
import type { Fact, ObjectName } from '../nouns.ts'
import { mapFact } from '../nouns.ts'
import { type Asker, askAll } from './ask.ts'
import {
  commonNameOf,
  directoryObject,
  type GraphDirectoryObject,
  groupSelect,
  MOST_HITS,
} from './directory-objects.ts'
import { literal } from './odata.ts'
import { declare } from './query.ts'

export const findGroups = declare({
  id: 'findGroups',
  method: 'GET',
  path: '/groups',
  version: 'v1.0',
  family: 'identity',
  identity: 'application',
  permissions: {
    application: ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'],
    delegated: ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'],
  },
  grant: 'GroupMember.Read.All',
  purpose: 'the group a question is about',
  schema: directoryObject,
})

function filterOf(name: ObjectName): string {
  const value = literal(name.value)
  switch (name.by) {
    case 'upn':
      return `mail eq ${value}`
    case 'sam':
      return `onPremisesSamAccountName eq ${literal(name.value.slice(name.value.lastIndexOf('\\') + 1))}`
    case 'id':
      return `id eq ${value}`
    case 'name':
      return `startswith(displayName,${value})`
    case 'dn':
      // Groups carry no DN; the common name is the best there is.
      return `displayName eq ${literal(commonNameOf(name.value) ?? name.value)}`
  }
}

export async function runFindGroups(
  asker: Asker,
  name: ObjectName,
): Promise<Fact<readonly GraphDirectoryObject[]>> {
  const found = await askAll(asker, findGroups, {
    query: { $filter: filterOf(name), $select: groupSelect, $top: String(MOST_HITS), $count: 'true' },
    headers: { ConsistencyLevel: 'eventual' },
    mostPages: 1,
  })
  return mapFact(found, ({ items }) => items)
}
