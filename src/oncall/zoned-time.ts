// Wall-clock time in IANA zones, safe across both changes of daylight saving time.
import type { Instant } from '../nouns.ts'
import { DAY, MINUTE } from '../time.ts'

export type LocalDay = { readonly year: number; readonly month: number; readonly day: number }
export type LocalTime = LocalDay & { readonly hour: number; readonly minute: number }

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const found = formats.get(zone)
  if (found) return found
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}

export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** What the clock on the wall of `zone` shows at `time`. */
export function localTime(zone: string, time: Instant): LocalTime {
  const parts: Record<string, number> = {}
  for (const part of formatOf(zone).formatToParts(time)) parts[part.type] = Number(part.value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts
  return { year, month, day, hour, minute }
}

function offsetMs(zone: string, time: Instant): number {
  const t = localTime(zone, time)
  const wall = Date.UTC(t.year, t.month - 1, t.day, t.hour, t.minute)
  return wall - Math.floor(time / MINUTE) * MINUTE
}

/**
 * The instant at which the wall of `zone` shows `local`. A time that happens twice (clocks go back) is its first
 * occurrence; one that does not happen (clocks go forward) is moved on by the length of the gap.
 */
export function instantOf(zone: string, local: LocalTime): Instant {
  const wall = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute)
  const before = wall - offsetMs(zone, wall - DAY)
  const after = wall - offsetMs(zone, wall + DAY)
  const hits = [before, after].filter((time) => time + offsetMs(zone, time) === wall)
  return hits.length > 0 ? Math.min(...hits) : before
}

/** Days since 1970-01-01 of a calendar day; calendar arithmetic only, no zone. */
export function dayNumber(day: LocalDay): number {
  return Math.round(Date.UTC(day.year, day.month - 1, day.day) / DAY)
}

export function dayOf(number: number): LocalDay {
  const date = new Date(number * DAY)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** 0 is Monday. */
export function weekday(number: number): number {
  return (((number + 3) % 7) + 7) % 7
}

/** "HH:MM" as minutes since midnight. */
export function minutesOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number)
  return hour * 60 + minute
}

export function atMinutes(day: LocalDay, minutes: number): LocalTime {
  return { ...day, hour: Math.floor(minutes / 60), minute: minutes % 60 }
}
