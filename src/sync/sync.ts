// The room as others see it: Cloud Sync in our words, every answer a Fact.
import { setTimeout as pause } from 'node:timers/promises'
import type { GraphReads, GraphTenantSync } from '../graph/index.ts'
import {
  type Agent,
  type Configuration,
  type Fact,
  type Instant,
  type Job,
  mapFact,
  type ProvisioningEvent,
  type ScopeFilter,
  type ServiceIssue,
  type Snapshot,
  type Subject,
  type TenantSync,
} from '../nouns.ts'
import type { Clock, UserToken } from '../ports.ts'
import { toAgents } from './agent.ts'
import { domainOf, toJob } from './job.ts'
import { remember, rememberEach } from './memory.ts'
import {
  askConfigurations,
  askEvents,
  askHeldDeletions,
  askJobs,
  askScope,
  askServiceIssues,
  askTenant,
} from './questions.ts'
import { type Log, takeSnapshot } from './snapshot.ts'
import { type TenantChange, toTenantChanges } from './tenant.ts'

const KEEP_CONFIGURATIONS_MS = 30_000
/** Graph allows five looks into its logs in ten seconds for the whole tenant: a burst of diagnoses shares a page. */
const KEEP_LOG_MS = 10_000

export type EventQuery = {
  readonly since: Instant
  readonly until?: Instant
  readonly configurationId?: string
  readonly jobId?: string
  /** Of 500 entries each; default 2. */
  readonly mostPages?: number
}

type Address = Pick<Configuration, 'id' | 'domain'>

export type Sync = {
  /** At most 30 s old. */
  configurations(): Promise<Fact<readonly Configuration[]>>
  /** Names of the configurations as last seen; waits at most `ms` of the machine for newer ones. */
  domains(ms: number): Promise<readonly string[]>
  /** After a change in the tenant the pages of the log that were read before do not count. */
  forget(): void
  jobs(configuration: Address): Promise<Fact<readonly Job[]>>
  job(configurationId: string, jobId: string): Promise<Fact<Job>>
  agents(token?: UserToken): Promise<Fact<readonly Agent[]>>
  snapshotOf(
    subject: Subject,
    options?: { readonly token?: UserToken; readonly now?: Instant },
  ): Promise<Snapshot>
  /** Newest first; of a long window only the newest entries. */
  events(query: EventQuery): Promise<Fact<readonly ProvisioningEvent[]>>
  /** One entry per object whose deletion waits for a decision. Unknown when the log is too long to be sure. */
  heldDeletions(configuration: Address, job: Job): Promise<Fact<readonly ProvisioningEvent[]>>
  scopeOf(configuration: Pick<Configuration, 'id'>, jobId: string): Promise<Fact<readonly ScopeFilter[]>>
  tenant(): Promise<Fact<TenantSync>>
  serviceIssues(): Promise<Fact<readonly ServiceIssue[]>>
  /** Who changed what, from the tenant's audit log; newest first. */
  changes(query: {
    readonly since: Instant
    readonly activity?: string
  }): Promise<Fact<readonly TenantChange[]>>
  /** The tenant's own deletion threshold and features; only with a person's rights. */
  tenantLimits(token?: UserToken): Promise<Fact<GraphTenantSync>>
}

export function createSync({ reads, clock }: { readonly reads: GraphReads; readonly clock: Clock }): Sync {
  const memory = remember<readonly Configuration[]>(KEEP_CONFIGURATIONS_MS)
  let pages = rememberEach<Log>(KEEP_LOG_MS)
  const configurations = (now: Instant, asking: GraphReads = reads) =>
    memory(now, () => askConfigurations(asking))

  let lastSeen: readonly string[] = []
  async function lookAgain(): Promise<void> {
    const all = await configurations(await clock.now())
    if (all.known) lastSeen = all.value.map(({ domain }) => domain)
  }

  async function domainFor(configurationId: string): Promise<string | undefined> {
    const all = await configurations(await clock.now())
    return all.known ? all.value.find(({ id }) => id === configurationId)?.domain : undefined
  }

  return {
    configurations: async () => configurations(await clock.now()),
    async domains(ms) {
      const stop = new AbortController()
      const late = pause(ms, undefined, { signal: stop.signal }).catch(() => undefined)
      await Promise.race([lookAgain(), late]).finally(() => stop.abort())
      return lastSeen
    },
    forget() {
      pages = rememberEach<Log>(KEEP_LOG_MS)
    },
    jobs: (configuration) => askJobs(reads, configuration),
    async job(configurationId, jobId) {
      const [raw, domain] = await Promise.all([
        reads.readJob(configurationId, jobId),
        domainFor(configurationId),
      ])
      return mapFact(raw, (job) =>
        toJob(job, { id: configurationId, domain: domain ?? domainOf(job) ?? configurationId }),
      )
    },
    agents: async (token) => mapFact(await reads.listAgents(token), toAgents),
    async snapshotOf(subject, { token, now } = {}) {
      const meter = reads.metered()
      const takenAt = now ?? (await clock.now())
      const snapshot = await takeSnapshot({
        reads: meter.reads,
        configurations: () => configurations(takenAt, meter.reads),
        subject,
        token,
        now: takenAt,
        log: ({ since, ...window }) => {
          const key = JSON.stringify([takenAt - since, window])
          return pages(key, takenAt, () => askEvents(meter.reads, { since, ...window }))
        },
      })
      return { ...snapshot, calls: meter.calls() }
    },
    events: async (query) => mapFact(await askEvents(reads, query), ({ events }) => events),
    heldDeletions: async (_configuration, job) => askHeldDeletions(reads, job, await clock.now()),
    scopeOf: (configuration, jobId) => askScope(reads, configuration, jobId),
    tenant: () => askTenant(reads, { passwords: true }),
    serviceIssues: () => askServiceIssues(reads),
    changes: async (query) =>
      mapFact(await reads.listDirectoryAudits(query), ({ items }) => toTenantChanges(items)),
    tenantLimits: (token) => reads.readTenantSync(token),
  }
}
