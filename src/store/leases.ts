// Leases: one holder per name at a time. The epoch rises with every change of hands and fences off a former holder.

import { MedicError } from '../errors.ts'
import type { Instant } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import { lockRows } from './engine.ts'
import { misuse } from './faults.ts'
import type { Db } from './schema.ts'
import type { Work } from './unit-of-work.ts'

export function leases(work: Work): Repositories['leases'] {
  const locked = (db: Db, name: string, how: 'update' | 'share' | 'skip') =>
    lockRows(work.engine, how, db.selectFrom('lease').selectAll().where('name', '=', name)).executeTakeFirst()

  const setUntil = (db: Db, held: { name: string; holder: string; epoch: number }, until: Instant) =>
    db
      .updateTable('lease')
      .set({ until })
      .where('name', '=', held.name)
      .where('holder', '=', held.holder)
      .where('epoch', '=', held.epoch)
      .executeTakeFirst()

  return {
    acquire: (name, holder, ttlMs) =>
      work.atomic(async (db) => {
        await db
          .insertInto('lease')
          .values({ name, holder: '', epoch: 0, until: 0 })
          .onConflict((oc) => oc.column('name').doNothing())
          .execute()
        // A row that is locked is in use: by its holder's work, or by another who asks at this moment.
        const row = await locked(db, name, 'skip')
        const now = await work.timeOn(db)
        if (!row || (row.until > now && row.holder !== holder)) return undefined
        const epoch = row.epoch + 1
        await db
          .updateTable('lease')
          .set({ holder, epoch, until: now + ttlMs })
          .where('name', '=', name)
          .execute()
        return { epoch }
      }),

    renew: (name, holder, epoch, ttlMs) =>
      work.atomic(async (db) => {
        const row = await locked(db, name, 'update')
        // Read after the lock was granted: waiting for it takes time too.
        const now = await work.timeOn(db)
        // An expired lease that nobody took is gone all the same: its work may have been judged abandoned.
        if (row?.holder !== holder || row.epoch !== epoch || row.until <= now) return false
        await setUntil(db, { name, holder, epoch }, now + ttlMs)
        return true
      }),

    async release(name, holder, epoch) {
      await work.statement((db) => setUntil(db, { name, holder, epoch }, 0))
    },

    async fence(name, holder, epoch) {
      if (!work.inTransaction) throw misuse('a fence outside a transaction protects nothing')
      await work.statement(async (db) => {
        // The shared lock keeps the lease in place until this transaction has committed.
        const row = await locked(db, name, 'share')
        const now = await work.timeOn(db)
        if (row?.holder !== holder || row.epoch !== epoch || row.until <= now) {
          throw new MedicError('SM_STORE_LEASE_LOST', { name, epoch, current: row?.epoch ?? 0 })
        }
      })
    },
  }
}
