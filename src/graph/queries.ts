// Every question and every write there is. Permissions in the documentation and in infra/ come from here.
import { findDeletedUsers } from './find-deleted-users.ts'
import { findGroups } from './find-groups.ts'
import { findOwnerOf } from './find-owner-of.ts'
import { findUsers } from './find-users.ts'
import { listAgentGroups, listAgents } from './list-agents.ts'
import { listConfigurations } from './list-configurations.ts'
import { listDirectoryAudits } from './list-directory-audits.ts'
import { listJobs } from './list-jobs.ts'
import { listProvisioningEvents } from './list-provisioning-events.ts'
import { listServiceIssues } from './list-service-issues.ts'
import { pauseJob } from './pause-job.ts'
import { provisionOnDemand } from './provision-on-demand.ts'
import type { Query } from './query.ts'
import { readJob } from './read-job.ts'
import { readOrganization, readPasswordSync } from './read-organization.ts'
import { readSchema } from './read-schema.ts'
import { readTenantSync } from './read-tenant-sync.ts'
import { restartJob } from './restart-job.ts'
import { startJob } from './start-job.ts'

export const queries: readonly Query[] = [
  listConfigurations,
  listJobs,
  readJob,
  readSchema,
  listProvisioningEvents,
  listDirectoryAudits,
  findUsers,
  findDeletedUsers,
  findOwnerOf,
  findGroups,
  readOrganization,
  readPasswordSync,
  listServiceIssues,
  listAgents,
  listAgentGroups,
  readTenantSync,
  provisionOnDemand,
  startJob,
  pauseJob,
  restartJob,
]

function grantsOf(identity: Query['identity'], method?: Query['method']): readonly string[] {
  const wanted = queries.filter(
    (q) => q.identity === identity && (method === undefined || q.method === method),
  )
  return [...new Set(wanted.map((query) => query.grant))].sort()
}

/** What the bot's own identity is granted: reading only. */
export const applicationGrants = grantsOf('application')
/** What a signed-in person is asked for: to look, and, only when actions are on, to act. */
export const delegatedReadGrants = grantsOf('delegated', 'GET')
export const delegatedWriteGrants = grantsOf('delegated', 'POST')
