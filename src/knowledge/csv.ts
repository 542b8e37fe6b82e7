// "Give me the firewall list as CSV": the tables of an answer once more, as text that other tools can read.
import type { Block, Prose } from '../nouns.ts'
import { plainProse } from './plain.ts'

const WISH =
  /[,;]?\s{0,4}\b(?:(?:as|in|into|for|to)\s{1,4})?(?:an?\s{1,4})?(?:csv|excel|spreadsheet)(?:[\s-]{1,4}(?:file|format|list|table|sheet))?\b/i

/** Whether a text asks for CSV, and the rest of it. */
export function csvWish(text: string): { readonly wanted: boolean; readonly rest: string } {
  const rest = text.replace(WISH, ' ').replace(/\s+/g, ' ').trim()
  return { wanted: WISH.test(text), rest }
}

/** A cell that lists names of code (`a`, `b`) gives one row for each: a firewall wants one host per line. */
function namesOf(cell: Prose | undefined): readonly string[] {
  const names = (cell ?? []).flatMap((part) =>
    typeof part !== 'string' && 'code' in part ? [part.code] : [],
  )
  const rest = (cell ?? []).filter((part) => typeof part === 'string').join('')
  return names.length > 1 && /^[,\s]*$/.test(rest) ? names : [plainProse(cell)]
}

/** RFC 4180. A cell that a spreadsheet would run as a formula is kept text by a leading apostrophe. */
function cellOf(value: string): string {
  const safe = /^[=+@-]/.test(value) ? `'${value}` : value
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The tables among the blocks, each as a code block of CSV with a header line. */
export function csvBlocks(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => {
    if (block.kind !== 'table') return []
    const rows = block.rows.flatMap((row) => {
      const rest = block.columns.slice(1).map((_, i) => plainProse(row[i + 1]))
      return namesOf(row[0]).map((name) => [name, ...rest])
    })
    const lines = [block.columns, ...rows].map((cells) => cells.map(cellOf).join(','))
    return [{ kind: 'code' as const, language: 'csv', text: lines.join('\n') }]
  })
}
