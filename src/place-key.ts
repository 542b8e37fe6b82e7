// The key under which a conversation is kept, and by which rooms speak of it.
import { createHash } from 'node:crypto'
import type { Place } from './nouns.ts'

/** The same conversation and thread of the same deployment always has the same key. */
export function threadKeyOf(place: Place): string {
  const parts = [place.environment, place.botId, place.tenantId, place.conversationId, place.threadId ?? '']
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 24)
}

/** Key of the whole conversation, whatever thread of it an event came from: where cards are posted and ids are bound. */
export function placeKeyOf({ threadId: _thread, ...place }: Place): string {
  return threadKeyOf(place)
}
