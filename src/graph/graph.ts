// The room as others see it: questions that give Facts, and the few writes, each with a person's token.
import type { ObjectName } from '../nouns.ts'
import type { Clock, SyncWrites, UserToken } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Asker } from './ask.ts'
import type { Meter } from './call.ts'
import { createClient, type GraphClient } from './client.ts'
import type { AppIdentity } from './credentials.ts'
import { runFindDeletedUsers } from './find-deleted-users.ts'
import { runFindGroups } from './find-groups.ts'
import { runFindOwnerOf } from './find-owner-of.ts'
import { runFindUsers } from './find-users.ts'
import type { Limiter, Priority } from './limiter.ts'
import { runListAgents } from './list-agents.ts'
import { runFindConfigurations, runListConfigurations } from './list-configurations.ts'
import { type AuditWindow, runListDirectoryAudits } from './list-directory-audits.ts'
import { runListJobs } from './list-jobs.ts'
import { type EventWindow, runListProvisioningEvents } from './list-provisioning-events.ts'
import { runListServiceIssues } from './list-service-issues.ts'
import { runPauseJob } from './pause-job.ts'
import { runProvisionOnDemand } from './provision-on-demand.ts'
import { runReadJob } from './read-job.ts'
import { runReadOrganization, runReadPasswordSync } from './read-organization.ts'
import { runReadSchema } from './read-schema.ts'
import { runReadTenantSync } from './read-tenant-sync.ts'
import { runRestartJob } from './restart-job.ts'
import { runStartJob } from './start-job.ts'
import type { Time } from './time.ts'

export type GraphOptions = {
  /** Root of Graph without a version; plain http on loopback only. */
  readonly baseUrl: string
  readonly identity: AppIdentity
  readonly clock: Clock
  readonly telemetry?: Telemetry
  /** One attempt; default 10 s. */
  readonly timeoutMs?: number
  /** One question of a person with all its repeats and pages; default 20 s. */
  readonly userPatienceMs?: number
  /** The same for the watch, which may wait as long as Graph asks for; default 6 min. */
  readonly monitorPatienceMs?: number
  /** Parts of names of the services whose incidents count, in lower case. */
  readonly services?: readonly string[]
  readonly time?: Time
  readonly random?: () => number
  readonly limiter?: Limiter
}

/** All questions. An empty list is an answer; what could not be asked is a Fact with its reason, never an exception. */
function bindReads(asker: Asker, services: readonly string[] | undefined) {
  return {
    listConfigurations: () => runListConfigurations(asker),
    findConfigurations: (domain: string) => runFindConfigurations(asker, domain),
    listJobs: (configurationId: string) => runListJobs(asker, configurationId),
    readJob: (configurationId: string, jobId: string) => runReadJob(asker, configurationId, jobId),
    readSchema: (configurationId: string, jobId: string) => runReadSchema(asker, configurationId, jobId),
    listProvisioningEvents: (window: EventWindow) => runListProvisioningEvents(asker, window),
    listDirectoryAudits: (window: AuditWindow) => runListDirectoryAudits(asker, window),
    findUsers: (name: ObjectName) => runFindUsers(asker, name),
    findDeletedUsers: (name: ObjectName) => runFindDeletedUsers(asker, name),
    findOwnerOf: (addresses: readonly string[]) => runFindOwnerOf(asker, addresses),
    findGroups: (name: ObjectName) => runFindGroups(asker, name),
    readOrganization: () => runReadOrganization(asker),
    readPasswordSync: () => runReadPasswordSync(asker),
    listServiceIssues: () => runListServiceIssues(asker, services),
    listAgents: (token: UserToken | undefined) => runListAgents(asker, token),
    readTenantSync: (token: UserToken | undefined) => runReadTenantSync(asker, token),
  }
}

export type GraphReads = ReturnType<typeof bindReads> & {
  /** The same questions, counting the requests they cost. */
  metered(): { readonly reads: GraphReads; calls(): number }
}

function readsOf(asker: Asker, services: readonly string[] | undefined): GraphReads {
  return {
    ...bindReads(asker, services),
    metered() {
      const meter: Meter = { calls: 0 }
      return { reads: readsOf({ ...asker, meter }, services), calls: () => meter.calls }
    },
  }
}

function writesOf(client: GraphClient): SyncWrites {
  return {
    provisionOnDemand: (token, job) => runProvisionOnDemand(client, token, job),
    start: (token, job) => runStartJob(client, token, job),
    pause: (token, job) => runPauseJob(client, token, job),
    restart: (token, job) => runRestartJob(client, token, { ...job, how: 'restart' }),
    allowDeletes: (token, job) => runRestartJob(client, token, { ...job, how: 'allowDeletes' }),
  }
}

/** One tenant: its limits and circuits are shared by all three members. */
export type Graph = {
  /** For people: soon, and before the watch. */
  readonly reads: GraphReads
  /** For the watch: patient, and after people. Same limits, same circuit. */
  readonly watch: GraphReads
  readonly writes: SyncWrites
}

export function createGraph(options: GraphOptions): Graph {
  const client = createClient(options)
  const asker = (priority: Priority, patienceMs: number): Asker => ({
    client,
    clock: options.clock,
    priority,
    patienceMs,
    timeoutMs: options.timeoutMs ?? 10_000,
    ...(options.telemetry ? { telemetry: options.telemetry } : {}),
  })
  return {
    reads: readsOf(asker('user', options.userPatienceMs ?? 20_000), options.services),
    watch: readsOf(asker('monitor', options.monitorPatienceMs ?? 360_000), options.services),
    writes: writesOf(client),
  }
}
