// The Connector's published limits as sliding windows: per thread, and per tenant over all of its threads.
import type { Instant } from '../nouns.ts'
import { HOUR } from '../time.ts'

type Window = { readonly limit: number; readonly ms: number }

const perThread: readonly Window[] = [
  { limit: 7, ms: 1_000 },
  { limit: 8, ms: 2_000 },
  { limit: 60, ms: 30_000 },
  { limit: 1_800, ms: HOUR },
]
const perTenant: readonly Window[] = [{ limit: 30, ms: 1_000 }]

export type Budget = {
  /** Takes one send now and answers `now`, or the time at which to ask again; nothing is taken then. */
  take(key: { readonly tenantId: string; readonly conversationId: string }, now: Instant): Instant
}

/** When the next send fits all windows. `times` are oldest first. */
function freeAt(times: readonly Instant[], windows: readonly Window[], now: Instant): Instant {
  return windows.reduce((free, { limit, ms }) => {
    const oldest = times[times.length - limit]
    return oldest === undefined ? free : Math.max(free, oldest + ms)
  }, now)
}

export function createBudget(): Budget {
  const sent = new Map<string, Instant[]>()
  const longest = Math.max(...perThread.map((w) => w.ms))
  const timesOf = (key: string, now: Instant) => {
    const times = (sent.get(key) ?? []).filter((time) => time > now - longest)
    sent.set(key, times)
    return times
  }
  /** Threads that were not written to for an hour need not be remembered. */
  const forget = (now: Instant) => {
    for (const [key, times] of sent) if ((times.at(-1) ?? 0) <= now - longest) sent.delete(key)
  }
  return {
    take({ tenantId, conversationId }, now) {
      if (sent.size > 1_000) forget(now)
      const thread = timesOf(`c ${conversationId}`, now)
      const tenant = timesOf(`t ${tenantId}`, now)
      const free = Math.max(freeAt(thread, perThread, now), freeAt(tenant, perTenant, now))
      if (free > now) return free
      thread.push(now)
      // Only the last second matters for a tenant.
      tenant.push(now)
      if (tenant.length > 60) tenant.splice(0, tenant.length - 60)
      return now
    },
  }
}
