// A reason or a note is found in text made comparable; what is kept and shown is what the person wrote.
import { comparable } from './clean.ts'

const bare = (text: string) => comparable(text).replace(/[\s.!?,;:]{1,20}$/, '')

/** The end of `text` that reads the same as `found`; `found` itself when no end does. */
export function asTyped(text: string, found: string): string {
  const words = text.trim().split(/\s+/)
  const near = found.split(' ').length
  // Contractions are written out, so the numbers of words may differ a little.
  for (let count = Math.max(1, near - 10); count <= Math.min(words.length, near + 10); count += 1) {
    const end = words.slice(-count).join(' ')
    if (bare(end) === bare(found)) return end
  }
  return found
}
