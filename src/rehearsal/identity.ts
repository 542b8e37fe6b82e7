// Who asks: the bot itself with application permissions that only read, or a signed-in person.
import { cloudOnly, inActiveDirectory } from './directory.ts'
import { GraphError } from './graph-error.ts'
import { people } from './people.ts'

export type Identity =
  | { readonly kind: 'app' }
  | { readonly kind: 'user'; readonly objectId: string; readonly hybridAdministrator: boolean }

const entraRoles = new Map(Object.values(people).map((each) => [each.objectId, each.entraRole !== undefined]))
const known = new Set([...cloudOnly, ...inActiveDirectory].map((each) => each.id))

/**
 * `Bearer app`, or `Bearer user:<object id>`. Somebody the tenant does not know, as in the Agents Playground, counts as
 * an operator; anybody else of the tenant holds no role.
 */
export function identify(authorization: string | undefined): Identity {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
  if (token === 'app') return { kind: 'app' }
  const objectId = /^user:([^\s]+)$/.exec(token ?? '')?.[1]?.toLowerCase()
  if (objectId === undefined)
    throw new GraphError(
      401,
      'InvalidAuthenticationToken',
      token === undefined ? 'Access token is empty.' : 'Access token validation failure. Invalid audience.',
    )
  return { kind: 'user', objectId, hybridAdministrator: entraRoles.get(objectId) ?? !known.has(objectId) }
}

export function nameOf(identity: Identity): string {
  return identity.kind === 'app' ? 'app' : `user:${identity.objectId}`
}
