// What the three probes look at. None asks Graph or Teams: their outages must not take the bot down as well.
import { SECOND } from './time.ts'

const MAX_LAG_MS = SECOND
const PING_MS = SECOND

export type HealthParts = {
  /** Delay of the event loop since the last look, ms. */
  lagMs(): number
  ping(): Promise<void>
  migrationsCurrent(): Promise<boolean>
  keysReady(): Promise<boolean>
  /** Listening, with everything opened that is needed. */
  started(): boolean
}

export type Health = Readonly<Record<'live' | 'ready' | 'startup', () => Promise<boolean>>>

/** A throw counts as no at whoever asks. */
async function inTime(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PING_MS, false)
  })
  return await Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer))
}

export function createHealth(parts: HealthParts): Health {
  return {
    live: async () => parts.lagMs() < MAX_LAG_MS,
    ready: async () =>
      parts.started() &&
      (await inTime(parts.ping())) &&
      (await parts.migrationsCurrent()) &&
      (await parts.keysReady()),
    startup: async () => parts.started(),
  }
}
