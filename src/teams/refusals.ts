// How often we bother to say no: refused requests per source and in all. Accepted ones are never counted.
import { performance } from 'node:perf_hooks'

export type RefusalLimits = { readonly perSource: number; readonly total: number }
export const refusalLimits: RefusalLimits = { perSource: 20, total: 200 }

export type Refusals = {
  /** Counts one refusal; true when this source, or all together, are over the limit of this second. */
  isOver(source: string): boolean
}

const WINDOW_MS = 1000
/** Forged sources must not grow memory; when the table is full it starts anew, the total still holds. */
const MAX_SOURCES = 2048

/** @param elapsed monotonic milliseconds */
export function createRefusals(
  limits: RefusalLimits,
  elapsed: () => number = () => performance.now(),
): Refusals {
  let windowStart = elapsed()
  let total = 0
  const bySource = new Map<string, number>()
  return {
    isOver(source) {
      if (elapsed() - windowStart >= WINDOW_MS) {
        windowStart = elapsed()
        total = 0
        bySource.clear()
      }
      if (bySource.size >= MAX_SOURCES && !bySource.has(source)) bySource.clear()
      const own = (bySource.get(source) ?? 0) + 1
      bySource.set(source, own)
      total++
      return own > limits.perSource || total > limits.total
    },
  }
}
