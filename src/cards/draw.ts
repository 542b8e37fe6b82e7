// Sheet -> Adaptive Card 1.5.

import type { FactRow, Instant, Json, NextStep, Prose } from '../nouns.ts'
import { whoWords } from '../words.ts'
import { action, actionSets, MAX_ACTIONS } from './buttons.ts'
import { cut, plainWords } from './clean.ts'
import {
  bold,
  column,
  columns,
  container,
  containerStyle,
  type Element,
  moreLine,
  rich,
  run,
  runs,
  subtle,
  title,
} from './parts.ts'
import type { Part, Section, Sheet } from './sheet.ts'
import {
  type FactGroup,
  factGroups,
  leftOutLine,
  linkWords,
  proseText,
  sourceLines,
  summaryLine,
} from './text.ts'

/** Above this many rows facts and lists are drawn as lines: columns would be most of the card's size. */
const ROWS_AS_COLUMNS = 20

function codeBox(lines: readonly string[]): Element {
  // Leading blanks would be lost in the clients' drawing; blanks that do not break stay.
  const kept = lines.map((line) => line.replace(/^ +/, (blanks) => '\u00a0'.repeat(blanks.length)))
  const items = kept.map((line) => rich([run(line || ' ', { fontType: 'Monospace' })], { spacing: 'None' }))
  return container(items, { style: 'emphasis' })
}

function drawFactRow(row: FactRow, asColumns: boolean, now: Instant): Element {
  const value = runs(row.value, now)
  if (!asColumns) return rich([run(`${row.name}: `, bold), ...value], { spacing: 'Small' })
  const name = column('3', [rich([run(row.name, { isSubtle: true })])])
  return columns([name, column('5', [rich(value)])], { spacing: 'Small' })
}

/** Rows, then once for all of them the time and the source, small. */
function drawFactGroup({ rows, told }: FactGroup, asColumns: boolean, now: Instant): readonly Element[] {
  const line = told ? [rich([run(told, subtle)], { spacing: 'Small' })] : []
  return [...rows.map((row) => drawFactRow(row, asColumns, now)), ...line]
}

function drawFacts(rows: readonly FactRow[], more: number, now: Instant): readonly Element[] {
  const asColumns = rows.length <= ROWS_AS_COLUMNS
  const drawn = factGroups(rows, now).map((group) => drawFactGroup(group, asColumns, now))
  // A group stands apart from the one before, so that one sees what its line is about.
  const apart = drawn.map((group, i) =>
    i > 0 && group[0] ? [{ ...group[0], spacing: 'Medium' }, ...group.slice(1)] : group,
  )
  return [...apart.flat(), ...moreLine(more)]
}

/** Lines that wrap stay right of their bullet or number. */
function drawList(part: Extract<Part, { kind: 'list' }>, now: Instant): readonly Element[] {
  const mark = (i: number) => run(part.ordered ? `${i + 1}.` : '•')
  return part.items.map((item, i) =>
    part.items.length > ROWS_AS_COLUMNS
      ? rich([mark(i), run('  '), ...runs(item, now)], { spacing: 'Small' })
      : columns([column('auto', [rich([mark(i)])]), column('stretch', [rich(runs(item, now))])], {
          spacing: 'Small',
        }),
  )
}

function drawStep(step: NextStep, index: number, now: Instant): Element {
  const who = run(`${whoWords[step.who]}: `, bold)
  const link = step.url
    ? [rich(runs([{ link: linkWords(step.url), url: step.url }], now), { spacing: 'Small' })]
    : []
  const command = step.command === undefined ? [] : [codeBox(step.command.split('\n'))]
  const items = [rich([who, ...runs(step.prose, now)]), ...command, ...link]
  return columns([column('auto', [rich([run(`${index + 1}.`, bold)])]), column('stretch', items)], {
    spacing: 'Small',
  })
}

const rowText = (row: readonly Prose[], now: Instant) => row.map((cell) => proseText(cell, now)).join(' · ')

