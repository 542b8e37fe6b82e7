// Lengths of time, and the words people read for a time or a length of it. All times are UTC and say so.
import type { Instant } from './nouns.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number) => String(n).padStart(2, '0')
/** The last time a Date can hold. */
const MAX_INSTANT = 8.64e15

export function isInstant(time: number): boolean {
  return Number.isFinite(time) && Math.abs(time) <= MAX_INSTANT
}

/** "08:12 UTC" today, "19 Nov 08:12 UTC" this year, with the year otherwise. */
export function timeWords(time: Instant, now: Instant): string {
  if (!isInstant(time)) return 'an unknown time'
  const t = new Date(time)
  const n = new Date(now)
  const clock = `${two(t.getUTCHours())}:${two(t.getUTCMinutes())} UTC`
  if (t.toISOString().slice(0, 10) === n.toISOString().slice(0, 10)) return clock
  const day = `${t.getUTCDate()} ${months[t.getUTCMonth()]}`
  return t.getUTCFullYear() === n.getUTCFullYear()
    ? `${day} ${clock}`
    : `${day} ${t.getUTCFullYear()} ${clock}`
}

/** A length of time, never negative: "35 s", "12 min", "1 h 20 min", "6 h", "3 days". */
export function lengthWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  // Minutes count while the hours are few.
  if (minutes < 180 && minutes % 60 > 0) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
