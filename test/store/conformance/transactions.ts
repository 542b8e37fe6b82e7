// Transactions and time: all or nothing, and a clear error instead of a deadlock.
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Repositories } from '../../../src/ports.ts'
import type { Backend } from '../backend.ts'
import { anIncident, T0, TENANT } from '../builders.ts'

const misused = { code: 'SM_STORE_MISUSED' }

function misuseTests(backend: Backend): void {
  it('refuses the outer store inside a transaction, also deep down, and works again after it', async () => {
    const store = await (await backend.createDatabase()).open()
    const tries: readonly (() => Promise<unknown>)[] = [
      () => store.settings.get(TENANT, 'x'),
      () => store.incidents.nextNumber(TENANT),
      () => store.transaction(() => Promise.resolve(1)),
      () => store.purge(T0, 400),
      () => Promise.all([wait(1).then(() => store.seen.begin('e', T0))]),
    ]
    for (const outer of tries) {
      await expect(store.transaction(outer)).rejects.toMatchObject(misused)
    }
    await store.settings.put(TENANT, 'x', 1)
    expect(await store.settings.get(TENANT, 'x')).toBe(1)
  })

  it('lets other callers use the store while a transaction is open', async () => {
    const store = await (await backend.createDatabase()).open()
    const both = await Promise.all([
      store.transaction(async (repositories) => {
        await repositories.settings.put(TENANT, 'a', 1)
        await wait(5)
        return 'transaction'
      }),
      store.settings.put(TENANT, 'b', 2).then(() => 'other'),
    ])
    expect(both).toEqual(['transaction', 'other'])
    expect(await store.settings.list(TENANT, '')).toHaveLength(2)
  })

  it('refuses the repositories of a transaction that has ended', async () => {
    const store = await (await backend.createDatabase()).open()
    let kept: Repositories | undefined
    await store.transaction(async (repositories) => {
      kept = repositories
      await repositories.settings.put(TENANT, 'a', 1)
    })
    await expect(kept?.settings.put(TENANT, 'a', 2)).rejects.toMatchObject(misused)
    expect(await store.settings.get(TENANT, 'a')).toBe(1)
  })

  it('rolls back a transaction that waits for ever, and the store goes on', async () => {
    const store = await (await backend.createDatabase()).open({ transactionLimitMs: 60 })
    const stuck = store.transaction(async (repositories) => {
      await repositories.settings.put(TENANT, 'a', 1)
      await new Promise(() => undefined)
    })
    await expect(stuck).rejects.toMatchObject(misused)
    expect(await store.settings.get(TENANT, 'a')).toBeUndefined()
  })
}

function timeTests(backend: Backend): void {
  it('tells the same time inside and outside, moved for every store of the database', async () => {
    const database = await backend.createDatabase()
    const stores = [await database.open(), await database.open()] as const
    const before = await stores[0].now()
    await stores[0].moveClock(86_400_000)
    for (const store of stores) expect(await store.now()).toBeGreaterThanOrEqual(before + 86_400_000)
    const inside = await stores[1].transaction(async () => await stores[1].now())
    expect(inside).toBeGreaterThanOrEqual(before + 86_400_000)
    expect(Number.isSafeInteger(inside)).toBe(true)
  })

  it('cannot be moved in production, and ignores what was moved before', async () => {
    const database = await backend.createDatabase()
    const rehearsal = await database.open()
    const before = await rehearsal.now()
    await rehearsal.moveClock(86_400_000)
    const production = await database.open({ allowClockMoves: false })
    expect(await production.now()).toBeLessThan(before + 43_200_000)
    await expect(production.moveClock(1)).rejects.toMatchObject(misused)
    await expect(rehearsal.moveClock(-1)).rejects.toMatchObject(misused)
    await expect(rehearsal.moveClock(Number.NaN)).rejects.toMatchObject(misused)
  })
}

export function transactionsSuite(backend: Backend): void {
  describe('transactions', () => {
    it('undoes everything when the work throws, and throws the same', async () => {
      const store = await (await backend.createDatabase()).open()
      const thrown = new TypeError('mine')
      const incident = anIncident()
      const failing = store.transaction(async (repositories) => {
        await repositories.incidents.insert(incident)
        await repositories.sessions.put({ tenantId: TENANT, conversationId: 'c', personId: 'p' }, 1, T0)
        expect(await repositories.incidents.get(incident.id)).toEqual(incident)
        throw thrown
      })
      await expect(failing).rejects.toBe(thrown)
      expect(await store.incidents.get(incident.id)).toBeUndefined()
      expect(await store.sessions.ofPerson(TENANT, 'p')).toEqual([])
    })

    it('does not commit half of the work when a failed statement was swallowed', async () => {
      const store = await (await backend.createDatabase()).open()
      const incident = anIncident()
      await store.incidents.insert(incident)
      const careless = store.transaction(async (repositories) => {
        await repositories.settings.put(TENANT, 'a', 1)
        await repositories.incidents.insert(incident).catch(() => 'never mind')
      })
      await expect(careless).rejects.toMatchObject({ code: 'SM_STORE_CONFLICT' })
      expect(await store.settings.get(TENANT, 'a')).toBeUndefined()
    })

    it('is not seen by others before it is committed', async () => {
      const database = await backend.createDatabase()
      const stores = [await database.open(), await database.open()] as const
      await stores[0].transaction(async (repositories) => {
        await repositories.settings.put(TENANT, 'a', 1)
        expect(await stores[1].settings.get(TENANT, 'a')).toBeUndefined()
      })
      expect(await stores[1].settings.get(TENANT, 'a')).toBe(1)
    })

    misuseTests(backend)
    timeTests(backend)
  })
}
