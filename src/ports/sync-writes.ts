// What the bot may change, and what became of it.
import type { PropertyChange, ProvisioningStep } from '../nouns.ts'
import type { UserToken } from './conversation.ts'

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
  readonly steps: readonly ProvisioningStep[]
  readonly changes: readonly PropertyChange[]
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
