// What an answer is written in: sentences in which data never becomes markup, blocks, buttons.
import type { Instant } from './facts.ts'

/**
 * A piece of a sentence. A bare string is our own words. Everything that came from a directory, a log or a
 * person is `data` and is shown as it is, never as markup; `personal` data is hidden outside one-to-one chats.
 */
export type Inline =
  | string
  | { readonly data: string; readonly personal?: true }
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly link: string; readonly url: string }
  | { readonly at: Instant }

export type Prose = readonly Inline[]

/** A name, address or DN of a person: shown in one-to-one chats, hidden in channels. */
export function personal(text: string): Inline {
  return { data: text, personal: true }
}

/**
 * prose`The agents of ${domain} do not answer since ${at(time)}.` The literal parts are our words, an
 * interpolated string is data, an inline stays what it is.
 */
export function prose(parts: TemplateStringsArray, ...values: readonly (Inline | number | Prose)[]): Prose {
  const out: Inline[] = []
  parts.forEach((part, i) => {
    if (part) out.push(part)
    if (i >= values.length) return
    const value = values[i] as Inline | number | Prose
    if (typeof value === 'string') out.push({ data: value })
    else if (typeof value === 'number') out.push(String(value))
    else if (Array.isArray(value)) out.push(...(value as Prose))
    else out.push(value as Inline)
  })
  return out
}

export function at(time: Instant): Inline {
  return { at: time }
}

/** What an answer is made of. `facts` rows carry their own time and source. */
export type Block =
  | { readonly kind: 'text'; readonly prose: Prose }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly Prose[] }
  | {
      readonly kind: 'table'
      readonly caption?: string
      readonly columns: readonly string[]
      readonly rows: readonly (readonly Prose[])[]
    }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly FactRow[] }

export type FactRow = {
  readonly name: string
  readonly value: Prose
  readonly asOf?: Instant
  readonly source?: string
}

/** What a person can press. `say` sends that text as if typed; `verb` is a card action with opaque data. */
export type Button =
  | { readonly label: string; readonly say: string }
  | {
      readonly label: string
      readonly verb: string
      readonly data: Readonly<Record<string, string | number>>
      readonly inputs?: readonly Input[]
    }
  | { readonly label: string; readonly url: string }

export type Input = {
  readonly id: string
  readonly label: string
  readonly kind: 'text' | 'choice'
  readonly required: boolean
  readonly choices?: readonly { readonly title: string; readonly value: string }[]
}
