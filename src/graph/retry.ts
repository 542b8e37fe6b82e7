// The one retry policy, as a pure decision.

export const MOST_RETRIES = 5
export const LONGEST_RETRY_AFTER_MS = 300_000
const FIRST_BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 8_000
/** For a 429 that does not say how long. */
const UNSAID_PAUSE_MS = 10_000

/** How one attempt ended. `status` is missing when there was no complete answer. */
export type Attempt = {
  readonly method: 'GET' | 'POST'
  /** 1 for the first. */
  readonly number: number
  readonly status?: number
  readonly failure?: 'timeout' | 'network' | 'garbled' | 'redirect' | 'tooLarge'
  readonly retryAfterMs?: number
}

/** Seconds (fractions are seen) or a date, counted from the answer's own date. Absent when neither. */
export function parseRetryAfter(value: string | null, answeredAt: string | null): number | undefined {
  if (value === null || value.trim() === '') return undefined
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(value)) return Math.ceil(Number.parseFloat(value) * 1_000)
  const until = Date.parse(value)
  const from = Date.parse(answeredAt ?? '')
  return Number.isNaN(until) || Number.isNaN(from) ? undefined : Math.max(0, until - from)
}

/** How long everybody of the family keeps silent after a 429. */
export function pauseAfter(retryAfterMs: number | undefined): number {
  return Math.min(retryAfterMs ?? UNSAID_PAUSE_MS, LONGEST_RETRY_AFTER_MS)
}

function backoff(number: number, random: number): number {
  const full = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (number - 1))
  return Math.round(full * (0.5 + random / 2))
}

/**
 * Milliseconds to wait before the next attempt, or undefined: give up. A GET may be repeated; a POST only when
 * Graph said that it did not begin (429 or 503 with Retry-After), never when its fate is unknown.
 */
export function waitBeforeRetry(attempt: Attempt, random: number): number | undefined {
  const { method, number, status, failure, retryAfterMs } = attempt
  if (number > MOST_RETRIES) return undefined
  if (retryAfterMs !== undefined && retryAfterMs > LONGEST_RETRY_AFTER_MS) return undefined
  const toldToWait = status === 429 || status === 503
  if (toldToWait && retryAfterMs !== undefined && failure === undefined) return retryAfterMs
  if (method === 'POST') return undefined
  // What redirects us or answers without end will do so again.
  if (failure === 'redirect' || failure === 'tooLarge') return undefined
  if (failure !== undefined || status === undefined) return backoff(number, random)
  if (status === 429) return UNSAID_PAUSE_MS
  return status >= 500 ? backoff(number, random) : undefined
}
