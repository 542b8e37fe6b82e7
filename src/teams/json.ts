// JSON from outside: bounded depth, no keys that reach prototypes. Of duplicate keys the last one wins, as in
// JSON.parse; nothing is checked on another copy than the one that is used, so that is harmless.
export type Guarded = { readonly ok: true; readonly value: unknown } | { readonly ok: false }

const MAX_DEPTH = 64
const forbiddenKeys = new Set(['__proto__', 'constructor'])
const refused: Guarded = { ok: false }
const quote = 0x22
const backslash = 0x5c

/** Counts brackets outside strings without building anything, so that depth costs no stack. */
function tooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === backslash) i++
      else if (c === quote) inString = false
    } else if (c === quote) inString = true
    else if (c === 0x7b || c === 0x5b) {
      depth++
      if (depth > MAX_DEPTH) return true
    } else if (c === 0x7d || c === 0x5d) depth--
  }
  return false
}

function hasForbiddenKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasForbiddenKey)
  return Object.entries(value).some(([key, inner]) => forbiddenKeys.has(key) || hasForbiddenKey(inner))
}

export function parseJson(text: string): Guarded {
  if (tooDeep(text)) return refused
  try {
    const value: unknown = JSON.parse(text)
    return hasForbiddenKey(value) ? refused : { ok: true, value }
  } catch {
    return refused
  }
}

/** Bytes that are not UTF-8 are refused rather than repaired. */
export function parseJsonBytes(bytes: Uint8Array): Guarded {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return refused
  }
}
