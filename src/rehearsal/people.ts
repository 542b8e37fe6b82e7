// The four people one can be in rehearsal. Their role in the bot and their right in Entra are two things.
import type { Role } from '../nouns.ts'
import { guid } from './noise.ts'

export const tenantId = guid('tenant', 'contoso')

export type RehearsalPerson = {
  readonly key: PersonKey
  readonly objectId: string
  readonly name: string
  readonly upn: string
  readonly role: Role
  readonly jobTitle: string
  /** Entra role; without one Graph refuses writes, jobs, logs and agents in a delegated call. */
  readonly entraRole?: 'Hybrid Identity Administrator'
}

export type PersonKey = 'helpdesk' | 'operator' | 'approver' | 'admin'

const hybrid = { entraRole: 'Hybrid Identity Administrator' } as const

export const people: Readonly<Record<PersonKey, RehearsalPerson>> = {
  helpdesk: {
    key: 'helpdesk',
    objectId: guid('person', 'helpdesk'),
    name: 'Hanna Keller',
    upn: 'hanna.keller@contoso.com',
    role: 'viewer',
    jobTitle: 'Helpdesk agent',
  },
  operator: {
    key: 'operator',
    objectId: guid('person', 'operator'),
    name: 'Omar Diallo',
    upn: 'omar.diallo@contoso.com',
    role: 'operator',
    jobTitle: 'Identity operator',
    ...hybrid,
  },
  approver: {
    key: 'approver',
    objectId: guid('person', 'approver'),
    name: 'Petra Lindgren',
    upn: 'petra.lindgren@contoso.com',
    role: 'approver',
    jobTitle: 'Head of identity',
    ...hybrid,
  },
  admin: {
    key: 'admin',
    objectId: guid('person', 'admin'),
    name: 'Aiko Tanaka',
    upn: 'aiko.tanaka@contoso.com',
    role: 'admin',
    jobTitle: 'Directory administrator',
    ...hybrid,
  },
}
