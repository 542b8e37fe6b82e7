// What a pressed button sends is written by the sender: nothing of it is believed before it is parsed here.
import type { VerbName } from './rights.ts'
import { rights, verbNames } from './rights.ts'

export type VerbData = Readonly<Record<string, string | number>>
export type ParsedVerb =
  | { readonly ok: true; readonly verb: VerbName; readonly data: VerbData }
  | { readonly ok: false; readonly because: 'unknownVerb' | 'badData' }

/** Inputs of a card are named "verb/field", since one card may ask the same for two verbs. */
export function inputId(verb: string, field: string): string {
  return `${verb}/${field}`
}

function withoutPrefix(verb: string, data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
  const out: Record<string, unknown> = Object.create(null)
  for (const [key, value] of Object.entries(data)) {
    const name = key.startsWith(`${verb}/`) ? key.slice(verb.length + 1) : key
    // The same field twice, once as data and once as input, is not something our cards send.
    if (name in out) return undefined
    // A left-out optional input arrives as an empty text in some clients.
    if (name !== key && value === '') continue
    out[name] = value
  }
  return { ...out }
}

export function parseVerb(verb: unknown, data: unknown): ParsedVerb {
  const name = verbNames.find((known) => known === verb)
  if (name === undefined) return { ok: false, because: 'unknownVerb' }
  const schema = rights[name].data
  const read = schema?.safeParse(withoutPrefix(name, data))
  if (!read?.success) return { ok: false, because: 'badData' }
  return { ok: true, verb: name, data: read.data }
}
