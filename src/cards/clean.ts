// What a person or a directory wrote, made harmless and bounded: no controls, no hidden direction marks, no endless names.
import type { Button, Inline } from '../nouns.ts'
import { safeUrl } from './links.ts'
import { changeSheet, type Sheet } from './sheet.ts'

export const NAME_CHARS = 256
const SENTENCE_CHARS = 4000
const LABEL_CHARS = 60
const CARRIED_CHARS = 2000

/** Controls, text direction marks, zero-width and tag characters: they hide or reorder what is read. */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is removed
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** At most `max` UTF-16 units, never half a character, and the cut is visible. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const end = max - 1
  const high = text.charCodeAt(end - 1)
  return `${text.slice(0, high >= 0xd800 && high <= 0xdbff ? end - 1 : end)}…`
}

export function cleanText(text: string, max: number): string {
  // Bounded before the expression runs, so that its cost is bounded as well.
  const bounded = text.length > max * 4 ? text.slice(0, max * 4) : text
  return cut(bounded.replace(hidden, ''), max)
}

/** Data stays on one line: a line break in a name must not look like a new row. */
const oneLine = (text: string, max: number) => cleanText(text.replace(/[\r\n\t]+/g, ' '), max)

/** For the few places where a client may read Markdown (labels of inputs, fallback text). */
export function plainWords(text: string): string {
  return text
    .replace(/[*_`~#<>[\]()|\\!]/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
}

function cleanInline(inline: Inline): Inline {
  if (typeof inline === 'string') return cleanText(inline, SENTENCE_CHARS)
  if ('data' in inline) return { ...inline, data: oneLine(inline.data, NAME_CHARS) }
  if ('strong' in inline) return { strong: cleanText(inline.strong, SENTENCE_CHARS) }
  if ('code' in inline) return { code: oneLine(inline.code, NAME_CHARS * 2) }
  if ('link' in inline) return { ...inline, link: oneLine(inline.link, NAME_CHARS) }
  return inline
}

function cleanButton(button: Button): Button | undefined {
  const label = oneLine(button.label, LABEL_CHARS)
  if (!label) return undefined
  if ('url' in button) {
    const url = safeUrl(button.url)
    return url === undefined ? undefined : { label, url }
  }
  // What a button carries is never cut: half an id is another id.
  if ('say' in button) {
    const said = cleanText(button.say, CARRIED_CHARS + 1)
    return said.length > CARRIED_CHARS ? undefined : { label, say: said }
  }
  return JSON.stringify(button.data).length > CARRIED_CHARS ? undefined : { ...button, label }
}

export function cleanSheet(sheet: Sheet): Sheet {
  return changeSheet(sheet, {
    inline: cleanInline,
    text: (text) => oneLine(text, SENTENCE_CHARS),
    button: cleanButton,
    url: safeUrl,
  })
}
