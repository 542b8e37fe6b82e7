// Kysely on one better-sqlite3 connection. Its own driver, because a write transaction has to begin IMMEDIATE:
// a deferred one that finds the file changed when it first writes can only fail.
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

const MAX_STATEMENTS = 300

/** Another process of this DATA_DIR (a tool) may hold the write lock this long. */
const BUSY_MS = 3_000
const PAUSE_MS = 5

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  // SQLite undoes DDL with its transaction, so a migration that was cut short leaves nothing behind.
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

function createConnection(database: Database.Database): DatabaseConnection {
  const prepared = new Map<string, Database.Statement<unknown[]>>()
  const prepare = (text: string) => {
    const known = prepared.get(text)
    if (known) return known
    if (prepared.size >= MAX_STATEMENTS) prepared.clear()
    const statement = database.prepare<unknown[]>(text)
    prepared.set(text, statement)
    return statement
  }
  const execute = <R>(query: CompiledQuery): QueryResult<R> => {
    const statement = prepare(query.sql)
    if (statement.reader) return { rows: statement.all(...query.parameters) as R[] }
    const { changes, lastInsertRowid } = statement.run(...query.parameters)
    return { numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] }
  }
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      // SQLite's own way of waiting for a lock would block the whole process, so the waiting is done here. It is
      // only ever for the beginning of something: BEGIN IMMEDIATE has the lock for all that follows.
      for (let waited = 0; ; waited += PAUSE_MS) {
        try {
          return execute<R>(query)
        } catch (error) {
          if (!isBusy(error) || database.inTransaction || waited >= BUSY_MS) throw error
        }
        await wait(PAUSE_MS)
      }
    },
    streamQuery: () => {
      throw new Error('streaming is not used')
    },
  }
}

function createDriver(database: Database.Database): Driver {
  const connection = createConnection(database)
  const run = async (text: string) => {
    await connection.executeQuery(CompiledQuery.raw(text))
  }
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    releaseConnection: () => Promise.resolve(),
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    async rollbackTransaction() {
      // A full disk ends the transaction by itself; a second rollback would hide why.
      if (database.inTransaction) await run('rollback')
    },
    destroy: async () => {
      database.close()
    },
  }
}

export function sqliteDialect(database: Database.Database): Dialect {
  return {
    createAdapter: () => new TransactionalSqliteAdapter(),
    createDriver: () => createDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}
