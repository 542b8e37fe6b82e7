// Names in one-to-one chats, counts elsewhere.
import type { Button, Inline } from '../nouns.ts'
import { changeSheet, type Part, type Sheet } from './sheet.ts'

export const HIDDEN_NAME = '(name in one-to-one chat)'

/** Shorter texts occur inside ordinary words and would make the rest unreadable. */
const MIN_CHARS = 3

function personalTexts(sheet: Sheet): readonly string[] {
  const found = new Set<string>()
  changeSheet(sheet, {
    inline: (inline) => {
      if (typeof inline === 'object' && 'data' in inline && inline.personal) found.add(inline.data)
      return inline
    },
    text: (text) => text,
    button: (button) => button,
    url: (url) => url,
  })
  // A name may stand in a command, a request or a link in another spelling of the same.
  return [...found]
    .filter((text) => text.trim().length >= MIN_CHARS)
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text.toWellFormed())])
    .toSorted((a, b) => b.length - a.length)
}

/** One expression of plain alternatives, longest first; it finds a name in any case. */
function finder(names: readonly string[]): RegExp | undefined {
  if (names.length === 0) return undefined
  return new RegExp(names.map((name) => name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'gi')
}

const isName = (inline: Inline) => typeof inline === 'object' && 'data' in inline && inline.personal === true

/** A list of nothing but names says no more than how many there are. */
function countNames(part: Part): Part {
  if (part.kind !== 'list') return part
  const names = part.items.filter((item) => item.length === 1 && item.every(isName)).length
  if (names < 2) return part
  const others = part.items.filter((item) => !(item.length === 1 && item.every(isName)))
  return { ...part, items: [[`${names} names, shown in one-to-one chats`], ...others] }
}

function withoutNameLists(sheet: Sheet): Sheet {
  const sections = sheet.sections.map((one) => ({ ...one, parts: one.parts.map(countNames) }))
  return { ...sheet, sections }
}

/** Replaces every personal inline, and the same text wherever else it is shown or carried by a button. */
export function hidePersonal(sheet: Sheet): Sheet {
  const found = finder(personalTexts(sheet))
  const isNaming = (text: string) => found !== undefined && text.search(found) >= 0
  const text = (shown: string) => (found ? shown.replace(found, HIDDEN_NAME) : shown)
  const inline = (one: Inline): Inline => {
    if (typeof one === 'string') return text(one)
    if ('data' in one) return one.personal ? HIDDEN_NAME : { data: text(one.data) }
    if ('strong' in one) return { strong: text(one.strong) }
    if ('code' in one) return { code: text(one.code) }
    if ('link' in one) return isNaming(one.url) ? text(one.link) : { ...one, link: text(one.link) }
    return one
  }
  const button = (one: Button): Button | undefined => {
    // What a button carries can be read by everybody who sees the card.
    const carried = 'say' in one ? [one.say] : 'url' in one ? [one.url] : Object.values(one.data).map(String)
    const shown =
      'inputs' in one
        ? (one.inputs ?? []).flatMap((i) => [
            i.label,
            ...(i.choices ?? []).flatMap((c) => [c.title, c.value]),
          ])
        : []
    return [...carried, ...shown].some(isNaming) ? undefined : { ...one, label: text(one.label) }
  }
  const change = { inline, text, button, url: (url: string) => (isNaming(url) ? undefined : url) }
  return changeSheet(withoutNameLists(sheet), change)
}
