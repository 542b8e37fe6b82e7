// What was said on the rehearsal page's conversations: kept in memory, appended to a file, so that a reload of the
// page or a restart of the process shows the same cards and an edit finds the message it belongs to.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Instant, Json } from '../nouns.ts'

export type ChatActivity = { readonly [key: string]: Json }

export type ChatEntry = {
  readonly conversationId: string
  readonly activityId: string
  /** First message of the thread, in channels. */
  readonly threadId?: string
  /** `deleted` entries take a message off the page. */
  readonly change: 'posted' | 'edited' | 'deleted'
  readonly at: Instant
  /** Last change of a message that was edited. */
  readonly editedAt?: Instant
  readonly activity: ChatActivity
}

const KEPT_PER_CONVERSATION = 200
/** Entries in memory before edits are folded into their messages. */
const COMPACT_ABOVE = KEPT_PER_CONVERSATION * 20

export type ChatLog = {
  append(entry: ChatEntry): void
  has(conversationId: string, activityId: string): boolean
  /** Oldest first; edits and deletions come as they came, after the message they change. */
  all(): readonly ChatEntry[]
  listen(hear: (entry: ChatEntry) => void): () => void
  clear(): void
}

const changes: readonly unknown[] = ['posted', 'edited', 'deleted']

function isEntry(value: unknown): value is ChatEntry {
  if (typeof value !== 'object' || value === null) return false
  const { conversationId, activityId, change, at, activity } = value as Record<string, unknown>
  return (
    typeof conversationId === 'string' &&
    typeof activityId === 'string' &&
    typeof at === 'number' &&
    changes.includes(change) &&
    typeof activity === 'object' &&
    activity !== null
  )
}

function readEntry(line: string): readonly ChatEntry[] {
  try {
    const value: unknown = JSON.parse(line)
    return isEntry(value) ? [value] : []
  } catch {
    return [] // the last line of a killed process may be cut
  }
}

function readEntries(file: string | undefined): readonly ChatEntry[] {
  if (!file || !existsSync(file)) return []
  return readFileSync(file, 'utf8').split('\n').filter(Boolean).flatMap(readEntry)
}

const keyOf = (entry: ChatEntry) => `${entry.conversationId}|${entry.activityId}`

/** The message as it now reads: place and time of the first entry, words of the last. */
function folded(first: ChatEntry, edit: ChatEntry): ChatEntry {
  return { ...first, activity: edit.activity, editedAt: edit.editedAt ?? edit.at }
}

/** The newest state of each message, oldest first, at most KEPT_PER_CONVERSATION of each conversation. */
function compact(entries: readonly ChatEntry[]): ChatEntry[] {
  const newest = new Map<string, ChatEntry>()
  for (const entry of entries) {
    const first = newest.get(keyOf(entry))
    if (entry.change === 'deleted') newest.delete(keyOf(entry))
    else newest.set(keyOf(entry), first ? folded(first, entry) : { ...entry, change: 'posted' })
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

const lineOf = (entry: ChatEntry) => `${JSON.stringify(entry)}\n`

/** Whole or not at all: a process killed here leaves the old file. */
function rewrite(file: string | undefined, entries: readonly ChatEntry[]): void {
  if (!file) return
  writeFileSync(`${file}.new`, entries.map(lineOf).join(''), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Without a file the log lives as long as the process. */
export function openChatLog(file: string | undefined): ChatLog {
  let entries = compact(readEntries(file))
  rewrite(file, entries)
  const listeners = new Set<(entry: ChatEntry) => void>()
  return {
    append(entry) {
      entries.push(entry)
      if (entries.length > COMPACT_ABOVE) {
        entries = compact(entries)
        rewrite(file, entries)
      } else if (file) appendFileSync(file, lineOf(entry))
      for (const hear of listeners) hear(entry)
    },
    has(conversationId, activityId) {
      const last = entries.findLast((e) => e.conversationId === conversationId && e.activityId === activityId)
      return last !== undefined && last.change !== 'deleted'
    },
    all: () => entries,
    listen(hear) {
      listeners.add(hear)
      return () => listeners.delete(hear)
    },
    clear() {
      entries = []
      rewrite(file, entries)
    },
  }
}
