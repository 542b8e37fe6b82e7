// PostgreSQL, shared by several replicas.
import { Kysely, PostgresDialect } from 'kysely'
import { Pool, type PoolConfig, types } from 'pg'
import { createStore, type OpenedStore, type StoreOptions } from './create-store.ts'
import { postgresEngine } from './engine.ts'
import { misuse, storeFault } from './faults.ts'
import { migrate, migrationsOf } from './migrate.ts'
import type { Tables } from './schema.ts'

export type PostgresOptions = StoreOptions & {
  /** postgres://user@host:port/database; a password in it is used unless `password` is given. */
  readonly url: string
  /** Asked for at each new connection: in Azure a token of the managed identity, which expires. */
  readonly password?: () => Promise<string>
  /** Connections of this process at most; 10. */
  readonly poolSize?: number
  /** How long a caller waits for a connection, then it is refused; 5 s. */
  readonly connectionTimeoutMs?: number
  /** A process that is paused amid a transaction loses it after this time, and with it its locks; 10 s. */
  readonly pausedTransactionMs?: number
  /** False: the schema is left as it is (`migrationsCurrent` says whether it fits). Default true. */
  readonly migrate?: boolean
  /** A connection broke while no statement was under way; the pool replaces it. */
  readonly onConnectionLost?: (error: Error) => void
}

const INT8 = 20
const NUMERIC = 1700

/** Counts and times come as text by default; all of ours are safe integers. */
const numbers: NonNullable<PoolConfig['types']> = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 || oid === NUMERIC
      ? Number
      : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
}

/** Parsed here, because a connection string without a password would override the password function. */
function addressOf(url: string): PoolConfig {
  const parsed = URL.parse(url)
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol)) throw misuse('DATABASE_URL is not postgres://…')
  const mode = parsed.searchParams.get('sslmode')
  const secure = mode === 'require' || mode === 'verify-ca' || mode === 'verify-full'
  return {
    host: parsed.searchParams.get('host') ?? decodeURIComponent(parsed.hostname),
    port: Number(parsed.port || '5432'),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    ...(secure ? { ssl: { rejectUnauthorized: true } } : {}),
  }
}

function createPool(options: PostgresOptions): Pool {
  const pool = new Pool({
    ...addressOf(options.url),
    ...(options.password ? { password: options.password } : {}),
    application_name: 'sync-medic',
    max: options.poolSize ?? 10,
    types: numbers,
    keepAlive: true,
    connectionTimeoutMillis: options.connectionTimeoutMs ?? 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 15_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: options.pausedTransactionMs ?? 10_000,
  })
  // Without a listener a connection that breaks between two statements, idle in the pool or amid a transaction,
  // would end the process. Whoever uses it next gets the rejection.
  const lost = (error: Error) => options.onConnectionLost?.(error)
  pool.on('error', lost)
  pool.on('connect', (client) => client.on('error', lost))
  return pool
}

export async function openPostgres(options: PostgresOptions): Promise<OpenedStore> {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: createPool(options) }) })
  try {
    const store = createStore({ db, engine: postgresEngine }, options)
    if (options.migrate ?? true) await migrate(db, migrationsOf('postgres'))
    await store.ping()
    return store
  } catch (error) {
    await db.destroy()
    throw storeFault(error)
  }
}
