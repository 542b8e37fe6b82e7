// Limits per app and tenant, counted in a sliding window of ten seconds. Refused requests count as well.
import type { Instant } from '../nouns.ts'
import { GraphError } from './graph-error.ts'

export type Bucket = 'auditLogs' | 'provisionOnDemand'

const LIMIT = 5
const WINDOW = 10_000

function tooMany(retryAfter: string | undefined, code: string): GraphError {
  return new GraphError(
    429,
    code,
    'Please retry again later.',
    retryAfter === undefined ? {} : { 'Retry-After': retryAfter },
  )
}

export type Throttle = {
  /** Throws 429 with Retry-After when the bucket is full. */
  take(bucket: Bucket, now: Instant): void
}

export function createThrottle(): Throttle {
  const seen = new Map<Bucket, Instant[]>()
  return {
    take(bucket, now) {
      const times = (seen.get(bucket) ?? []).filter((time) => now - time < WINDOW)
      times.push(now)
      seen.set(bucket, times)
      if (times.length <= LIMIT) return
      // Free again when so many have left the window that one more fits.
      const free = (times[times.length - LIMIT] ?? now) + WINDOW
      // The logs are seen to answer 429 with a code that says nothing.
      throw tooMany(
        String(Math.max(1, free - now) / 1000),
        bucket === 'auditLogs' ? 'UnknownError' : 'TooManyRequests',
      )
    },
  }
}

/** Retry-After as it occurs: whole, with a fraction, or missing. */
const retryAfters = ['10', '2.128', undefined, '5'] as const

export function scriptedRefusal(nth: number): GraphError {
  return tooMany(retryAfters[nth % retryAfters.length], 'TooManyRequests')
}
