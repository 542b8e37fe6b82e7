import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { parseRetryAfter, pauseAfter, waitBeforeRetry } from '../../src/graph/retry.ts'
import {
  type Answer,
  type FakeGraph,
  graphOn,
  list,
  personToken,
  refusal,
  startGraph,
} from '../support/graph-server.ts'

let fake: FakeGraph | undefined
afterEach(async () => {
  await fake?.close()
  fake = undefined
})

describe('the policy', () => {
  const get = { method: 'GET', number: 1 } as const
  const post = { method: 'POST', number: 1 } as const
  it.each([
    ['GET 500', { ...get, status: 500 }, 'backoff'],
    ['GET 502', { ...get, status: 502 }, 'backoff'],
    ['GET 503', { ...get, status: 503 }, 'backoff'],
    ['GET 503 that says when', { ...get, status: 503, retryAfterMs: 7_000 }, 7_000],
    ['GET 429 that says when', { ...get, status: 429, retryAfterMs: 2_128 }, 2_128],
    ['GET 429 that does not', { ...get, status: 429 }, 10_000],
    ['GET 429 of more than five minutes', { ...get, status: 429, retryAfterMs: 300_001 }, undefined],
    ['GET network', { ...get, failure: 'network' }, 'backoff'],
    ['GET timeout', { ...get, failure: 'timeout' }, 'backoff'],
    ['GET broken JSON', { ...get, status: 200, failure: 'garbled' }, 'backoff'],
    ['GET redirect', { ...get, status: 302, failure: 'redirect' }, undefined],
    ['GET endless answer', { ...get, failure: 'tooLarge' }, undefined],
    ['GET 400', { ...get, status: 400 }, undefined],
    ['GET 401', { ...get, status: 401 }, undefined],
    ['GET 403', { ...get, status: 403 }, undefined],
    ['GET 404', { ...get, status: 404 }, undefined],
    ['GET the sixth time', { ...get, number: 6, status: 503 }, undefined],
    ['POST 429 that says when', { ...post, status: 429, retryAfterMs: 1_000 }, 1_000],
    ['POST 503 that says when', { ...post, status: 503, retryAfterMs: 1_000 }, 1_000],
    ['POST 429 that does not', { ...post, status: 429 }, undefined],
    ['POST 503 that does not', { ...post, status: 503 }, undefined],
    ['POST 500 that says when', { ...post, status: 500, retryAfterMs: 1_000 }, undefined],
    ['POST timeout', { ...post, failure: 'timeout' }, undefined],
    ['POST network', { ...post, failure: 'network' }, undefined],
    ['POST 409', { ...post, status: 409 }, undefined],
  ] as const)('%s', (_, attempt, expected) => {
    const wait = waitBeforeRetry(attempt, 0.5)
    if (expected === 'backoff') expect(wait).toBe(375)
    else expect(wait).toBe(expected)
  })

  it('never repeats a POST whose fate is unknown', () => {
    const status = fc.option(fc.integer({ min: 200, max: 599 }), { nil: undefined })
    const failure = fc.constantFrom('timeout', 'network', 'garbled', 'redirect', 'tooLarge', undefined)
    fc.assert(
      fc.property(status, failure, fc.integer({ min: 1, max: 9 }), (s, f, number) => {
        const attempt = {
          method: 'POST' as const,
          number,
          ...(s === undefined ? {} : { status: s }),
          ...(f === undefined ? {} : { failure: f }),
        }
        expect(waitBeforeRetry(attempt, 0.5)).toBeUndefined()
      }),
    )
  })

  it('reads Retry-After as seconds, fractions and dates', () => {
    expect(parseRetryAfter('10', null)).toBe(10_000)
    expect(parseRetryAfter('2.128', null)).toBe(2_128)
    expect(parseRetryAfter('Tue, 12 May 2026 12:00:30 GMT', 'Tue, 12 May 2026 12:00:00 GMT')).toBe(30_000)
    expect(parseRetryAfter('Tue, 12 May 2026 11:00:00 GMT', 'Tue, 12 May 2026 12:00:00 GMT')).toBe(0)
    for (const odd of ['', '  ', 'soon', '-5', null]) expect(parseRetryAfter(odd, null)).toBeUndefined()
  })

  it('keeps a family silent for what Graph says, five minutes at most', () => {
    expect(pauseAfter(2_000)).toBe(2_000)
    expect(pauseAfter(undefined)).toBe(10_000)
    expect(pauseAfter(3_600_000)).toBe(300_000)
  })
})

