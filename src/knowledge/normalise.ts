// A question as terms: cleaned of markup, typos corrected, old names and slang made one word, endings cut.
import type { WordTable } from './schema.ts'
import { createSpelling, type Spelling } from './spelling.ts'

/** More than this is a pasted log; the rest of it is not read for meaning. */
const MAX_TEXT = 4_000
const MAX_TERMS = 120
const MAX_KNOWN = 20_000

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
}

/** Markup of portals and mails. Other angle brackets are configuration or placeholders, whose words count. */
const TAG =
  /<\/?(?:a|abbr|article|b|body|br|button|code|div|em|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|label|li|link|main|meta|nav|ol|p|pre|script|section|small|span|strong|style|sub|sup|svg|table|tbody|td|th|thead|title|tr|u|ul)(?:[\s/][^<>]{0,400})?>/gi

/** An address of a person says nothing about the topic, but its domain may. */
const ADDRESS = /([\w.+%-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})/g

/** Text as a person meant it: NFC, no tags, entities, control or invisible characters, at most 4,000 characters. */
export function clean(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .normalize('NFC')
    .replace(TAG, ' ')
    .replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => ENTITIES[name] ?? ' ')
    .replace(/[\p{Cc}\p{Cf}]+/gu, (run) => (/\s/.test(run) ? ' ' : ''))
    .replace(/\[([^\]]{1,200})\]\(https?:[^)\s]{1,400}\)/g, '$1')
    .replace(/[’‘]/g, "'")
    .replace(/[*_~]{2,}|`+|^#+ /g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Lower-case words. Letters, digits and what joins them inside names: `tls1.2`, `*.msappproxy.net`, `x-y` as two. */
export function words(text: string): string[] {
  const found = text.toLowerCase().match(/[\p{L}\p{N}](?:[\p{L}\p{N}.$_']|,(?=\d{3}(?!\d)))*/gu) ?? []
  const out: string[] = []
  for (const word of found) {
    const bare = /[.'_]/.test(word) ? bareWord(word) : word
    if (bare !== '') out.push(bare)
  }
  return out
}

/** Without an ending such as 's, and without what a sentence leaves behind a word. */
function bareWord(word: string): string {
  const bare = word
    .replace(/'(s|re|ve|ll|d|m|t)?$/, (_, tail: string) => (tail === 't' ? 't' : ''))
    .replace(/[.'_]{1,8}$/, '')
  // Releases are written with three parts or four: 1.1.2505 is 1.1.2505.0.
  return /^1\.1\.\d{2,4}$/.test(bare) ? `${bare}.0` : bare
}

const SUFFIXES: readonly [RegExp, string][] = [
  [/ies$/, 'y'],
  [/(ss|us|is)$/, '$1'],
  [/s$/, ''],
]
const ENDINGS = /(ation|ating|ated|ment|ing|ion|ed|er|or|al|ly|e|y)$/

/** Cuts plural and the usual endings; both sides of a search pass through it, so roughness does no harm. */
export function stem(word: string): string {
  if (word.length < 4 || /[\d.$_]/.test(word)) return word
  let out = word
  for (const [pattern, put] of SUFFIXES) {
    if (!pattern.test(out)) continue
    out = out.replace(pattern, put)
    break
  }
  const cut = out.replace(ENDINGS, '')
  if (cut.length >= 4 || (cut.length === 3 && /[aeiou]/.test(cut) && out.endsWith('e'))) out = cut
  return out.replace(/([b-df-hj-np-tv-z])\1$/, '$1')
}

/** What was understood of one text. */
export type Terms = {
  /** Canonical terms in order, without stop words; repeats kept. */
  readonly list: readonly string[]
  readonly set: ReadonlySet<string>
  /** Those that were written as a name of code (`Get-AzureADSSOStatus`, `cloudNoFlow`): they say most. */
  readonly names: ReadonlySet<string>
  /** Terms before stop words are taken out: for cues such as "and for …". */
  readonly all: readonly string[]
}

/** Of a text of our own only the words matter. */
export type Learnt = Pick<Terms, 'list' | 'all'>

export type Analyser = {
  /** An everyday word or a number of no special meaning: it tells the story around a question. */
  isWeak(term: string): boolean
  analyse(text: string, options?: { readonly correct?: boolean }): Terms
  /** Reads a text of our own, in which nothing is a typo, and teaches its words to the spelling. */
  learn(text: string): Learnt
}

/** A word as it stands in a text: looked up once, however often it comes. */
type Word = {
  readonly text: string
  readonly stop: boolean
  /** The term it counts as. */
  readonly term: string
  /** Phrases it begins, the longest first. */
  readonly starts: readonly Phrase[] | undefined
}

type Phrase = { readonly words: readonly string[]; readonly to: string }

function compilePhrases(table: WordTable): ReadonlyMap<string, readonly Phrase[]> {
  const byFirst = new Map<string, Phrase[]>()
  for (const [to, variants] of Object.entries(table.phrases)) {
    for (const variant of variants) {
      const parts = words(variant)
      const first = parts[0]
      if (first === undefined) continue
      const phrase = { words: parts, to: words(to)[0] ?? to }
      const list = byFirst.get(first)
      if (list) list.push(phrase)
      else byFirst.set(first, [phrase])
    }
  }
  for (const list of byFirst.values()) list.sort((a, b) => b.words.length - a.words.length)
  return byFirst
}

/** The same list when no phrase is in it. */
function replacePhrases(list: readonly Word[], look: (word: string) => Word): readonly Word[] {
  if (!list.some((word) => word.starts)) return list
  const out: Word[] = []
  for (let i = 0; i < list.length; ) {
    const word = list[i] as Word
    const hit = word.starts?.find((phrase) => phrase.words.every((part, k) => list[i + k]?.text === part))
    out.push(hit ? look(hit.to) : word)
    i += hit ? hit.words.length : 1
  }
  return out
}

/** Camel-case words, host names and releases. */
function namesIn(text: string, canonical: (word: string) => string): Set<string> {
  const found =
    text.match(
      /[A-Za-z]{0,40}[a-z][A-Z][A-Za-z]{2,60}|\d\.\d\.\d{2,4}(?:\.\d)?|[a-z0-9]{1,40}(?:\.[a-z0-9-]{2,60}){1,5}/g,
    ) ?? []
  const long = found.filter((name) => name.length >= 8 || /^\d/.test(name))
  return new Set(long.map((name) => canonical(words(name)[0] ?? '')))
}

/** A domain of somebody, unless it is one that our texts name. */
const HOST =
  /(?<![\w.*-])(?:[a-z0-9-]{1,40}\.){1,3}(?:com|net|org|de|local|corp|lan|eu|uk|nl|fr)(?![\w-]|\.\w)/gi

/** A name such as `employeeType` that nothing of ours has is some attribute of theirs. */
const ATTRIBUTE = /(?<![\w.])[a-z]{2,20}[A-Z][A-Za-z]{2,30}\d{0,2}(?![\w.])/g

/** `65000`, `180k` and `200,000` are all "very many": the figure itself is seldom in our texts. */
function bigNumber(word: string): string {
  const first = word.charCodeAt(0)
  if (first < 48 || first > 57) return word
  return /^\d{2,3}k$|^\d{5,7}$|^\d{2,3}(?:[.,]000)+$/.test(word) ? 'manythousand' : word
}

/** Compiles the word table. `analyse` is pure once the corpus has been learnt. */
export function createAnalyser(table: WordTable): Analyser {
  const phrases = compilePhrases(table)
  const canon = new Map<string, string>()
  for (const [to, variants] of Object.entries(table.words)) {
    for (const variant of variants) canon.set(stem(words(variant)[0] ?? variant), stem(to))
  }
  const weak = new Set(table.weak.flatMap((line) => words(line)))
  const numbers = new Set(table.ours.flatMap((line) => line.match(/\b\d+\b/g) ?? []))
  const stop = new Set(table.stop.flatMap((word) => words(word)))
  const spelling: Spelling = createSpelling(stem)
  for (const group of [table.phrases, table.words]) {
    for (const [to, variants] of Object.entries(group)) spelling.learn(words([to, ...variants].join(' ')))
  }
  spelling.learn([...stop, ...weak])
  const seen = new Map<string, Word>()
  const look = (raw: string): Word => {
    const before = seen.get(raw)
    if (before) return before
    const text = bigNumber(raw)
    const stemmed = stem(text)
    // An everyday word keeps its ending: "customer" has nothing to do with "custom".
    const term = canon.get(stemmed) ?? (weak.has(text) ? text : stemmed)
    const word = { text, stop: stop.has(text), term, starts: phrases.get(text) }
    // Bounded: what people type must not fill the memory.
    if (seen.size < MAX_KNOWN) seen.set(raw, word)
    return word
  }
  const toTerms = (typed: readonly Word[]): Learnt => {
    // Twice, because a phrase may be made of phrases: "azure ad connect" + "cloud sync".
    const once = replacePhrases(typed, look)
    const all = once === typed ? typed : replacePhrases(once, look)
    const list: string[] = []
    for (const word of all) if (!word.stop) list.push(word.term)
    return { list, all: all.map((word) => word.text) }
  }
  return {
    isWeak: (term) => weak.has(term) || (/^\d[\d.]{0,6}$/.test(term) && !numbers.has(term)),
    learn(text) {
      const raw = words(text)
      spelling.learn(raw)
      return toTerms(raw.map(look))
    },
    analyse(typed, options) {
      const text = typed
        .replace(ADDRESS, (_, local: string, domain: string) => {
          const known = words(local).every((word) => spelling.knows(word)) ? local : ''
          return `${known} ${domain.match(/onmicrosoft\.com$|\.local$/i)?.[0] ?? ''} `
        })
        .replace(HOST, (host) => (words(host).every((word) => spelling.knows(word)) ? host : 'domain'))
        .replace(ATTRIBUTE, (name) => (spelling.knows(name.toLowerCase()) ? name : 'attribute'))
      const raw = words(text).slice(0, MAX_TERMS)
      const spelt = options?.correct === false ? raw : raw.map((word) => spelling.correct(word))
      const { list, all } = toTerms(spelt.map(look))
      return { list, all, set: new Set(list), names: namesIn(text, (word) => look(word).term) }
    },
  }
}
