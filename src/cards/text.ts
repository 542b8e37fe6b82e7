// Sheet -> plain text with the same content: for the terminal, for clients without cards, for tests.

import type { Button, Citation, FactRow, Inline, Instant, Prose } from '../nouns.ts'
import { timeWords } from '../time.ts'
import { whoWords } from '../words.ts'
import { cut } from './clean.ts'
import { safeUrl } from './links.ts'
import type { Part, Sheet } from './sheet.ts'
import { timeAndAge } from './words.ts'

function inlineText(inline: Inline, now: Instant): string {
  if (typeof inline === 'string') return inline
  if ('data' in inline) return inline.data
  if ('strong' in inline) return inline.strong
  if ('code' in inline) return inline.code
  if ('link' in inline) {
    const url = safeUrl(inline.url)
    return url === undefined ? inline.link : `${inline.link} (${url})`
  }
  return timeAndAge(inline.at, now)
}

export function proseText(prose: Prose, now: Instant): string {
  return prose.map((inline) => inlineText(inline, now)).join('')
}

/** A path with a hole in it is shown from the hole on: "Graph v1.0 …/synchronization/jobs". */
function sourceWords(source: string): string {
  return source.replace(/ \/\S*\{\w+\}/, ' …')
}

/** "as of 08:12 UTC, Graph jobs", with what of it is known. */
function provenance(row: FactRow, now: Instant): string {
  const time = row.asOf === undefined ? [] : [`as of ${timeWords(row.asOf, now)}`]
  return [...time, ...(row.source ? [sourceWords(row.source)] : [])].join(', ')
}

export type FactGroup = { readonly rows: readonly FactRow[]; readonly told: string }

/** Neighbours with the same time and source, which is then said once for all of them. */
export function factGroups(rows: readonly FactRow[], now: Instant): readonly FactGroup[] {
  const groups: { rows: FactRow[]; told: string }[] = []
  for (const row of rows) {
    const told = provenance(row, now)
    const last = groups.at(-1)
    if (last?.told === told) last.rows.push(row)
    else groups.push({ rows: [row], told })
  }
  return groups
}

/** Each source once; the articles that cite them, and when those were reviewed, once below all. */
export function sourceLines(items: readonly Citation[]): {
  readonly sources: readonly Citation[]
  readonly articles: string
} {
  const sources = items.filter((item, i) => items.findIndex((other) => other.source === item.source) === i)
  const dates = [...new Set(items.map((item) => item.reviewed))].toSorted()
  const titles = [...new Set(items.map((item) => item.title))]
  const ofArticle = (title: string) =>
    dates.length > 1 ? `${title} (${items.find((item) => item.title === title)?.reviewed})` : title
  const reviewed = dates.length > 1 ? 'dates of review in brackets' : `reviewed ${dates[0]}`
  const named = titles.map(ofArticle).join('; ')
  return { sources, articles: `${titles.length > 1 ? 'Articles' : 'Article'}: ${named}, ${reviewed}` }
}

/** Names where a link leads, so that it makes sense alone. */
export function linkWords(url: string): string {
  const { hostname } = new URL(url)
  if (hostname.startsWith('entra.')) return 'Open the Entra admin center'
  if (hostname.startsWith('portal.')) return 'Open the Azure portal'
  return 'Read the documentation'
}

export function leftOutLine(sheet: Sheet): string {
  if (sheet.dropped === 0) return ''
  return `… and ${sheet.dropped} more ${sheet.dropped === 1 ? 'part' : 'parts'}, left out because the message would be too large`
}

const more = (count: number) => (count > 0 ? [`… and ${count} more`] : [])
const indent = (line: string) => `    ${line}`

function buttonText(button: Button): string {
  if ('url' in button) return `${button.label} (${button.url})`
  return 'say' in button && button.say !== button.label
    ? `${button.label} (say: ${button.say})`
    : button.label
}

function factLines(rows: readonly FactRow[], count: number, now: Instant): readonly string[] {
  const lines = factGroups(rows, now).flatMap((group) => {
    const own = group.rows.map((row) => `- ${row.name}: ${proseText(row.value, now)}`)
    if (!group.told) return own
    return own.length > 1 ? [...own, `  (${group.told})`] : own.map((line) => `${line} (${group.told})`)
  })
  return [...lines, ...more(count)]
}

function partLines(part: Part, now: Instant): readonly string[] {
  switch (part.kind) {
    case 'text':
      return [proseText(part.prose, now)]
    case 'heading':
      return ['', part.text]
    case 'list':
      return [
        ...part.items.map((item, i) => `${part.ordered ? `${i + 1}.` : '-'} ${proseText(item, now)}`),
        ...more(part.more),
      ]
    case 'table':
      return [
        ...(part.caption ? [part.caption] : []),
        part.columns.join(' | '),
        ...part.rows.map((row) => row.map((cell) => proseText(cell, now)).join(' | ')),
        ...more(part.more),
      ]
    case 'code':
      return [...part.lines.map(indent), ...more(part.more)]
    case 'facts':
      return factLines(part.rows, part.more, now)
    case 'steps':
      return [
        ...part.steps.flatMap((step, i) => [
          `${i + 1}. ${whoWords[step.who]}: ${proseText(step.prose, now)}`,
          ...(step.command === undefined ? [] : step.command.split('\n').map(indent)),
          ...(step.url && safeUrl(step.url) ? [indent(`${linkWords(step.url)} (${safeUrl(step.url)})`)] : []),
        ]),
        ...more(part.more),
      ]
    case 'sources': {
      const { sources, articles } = sourceLines(part.items)
      const lines = sources.map((item) => `- ${item.source}${item.url ? ` (${item.url})` : ''}`)
      return [...lines, ...more(part.more), articles]
    }
    case 'choices':
      return [...part.buttons.map((button) => `- ${buttonText(button)}`), ...more(part.more)]
  }
}

export function writeText(sheet: Sheet, now: Instant, mentions: readonly string[] = []): string {
  const strip = sheet.strip
    ? [`${sheet.strip.sign} ${sheet.strip.word}${sheet.strip.right ? ` · ${sheet.strip.right}` : ''}`]
    : []
  const leftOut = leftOutLine(sheet)
  const blocks = [
    [...strip, proseText(sheet.title, now), ...(mentions.length > 0 ? [mentions.join(', ')] : [])],
    ...sheet.sections.map((section) => [
      ...(section.title ? [section.title] : []),
      ...section.parts.flatMap((part) => partLines(part, now)),
    ]),
    leftOut ? [leftOut] : [],
    sheet.buttons.length > 0 ? [`[ ${sheet.buttons.map(buttonText).join(' ] [ ')} ]`] : [],
    sheet.footer ? [proseText(sheet.footer, now)] : [],
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n').replace(/^\n+/, '').trimEnd())
    .join('\n\n')
}

/** One line for the notification and for screen readers. */
export function summaryLine(sheet: Sheet, now: Instant): string {
  const strip = sheet.strip ? `${sheet.strip.word}${sheet.strip.right ? `, ${sheet.strip.right}` : ''}: ` : ''
  return cut(`${strip}${proseText(sheet.title, now)}`.replace(/\s+/g, ' '), 200)
}
