// The outbox: nothing twice, nothing overtaken within a place, nothing forgotten when a sender dies.
import { describe, expect, it } from 'vitest'
import type { OpenedStore } from '../../../src/store/index.ts'
import { headsInFront, headsOfPlaces } from '../../../src/store/outbox-heads.ts'
import type { Backend } from '../backend.ts'
import { aMessage, anIncident, T0 } from '../builders.ts'
import { compiledFor } from '../compiled.ts'

const LEASE = 30_000

async function claimIds(store: OpenedStore, now = T0, limit = 10): Promise<string[]> {
  return (await store.outbox.claim('sender', now, LEASE, limit)).map((row) => row.id)
}

function orderTests(backend: Backend): void {
  it('gives out one row per place, the oldest, alerts of any place before digests', async () => {
    const store = await (await backend.createDatabase()).open()
    await store.outbox.add(aMessage({ id: 'digest', placeKey: 'a', priority: 2 }))
    await store.outbox.add(aMessage({ id: 'reply', placeKey: 'b', priority: 1 }))
    await store.outbox.add(aMessage({ id: 'alert', placeKey: 'c', priority: 0 }))
    await store.outbox.add(aMessage({ id: 'later alert of a', placeKey: 'a', priority: 0 }))
    expect(await claimIds(store, T0, 2)).toEqual(['alert', 'reply'])
    expect(await claimIds(store)).toEqual(['digest'])
    expect(await claimIds(store)).toEqual([])
    await store.outbox.sent('digest', T0)
    expect(await claimIds(store)).toEqual(['later alert of a'])
  })

  it('waits for its first row to be sent, given up or tried again', async () => {
    const store = await (await backend.createDatabase()).open()
    for (const id of ['1', '2', '3']) await store.outbox.add(aMessage({ id }))
    expect(await claimIds(store)).toEqual(['1'])
    await store.outbox.retry('1', T0 + 2000, '503')
    expect(await claimIds(store, T0 + 1999)).toEqual([])
    const [again] = await store.outbox.claim('sender', T0 + 2000, LEASE, 10)
    expect(again).toMatchObject({ id: '1', attempts: 1, notBefore: T0 + 2000 })
    await store.outbox.dead('1', '403', T0 + 2001)
    expect(await claimIds(store, T0 + 2001)).toEqual(['2'])
    await store.outbox.sent('2', T0 + 2002)
    expect(await claimIds(store, T0 + 2002)).toEqual(['3'])
  })

  it('finds the places behind a long front of waiting ones', async () => {
    const store = await (await backend.createDatabase()).open()
    await store.transaction(async (repositories) => {
      for (let i = 0; i < 900; i++) {
        await repositories.outbox.add(
          aMessage({ id: `busy ${i}`, placeKey: i < 450 ? 'busy' : `later ${i}` }),
        )
      }
      await repositories.outbox.add(aMessage({ id: 'last', placeKey: 'z', priority: 2 }))
      await repositories.outbox.add(aMessage({ id: 'last but one', placeKey: 'y', priority: 1 }))
    })
    expect(await claimIds(store, T0, 1)).toEqual(['busy 0'])
    expect(await claimIds(store, T0, 500)).toHaveLength(452)
    const after = await store.outbox.claim('sender', T0 + LEASE, LEASE, 1000)
    expect(after.map((row) => row.id).slice(-2)).toEqual(['last but one', 'last'])
  })

  it('starts no row before its time', async () => {
    const store = await (await backend.createDatabase()).open()
    await store.outbox.add(aMessage({ id: 'later', notBefore: T0 + 60_000 }))
    expect(await claimIds(store, T0 + 59_999)).toEqual([])
    expect(await claimIds(store, T0 + 60_000)).toEqual(['later'])
  })
}

function leaseTests(backend: Backend): void {
  it('gives the row of a dead sender to another when the lease ends', async () => {
    const store = await (await backend.createDatabase()).open()
    await store.outbox.add(aMessage({ id: '1' }))
    await store.outbox.add(aMessage({ id: '2' }))
    await store.outbox.claim('dies', T0, LEASE, 10)
    expect(await claimIds(store, T0 + LEASE - 1)).toEqual([])
    expect(await claimIds(store, T0 + LEASE)).toEqual(['1'])
    await store.outbox.sent('1', T0 + LEASE + 1)
    // What the first sender says afterwards brings nothing back to life.
    await store.outbox.retry('1', T0, '503')
    await store.outbox.dead('1', '403', T0)
    expect(await claimIds(store, T0 + LEASE + 2)).toEqual(['2'])
  })

  it('never hands a row to two of many senders, and keeps the order of each place', async () => {
    const database = await backend.createDatabase()
    const stores = [await database.open(), await database.open()]
    const rows = Array.from({ length: 240 }, (_, i) =>
      aMessage({ id: `r${i}`, placeKey: `place-${i % 12}`, payload: { n: Math.floor(i / 12) } }),
    )
    await stores[0]?.transaction(async (repositories) => {
      for (const row of rows) await repositories.outbox.add(row)
    })
    const sent: { placeKey: string; n: number }[] = []
    const deliver = async (store: OpenedStore, holder: string) => {
      for (let idle = 0; idle < 5; ) {
        const claimed = await store.outbox.claim(holder, T0, LEASE, 5)
        idle = claimed.length === 0 ? idle + 1 : 0
        for (const row of claimed) {
          sent.push({ placeKey: row.placeKey, n: (row.payload as { n: number }).n })
          await store.outbox.sent(row.id, T0)
        }
      }
    }
    await Promise.all(stores.flatMap((store, i) => [deliver(store, `a${i}`), deliver(store, `b${i}`)]))
    expect(sent).toHaveLength(240)
    for (let p = 0; p < 12; p++) {
      const order = sent.filter((row) => row.placeKey === `place-${p}`).map((row) => row.n)
      expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n))
    }
  })
}

