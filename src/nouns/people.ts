// Who speaks, and where they can be answered.
import type { Instant } from './facts.ts'

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
