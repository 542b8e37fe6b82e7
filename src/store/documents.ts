// JSON documents in text columns, each with a size limit.
import { MedicError } from '../errors.ts'

const KB = 1024

/** Largest size in bytes of UTF-8, by what is kept. */
export const limits = {
  session: 64 * KB,
  payload: 128 * KB,
  result: 128 * KB,
  incident: 128 * KB,
  timeline: 16 * KB,
  proposal: 64 * KB,
  setting: 64 * KB,
  place: 16 * KB,
  subscription: 16 * KB,
  gap: 8 * KB,
  audit: 16 * KB,
} as const

export type Kept = keyof typeof limits

/** Rejects with SM_STORE_TOO_LARGE what is over its limit. */
export function checkSize(kept: Kept, text: string): string {
  const bytes = Buffer.byteLength(text)
  if (bytes > limits[kept]) {
    throw new MedicError('SM_STORE_TOO_LARGE', { kept, bytes, limit: limits[kept] })
  }
  return text
}

export function toDocument(kept: Kept, value: unknown): string {
  return checkSize(kept, JSON.stringify(value) ?? 'null')
}

/** The caller names the type it wrote; documents are written by this room alone. */
export function fromDocument<T>(text: string): T {
  return JSON.parse(text) as T
}
