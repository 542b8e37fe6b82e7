// Sheet -> plain text with the same content: for the terminal, for clients without cards, for tests.
import type { Button, FactRow, Inline, Instant, Prose } from '../nouns.ts'
import { cut } from './clean.ts'
import { safeUrl } from './links.ts'
import type { Part, Sheet } from './sheet.ts'
import { timeAndAge, timeWords, whoWords } from './words.ts'

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

/** "as of 08:12 UTC, Graph jobs", with what of it is known. */
export function provenance(row: FactRow, now: Instant): string {
  const time = row.asOf === undefined ? [] : [`as of ${timeWords(row.asOf, now)}`]
  return [...time, ...(row.source ? [row.source] : [])].join(', ')
}

/** Said once below, where all rows share it. */
export function commonProvenance(rows: readonly FactRow[], now: Instant): string {
  const all = new Set(rows.map((row) => provenance(row, now)))
  return rows.length > 1 && all.size === 1 ? ([...all][0] ?? '') : ''
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
  const common = commonProvenance(rows, now)
  const lines = rows.map((row) => {
    const told = common ? '' : provenance(row, now)
    return `- ${row.name}: ${proseText(row.value, now)}${told ? ` (${told})` : ''}`
  })
  return [...lines, ...more(count), ...(common ? [`(${common})`] : [])]
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
          ...(step.url && safeUrl(step.url) ? [indent(`Open (${safeUrl(step.url)})`)] : []),
        ]),
        ...more(part.more),
      ]
    case 'sources':
      return [
        ...part.items.map(
          (item) =>
            `- ${item.title}  ${item.source}, reviewed ${item.reviewed}${item.url ? ` (${item.url})` : ''}`,
        ),
        ...more(part.more),
      ]
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
    .map((lines) => lines.join('\n').replace(/^\n+|\s+$/g, ''))
    .join('\n\n')
}

/** One line for the notification and for screen readers. */
export function summaryLine(sheet: Sheet, now: Instant): string {
  const strip = sheet.strip ? `${sheet.strip.word}${sheet.strip.right ? `, ${sheet.strip.right}` : ''}: ` : ''
  return cut(`${strip}${proseText(sheet.title, now)}`.replace(/\s+/g, ' '), 200)
}
