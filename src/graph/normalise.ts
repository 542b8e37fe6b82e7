// Graph's values as ours, in zod. What Graph writes for "nothing" (null, "", "None", year 1) is absent here,
// enum values have one spelling, and a value nobody has heard of is kept: it is data, not an error.
import { z } from 'zod'
import type { Instant } from '../nouns.ts'

/** Names and ids are cut here; nothing in Graph that is longer is a name. */
const LONGEST_TEXT = 1_024
const LONGEST_DETAIL = 8_192
const MS_PER_YEAR = 365 * 86_400_000

/** The same object without its absent members, for types with exact optional properties. */
export type Compact<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> }

export function compact<const T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Compact<T>
}

/** 'EncounteredQuarantineException' -> 'encounteredQuarantineException'; a known value in its known spelling. */
export function lowerCamel(value: string, knownValues: readonly string[] = []): string {
  const plain = value.trim()
  const known = knownValues.find((candidate) => candidate.toLowerCase() === plain.toLowerCase())
  return known ?? plain.charAt(0).toLowerCase() + plain.slice(1)
}

/** ISO 8601 -> ms since epoch. Absent for "", for what is no date, and for zero dates (years 1 and 1601). */
export function parseInstant(value: string | null | undefined): Instant | undefined {
  if (!value) return undefined
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`
  const time = Date.parse(zoned)
  return Number.isNaN(time) || time < Date.UTC(1900, 0, 1) ? undefined : time
}

const durationParts =
  /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** ISO 8601 duration -> ms. Absent when malformed, empty, or so long that it means "never". */
export function parseDuration(value: string | null | undefined): number | undefined {
  const match = durationParts.exec(value ?? '')
  if (!match || (value ?? '').length < 3) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => (part ? Number(part) : 0))
  const ms = Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000)
  return ms > 100 * MS_PER_YEAR ? undefined : ms
}

function plainText(value: unknown, longest: number): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

/** Whatever is there, also nothing: a plain `unknown` must not be missing from an object. */
const anything = z.unknown().optional()

/** A text that may be missing: absent when null, empty or blank. */
export const text = anything.transform((value) => {
  const found = plainText(value, LONGEST_TEXT)
  return found.trim() === '' ? undefined : found
})

/** Like `text`, for sentences and values of attributes. */
export const longText = anything.transform((value) => {
  const found = plainText(value, LONGEST_DETAIL)
  return found.trim() === '' ? undefined : found
})

/** The one thing that must be there. */
export const id = z.string().min(1)

export const instant = anything.transform((v) => (typeof v === 'string' ? parseInstant(v) : undefined))
export const duration = anything.transform((v) => (typeof v === 'string' ? parseDuration(v) : undefined))

/** An enum: known values in their known spelling, others in lower camel case, 'unknown' when missing. */
export function oneOf(...knownValues: readonly string[]) {
  return anything.transform((value) =>
    typeof value === 'string' && value.trim() !== '' ? lowerCamel(value, knownValues) : 'unknown',
  )
}

/** int64, which JSON may carry as text; 0 when missing or not a number. */
export const count = anything.transform((value) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : 0
})

export const flag = anything.transform((value) => {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  return undefined
})

/** A collection that may be null or missing; null members are dropped. */
export function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item.nullable())
    .nullish()
    .transform((items) => (items ?? []).filter((member) => member !== null) as z.output<T>[])
}

/** An open map of whatever, as texts; empty values are left out. */
export const details = anything.transform((value): Readonly<Record<string, string>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [plainText(key, LONGEST_TEXT), plainText(member, LONGEST_DETAIL)] as const)
      .filter(([, member]) => member.trim() !== ''),
  )
})

/** An object that may be null or missing. */
export function maybe<T extends z.ZodType>(item: T) {
  return item
    .nullish()
    .transform((value) => (value === null ? undefined : (value as z.output<T> | undefined)))
}
