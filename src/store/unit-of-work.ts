// Runs statements: each on its own outside a transaction, all on one connection inside one. Using the outer store
// inside a transaction would wait for itself, so it is refused with a clear error instead.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { MedicError } from '../errors.ts'
import type { Instant } from '../nouns.ts'
import type { Engine } from './engine.ts'
import { misuse, storeFault } from './faults.ts'
import type { Db } from './schema.ts'

/** How repositories reach the database. */
export type Work = {
  readonly engine: Engine
  readonly inTransaction: boolean
  /** For work that is one statement. */
  statement<T>(run: (db: Db) => Promise<T>): Promise<T>
  /** For work of several statements: all of it happens or none. */
  atomic<T>(run: (db: Db) => Promise<T>): Promise<T>
  /** Database time plus the offset of rehearsals, read on the connection that is at hand. */
  timeOn(db: Db): Promise<Instant>
  now(): Promise<Instant>
}

type OpenTransaction = { readonly db: Db; open: boolean; failure?: MedicError }

export type UnitOfWork = {
  readonly outside: Work
  transaction<T>(run: (inside: Work) => Promise<T>): Promise<T>
  now(): Promise<Instant>
}

export type UnitOfWorkOptions = {
  readonly db: Db
  readonly engine: Engine
  readonly allowClockMoves: boolean
  /** A transaction that takes longer is rolled back: it waits for something that waits for it. */
  readonly transactionLimitMs: number
}

async function wrapped<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw storeFault(error)
  }
}

async function readClock(options: UnitOfWorkOptions, db: Db): Promise<Instant> {
  const machine = await options.engine.machineTime(db)
  // A database once used for rehearsal must not bend time in production.
  if (!options.allowClockMoves) return machine
  const row = await db.selectFrom('clock').select('offset_ms').where('id', '=', 1).executeTakeFirstOrThrow()
  return machine + row.offset_ms
}

function insideWork(options: UnitOfWorkOptions, transaction: OpenTransaction): Work {
  const statement = async <T>(run: (db: Db) => Promise<T>): Promise<T> => {
    if (!transaction.open) throw misuse('repositories of a transaction were used after its end')
    try {
      return await run(transaction.db)
    } catch (error) {
      // After a failed statement PostgreSQL can only roll back; SQLite is held to the same.
      transaction.failure ??= storeFault(error)
      throw transaction.failure
    }
  }
  return {
    engine: options.engine,
    inTransaction: true,
    statement,
    atomic: statement,
    timeOn: (db) => readClock(options, db),
    now: () => statement((db) => readClock(options, db)),
  }
}

async function withinLimit<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(misuse(`a transaction was open for more than ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

export function createUnitOfWork(options: UnitOfWorkOptions): UnitOfWork {
  const current = new AsyncLocalStorage<OpenTransaction>()

  const refuseInside = () => {
    if (current.getStore()?.open) {
      throw misuse('the store was used inside a transaction; use the repositories handed to it')
    }
  }

  const outside: Work = {
    engine: options.engine,
    inTransaction: false,
    async statement(run) {
      refuseInside()
      return await wrapped(() => run(options.db))
    },
    async atomic(run) {
      refuseInside()
      return await wrapped(() => options.db.transaction().execute(run))
    },
    timeOn: (db) => readClock(options, db),
    async now() {
      refuseInside()
      return await wrapped(() => readClock(options, options.db))
    },
  }

  async function transaction<T>(run: (inside: Work) => Promise<T>): Promise<T> {
    refuseInside()
    let ofCaller: { readonly error: unknown } | undefined
    const body = async (db: Db): Promise<T> => {
      const opened: OpenTransaction = { db, open: true }
      try {
        const work = current.run(opened, () => run(insideWork(options, opened)))
        const result = await withinLimit(options.transactionLimitMs, work)
        if (opened.failure) throw opened.failure
        return result
      } catch (error) {
        ofCaller = { error }
        throw error
      } finally {
        opened.open = false
      }
    }
    try {
      return await options.db.transaction().execute(body)
    } catch (error) {
      // What the caller's own code threw goes through untouched; what begin, commit or rollback threw is ours.
      if (ofCaller?.error === error) throw error
      throw storeFault(error)
    }
  }

  // Time may be asked inside a transaction too: it is then read on that transaction's connection.
  const now = async () => {
    const opened = current.getStore()
    return opened?.open ? await insideWork(options, opened).now() : await outside.now()
  }

  return { outside, transaction, now }
}
