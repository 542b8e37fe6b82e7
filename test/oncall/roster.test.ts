import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createOnCall,
  defaultChain,
  gaps,
  instantOf,
  localTime,
  nextShift,
  parseRoster,
  resolveStep,
  sampleRoster,
  shiftsBetween,
  whoIsOnCall,
} from '../../src/oncall/index.ts'
import { DAY, HOUR } from '../../src/time.ts'

const people = 'people:\n  - { id: a, name: Ada }\n  - { id: b, name: Bob }\n  - { id: c, name: Cleo }\n'
function roster(rest: string, zone = 'Europe/Berlin') {
  const result = parseRoster(`zone: ${zone}\n${people}${rest}`)
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.roster
}
const weekly = roster(
  'shifts:\n  - weekly: { from: 2026-01-05, startDay: monday, startTime: "09:00", people: [a, b] }\n',
)
const utc = (text: string) => Date.parse(`${text}Z`)
const ids = (found: readonly { objectId: string }[]) => found.map((p) => p.objectId).join()

describe('a weekly rotation', () => {
  it.each([
    ['before it begins', '2026-01-05T07:59:59', ''],
    ['at its first minute', '2026-01-05T08:00:00', 'a'],
    ['at the end of the first week', '2026-01-12T07:59:59', 'a'],
    ['in the second week', '2026-01-12T08:00:00', 'b'],
    ['in the third week', '2026-01-19T08:00:00', 'a'],
    ['on the last hour before the clocks go forward', '2026-03-29T00:59:59', 'b'],
    ['after the clocks went forward, at 09:00 by the wall', '2026-03-30T07:00:00', 'a'],
    ['a minute before that', '2026-03-30T06:59:59', 'b'],
    ['after the clocks went back, at 09:00 by the wall', '2026-10-26T08:00:00', 'a'],
    ['a minute before that too', '2026-10-26T07:59:59', 'b'],
    ['in the week with the leap day', '2028-02-29T12:00:00', 'a'],
    ['years later', '2038-01-20T12:00:00', 'a'],
  ])('%s', (_name, at, expected) => {
    expect(ids(whoIsOnCall(weekly, utc(at)))).toBe(expected)
  })

  it('has weeks that are an hour shorter and longer where the clocks change, and no gap there', () => {
    const lengths = (from: string) =>
      shiftsBetween(weekly, utc(from), utc(from) + 1).map((s) => (s.to - s.from) / HOUR)
    expect(lengths('2026-03-25T00:00:00')).toEqual([167])
    expect(lengths('2026-10-21T00:00:00')).toEqual([169])
    expect(lengths('2026-06-10T00:00:00')).toEqual([168])
    expect(gaps(weekly, utc('2026-03-20T00:00:00'), 30)).toEqual([])
    expect(gaps(weekly, utc('2026-10-15T00:00:00'), 30)).toEqual([])
  })

  it('starts at a time that does not exist an hour later, and at one that exists twice at its first', () => {
    const night = roster(
      'shifts:\n  - weekly: { from: 2026-01-04, startDay: sunday, startTime: "02:30", people: [a, b] }\n',
    )
    const starts = (from: string) => shiftsBetween(night, utc(from), utc(from) + DAY).map((s) => s.from)
    expect(starts('2026-03-29T00:00:00')).toContain(utc('2026-03-29T01:30:00'))
    expect(starts('2026-10-25T00:00:00')).toContain(utc('2026-10-25T00:30:00'))
  })

  it('may end before the next one starts, and the gap is found', () => {
    const office = roster(
      'shifts:\n  - weekly: { from: 2026-01-05, startDay: monday, startTime: "08:00", endDay: friday, endTime: "18:00", people: [a] }\n',
    )
    expect(gaps(office, utc('2026-03-09T12:00:00'))).toEqual([
      { from: utc('2026-03-13T17:00:00'), to: utc('2026-03-16T07:00:00') },
    ])
    expect(ids(whoIsOnCall(office, utc('2026-03-14T12:00:00')))).toBe('')
  })
})

describe('fixed shifts', () => {
  const swapped = roster(
    'shifts:\n  - weekly: { from: 2026-01-05, startDay: monday, startTime: "09:00", people: [a, b] }\n  - { person: c, from: 2026-03-10T08:00, to: 2026-03-11T08:00 }\n',
  )
  it('stand in for the rotation while they last', () => {
    const at = ['2026-03-10T06:59:59', '2026-03-10T07:00:00', '2026-03-11T06:59:59', '2026-03-11T07:00:00']
    expect(at.map((t) => ids(whoIsOnCall(swapped, utc(t))))).toEqual(['b', 'c', 'c', 'b'])
  })

  it('are the next shift when they are', () => {
    expect(nextShift(swapped, utc('2026-03-10T00:00:00'))).toMatchObject({
      from: utc('2026-03-10T07:00:00'),
      people: [{ objectId: 'c' }],
    })
    expect(nextShift(swapped, utc('2026-03-10T12:00:00'))).toMatchObject({
      from: utc('2026-03-11T07:00:00'),
      people: [{ objectId: 'b' }],
    })
  })
})

