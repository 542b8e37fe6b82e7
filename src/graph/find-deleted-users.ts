// Users in the recycle bin: a deleted person still holds addresses, and can be restored for 30 days.
import type { Fact, ObjectName } from '../nouns.ts'
import { mapFact } from '../nouns.ts'
import { type Asker, askAll } from './ask.ts'
import {
  advanced,
  directoryObject,
  type GraphDirectoryObject,
  MOST_HITS,
  type Search,
  searchOf,
  userSelect,
} from './directory-objects.ts'
import { userPermissions } from './find-users.ts'
import { literal } from './odata.ts'
import { declare } from './query.ts'

export const findDeletedUsers = declare({
  id: 'findDeletedUsers',
  method: 'GET',
  path: '/directory/deletedItems/microsoft.graph.user',
  version: 'v1.0',
  family: 'identity',
  identity: 'application',
  permissions: userPermissions,
  grant: 'User.Read.All',
  purpose: 'whether the person was deleted lately',
  schema: directoryObject,
})

/** A deleted user's principal name has the object id in front of it: '<32 hex>jane.doe@contoso.com'. */
export function originalUpn(upn: string): string {
  return upn.replace(/^[0-9a-f]{32}(?=.+@)/i, '')
}

/** Like that of living users, but for the principal name, which is found by its end. */
function searchAmongDeleted(name: ObjectName): Search {
  if (name.by !== 'upn') return searchOf(name)
  const value = literal(name.value)
  return { filter: `endswith(userPrincipalName,${value}) or mail eq ${value}`, advanced: true }
}

/** "endswith" also finds mary.jane.doe@…, who is somebody else. */
function isMeant(user: GraphDirectoryObject, name: ObjectName): boolean {
  if (name.by !== 'upn') return true
  const wanted = name.value.toLowerCase()
  const upn = originalUpn(user.userPrincipalName ?? '').toLowerCase()
  return upn === wanted || user.mail?.toLowerCase() === wanted
}

export async function runFindDeletedUsers(
  asker: Asker,
  name: ObjectName,
): Promise<Fact<readonly GraphDirectoryObject[]>> {
  const { filter, keep = () => true } = searchAmongDeleted(name)
  const $select = `${userSelect},deletedDateTime`
  const found = await askAll(asker, findDeletedUsers, {
    query: { $filter: filter, $select, $top: String(MOST_HITS), ...advanced.query },
    headers: advanced.headers,
    mostPages: 1,
  })
  return mapFact(found, ({ items }) =>
    items.filter((user) => isMeant(user, name) && keep(user.onPremisesDistinguishedName ?? '')),
  )
}
