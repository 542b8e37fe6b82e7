// What the watch sees, and what people are told of it.
import type { Instant } from './facts.ts'
import type { Finding, Severity } from './findings.ts'
import type { FactRow, Prose } from './prose.ts'

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
