// Loads and keeps the session of one person in one place. What does not fit any more is forgotten, not fatal.
import { z } from 'zod'
import type { IncomingEvent, Instant, Json } from '../nouns.ts'
import type { Repositories, SessionKey } from '../ports.ts'
import type { Session } from './turn.ts'

const objectName = z.object({ by: z.enum(['upn', 'dn', 'sam', 'id', 'name']), value: z.string() })
const subject = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tenant') }),
  z.object({ kind: z.literal('configuration'), domain: z.string() }),
  z.object({ kind: z.literal('object'), type: z.enum(['user', 'group']), name: objectName }),
])
const schema = z.object({
  dialog: z.object({ treeId: z.string(), state: z.json() }).optional(),
  article: z.string().optional(),
  subject: subject.optional(),
})

function keyOf(event: IncomingEvent): SessionKey {
  return {
    tenantId: event.place.tenantId,
    conversationId: event.place.conversationId,
    personId: event.person.objectId,
  }
}

export async function loadSession(
  store: Pick<Repositories, 'sessions'>,
  event: IncomingEvent,
): Promise<Session> {
  const raw = await store.sessions.get(keyOf(event))
  const parsed = schema.safeParse(raw ?? {})
  return parsed.success ? (parsed.data as Session) : {}
}

export async function saveSession(
  store: Pick<Repositories, 'sessions'>,
  event: IncomingEvent,
  change: { readonly session: Session; readonly now: Instant },
): Promise<void> {
  // JSON drops absent keys, so the stored form is exactly the session.
  const value = JSON.parse(JSON.stringify(change.session)) as Json
  if (Object.keys(change.session).length === 0) await store.sessions.remove(keyOf(event))
  else await store.sessions.put(keyOf(event), value, change.now)
}
