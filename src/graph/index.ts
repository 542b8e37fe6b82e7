export type { Pages } from './ask.ts'
export {
  type AppIdentity,
  appIdentity,
  databasePassword,
  type IdentitySource,
} from './credentials.ts'
export { type GraphDirectoryObject, guidOf } from './directory-objects.ts'
export { originalUpn } from './find-deleted-users.ts'
export { plainAddress } from './find-owner-of.ts'
export { createGraph, type Graph, type GraphOptions, type GraphReads } from './graph.ts'
export { graphDate } from './graph-date.ts'
export type { GraphAgents } from './list-agents.ts'
export type { GraphServicePrincipal } from './list-configurations.ts'
export type { GraphDirectoryAudit } from './list-directory-audits.ts'
export type { GraphExecution, GraphJob, GraphJobError, GraphQuarantine } from './list-jobs.ts'
export type { EventWindow, GraphProvisioningEvent } from './list-provisioning-events.ts'
export type { GraphServiceIssue } from './list-service-issues.ts'
export { type Compact, compact } from './normalise.ts'
export { applicationGrants, delegatedReadGrants, delegatedWriteGrants, queries } from './queries.ts'
export type { Query } from './query.ts'
export type { GraphOrganization } from './read-organization.ts'
export type { GraphSchema } from './read-schema.ts'
export type { GraphTenantSync } from './read-tenant-sync.ts'
export { movableTime, steadyTime, type Time } from './time.ts'
