// Error codes recognised anywhere in a text, pasted log lines included. Case is respected where it matters.
import { editDistance } from '../edit-distance.ts'
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

/** Two humps, an underscore, a hyphen or a long number: nobody writes such a word by accident. */
function isDistinct(spelling: string): boolean {
  return (
    /[a-z][A-Z].*[a-z][A-Z]|_|0x|hr=|-/i.test(spelling) &&
    /[a-z][A-Z].*[a-z][A-Z]|_|\d{4}|0x|hr=|-/.test(spelling)
  )
}

/** A longer text is a paste, and pastes have no typing slips. */
const MOST_TYPED = 400

type Spelling = { readonly text: string; readonly entry: CodeEntry; readonly needsContext: boolean }

/** Words beside a short code (`Conflict`, `31003`) that show it is meant as one. */
const CONTEXT =
  /\b(code|error|errors|event|eventid|id|reason|status|failed|failure|quarantine|log|logs|hr|result|means?|sspr|seamless)\b/i

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
  const spellings = rows.flatMap((row, i) => spellingsOf(entries[i] as CodeEntry, list(row.also)))
  const recognise = createRecogniser(spellings)
  return {
    all: entries,
    get: (code) => byCode.get(code) ?? byFolded.get(code.toLowerCase()),
    find(text) {
      const flat = text.slice(0, MAX_TEXT).replace(/\s+/g, ' ').trim()
      const found = recognise(flat)
      return found.length > 0 ? found : misspelt(flat, entries)
    },
  }
}

/** A code typed from a screen, with a slip or two: only long names, which nothing else resembles. */
function misspelt(text: string, entries: readonly CodeEntry[]): CodeEntry[] {
  if (text.length > MOST_TYPED) return []
  const words = text.match(/[A-Za-z]{14,80}/g) ?? []
  const near = entries.filter((entry) => /^[A-Za-z]{14,80}$/.test(entry.code))
  return words.slice(0, 3).flatMap((word) => {
    const folded = word.toLowerCase()
    const fits = near.filter((entry) => editDistance(folded, entry.code.toLowerCase(), 2) <= 2)
    return fits.length === 1 ? fits : []
  })
}

function spellingsOf(entry: CodeEntry, also: readonly string[]): Spelling[] {
  return [entry.code, ...also].map((text) => ({
    text,
    entry,
    needsContext: !text.includes(' ') && !isDistinct(text),
  }))
}

/** Case counts for bare words and for TimeOut, which differs from Timeout in nothing else. */
function keepsCase(spelling: Spelling): boolean {
  return spelling.needsContext || /^time-?out$/i.test(spelling.text)
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** One expression for all spellings, the longest first, so that a long paste is read once. */
function patternOf(spellings: readonly Spelling[], flags: string): RegExp | undefined {
  if (spellings.length === 0) return undefined
  const texts = spellings.map((spelling) => spelling.text).sort((a, b) => b.length - a.length)
  return new RegExp(`(?<![A-Za-z0-9_])(?:${texts.map(literal).join('|')})(?![A-Za-z0-9_])`, flags)
}

type Found = { readonly entry: CodeEntry; readonly at: number; readonly end: number }

function createRecogniser(spellings: readonly Spelling[]): (text: string) => CodeEntry[] {
  const kept = spellings.filter(keepsCase)
  const folded = spellings.filter((spelling) => !keepsCase(spelling))
  const keptBy = new Map(kept.map((spelling) => [spelling.text, spelling]))
  const foldedBy = new Map(folded.map((spelling) => [spelling.text.toLowerCase(), spelling]))
  const keptPattern = patternOf(kept, 'g')
  const foldedPattern = patternOf(folded, 'gi')
  return (text) => {
    const context = text.split(' ', 3).length <= 2 || CONTEXT.test(text)
    const found: Found[] = []
    const collect = (pattern: RegExp | undefined, spellingOf: (hit: string) => Spelling | undefined) => {
      if (!pattern) return
      for (const match of text.matchAll(pattern)) {
        const spelling = spellingOf(match[0])
        if (!spelling || (spelling.needsContext && !context)) continue
        found.push({ entry: spelling.entry, at: match.index, end: match.index + match[0].length })
      }
    }
    collect(keptPattern, (hit) => keptBy.get(hit))
    collect(foldedPattern, (hit) => foldedBy.get(hit.toLowerCase()))
    return outermost(found)
  }
}

/** A code inside a longer one ("6329" in "6329 / 0x80230619") is not a second code. */
function outermost(found: readonly Found[]): CodeEntry[] {
  const sorted = [...found].sort((a, b) => a.at - b.at || b.end - a.end)
  const out: CodeEntry[] = []
  let reach = -1
  for (const hit of sorted) {
    if (hit.end <= reach) continue
    reach = Math.max(reach, hit.end)
    if (!out.includes(hit.entry)) out.push(hit.entry)
  }
  return out
}
