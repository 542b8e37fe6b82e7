// The transactional outbox: what shall be sent, in order within each place, leased to one sender at a time.
import { type Selectable, sql } from 'kysely'
import type { Instant, Json } from '../nouns.ts'
import type { OutboxRow, Repositories } from '../ports.ts'
import { fromDocument, toDocument } from './documents.ts'
import { lockRows } from './engine.ts'
import { findHeads } from './outbox-heads.ts'
import type { Tables } from './schema.ts'
import type { Work } from './unit-of-work.ts'

type Row = Selectable<Tables['outbox']>

function toOutboxRow(row: Row): OutboxRow {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    placeKey: row.place_key,
    ...(row.incident_id === null ? {} : { incidentId: row.incident_id }),
    ...(row.operation_id === null ? {} : { operationId: row.operation_id }),
    version: row.version,
    kind: row.kind as OutboxRow['kind'],
    priority: row.priority,
    payload: fromDocument<Json>(row.payload),
    attempts: row.attempts,
    createdAt: row.created_at,
    notBefore: row.not_before,
  }
}

/** What a row is about; a free-standing notice is about itself. */
function uniqueKey(row: Omit<OutboxRow, 'attempts'>): string {
  const about = row.incidentId
    ? ['i', row.incidentId]
    : row.operationId
      ? ['o', row.operationId]
      : ['r', row.id]
  return JSON.stringify([...about, row.placeKey, row.version, row.kind])
}

export function outbox(work: Work): Repositories['outbox'] {
  /** Only a pending row ends: a late word about a row that is sent already changes nothing. */
  const end = (id: string, set: { state: 'sent' | 'dead'; code: string | null; done_at: Instant }) =>
    work.statement((db) =>
      db
        .updateTable('outbox')
        .set({ ...set, leased_by: null, leased_until: null })
        .where('id', '=', id)
        .where('state', '=', 'pending')
        .execute(),
    )

  return {
    async add(row) {
      const values = {
        id: row.id,
        unique_key: uniqueKey(row),
        tenant_id: row.tenantId,
        place_key: row.placeKey,
        incident_id: row.incidentId ?? null,
        operation_id: row.operationId ?? null,
        version: row.version,
        kind: row.kind,
        priority: row.priority,
        payload: toDocument('payload', row.payload),
        attempts: 0,
        created_at: row.createdAt,
        not_before: row.notBefore,
        state: 'pending',
        code: null,
        leased_by: null,
        leased_until: null,
        done_at: null,
      } as const
      await work.statement((db) =>
        db
          .insertInto('outbox')
          .values(values)
          .onConflict((oc) => oc.column('unique_key').doNothing())
          .execute(),
      )
    },

    claim: (holder, now, leaseMs, limit) =>
      work.atomic(async (db) => {
        const heads = await findHeads(db, work.engine.name, { now, limit })
        if (heads.length === 0) return []
        // The conditions again: another process may have taken a row since the look above.
        const free = await lockRows(
          work.engine,
          'skip',
          db
            .selectFrom('outbox')
            .selectAll()
            .where('seq', 'in', heads)
            .where('state', '=', 'pending')
            .where('not_before', '<=', now)
            .where((eb) => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<=', now)]))
            .orderBy('priority')
            .orderBy('seq'),
        ).execute()
        if (free.length === 0) return []
        await db
          .updateTable('outbox')
          .set({ leased_by: holder, leased_until: now + leaseMs })
          .where(
            'seq',
            'in',
            free.map((row) => row.seq),
          )
          .execute()
        return free.map(toOutboxRow)
      }),

    async sent(id, now) {
      await end(id, { state: 'sent', code: null, done_at: now })
    },

    async dead(id, code, now) {
      await end(id, { state: 'dead', code, done_at: now })
    },

    async retry(id, notBefore, code) {
      await work.statement((db) =>
        db
          .updateTable('outbox')
          .set((eb) => ({
            not_before: notBefore,
            code,
            attempts: eb('attempts', '+', 1),
            leased_by: null,
            leased_until: null,
          }))
          .where('id', '=', id)
          .where('state', '=', 'pending')
          .execute(),
      )
    },

    async supersede(placeKey, incidentId, version) {
      const now = await work.now()
      const done = await work.statement((db) =>
        db
          .updateTable('outbox')
          .set({ state: 'superseded', done_at: now })
          .where('place_key', '=', placeKey)
          .where('incident_id', '=', incidentId)
          .where('version', '<', version)
          .where('kind', 'in', ['post', 'edit'])
          .where('state', '=', 'pending')
          // A row on its way is left to its sender, else the next of this place could overtake it.
          .where((eb) => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<=', now)]))
          .executeTakeFirst(),
      )
      return Number(done.numUpdatedRows)
    },

    async ofIncident(incidentId) {
      const rows = await work.statement((db) =>
        db.selectFrom('outbox').selectAll().where('incident_id', '=', incidentId).orderBy('seq').execute(),
      )
      return rows.map((row) => ({
        ...toOutboxRow(row),
        state: row.state,
        ...(row.code === null ? {} : { code: row.code }),
      }))
    },

    async backlog(now) {
      const answer = await work.statement((db) =>
        sql<{ pending: number; oldest: number | null; dead: number }>`
          select
            (select count(*) from outbox where state = 'pending') as pending,
            (select min(created_at) from outbox where state = 'pending') as oldest,
            (select count(*) from outbox where state = 'dead') as dead`.execute(db),
      )
      const row = answer.rows[0]
      return {
        pending: row?.pending ?? 0,
        oldestMs: row?.oldest == null ? 0 : Math.max(0, now - row.oldest),
        dead: row?.dead ?? 0,
      }
    },
  }
}