describe('the clock on the wall', () => {
  it('agrees with itself for any minute of any year in zones that change and that do not', () => {
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'UTC',
    )
    const minute = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2040, 0, 1) / 60_000 })
    fc.assert(
      fc.property(zone, minute, (name, minutes) => {
        const time = minutes * 60_000
        const back = instantOf(name, localTime(name, time))
        // A time that exists twice is its first occurrence, an hour earlier at most.
        expect(time - back).toBeGreaterThanOrEqual(0)
        expect(time - back).toBeLessThanOrEqual(HOUR)
        expect(localTime(name, back)).toEqual(localTime(name, time))
      }),
      { numRuns: 1_000 },
    )
  })

  it('covers time without overlap or gap for any rotation', () => {
    const at = fc.record({
      day: fc.constantFrom('monday', 'wednesday', 'sunday'),
      hour: fc.integer({ min: 0, max: 23 }),
    })
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata')
    fc.assert(
      fc.property(at, zone, fc.integer({ min: 0, max: 700 }), ({ day, hour }, name, offset) => {
        const time = `${String(hour).padStart(2, '0')}:30`
        const one = roster(
          `shifts:\n  - weekly: { from: 2026-01-05, startDay: ${day}, startTime: "${time}", people: [a, b, c] }\n`,
          name,
        )
        const from = Date.UTC(2026, 1, 1) + offset * DAY
        const shifts = shiftsBetween(one, from, from + 30 * DAY)
        for (const [i, shift] of shifts.entries()) if (i > 0) expect(shift.from).toBe(shifts[i - 1]?.to)
        expect(gaps(one, from, 30)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

describe('ROSTER_FILE', () => {
  it('lists all of its problems at once', () => {
    const result = parseRoster(
      'zone: Mars/Base\npeople:\n  - { id: a, name: Ada }\nshifts:\n  - { person: a, from: yesterday, to: 2026-01-01T00:00 }\nescalation: []\ncolour: red\n',
    )
    const text = result.ok ? '' : result.problems.join('\n')
    for (const part of ['zone', 'shifts', 'escalation', 'colour']) expect(text).toContain(part)
  })

  it('names people that are not listed and shifts that end before they start', () => {
    const result = parseRoster(
      `zone: UTC\n${people}shifts:\n  - { person: x, from: 2026-02-01T00:00, to: 2026-01-01T00:00 }\nescalation:\n  - { person: y }\n`,
    )
    const text = result.ok ? '' : result.problems.join('\n')
    for (const part of ['"x"', '"y"', 'ends before']) expect(text).toContain(part)
  })

  it.each(['', 'zone: UTC', '[', 'a: b: c'])('refuses %j', (text) => {
    expect(parseRoster(text).ok).toBe(false)
  })

  it('has a sample that covers every hour and escalates to a last resort', () => {
    const who = (id: string) => ({ id, name: id })
    const sample = sampleRoster({ first: who('a'), second: who('b'), lead: who('c'), fallback: '19:x' })
    expect(gaps(sample, utc('2026-05-01T00:00:00'), 60)).toEqual([])
    expect(sample.escalation.map((s) => s.who)).toEqual(['onCall', 'nextOnCall', 'person', 'fallback'])
    expect(sample.fallback).toBe('19:x')
  })
})

describe('escalation', () => {
  const now = utc('2026-03-10T12:00:00')
  it('resolves each step when it is due', async () => {
    const source = createOnCall(weekly)
    expect(ids((await resolveStep({ who: 'onCall', afterMinutes: 0 }, source, now)).people)).toBe('b')
    expect(ids((await resolveStep({ who: 'nextOnCall', afterMinutes: 0 }, source, now)).people)).toBe('a')
    const person = { objectId: 'c', name: 'Cleo' }
    expect(await resolveStep({ who: 'person', person, afterMinutes: 0 }, source, now)).toEqual({
      people: [person],
      fallback: false,
    })
  })

  it('falls back when nobody is on call, when no roster is set up, and when it says so', async () => {
    const nobody = { people: [], fallback: true }
    const empty = createOnCall(roster('shifts: []\n'))
    for (const source of [empty, createOnCall(undefined)])
      for (const who of ['onCall', 'nextOnCall', 'fallback'] as const)
        expect(await resolveStep({ who, afterMinutes: 0 }, source, now)).toEqual(nobody)
    expect(empty.gaps(now)).toEqual([{ from: now, to: now + 7 * DAY }])
    expect(createOnCall(undefined)).toMatchObject({ configured: false, chain: defaultChain })
  })
})
