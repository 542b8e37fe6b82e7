// Sessions, places, subscriptions, settings, daily facts and gaps: what is put is what is got.
import { describe, expect, it } from 'vitest'
import { placeKeyOf } from '../../../src/place-key.ts'
import type { SessionKey, Subscription } from '../../../src/ports.ts'
import type { Backend } from '../backend.ts'
import { aPlace, T0, TENANT } from '../builders.ts'

const key = (conversationId: string, personId = 'person-1'): SessionKey => ({
  tenantId: TENANT,
  conversationId,
  personId,
})

function sessionTests(backend: Backend): void {
  describe('sessions', () => {
    it('keeps a document per person and conversation, whatever its strings hold', async () => {
      const store = await (await backend.createDatabase()).open()
      const odd = { text: 'a\u0000b \ud800 \u202e 𝕏 \\ "quoted"', list: [null, true, 1.5, {}], empty: '' }
      await store.sessions.put(key('c1'), odd, T0)
      await store.sessions.put(key('c2'), { step: 1 }, T0)
      await store.sessions.put(key('c2'), { step: 2 }, T0 + 1)
      await store.sessions.put(key('c1', 'person-2'), null, T0)
      expect(await store.sessions.get(key('c1'))).toEqual(odd)
      expect(await store.sessions.get(key('c2'))).toEqual({ step: 2 })
      expect(await store.sessions.get(key('c1', 'person-2'))).toBeNull()
      expect(await store.sessions.get(key('c3'))).toBeUndefined()
      expect(await store.sessions.ofPerson(TENANT, 'person-1')).toEqual([odd, { step: 2 }])
    })

    it('forgets one session, or all of a person and nobody else', async () => {
      const store = await (await backend.createDatabase()).open()
      for (const c of ['c1', 'c2', 'c3']) await store.sessions.put(key(c), { c }, T0)
      await store.sessions.put(key('c1', 'person-2'), { other: true }, T0)
      await store.sessions.remove(key('c1'))
      expect(await store.sessions.get(key('c1'))).toBeUndefined()
      expect(await store.sessions.removeOfPerson(TENANT, 'person-1')).toBe(2)
      expect(await store.sessions.ofPerson(TENANT, 'person-1')).toEqual([])
      expect(await store.sessions.get(key('c1', 'person-2'))).toEqual({ other: true })
    })

    it('refuses what is over the limit, counted in bytes, and keeps what was there', async () => {
      const store = await (await backend.createDatabase()).open()
      await store.sessions.put(key('c1'), 'ü'.repeat(32 * 1024 - 1), T0)
      await expect(store.sessions.put(key('c1'), 'ü'.repeat(32 * 1024), T0)).rejects.toMatchObject({
        code: 'SM_STORE_TOO_LARGE',
        fields: { kept: 'session', limit: 64 * 1024 },
      })
      expect(await store.sessions.get(key('c1'))).toHaveLength(32 * 1024 - 1)
    })
  })
}

function placeTests(backend: Backend): void {
  describe('places', () => {
    it('gives one conversation one key, and another thread or deployment another', async () => {
      const store = await (await backend.createDatabase()).open()
      const place = aPlace()
      const keys = [
        await store.places.upsert(place),
        await store.places.upsert({ ...place, serviceUrl: 'https://smba.example/amer/', updatedAt: T0 + 1 }),
        await store.places.upsert({ ...place, threadId: 'thread-1' }),
        await store.places.upsert({ ...place, environment: 'other' }),
      ]
      expect(keys[1]).toBe(keys[0])
      expect(new Set(keys).size).toBe(3)
      expect(placeKeyOf({ ...place, threadId: 'thread-1' })).toBe(keys[0])
      const stored = await store.places.get(keys[0] ?? '')
      expect(stored).toEqual({
        key: keys[0],
        place: { ...place, serviceUrl: 'https://smba.example/amer/', updatedAt: T0 + 1 },
      })
      expect(await store.places.list(TENANT)).toHaveLength(3)
      expect(await store.places.list('another tenant')).toEqual([])
    })

    it('is not taken back by an activity that was delayed', async () => {
      const store = await (await backend.createDatabase()).open()
      const place = aPlace({ updatedAt: T0 + 10 })
      const placeKey = await store.places.upsert(place)
      await store.places.upsert({ ...place, serviceUrl: 'https://old.example/', updatedAt: T0 })
      expect((await store.places.get(placeKey))?.place.serviceUrl).toBe(place.serviceUrl)
    })

    it('is dead until something arrives from it or a post succeeds', async () => {
      const store = await (await backend.createDatabase()).open()
      const place = aPlace()
      const placeKey = await store.places.upsert(place)
      await store.places.markSuccess(placeKey, T0 + 1)
      await store.places.markDead(placeKey, '403 BotNotInConversationRoster', T0 + 2)
      expect(await store.places.get(placeKey)).toMatchObject({
        lastSuccess: T0 + 1,
        dead: { code: '403 BotNotInConversationRoster', at: T0 + 2 },
      })
      await store.places.upsert({ ...place, updatedAt: T0 + 3 })
      const revived = await store.places.get(placeKey)
      expect(revived?.dead).toBeUndefined()
      expect(revived?.lastSuccess).toBe(T0 + 1)
      await store.places.remove(placeKey)
      expect(await store.places.get(placeKey)).toBeUndefined()
    })

    it('finds the newest one-to-one chat of a person', async () => {
      const store = await (await backend.createDatabase()).open()
      const mine = { scope: 'personal', userAadId: 'person-1' } as const
      await store.places.upsert(aPlace({ ...mine, updatedAt: T0 }))
      const newest = await store.places.upsert(aPlace({ ...mine, updatedAt: T0 + 5 }))
      await store.places.upsert(aPlace({ scope: 'groupChat', userAadId: 'person-1', updatedAt: T0 + 9 }))
      expect((await store.places.personal(TENANT, 'person-1'))?.key).toBe(newest)
      expect(await store.places.personal(TENANT, 'person-2')).toBeUndefined()
    })
  })
}

