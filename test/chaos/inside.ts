// Loaded into the bot's own process by `node --import`, for chaos runs only; the product knows nothing of it. It ends
// the process at an exact statement of the store, says on the channel to its parent when a round of the clock is over,
// and lets the next round begin sooner than after the product's two seconds.
import http from 'node:http'
import Database from 'better-sqlite3'
import pg from 'pg'

/** When to die. `touching`: only a commit whose transaction had such a statement; without it any statement fits. */
export type Death = {
  readonly when: 'before' | 'after'
  readonly touching?: string
  /** The nth that fits, from 1. */
  readonly nth: number
}

export type ToBot = { readonly die: Death | null } | { readonly fail: 'exception' | 'rejection' }
export type FromBot = { readonly round: number; readonly statements: number }

const BEAT_MS = Number(process.env.CHAOS_BEAT_MS ?? '40')

let death: Death | undefined
let left = 0
let statements = 0
let rounds = 0

const tell = (message: FromBot) => {
  if (process.connected) process.send?.(message)
}

process.on('message', (message: ToBot) => {
  if ('fail' in message) {
    const error = new Error('thrown by the chaos run')
    if (message.fail === 'rejection') return void Promise.reject(error)
    return void setImmediate(() => {
      throw error
    })
  }
  death = message.die ?? undefined
  left = death?.nth ?? 0
})
// The channel alone must not keep a process alive that wants to end.
process.channel?.unref()

function dieIf(when: Death['when'], text: string, fits: boolean): void {
  if (death?.when !== when || !fits) return
  left -= 1
  if (left > 0) return
  process.kill(process.pid, 'SIGKILL')
  // Nothing below may run, however long the signal takes.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)
  throw new Error(`still alive after ${text}`)
}

/** What the transaction open on a connection has done so far; undefined: none is open. */
type Connection = { transaction: string[] | undefined }

const verb = (text: string) => text.trimStart().slice(0, 6).toLowerCase()

/** True when this statement makes something durable that the death waits for. */
function isCommitOf(connection: Connection, text: string): boolean {
  if (death?.touching === undefined) return true
  const wanted = new RegExp(death.touching, 'i')
  if (verb(text) === 'commit') return connection.transaction?.some((one) => wanted.test(one)) ?? false
  const alone = connection.transaction === undefined && /^(insert|update|delete)$/.test(verb(text))
  return alone && wanted.test(text)
}

function follow(connection: Connection, text: string): void {
  const word = verb(text)
  if (word.startsWith('begin') || word === 'start ') connection.transaction = []
  else if (word === 'commit' || word === 'rollba') connection.transaction = undefined
  else connection.transaction?.push(text)
}

function around<T>(connection: Connection, text: string, run: () => T): T {
  statements += 1
  const fits = isCommitOf(connection, text)
  dieIf('before', text, fits)
  follow(connection, text)
  const result = run()
  if (result instanceof Promise)
    return result.then((value: unknown) => {
      dieIf('after', text, fits)
      return value
    }) as T
  dieIf('after', text, fits)
  return result
}

// SQLite: every statement of the store is prepared, then run.
const one: Connection = { transaction: undefined }
const prepare = Database.prototype.prepare
Database.prototype.prepare = function (this: Database.Database, text: string) {
  const statement = Reflect.apply(prepare, this, [text]) as Database.Statement
  for (const name of ['run', 'all', 'get'] as const) {
    const plain = statement[name].bind(statement) as (...values: unknown[]) => unknown
    Object.defineProperty(statement, name, {
      value: (...values: unknown[]) => around(one, text, () => plain(...values)),
    })
  }
  return statement
} as typeof prepare

// PostgreSQL: many connections, each with a transaction of its own.
const connections = new WeakMap<object, Connection>()
const query = pg.Client.prototype.query as (...given: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
  const first = given[0]
  const text =
    typeof first === 'string' ? first : String((first as { text?: unknown } | undefined)?.text ?? '')
  const known = connections.get(this) ?? { transaction: undefined }
  connections.set(this, known)
  return around(known, text, () => Reflect.apply(query, this, given))
} as typeof pg.Client.prototype.query

// Two bots may send to one Connector and one Graph: each request says whose it is.
const request = http.request as (...given: unknown[]) => http.ClientRequest
http.request = ((url: unknown, options: { headers?: object }, ...more: unknown[]) => {
  const headers = { ...options?.headers, 'x-chaos-bot': process.env.CHAOS_BOT ?? '' }
  return request(url, { ...options, headers }, ...more)
}) as typeof http.request

const plainFetch = globalThis.fetch
globalThis.fetch = (url, init) =>
  plainFetch(url, {
    ...init,
    headers: { ...(init?.headers as object), 'x-chaos-bot': process.env.CHAOS_BOT ?? '' },
  })

// The pulse of app.ts arms its next beat by this very call when a round has ended.
const plainTimeout = globalThis.setTimeout
globalThis.setTimeout = ((work: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
  if (work.name !== 'beat') return plainTimeout(work, ms, ...given)
  rounds += 1
  tell({ round: rounds, statements })
  return plainTimeout(work, Math.min(ms ?? 0, BEAT_MS), ...given)
}) as typeof globalThis.setTimeout
Object.defineProperty(globalThis.setTimeout, Symbol.for('nodejs.util.promisify.custom'), {
  value: Reflect.get(plainTimeout, Symbol.for('nodejs.util.promisify.custom')),
})
