// What people change while the bot runs, by tenant and name.
import { sql } from 'kysely'
import type { Json } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import { fromDocument, toDocument } from './documents.ts'
import type { Work } from './unit-of-work.ts'

export function settings(work: Work): Repositories['settings'] {
  return {
    async get(tenantId, name) {
      const row = await work.statement((db) =>
        db
          .selectFrom('setting')
          .select('doc')
          .where('tenant_id', '=', tenantId)
          .where('name', '=', name)
          .executeTakeFirst(),
      )
      return row && fromDocument<Json>(row.doc)
    },

    async put(tenantId, name, value) {
      const doc = toDocument('setting', value)
      await work.statement((db) =>
        db
          .insertInto('setting')
          .values({ tenant_id: tenantId, name, doc })
          .onConflict((oc) => oc.columns(['tenant_id', 'name']).doUpdateSet({ doc }))
          .execute(),
      )
    },

    async remove(tenantId, name) {
      await work.statement((db) =>
        db.deleteFrom('setting').where('tenant_id', '=', tenantId).where('name', '=', name).execute(),
      )
    },

    async list(tenantId, prefix) {
      const rows = await work.statement((db) =>
        db
          .selectFrom('setting')
          .select(['name', 'doc'])
          .where('tenant_id', '=', tenantId)
          // Not LIKE: a name may hold its wildcards, and SQLite's ignores case.
          .where(sql<string>`substr(name, 1, length(${prefix}))`, '=', prefix)
          .orderBy('name')
          .execute(),
      )
      return rows.map((row) => ({ name: row.name, value: fromDocument<Json>(row.doc) }))
    },
  }
}
