// What comes in from a conversation.
import type { Instant } from './facts.ts'
import type { Person, Place } from './people.ts'

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
