// What can happen to an incident, and what follows from it. Plain data: the machine is a function between these.
import type { Incident, Instant, Observation, Person } from '../nouns.ts'
import { HOUR, MINUTE } from '../time.ts'

/** Everything the machine must know besides incident, event and time. All durations in ms. */
export type Policy = {
  /** A bad observation opens an incident after this long and this many polls. */
  readonly forMs: number
  readonly forPolls: number
  /** Good polls in a row, over this long, that resolve. */
  readonly clearMs: number
  readonly clearPolls: number
  /** Waits before each escalation step; the first belongs to the opening. Never empty. */
  readonly chainMs: readonly number[]
  readonly maxChainRuns: number
  readonly ackMs: number
  readonly repeatMs: number
  readonly reopenMs: number
  readonly coolDownMs: number
  /** Failed polls after which an incident is shown as stale. */
  readonly staleAfter: number
  readonly flapChanges: number
  readonly flapWindowMs: number
  /** Between two escalations or digests of a flapping incident. */
  readonly flapPaceMs: number
  /** No good poll for too long: nothing but people and escalations may change an incident. */
  readonly blind: boolean
  /** What holds back notifications now: the rule id of an inhibitor, or "maintenance". */
  readonly inhibitedBy?: string
  /** Quiet hours of every place concerned end then; below critical nobody is called before. */
  readonly quietUntil?: Instant
}

export const defaultPolicy: Policy = {
  forMs: 0,
  forPolls: 2,
  clearMs: 5 * MINUTE,
  clearPolls: 2,
  chainMs: [0, 10 * MINUTE, 10 * MINUTE],
  maxChainRuns: 3,
  ackMs: 4 * HOUR,
  repeatMs: 4 * HOUR,
  reopenMs: 30 * MINUTE,
  coolDownMs: 15 * MINUTE,
  staleAfter: 3,
  flapChanges: 4,
  flapWindowMs: HOUR,
  flapPaceMs: HOUR,
  blind: false,
}

export const SNOOZE_MIN_MS = 5 * MINUTE
export const SNOOZE_MAX_MS = 24 * HOUR

/** One member per kind, so that a handler sees exactly its own event. */
type Each<K extends string, Body> = { readonly [P in K]: { readonly kind: P } & Body }[K]

export type MachineEvent =
  | Each<'bad' | 'good' | 'unknown', { readonly observation: Observation }>
  | Each<'ackExpired' | 'snoozeEnded' | 'stepDue' | 'repeatDue' | 'closeDue', unknown>
  | Each<'acknowledge' | 'unacknowledge', { readonly by: Person }>
  | { readonly kind: 'snooze'; readonly by: Person; readonly forMs: number }
  | { readonly kind: 'resolve'; readonly by: Person; readonly reason: string }
  | { readonly kind: 'note'; readonly by: Person; readonly text: string }
  /** The job is gone: absent from its list and its own GET answered 404, twice, ten minutes apart. */
  | { readonly kind: 'jobRemoved' }
  /** Somebody else is on call now. */
  | { readonly kind: 'handover' }
  | { readonly kind: 'deliveryFailed'; readonly code: string }
  | { readonly kind: 'delivered' }
  /** The auditor found a row that no transition can have left behind. */
  | { readonly kind: 'repair'; readonly what: 'timers' | 'announce' }

export type EventKind = MachineEvent['kind']

/** Why people are told. One word per sentence that is shown; `deliver` has the sentences. */
export type Telling =
  | 'opened'
  | 'reopened'
  | 'escalated'
  | 'exhausted'
  | 'ackExpired'
  | 'unacknowledged'
  | 'snoozeEnded'
  | 'worse'
  | 'repeat'
  | 'lifted'
  | 'flapping'
  | 'handover'
  | 'repair'
  | 'acknowledged'
  | 'snoozed'
  | 'resolved'
  | 'jobRemoved'

export type Effect =
  /** The incident gets the next number of its tenant. */
  | { readonly kind: 'number' }
  /** Somebody must be notified: the card where it is not yet, else an edit and a message in its thread. */
  | { readonly kind: 'announce'; readonly what: Telling; readonly step?: number; readonly fallback?: true }
  /** The card changes; nobody is notified. */
  | { readonly kind: 'edit' }
  /** A line in the card's thread. */
  | { readonly kind: 'reply'; readonly what: Telling }
  | { readonly kind: 'page'; readonly what: 'open' | 'escalated' | 'acked' | 'resolved' }

/** Why an event by a person changed nothing. */
export type Refusal =
  | { readonly kind: 'role' }
  | { readonly kind: 'invalid'; readonly why: 'reason' | 'duration' }
  /** The incident is already in the state asked for, or in one the event does not apply to. */
  | { readonly kind: 'already' }

export type Step = {
  /** Absent: there is none any more (a pending one whose observation turned good). */
  readonly incident: Incident | undefined
  readonly changed: boolean
  readonly effects: readonly Effect[]
  readonly refused?: Refusal
  /** The event closed this incident and is about a new one: apply it again without an incident. */
  readonly again?: true
}
