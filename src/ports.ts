// What a room needs from the outside, in our words. Each port has one owner room (in brackets).
import type {
  Agent,
  Fact,
  Incident,
  IncidentState,
  Instant,
  Json,
  OnCallPerson,
  OperationState,
  Person,
  Place,
  Proposal,
  Role,
  TimelineEntry,
} from './nouns.ts'

/** [store] The store's time plus, outside production, an offset kept in the store. */
export type Clock = { now(): Promise<Instant> }

/** What is sent: a card, the same content as plain text, and its size in UTF-16 bytes as JSON. */
export type RenderedMessage = {
  readonly card?: { readonly [key: string]: Json }
  readonly text: string
  /** One line for the notification and for screen readers. */
  readonly summary: string
  readonly bytes: number
  readonly mentions?: readonly { readonly objectId: string; readonly name: string }[]
}

export type Receipt = { readonly activityId: string }

/** Why a send failed, in the classes of the outbox. */
export type DeliveryFailure = {
  readonly kind: 'retry' | 'shorten' | 'gone' | 'target-dead' | 'identity' | 'refused' | 'ambiguous'
  /** HTTP status and the Connector's own code, e.g. "403 BotNotInConversationRoster". */
  readonly code: string
  readonly retryAfterMs?: number
}
export type Delivery =
  | { readonly ok: true; readonly receipt: Receipt }
  | { readonly ok: false; readonly failure: DeliveryFailure }

/** [teams] A failed send is data, never an exception: the outbox decides what follows. */
export type ConversationPort = {
  reply(place: Place, replyToId: string | undefined, message: RenderedMessage): Promise<Delivery>
  edit(place: Place, activityId: string, message: RenderedMessage): Promise<Delivery>
  post(place: Place, message: RenderedMessage): Promise<Delivery>
  typing(place: Place): Promise<void>
}

/** A signed-in person's own Graph token. */
export type UserToken = {
  readonly value: string
  readonly objectId: string
  readonly tenantId: string
  readonly roles: readonly Role[]
  readonly issuedAt: Instant
}

/** [teams; in rehearsal the rehearsal's own] */
export type SignInPort = {
  token(
    person: Person,
    place: Place,
  ): Promise<
    | { readonly ok: true; readonly token: UserToken }
    | { readonly ok: false; readonly because: 'notSignedIn' | 'notConfigured' }
  >
  signIn(person: Person, place: Place): Promise<void>
  signOut(person: Person): Promise<void>
}

/** Result of a Graph write. `notSent`: surely not processed. `ambiguous`: may have been. */
export type WriteOutcome<T> =
  | { readonly ok: true; readonly value: T; readonly requestId?: string }
  | {
      readonly ok: false
      readonly kind: 'denied' | 'throttled' | 'rejected' | 'notSent' | 'ambiguous'
      readonly code: string
      readonly message: string
      readonly requestId?: string
    }

export type OnDemandVerdict = {
  readonly status: 'success' | 'skipped' | 'failure' | 'warning' | 'unknown'
  readonly errorCode?: string
  readonly reason?: string
  readonly recommendedAction?: string
  readonly steps: readonly {
    readonly name: string
    readonly type: string
    readonly status: string
    readonly description: string
    readonly details: Readonly<Record<string, string>>
  }[]
  readonly changes: readonly { readonly property: string; readonly from?: string; readonly to?: string }[]
}

type JobAddress = { readonly configurationId: string; readonly jobId: string }

/** [graph] The only writes that exist. Each takes the token of the person who confirmed. Never retried blindly. */
export type SyncWrites = {
  provisionOnDemand(
    token: UserToken,
    job: JobAddress & { readonly ruleId: string; readonly dn: string },
  ): Promise<WriteOutcome<OnDemandVerdict>>
  start(token: UserToken, job: JobAddress): Promise<WriteOutcome<null>>
  pause(token: UserToken, job: JobAddress): Promise<WriteOutcome<null>>
  /** Empty criteria: watermark, escrows and quarantine state. */
  restart(token: UserToken, job: JobAddress): Promise<WriteOutcome<null>>
  /** ForceDeletes alone. */
  allowDeletes(token: UserToken, job: JobAddress): Promise<WriteOutcome<null>>
}

/** [oncall] */
export type OnCallSource = {
  readonly name: string
  now(time: Instant): Promise<Fact<readonly OnCallPerson[]>>
  next(
    time: Instant,
  ): Promise<Fact<{ readonly people: readonly OnCallPerson[]; readonly from: Instant } | undefined>>
}

/** [oncall] Forwards incidents to a paging system. */
export type Pager = {
  readonly name: string
  page(
    incident: Incident,
    what: 'open' | 'escalated' | 'acked' | 'resolved',
  ): Promise<{ readonly ok: boolean; readonly code: string }>
}

