// The bot is killed and comes back: short forms of what `npm run chaos` does at every point and many seeds.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countDuplicates } from './invariants.ts'
import { killAnywhere } from './kills.ts'
import { openStage, playQuarantine, points } from './quarantine.ts'
import type { Rig } from './rig.ts'

const TRIAL_MS = 60_000

describe('kill -9 in the scene "Quarantine"', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await openStage({ seed: 11 })
  })
  afterAll(() => rig.close())

  it.each(['9 incident committed, nothing sent', 'Graph has done it, no answer'])(
    '%s',
    async (name) => {
      const point = points.find((one) => one.name === name)
      if (!point) throw new Error('no such point')
      const { problems, deaths, executions } = await playQuarantine(rig, { point })
      expect(problems).toEqual([])
      expect(deaths).toBe(1)
      expect(executions).toBe(1)
    },
    TRIAL_MS,
  )

  it.each([5, 6])(
    'somewhere, seed %i',
    async (seed) => {
      const { problems, executions } = await killAnywhere(rig, seed)
      expect(problems).toEqual([])
      expect(executions).toBeLessThanOrEqual(1)
    },
    TRIAL_MS,
  )

  it('lost nothing in all of that, and said little twice', async () => {
    const { messages, duplicates, lost } = await countDuplicates(rig)
    expect(messages).toBeGreaterThanOrEqual(8)
    expect(lost).toBe(0)
    expect(duplicates).toBeLessThanOrEqual(2)
  })
})
