// The words every room shares. Plain data: nothing here mentions Teams, the Graph SDK or SQL.

/** Milliseconds since 1970-01-01 UTC. */
export type Instant = number

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

// ---------------------------------------------------------------- facts

/** Why something is not known. `unavailable`: down, or no answer in time. */
export type Because =
  | 'notPermitted'
  | 'notSignedIn'
  | 'notConfigured'
  | 'licence'
  | 'throttled'
  | 'unavailable'
  | 'notFound'

/** A thing we looked at: its value with time and source, or the reason why it is unknown. Never a guess. */
export type Fact<T> =
  | { readonly known: true; readonly value: T; readonly asOf: Instant; readonly source: string }
  | { readonly known: false; readonly because: Because; readonly source: string; readonly detail?: string }

export function known<T>(value: T, asOf: Instant, source: string): Fact<T> {
  return { known: true, value, asOf, source }
}

export function unknown<T>(because: Because, source: string, detail?: string): Fact<T> {
  return detail === undefined ? { known: false, because, source } : { known: false, because, source, detail }
}

export function mapFact<A, B>(fact: Fact<A>, change: (value: A) => B): Fact<B> {
  return fact.known ? { ...fact, value: change(fact.value) } : fact
}

// ---------------------------------------------------------------- prose

/**
 * A piece of a sentence. A bare string is our own words. Everything that came from a directory, a log or a
 * person is `data` and is shown as it is, never as markup; `personal` data is hidden outside one-to-one chats.
 */
export type Inline =
  | string
  | { readonly data: string; readonly personal?: true }
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly link: string; readonly url: string }
  | { readonly at: Instant }

export type Prose = readonly Inline[]

/** A name, address or DN of a person: shown in one-to-one chats, hidden in channels. */
export function personal(text: string): Inline {
  return { data: text, personal: true }
}

/**
 * prose`The agents of ${domain} do not answer since ${at(time)}.` The literal parts are our words, an
 * interpolated string is data, an inline stays what it is.
 */
export function prose(parts: TemplateStringsArray, ...values: readonly (Inline | number | Prose)[]): Prose {
  const out: Inline[] = []
  parts.forEach((part, i) => {
    if (part) out.push(part)
    if (i >= values.length) return
    const value = values[i] as Inline | number | Prose
    if (typeof value === 'string') out.push({ data: value })
    else if (typeof value === 'number') out.push(String(value))
    else if (Array.isArray(value)) out.push(...(value as Prose))
    else out.push(value as Inline)
  })
  return out
}

export function at(time: Instant): Inline {
  return { at: time }
}

/** What an answer is made of. `facts` rows carry their own time and source. */
export type Block =
  | { readonly kind: 'text'; readonly prose: Prose }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly Prose[] }
  | {
      readonly kind: 'table'
      readonly caption?: string
      readonly columns: readonly string[]
      readonly rows: readonly (readonly Prose[])[]
    }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly FactRow[] }

export type FactRow = {
  readonly name: string
  readonly value: Prose
  readonly asOf?: Instant
  readonly source?: string
}

/** What a person can press. `say` sends that text as if typed; `verb` is a card action with opaque data. */
export type Button =
  | { readonly label: string; readonly say: string }
  | {
      readonly label: string
      readonly verb: string
      readonly data: Readonly<Record<string, string | number>>
      readonly inputs?: readonly Input[]
    }
  | { readonly label: string; readonly url: string }

export type Input = {
  readonly id: string
  readonly label: string
  readonly kind: 'text' | 'choice'
  readonly required: boolean
  readonly choices?: readonly { readonly title: string; readonly value: string }[]
}

// ---------------------------------------------------------------- people and places

export type Role = 'none' | 'viewer' | 'operator' | 'approver' | 'admin'

export type Person = {
  readonly tenantId: string
  /** Entra object id. */
  readonly objectId: string
  readonly role: Role
  /** For the sentence "acknowledged by …" only; never logged. */
  readonly name?: string
}

export type Scope = 'personal' | 'groupChat' | 'channel'

/** A conversation that can be posted to: the stored conversation reference, as plain JSON. */
export type Place = {
  readonly conversationId: string
  readonly serviceUrl: string
  readonly tenantId: string
  readonly botId: string
  /** Name of the deployment that stored it; a reference of another environment is never used. */
  readonly environment: string
  readonly scope: Scope
  readonly teamId?: string
  readonly channelId?: string
  /** Activity id of the thread's first message, in channels. */
  readonly threadId?: string
  readonly userAadId?: string
  readonly updatedAt: Instant
}

