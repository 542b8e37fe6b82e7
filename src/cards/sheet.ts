// A sheet is what one message says, before it is a card or a text: both are drawn from it, so both say the same.
import type { Button, Citation, FactRow, Inline, NextStep, Prose } from '../nouns.ts'
import type { Tone } from './words.ts'

/** Headings are a closed list of our own words: only these may become a TextBlock. */
export const headings = [
  'Why',
  'Evidence',
  'What to do',
  'How to verify',
  'Could not be checked',
  'Also found',
  'Sources',
  'What will happen',
  'Nearest topics',
  'Facts',
  'Result',
] as const
export type Heading = (typeof headings)[number]

export type Part =
  | { readonly kind: 'text'; readonly prose: Prose; readonly subtle?: true }
  | { readonly kind: 'heading'; readonly text: string }
  | {
      readonly kind: 'list'
      readonly ordered: boolean
      readonly items: readonly Prose[]
      readonly more: number
    }
  | {
      readonly kind: 'table'
      readonly caption?: string
      readonly columns: readonly string[]
      readonly rows: readonly (readonly Prose[])[]
      readonly more: number
    }
  | { readonly kind: 'code'; readonly lines: readonly string[]; readonly more: number }
  | { readonly kind: 'facts'; readonly rows: readonly FactRow[]; readonly more: number }
  | { readonly kind: 'steps'; readonly steps: readonly NextStep[]; readonly more: number }
  | { readonly kind: 'sources'; readonly items: readonly Citation[]; readonly more: number }
  /** Buttons inside the body: the choices of a question. */
  | { readonly kind: 'choices'; readonly buttons: readonly Button[]; readonly more: number }

export type Section = {
  /** What is least important goes first when the message is too large; 9 is never left out whole. */
  readonly keep: number
  readonly title?: Heading
  readonly parts: readonly Part[]
}

export type Sheet = {
  readonly tone: Tone
  /** The strip on top: sign, word and what stands to the right of it. Absent on plain answers. */
  readonly strip?: { readonly sign: string; readonly word: string; readonly right?: string }
  readonly title: Prose
  readonly sections: readonly Section[]
  readonly buttons: readonly Button[]
  readonly footer?: Prose
  /** Sections left out to fit. */
  readonly dropped: number
  /** Tables may be drawn as tables; not on alert cards, which phones show. */
  readonly tables: boolean
}

export type Change = {
  /** Any inline of a sentence; may give several. */
  readonly inline: (inline: Inline) => Inline
  /** A bare string that is shown. */
  readonly text: (text: string) => string
  /** undefined: the button is left out. */
  readonly button: (button: Button) => Button | undefined
  /** undefined: the link is left out. */
  readonly url: (url: string) => string | undefined
}

function changeFact(row: FactRow, change: Change): FactRow {
  return {
    ...row,
    name: change.text(row.name),
    value: row.value.map(change.inline),
    ...(row.source === undefined ? {} : { source: change.text(row.source) }),
  }
}

function changeStep(step: NextStep, change: Change): NextStep {
  const url = step.url === undefined ? undefined : change.url(step.url)
  const { url: _url, command, ...rest } = step
  return {
    ...rest,
    prose: step.prose.map(change.inline),
    ...(command === undefined ? {} : { command: change.text(command) }),
    ...(url === undefined ? {} : { url }),
  }
}

function changeSource(item: Citation, change: Change): Citation {
  const { url: given, ...rest } = item
  const url = given === undefined ? undefined : change.url(given)
  return {
    ...rest,
    title: change.text(item.title),
    source: change.text(item.source),
    reviewed: change.text(item.reviewed),
    ...(url === undefined ? {} : { url }),
  }
}

function changeButtons(buttons: readonly Button[], change: Change): readonly Button[] {
  return buttons.flatMap((button) => change.button(button) ?? [])
}

function changePart(part: Part, change: Change): Part {
  switch (part.kind) {
    case 'text':
      return { ...part, prose: part.prose.map(change.inline) }
    case 'heading':
      return { ...part, text: change.text(part.text) }
    case 'list':
      return { ...part, items: part.items.map((item) => item.map(change.inline)) }
    case 'table':
      return {
        ...part,
        ...(part.caption === undefined ? {} : { caption: change.text(part.caption) }),
        columns: part.columns.map(change.text),
        rows: part.rows.map((row) => row.map((cell) => cell.map(change.inline))),
      }
    case 'code':
      return { ...part, lines: part.lines.map(change.text) }
    case 'facts':
      return { ...part, rows: part.rows.map((row) => changeFact(row, change)) }
    case 'steps':
      return { ...part, steps: part.steps.map((step) => changeStep(step, change)) }
    case 'sources':
      return { ...part, items: part.items.map((item) => changeSource(item, change)) }
    case 'choices':
      return { ...part, buttons: changeButtons(part.buttons, change) }
  }
}

/** The same sheet with every shown thing passed through `change`. */
export function changeSheet(sheet: Sheet, change: Change): Sheet {
  const strip = sheet.strip && {
    ...sheet.strip,
    word: change.text(sheet.strip.word),
    ...(sheet.strip.right === undefined ? {} : { right: change.text(sheet.strip.right) }),
  }
  return {
    ...sheet,
    ...(strip ? { strip } : {}),
    title: sheet.title.map(change.inline),
    sections: sheet.sections.map((section) => ({
      ...section,
      parts: section.parts.map((part) => changePart(part, change)),
    })),
    buttons: changeButtons(sheet.buttons, change),
    ...(sheet.footer ? { footer: sheet.footer.map(change.inline) } : {}),
  }
}
