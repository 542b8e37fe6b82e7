// Sending to people, and their sign-in.
import type { Instant, Json, Person, Place, Role } from '../nouns.ts'

/** What is sent: a card, the same content as plain text, and its size in UTF-16 bytes as JSON. */
export type RenderedMessage = {
  readonly card?: { readonly [key: string]: Json }
  readonly text: string
  /** One line for the notification and for screen readers. */
  readonly summary: string
  readonly bytes: number
  /** Thumbs below it: a thumb down goes to the report of gaps. */
  readonly feedback?: true
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
  /** asked: the person wants it. needed: something they did needs it, so the way to it is shown. */
  signIn(person: Person, place: Place, why: 'asked' | 'needed'): Promise<void>
  signOut(person: Person): Promise<void>
}
