// Blocks of a reply as parts and sections of a sheet.
import type { Block, Citation, FactRow, NextStep, Unchecked } from '../nouns.ts'
import { uncheckedLines } from '../words.ts'
import type { Heading, Part, Section } from './sheet.ts'

export function partOf(block: Block): Part {
  switch (block.kind) {
    case 'text':
      return { kind: 'text', prose: block.prose }
    case 'heading':
      return { kind: 'heading', text: block.text }
    case 'list':
      return { kind: 'list', ordered: block.ordered, items: block.items, more: 0 }
    case 'table':
      return {
        kind: 'table',
        ...(block.caption === undefined ? {} : { caption: block.caption }),
        columns: block.columns,
        rows: block.rows,
        more: 0,
      }
    case 'code':
      return { kind: 'code', lines: block.text.replace(/\n$/, '').split(/\r?\n/), more: 0 }
    case 'facts':
      return { kind: 'facts', rows: block.rows, more: 0 }
  }
}

/** One section per block, so that the last ones can go first; the first one always stays. */
export function sectionsOf(blocks: readonly Block[]): readonly Section[] {
  return blocks.map((block, i) => ({ keep: i === 0 ? 9 : Math.max(3, 8 - i), parts: [partOf(block)] }))
}

/** A section with its heading, or nothing where there is nothing to say. */
export function section(keep: number, title: Heading, parts: readonly Part[]): readonly Section[] {
  return parts.length > 0 ? [{ keep, title, parts }] : []
}

export function factsSection(keep: number, title: Heading, rows: readonly FactRow[]): readonly Section[] {
  return rows.length > 0 ? [{ keep, title, parts: [{ kind: 'facts', rows, more: 0 }] }] : []
}

export function stepsSection(steps: readonly NextStep[]): readonly Section[] {
  return steps.length > 0
    ? [{ keep: 9, title: 'What to do', parts: [{ kind: 'steps', steps, more: 0 }] }]
    : []
}

/** What we are blind to is as important as what we saw: it shrinks, but never disappears. */
export function uncheckedSection(unchecked: readonly Unchecked[]): readonly Section[] {
  const items = uncheckedLines(unchecked)
  return items.length > 0
    ? [{ keep: 9, title: 'Could not be checked', parts: [{ kind: 'list', ordered: false, items, more: 0 }] }]
    : []
}

export function sourcesSection(citations: readonly Citation[]): readonly Section[] {
  const items = citations.slice(0, 5)
  return items.length > 0 ? [{ keep: 9, title: 'Sources', parts: [{ kind: 'sources', items, more: 0 }] }] : []
}
