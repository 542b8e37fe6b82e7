// Typo tolerance: an unknown word becomes the nearest word our knowledge uses, if one is near enough.

import { editDistance } from '../edit-distance.ts'

export type Spelling = {
  learn(words: readonly string[]): void
  knows(word: string): boolean
  /** The word itself when it is known, short, a name or like nothing we know. */
  correct(word: string): string
}

/** How many slips a word of this length may have. */
function allowed(length: number): number {
  if (length < 4) return 0
  return length < 9 ? 1 : 2
}

/** In a word of four letters only two swapped neighbours count as a typo: too many short words are alike. */
function sameLetters(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b].sort().join('')
}

/** `stem` cuts endings: a word whose stem is known is no typo. */
export function createSpelling(stem: (word: string) => string): Spelling {
  const count = new Map<string, number>()
  const stems = new Set<string>()
  const byFirst = new Map<string, string[]>()
  return {
    learn(words) {
      for (const word of words) {
        const seen = count.get(word) ?? 0
        count.set(word, seen + 1)
        if (seen === 0) stems.add(stem(word))
        if (seen > 0 || !/^\p{L}{4,}$/u.test(word)) continue
        const first = word.charAt(0)
        const list = byFirst.get(first)
        if (list) list.push(word)
        else byFirst.set(first, [word])
      }
    },
    knows: (word) => count.has(word),
    correct(typed) {
      // extensionAttribute5 is an extensionAttribute.
      const bare = count.has(typed) ? typed : typed.replace(/(?<=\p{L}{6})\d+$/u, '')
      const word = count.has(bare) ? bare : typed
      const limit = allowed(word.length)
      // The first letter is nearly always right; names with digits or dots are not words.
      if (limit === 0 || count.has(word) || word.length > 24 || !/^\p{L}+$/u.test(word)) return word
      if (stems.has(stem(word))) return word
      let best = word
      let score = limit + 1
      for (const known of byFirst.get(word.charAt(0)) ?? []) {
        const steps = editDistance(word, known, limit)
        const better = steps < score || (steps === score && (count.get(known) ?? 0) > (count.get(best) ?? 0))
        if (steps <= limit && better && (word.length > 4 || sameLetters(word, known))) {
          best = known
          score = steps
        }
      }
      return best
    },
  }
}
