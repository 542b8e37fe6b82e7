// One number per day, subject and name: what trends are drawn from.
import type { Repositories } from '../ports.ts'
import type { Work } from './unit-of-work.ts'

export function dailyFacts(work: Work): Repositories['dailyFacts'] {
  return {
    async put(tenantId, day, subject, name, value) {
      await work.statement((db) =>
        db
          .insertInto('daily_fact')
          .values({ tenant_id: tenantId, day, subject, name, value })
          .onConflict((oc) => oc.columns(['tenant_id', 'subject', 'name', 'day']).doUpdateSet({ value }))
          .execute(),
      )
    },

    list: (tenantId, subject, name, fromDay) =>
      work.statement((db) =>
        db
          .selectFrom('daily_fact')
          .select(['day', 'value'])
          .where('tenant_id', '=', tenantId)
          .where('subject', '=', subject)
          .where('name', '=', name)
          .where('day', '>=', fromDay)
          .orderBy('day')
          .execute(),
      ),
  }
}
