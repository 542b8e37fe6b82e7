// May this person do this, here? Pure; the caller writes the answer to the audit.
import type { Instant, Person, Place, Role, Scope } from '../nouns.ts'
import type { UserToken } from '../ports.ts'
import { HOUR, MINUTE } from '../time.ts'
import { type Right, rightOf } from './rights.ts'
import { includesRole } from './roles.ts'

export type Allowed = { readonly allowed: true }
export type Denied = {
  readonly allowed: false
  readonly because: 'unknown' | 'otherTenant' | 'place' | 'role' | 'notSignedIn' | 'signInExpired'
  readonly needs: Role
  /** For the person: what is missing and what to do. */
  readonly sentence: string
}
export type Verdict = Allowed | Denied

/** Sign-in tokens older than this do not carry a write. */
export const TOKEN_AGE_MS = HOUR

const placeWords: Readonly<Record<Scope, string>> = {
  personal: 'in a one-to-one chat with me',
  groupChat: 'in a group chat',
  channel: 'in a channel',
}

function denied(because: Denied['because'], needs: Role, sentence: string): Denied {
  return { allowed: false, because, needs, sentence }
}

function inPlace(right: Right, place: Place): Verdict {
  if (!right.places || right.places.includes(place.scope)) return { allowed: true }
  const where = right.places.map((scope) => placeWords[scope]).join(' or ')
  return denied('place', right.role, `I do this only ${where}.`)
}

function withRole(right: Right, role: Role): Verdict {
  if (includesRole(role, right.role)) return { allowed: true }
  const have = role === 'none' ? 'you have no role yet' : `you are ${role}`
  return denied('role', right.role, `This needs the role ${right.role}; ${have}.`)
}

/** By name of a command or verb. Names that are not in the table of rights are refused. */
export function may(person: Person, name: string, place: Place): Verdict {
  const right = rightOf(name)
  if (!right) return denied('unknown', 'admin', 'I do not know this command or button.')
  if (person.tenantId !== place.tenantId) {
    return denied(
      'otherTenant',
      right.role,
      'Your account belongs to another organisation; I answer its own people only.',
    )
  }
  const there = inPlace(right, place)
  return there.allowed ? withRole(right, person.role) : there
}

/**
 * The same for what reaches Microsoft Graph with the person's own rights: besides `may`, a sign-in token of that
 * very person, of this tenant, not older than an hour. `role` is the one that follows from this token.
 */
export function mayWrite(
  ask: { readonly person: Person; readonly name: string; readonly place: Place },
  signedIn: { readonly token: UserToken; readonly role: Role } | undefined,
  now: Instant,
): Verdict {
  const role = signedIn?.role ?? 'none'
  const right = rightOf(ask.name)
  const needs = right?.role ?? 'admin'
  if (!signedIn)
    return denied('notSignedIn', needs, 'Please sign in first: this is done with your own rights.')
  const { token } = signedIn
  if (token.objectId !== ask.person.objectId || token.tenantId !== ask.person.tenantId) {
    return denied('otherTenant', needs, 'You are signed in with another account than the one you write with.')
  }
  // A time far ahead is as wrong as one long past; five minutes are left for clocks that differ.
  const age = now - token.issuedAt
  if (!(age <= TOKEN_AGE_MS && age >= -5 * MINUTE)) {
    return denied('signInExpired', needs, 'Your sign-in is too old for this. Please sign in again.')
  }
  return may({ ...ask.person, role }, ask.name, ask.place)
}
