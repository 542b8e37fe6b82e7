// The few building blocks every card is made of. Text enters a card only through `rich`, as runs without Markdown;
// the one exception is `title`, whose words are a closed list.
import type { Inline, Instant, Json, Prose } from '../nouns.ts'
import { safeUrl } from './links.ts'
import type { Heading } from './sheet.ts'
import { type Tone, timeAndAge } from './words.ts'

export type Element = { readonly [key: string]: Json }

type Style = {
  readonly size?: 'Small' | 'Medium' | 'Large'
  readonly weight?: 'Bolder' | 'Lighter'
  readonly color?: 'Good' | 'Warning' | 'Attention' | 'Accent'
  readonly isSubtle?: true
  readonly fontType?: 'Monospace'
}

export const subtle: Style = { size: 'Small', isSubtle: true }
export const bold: Style = { weight: 'Bolder' }

export function run(text: string, style: Style = {}): Element {
  return { type: 'TextRun', text, ...style }
}

function link(text: string, url: string, style: Style): Element {
  const safe = safeUrl(url)
  if (safe === undefined) return run(text, style)
  return { ...run(text, { ...style, color: 'Accent' }), selectAction: { type: 'Action.OpenUrl', url: safe } }
}

function inlineRun(inline: Inline, now: Instant, style: Style): Element {
  if (typeof inline === 'string') return run(inline, style)
  if ('data' in inline) return run(inline.data, style)
  if ('strong' in inline) return run(inline.strong, { ...style, weight: 'Bolder' })
  if ('code' in inline) return run(inline.code, { ...style, fontType: 'Monospace' })
  if ('link' in inline) return link(inline.link, inline.url, style)
  return run(timeAndAge(inline.at, now), style)
}

/** Neighbours of the same look become one run; nothing is lost and the card is smaller. */
function joined(runs: readonly Element[]): readonly Element[] {
  const out: Element[] = []
  for (const next of runs) {
    const last = out.at(-1)
    const { text: _a, ...lookOfLast } = last ?? { text: '' }
    const { text: _b, ...lookOfNext } = next
    if (last && JSON.stringify(lookOfLast) === JSON.stringify(lookOfNext)) {
      out[out.length - 1] = { ...last, text: `${last.text}${next.text}` }
    } else out.push(next)
  }
  return out
}

export function runs(prose: Prose, now: Instant, style: Style = {}): readonly Element[] {
  return joined(prose.map((inline) => inlineRun(inline, now, style)).filter((one) => one.text !== ''))
}

export function rich(inlines: readonly Element[], more: Element = {}): Element {
  return { type: 'RichTextBlock', inlines: inlines.length > 0 ? inlines : [run(' ')], ...more }
}

/** A heading of our own words: the only element whose text is not a run, so that screen readers find it. */
export function title(text: Heading): Element {
  return {
    type: 'TextBlock',
    text,
    style: 'heading',
    size: 'Default',
    weight: 'Bolder',
    wrap: true,
    spacing: 'Medium',
  }
}

export function moreLine(more: number): readonly Element[] {
  return more > 0 ? [rich([run(`… and ${more} more`, subtle)], { spacing: 'Small' })] : []
}

export function container(items: readonly Element[], more: Element = {}): Element {
  return { type: 'Container', items, ...more }
}

export function column(width: string, items: readonly Element[]): Element {
  return { type: 'Column', width, items }
}

export function columns(list: readonly Element[], more: Element = {}): Element {
  return { type: 'ColumnSet', columns: list, ...more }
}

export const containerStyle: Readonly<Record<Tone, string>> = {
  critical: 'attention',
  warning: 'warning',
  good: 'good',
  info: 'accent',
  neutral: 'emphasis',
}
