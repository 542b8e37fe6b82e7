// Keeps us below Graph's limits: at most `limit` requests in any `windowMs`, per tenant and family of calls.
// A window, not a leaky bucket: a bucket of four that refills over ten seconds lets eight through in ten.
import type { Time } from './time.ts'

export type Family =
  | 'identity'
  | 'auditLog'
  | 'synchronization'
  | 'provisionOnDemand'
  | 'serviceHealth'
  | 'publishing'

export type Priority = 'user' | 'monitor'

export type Limit = { readonly limit: number; readonly windowMs: number }

/**
 * Below what is published: the log family allows 5 in 10 s, on-demand provisioning 5 in 10 s, service health
 * 800 an hour. For synchronization and publishing nothing is published; these are careful choices.
 */
export const limits: Readonly<Record<Family, Limit>> = {
  identity: { limit: 300, windowMs: 10_000 },
  auditLog: { limit: 4, windowMs: 10_000 },
  synchronization: { limit: 100, windowMs: 10_000 },
  provisionOnDemand: { limit: 5, windowMs: 10_000 },
  serviceHealth: { limit: 120, windowMs: 600_000 },
  publishing: { limit: 10, windowMs: 10_000 },
}

type Waiter = { readonly deadline: number; readonly settle: (granted: boolean) => void }

type Bucket = {
  /** Times of the newest grants, oldest first; never more than the limit. */
  readonly granted: number[]
  pausedUntil: number
  readonly waiting: Record<Priority, Waiter[]>
  pumping: boolean
}

export type Limiter = {
  /** Waits for a turn. False at once when none comes before `deadline` (in the time of `Time`). */
  take(family: Family, priority: Priority, deadline: number): Promise<boolean>
  /** Graph said "too many": nobody of this family asks again before `ms` have passed. */
  pause(family: Family, ms: number): void
}

export function createLimiter(time: Time, table: Readonly<Record<Family, Limit>> = limits): Limiter {
  const buckets = new Map<Family, Bucket>()

  function bucketOf(family: Family): Bucket {
    const found = buckets.get(family) ?? {
      granted: [],
      pausedUntil: Number.NEGATIVE_INFINITY,
      waiting: { user: [], monitor: [] },
      pumping: false,
    }
    buckets.set(family, found)
    return found
  }

  function nextTurn(bucket: Bucket, { limit, windowMs }: Limit): number {
    const oldest = bucket.granted.length < limit ? Number.NEGATIVE_INFINITY : (bucket.granted[0] ?? 0)
    return Math.max(time.now(), oldest + windowMs, bucket.pausedUntil)
  }

  function grant(bucket: Bucket, { limit }: Limit, waiter: Waiter): void {
    bucket.granted.push(time.now())
    if (bucket.granted.length > limit) bucket.granted.shift()
    waiter.settle(true)
  }

  /** Those who cannot be served in time are told now, so that they do not wait in vain. */
  function dismissLate(bucket: Bucket, turn: number): void {
    for (const priority of ['user', 'monitor'] as const) {
      const late = bucket.waiting[priority].filter((waiter) => waiter.deadline < turn)
      bucket.waiting[priority] = bucket.waiting[priority].filter((waiter) => waiter.deadline >= turn)
      for (const waiter of late) waiter.settle(false)
    }
  }

  async function pump(bucket: Bucket, limit: Limit): Promise<void> {
    if (bucket.pumping) return
    bucket.pumping = true
    while (bucket.waiting.user.length + bucket.waiting.monitor.length > 0) {
      const turn = nextTurn(bucket, limit)
      dismissLate(bucket, turn)
      const wait = turn - time.now()
      if (wait > 0) {
        // Short sleeps: a pause may be prolonged, and a user may come, while we wait.
        await time.sleep(Math.min(wait, 1_000))
        continue
      }
      const waiter = bucket.waiting.user.shift() ?? bucket.waiting.monitor.shift()
      if (waiter) grant(bucket, limit, waiter)
    }
    bucket.pumping = false
  }

  return {
    take(family, priority, deadline) {
      const bucket = bucketOf(family)
      if (nextTurn(bucket, table[family]) > deadline) return Promise.resolve(false)
      return new Promise((settle) => {
        bucket.waiting[priority].push({ deadline, settle })
        void pump(bucket, table[family])
      })
    },
    pause(family, ms) {
      const bucket = bucketOf(family)
      bucket.pausedUntil = Math.max(bucket.pausedUntil, time.now() + ms)
    },
  }
}
