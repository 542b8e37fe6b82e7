// Cloud Sync in the words of the field.
import type { Fact, Instant } from './facts.ts'

export type Configuration = {
  /** Object id of its service principal. */
  readonly id: string
  /** The AD domain, which is the service principal's name. */
  readonly domain: string
  readonly appId?: string
}

export type JobKind = 'provisioning' | 'passwordHash' | 'groupWriteback' | 'exchangeWriteback' | 'other'
export type JobStatus =
  | 'active'
  | 'paused'
  | 'quarantine'
  | 'notConfigured'
  | 'notRun'
  | 'disabled'
  | 'unknown'

export type JobError = {
  readonly code: string
  readonly message: string
  readonly tenantActionable?: boolean
}

export type Execution = {
  readonly state: 'succeeded' | 'failed' | 'entryLevelErrors' | 'unknown'
  readonly began?: Instant
  readonly ended?: Instant
  readonly error?: JobError
  readonly counts: Readonly<Record<string, number>>
}

export type Quarantine = {
  /** As Graph names it, e.g. EncounteredQuarantineException; '' when not given. */
  readonly reason: string
  readonly since?: Instant
  readonly seriesSince?: Instant
  readonly seriesCount: number
  readonly nextAttempt?: Instant
  readonly error?: JobError
}

/** A synchronization job. Zero dates, "None" and empty texts of Graph are absent here. */
export type Job = {
  readonly id: string
  readonly configurationId: string
  readonly domain: string
  readonly kind: JobKind
  readonly templateId: string
  readonly status: JobStatus
  readonly schedule: { readonly state: string; readonly intervalMs?: number }
  readonly quarantine?: Quarantine
  readonly lastExecution?: Execution
  readonly lastSuccess?: Execution
  readonly lastSuccessWithExports?: Execution
  readonly steadyStateSince?: Instant
  readonly successiveFailures: number
  /** From synchronizationJobSettings; absent when the job does not say. */
  readonly deleteThreshold?: number
  readonly entryCounts: Readonly<Record<string, number>>
}

export type Agent = {
  readonly id: string
  readonly machine: string
  readonly status: 'active' | 'inactive' | 'unknown'
  /** AD domains it serves, through its agent groups; empty when not known. */
  readonly domains: readonly string[]
  readonly externalIp?: string
}

export type ScopeFilter = {
  readonly ruleId: string
  readonly ruleName: string
  readonly containers: readonly string[]
  readonly groups: readonly string[]
  /** Attribute clauses in words, e.g. "department EQUALS Sales". */
  readonly clauses: readonly string[]
  readonly mappings: number
}

/** One stage an object passed: import, scope, match, export. */
export type ProvisioningStep = {
  readonly name: string
  readonly type: string
  readonly status: string
  readonly description: string
  readonly details: Readonly<Record<string, string>>
}

export type PropertyChange = { readonly property: string; readonly from?: string; readonly to?: string }

export type ProvisioningEvent = {
  readonly id: string
  readonly at: Instant
  readonly jobId: string
  readonly configurationId: string
  readonly cycleId?: string
  readonly changeId?: string
  /** create, update, delete, disable, stagedDelete, other, … in lower camel case. */
  readonly action: string
  readonly status: 'success' | 'failure' | 'skipped' | 'warning' | 'unknown'
  readonly source: {
    readonly id?: string
    readonly name?: string
    readonly type?: string
    readonly details: Readonly<Record<string, string>>
  }
  readonly target: { readonly id?: string; readonly name?: string; readonly type?: string }
  readonly error?: {
    readonly code: string
    readonly reason?: string
    readonly recommendedAction?: string
    readonly category?: string
  }
  readonly steps: readonly ProvisioningStep[]
  readonly changes: readonly PropertyChange[]
}

/** A user or group of the tenant, or one that is deleted. */
export type DirectoryObject = {
  readonly id: string
  readonly type: 'user' | 'group'
  readonly displayName: string
  readonly upn?: string
  readonly mail?: string
  readonly proxyAddresses: readonly string[]
  readonly accountEnabled?: boolean
  readonly deletedAt?: Instant
  readonly onPremises: {
    readonly syncEnabled?: boolean
    readonly immutableId?: string
    readonly dn?: string
    readonly domain?: string
    readonly sam?: string
    readonly upn?: string
    readonly lastSync?: Instant
  }
  readonly provisioningErrors: readonly {
    readonly property: string
    readonly value: string
    readonly at?: Instant
    readonly category: string
  }[]
}

export type TenantSync = {
  readonly tenantName: string
  readonly syncEnabled: boolean | undefined
  readonly lastSync?: Instant
  readonly lastPasswordSync?: Instant
}

export type ServiceIssue = {
  readonly id: string
  readonly title: string
  readonly service: string
  readonly status: string
  readonly since: Instant
  readonly resolved: boolean
}

/** How a person named the thing they ask about. */
export type ObjectName =
  | { readonly by: 'upn'; readonly value: string }
  | { readonly by: 'dn'; readonly value: string }
  | { readonly by: 'sam'; readonly value: string }
  | { readonly by: 'id'; readonly value: string }
  | { readonly by: 'name'; readonly value: string }

export type Subject =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'configuration'; readonly domain: string }
  | { readonly kind: 'object'; readonly type: 'user' | 'group'; readonly name: ObjectName }

/** The facts one diagnosis looks at. */
export type Snapshot = {
  readonly takenAt: Instant
  readonly subject: Subject
  readonly configurations: Fact<readonly Configuration[]>
  /** The configuration that owns the subject; notFound when none does. */
  readonly owner: Fact<Configuration>
  /** Jobs by configuration id, for the owner, or for all when there is no owner. */
  readonly jobs: Readonly<Record<string, Fact<readonly Job[]>>>
  readonly agents: Fact<readonly Agent[]>
  readonly object: Fact<DirectoryObject>
  /** More than one object fits the name: the person must choose. */
  readonly candidates: readonly DirectoryObject[]
  readonly deletedObject: Fact<DirectoryObject>
  /** Other objects that hold an address or UPN of the subject. */
  readonly conflicts: Fact<readonly DirectoryObject[]>
  readonly events: Fact<readonly ProvisioningEvent[]>
  readonly scope: Fact<readonly ScopeFilter[]>
  readonly tenant: Fact<TenantSync>
  readonly serviceIssues: Fact<readonly ServiceIssue[]>
  /** Number of Graph calls it cost. */
  readonly calls: number
}
