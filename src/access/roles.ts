// Roles: how they are ordered and where a person's role comes from.
import { parse } from 'yaml'
import { z } from 'zod'
import { MedicError } from '../errors.ts'
import type { Role } from '../nouns.ts'

/** Least first; each role includes the ones before it. */
export const roleOrder: readonly Role[] = ['none', 'viewer', 'operator', 'approver', 'admin']

export function includesRole(held: Role, needed: Role): boolean {
  return roleOrder.indexOf(held) >= roleOrder.indexOf(needed)
}

function highest(roles: readonly Role[]): Role | undefined {
  return roles.toSorted((a, b) => roleOrder.indexOf(b) - roleOrder.indexOf(a))[0]
}

/** App roles as the sign-in token names them, e.g. "SyncMedic.Operator". Values that are not ours are left out. */
export function rolesOfClaim(claim: readonly string[]): readonly Role[] {
  const byValue: Readonly<Record<string, Role>> = {
    'SyncMedic.Viewer': 'viewer',
    'SyncMedic.Operator': 'operator',
    'SyncMedic.Approver': 'approver',
    'SyncMedic.Admin': 'admin',
  }
  return claim.flatMap((value) => (Object.hasOwn(byValue, value) ? [byValue[value] as Role] : []))
}

const id = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'must be the object id of a person')
  .transform((text) => text.toLowerCase())

const rolesFileSchema = z.strictObject({
  viewer: z.array(id).default([]),
  operator: z.array(id).default([]),
  approver: z.array(id).default([]),
  admin: z.array(id).default([]),
})

/** Object ids (lower case) of people, by role. */
export type RolesFile = z.output<typeof rolesFileSchema>

/** Text of ROLES_FILE. Throws SM_CONFIG_INVALID that names the place, never the value. */
export function parseRolesFile(text: string): RolesFile {
  let raw: unknown
  try {
    raw = parse(text, { maxAliasCount: 0 })
  } catch (cause) {
    throw new MedicError('SM_CONFIG_INVALID', { setting: 'ROLES_FILE', problem: 'is not YAML' }, cause)
  }
  const read = rolesFileSchema.safeParse(raw ?? {})
  if (read.success) return read.data
  const problem = read.error.issues
    .map((issue) => `${issue.path.join('.') || 'file'}: ${issue.code}`)
    .join('; ')
  throw new MedicError('SM_CONFIG_INVALID', { setting: 'ROLES_FILE', problem })
}

/**
 * The role of a person: app roles of the sign-in token win, then ROLES_FILE, then the default.
 * `groups` are object ids the person is known to be a member of.
 */
export function roleOf(who: {
  readonly tokenRoles?: readonly Role[]
  readonly rolesFile?: RolesFile
  readonly defaultRole: Role
  readonly objectId: string
  readonly groups?: readonly string[]
}): Role {
  const fromToken = highest((who.tokenRoles ?? []).filter((role) => role !== 'none'))
  if (fromToken) return fromToken
  const file = who.rolesFile
  const ids = new Set([who.objectId, ...(who.groups ?? [])].map((text) => text.toLowerCase()))
  const listed = file
    ? roleOrder.filter((role) => role !== 'none' && file[role].some((one) => ids.has(one)))
    : []
  return highest(listed) ?? who.defaultRole
}