// ---------------------------------------------------------------- store

export type SessionKey = {
  readonly tenantId: string
  readonly conversationId: string
  readonly personId: string
}

export type SeenEvent =
  | { readonly state: 'first' }
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly result: Json }

export type Subscription = {
  readonly tenantId: string
  readonly placeKey: string
  /** Empty: all. */
  readonly domains: readonly string[]
  readonly minSeverity: 'info' | 'warning' | 'critical'
  /** IANA zone and "HH:MM" bounds; below critical nobody is mentioned then. */
  readonly quietHours?: { readonly zone: string; readonly from: string; readonly to: string }
  readonly digest?: { readonly zone: string; readonly at: string; readonly evenIfQuiet: boolean }
  readonly fallback?: boolean
}

export type StoredPlace = {
  readonly key: string
  readonly place: Place
  readonly lastSuccess?: Instant
  readonly dead?: { readonly code: string; readonly at: Instant }
}

export type OutboxRow = {
  readonly id: string
  readonly tenantId: string
  readonly placeKey: string
  readonly incidentId?: string
  readonly operationId?: string
  readonly version: number
  /** post and edit: the incident's card; reply: a message in its thread; notice: free-standing. */
  readonly kind: 'post' | 'edit' | 'reply' | 'notice'
  /** Lower goes first: 0 alerts, 1 replies, 2 digests. */
  readonly priority: number
  readonly payload: Json
  /** Failed tries so far: 0 at the first claim. */
  readonly attempts: number
  readonly createdAt: Instant
  readonly notBefore: Instant
}

export type ShownAt = { readonly placeKey: string; readonly activityId: string; readonly version: number }

export type AuditEntry = {
  readonly at: Instant
  readonly tenantId: string
  /** Object id of the person, or "system". */
  readonly who: string
  readonly what: string
  readonly subject?: string
  readonly where?: string
  readonly outcome: 'allowed' | 'denied' | 'intent' | 'succeeded' | 'failed' | 'unknown'
  readonly operationHash?: string
  readonly requestId?: string
  readonly detail?: string
}

export type AuditRow = AuditEntry & { readonly seq: number; readonly prev: string; readonly hash: string }

