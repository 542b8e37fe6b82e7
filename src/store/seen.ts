// Events already seen: a repeat is answered from the stored result, by whichever process it reaches.
import type { Json } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import { fromDocument, toDocument } from './documents.ts'
import type { Work } from './unit-of-work.ts'

/** A handler that runs longer than this has died with its process. */
const LOST_AFTER_MS = 30_000

export function seen(work: Work): Repositories['seen'] {
  return {
    begin: (id, now) =>
      work.atomic(async (db) => {
        const inserted = await db
          .insertInto('seen')
          .values({ id, state: 'running', result: null, at: now })
          .onConflict((oc) => oc.column('id').doNothing())
          .executeTakeFirst()
        if (inserted.numInsertedOrUpdatedRows === 1n) return { state: 'first' }

        const row = await db.selectFrom('seen').selectAll().where('id', '=', id).executeTakeFirst()
        // Forgotten between the two statements: a repeat of this delivery will be first.
        if (!row) return { state: 'running' }
        if (row.state === 'done') return { state: 'done', result: fromDocument<Json>(row.result ?? 'null') }
        if (row.at > now - LOST_AFTER_MS) return { state: 'running' }

        const taken = await db
          .updateTable('seen')
          .set({ at: now })
          .where('id', '=', id)
          .where('state', '=', 'running')
          .where('at', '=', row.at)
          .executeTakeFirst()
        return { state: taken.numUpdatedRows === 1n ? 'first' : 'running' }
      }),

    async finish(id, result, now) {
      const done = { state: 'done', result: toDocument('result', result), at: now } as const
      await work.statement((db) =>
        db
          .insertInto('seen')
          .values({ id, ...done })
          .onConflict((oc) => oc.column('id').doUpdateSet(done))
          .execute(),
      )
    },

    async forget(id) {
      await work.statement((db) =>
        db.deleteFrom('seen').where('id', '=', id).where('state', '=', 'running').execute(),
      )
    },
  }
}
