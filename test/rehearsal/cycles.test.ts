import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jobs } from '../../src/rehearsal/configurations.ts'
import {
  CYCLE,
  type Event,
  endOf,
  firstCycleAfter,
  lastCycleBefore,
  phasesOf,
  retriesOf,
} from '../../src/rehearsal/cycles.ts'

const start = Date.UTC(2026, 8, 14, 8)
const job = jobs[0] as (typeof jobs)[number]

const event = fc.record({
  at: fc.integer({ min: start, max: start + 12 * 3600_000 }),
  what: fc.constantFrom<Event['what']>('fault', 'healed', 'pause', 'start'),
  fault: fc.constantFrom<NonNullable<Event['fault']>>(
    'noActiveAgents',
    'tooManyDeletes',
    'late',
    'brokenMapping',
  ),
})
const history = fc.array(event, { maxLength: 12 }).map((events) => events.toSorted((a, b) => a.at - b.at))
const moment = fc.integer({ min: start, max: start + 24 * 3600_000 })

describe('phases of a job', () => {
  it('follow each other without gap or overlap, from the beginning of time to now', () => {
    fc.assert(
      fc.property(history, moment, (events, until) => {
        const phases = phasesOf(job, events, until)
        expect(phases[0]?.from).toBe(Number.NEGATIVE_INFINITY)
        expect(phases.at(-1)?.to).toBe(until)
        for (const [i, phase] of phases.entries()) {
          expect(phase.from).toBeLessThanOrEqual(phase.to)
          if (i > 0) expect(phase.from).toBe(phases[i - 1]?.to)
        }
      }),
    )
  })

  it('the past does not depend on how far one looks', () => {
    fc.assert(
      fc.property(history, moment, moment, (events, a, b) => {
        const [early, late] = a < b ? [a, b] : [b, a]
        const seen = phasesOf(job, events, early).at(-1)
        const later = phasesOf(job, events, late).findLast((phase) => phase.from <= early)
        expect([later?.mode, later?.from]).toEqual([seen?.mode, seen?.from])
      }),
    )
  })

  it('a quarantine has a cause and a series that began no later than itself, unless it only waits to end', () => {
    fc.assert(
      fc.property(history, moment, (events, until) => {
        for (const phase of phasesOf(job, events, until).filter(({ mode }) => mode === 'quarantine')) {
          expect(phase.series).toBeLessThanOrEqual(phase.from)
          if (phase.fault === undefined) expect(phase.to - phase.from).toBeLessThanOrEqual(CYCLE)
        }
      }),
    )
  })

  it('nothing happens: it runs', () => {
    expect(phasesOf(job, [], start)).toMatchObject([{ mode: 'running', to: start }])
  })
})

describe('cycles', () => {
  it('one is over before the next begins, and the last one before a moment is found', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...jobs), (time, each) => {
        const cycle = lastCycleBefore(each, time)
        expect(endOf(each, cycle)).toBeLessThanOrEqual(time)
        expect(endOf(each, cycle + 1)).toBeGreaterThan(time)
        expect(firstCycleAfter(each, time)).toBeGreaterThan(cycle)
      }),
    )
  })

  it('retries after 6, 12 and 24 hours, then daily', () => {
    const hours = (times: readonly number[]) => times.map((time) => (time - start) / 3600_000)
    const { done, next } = retriesOf(start, start + 100 * 3600_000)
    expect(hours([...done, next])).toEqual([6, 18, 42, 66, 90, 114])
  })
})
