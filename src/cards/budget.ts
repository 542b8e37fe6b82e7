// Keeps a message within what Teams takes: whole rows and parts are left out, least important first, and it says so.
import type { Inline, Json, Prose } from '../nouns.ts'
import { cut } from './clean.ts'
import type { Part, Section, Sheet } from './sheet.ts'

/** For the whole activity, in bytes of UTF-16. */
export const BUDGET_BYTES = 40 * 1024
export const MAX_ROWS = 50
const MAX_SECTIONS = 60
const MAX_COLUMNS = 6
/** Addresses, ids and times the channel adds around the card, in UTF-16 units. */
const ENVELOPE = 1500

/** Bytes in UTF-16 of the activity as JSON, with an allowance for what is added when it is sent. */
export function bytesOf(content: Json): number {
  return (JSON.stringify(content).length + ENVELOPE) * 2
}

type Counted = Exclude<Part, { kind: 'text' | 'heading' }>

function shortened(part: Counted, count: number): Part {
  const more = (all: number) => part.more + Math.max(0, all - count)
  switch (part.kind) {
    case 'list':
    case 'sources':
      return { ...part, items: part.items.slice(0, count), more: more(part.items.length) } as Part
    case 'table':
    case 'facts':
      return { ...part, rows: part.rows.slice(0, count), more: more(part.rows.length) } as Part
    case 'code':
      return { ...part, lines: part.lines.slice(0, count), more: more(part.lines.length) }
    case 'steps':
      return { ...part, steps: part.steps.slice(0, count), more: more(part.steps.length) }
    case 'choices':
      return { ...part, buttons: part.buttons.slice(0, count), more: more(part.buttons.length) }
  }
}

function countOf(part: Counted): number {
  if ('rows' in part) return part.rows.length
  if ('items' in part) return part.items.length
  if ('lines' in part) return part.lines.length
  return 'steps' in part ? part.steps.length : part.buttons.length
}

const maxOf: Readonly<Record<Counted['kind'], number>> = {
  list: MAX_ROWS,
  table: MAX_ROWS,
  facts: MAX_ROWS,
  sources: 5,
  code: 60,
  steps: 12,
  choices: 18,
}

const lengthOf = (inline: Inline) => {
  if (typeof inline === 'string') return inline.length
  return 'at' in inline ? 24 : Object.values(inline).reduce((sum: number, one) => sum + String(one).length, 0)
}

/** The pieces of a sentence that fit into `max` characters; what is left out is visible. */
function capProse(prose: Prose, max: number): Prose {
  const out: Inline[] = []
  let left = max
  for (const inline of prose) {
    const size = lengthOf(inline)
    if (size > left || out.length >= 200) {
      return [...out, typeof inline === 'string' && left > 0 ? cut(inline, left) : ' …']
    }
    out.push(inline)
    left -= size
  }
  return out
}

function capProses(part: Part): Part {
  switch (part.kind) {
    case 'text':
      return { ...part, prose: capProse(part.prose, 6000) }
    case 'heading':
      return { ...part, text: cut(part.text, 200) }
    case 'list':
      return { ...part, items: part.items.map((item) => capProse(item, 1500)) }
    case 'table':
      return {
        ...part,
        ...(part.caption === undefined ? {} : { caption: cut(part.caption, 200) }),
        columns: part.columns.slice(0, MAX_COLUMNS).map((name) => cut(name, 80)),
        rows: part.rows.map((row) => row.slice(0, MAX_COLUMNS).map((cell) => capProse(cell, 600))),
      }
    case 'facts':
      return {
        ...part,
        rows: part.rows.map((row) => ({
          ...row,
          name: cut(row.name, 120),
          value: capProse(row.value, 1000),
        })),
      }
    case 'steps':
      return { ...part, steps: part.steps.map((step) => ({ ...step, prose: capProse(step.prose, 1500) })) }
    case 'code':
      return { ...part, lines: part.lines.map((line) => cut(line, 500)) }
    default:
      return part
  }
}

