// Makes what people type comparable: markup gone, one spelling for contractions, slang and common typos.

import { editDistance } from '../edit-distance.ts'

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,6});/gi, (whole, name: string) => {
    if (name.startsWith('#')) {
      const hex = name[1] === 'x' || name[1] === 'X'
      const point = Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10)
      return point > 0x1f && point <= 0x10ffff ? String.fromCodePoint(point) : ' '
    }
    return entities[name.toLowerCase()] ?? whole
  })
}

const tag =
  /<\/?(?:a|at|b|blockquote|body|br|code|div|em|font|h[1-6]|hr|html|i|img|li|meta|ol|p|pre|s|span|strong|style|table|tbody|td|th|thead|tr|u|ul)\b[^<>]{0,500}>/gi

/** Text without markup, in one normal form; line breaks stay. Mentions of the bot are dropped. */
export function plain(text: string): string {
  const normal = text.normalize('NFC').replace(/\p{Cf}/gu, '')
  const bare = normal
    .replace(/<at\b[^<>]{0,200}>[^<>]{0,200}<\/at>/gi, ' ')
    .replace(/<(?:br|\/p|\/div|\/li|\/tr|\/h[1-6])\b[^<>]{0,200}>/gi, '\n')
    .replace(tag, ' ')
  return decode(bare)
    .replace(/[\u2018\u2019\u201b\u00b4`]/g, "'")
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim()
}

/** Contractions and slang, written out. Order matters. */
const rewrites: readonly (readonly [RegExp, string])[] = [
  [/\bca n?'?t\b|\bcan'?t\b|\bcan not\b|\bcannot\b/g, 'can not'],
  [/\bwon'?t\b/g, 'will not'],
  [/\bain'?t\b/g, 'is not'],
  [/\b(is|are|was|were|do|does|did|has|have|had|could|would|should)n'?t\b/g, '$1 not'],
  [/\b(who|what|where|how|there|that|it|she|he)'s\b/g, '$1 is'],
  [/\b(who|what|where|how)s\b/g, '$1 is'],
  [/\bi'm\b|\bim\b/g, 'i am'],
  [/\b(we|they|you)'re\b/g, '$1 are'],
  [/\b(i|we|they|you)'ve\b/g, '$1 have'],
  [/\b(pw|pwd|pwds|pws|passwort|passwd|pass word)\b/g, 'password'],
  [/\bsync?h?ron(?:is|iz)(e|ed|es|ing)\b/g, 'sync$1'],
  [/\bsynce\b|\bsynch\b|\bsynk\b/g, 'sync'],
  [/\bsync(?:ched|t|d|hed|-ed)\b|\bsyncced\b/g, 'synced'],
  [/\bsync(?:hing|ching|ning)\b/g, 'syncing'],
  [/\bsynces\b/g, 'syncs'],
  [/\b(acct|acc)\b/g, 'account'],
  [/\b(accts|accs)\b/g, 'accounts'],
  [/\busr\b/g, 'user'],
  [/\bgrp\b/g, 'group'],
  [/\bppl\b/g, 'people'],
  [/\b(o|m|office |microsoft )365\b|\b365\b/g, 'entra'],
  [/\b(azure ?ad|aad|azure active directory|entra ?id|microsoft entra)\b/g, 'entra'],
  [/\b(pls|plz)\b/g, 'please'],
  [/\b(hrs?|hours?)\b/g, 'hours'],
  [/\b(mins?|minutes?)\b/g, 'minutes'],
]

const vocabulary = [
  'quarantine',
  'quarantined',
  'synced',
  'syncing',
  'provision',
  'provisioning',
  'password',
  'passwords',
  'agents',
  'inactive',
  'deletes',
  'deletions',
  'incidents',
  'acknowledge',
  'subscribe',
  'unsubscribe',
  'handover',
  'maintenance',
  'restart',
  'missing',
  'status',
] as const

/** Words that are near a word of the vocabulary and mean something else. */
const keep = new Set(
  'active reactive delete deletion deletes deleted passwords agent agenda states statues started restarts restarted incident inactivate assigned provisioned provisions quarantines acknowledged subscribed subscriber missings mission passing statuses'.split(
    ' ',
  ),
)

function correct(word: string): string {
  if (word.length < 5 || keep.has(word) || (vocabulary as readonly string[]).includes(word)) return word
  const max = word.length >= 8 ? 2 : 1
  let best = word
  let least = max + 1
  for (const target of vocabulary) {
    const far = target[0] === word[0] ? editDistance(word, target, max) : least
    if (far < least) [best, least] = [target, far]
  }
  return best
}

/** Lower case, contractions written out, common typos of the field's words corrected; one line. */
export function comparable(text: string): string {
  let out = plain(text).toLowerCase().replace(/\s+/g, ' ')
  for (const [pattern, replacement] of rewrites) out = out.replace(pattern, replacement)
  return out
    .replace(/(?<![\w@.\\/=-])[a-z]{5,14}(?![\w@\\/=-]|\.\w)/g, correct)
    .replace(/\s+/g, ' ')
    .trim()
}
