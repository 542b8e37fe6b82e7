import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lint } from '../../src/cards/index.ts'
import { openScenarioBench, type ScenarioBench } from '../support/scenario-bench.ts'
import { hostile } from './hostile-inputs.ts'
import { well } from './scenario-table.ts'

const nonsense = /(?:[:(=,] ?)undefined\b|\bNaN\b|\[object |: null\b|Invalid Date/
/** Far above what an ordinary diagnosis costs, far below what following every page would. */
const MOST_REQUESTS = 40
const LONGEST = 40_000

/** Every text of a card that Teams would read as markup; data of a directory stands in text runs, which it does not. */
function formatted(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(formatted)
  if (typeof node !== 'object' || node === null) return []
  const { type, text, ...rest } = node as Record<string, unknown>
  const own = type === 'TextBlock' && typeof text === 'string' ? [text] : []
  return [...own, ...Object.values(rest).flatMap(formatted)]
}

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
        for (const card of heard.cards) {
          expect(lint(card)).toEqual([])
          for (const shown of formatted(card)) expect(shown).not.toMatch(/<script>|<at>|example\.invalid/)
        }
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