/** Each call outside a transaction is a transaction of its own. A failing backend rejects; it never reads as empty. */
export type Repositories = {
  readonly sessions: {
    get(key: SessionKey): Promise<Json | undefined>
    put(key: SessionKey, value: Json, now: Instant): Promise<void>
    remove(key: SessionKey): Promise<void>
    removeOfPerson(tenantId: string, personId: string): Promise<number>
    ofPerson(tenantId: string, personId: string): Promise<readonly Json[]>
  }
  readonly seen: {
    /** `running` older than 30 s counts as lost with its process: the caller is first again. */
    begin(id: string, now: Instant): Promise<SeenEvent>
    finish(id: string, result: Json, now: Instant): Promise<void>
    /** The handler failed and a repeat may try again. */
    forget(id: string): Promise<void>
  }
  readonly places: {
    upsert(place: Place): Promise<string>
    get(key: string): Promise<StoredPlace | undefined>
    personal(tenantId: string, personId: string): Promise<StoredPlace | undefined>
    markDead(key: string, code: string, now: Instant): Promise<void>
    markSuccess(key: string, now: Instant): Promise<void>
    remove(key: string): Promise<void>
    list(tenantId: string): Promise<readonly StoredPlace[]>
  }
  readonly subscriptions: {
    put(subscription: Subscription): Promise<void>
    remove(tenantId: string, placeKey: string): Promise<boolean>
    list(tenantId: string): Promise<readonly Subscription[]>
  }
  readonly incidents: {
    insert(incident: Incident): Promise<void>
    /** False: somebody was faster; nothing changed. `incident.version` must be `expected + 1`. */
    update(incident: Incident, expected: number): Promise<boolean>
    remove(id: string): Promise<void>
    get(id: string): Promise<Incident | undefined>
    byNumber(tenantId: string, number: number): Promise<Incident | undefined>
    /** The one incident with this fingerprint that is not closed. */
    live(tenantId: string, fingerprint: string): Promise<Incident | undefined>
    lastClosed(tenantId: string, fingerprint: string): Promise<Incident | undefined>
    list(tenantId: string, states: readonly IncidentState[]): Promise<readonly Incident[]>
    /** With any timer (nextStepAt, ackUntil, snoozeUntil, repeatAt, closing) due at `now`, over all tenants. */
    due(now: Instant): Promise<readonly Incident[]>
    nextNumber(tenantId: string): Promise<number>
    addEvent(incidentId: string, entry: TimelineEntry): Promise<void>
    timeline(incidentId: string): Promise<readonly TimelineEntry[]>
    setShown(incidentId: string, shown: ShownAt): Promise<void>
    removeShown(incidentId: string, placeKey: string): Promise<void>
    shown(incidentId: string): Promise<readonly ShownAt[]>
    /** By the card's activity id, for clicks that carry none of ours. */
    shownAs(placeKey: string, activityId: string): Promise<string | undefined>
  }
  readonly outbox: {
    /** Unique by incident or operation, place, version and kind: a repeat is ignored. */
    add(row: Omit<OutboxRow, 'attempts'>): Promise<void>
    /** Oldest unsent row of each place, by priority; leased to `holder` until now + leaseMs. */
    claim(holder: string, now: Instant, leaseMs: number, limit: number): Promise<readonly OutboxRow[]>
    sent(id: string, now: Instant): Promise<void>
    retry(id: string, notBefore: Instant, code: string): Promise<void>
    dead(id: string, code: string, now: Instant): Promise<void>
    /** Rows of the same card and place with a lower version need not be sent any more. */
    supersede(placeKey: string, incidentId: string, version: number): Promise<number>
    ofIncident(incidentId: string): Promise<
      readonly (OutboxRow & {
        readonly state: 'pending' | 'sent' | 'dead' | 'superseded'
        readonly code?: string
      })[]
    >
    backlog(
      now: Instant,
    ): Promise<{ readonly pending: number; readonly oldestMs: number; readonly dead: number }>
  }
  readonly leases: {
    acquire(name: string, holder: string, ttlMs: number): Promise<{ readonly epoch: number } | undefined>
    renew(name: string, holder: string, epoch: number, ttlMs: number): Promise<boolean>
    release(name: string, holder: string, epoch: number): Promise<void>
    /** Inside a transaction: throws SM_STORE_LEASE_LOST unless this epoch still holds the lease. */
    fence(name: string, holder: string, epoch: number): Promise<void>
  }
  readonly operations: {
    insert(proposal: Proposal): Promise<void>
    update(proposal: Proposal, expected: number): Promise<boolean>
    get(id: string): Promise<Proposal | undefined>
    list(tenantId: string, states: readonly OperationState[]): Promise<readonly Proposal[]>
    issueNonce(nonce: {
      readonly hash: string
      readonly operationId: string
      readonly placeKey: string
      readonly expiresAt: Instant
    }): Promise<void>
    /** Single use: the first caller gets it, every later one undefined. */
    useNonce(
      hash: string,
      now: Instant,
    ): Promise<
      { readonly operationId: string; readonly placeKey: string; readonly expiresAt: Instant } | undefined
    >
  }
  readonly audit: {
    /** Append last in a transaction: from then to its end no other process can append. */
    append(entry: AuditEntry): Promise<AuditRow>
    page(afterSeq: number, limit: number): Promise<readonly AuditRow[]>
    head(): Promise<{ readonly seq: number; readonly hash: string } | undefined>
  }
  readonly settings: {
    get(tenantId: string, name: string): Promise<Json | undefined>
    put(tenantId: string, name: string, value: Json): Promise<void>
    remove(tenantId: string, name: string): Promise<void>
    list(
      tenantId: string,
      prefix: string,
    ): Promise<readonly { readonly name: string; readonly value: Json }[]>
  }
  readonly dailyFacts: {
    put(tenantId: string, day: string, subject: string, name: string, value: number): Promise<void>
    list(
      tenantId: string,
      subject: string,
      name: string,
      fromDay: string,
    ): Promise<readonly { readonly day: string; readonly value: number }[]>
  }
  readonly gaps: {
    /** Text is already scrubbed by the caller. */
    add(gap: {
      readonly tenantId: string
      readonly at: Instant
      readonly question: string
      readonly why: 'unanswered' | 'disliked'
      readonly comment?: string
      readonly articleId?: string
    }): Promise<void>
    list(
      tenantId: string,
      since: Instant,
    ): Promise<
      readonly {
        readonly at: Instant
        readonly question: string
        readonly why: string
        readonly comment?: string
        readonly articleId?: string
      }[]
    >
  }
}

/** [store] */
export type Store = Repositories &
  Clock & {
    readonly engine: 'sqlite' | 'postgres'
    transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>
    /** Outside production: moves this store's time forward for every process that shares it. */
    moveClock(byMs: number): Promise<void>
    ping(): Promise<void>
    /** Deletes what is older than its retention; returns rows deleted by table. */
    purge(now: Instant, retentionDays: number): Promise<Readonly<Record<string, number>>>
    close(): Promise<void>
  }

/** Agents as one signed-in person sees them. */
export type AgentsSeen = Fact<readonly Agent[]>
