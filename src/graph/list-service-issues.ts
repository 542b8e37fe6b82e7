// What Microsoft itself reports as broken at the moment.
import { z } from 'zod'
import { type Fact, mapFact } from '../nouns.ts'
import { type Asker, askWhole } from './ask.ts'
import { flag, id, instant, oneOf, text } from './normalise.ts'
import { declare } from './query.ts'

const serviceIssue = z.object({
  id,
  title: text,
  service: text,
  feature: text,
  status: oneOf(
    'serviceOperational',
    'investigating',
    'restoringService',
    'verifyingService',
    'serviceRestored',
    'postIncidentReviewPublished',
    'serviceDegradation',
    'serviceInterruption',
    'extendedRecovery',
    'falsePositive',
    'investigationSuspended',
    'resolved',
    'mitigated',
    'reported',
    'confirmed',
  ),
  startDateTime: instant,
  isResolved: flag,
})

export type GraphServiceIssue = z.output<typeof serviceIssue>

export const listServiceIssues = declare({
  id: 'listServiceIssues',
  method: 'GET',
  path: '/admin/serviceAnnouncement/issues',
  version: 'v1.0',
  family: 'serviceHealth',
  identity: 'application',
  permissions: { application: ['ServiceHealth.Read.All'], delegated: ['ServiceHealth.Read.All'] },
  grant: 'ServiceHealth.Read.All',
  purpose: 'incidents that Microsoft reports for Microsoft Entra',
  schema: serviceIssue,
})

/** The exact name of the service is not documented, so names are matched by their parts. */
const defaultServices = ['entra', 'identity', 'azure active directory', 'azuread']

/** Unresolved issues of services whose name contains one of `services` (lower case). */
export async function runListServiceIssues(
  asker: Asker,
  services: readonly string[] = defaultServices,
): Promise<Fact<readonly GraphServiceIssue[]>> {
  const found = await askWhole(asker, listServiceIssues, { query: { $filter: 'isResolved eq false' } })
  return mapFact(found, (issues) =>
    issues.filter(({ service, isResolved }) => {
      const name = service?.toLowerCase() ?? ''
      return isResolved !== true && services.some((part) => name.includes(part))
    }),
  )
}
