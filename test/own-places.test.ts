import { afterEach, expect, test } from 'vitest'
import { withOwnPlaces } from '../src/own-places.ts'
import { type OpenedStore, openSqlite } from '../src/store/index.ts'
import { aPlace, T0, TENANT } from './store/builders.ts'
import { temporaryFolder } from './store/sqlite-backend.ts'

const home = { environment: 'production', botId: '28:ours' }
let raw: OpenedStore | undefined
afterEach(async () => raw?.close())

async function filled() {
  raw = await openSqlite({ dataDir: temporaryFolder(), auditKey: 'k'.repeat(32), allowClockMoves: true })
  const person = { scope: 'personal' as const, userAadId: 'jane' }
  const at = (conversationId: string, more: Partial<ReturnType<typeof aPlace>>) =>
    aPlace({ tenantId: TENANT, conversationId, ...home, ...more })
  const places = {
    own: at('a', { updatedAt: T0 }),
    ownPersonal: at('p', { ...person, updatedAt: T0 }),
    otherEnvironment: at('a', { environment: 'test', updatedAt: T0 + 1 }),
    otherBot: at('a', { botId: '28:theirs', updatedAt: T0 + 1 }),
    otherPersonal: at('p', { ...person, environment: 'test', updatedAt: T0 + 1 }),
  }
  const keys: Record<string, string> = {}
  for (const [name, place] of Object.entries(places)) {
    keys[name] = await raw.places.upsert(place)
    await raw.subscriptions.put({ tenantId: TENANT, placeKey: keys[name], domains: [], minSeverity: 'info' })
  }
  const nameOf = (key: string | undefined) => Object.entries(keys).find(([, one]) => one === key)?.[0]
  return { store: withOwnPlaces(raw, home), keys, nameOf }
}

test('TEAMS 12.18 places and subscriptions of another environment or bot are as if they were not there', async () => {
  const { store, keys, nameOf } = await filled()
  const own = ['own', 'ownPersonal']
  const seen = async (r: Pick<OpenedStore, 'places' | 'subscriptions'>) => ({
    places: (await r.places.list(TENANT)).map(({ key }) => nameOf(key)).sort(),
    subscriptions: (await r.subscriptions.list(TENANT)).map(({ placeKey }) => nameOf(placeKey)).sort(),
    foreign: await r.places.get(keys.otherBot ?? ''),
    one: nameOf((await r.places.get(keys.own ?? ''))?.key),
    personal: nameOf((await r.places.personal(TENANT, 'jane'))?.key),
  })
  const expected = {
    places: own,
    subscriptions: own,
    foreign: undefined,
    one: 'own',
    personal: 'ownPersonal',
  }
  expect(await seen(store)).toEqual(expected)
  expect(await store.transaction(seen)).toEqual(expected)
})

test('nothing else of the store changes', async () => {
  const { store } = await filled()
  expect(store.engine).toBe('sqlite')
  await store.transaction(async (r) => r.settings.put(TENANT, 'a', 1))
  expect(await store.settings.get(TENANT, 'a')).toBe(1)
  expect(await store.migrationsCurrent()).toBe(true)
})
