// Proposals and the one-time ids of their buttons.
import { describe, expect, it } from 'vitest'
import type { Backend } from '../backend.ts'
import { aProposal, T0, TENANT } from '../builders.ts'

export function operationsSuite(backend: Backend): void {
  describe('operations', () => {
    it('goes from version to version, one change at a time', async () => {
      const database = await backend.createDatabase()
      const stores = [await database.open(), await database.open()] as const
      const proposal = aProposal()
      await stores[0].operations.insert(proposal)
      const confirm = (who: string) => ({
        ...proposal,
        state: 'confirmed' as const,
        confirmedBy: who,
        version: 2,
      })
      const won = await Promise.all([
        stores[0].operations.update(confirm('person-1'), 1),
        stores[1].operations.update(confirm('person-2'), 1),
      ])
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await stores[0].operations.get(proposal.id)).toEqual(confirm(won[0] ? 'person-1' : 'person-2'))
      expect(await stores[0].operations.list(TENANT, ['confirmed'])).toHaveLength(1)
      expect(await stores[0].operations.list(TENANT, ['proposed'])).toEqual([])
    })

    it('lets a nonce be used once, however many click at the same moment', async () => {
      const database = await backend.createDatabase()
      const stores = [await database.open(), await database.open()] as const
      const nonce = { hash: 'h1', operationId: 'o1', placeKey: 'p1', expiresAt: T0 + 900_000 }
      await stores[0].operations.issueNonce(nonce)
      const uses = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 2 ? stores[0] : stores[1]).operations.useNonce('h1', T0)),
      )
      const { hash: _, ...rest } = nonce
      expect(uses.filter((use) => use !== undefined)).toEqual([rest])
      expect(await stores[1].operations.useNonce('h1', T0 + 1)).toBeUndefined()
      expect(await stores[1].operations.useNonce('unknown', T0)).toBeUndefined()
    })

    it('gives a nonce back when the transaction that used it fails', async () => {
      const store = await (await backend.createDatabase()).open()
      await store.operations.issueNonce({ hash: 'h1', operationId: 'o1', placeKey: 'p1', expiresAt: T0 })
      const failing = store.transaction(async (repositories) => {
        await repositories.operations.useNonce('h1', T0)
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await store.operations.useNonce('h1', T0)).toBeDefined()
    })
  })
}
