// The lease of the watch: one process at a time does the work of the clock, fenced by the epoch it holds.

import { MedicError } from '../errors.ts'
import type { Instant } from '../nouns.ts'
import type { Repositories, Store } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'

export const LEASE_MS = 30_000

export type Lease = {
  /** Takes or renews the lease; false: another process has it. */
  hold(now: Instant): Promise<boolean>
  /** Inside a transaction: rejects with SM_STORE_LEASE_LOST when it is no longer held. */
  fence(repositories: Repositories): Promise<void>
  release(): Promise<void>
}

export function createLease(options: {
  readonly store: Store
  readonly name: string
  readonly holder: string
  readonly telemetry: Telemetry
}): Lease {
  const { store, name, holder, telemetry } = options
  let held: { readonly epoch: number; readonly renewedAt: Instant } | undefined

  const lost = () => {
    held = undefined
    telemetry.metrics.set('lease_held', 0, { name })
  }

  return {
    async hold(now) {
      // Time may be moved in rehearsals, so a jump in either direction renews as well.
      if (held && Math.abs(now - held.renewedAt) < LEASE_MS / 3) return true
      const renewed = held && (await store.leases.renew(name, holder, held.epoch, LEASE_MS))
      const epoch = renewed ? held?.epoch : (await store.leases.acquire(name, holder, LEASE_MS))?.epoch
      if (epoch === undefined) {
        lost()
        return false
      }
      held = { epoch, renewedAt: now }
      telemetry.metrics.set('lease_held', 1, { name })
      return true
    },
    async fence(repositories) {
      if (!held) throw new MedicError('SM_STORE_LEASE_LOST', { name })
      await repositories.leases.fence(name, holder, held.epoch)
    },
    async release() {
      if (held) await store.leases.release(name, holder, held.epoch)
      lost()
    },
  }
}
