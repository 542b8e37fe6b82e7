import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage } from './quarantine.ts'
import type { Bot, Rig } from './rig.ts'
import { shutDownUnderLoad } from './shutdown.ts'

const TRIAL_MS = 60_000

describe('the end of the process', () => {
  let rig: Rig
  let bot: Bot
  beforeAll(async () => {
    rig = await openStage({ seed: 21 })
    bot = rig.bots[0] as Bot
  })
  afterAll(() => rig.close())

  it(
    'SIGTERM under load: no turn is lost, ready says no first, the lease is free, exit code 0',
    async () => {
      const { problems, answered, lost, code, saidNotReady } = await shutDownUnderLoad(rig, bot, 1)
      expect(problems).toEqual([])
      expect(answered).toBeGreaterThan(0)
      expect({ lost, code, saidNotReady }).toEqual({ lost: 0, code: 0, saidNotReady: true })
    },
    TRIAL_MS,
  )

  it(
    'what nobody catches ends it with 1',
    async () => {
      await bot.start()
      expect(await bot.fail('exception')).toBe(1)
    },
    TRIAL_MS,
  )
})
