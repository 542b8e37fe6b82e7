// How long each kind of row is kept, and the deletion of what is older.
import { sql } from 'kysely'
import type { Instant } from '../nouns.ts'
import { DAY, HOUR } from '../time.ts'
import { appendOn } from './audit.ts'
import { CUT, cutDetail } from './audit-chain.ts'
import type { Db } from './schema.ts'
import type { Work } from './unit-of-work.ts'

/** Rows deleted by one statement: a longer one would hold up everybody else. */
const BATCH = 5_000

type Rule = {
  readonly table: string
  readonly key: string
  /** What may go; `before` is now minus the age. */
  readonly ageMs: (retentionMs: number) => number
  readonly where: (before: Instant) => ReturnType<typeof sql>
}

const rules: readonly Rule[] = [
  { table: 'seen', key: 'id', ageMs: () => DAY, where: (t) => sql`at < ${t}` },
  {
    table: 'session',
    key: 'conversation_id, tenant_id, person_id',
    ageMs: () => 30 * DAY,
    where: (t) => sql`at < ${t}`,
  },
  { table: 'gap', key: 'seq', ageMs: () => 90 * DAY, where: (t) => sql`at < ${t}` },
  // Of people who removed the bot; half a day, so that a purge every few hours keeps the promise of 24 hours.
  {
    table: 'place',
    key: 'key',
    ageMs: () => 12 * HOUR,
    where: (t) => sql`scope = 'personal' and dead_at < ${t}`,
  },
  { table: 'nonce', key: 'hash', ageMs: () => DAY, where: (t) => sql`expires_at < ${t}` },
  // The auditor wants to see that a live incident was told: its rows stay as long as it does.
  {
    table: 'outbox',
    key: 'seq',
    ageMs: (retention) => Math.min(30 * DAY, retention),
    where: (t) => sql`state <> 'pending' and done_at < ${t} and not exists (
      select 1 from incident where incident.id = outbox.incident_id and incident.state <> 'closed')`,
  },
  {
    table: 'incident',
    key: 'id',
    ageMs: (retention) => retention,
    where: (t) => sql`state = 'closed' and closed_at < ${t}`,
  },
  {
    table: 'operation',
    key: 'id',
    ageMs: (retention) => retention,
    where: (t) => sql`at < ${t} and state in ('succeeded', 'failed', 'unknown', 'cancelled', 'expired')`,
  },
  {
    table: 'daily_fact',
    key: 'tenant_id, subject, name, day',
    ageMs: (retention) => retention,
    where: (t) => sql`day < ${new Date(t).toISOString().slice(0, 10)}`,
  },
]

async function applyRule(work: Work, rule: Rule, before: Instant): Promise<number> {
  let total = 0
  for (;;) {
    const done = await work.statement((db) =>
      sql`delete from ${sql.table(rule.table)} where (${sql.raw(rule.key)}) in (
        select ${sql.raw(rule.key)} from ${sql.table(rule.table)} where ${rule.where(before)} limit ${BATCH})`.execute(
        db,
      ),
    )
    const rows = Number(done.numAffectedRows ?? 0n)
    total += rows
    if (rows < BATCH) return total
  }
}

/** The last row of the old head part of the chain: everything up to it is older than `before`. */
async function lastToCut(db: Db, before: Instant) {
  const kept = await db
    .selectFrom('audit')
    .select('seq')
    .where('at', '>=', before)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  let query = db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1)
  if (kept) query = query.where('seq', '<', kept.seq)
  return await query.executeTakeFirst()
}

async function cutAudit(work: Work, key: string, times: { now: Instant; before: Instant }): Promise<number> {
  return await work.atomic(async (db) => {
    await work.engine.lockAuditChain(db)
    const last = await lastToCut(db, times.before)
    if (!last) return 0
    const { through, hash } = { through: last.seq, hash: last.hash }
    // The chain itself attests the cut, so that verification can tell it from tampering.
    await appendOn(work, db, {
      key,
      entry: {
        at: times.now,
        tenantId: '',
        who: 'system',
        what: CUT,
        outcome: 'succeeded',
        detail: cutDetail({ through, hash }),
      },
    })
    return await work.engine.deleteAudit(db, { through, at: times.now })
  })
}

/** Deletes what is older than its retention; rows deleted by table. */
export async function purge(
  work: Work,
  key: string,
  times: { readonly now: Instant; readonly retentionDays: number },
): Promise<Readonly<Record<string, number>>> {
  const retentionMs = Math.max(1, times.retentionDays) * DAY
  const deleted: Record<string, number> = {}
  for (const rule of rules) {
    deleted[rule.table] = await applyRule(work, rule, times.now - rule.ageMs(retentionMs))
  }
  deleted.audit = await cutAudit(work, key, { now: times.now, before: times.now - retentionMs })
  return deleted
}
