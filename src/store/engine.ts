// The few things in which the two databases differ.
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Instant } from '../nouns.ts'
import type { Db } from './schema.ts'

export type Engine = {
  readonly name: 'sqlite' | 'postgres'
  /** The database's own time, without the offset of rehearsals. */
  machineTime(db: Db): Promise<Instant>
  /** Lets one transaction after the other append to the audit chain. */
  lockAuditChain(db: Db): Promise<void>
  /** Deletes the audit rows up to a cut that the chain has recorded; returns how many. */
  deleteAudit(db: Db, cut: { readonly through: number; readonly at: Instant }): Promise<number>
}

export const sqliteEngine: Engine = {
  name: 'sqlite',
  machineTime: () => Promise.resolve(Date.now()),
  // BEGIN IMMEDIATE has excluded every other writer already.
  lockAuditChain: () => Promise.resolve(),
  async deleteAudit(db, { through, at }) {
    await db.insertInto('audit_cut').values({ through, at }).execute()
    const done = await db.deleteFrom('audit').where('seq', '<=', through).executeTakeFirst()
    return Number(done.numDeletedRows)
  },
}

/** Any number that nothing else in this database uses as an advisory lock. */
const AUDIT_LOCK = 1_397_572_931

export const postgresEngine: Engine = {
  name: 'postgres',
  async machineTime(db) {
    // clock_timestamp, not now(): a transaction that waited for a lock must see the time after its wait.
    const answer = await sql<{
      ms: number
    }>`select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as ms`.execute(db)
    return answer.rows[0]?.ms ?? Number.NaN
  },
  async lockAuditChain(db) {
    await sql`select pg_advisory_xact_lock(${sql.lit(AUDIT_LOCK)})`.execute(db)
  },
  async deleteAudit(db, { through, at }) {
    // Only this function may delete; the role of the application may not.
    const answer = await sql<{ gone: number }>`select audit_cut_through(${through}, ${at}) as gone`.execute(
      db,
    )
    return answer.rows[0]?.gone ?? 0
  },
}

/** Row locks where there are any: a write transaction of SQLite has the whole file to itself. */
export function lockRows<DB, TB extends keyof DB, O>(
  engine: Engine,
  how: 'update' | 'share' | 'skip',
  query: SelectQueryBuilder<DB, TB, O>,
): SelectQueryBuilder<DB, TB, O> {
  if (engine.name === 'sqlite') return query
  if (how === 'share') return query.forShare()
  return how === 'update' ? query.forUpdate() : query.forUpdate().skipLocked()
}
