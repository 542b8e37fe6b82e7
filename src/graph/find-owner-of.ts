// Who holds an address or a principal name: the other side of a conflict.
import { type Fact, known, mapFact } from '../nouns.ts'
import { type Asker, askAll } from './ask.ts'
import { directoryObject, type GraphDirectoryObject, userSelect } from './directory-objects.ts'
import { userPermissions } from './find-users.ts'
import { literal } from './odata.ts'
import { declare } from './query.ts'

export const findOwnerOf = declare({
  id: 'findOwnerOf',
  method: 'GET',
  path: '/users',
  version: 'v1.0',
  family: 'identity',
  identity: 'application',
  permissions: userPermissions,
  grant: 'User.Read.All',
  purpose: 'who holds an address that is in conflict',
  schema: directoryObject,
})

/** Directory filters take at most 15 alternatives; each address needs four. */
const MOST_ADDRESSES = 3

/** 'SMTP:jane@contoso.com' -> 'jane@contoso.com' */
export function plainAddress(address: string): string {
  return address.replace(/^[a-z0-9]+:(?=.+@)/i, '').trim()
}

function clausesFor(address: string): readonly string[] {
  const proxy = (prefix: string) => `proxyAddresses/any(p:p eq ${literal(`${prefix}:${address}`)})`
  return [
    `userPrincipalName eq ${literal(address)}`,
    `mail eq ${literal(address)}`,
    proxy('smtp'),
    proxy('SMTP'),
  ]
}

/** Users who hold any of the first three addresses. No address: an empty list, nothing is asked. */
export async function runFindOwnerOf(
  asker: Asker,
  addresses: readonly string[],
): Promise<Fact<readonly GraphDirectoryObject[]>> {
  const plain = [...new Set(addresses.map((address) => plainAddress(address).toLowerCase()))]
  const asked = plain.filter((address) => address.includes('@')).slice(0, MOST_ADDRESSES)
  if (asked.length === 0) return known([], await asker.clock.now(), 'no address to look up')
  const found = await askAll(asker, findOwnerOf, {
    query: { $filter: asked.flatMap(clausesFor).join(' or '), $select: userSelect, $top: '20' },
    mostPages: 1,
  })
  return mapFact(found, ({ items }) => items)
}