function capPart(given: Part): Part {
  const part = capProses(given)
  if (part.kind === 'text' || part.kind === 'heading') return part
  return countOf(part) > maxOf[part.kind] ? shortened(part, maxOf[part.kind]) : part
}

/** The limits that hold whatever the size: rows, columns, sections. */
export function capSheet(sheet: Sheet): Sheet {
  const over = Math.max(0, sheet.sections.length - MAX_SECTIONS)
  return {
    ...sheet,
    title: capProse(sheet.title, 400),
    ...(sheet.footer ? { footer: capProse(sheet.footer, 400) } : {}),
    sections: sheet.sections
      .slice(0, MAX_SECTIONS)
      .map((one) => ({ ...one, parts: one.parts.slice(0, 20).map(capPart) })),
    buttons: sheet.buttons.slice(0, 12),
    dropped: sheet.dropped + over,
  }
}

/** Fewer rows, or a text cut to 300 characters a piece; undefined where it is as small as it gets. */
function smaller(part: Part, factor: number): Part | undefined {
  if (part.kind === 'text') {
    const size = JSON.stringify(part.prose).length
    if (size <= 1000) return undefined
    // A sentence is cut at a piece of it, and each long piece visibly.
    const pieces = part.prose
      .slice(0, 12)
      .map((inline) => (typeof inline === 'string' ? cut(inline, 300) : inline))
    const tail = part.prose.length > 12 ? [...pieces, ' …'] : pieces
    return JSON.stringify(tail).length < size ? { ...part, prose: tail } : undefined
  }
  if (part.kind === 'heading') return undefined
  const count = countOf(part)
  return count > 1 ? shortened(part, Math.max(1, Math.floor(count * factor))) : undefined
}

type Spot = { readonly section: number; readonly part: number; readonly next: Part; readonly size: number }

function largestShrinkable(sections: readonly Section[], keep: number, factor: number): Spot | undefined {
  let best: Spot | undefined
  sections.forEach((section, s) => {
    if (section.keep !== keep) return
    section.parts.forEach((part, p) => {
      const next = smaller(part, factor)
      const size = JSON.stringify(part).length
      if (next && (!best || size > best.size)) best = { section: s, part: p, next, size }
    })
  })
  return best
}

/** One step smaller; undefined when nothing is left to give. */
export function shrinkOnce(sheet: Sheet, factor: number): Sheet | undefined {
  const levels = [...new Set(sheet.sections.map((section) => section.keep))].toSorted((a, b) => a - b)
  for (const keep of levels) {
    const spot = largestShrinkable(sheet.sections, keep, factor)
    if (spot) {
      const sections = sheet.sections.map((section, s) =>
        s === spot.section
          ? { ...section, parts: section.parts.map((part, p) => (p === spot.part ? spot.next : part)) }
          : section,
      )
      return { ...sheet, sections }
    }
    const last = sheet.sections.findLastIndex((section) => section.keep === keep)
    if (keep < 9) return { ...sheet, sections: sheet.sections.toSpliced(last, 1), dropped: sheet.dropped + 1 }
  }
  if (sheet.sections.length > 1) {
    return { ...sheet, sections: sheet.sections.slice(0, -1), dropped: sheet.dropped + 1 }
  }
  return sheet.buttons.length > 1 ? { ...sheet, buttons: sheet.buttons.slice(0, -1) } : undefined
}

/** Shrinks until `sizeOf` is within the budget; the further over, the more steps between two measurements. */
export function withinBudget(sheet: Sheet, sizeOf: (sheet: Sheet) => number): Sheet {
  let current = capSheet(sheet)
  for (let size = sizeOf(current); size > BUDGET_BYTES; size = sizeOf(current)) {
    const far = size / BUDGET_BYTES
    const [steps, factor] = far > 4 ? [20, 0.6] : far > 2 ? [8, 0.8] : far > 1.25 ? [2, 0.85] : [1, 0.95]
    for (let i = 0; i < steps; i += 1) {
      const next = shrinkOnce(current, factor)
      if (!next) return current
      current = next
    }
  }
  return current
}