// ---------------------------------------------------------------- what comes in

type EventBase = {
  /** De-duplication key: conversation, type and activity id. */
  readonly id: string
  readonly place: Place
  readonly person: Person
  readonly at: Instant
  readonly activityId: string
}

export type IncomingEvent = EventBase &
  (
    | { readonly kind: 'message'; readonly text: string; readonly cut: boolean }
    | {
        readonly kind: 'cardAction'
        readonly verb: string
        readonly data: Readonly<Record<string, string | number>>
        /** True for Action.Execute: the answer replaces the card. */
        readonly invoke: boolean
        readonly cardActivityId?: string
      }
    | { readonly kind: 'installed' | 'uninstalled'; readonly by?: string }
    | {
        readonly kind: 'membersChanged'
        readonly added: readonly string[]
        readonly removed: readonly string[]
      }
    | {
        readonly kind: 'feedback'
        readonly reaction: 'like' | 'dislike'
        readonly comment?: string
        readonly aboutActivityId?: string
      }
    | { readonly kind: 'other'; readonly type: string }
  )

// ---------------------------------------------------------------- cloud sync

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
  readonly steps: readonly {
    readonly name: string
    readonly type: string
    readonly status: string
    readonly description: string
    readonly details: Readonly<Record<string, string>>
  }[]
  readonly changes: readonly { readonly property: string; readonly from?: string; readonly to?: string }[]
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

// ---------------------------------------------------------------- what we say

export type Severity = 'critical' | 'warning' | 'info'
export type Who = 'helpdesk' | 'AD' | 'network' | 'identity' | 'Microsoft' | 'on-call'

export type NextStep = {
  readonly who: Who
  readonly prose: Prose
  readonly command?: string
  readonly url?: string
}

export type Citation = {
  readonly articleId: string
  readonly title: string
  readonly source: string
  readonly url?: string
  readonly reviewed: string
}

export type Unchecked = { readonly what: string; readonly because: Because }

export type Finding = {
  readonly ruleId: string
  readonly severity: Severity
  readonly subject: Subject
  readonly fingerprint: string
  readonly title: Prose
  readonly cause: Prose
  readonly evidence: readonly FactRow[]
  readonly nextSteps: readonly NextStep[]
  readonly verify?: Prose
  /** Id of the article that explains it. */
  readonly article: string
  readonly offers: readonly Button[]
  readonly unchecked: readonly Unchecked[]
  /** certain: the evidence names the cause; likely: inferred, and the text says so. */
  readonly confidence: 'certain' | 'likely'
}

/** Everything the bot can say; `src/cards` turns each into a card and into plain text with the same content. */
export type Reply =
  | {
      readonly kind: 'answer'
      readonly title: string
      readonly blocks: readonly Block[]
      readonly citations: readonly Citation[]
      readonly confidence: number
      /** Suggested next questions, at most three. */
      readonly offers: readonly Button[]
    }
  | {
      readonly kind: 'abstain'
      readonly title: string
      readonly blocks: readonly Block[]
      readonly nearest: readonly { readonly title: string; readonly say: string }[]
      readonly offers: readonly Button[]
    }
  | {
      readonly kind: 'boundary'
      readonly title: string
      readonly product: string
      readonly blocks: readonly Block[]
      readonly citations: readonly Citation[]
      readonly offers: readonly Button[]
    }
  | { readonly kind: 'decline'; readonly title: string }
  | {
      readonly kind: 'finding'
      readonly title: Prose
      readonly findings: readonly Finding[]
      readonly facts: readonly FactRow[]
      readonly unchecked: readonly Unchecked[]
      readonly asOf: Instant
      readonly citations: readonly Citation[]
      readonly offers: readonly Button[]
    }
  | {
      readonly kind: 'question'
      readonly title: string
      readonly ask: Prose
      readonly blocks: readonly Block[]
      readonly choices: readonly Button[]
    }
  | {
      readonly kind: 'proposal'
      readonly proposal: Proposal
      readonly blocks: readonly Block[]
      readonly buttons: readonly Button[]
    }
  | {
      readonly kind: 'incident'
      readonly incident: Incident
      readonly finding?: Finding
      readonly buttons: readonly Button[]
      readonly note?: string
    }
  | {
      readonly kind: 'notice'
      readonly title: string
      readonly tone: 'good' | 'attention' | 'neutral'
      readonly blocks: readonly Block[]
      readonly offers: readonly Button[]
    }
  | {
      readonly kind: 'error'
      readonly code: string
      readonly title: string
      readonly next: string
      readonly offers: readonly Button[]
    }

