// What a pressed button carries. It is written by whoever sends it: here it is only brought into a flat, bounded
// shape; which keys a verb takes is decided in the table of rights.
import { MAX_TEXT, scrub } from './text.ts'

export type CardData = Readonly<Record<string, string | number>>
export type CardAction = { readonly verb: string; readonly data: CardData }

const MAX_KEYS = 20
const MAX_VALUE = 4096
const verbForm = /^[a-z][A-Za-z.]{1,40}$/
const keyForm = /^[A-Za-z][A-Za-z0-9_./-]{0,79}$/

type Bag = Readonly<Record<string, unknown>>

export function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Flat strings and numbers; one text input may be as long as a message. Anything else makes the whole unusable. */
function flatten(bag: Bag): CardData | undefined {
  const entries = Object.entries(bag)
  if (entries.length > MAX_KEYS) return undefined
  const data: Record<string, string | number> = {}
  let longOnes = 0
  for (const [key, value] of entries) {
    if (!keyForm.test(key)) return undefined
    if (typeof value === 'number' && Number.isFinite(value)) data[key] = value
    else if (typeof value === 'string' && value.length <= MAX_TEXT) {
      if (value.length > MAX_VALUE) longOnes++
      data[key] = scrub(value)
    } else return undefined
  }
  return longOnes > 1 ? undefined : data
}

export function toCardAction(verb: unknown, data: unknown): CardAction | undefined {
  if (typeof verb !== 'string' || !verbForm.test(verb)) return undefined
  const flat = isBag(data ?? {}) ? flatten((data ?? {}) as Bag) : undefined
  return flat && { verb, data: flat }
}

/** Value of an invoke `adaptiveCard/action`. */
export function fromExecute(value: unknown): CardAction | undefined {
  const action = isBag(value) ? value.action : undefined
  return isBag(action) ? toCardAction(action.verb, action.data) : undefined
}

export type Submitted =
  | { readonly kind: 'action'; readonly action: CardAction }
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'invalid' }

/**
 * Value of a message: `{verb, …}` of Action.Submit, the same inside `msteams.value`, or what a client that does not
 * know `msteams` leaves there of an imBack button: then it is a text as if typed.
 */
export function fromSubmit(value: unknown): Submitted {
  if (value === undefined || value === null) return { kind: 'nothing' }
  if (!isBag(value)) return { kind: 'invalid' }
  const { msteams, ...own } = value
  const inner = isBag(msteams) ? msteams.value : undefined
  const bag = own.verb === undefined && isBag(inner) ? { ...inner, ...own } : own
  if (bag.verb !== undefined) {
    const { verb, ...data } = bag
    const action = toCardAction(verb, data)
    return action ? { kind: 'action', action } : { kind: 'invalid' }
  }
  const said = isBag(msteams) ? (typeof inner === 'string' ? inner : msteams.text) : undefined
  if (typeof said === 'string') return { kind: 'said', text: said }
  return { kind: 'invalid' }
}
