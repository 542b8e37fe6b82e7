// Error codes recognised anywhere in a text, pasted log lines included. Case is respected where it matters.
import { cellText } from './fill.ts'
import type { Tables } from './load.ts'
import type { Cell } from './schema.ts'

export type CodeEntry = {
  readonly code: string
  /** cloud-sync-job, job-status, quarantine-reason, provisioning-log, entra-export, agent-install, … */
  readonly group: string
  readonly meaning: string
  readonly causes: readonly string[]
  readonly fixes: readonly string[]
  /** helpdesk, AD, network, identity, Microsoft, on-call; the first one acts first. */
  readonly who: readonly string[]
  readonly quarantines: boolean
  /** Set when the code belongs to older versions: says until when. */
  readonly until?: string
  readonly confidence: string
  readonly source: string
  readonly url?: string
  readonly article?: string
}

export type Codes = {
  readonly all: readonly CodeEntry[]
  get(code: string): CodeEntry | undefined
  /** Codes in a text in the order found, each once. */
  find(text: string): readonly CodeEntry[]
}

/** Beyond this a paste is not searched for codes. */
const MAX_TEXT = 20_000

function list(cell: Cell | undefined): string[] {
  if (cell === undefined) return []
  return Array.isArray(cell) ? cell : [String(cell)]
}

function toEntry(row: Readonly<Record<string, Cell>>): CodeEntry {
  const optional = (key: string) => (row[key] === undefined ? undefined : cellText(row[key]))
  const until = optional('until')
  const url = optional('url')
  const article = optional('article')
  return {
    code: cellText(row.code),
    group: cellText(row.group),
    meaning: cellText(row.meaning),
    causes: list(row.causes),
    fixes: list(row.fixes),
    who: list(row.who),
    quarantines: row.quarantines === true,
    confidence: optional('confidence') ?? 'documented',
    source: cellText(row.source),
    ...(until === undefined ? {} : { until }),
    ...(url === undefined ? {} : { url }),
    ...(article === undefined ? {} : { article }),
  }
}

/** Two humps, an underscore, a colon or a hyphen: nobody writes such a word by accident. */
function isDistinct(pattern: string): boolean {
  return /[a-z][A-Z]|_|[A-Z]{4,}\d|0x|hr=/i.test(pattern) && /[a-z][A-Z].*[a-z][A-Z]|_|\d{4}|0x|hr=|-/.test(pattern)
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+')

type Matcher = { readonly entry: CodeEntry; readonly pattern: RegExp; readonly needsContext: boolean }

const CONTEXT = /\b(code|error|errors|event|eventid|id|reason|status|failed|failure|quarantine|log|logs|hr|result|means?|sspr|seamless)\b/i

/** Builds the recogniser from the fact table `error-codes`. A row's `also` lists further spellings. */
export function createCodes(tables: Tables): Codes {
  const rows = tables.get('error-codes')?.rows ?? []
  const entries = rows.map(toEntry)
  const byCode = new Map(entries.map((entry) => [entry.code, entry]))
  const byFolded = new Map<string, CodeEntry>()
  for (const entry of entries) {
    const folded = entry.code.toLowerCase()
    // TimeOut and Timeout differ in case only: neither may be reached by the folded name.
    if (byFolded.has(folded)) byFolded.delete(folded)
    else byFolded.set(folded, entry)
  }
  const matchers = rows.flatMap((row, i) => matchersOf(entries[i] as CodeEntry, list(row.also)))
  return {
    all: entries,
    get: (code) => byCode.get(code) ?? byFolded.get(code.toLowerCase()),
    find: (text) => findAll(text.slice(0, MAX_TEXT), matchers),
  }
}

function matchersOf(entry: CodeEntry, also: readonly string[]): Matcher[] {
  return [entry.code, ...also].map((spelling) => {
    const phrase = spelling.includes(' ')
    const distinct = isDistinct(spelling) && !/^\d+$/.test(spelling)
    const flags = phrase || (distinct && !/^time-?out$/i.test(spelling)) ? 'iu' : 'u'
    return {
      entry,
      pattern: new RegExp(`(?<![\\p{L}\\p{N}_])${escape(spelling)}(?![\\p{L}\\p{N}_])`, flags),
      needsContext: !phrase && !distinct,
    }
  })
}

function findAll(text: string, matchers: readonly Matcher[]): CodeEntry[] {
  const alone = text.trim().split(/\s+/).length <= 2
  const context = alone || CONTEXT.test(text)
  const found: { readonly entry: CodeEntry; readonly at: number; readonly length: number }[] = []
  for (const { entry, pattern, needsContext } of matchers) {
    if (needsContext && !context) continue
    const match = pattern.exec(text)
    if (match) found.push({ entry, at: match.index, length: match[0].length })
  }
  // A code inside a longer one ("6329" in "6329 / 0x80230619") is not a second code.
  const outer = found.filter((a) => !found.some((b) => b.length > a.length && b.at <= a.at && b.at + b.length >= a.at + a.length))
  const sorted = outer.sort((a, b) => a.at - b.at || b.length - a.length)
  return [...new Set(sorted.map((hit) => hit.entry))]
}
