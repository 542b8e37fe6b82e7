import { describe, expect, test } from 'vitest'
import { createHealth, type HealthParts } from '../src/health.ts'

const well: HealthParts = {
  lagMs: () => 3,
  ping: async () => undefined,
  migrationsCurrent: async () => true,
  keysReady: async () => true,
  started: () => true,
}
const broken = () => Promise.reject(new Error('down'))
const hangs = () => new Promise<never>(() => undefined)

/** State of the world → what live, ready and startup say; `!` in a row stands for "no". */
const states: readonly [string, Partial<HealthParts>, live: boolean, ready: boolean, startup: boolean][] = [
  ['all is well', {}, true, true, true],
  ['not listening yet', { started: () => false }, true, false, false],
  ['the database is down', { ping: broken }, true, false, true],
  ['the database does not answer', { ping: hangs }, true, false, true],
  ['a migration is missing', { migrationsCurrent: async () => false }, true, false, true],
  ['the migrations cannot be read', { migrationsCurrent: broken }, true, false, true],
  ['no fresh signing keys', { keysReady: async () => false }, true, false, true],
  ['the keys cannot be looked at', { keysReady: broken }, true, false, true],
  ['the event loop is blocked', { lagMs: () => 1000 }, false, true, true],
  ['the event loop is slow', { lagMs: () => 999 }, true, true, true],
  ['blocked and no database', { lagMs: () => 5000, ping: broken }, false, false, true],
  ['starting, no database', { started: () => false, ping: broken }, true, false, false],
]

describe('O1 probes', () => {
  test.each(states)('%s', async (_name, change, live, ready, startup) => {
    const health = createHealth({ ...well, ...change })
    const says = (probe: () => Promise<boolean>) => probe().catch(() => false)
    expect([await says(health.live), await says(health.ready), await says(health.startup)]).toEqual([
      live,
      ready,
      startup,
    ])
  })

  test('nothing but the event loop is looked at to be alive', async () => {
    const untouchable = () => {
      throw new Error('must not be asked')
    }
    const health = createHealth({
      lagMs: () => 0,
      ping: untouchable,
      migrationsCurrent: untouchable,
      keysReady: untouchable,
      started: untouchable,
    })
    expect(await health.live()).toBe(true)
  })
})
