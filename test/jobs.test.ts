import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holdsDeletes, noAgentError, scheduleOf } from '../src/jobs.ts'
import type { Job } from '../src/nouns.ts'
import { DAY, MINUTE } from '../src/time.ts'
import { aJob, aQuarantinedJob, NOW } from './support/snapshots.ts'

const base: Job = {
  id: 'j',
  configurationId: 'c',
  domain: 'contoso.com',
  kind: 'provisioning',
  templateId: '',
  status: 'active',
  schedule: { state: 'active', intervalMs: 2 * MINUTE },
  successiveFailures: 0,
  entryCounts: {},
}
const ran = (began: number, ended?: number) => ({
  state: 'succeeded' as const,
  began,
  ...(ended === undefined ? {} : { ended }),
  counts: {},
})

describe('schedule', () => {
  it('of a job on time', () => {
    const job = {
      ...base,
      lastExecution: ran(NOW - 2 * MINUTE, NOW - MINUTE),
      lastSuccess: ran(0, NOW - MINUTE),
    }
    expect(scheduleOf(job, NOW)).toEqual({
      running: false,
      lastBegan: NOW - 2 * MINUTE,
      lastEnded: NOW - MINUTE,
      lastSuccess: NOW - MINUTE,
      lastSign: NOW - MINUTE,
      nextExpected: NOW + MINUTE,
      allowedMs: 30 * MINUTE,
      lateMs: 0,
    })
  })

  it('of a job that is silent', () => {
    const job = { ...base, lastExecution: ran(NOW - 41 * MINUTE, NOW - 40 * MINUTE) }
    expect(scheduleOf(job, NOW)).toMatchObject({ running: false, lateMs: 38 * MINUTE })
    expect(scheduleOf(job, NOW, { floorMs: 60 * MINUTE, cycles: 3 }).lateMs).toBe(0)
  })

  it('of a cycle that is running', () => {
    for (const last of [ran(NOW - MINUTE), ran(NOW - MINUTE, NOW - 3 * MINUTE)]) {
      const found = scheduleOf({ ...base, lastExecution: last }, NOW)
      expect(found.running).toBe(true)
      expect(found).not.toHaveProperty('nextExpected')
    }
  })

  it('of a quarantine is a day, or what Graph says', () => {
    const quarantine = { reason: '', seriesCount: 1, nextAttempt: NOW + 5 * MINUTE }
    const job: Job = {
      ...base,
      status: 'quarantine',
      lastExecution: ran(NOW - 600 * MINUTE, NOW - 599 * MINUTE),
    }
    expect(scheduleOf({ ...job, quarantine }, NOW)).toMatchObject({
      nextExpected: NOW + 5 * MINUTE,
      lateMs: 0,
    })
    expect(scheduleOf(job, NOW).nextExpected).toBe(NOW - 599 * MINUTE + DAY)
  })

  it('of a job that is not meant to run, or never did, is no lateness', () => {
    for (const job of [
      { ...base, status: 'paused' as const, lastExecution: ran(1, 2) },
      base,
      { ...base, schedule: { state: 'active' }, lastExecution: ran(1, 2) },
    ])
      expect(scheduleOf(job, NOW).lateMs).toBe(0)
  })

  it('is late exactly when the last sign of life is older than allowed, never negative', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 * DAY }),
        fc.integer({ min: MINUTE, max: DAY }),
        (age, interval) => {
          const run = ran(NOW - age, NOW - age)
          const job = aJob({
            lastExecution: run,
            lastSuccess: run,
            schedule: { state: 'Active', intervalMs: interval },
          })
          const { lateMs, running } = scheduleOf(job, NOW)
          expect(running).toBe(false)
          expect(lateMs > 0).toBe(age > Math.max(30 * MINUTE, 3 * interval))
          expect(lateMs).toBeGreaterThanOrEqual(0)
          expect(scheduleOf({ ...job, status: 'paused' }, NOW).lateMs).toBe(0)
        },
      ),
    )
  })
})

describe('complaints', () => {
  it('that no agent answers count only while the job fails', () => {
    const error = { code: 'hybridIdentityServiceNoActiveAgents', message: '' }
    const last = { state: 'failed' as const, error, counts: {} }
    expect(noAgentError(aJob({ lastExecution: last }))).toEqual(error)
    expect(noAgentError(aJob({ lastExecution: { ...last, state: 'succeeded' } }))).toBeUndefined()
    const other = { ...error, code: 'HybridIdentityServiceInvalidResource' }
    expect(noAgentError(aJob({ lastExecution: { ...last, error: other } }))).toBeUndefined()
  })

  it('of held deletions stand in the reason or in the error of a quarantine', () => {
    const held = aQuarantinedJob('TooManyDeletes')
    expect(holdsDeletes(held)).toBe(true)
    expect(holdsDeletes({ ...held, status: 'active' })).toBe(false)
    expect(holdsDeletes(aJob())).toBe(false)
  })
})
