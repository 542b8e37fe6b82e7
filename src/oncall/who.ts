// Who is on call at a given moment, who is next, and when nobody is. Pure, in calendar time of the roster's zone.
import type { Instant, OnCallPerson } from '../nouns.ts'
import { DAY } from '../time.ts'
import type { FixedShift, Roster, WeeklyShift } from './roster.ts'
import { atMinutes, dayNumber, dayOf, instantOf, localTime, minutesOf, weekday } from './zoned-time.ts'

export type Shift = {
  readonly people: readonly OnCallPerson[]
  readonly from: Instant
  readonly to: Instant
  readonly fixed: boolean
}
export type Gap = { readonly from: Instant; readonly to: Instant }

function dateNumber(text: string): number {
  const [year = 1970, month = 1, day = 1] = text.slice(0, 10).split('-').map(Number)
  return dayNumber({ year, month, day })
}

function weeklyBetween(zone: string, rule: WeeklyShift, from: Instant, to: Instant): Shift[] {
  const first = dateNumber(rule.from)
  // The first shift starts on the first start day on or after `from` of the file.
  const origin = first + ((rule.startDay - weekday(first) + 7) % 7)
  const today = dayNumber(localTime(zone, from))
  const firstWeek = Math.max(0, Math.floor((today - origin) / 7) - 1)
  const startOf = (week: number) =>
    instantOf(zone, atMinutes(dayOf(origin + week * 7), minutesOf(rule.startTime)))
  const endOf = (week: number) => {
    if (rule.endDay === undefined || rule.endTime === undefined) return startOf(week + 1)
    const sameDay = rule.endDay === rule.startDay && minutesOf(rule.endTime) > minutesOf(rule.startTime)
    const length = sameDay ? 0 : (rule.endDay - rule.startDay + 7) % 7 || 7
    return instantOf(zone, atMinutes(dayOf(origin + week * 7 + length), minutesOf(rule.endTime)))
  }
  const shifts: Shift[] = []
  for (let week = firstWeek; startOf(week) < to; week += 1) {
    const person = rule.people[week % rule.people.length]
    const shift = { from: startOf(week), to: endOf(week), fixed: false }
    if (person && shift.to > from) shifts.push({ ...shift, people: [person] })
  }
  return shifts
}

function fixedBetween(zone: string, rule: FixedShift, from: Instant, to: Instant): Shift[] {
  const instant = (text: string) =>
    instantOf(zone, atMinutes(dayOf(dateNumber(text)), minutesOf(text.slice(11))))
  const shift = { people: [rule.person], from: instant(rule.from), to: instant(rule.to), fixed: true }
  return shift.from < to && shift.to > from ? [shift] : []
}

/** Every shift that touches [from, to), oldest first. */
export function shiftsBetween(roster: Roster, from: Instant, to: Instant): readonly Shift[] {
  return roster.shifts
    .flatMap((rule) =>
      rule.kind === 'weekly'
        ? weeklyBetween(roster.zone, rule, from, to)
        : fixedBetween(roster.zone, rule, from, to),
    )
    .sort((a, b) => a.from - b.from)
}

function peopleAt(shifts: readonly Shift[], now: Instant): readonly OnCallPerson[] {
  const current = shifts.filter((shift) => shift.from <= now && now < shift.to)
  const fixed = current.filter((shift) => shift.fixed)
  const people = (fixed.length > 0 ? fixed : current).flatMap((shift) => shift.people)
  return people.filter((person, i) => people.findIndex((p) => p.objectId === person.objectId) === i)
}

/** Empty when nobody is. */
export function whoIsOnCall(roster: Roster, now: Instant): readonly OnCallPerson[] {
  return peopleAt(shiftsBetween(roster, now, now + 1), now)
}

const idsOf = (people: readonly OnCallPerson[]) =>
  people
    .map((person) => person.objectId)
    .sort()
    .join()

/** The next change to somebody else, within five weeks. */
export function nextShift(
  roster: Roster,
  now: Instant,
): { readonly people: readonly OnCallPerson[]; readonly from: Instant } | undefined {
  const shifts = shiftsBetween(roster, now, now + 35 * DAY)
  const current = idsOf(peopleAt(shifts, now))
  const edges = [...new Set(shifts.flatMap((shift) => [shift.from, shift.to]))].sort((a, b) => a - b)
  for (const from of edges) {
    if (from <= now) continue
    const people = peopleAt(shifts, from)
    if (people.length > 0 && idsOf(people) !== current) return { people, from }
  }
  return undefined
}

/** Times in the next `days` days when nobody is on call. */
export function gaps(roster: Roster, now: Instant, days = 7): readonly Gap[] {
  const end = now + days * DAY
  const found: Gap[] = []
  let covered = now
  for (const shift of shiftsBetween(roster, now, end)) {
    if (shift.from > covered) found.push({ from: covered, to: Math.min(shift.from, end) })
    covered = Math.max(covered, shift.to)
    if (covered >= end) break
  }
  if (covered < end) found.push({ from: covered, to: end })
  return found
}
