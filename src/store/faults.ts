// What a driver throws becomes an error of the catalogue. A failing backend always rejects: it never reads as empty.
import { MedicError } from '../errors.ts'

/** Driver codes of a violated unique key: PostgreSQL's and SQLite's. */
const uniqueViolations: ReadonlySet<string> = new Set([
  '23505',
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
])

function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return ''
  return String(thrown.code)
}

/** SM_STORE_CONFLICT for a duplicate key, SM_STORE_UNAVAILABLE for all else; the driver's error is its cause. */
export function storeFault(thrown: unknown): MedicError {
  if (thrown instanceof MedicError) return thrown
  const code = codeOf(thrown)
  if (uniqueViolations.has(code)) return new MedicError('SM_STORE_CONFLICT', { code }, thrown)
  return new MedicError('SM_STORE_UNAVAILABLE', code === '' ? {} : { code }, thrown)
}

/** A mistake in our own code, named so that it is found at the first try. */
export function misuse(why: string): MedicError {
  return new MedicError('SM_STORE_MISUSED', { why })
}
