import { describe, expect, test } from 'vitest'
import { mutateActivity, mutateToken } from '../support/activity-mutations.ts'
import { fuzzActivities, fuzzTokens } from '../support/fuzz-edge.ts'
import { seededRandom } from '../support/random.ts'
import { message } from '../support/teams.ts'

const seed = 20261120

describe('short forms of npm run fuzz', () => {
  test('C1 1,000 malformed activities with a valid token: none breaks anything, some get through', async () => {
    const { problems, handled, statuses } = await fuzzActivities(seed, 1000)
    expect(problems).toEqual([])
    expect(handled).toBeGreaterThan(200)
    expect(statuses['400']).toBeGreaterThan(100)
  })

  test('B10 1,000 mutations of a valid token: none is accepted', async () => {
    const { problems, handled, statuses } = await fuzzTokens(seed, 1000)
    expect(problems).toEqual([])
    expect(handled).toBe(0)
    const { 401: refused = 0, 431: tooLong = 0, ...others } = statuses
    expect(refused + tooLong).toBe(1000)
    expect(refused).toBeGreaterThan(900)
    expect(others).toEqual({})
  })

  test('a seed gives the same run again', () => {
    const good = message()
    const once = (from: number) => JSON.stringify(mutateActivity(good, seededRandom(from)))
    expect(once(1)).toBe(once(1))
    expect(once(1)).not.toBe(once(2))
    expect(mutateToken('a.b.c', seededRandom(3))).toBe(mutateToken('a.b.c', seededRandom(3)))
  })
})
