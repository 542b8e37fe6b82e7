import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createBreaker } from '../../src/graph/breaker.ts'
import { createLimiter, limits, type Priority } from '../../src/graph/limiter.ts'
import { movableTime } from '../../src/graph/time.ts'
import { type FakeGraph, graphOn, jumpingTime, list, refusal, startGraph } from '../support/graph-server.ts'

const forever = Number.POSITIVE_INFINITY
let fake: FakeGraph | undefined
afterEach(async () => {
  await fake?.close()
  fake = undefined
})

describe('the limiter', () => {
  it('lets at most the limit through in any window', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 40 }), async (pauses) => {
        const time = jumpingTime()
        const limiter = createLimiter(time)
        const grants: number[] = []
        for (const pause of pauses) {
          time.pass(pause)
          await limiter.take('auditLog', 'user', forever)
          grants.push(time.now())
        }
        const { limit, windowMs } = limits.auditLog
        grants.forEach((at, i) => {
          const later = grants[i + limit]
          if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(windowMs)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('lets who waits for the simulated tenant go on when time is passed there', async () => {
    const time = movableTime()
    const limiter = createLimiter(time)
    for (let i = 0; i < limits.auditLog.limit; i += 1) await limiter.take('auditLog', 'user', forever)
    let served = false
    const fifth = limiter.take('auditLog', 'user', forever).then(() => {
      served = true
    })
    await time.sleep(1)
    expect(served).toBe(false)
    time.move(limits.auditLog.windowMs)
    await fifth
    expect(served).toBe(true)
  })

  it('stays below what Graph publishes', () => {
    expect(limits.auditLog).toEqual({ limit: 4, windowMs: 10_000 })
    expect(limits.provisionOnDemand.limit).toBeLessThanOrEqual(5)
    const { limit, windowMs } = limits.serviceHealth
    expect((limit * 3_600_000) / windowMs).toBeLessThanOrEqual(800)
    expect(limit).toBeLessThanOrEqual(240)
  })

  it('serves people before the watch', async () => {
    const time = jumpingTime()
    const limiter = createLimiter(time)
    const order: string[] = []
    const take = (name: string, priority: Priority) =>
      limiter.take('auditLog', priority, forever).then(() => order.push(name))
    for (let i = 0; i < 4; i += 1) await limiter.take('auditLog', 'monitor', forever)
    await Promise.all([take('watch 1', 'monitor'), take('watch 2', 'monitor'), take('jane', 'user')])
    expect(order).toEqual(['jane', 'watch 1', 'watch 2'])
  })

  it('tells at once who would wait too long', async () => {
    const time = jumpingTime()
    const limiter = createLimiter(time)
    for (let i = 0; i < 4; i += 1) await limiter.take('auditLog', 'user', forever)
    expect(await limiter.take('auditLog', 'user', 5_000)).toBe(false)
    expect(time.now()).toBe(0)
    expect(await limiter.take('auditLog', 'user', 15_000)).toBe(true)
  })

  it('a pause holds the whole family and no other', async () => {
    const time = jumpingTime()
    const limiter = createLimiter(time)
    limiter.pause('auditLog', 60_000)
    limiter.pause('auditLog', 1_000)
    expect(await limiter.take('synchronization', 'monitor', 1)).toBe(true)
    expect(await limiter.take('auditLog', 'user', 20_000)).toBe(false)
    expect(await limiter.take('auditLog', 'monitor', forever)).toBe(true)
    expect(time.now()).toBe(60_000)
  })
})

describe('a 429', () => {
  it('silences its family for everybody, other families go on', async () => {
    fake = await startGraph(({ path }) =>
      path.includes('auditLogs') ? refusal(429, 'UnknownError', '', { 'retry-after': '45' }) : list([]),
    )
    const { reads } = graphOn(fake)
    const window = { since: 0 }
    expect(await reads.listProvisioningEvents(window)).toMatchObject({ because: 'throttled' })
    expect(await reads.listDirectoryAudits(window)).toMatchObject({ because: 'throttled' })
    expect((await reads.listJobs('sp-1')).known).toBe(true)
    expect(fake.asked.filter(({ path }) => path.includes('auditLogs'))).toHaveLength(1)
  })
})

describe('the circuit', () => {
  it('opens after five failures within 30 s and tries again with one request', () => {
    const time = jumpingTime()
    const changes: boolean[] = []
    const breaker = createBreaker(time, (_, open) => changes.push(open))
    for (let i = 0; i < 4; i += 1) breaker.note('a', 'bad')
    expect(breaker.admits('a')).toBe(true)
    breaker.note('a', 'bad')
    expect(breaker.admits('a')).toBe(false)
    expect(breaker.admits('b')).toBe(true)
    time.pass(29_999)
    expect(breaker.admits('a')).toBe(false)
    time.pass(1)
    expect([breaker.admits('a'), breaker.admits('a')]).toEqual([true, false])
    breaker.note('a', 'bad')
    expect(breaker.admits('a')).toBe(false)
    time.pass(30_000)
    expect(breaker.admits('a')).toBe(true)
    breaker.note('a', 'good')
    expect([breaker.admits('a'), breaker.admits('a')]).toEqual([true, true])
    expect(changes).toEqual([true, true, false])
  })

  it('stays closed for failures far apart or with a success between', () => {
    const time = jumpingTime()
    const breaker = createBreaker(time)
    for (let i = 0; i < 9; i += 1) {
      breaker.note('a', 'bad')
      time.pass(8_000)
    }
    for (let i = 0; i < 9; i += 1) {
      breaker.note('b', 'bad')
      if (i % 4 === 3) breaker.note('b', 'good')
    }
    expect([breaker.admits('a'), breaker.admits('b')]).toEqual([true, true])
  })

  it('a probe that is throttled leaves the way open for the next', () => {
    const time = jumpingTime()
    const breaker = createBreaker(time)
    for (let i = 0; i < 5; i += 1) breaker.note('a', 'bad')
    time.pass(30_000)
    expect(breaker.admits('a')).toBe(true)
    breaker.note('a', 'neither')
    expect(breaker.admits('a')).toBe(true)
  })

  it('spares a service that is down, and comes back', async () => {
    let down = true
    fake = await startGraph(() => (down ? refusal(503, 'ServiceUnavailable') : list([])))
    const { reads, time } = graphOn(fake)
    await reads.listJobs('sp-1')
    const before = fake.asked.length
    expect(await reads.listJobs('sp-1')).toMatchObject({ because: 'unavailable', detail: 'circuitOpen' })
    expect(fake.asked).toHaveLength(before)
    down = false
    time.pass(30_000)
    expect((await reads.listJobs('sp-1')).known).toBe(true)
    expect((await reads.listJobs('sp-1')).known).toBe(true)
  })
})
