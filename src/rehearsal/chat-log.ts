// What was said on the rehearsal page's conversations: kept in memory, appended to a file, so that a reload of the
// page or a restart of the process shows the same cards and an edit finds the message it belongs to.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Json } from '../nouns.ts'

export type ChatActivity = { readonly [key: string]: Json }

export type ChatEntry = {
  readonly seq: number
  readonly conversationId: string
  readonly activityId: string
  /** First message of the thread, in channels. */
  readonly threadId?: string
  /** `deleted` entries take a message off the page. */
  readonly change: 'posted' | 'edited' | 'deleted'
  readonly activity: ChatActivity
}

const KEPT_PER_CONVERSATION = 200

export type ChatLog = {
  append(entry: Omit<ChatEntry, 'seq'>): ChatEntry
  has(conversationId: string, activityId: string): boolean
  /** Entries after `seq`, oldest first. */
  since(seq: number, conversationId?: string): readonly ChatEntry[]
  listen(hear: (entry: ChatEntry) => void): () => void
  clear(): void
}

function readEntries(file: string | undefined): ChatEntry[] {
  if (!file || !existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line ? [JSON.parse(line) as ChatEntry] : []
      } catch {
        return [] // the last line of a killed process may be cut
      }
    })
}

/** The newest state of each message, oldest first, at most KEPT_PER_CONVERSATION of each conversation. */
function compact(entries: readonly ChatEntry[]): ChatEntry[] {
  const newest = new Map<string, ChatEntry>()
  for (const entry of entries) {
    const key = `${entry.conversationId}|${entry.activityId}`
    const first = newest.get(key)
    if (entry.change === 'deleted') newest.delete(key)
    else newest.set(key, first ? { ...entry, seq: first.seq, change: 'posted' } : entry)
  }
  const perConversation = new Map<string, number>()
  return [...newest.values()]
    .reverse()
    .filter((entry) => {
      const count = (perConversation.get(entry.conversationId) ?? 0) + 1
      perConversation.set(entry.conversationId, count)
      return count <= KEPT_PER_CONVERSATION
    })
    .reverse()
}

export function openChatLog(file: string | undefined): ChatLog {
  let entries = compact(readEntries(file))
  let seq = entries.reduce((max, entry) => Math.max(max, entry.seq), 0)
  if (file)
    writeFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 })
  const listeners = new Set<(entry: ChatEntry) => void>()
  return {
    append(given) {
      seq += 1
      const entry = { ...given, seq }
      entries.push(entry)
      if (entries.length > KEPT_PER_CONVERSATION * 20) entries = compact(entries)
      if (file) appendFileSync(file, `${JSON.stringify(entry)}\n`)
      for (const hear of listeners) hear(entry)
      return entry
    },
    has: (conversationId, activityId) =>
      entries.some((e) => e.conversationId === conversationId && e.activityId === activityId),
    since: (after, conversationId) =>
      entries.filter(
        (e) => e.seq > after && (conversationId === undefined || e.conversationId === conversationId),
      ),
    listen(hear) {
      listeners.add(hear)
      return () => listeners.delete(hear)
    },
    clear() {
      entries = []
      if (file) writeFileSync(file, '')
    },
  }
}