export function memorySuite(backend: Backend): void {
  sessionTests(backend)
  placeTests(backend)

  it('keeps subscriptions by place', async () => {
    const store = await (await backend.createDatabase()).open()
    const one: Subscription = { tenantId: TENANT, placeKey: 'p1', domains: [], minSeverity: 'warning' }
    await store.subscriptions.put(one)
    await store.subscriptions.put({ ...one, placeKey: 'p2', fallback: true })
    await store.subscriptions.put({ ...one, minSeverity: 'critical' })
    expect(await store.subscriptions.list(TENANT)).toEqual([
      { ...one, minSeverity: 'critical' },
      { ...one, placeKey: 'p2', fallback: true },
    ])
    expect(await store.subscriptions.remove(TENANT, 'p1')).toBe(true)
    expect(await store.subscriptions.remove(TENANT, 'p1')).toBe(false)
  })

  it('lists settings by prefix, taking wildcards and case as they are', async () => {
    const store = await (await backend.createDatabase()).open()
    for (const name of ['stop.all', 'stop.one', 'Stop.all', 'stopx', 'a%b', 'a%c', 'axb']) {
      await store.settings.put(TENANT, name, { name })
    }
    const names = async (prefix: string) => (await store.settings.list(TENANT, prefix)).map((s) => s.name)
    expect((await names('stop.')).sort()).toEqual(['stop.all', 'stop.one'])
    expect((await names('a%')).sort()).toEqual(['a%b', 'a%c'])
    expect(await names('')).toHaveLength(7)
    expect(await store.settings.get(TENANT, 'stopx')).toEqual({ name: 'stopx' })
    await store.settings.remove(TENANT, 'stopx')
    expect(await store.settings.get(TENANT, 'stopx')).toBeUndefined()
    expect(await store.settings.list('another tenant', '')).toEqual([])
  })

  it('keeps one number per day, in the order of days', async () => {
    const store = await (await backend.createDatabase()).open()
    await store.dailyFacts.put(TENANT, '2026-01-02', 'fabrikam.example', 'failures', 4)
    await store.dailyFacts.put(TENANT, '2026-01-01', 'fabrikam.example', 'failures', 2)
    await store.dailyFacts.put(TENANT, '2026-01-02', 'fabrikam.example', 'failures', 4.5)
    await store.dailyFacts.put(TENANT, '2026-01-02', 'fabrikam.example', 'users', 9)
    const list = (from: string) => store.dailyFacts.list(TENANT, 'fabrikam.example', 'failures', from)
    expect(await list('2026-01-01')).toEqual([
      { day: '2026-01-01', value: 2 },
      { day: '2026-01-02', value: 4.5 },
    ])
    expect(await list('2026-01-02')).toHaveLength(1)
  })

  it('keeps unanswered questions with their time', async () => {
    const store = await (await backend.createDatabase()).open()
    const gap = { tenantId: TENANT, at: T0, question: 'what is a flurb', why: 'unanswered' } as const
    await store.gaps.add(gap)
    await store.gaps.add({
      ...gap,
      at: T0 + 5,
      why: 'disliked',
      comment: 'wrong',
      articleId: 'agent.install',
    })
    expect(await store.gaps.list(TENANT, T0 + 1)).toEqual([
      { at: T0 + 5, question: gap.question, why: 'disliked', comment: 'wrong', articleId: 'agent.install' },
    ])
    expect(await store.gaps.list(TENANT, 0)).toHaveLength(2)
    await expect(store.gaps.add({ ...gap, question: 'x'.repeat(9000) })).rejects.toMatchObject({
      code: 'SM_STORE_TOO_LARGE',
    })
  })
}
