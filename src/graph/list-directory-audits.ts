// Who changed what: the tenant's audit log, newest first, within a bounded window.
import { z } from 'zod'
import type { Fact, Instant } from '../nouns.ts'
import { type Asker, askAll, type Pages } from './ask.ts'
import { id, instant, listOf, longText, maybe, oneOf, text } from './normalise.ts'
import { literal, timeLiteral } from './odata.ts'
import { declare } from './query.ts'

const actor = z.object({ id: text, displayName: text, userPrincipalName: text })

const directoryAudit = z.object({
  id,
  activityDateTime: instant,
  activityDisplayName: text,
  category: text,
  loggedByService: text,
  result: oneOf('success', 'failure', 'timeout'),
  resultReason: longText,
  initiatedBy: maybe(z.object({ user: maybe(actor), app: maybe(actor) })),
  targetResources: listOf(z.object({ id: text, displayName: text, type: text })),
  additionalDetails: listOf(z.object({ key: text, value: longText })),
})

export type GraphDirectoryAudit = z.output<typeof directoryAudit>

export const listDirectoryAudits = declare({
  id: 'listDirectoryAudits',
  method: 'GET',
  path: '/auditLogs/directoryAudits',
  version: 'v1.0',
  family: 'auditLog',
  identity: 'application',
  permissions: {
    application: ['AuditLog.Read.All', 'Directory.Read.All'],
    delegated: ['AuditLog.Read.All', 'Directory.Read.All'],
  },
  grant: 'AuditLog.Read.All',
  purpose: 'who changed a configuration, and when quarantines began',
  schema: directoryAudit,
})

export type AuditWindow = {
  readonly since: Instant
  readonly until?: Instant
  readonly activity?: string
  readonly mostPages?: number
}

export function runListDirectoryAudits(
  asker: Asker,
  { since, until, activity, mostPages }: AuditWindow,
): Promise<Fact<Pages<GraphDirectoryAudit>>> {
  const clauses = [
    `activityDateTime ge ${timeLiteral(since)}`,
    until === undefined ? undefined : `activityDateTime le ${timeLiteral(until)}`,
    activity ? `activityDisplayName eq ${literal(activity)}` : undefined,
  ]
  return askAll(asker, listDirectoryAudits, {
    query: {
      $filter: clauses.filter((clause) => clause !== undefined).join(' and '),
      $top: '200',
      $orderby: 'activityDateTime desc',
    },
    mostPages: mostPages ?? 2,
  })
}
