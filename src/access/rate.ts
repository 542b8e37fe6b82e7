// Rate limits as data and one pure step, so that the state can lie in the store or in memory.
import type { Instant } from '../nouns.ts'
import { HOUR } from '../time.ts'

export type RateLimit = {
  /** Whose uses are counted together. */
  readonly per: 'person' | 'tenant' | 'job'
  readonly limit: number
  readonly windowMs: number
}

/** Times of past uses by key, oldest first; only those that still matter are kept. */
export type RateState = Readonly<Record<string, readonly Instant[]>>

export type RateKeys = Readonly<Record<RateLimit['per'], string>>

export type RateVerdict =
  | { readonly ok: true; readonly state: RateState }
  | { readonly ok: false; readonly limit: RateLimit; readonly retryAfterMs: number }

const keyOf = (name: string, limit: RateLimit, keys: RateKeys) =>
  `${name}|${limit.per}|${limit.windowMs}|${keys[limit.per]}`

/** Uses every limit once, or none of them: a refused use does not count. */
export function takeRate(
  use: { readonly name: string; readonly limits: readonly RateLimit[]; readonly keys: RateKeys },
  state: RateState,
  now: Instant,
): RateVerdict {
  const next: Record<string, readonly Instant[]> = { ...state }
  for (const limit of use.limits) {
    const key = keyOf(use.name, limit, use.keys)
    // A clock that was set back must not make old uses immortal: what lies ahead counts as now.
    const recent = (state[key] ?? []).map((t) => Math.min(t, now)).filter((t) => t > now - limit.windowMs)
    if (recent.length >= limit.limit) {
      const oldest = recent[recent.length - limit.limit] ?? now
      return { ok: false, limit, retryAfterMs: oldest + limit.windowMs - now }
    }
    next[key] = [...recent, now]
  }
  return { ok: true, state: next }
}

/** Drops keys whose newest use is older than `maxAgeMs`, so that the state stays small. */
export function pruneRates(state: RateState, now: Instant, maxAgeMs: number): RateState {
  return Object.fromEntries(Object.entries(state).filter(([, times]) => (times.at(-1) ?? 0) > now - maxAgeMs))
}

/** The in-memory form, for limits that may be counted per process. */
export function createRateLimiter(): {
  take(
    use: { readonly name: string; readonly limits: readonly RateLimit[]; readonly keys: RateKeys },
    now: Instant,
  ): { readonly ok: true } | { readonly ok: false; readonly limit: RateLimit; readonly retryAfterMs: number }
} {
  let state: RateState = {}
  return {
    take(use, now) {
      const verdict = takeRate(use, state, now)
      if (!verdict.ok) return verdict
      state = Object.keys(verdict.state).length > 5000 ? pruneRates(verdict.state, now, HOUR) : verdict.state
      return { ok: true }
    },
  }
}