// ---------------------------------------------------------------- actions

export type ActionName = 'provisionOnDemand' | 'start' | 'restart' | 'pause' | 'allowDeletes'

export type OperationState =
  | 'proposed'
  | 'confirmed'
  | 'approved'
  | 'executing'
  | 'watching'
  | 'succeeded'
  | 'failed'
  | 'unknown'
  | 'cancelled'
  | 'expired'

/** An action that was offered; its life is kept in the store and survives a restart. */
export type Proposal = {
  readonly id: string
  readonly tenantId: string
  readonly action: ActionName
  readonly target: {
    readonly configurationId: string
    readonly domain: string
    readonly jobId: string
    readonly objectId?: string
    readonly dn?: string
    readonly ruleId?: string
    /** Rows of evidence the person saw, e.g. the held deletions; count kept with them. */
    readonly count?: number
  }
  readonly effect: Prose
  readonly reversible: boolean
  readonly role: Role
  /** How many other people must approve after confirmation. */
  readonly approvals: 0 | 1
  readonly state: OperationState
  readonly version: number
  /** SHA-256 of the canonical action and target: what was confirmed is what runs. */
  readonly hash: string
  readonly proposedBy: string
  readonly proposedAt: Instant
  readonly confirmedBy?: string
  readonly confirmedAt?: Instant
  readonly approvedBy?: string
  readonly approvedAt?: Instant
  readonly expiresAt: Instant
  readonly executedAt?: Instant
  readonly finishedAt?: Instant
  readonly outcome?: { readonly title: string; readonly detail: Prose; readonly requestId?: string }
  /** How the job stood just before the write, so that a lost answer can be looked up afterwards. */
  readonly before?: {
    readonly status: JobStatus
    readonly quarantineReason?: string
    readonly lastBegan?: Instant
  }
  readonly incidentId?: string
  readonly placeKey: string
  readonly cardActivityId?: string
}

// ---------------------------------------------------------------- alerts

/** What one poll says about one thing. */
export type Observation = {
  readonly ruleId: string
  readonly tenantId: string
  readonly configurationId?: string
  readonly jobId?: string
  /** The domain, job or object it is about, for people. */
  readonly subject: string
  readonly state: 'good' | 'bad' | 'unknown'
  readonly severity: Severity
  readonly asOf: Instant
  readonly title: Prose
  readonly facts: readonly FactRow[]
}

export type IncidentState = 'pending' | 'open' | 'acked' | 'snoozed' | 'resolved' | 'closed'

export type Incident = {
  readonly id: string
  readonly tenantId: string
  readonly fingerprint: string
  /** Per tenant, given when it opens; 0 while pending. */
  readonly number: number
  readonly ruleId: string
  readonly severity: Severity
  readonly state: IncidentState
  readonly version: number
  readonly configurationId?: string
  readonly jobId?: string
  readonly subject: string
  readonly title: Prose
  readonly facts: readonly FactRow[]
  readonly episode: number
  readonly previousNumber?: number
  readonly firstSeen: Instant
  readonly openedAt?: Instant
  readonly lastBadAt: Instant
  readonly goodSince?: Instant
  readonly goodPolls: number
  readonly badPolls: number
  readonly failedPolls: number
  readonly ownerId?: string
  readonly ownerName?: string
  readonly ackedAt?: Instant
  readonly ackUntil?: Instant
  readonly snoozeUntil?: Instant
  readonly resolvedAt?: Instant
  readonly resolvedBy?: string
  readonly resolvedReason?: string
  readonly manual?: boolean
  readonly closedAt?: Instant
  /** Escalation: index of the next step, when it is due, how often the chain ran. */
  readonly step: number
  readonly nextStepAt?: Instant
  readonly chainRuns: number
  readonly exhausted: boolean
  readonly flapping: boolean
  /** Times of changes between open and resolved, newest last, of the past 60 minutes. */
  readonly changes: readonly Instant[]
  readonly stale: boolean
  readonly suppressedBy?: string
  readonly deliveryFailed: boolean
  readonly repeatAt?: Instant
  /** What the diagnosis found when it opened or came back; absent when it could not be made. */
  readonly finding?: Finding
}

export type TimelineEntry = {
  readonly at: Instant
  readonly what: string
  readonly byId?: string
  readonly byName?: string
  readonly detail?: string
  readonly version: number
}

export type OnCallPerson = { readonly objectId: string; readonly name: string }