describe('against a server', () => {
  async function jobsWith(answers: readonly Answer[], which: 'reads' | 'watch' = 'reads') {
    fake = await startGraph((_, n) => answers[Math.min(n, answers.length) - 1] ?? list([]))
    const graph = graphOn(fake)
    const fact = await graph[which].listJobs('sp-1')
    return { fact, asked: fake.asked.length, slept: graph.time.slept }
  }

  it('waits as told and succeeds', async () => {
    const { fact, asked, slept } = await jobsWith([
      refusal(429, 'TooManyRequests', '', { 'retry-after': '2.5' }),
      list([]),
    ])
    expect(fact).toMatchObject({ known: true, value: [] })
    expect(asked).toBe(2)
    expect(slept.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(2_500)
  })

  it('survives a broken page and a cut connection', async () => {
    const { fact, asked } = await jobsWith([
      { raw: '{"value": [' },
      { cut: 'within', raw: '{"value"' },
      { cut: 'before' },
      list([]),
    ])
    expect(fact.known).toBe(true)
    expect(asked).toBe(4)
  })

  it('does not let a person wait longer than the deadline', async () => {
    const { fact, asked } = await jobsWith([refusal(429, 'TooManyRequests', '', { 'retry-after': '120' })])
    expect(fact).toMatchObject({ known: false, because: 'throttled' })
    expect(asked).toBe(1)
  })

  it('lets the watch wait for minutes', async () => {
    const { fact, asked } = await jobsWith(
      [refusal(429, 'UnknownError', '', { 'retry-after': '120' }), list([])],
      'watch',
    )
    expect(fact.known).toBe(true)
    expect(asked).toBe(2)
  })

  it('gives up on a service that is down, as unavailable', async () => {
    const { fact, asked } = await jobsWith([refusal(503, 'ServiceUnavailable')])
    expect(fact).toMatchObject({ known: false, because: 'unavailable' })
    expect(asked).toBe(5)
  })

  it('gives up on silence within the timeout', async () => {
    fake = await startGraph(() => ({ silent: true }))
    const { reads } = graphOn(fake, { timeoutMs: 30 })
    expect(await reads.listJobs('sp-1')).toMatchObject({
      known: false,
      because: 'unavailable',
      detail: 'timeout',
    })
  })

  it('does not follow a redirect, so the token stays here', async () => {
    const other = await startGraph(() => list([]))
    fake = await startGraph(() => ({ status: 302, headers: { location: `${other.url}/v1.0/users` } }))
    const fact = await graphOn(fake).reads.listJobs('sp-1')
    expect(fact).toMatchObject({ known: false, because: 'unavailable', detail: 'redirect' })
    expect(other.asked).toEqual([])
    await other.close()
  })

  it.each([
    ['401', refusal(401, 'UnknownError'), 'denied', 1],
    ['403', refusal(403, 'Authorization_RequestDenied'), 'denied', 1],
    ['400', refusal(400, 'RequestParameterInvalid'), 'rejected', 1],
    ['404', refusal(404, 'UnknownError'), 'rejected', 1],
    ['500', refusal(500, 'InternalServerError'), 'ambiguous', 1],
    ['503 that does not say when', refusal(503, 'ServiceUnavailable'), 'ambiguous', 1],
    ['503 that says when', refusal(503, 'ServiceUnavailable', '', { 'retry-after': '1' }), 'throttled', 6],
    ['429 that does not say when', refusal(429, 'TooManyRequests'), 'throttled', 1],
    ['a cut connection', { cut: 'before' } as Answer, 'ambiguous', 1],
    ['a redirect', { status: 307, headers: { location: '/elsewhere' } } as Answer, 'ambiguous', 1],
  ])('a write answered by %s', async (_, answer, kind, times) => {
    fake = await startGraph(() => answer)
    const { writes } = graphOn(fake)
    const outcome = await writes.restart(personToken(), { configurationId: 'sp-1', jobId: 'job' })
    expect(outcome).toMatchObject({ ok: false, kind })
    // The circuit stops the sixth of a row of 503.
    expect(fake.asked.length).toBe(Math.min(times, 5))
  })

  it('a write to a closed port surely did nothing', async () => {
    fake = await startGraph(() => list([]))
    const { writes } = graphOn(fake)
    await fake.close()
    const outcome = await writes.start(personToken(), { configurationId: 'sp-1', jobId: 'job' })
    expect(outcome).toMatchObject({ ok: false, kind: 'notSent', code: 'ECONNREFUSED' })
  })

  it('a write is repeated once Graph said when, and then succeeds', async () => {
    fake = await startGraph((_, n) =>
      n === 1 ? refusal(429, 'x', '', { 'retry-after': '3' }) : { status: 204 },
    )
    const outcome = await graphOn(fake).writes.pause(personToken(), { configurationId: 'sp-1', jobId: 'job' })
    expect(outcome).toMatchObject({ ok: true, value: null })
    expect(fake.asked.length).toBe(2)
  })
})
