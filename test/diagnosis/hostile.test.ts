import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScenarioBench, type ScenarioBench } from '../support/scenario-bench.ts'
import { hostile } from './hostile-inputs.ts'
import { well } from './scenario-table.ts'

const nonsense = /(?:[:(=,] ?)undefined\b|\bNaN\b|\[object |: null\b|Invalid Date/
/** Far above what an ordinary diagnosis costs, far below what following every page would. */
const MOST_REQUESTS = 40
const LONGEST = 40_000

let bench: ScenarioBench
beforeAll(async () => {
  bench = await openScenarioBench()
})
afterAll(() => bench.close())

describe('hostile and broken inputs', () => {
  it('are at least thirty', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(30)
  })

  it.each(hostile.map((one) => [one.name, one] as const))(
    '%s: a clear answer, and no certain wrong one',
    async (_name, one) => {
      const tenant = await bench.openTenant(one.state ?? well, {
        minutes: 30,
        ...(one.distort ? { distort: one.distort } : {}),
      })
      try {
        const heard = await tenant.hear({ say: one.say })
        expect(heard.replies.length).toBeGreaterThan(0)
        expect(heard.replies.map((reply) => reply.kind)).not.toContain('error')
        expect(heard.text.trim().length).toBeGreaterThan(20)
        expect(heard.text.length).toBeLessThan(LONGEST)
        expect(heard.text).not.toMatch(nonsense)
        expect(heard.text).not.toContain('<script>')
        expect(heard.text).not.toContain('](https://example.invalid')
        if (heard.certain) expect(one.certain ?? [], heard.text).toContain(heard.causes[0])
        if (one.shows) expect(heard.text).toMatch(one.shows)
        expect(tenant.requests().length).toBeLessThanOrEqual(MOST_REQUESTS)
        expect(tenant.requests().every(({ method }) => method === 'GET')).toBe(true)
      } finally {
        await tenant.close()
      }
    },
  )
})
