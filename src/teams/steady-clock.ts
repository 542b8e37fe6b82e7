import { performance } from 'node:perf_hooks'
import type { Instant } from '../nouns.ts'
import type { Clock } from '../ports.ts'

const REREAD_MS = 1000

/**
 * The store's time for checks that run before anybody is authenticated: the store is asked at most once a second, and
 * between readings, or while it is down, the machine's monotonic clock carries on. So a flood of bad tokens is no
 * flood of queries.
 */
export function steadyClock(clock: Clock): Clock {
  let reading: { readonly time: Instant; readonly at: number } | undefined
  let asking: Promise<void> | undefined

  const ask = async () => {
    try {
      reading = { time: await clock.now(), at: performance.now() }
    } catch (error) {
      // Without any reading there is nothing to carry on from.
      if (!reading) throw error
      reading = { time: reading.time + (performance.now() - reading.at), at: performance.now() }
    } finally {
      asking = undefined
    }
  }

  return {
    async now() {
      if (!reading || performance.now() - reading.at > REREAD_MS) {
        asking ??= ask()
        await asking
      }
      if (!reading) throw new Error('no reading of the clock')
      return Math.floor(reading.time + (performance.now() - reading.at))
    },
  }
}
