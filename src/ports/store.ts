// What is kept, and the repositories that keep it.
import type {
  Incident,
  IncidentState,
  Instant,
  Json,
  OperationState,
  Place,
  Proposal,
  TimelineEntry,
} from '../nouns.ts'
import type { Clock } from './clock.ts'

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
