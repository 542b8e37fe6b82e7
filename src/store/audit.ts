// The audit chain in the database: appended to inside the caller's transaction, never changed.
import type { Selectable } from 'kysely'
import type { AuditEntry, AuditRow, Repositories } from '../ports.ts'
import { chained } from './audit-chain.ts'
import { toDocument } from './documents.ts'
import type { Db, Tables } from './schema.ts'
import type { Work } from './unit-of-work.ts'

function toRow(row: Selectable<Tables['audit']>): AuditRow {
  return {
    seq: row.seq,
    at: row.at,
    tenantId: row.tenant_id,
    who: row.who,
    what: row.what,
    ...(row.subject === null ? {} : { subject: row.subject }),
    ...(row.place === null ? {} : { where: row.place }),
    outcome: row.outcome as AuditEntry['outcome'],
    ...(row.operation_hash === null ? {} : { operationHash: row.operation_hash }),
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    ...(row.detail === null ? {} : { detail: row.detail }),
    prev: row.prev,
    hash: row.hash,
  }
}

/** Strings as the database will give them back, else the hash would not fit what is read. */
function storable(entry: AuditEntry): AuditEntry {
  const clean = Object.entries(entry)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [
      name,
      typeof value === 'string' ? value.toWellFormed().replaceAll('\u0000', '\uFFFD') : value,
    ])
  return Object.fromEntries(clean) as AuditEntry
}

const headOn = (db: Db) =>
  db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst()

/** Appends on an open transaction; retention uses it too. */
export async function appendOn(
  work: Pick<Work, 'engine'>,
  db: Db,
  { key, entry }: { readonly key: string; readonly entry: AuditEntry },
): Promise<AuditRow> {
  const clean = storable(entry)
  toDocument('audit', clean)
  // Taken until commit, so a transaction should append last: it holds up every other append.
  await work.engine.lockAuditChain(db)
  const row = chained(key, await headOn(db), clean)
  await db
    .insertInto('audit')
    .values({
      seq: row.seq,
      at: row.at,
      tenant_id: row.tenantId,
      who: row.who,
      what: row.what,
      subject: row.subject ?? null,
      place: row.where ?? null,
      outcome: row.outcome,
      operation_hash: row.operationHash ?? null,
      request_id: row.requestId ?? null,
      detail: row.detail ?? null,
      prev: row.prev,
      hash: row.hash,
    })
    .execute()
  return row
}

export function audit(work: Work, key: string): Repositories['audit'] {
  return {
    append: (entry) => work.atomic((db) => appendOn(work, db, { key, entry })),

    async page(afterSeq, limit) {
      const rows = await work.statement((db) =>
        db.selectFrom('audit').selectAll().where('seq', '>', afterSeq).orderBy('seq').limit(limit).execute(),
      )
      return rows.map(toRow)
    },

    head: () => work.statement(headOn),
  }
}