/** One line per row, each value after the name of its column. */
function namedCells(names: readonly string[], row: readonly Prose[], now: Instant): readonly Element[] {
  return row.flatMap((cell, i) => [
    ...(i > 0 ? [run(' · ', { isSubtle: true })] : []),
    ...(names[i] ? [run(`${names[i]}: `, { isSubtle: true })] : []),
    ...runs(cell, now),
  ])
}

/** A column is as wide as what it holds, within reason: a port needs less room than a sentence about it. */
function columnWidth(part: Extract<Part, { kind: 'table' }>, i: number, now: Instant): number {
  const cells = [part.columns[i] ?? '', ...part.rows.map((row) => proseText(row[i] ?? [], now))]
  const longestWord = Math.max(...cells.flatMap((cell) => cell.split(/\s+/).map((word) => word.length)))
  const longest = Math.max(...cells.map((cell) => cell.length))
  return Math.max(6, Math.min(24, longestWord + 2), Math.min(40, Math.ceil(longest * 0.6)))
}

function drawTable(
  part: Extract<Part, { kind: 'table' }>,
  asTable: boolean,
  now: Instant,
): readonly Element[] {
  const caption = part.caption ? [rich([run(part.caption, bold)], { spacing: 'Small' })] : []
  if (!asTable) {
    const named = part.rows.map((row) => rich(namedCells(part.columns, row, now), { spacing: 'Small' }))
    return [...caption, ...named, ...moreLine(part.more)]
  }
  const width = part.rows.reduce((most, row) => Math.max(most, row.length), part.columns.length)
  const cell = (inlines: readonly Element[]): Json => ({ type: 'TableCell', items: [rich(inlines)] })
  const across = Array.from({ length: width }, (_, i) => i)
  const header = { type: 'TableRow', cells: across.map((i) => cell([run(part.columns[i] || ' ', bold)])) }
  const rows = part.rows.map((row) => ({
    type: 'TableRow',
    cells: across.map((i) => cell(runs(row[i] ?? [], now))),
  }))
  const table: Element = {
    type: 'Table',
    columns: across.map((i) => ({ width: columnWidth(part, i, now) })),
    gridStyle: 'default',
    rows: [header, ...rows],
    // Where tables are unknown: a line per row. It doubles the table, so it is as plain as can be.
    fallback: container(
      [part.columns.join(' · '), ...part.rows.map((row) => rowText(row, now))].map((line) =>
        rich([run(line || ' ')]),
      ),
    ),
  }
  return [...caption, table, ...moreLine(part.more)]
}

function drawSources(part: Extract<Part, { kind: 'sources' }>, now: Instant): readonly Element[] {
  const { sources, articles } = sourceLines(part.items)
  const links = sources.map((item) => {
    const name = item.url ? { link: item.source, url: item.url } : item.source
    return rich(runs([name], now, { size: 'Small' }), { spacing: 'Small' })
  })
  return [...links, ...moreLine(part.more), rich([run(articles, subtle)], { spacing: 'Small' })]
}

function drawPart(part: Part, sheet: Sheet, now: Instant): readonly Element[] {
  switch (part.kind) {
    case 'text':
      return [rich(runs(part.prose, now, part.subtle ? subtle : {}), { spacing: 'Small' })]
    case 'heading':
      return [rich([run(part.text, bold)], { spacing: 'Medium' })]
    case 'list':
      return [...drawList(part, now), ...moreLine(part.more)]
    case 'table':
      return drawTable(part, sheet.tables, now)
    case 'code':
      return [codeBox(part.lines), ...moreLine(part.more)]
    case 'facts':
      return drawFacts(part.rows, part.more, now)
    case 'steps':
      return [...part.steps.map((step, i) => drawStep(step, i, now)), ...moreLine(part.more)]
    case 'sources':
      return drawSources(part, now)
    case 'choices':
      return [...actionSets(part.buttons), ...moreLine(part.more)]
  }
}

const rowsOfThings: readonly Part['kind'][] = ['facts', 'table', 'steps', 'list', 'code']

