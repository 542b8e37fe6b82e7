// Users in the recycle bin: a deleted person still holds addresses, and can be restored for 30 days.
import type { Fact, ObjectName } from '../nouns.ts'
import { mapFact } from '../nouns.ts'
import { type Asker, askAll } from './ask.ts'
import { commonNameOf, directoryObject, type GraphDirectoryObject, userSelect } from './directory-objects.ts'
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

/** The filter where one is possible: the renamed principal name has none, its mail and display name do. */
function filterOf(name: ObjectName): string {
  const value = literal(name.value)
  switch (name.by) {
    case 'upn':
      return `endswith(userPrincipalName,${value}) or mail eq ${value}`
    case 'sam':
      return `onPremisesSamAccountName eq ${value}`
    case 'id':
      return `id eq ${value}`
    case 'name':
      return `startswith(displayName,${value})`
    case 'dn':
      return `displayName eq ${literal(commonNameOf(name.value) ?? name.value)}`
  }
}

export async function runFindDeletedUsers(
  asker: Asker,
  name: ObjectName,
): Promise<Fact<readonly GraphDirectoryObject[]>> {
  const found = await askAll(asker, findDeletedUsers, {
    query: {
      $filter: filterOf(name),
      $select: `${userSelect},deletedDateTime`,
      $count: 'true',
      $top: '20',
    },
    headers: { ConsistencyLevel: 'eventual' },
    mostPages: 1,
  })
  // "endswith" also finds mary.jane.doe@…, who is somebody else.
  return mapFact(found, ({ items }) =>
    items.filter((user) => {
      if (name.by !== 'upn') return true
      const wanted = name.value.toLowerCase()
      const upn = originalUpn(user.userPrincipalName ?? '').toLowerCase()
      return upn === wanted || user.mail?.toLowerCase() === wanted
    }),
  )
}
