// The embedded database: one file in DATA_DIR, on a local disk (WAL does not work on network shares).
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely } from 'kysely'
import { createStore, type OpenedStore, type StoreOptions } from './create-store.ts'
import { sqliteEngine } from './engine.ts'
import { storeFault } from './faults.ts'
import { migrate, migrationsOf } from './migrate.ts'
import { privateFile } from './private-file.ts'
import type { Tables } from './schema.ts'
import { lockDataDir, type ServerLock } from './server-lock.ts'
import { sqliteDialect } from './sqlite-driver.ts'

export type SqliteOptions = StoreOptions &
  (
    | {
        readonly dataDir: string
        /**
         * `server` (default) takes the lock of DATA_DIR and rejects with SM_STORE_LOCKED when another process has
         * it; `tool` works beside a running server.
         */
        readonly role?: 'server' | 'tool'
      }
    /** Nothing is kept: for one question on the console and for tests. */
    | { readonly memory: true }
  )

const FILE = 'sync-medic.sqlite'

/** While opening another process may be opening, too; afterwards the driver does the waiting. */
const OPENING_MS = 3_000

function openFile(path: string): Database.Database {
  if (path !== ':memory:') privateFile(path)
  const database = new Database(path, { timeout: OPENING_MS })
  database.pragma('journal_mode = WAL')
  // A commit that was answered is on the disk, also after a power failure.
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma('journal_size_limit = 67108864')
  database.pragma('busy_timeout = 0')
  return database
}

export async function openSqlite(options: SqliteOptions): Promise<OpenedStore> {
  let lock: ServerLock | undefined
  let db: Kysely<Tables> | undefined
  try {
    let path = ':memory:'
    if ('dataDir' in options) {
      mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
      if (options.role !== 'tool') lock = lockDataDir(options.dataDir)
      path = join(options.dataDir, FILE)
    }
    db = new Kysely<Tables>({ dialect: sqliteDialect(openFile(path)) })
    await migrate(db, migrationsOf('sqlite'))
    const held = lock
    return createStore({ db, engine: sqliteEngine, afterClose: () => held?.release() }, options)
  } catch (error) {
    await db?.destroy()
    lock?.release()
    throw storeFault(error)
  }
}
