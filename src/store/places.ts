// Conversations that can be posted to. A place that Teams refuses for good is dead until something arrives from it.
import type { Selectable } from 'kysely'
import type { Place } from '../nouns.ts'
import { threadKeyOf } from '../place-key.ts'
import type { Repositories, StoredPlace } from '../ports.ts'
import { fromDocument, toDocument } from './documents.ts'
import type { Tables } from './schema.ts'
import type { Work } from './unit-of-work.ts'

function toStored(row: Selectable<Tables['place']>): StoredPlace {
  return {
    key: row.key,
    place: fromDocument<Place>(row.doc),
    ...(row.last_success === null ? {} : { lastSuccess: row.last_success }),
    ...(row.dead_at === null ? {} : { dead: { code: row.dead_code ?? '', at: row.dead_at } }),
  }
}

export function places(work: Work): Repositories['places'] {
  return {
    async upsert(place) {
      const key = threadKeyOf(place)
      const fresh = {
        doc: toDocument('place', place),
        scope: place.scope,
        user_id: place.userAadId ?? null,
        updated_at: place.updatedAt,
        dead_code: null,
        dead_at: null,
      }
      await work.statement((db) =>
        db
          .insertInto('place')
          .values({ key, tenant_id: place.tenantId, last_success: null, ...fresh })
          .onConflict((oc) =>
            oc
              .column('key')
              .doUpdateSet(fresh)
              // An activity that was delayed on its way must not bring an old service URL back.
              .where('place.updated_at', '<=', place.updatedAt),
          )
          .execute(),
      )
      return key
    },

    async get(key) {
      const row = await work.statement((db) =>
        db.selectFrom('place').selectAll().where('key', '=', key).executeTakeFirst(),
      )
      return row && toStored(row)
    },

    async personal(tenantId, personId) {
      const row = await work.statement((db) =>
        db
          .selectFrom('place')
          .selectAll()
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', personId)
          .where('scope', '=', 'personal')
          .orderBy('updated_at', 'desc')
          .limit(1)
          .executeTakeFirst(),
      )
      return row && toStored(row)
    },

    async markDead(key, code, now) {
      await work.statement((db) =>
        db.updateTable('place').set({ dead_code: code, dead_at: now }).where('key', '=', key).execute(),
      )
    },

    async markSuccess(key, now) {
      await work.statement((db) =>
        db
          .updateTable('place')
          .set({ last_success: now, dead_code: null, dead_at: null })
          .where('key', '=', key)
          .execute(),
      )
    },

    async remove(key) {
      await work.statement((db) => db.deleteFrom('place').where('key', '=', key).execute())
    },

    async list(tenantId) {
      const rows = await work.statement((db) =>
        db.selectFrom('place').selectAll().where('tenant_id', '=', tenantId).orderBy('key').execute(),
      )
      return rows.map(toStored)
    },
  }
}