function cardTests(backend: Backend): void {
  it('ignores the repeat of a card, and only that', async () => {
    const store = await (await backend.createDatabase()).open()
    const card = { incidentId: 'i1', placeKey: 'p', version: 1, kind: 'post' } as const
    await store.outbox.add(aMessage({ ...card, id: '1' }))
    await store.outbox.add(aMessage({ ...card, id: 'repeat' }))
    await store.outbox.add(aMessage({ ...card, id: '2', version: 2 }))
    await store.outbox.add(aMessage({ ...card, id: '3', kind: 'reply' }))
    await store.outbox.add(aMessage({ ...card, id: '4', placeKey: 'q' }))
    const { incidentId: _, ...free } = card
    await store.outbox.add(aMessage({ ...free, id: '5', operationId: 'i1' }))
    await store.outbox.add(aMessage({ ...free, id: '6' }))
    await store.outbox.add(aMessage({ ...free, id: '7' }))
    expect((await store.outbox.ofIncident('i1')).map((row) => row.id)).toEqual(['1', '2', '3', '4'])
    expect((await store.outbox.backlog(T0)).pending).toBe(7)
  })

  it('supersedes older states of a card, but neither replies nor what is on its way', async () => {
    const store = await (await backend.createDatabase()).open()
    const now = await store.now()
    const of = (id: string, version: number, kind: 'post' | 'edit' | 'reply') =>
      aMessage({ id, version, kind, incidentId: 'i1', placeKey: 'p', notBefore: now, createdAt: now })
    for (const row of [of('1', 1, 'post'), of('2', 2, 'edit'), of('3', 2, 'reply'), of('4', 3, 'edit')]) {
      await store.outbox.add(row)
    }
    await store.outbox.add({ ...of('other place', 1, 'post'), placeKey: 'q' })
    await store.outbox.claim('sender', now, LEASE, 1)
    expect(await store.outbox.supersede('p', 'i1', 3)).toBe(1)
    const states = (await store.outbox.ofIncident('i1')).map((row) => `${row.id} ${row.state}`)
    expect(states).toEqual(['1 pending', '2 superseded', '3 pending', '4 pending', 'other place pending'])
    await store.outbox.sent('1', now)
    expect((await claimIds(store, now)).sort()).toEqual(['3', 'other place'])
  })

  it('is written with the incident or not at all', async () => {
    const store = await (await backend.createDatabase()).open()
    const incident = anIncident({ state: 'open', number: 1 })
    const failing = store.transaction(async (repositories) => {
      await repositories.incidents.insert(incident)
      await repositories.outbox.add(aMessage({ incidentId: incident.id, kind: 'post' }))
      throw new Error('power failure')
    })
    await expect(failing).rejects.toThrow('power failure')
    expect(await store.incidents.get(incident.id)).toBeUndefined()
    expect(await store.outbox.ofIncident(incident.id)).toEqual([])
  })
}

export function outboxSuite(backend: Backend): void {
  describe('outbox', () => {
    orderTests(backend)
    leaseTests(backend)
    cardTests(backend)

    it('tells how much waits, how long, and what was given up', async () => {
      const store = await (await backend.createDatabase()).open()
      expect(await store.outbox.backlog(T0)).toEqual({ pending: 0, oldestMs: 0, dead: 0 })
      await store.outbox.add(aMessage({ id: '1', createdAt: T0 }))
      await store.outbox.add(aMessage({ id: '2', createdAt: T0 + 10 }))
      await store.outbox.dead('1', '403', T0)
      expect(await store.outbox.backlog(T0 + 70)).toEqual({ pending: 1, oldestMs: 60, dead: 1 })
    })

    it('refuses a payload over the limit', async () => {
      const store = await (await backend.createDatabase()).open()
      const add = store.outbox.add(aMessage({ payload: 'x'.repeat(128 * 1024) }))
      await expect(add).rejects.toMatchObject({ code: 'SM_STORE_TOO_LARGE', fields: { kept: 'payload' } })
    })

    it('claims over the index of waiting rows, without reading the rows that are done', async () => {
      const database = await backend.createDatabase()
      await database.open()
      await database.sql(`insert into outbox (id, unique_key, tenant_id, place_key, version, kind, priority,
          payload, attempts, created_at, not_before, state)
        with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000)
        select 'r' || i, 'u' || i, 't', 'place-' || (i % 50), 1, 'notice', i % 3, '{}', 0, 1, 1,
          case when i % 4 = 0 then 'pending' else 'sent' end from n`)
      await database.sql('analyze outbox')
      const wanted = { now: T0, limit: 20 }
      const statements = [
        { index: 'outbox_front', statement: headsInFront(wanted) },
        { index: 'outbox_queue', statement: headsOfPlaces(backend.engine, wanted) },
      ]
      for (const { index, statement } of statements) {
        const { text, parameters } = compiledFor(backend.engine, statement)
        const plan = await database.explain(text, parameters)
        expect(plan).toContain(index)
        expect(plan).not.toMatch(/Seq Scan on outbox|SCAN (outbox|o|e)\b(?! USING)/)
      }
    })
  })
}
