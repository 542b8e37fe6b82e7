// An action that somebody may confirm, and what became of it.
import type { JobStatus } from './cloud-sync.ts'
import type { Instant } from './facts.ts'
import type { Role } from './people.ts'
import type { Prose } from './prose.ts'

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
  /** No answer to the write was kept: what is seen later may have come about without it. */
  readonly answerLost?: true
  /** How the job stood just before the write, so that a lost answer can be looked up afterwards. */
  readonly before?: {
    readonly status: JobStatus
    readonly lastBegan?: Instant
  }
  readonly incidentId?: string
  readonly placeKey: string
  readonly cardActivityId?: string
}