/** `before` is what stands above: after rows of things a new thought begins with some room. */
function drawSection(
  section: Section,
  before: Section | undefined,
  context: { readonly sheet: Sheet; readonly now: Instant },
): readonly Element[] {
  const parts = section.parts.flatMap((part) => drawPart(part, context.sheet, context.now))
  if (section.title) return [title(section.title), ...parts]
  const last = before?.parts.at(-1)
  const [first, ...others] = parts
  return first && last && rowsOfThings.includes(last.kind)
    ? [{ ...first, spacing: 'Medium' }, ...others]
    : parts
}

function drawHead(sheet: Sheet, now: Instant): readonly Element[] {
  const isShort = sheet.strip === undefined && sheet.tone !== 'neutral'
  const size = sheet.strip || isShort ? 'Medium' : 'Large'
  const heading = rich(runs(sheet.title, now, { weight: 'Bolder', size }))
  const style = containerStyle[sheet.tone]
  if (!sheet.strip) return [isShort ? container([heading], { style, bleed: true }) : heading]
  const { sign, word, right } = sheet.strip
  const left = column('stretch', [rich([run(`${sign}  ${word}`, bold)])])
  const line = right
    ? [left, column('auto', [rich([run(right, { isSubtle: true })], { horizontalAlignment: 'Right' })])]
    : [left]
  return [container([columns(line)], { style, bleed: true }), heading]
}

export type DrawOptions = {
  readonly now: Instant
  readonly mentions?: readonly { readonly objectId: string; readonly name: string }[]
  readonly refresh?: {
    readonly userIds: readonly string[]
    readonly verb: string
    readonly data: Readonly<Record<string, string | number>>
  }
}

/** The name between the at-tags is read as Markdown by clients, so only letters, digits and blanks remain of it. */
export function mentionText(name: string): string {
  return `<at>${cut(
    name
      .replace(/[^\p{L}\p{N} .'-]/gu, ' ')
      .replace(/ {2,}/g, ' ')
      .trim() || 'on call',
    80,
  )}</at>`
}

function drawMentions(options: DrawOptions): { items: readonly Element[]; entities: readonly Json[] } {
  const people = (options.mentions ?? []).slice(0, 5)
  if (people.length === 0) return { items: [], entities: [] }
  const text = people.map((person) => mentionText(person.name)).join(' ')
  const entities = people.map((person) => ({
    type: 'mention',
    text: mentionText(person.name),
    mentioned: { id: person.objectId, name: mentionText(person.name).slice(4, -5) },
  }))
  return { items: [{ type: 'TextBlock', text, wrap: true, spacing: 'Small' }], entities }
}

function hasTable(sheet: Sheet): boolean {
  return sheet.tables && sheet.sections.some((section) => section.parts.some((part) => part.kind === 'table'))
}

export function drawCard(sheet: Sheet, options: DrawOptions): { readonly [key: string]: Json } {
  const { now, refresh } = options
  const mentions = drawMentions(options)
  const leftOut = leftOutLine(sheet)
  const msteams = {
    ...(hasTable(sheet) ? { width: 'Full' } : {}),
    ...(mentions.entities.length > 0 ? { entities: mentions.entities } : {}),
  }
  const body = [
    ...drawHead(sheet, now),
    ...mentions.items,
    ...sheet.sections.flatMap((section, i) => drawSection(section, sheet.sections[i - 1], { sheet, now })),
    ...(leftOut ? [rich([run(leftOut, subtle)])] : []),
    ...actionSets(sheet.buttons.slice(MAX_ACTIONS)),
    ...(sheet.footer ? [rich(runs(sheet.footer, now, subtle), { separator: true, spacing: 'Medium' })] : []),
  ]
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    fallbackText: cut(`${plainWords(summaryLine(sheet, now))} (this client cannot show the card)`, 400),
    body,
    ...(sheet.buttons.length > 0 ? { actions: sheet.buttons.slice(0, MAX_ACTIONS).map(action) } : {}),
    ...(Object.keys(msteams).length > 0 ? { msteams } : {}),
    ...(refresh
      ? {
          refresh: {
            action: { type: 'Action.Execute', title: 'Refresh', verb: refresh.verb, data: refresh.data },
            userIds: refresh.userIds.slice(0, 60),
          },
        }
      : {}),
  }
}
