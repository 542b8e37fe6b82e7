// Which place wants to hear of what.
import type { Repositories, Subscription } from '../ports.ts'
import { fromDocument, toDocument } from './documents.ts'
import type { Work } from './unit-of-work.ts'

export function subscriptions(work: Work): Repositories['subscriptions'] {
  return {
    async put(subscription) {
      const doc = toDocument('subscription', subscription)
      await work.statement((db) =>
        db
          .insertInto('subscription')
          .values({ tenant_id: subscription.tenantId, place_key: subscription.placeKey, doc })
          .onConflict((oc) => oc.columns(['tenant_id', 'place_key']).doUpdateSet({ doc }))
          .execute(),
      )
    },

    async remove(tenantId, placeKey) {
      const done = await work.statement((db) =>
        db
          .deleteFrom('subscription')
          .where('tenant_id', '=', tenantId)
          .where('place_key', '=', placeKey)
          .executeTakeFirst(),
      )
      return done.numDeletedRows > 0n
    },

    async list(tenantId) {
      const rows = await work.statement((db) =>
        db
          .selectFrom('subscription')
          .select('doc')
          .where('tenant_id', '=', tenantId)
          .orderBy('place_key')
          .execute(),
      )
      return rows.map((row) => fromDocument<Subscription>(row.doc))
    },
  }
}
