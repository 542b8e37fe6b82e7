// Duplicates of an event: the handler runs once, and every repeat gets the stored result.
import { describe, expect, it } from 'vitest'
import type { Backend } from '../backend.ts'
import { T0 } from '../builders.ts'

export function seenSuite(backend: Backend): void {
  describe('seen events', () => {
    it('is first, then running, then done with the result', async () => {
      const store = await (await backend.createDatabase()).open()
      expect(await store.seen.begin('e1', T0)).toEqual({ state: 'first' })
      expect(await store.seen.begin('e1', T0 + 1)).toEqual({ state: 'running' })
      await store.seen.finish('e1', { answer: 42 }, T0 + 2)
      expect(await store.seen.begin('e1', T0 + 3)).toEqual({ state: 'done', result: { answer: 42 } })
      expect(await store.seen.begin('e2', T0)).toEqual({ state: 'first' })
    })

    it('gives an event whose process was lost to exactly one other', async () => {
      const database = await backend.createDatabase()
      const stores = [await database.open(), await database.open()] as const
      await stores[0].seen.begin('e1', T0)
      expect(await stores[1].seen.begin('e1', T0 + 29_999)).toEqual({ state: 'running' })
      const late = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? stores[0] : stores[1]).seen.begin('e1', T0 + 30_000)),
      )
      expect(late.filter((answer) => answer.state === 'first')).toHaveLength(1)
    })

    it('may be tried again after its handler failed, but not after it was done', async () => {
      const store = await (await backend.createDatabase()).open()
      await store.seen.begin('e1', T0)
      await store.seen.forget('e1')
      expect(await store.seen.begin('e1', T0 + 1)).toEqual({ state: 'first' })
      await store.seen.finish('e1', null, T0 + 2)
      await store.seen.forget('e1')
      expect(await store.seen.begin('e1', T0 + 3)).toEqual({ state: 'done', result: null })
    })

    it('runs the handler once under 100 parallel duplicates on two processes', async () => {
      const database = await backend.createDatabase()
      const stores = [await database.open(), await database.open()] as const
      let runs = 0
      const deliver = async (store: (typeof stores)[number]) => {
        const seen = await store.seen.begin('e1', T0)
        if (seen.state === 'first') {
          runs += 1
          await store.seen.finish('e1', { run: runs }, T0 + 1)
        }
        return seen
      }
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) => deliver(i % 2 ? stores[0] : stores[1])),
      )
      expect(runs).toBe(1)
      for (const answer of answers) {
        if (answer.state === 'done') expect(answer.result).toEqual({ run: 1 })
      }
      expect(await stores[1].seen.begin('e1', T0 + 2)).toEqual({ state: 'done', result: { run: 1 } })
    })
  })
}
