// Our articles' Markdown as blocks: paragraphs, headings, lists, tables, code. Nothing downstream sees Markdown.
import type { Block, Inline, Prose } from '../nouns.ts'
import { cellText, tableCall } from './fill.ts'
import type { Tables } from './load.ts'

// Bounded, so that a stray bracket in somebody's own note costs nothing.
const INLINE = /\*\*([^*]{1,300})\*\*|`([^`]{1,300})`|\[([^\]]{1,200})\]\((https:\/\/[^)\s]{1,500})\)/g

/** `**strong**`, `` `code` `` and `[text](https://…)`; everything else is plain words. */
export function parseInline(text: string): Prose {
  const out: Inline[] = []
  let end = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) out.push(text.slice(end, match.index))
    if (match[1] !== undefined) out.push({ strong: match[1] })
    else if (match[2] !== undefined) out.push({ code: match[2] })
    else out.push({ link: match[3] ?? '', url: match[4] ?? '' })
    end = match.index + match[0].length
  }
  if (end < text.length) out.push(text.slice(end))
  return out
}

type Cursor = { readonly lines: readonly string[]; at: number }

/** What is wrong with a body, seen without making its blocks. */
export function bodyProblems(text: string, tables: Tables): string[] {
  const problems: string[] = []
  const start = text.trimStart()
  if (start === '' || /^(#{2,4} |```|\||- |\d+\. |\{\{table )/.test(start))
    problems.push('must begin with a sentence that answers')
  if ((text.match(/^```/gm)?.length ?? 0) % 2 === 1) problems.push('a code block is not closed')
  for (const [line] of text.matchAll(/^\{\{table .*$/gm)) {
    const before = problems.length
    const call = tableCall(line, tables, (what) => problems.push(what))
    if (!call && problems.length === before) problems.push(`not a placeholder: ${line}`)
  }
  return problems
}

/** Blocks of one body without problems whose cell placeholders are filled already. */
export function parseMarkdown(text: string, tables: Tables): Block[] {
  const cursor: Cursor = { lines: text.split('\n'), at: 0 }
  const blocks: Block[] = []
  while (cursor.at < cursor.lines.length) {
    const line = cursor.lines[cursor.at] ?? ''
    if (line.trim() === '') cursor.at++
    else blocks.push(readBlock(line, cursor, tables))
  }
  return blocks
}

function readBlock(line: string, cursor: Cursor, tables: Tables): Block {
  const heading = /^#{2,4} (.+)$/.exec(line)
  if (heading) {
    cursor.at++
    return { kind: 'heading', text: heading[1]?.trim() ?? '' }
  }
  if (line.startsWith('```')) return readCode(cursor)
  if (line.startsWith('{{table ')) return readFactTable(line, cursor, tables)
  if (line.startsWith('|')) return readTable(cursor)
  if (/^(-|\d+\.) /.test(line)) return readList(cursor)
  return readParagraph(cursor)
}

function readCode(cursor: Cursor): Block {
  const language = (cursor.lines[cursor.at] ?? '').slice(3).trim()
  const body: string[] = []
  cursor.at++
  while (cursor.at < cursor.lines.length && cursor.lines[cursor.at] !== '```') {
    body.push(cursor.lines[cursor.at++] ?? '')
  }
  cursor.at++
  return { kind: 'code', language, text: body.join('\n') }
}

function readFactTable(line: string, cursor: Cursor, tables: Tables): Block {
  cursor.at++
  const call = tableCall(line, tables, () => undefined)
  if (!call) return { kind: 'text', prose: [line] }
  const { table, columns, rows } = call
  return {
    kind: 'table',
    columns: columns.map((column) => table.columns[column] ?? column),
    rows: rows.map((row) => columns.map((column) => parseInline(cellText(row[column])))),
  }
}

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim())
}

function readTable(cursor: Cursor): Block {
  const lines: string[] = []
  while (cursor.lines[cursor.at]?.startsWith('|')) lines.push(cursor.lines[cursor.at++] ?? '')
  const [head = '', , ...rest] = lines
  return { kind: 'table', columns: cells(head), rows: rest.map((line) => cells(line).map(parseInline)) }
}

function readList(cursor: Cursor): Block {
  const ordered = /^\d/.test(cursor.lines[cursor.at] ?? '')
  const items: string[] = []
  while (cursor.at < cursor.lines.length) {
    const line = cursor.lines[cursor.at] ?? ''
    const item = /^(?:-|\d+\.) (.*)$/.exec(line)
    if (item) items.push(item[1] ?? '')
    else if (/^ {2,}\S/.test(line)) items[items.length - 1] += ` ${line.trim()}`
    else break
    cursor.at++
  }
  return { kind: 'list', ordered, items: items.map(parseInline) }
}

function readParagraph(cursor: Cursor): Block {
  const lines: string[] = []
  while (cursor.at < cursor.lines.length) {
    const line = cursor.lines[cursor.at] ?? ''
    if (lines.length > 0 && (line.trim() === '' || /^(#{2,4} |```|\||- |\d+\. |\{\{table )/.test(line))) break
    lines.push(line.trim())
    cursor.at++
  }
  return { kind: 'text', prose: parseInline(lines.join(' ')) }
}
