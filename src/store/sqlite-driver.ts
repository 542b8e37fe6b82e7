// Kysely on one better-sqlite3 connection. Its own driver, because a write transaction has to begin IMMEDIATE:
// a deferred one that finds the file changed when it first writes can only fail.
import type Database from 'better-sqlite3'
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
  return {
    executeQuery: <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      try {
        const statement = prepare(query.sql)
        if (statement.reader) {
          const rows = statement.all(...query.parameters) as R[]
          return Promise.resolve({ rows })
        }
        const { changes, lastInsertRowid } = statement.run(...query.parameters)
        return Promise.resolve({
          numAffectedRows: BigInt(changes),
          insertId: BigInt(lastInsertRowid),
          rows: [],
        })
      } catch (error) {
        return Promise.reject(error)
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
