// Dialog sessions: one JSON document per person and conversation.
import type { Json } from '../nouns.ts'
import type { Repositories, SessionKey } from '../ports.ts'
import { fromDocument, toDocument } from './documents.ts'
import type { Work } from './unit-of-work.ts'

const columns = (key: SessionKey) => ({
  tenant_id: key.tenantId,
  conversation_id: key.conversationId,
  person_id: key.personId,
})

export function sessions(work: Work): Repositories['sessions'] {
  return {
    async get(key) {
      const row = await work.statement((db) =>
        db
          .selectFrom('session')
          .select('doc')
          .where((eb) => eb.and(columns(key)))
          .executeTakeFirst(),
      )
      return row && fromDocument<Json>(row.doc)
    },

    async put(key, value, now) {
      const doc = toDocument('session', value)
      await work.statement((db) =>
        db
          .insertInto('session')
          .values({ ...columns(key), doc, at: now })
          .onConflict((oc) =>
            oc.columns(['tenant_id', 'conversation_id', 'person_id']).doUpdateSet({ doc, at: now }),
          )
          .execute(),
      )
    },

    async remove(key) {
      await work.statement((db) =>
        db
          .deleteFrom('session')
          .where((eb) => eb.and(columns(key)))
          .execute(),
      )
    },

    async removeOfPerson(tenantId, personId) {
      const done = await work.statement((db) =>
        db
          .deleteFrom('session')
          .where('tenant_id', '=', tenantId)
          .where('person_id', '=', personId)
          .executeTakeFirst(),
      )
      return Number(done.numDeletedRows)
    },

    async ofPerson(tenantId, personId) {
      const rows = await work.statement((db) =>
        db
          .selectFrom('session')
          .select('doc')
          .where('tenant_id', '=', tenantId)
          .where('person_id', '=', personId)
          .orderBy('conversation_id')
          .execute(),
      )
      return rows.map((row) => fromDocument<Json>(row.doc))
    },
  }
}
