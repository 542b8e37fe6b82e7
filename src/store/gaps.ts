// Questions that stayed unanswered or were disliked, scrubbed by the caller.
import type { Repositories } from '../ports.ts'
import { checkSize } from './documents.ts'
import type { Work } from './unit-of-work.ts'

export function gaps(work: Work): Repositories['gaps'] {
  return {
    async add(gap) {
      const values = {
        tenant_id: gap.tenantId,
        at: gap.at,
        question: checkSize('gap', gap.question),
        why: gap.why,
        comment: gap.comment === undefined ? null : checkSize('gap', gap.comment),
        article_id: gap.articleId ?? null,
      }
      await work.statement((db) => db.insertInto('gap').values(values).execute())
    },

    async list(tenantId, since) {
      const rows = await work.statement((db) =>
        db
          .selectFrom('gap')
          .selectAll()
          .where('tenant_id', '=', tenantId)
          .where('at', '>=', since)
          .orderBy('at')
          .orderBy('seq')
          .execute(),
      )
      return rows.map((row) => ({
        at: row.at,
        question: row.question,
        why: row.why,
        ...(row.comment === null ? {} : { comment: row.comment }),
        ...(row.article_id === null ? {} : { articleId: row.article_id }),
      }))
    },
  }
}
