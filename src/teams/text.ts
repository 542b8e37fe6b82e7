// What a person typed, as plain text: own mention out, other people's names in, nothing invisible.
import { z } from 'zod'
import { readWith } from './read-with.ts'

export const MAX_TEXT = 32_000
const MAX_SHORT = 4096

const mentionSchema = z.object({
  type: z.literal('mention'),
  text: z.string().min(1).max(1024),
  mentioned: z.object({ id: z.string().max(256) }),
})

const named: Readonly<Record<string, string>> = {
  nbsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}
const entity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(nbsp|amp|lt|gt|quot|apos));/g
const atTag = /<\/?at(?:\s[^<>]{0,200})?>/g
// Controls except tab and newline, and what hides text or turns it round: bidi marks and overrides, zero-width and
// tag characters, variation selectors, fillers.
const invisible =
  /(?![\t\n])(?:[\p{Cc}\p{Cf}\u115F\u1160\u2065\u3164\uFFA0]|\u034F|[\u17B4\u17B5]|[\uFE00-\uFE0F]|[\u{E0000}-\u{E0FFF}])/gu
const blanks = /[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g
const lineEnds = /\r\n?|[\u2028\u2029\u0085]/g

function fromCodePoint(value: number): string {
  return value > 0x10ffff ? '' : String.fromCodePoint(value)
}

/** Entities once: what a person typed as "&lt;" arrives escaped twice and keeps its meaning. */
function decodeEntities(text: string): string {
  return text.replace(entity, (_all, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return fromCodePoint(Number(decimal))
    if (hex !== undefined) return fromCodePoint(Number.parseInt(hex, 16))
    return named[name ?? ''] ?? ''
  })
}

/** NFC without controls, bidi, zero-width and tag characters; line ends are newlines, odd blanks are blanks. */
export function scrub(text: string): string {
  return text
    .toWellFormed()
    .replace(lineEnds, '\n')
    .replace(blanks, ' ')
    .replace(invisible, '')
    .normalize('NFC')
}

function cutAt(text: string, longest: number): string {
  if (text.length <= longest) return text
  // A pair of surrogates is not split.
  const last = text.charCodeAt(longest - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? longest - 1 : longest)
}

export type Mentions = { readonly entities: readonly unknown[]; readonly ownId: string }

/** Entities stand in the order of the text, so equal names are told apart by their position. */
function withoutOwnMention(text: string, { entities, ownId }: Mentions): string {
  let rest = text
  let done = ''
  for (const raw of entities) {
    const mention = readWith(mentionSchema, raw)
    if (!mention) continue
    const tag = decodeEntities(mention.text).replace(blanks, ' ')
    const found = rest.indexOf(tag)
    const isOwn = mention.mentioned.id === ownId
    if (found < 0) {
      if (isOwn) done = done.replace(tag, ' ')
      continue
    }
    done += `${rest.slice(0, found)}${isOwn ? ' ' : tag.replace(atTag, '')}`
    rest = rest.slice(found + tag.length)
  }
  return `${done}${rest}`
}

/** `cut` says that the text was longer than is kept. */
export function cleanText(raw: string, mentions: Mentions): { readonly text: string; readonly cut: boolean } {
  const decoded = decodeEntities(raw).replace(blanks, ' ')
  const text = scrub(withoutOwnMention(decoded, mentions).replace(atTag, '')).trim()
  return { text: cutAt(text, MAX_TEXT).trimEnd(), cut: text.length > MAX_TEXT }
}

/** A name or a short value: one line, bounded. */
export function cleanName(raw: string): string {
  return cutAt(scrub(raw).replaceAll('\n', ' ').trim(), MAX_SHORT)
}
