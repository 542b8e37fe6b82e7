// The store over an opened database: the same for both engines.
import type { Repositories, Store } from '../ports.ts'
import { audit } from './audit.ts'
import { dailyFacts } from './daily-facts.ts'
import { misuse, storeFault } from './faults.ts'
import { gaps } from './gaps.ts'
import { incidents } from './incidents.ts'
import { leases } from './leases.ts'
import { isCurrent, migrationsOf } from './migrate.ts'
import { operations } from './operations.ts'
import { outbox } from './outbox.ts'
import { places } from './places.ts'
import { purge } from './retention.ts'
import { seen } from './seen.ts'
import { sessions } from './sessions.ts'
import { settings } from './settings.ts'
import { subscriptions } from './subscriptions.ts'
import { createUnitOfWork, type UnitOfWorkOptions, type Work } from './unit-of-work.ts'

/** A store with what readiness asks besides. */
export type OpenedStore = Store & {
  /** True when the schema has every migration this version knows. */
  migrationsCurrent(): Promise<boolean>
}

export type StoreOptions = {
  /** HMAC key of the audit chain. */
  readonly auditKey: string
  /** Outside production only: lets `moveClock` work and the offset count. */
  readonly allowClockMoves?: boolean
  /** Longest time a transaction may be open; 30 s. */
  readonly transactionLimitMs?: number
}

function repositoriesOn(work: Work, auditKey: string): Repositories {
  return {
    sessions: sessions(work),
    seen: seen(work),
    places: places(work),
    subscriptions: subscriptions(work),
    incidents: incidents(work),
    outbox: outbox(work),
    leases: leases(work),
    operations: operations(work),
    audit: audit(work, auditKey),
    settings: settings(work),
    dailyFacts: dailyFacts(work),
    gaps: gaps(work),
  }
}

export function createStore(
  base: Pick<UnitOfWorkOptions, 'db' | 'engine'> & { readonly afterClose?: () => void },
  options: StoreOptions,
): OpenedStore {
  const allowClockMoves = options.allowClockMoves ?? false
  const { auditKey } = options
  if (auditKey === '') throw misuse('the audit chain needs a key')
  const unit = createUnitOfWork({
    db: base.db,
    engine: base.engine,
    allowClockMoves,
    transactionLimitMs: options.transactionLimitMs ?? 30_000,
  })
  const work = unit.outside
  let closing: Promise<void> | undefined

  return {
    ...repositoriesOn(work, auditKey),
    engine: base.engine.name,
    now: unit.now,
    transaction: (run) => unit.transaction((inside) => run(repositoriesOn(inside, auditKey))),

    async moveClock(byMs) {
      if (!allowClockMoves) throw misuse('the clock is moved outside production only')
      if (!Number.isSafeInteger(byMs) || byMs < 0) throw misuse('time moves forward, in whole milliseconds')
      await work.statement((db) =>
        db
          .updateTable('clock')
          .set((eb) => ({ offset_ms: eb('offset_ms', '+', byMs) }))
          .where('id', '=', 1)
          .execute(),
      )
    },

    async ping() {
      await work.statement((db) => db.selectFrom('clock').select('id').executeTakeFirstOrThrow())
    },

    migrationsCurrent: () => work.statement((db) => isCurrent(db, migrationsOf(base.engine.name))),
    purge: (now, retentionDays) => purge(work, auditKey, { now, retentionDays }),

    async close() {
      closing ??= base.db.destroy().finally(() => base.afterClose?.())
      try {
        await closing
      } catch (error) {
        throw storeFault(error)
      }
    },
  }
}
