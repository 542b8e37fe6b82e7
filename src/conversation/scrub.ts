// Takes out of a question everything that looks like a person, host, domain or id, before it may be kept as a gap.
const patterns: readonly (readonly [RegExp, string])[] = [
  [/[\w.+-]{1,64}@[\w.-]{1,255}/g, '(address)'],
  [/\b(?:CN|OU|DC)=[^\n;"]{1,300}/gi, '(dn)'],
  [/\b[\w-]{1,32}\\[\w.$-]{1,64}/g, '(account)'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '(id)'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '(ip)'],
  [/\bhttps?:\/\/[^\s"'<>]{1,300}/gi, '(address)'],
  [
    /\b(?:[\w-]{1,63}\.){1,6}(?:com|net|org|local|lan|corp|internal|io|de|eu|uk|fr|nl|us|gov|edu|mil)\b/gi,
    '(domain)',
  ],
  [/\bS-1-5-[\d-]{5,80}/g, '(id)'],
  [/\b[A-Z]{2,20}[-_]?[A-Z0-9]{0,30}\d{2,10}\b/g, '(host)'],
  [/\b[0-9a-f]{16,}\b/gi, '(id)'],
  [/\b\d{6,}\b/g, '(number)'],
]

/**
 * `isWord` says whether a word occurs in the knowledge itself. A capitalised word that does not is taken for a name. What remains is at most 300 characters.
 */
export function scrub(text: string, isWord: (word: string) => boolean): string {
  const plain = patterns.reduce((rest, [pattern, stand]) => rest.replace(pattern, stand), text.slice(0, 2000))
  const named = plain.replace(/(?<![(\p{L}])\p{Lu}[\p{L}'’-]{1,40}/gu, (word) =>
    isWord(word.toLowerCase()) ? word : '(name)',
  )
  return named.replace(/\s+/g, ' ').trim().slice(0, 300)
}
