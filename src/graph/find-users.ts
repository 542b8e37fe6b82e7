// Users by the name a person gave: principal name, account name, DN, id, or the beginning of a display name.
import type { Fact, ObjectName } from '../nouns.ts'
import { mapFact } from '../nouns.ts'
import { type Asker, askAll } from './ask.ts'
import {
  advanced,
  directoryObject,
  type GraphDirectoryObject,
  MOST_HITS,
  searchOf,
  userSelect,
} from './directory-objects.ts'
import { declare } from './query.ts'

export const userPermissions = {
  application: ['User.Read.All', 'Directory.Read.All'],
  delegated: ['User.Read.All', 'Directory.Read.All'],
}

export const findUsers = declare({
  id: 'findUsers',
  method: 'GET',
  path: '/users',
  version: 'v1.0',
  family: 'identity',
  identity: 'application',
  permissions: userPermissions,
  grant: 'User.Read.All',
  purpose: 'the person a question is about, with the on-premises properties',
  schema: directoryObject,
})

/** None is an empty list. At most twenty; more names than that fit no question. */
export async function runFindUsers(
  asker: Asker,
  name: ObjectName,
): Promise<Fact<readonly GraphDirectoryObject[]>> {
  const search = searchOf(name)
  const found = await askAll(asker, findUsers, {
    query: {
      $filter: search.filter,
      $select: userSelect,
      $top: String(MOST_HITS),
      ...(search.advanced ? advanced.query : {}),
    },
    ...(search.advanced ? { headers: advanced.headers } : {}),
    mostPages: 1,
  })
  const { keep } = search
  return mapFact(found, ({ items }) =>
    keep ? items.filter((user) => keep(user.onPremisesDistinguishedName ?? '')) : items,
  )
}
