// Proposed actions through their life, and the one-time ids of their buttons.
import type { Proposal } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import { fromDocument, toDocument } from './documents.ts'
import { misuse } from './faults.ts'
import type { Work } from './unit-of-work.ts'

const columns = (proposal: Proposal) => ({
  state: proposal.state,
  version: proposal.version,
  at: proposal.finishedAt ?? proposal.executedAt ?? proposal.proposedAt,
  doc: toDocument('proposal', proposal),
})

export function operations(work: Work): Repositories['operations'] {
  return {
    async insert(proposal) {
      const values = { id: proposal.id, tenant_id: proposal.tenantId, ...columns(proposal) }
      await work.statement((db) => db.insertInto('operation').values(values).execute())
    },

    async update(proposal, expected) {
      if (proposal.version !== expected + 1) throw misuse('a proposal goes from one version to the next')
      const set = columns(proposal)
      const done = await work.statement((db) =>
        db
          .updateTable('operation')
          .set(set)
          .where('id', '=', proposal.id)
          .where('version', '=', expected)
          .executeTakeFirst(),
      )
      return done.numUpdatedRows === 1n
    },

    async get(id) {
      const row = await work.statement((db) =>
        db.selectFrom('operation').select('doc').where('id', '=', id).executeTakeFirst(),
      )
      return row && fromDocument<Proposal>(row.doc)
    },

    async list(tenantId, states) {
      if (states.length === 0) return []
      const rows = await work.statement((db) =>
        db
          .selectFrom('operation')
          .select('doc')
          .where('tenant_id', '=', tenantId)
          .where('state', 'in', [...states])
          .orderBy('at')
          .orderBy('id')
          .execute(),
      )
      return rows.map((row) => fromDocument<Proposal>(row.doc))
    },

    async issueNonce(nonce) {
      await work.statement((db) =>
        db
          .insertInto('nonce')
          .values({
            hash: nonce.hash,
            operation_id: nonce.operationId,
            place_key: nonce.placeKey,
            expires_at: nonce.expiresAt,
            used_at: null,
          })
          .execute(),
      )
    },

    async useNonce(hash, now) {
      // One statement decides: of two clicks at the same moment the second finds no unused row.
      const row = await work.statement((db) =>
        db
          .updateTable('nonce')
          .set({ used_at: now })
          .where('hash', '=', hash)
          .where('used_at', 'is', null)
          .returning(['operation_id', 'place_key', 'expires_at'])
          .executeTakeFirst(),
      )
      return row && { operationId: row.operation_id, placeKey: row.place_key, expiresAt: row.expires_at }
    },
  }
}
