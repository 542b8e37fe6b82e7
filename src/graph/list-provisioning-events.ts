// What the provisioning log says, newest first, within a bounded window. Its filters mind upper and lower case
// and know no status, so only time and address are filtered there and the rest by the caller.
import { z } from 'zod'
import type { Fact, Instant } from '../nouns.ts'
import { type Asker, askAll, type Pages } from './ask.ts'
import { details, id, instant, listOf, longText, maybe, oneOf, text } from './normalise.ts'
import { literal, timeLiteral } from './odata.ts'
import { declare } from './query.ts'

const identity = z.object({ id: text, displayName: text, identityType: text, details })
const status = oneOf('success', 'failure', 'skipped', 'warning')

const step = z.object({
  name: text,
  provisioningStepType: oneOf('import', 'scoping', 'matching', 'processing', 'referenceResolution', 'export'),
  status,
  description: longText,
  details,
})

const errorInformation = z.object({
  errorCode: text,
  reason: longText,
  additionalDetails: longText,
  errorCategory: text,
  recommendedAction: longText,
})

const provisioningEvent = z.object({
  id,
  activityDateTime: instant,
  jobId: text,
  cycleId: text,
  changeId: text,
  provisioningAction: oneOf('other', 'create', 'delete', 'disable', 'update', 'stagedDelete'),
  servicePrincipal: maybe(z.object({ id: text, displayName: text })),
  sourceIdentity: maybe(identity),
  targetIdentity: maybe(identity),
  provisioningStatusInfo: maybe(z.object({ status, errorInformation: maybe(errorInformation) })),
  provisioningSteps: listOf(step),
  modifiedProperties: listOf(z.object({ displayName: text, oldValue: longText, newValue: longText })),
})

export type GraphProvisioningEvent = z.output<typeof provisioningEvent>

export const listProvisioningEvents = declare({
  id: 'listProvisioningEvents',
  method: 'GET',
  path: '/auditLogs/provisioning',
  version: 'v1.0',
  family: 'auditLog',
  identity: 'application',
  permissions: {
    application: ['ProvisioningLog.Read.All', 'AuditLog.Read.All', 'Directory.Read.All'],
    delegated: ['ProvisioningLog.Read.All', 'AuditLog.Read.All', 'Directory.Read.All'],
  },
  grant: 'AuditLog.Read.All',
  purpose: 'what happened to a person or group, held deletions, failures of a cycle',
  schema: provisioningEvent,
})

export type EventWindow = {
  readonly since: Instant
  readonly until?: Instant
  readonly configurationId?: string
  readonly jobId?: string
  /** Entra object id of the target, or AD object GUID of the source: to look further back than a window holds. */
  readonly objectId?: string
  readonly sourceId?: string
  /** Default 2, of 500 entries each. */
  readonly mostPages?: number
  readonly patienceMs?: number
}

function identityClause({ objectId, sourceId }: EventWindow): string | undefined {
  const either = [
    ...(objectId ? [`targetIdentity/id eq ${literal(objectId)}`] : []),
    ...(sourceId ? [`sourceIdentity/id eq ${literal(sourceId)}`] : []),
  ]
  return either.length > 0 ? `(${either.join(' or ')})` : undefined
}

function filterOf(window: EventWindow): string {
  const clauses = [
    `activityDateTime gt ${timeLiteral(window.since)}`,
    window.until === undefined ? undefined : `activityDateTime lt ${timeLiteral(window.until)}`,
    window.configurationId ? `servicePrincipal/id eq ${literal(window.configurationId)}` : undefined,
    window.jobId ? `jobId eq ${literal(window.jobId)}` : undefined,
    identityClause(window),
  ]
  return clauses.filter((clause) => clause !== undefined).join(' and ')
}

export function runListProvisioningEvents(
  asker: Asker,
  window: EventWindow,
): Promise<Fact<Pages<GraphProvisioningEvent>>> {
  return askAll(asker, listProvisioningEvents, {
    query: { $filter: filterOf(window), $top: '500', $orderby: 'activityDateTime desc' },
    mostPages: window.mostPages ?? 2,
    ...(window.patienceMs === undefined ? {} : { patienceMs: window.patienceMs }),
  })
}
