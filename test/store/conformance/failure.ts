// A backend that fails rejects. It never looks like an empty one: that would forget an acknowledged incident.
import { describe, expect, it } from 'vitest'
import type { Backend } from '../backend.ts'
import { T0 } from '../builders.ts'
import { everyCall } from '../every-call.ts'

const tables = [
  ...['session', 'seen', 'place', 'subscription', 'incident_event', 'incident_shown', 'incident', 'outbox'],
  ...[
    'lease',
    'operation',
    'nonce',
    'audit',
    'audit_cut',
    'setting',
    'daily_fact',
    'gap',
    'counter',
    'clock',
  ],
]

export function failureSuite(backend: Backend): void {
  describe('failure', () => {
    it('rejects every call, read or write, when the database cannot do it', async () => {
      const database = await backend.createDatabase()
      const store = await database.open()
      for (const table of tables) await database.sql(`drop table ${table}`)
      const empty: string[] = []
      for (const [name, call] of everyCall) {
        const run = name === 'leases.fence' ? store.transaction(call) : call(store)
        const outcome = await run.then(
          () => 'resolved',
          (error: { code?: string; cause?: unknown }) => (error.cause ? error.code : 'no cause'),
        )
        if (outcome !== 'SM_STORE_UNAVAILABLE') empty.push(`${name}: ${outcome}`)
      }
      expect(empty).toEqual([])
      for (const run of [
        () => store.now(),
        () => store.ping(),
        () => store.purge(T0, 1),
        () => store.moveClock(1),
      ]) {
        await expect(run()).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
      }
    })

    it('rejects every call after it was closed, and closes twice without harm', async () => {
      const store = await (await backend.createDatabase()).open()
      await Promise.all([store.close(), store.close()])
      for (const [name, call] of everyCall) {
        if (name === 'leases.fence') continue
        await expect(call(store), name).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
      }
      await expect(store.transaction(() => Promise.resolve(1))).rejects.toMatchObject({
        code: 'SM_STORE_UNAVAILABLE',
      })
    })

    it('is current after opening, and not when a migration is missing', async () => {
      const database = await backend.createDatabase()
      const store = await database.open()
      expect(await store.migrationsCurrent()).toBe(true)
      await database.sql('delete from kysely_migration')
      expect(await store.migrationsCurrent()).toBe(false)
    })

    it('opens on a schema that a newer version has migrated already', async () => {
      const database = await backend.createDatabase()
      await (await database.open()).ping()
      await database.sql(`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')`)
      const old = await database.open()
      expect(await old.migrationsCurrent()).toBe(true)
      expect(await old.outbox.claim('h', T0, 1, 1)).toEqual([])
    })
  })
}
