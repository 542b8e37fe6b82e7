// Repeatable chance: the same words always give the same number or id, so the tenant is the same everywhere.
import { createHash } from 'node:crypto'

/** An id in the form of a GUID, made from the words given. */
export function guid(...words: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(words.join('|')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A whole number from 0 up to, not including, `bound`. Cheap: it is called for every cycle of three days. */
export function roll(bound: number, ...words: readonly (string | number)[]): number {
  let h = 2166136261
  const text = words.join('|')
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619)
  h = Math.imul(h ^ (h >>> 15), 2246822507)
  h = Math.imul(h ^ (h >>> 13), 3266489909)
  return ((h ^ (h >>> 16)) >>> 0) % bound
}

export function pick<T>(list: readonly T[], ...words: readonly (string | number)[]): T {
  return list[roll(list.length, ...words)] as T
}
