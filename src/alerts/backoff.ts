// How long a failed send waits, and when it is given up.
import type { Instant } from '../nouns.ts'
import { HOUR, MINUTE } from '../time.ts'

const FIRST_MS = 2_000
const CAP_MS = 5 * MINUTE
export const GIVE_UP_MS = 24 * HOUR

/** 2 s × 2ⁿ, ± 20 %, at most 5 min; never sooner than the Connector asked. `random` is in [0, 1). */
export function backoffMs(attempts: number, random: number, retryAfterMs = 0): number {
  const plain = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempts, 20))
  return Math.max(retryAfterMs, Math.round(plain * (0.8 + 0.4 * random)))
}

export function isGivenUp(createdAt: Instant, now: Instant): boolean {
  return now - createdAt >= GIVE_UP_MS
}
