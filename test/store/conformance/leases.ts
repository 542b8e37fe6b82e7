// Leases: one holder at a time; a former holder is fenced off by the epoch.
import { describe, expect, it } from 'vitest'
import type { Backend } from '../backend.ts'
import { TENANT } from '../builders.ts'

const TTL = 30_000

export function leasesSuite(backend: Backend): void {
  describe('leases', () => {
    it('has one holder among many who ask at once', async () => {
      const database = await backend.createDatabase()
      const stores = [await database.open(), await database.open()] as const
      const asked = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? stores[0] : stores[1]).leases.acquire('watch', `holder-${i}`, TTL),
        ),
      )
      expect(asked.filter((lease) => lease !== undefined)).toEqual([{ epoch: 1 }])
      expect(await stores[0].leases.acquire('escalate', 'somebody', TTL)).toEqual({ epoch: 1 })
    })

    it('lives as long as it is renewed, passes on when released or expired, and counts its holders', async () => {
      const store = await (await backend.createDatabase()).open()
      expect(await store.leases.acquire('watch', 'a', TTL)).toEqual({ epoch: 1 })
      await store.moveClock(TTL - 5000)
      expect(await store.leases.renew('watch', 'a', 1, TTL)).toBe(true)
      await store.moveClock(TTL - 5000)
      expect(await store.leases.acquire('watch', 'b', TTL)).toBeUndefined()
      expect(await store.leases.renew('watch', 'b', 1, TTL)).toBe(false)
      await store.moveClock(10_000)
      expect(await store.leases.renew('watch', 'a', 1, TTL)).toBe(false)
      expect(await store.leases.acquire('watch', 'b', TTL)).toEqual({ epoch: 2 })
      await store.leases.release('watch', 'a', 1)
      expect(await store.leases.acquire('watch', 'a', TTL)).toBeUndefined()
      await store.leases.release('watch', 'b', 2)
      expect(await store.leases.acquire('watch', 'a', TTL)).toEqual({ epoch: 3 })
    })

    it('refuses the work of a former holder, all of it', async () => {
      const store = await (await backend.createDatabase()).open()
      await store.leases.acquire('watch', 'a', TTL)
      const workOf = (holder: string, epoch: number) =>
        store.transaction(async (repositories) => {
          await repositories.settings.put(TENANT, 'done by', holder)
          await repositories.leases.fence('watch', holder, epoch)
        })
      await workOf('a', 1)
      await store.moveClock(TTL + 1)
      await expect(workOf('a', 1)).rejects.toMatchObject({ code: 'SM_STORE_LEASE_LOST' })
      await store.leases.acquire('watch', 'b', TTL)
      await expect(workOf('a', 1)).rejects.toMatchObject({ code: 'SM_STORE_LEASE_LOST' })
      await expect(workOf('a', 2)).rejects.toMatchObject({ code: 'SM_STORE_LEASE_LOST' })
      expect(await store.settings.get(TENANT, 'done by')).toBe('a')
      await workOf('b', 2)
      expect(await store.settings.get(TENANT, 'done by')).toBe('b')
    })

    it('does not commit after a lost fence, even if the caller goes on', async () => {
      const store = await (await backend.createDatabase()).open()
      const stubborn = store.transaction(async (repositories) => {
        await repositories.settings.put(TENANT, 'written', true)
        await repositories.leases.fence('watch', 'a', 1).catch(() => 'never mind')
        return 'done'
      })
      await expect(stubborn).rejects.toMatchObject({ code: 'SM_STORE_LEASE_LOST' })
      expect(await store.settings.get(TENANT, 'written')).toBeUndefined()
    })

    it('is no fence outside a transaction', async () => {
      const store = await (await backend.createDatabase()).open()
      await store.leases.acquire('watch', 'a', TTL)
      await expect(store.leases.fence('watch', 'a', 1)).rejects.toMatchObject({ code: 'SM_STORE_MISUSED' })
    })
  })
}
