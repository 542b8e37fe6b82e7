// What only a database server has: replicas that pause, roles, a clock of its own, restarts.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { PostgresOptions } from '../../src/store/index.ts'
import {
  createRoles,
  grantRights,
  type OpenedStore,
  openPostgres,
  verifyAudit,
} from '../../src/store/index.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { AUDIT_KEY } from './backend.ts'
import { aMessage, anAuditEntry, anIncident, T0, TENANT } from './builders.ts'
import { everyCall } from './every-call.ts'
import { startChild } from './processes.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server?.stop())

async function open(url: string, change: Partial<PostgresOptions> = {}): Promise<OpenedStore> {
  const store = await openPostgres({ url, auditKey: AUDIT_KEY, allowClockMoves: true, ...change })
  onTestFinished(() => store.close())
  return store
}

type Write = { readonly holder: string; readonly epoch: number }

async function writesOf(store: OpenedStore): Promise<readonly Write[]> {
  const rows = await store.settings.list(TENANT, 'write ')
  const numbered = rows.map((row) => ({ n: Number(row.name.slice(6)), value: row.value as Write }))
  return numbered.sort((a, b) => a.n - b.n).map((row) => row.value)
}

const ROUNDS = 4

describe('fencing', () => {
  it('lets a holder that was paused beyond its lease write nothing after it resumes', async () => {
    const url = await server.createDatabase()
    const store = await open(url)
    const address = JSON.stringify({ engine: 'postgres', url })
    const children = { a: startChild(address, 'fenced', 'a'), b: startChild(address, 'fenced', 'b') }
    const wroteSince = (name: 'a' | 'b', epoch: number) =>
      children[name].line((line) => line.startsWith('wrote ') && Number(line.slice(6)) > epoch)
    const epochOf = (line: string) => Number(line.slice(6))
    let [holder, waiting]: readonly ['a' | 'b', 'a' | 'b'] = await Promise.any([
      wroteSince('a', 0).then(() => ['a', 'b'] as const),
      wroteSince('b', 0).then(() => ['b', 'a'] as const),
    ])
    let epoch = 1
    for (let round = 0; round < ROUNDS; round++) {
      children[holder].signal('SIGSTOP')
      // The other takes over when the lease has ended, and works on while the first comes back.
      const next = epochOf(await wroteSince(waiting, epoch))
      children[holder].signal('SIGCONT')
      const before = epoch
      await children[holder].line((line) => line.startsWith('lost ') && Number(line.slice(5)) >= before)
      epoch = next
      ;[holder, waiting] = [waiting, holder]
    }
    children.a.signal('SIGKILL')
    children.b.signal('SIGKILL')
    await Promise.all([children.a.ended, children.b.ended])
    const epochs = (await writesOf(store)).map((write) => write.epoch)
    // In the order of commit the epoch never goes back: no write of a former holder after its successor's first.
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
    expect(new Set(epochs).size).toBeGreaterThan(ROUNDS)
  })

  it('makes a successor wait until work that was fenced in time has committed', async () => {
    const store = await open(await server.createDatabase())
    await store.leases.acquire('watch', 'a', 50)
    const order: string[] = []
    let asked: Promise<unknown> = Promise.resolve()
    await store.transaction(async (repositories) => {
      await repositories.leases.fence('watch', 'a', 1)
      const other = await open(server.url('test_2'))
      asked = (async () => {
        for (;;) {
          const lease = await other.leases.acquire('watch', 'b', 1000)
          if (lease) break
        }
        order.push('successor')
      })()
      await other.moveClock(60_000)
      await repositories.settings.put(TENANT, 'late', true)
      order.push('commit')
    })
    await asked
    expect(order).toEqual(['commit', 'successor'])
  })
})

describe('time', () => {
  it('is the database’s: a wrong clock of the process changes nothing', async () => {
    const store = await open(await server.createDatabase())
    const right = Date.now()
    for (const skew of [-600_000, 600_000]) {
      vi.spyOn(Date, 'now').mockImplementation(() => right + skew)
      onTestFinished(() => {
        vi.restoreAllMocks()
      })
      const now = await store.now()
      expect(Math.abs(now - right)).toBeLessThan(300_000)
      const lease = await store.leases.acquire(`lease ${skew}`, 'a', 30_000)
      expect(await store.leases.acquire(`lease ${skew}`, 'b', 30_000)).toBeUndefined()
      expect(await store.leases.renew(`lease ${skew}`, 'a', lease?.epoch ?? 0, 30_000)).toBe(true)
    }
  })
})

describe('migrations', () => {
  it('run once when many replicas start together', async () => {
    const url = await server.createDatabase()
    const stores = await Promise.all(Array.from({ length: 5 }, () => open(url)))
    expect(await Promise.all(stores.map((store) => store.migrationsCurrent()))).toEqual(Array(5).fill(true))
    expect(await server.query(url, 'select name from kysely_migration')).toEqual([
      { name: '0001-first-tables' },
    ])
  })

  it('leave nothing behind when they fail half-way', async () => {
    const url = await server.createDatabase()
    await server.query(url, 'create table outbox (in_the_way int)')
    await expect(open(url)).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
    const tables = await server.query(
      url,
      `select table_name from information_schema.tables where table_schema = 'public' and table_name not like 'kysely%'`,
    )
    expect(tables).toEqual([{ table_name: 'outbox' }])
    await server.query(url, 'drop table outbox')
    expect(await (await open(url)).migrationsCurrent()).toBe(true)
  })

  it('are left to somebody else when asked so, and readiness says it', async () => {
    const url = await server.createDatabase()
    await expect(open(url, { migrate: false })).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
    await open(url)
    expect(await (await open(url, { migrate: false })).migrationsCurrent()).toBe(true)
  })
})

describe('connections', () => {
  it('ask for the password at each one', async () => {
    const url = await server.createDatabase()
    await open(url)
    await server.query(url, `create role with_password login superuser password 'first'`)
    let password = 'first'
    let asked = 0
    const address = url.replace('postgres@', 'with_password@')
    const store = await open(address, {
      poolSize: 3,
      password: () => {
        asked += 1
        return Promise.resolve(password)
      },
    })
    await server.query(url, `alter role with_password password 'second'`)
    password = 'second'
    // Three at once need new connections, which the old password would not open.
    await Promise.all([1, 2, 3].map((n) => store.transaction((r) => r.settings.put(TENANT, `s${n}`, n))))
    expect(asked).toBeGreaterThanOrEqual(2)
    await expect(open(address, { password: () => Promise.resolve('wrong') })).rejects.toMatchObject({
      code: 'SM_STORE_UNAVAILABLE',
    })
  })

  it('come back after the server was killed, and no half of a transaction stays', async () => {
    const url = await server.createDatabase()
    const lost: unknown[] = []
    const store = await open(url, { onConnectionLost: (error) => lost.push(error) })
    await store.settings.put(TENANT, 'before', 1)
    const cut = store.transaction(async (repositories) => {
      await repositories.settings.put(TENANT, 'half', 1)
      await server.restart('kill')
      await repositories.settings.put(TENANT, 'other half', 1)
    })
    await expect(cut).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
    await vi.waitFor(() => store.ping(), { timeout: 5000 })
    expect((await store.settings.list(TENANT, '')).map((setting) => setting.name)).toEqual(['before'])
  })

  it('reject when all are taken, and serve again when one is free', async () => {
    const store = await open(await server.createDatabase(), { poolSize: 1, connectionTimeoutMs: 150 })
    let release: (() => void) | undefined
    const long = store.transaction(async (repositories) => {
      await repositories.settings.put(TENANT, 'a', 1)
      await new Promise<void>((resolve) => {
        release = resolve
      })
    })
    await vi.waitFor(() => expect(release).toBeDefined())
    await expect(store.ping()).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
    release?.()
    await long
    await store.ping()
  })

  it('refuse an address that is none', async () => {
    for (const url of ['mysql://localhost/x', 'not an address', '']) {
      await expect(openPostgres({ url, auditKey: AUDIT_KEY })).rejects.toMatchObject({
        code: 'SM_STORE_MISUSED',
      })
    }
  })
})

describe('roles', () => {
  const prepared = async () => {
    const url = await server.createDatabase()
    for (const statement of createRoles()) await server.query(url, statement)
    for (const [login, role] of [
      ['deployer', 'sync_medic_migrator'],
      ['bot', 'sync_medic_app'],
      ['auditor', 'sync_medic_audit'],
    ] as const) {
      await server.query(
        url,
        `do $$ begin if not exists (select 1 from pg_roles where rolname = '${login}') then
          create role ${login} login in role ${role}; end if; end $$`,
      )
    }
    const as = (login: string) => url.replace('postgres@', `${login}@`)
    const migrator = await open(as('deployer'))
    await migrator.close()
    for (const statement of grantRights()) await server.query(as('deployer'), statement)
    return { url, bot: as('bot'), auditor: as('auditor') }
  }

  it('let the bot do all its work, retention of the audit chain included', async () => {
    const { bot } = await prepared()
    const store = await open(bot)
    expect(await store.migrationsCurrent()).toBe(true)
    for (const [name, call] of everyCall) {
      if (name === 'leases.fence') continue
      // A call before may have removed the incident that the others are about.
      if (!(await store.incidents.get('i'))) await store.incidents.insert(anIncident({ id: 'i' }))
      await call(store)
    }
    await store.moveClock(500 * 86_400_000)
    await store.audit.append(anAuditEntry({ at: await store.now() }))
    expect((await store.purge(await store.now(), 400)).audit).toBe(1)
    expect(await verifyAudit(store, AUDIT_KEY)).toMatchObject({ ok: true, rows: 2 })
  })

  const ofBot = [
    `update audit set outcome = 'denied'`,
    'delete from audit',
    'truncate audit',
    'alter table audit disable trigger all',
    'drop trigger audit_no_change on audit',
    'drop table audit',
    'insert into audit_cut values (1, 1)',
    'delete from audit_cut',
    'create table mine (x int)',
    'alter table incident add column mine int',
    'drop table outbox',
    'truncate outbox',
    'create index mine on outbox (id)',
    'create or replace function audit_refuse() returns trigger language plpgsql as $$ begin return old; end $$',
    `update kysely_migration set name = 'x'`,
    'delete from clock',
    'create role mine',
    'grant sync_medic_migrator to bot',
    'set role sync_medic_migrator',
    `copy audit to program 'true'`,
  ]
  const ofAuditor = [
    'select * from incident',
    'select * from session',
    `insert into setting values ('t', 'n', '1')`,
    `update audit set outcome = 'denied'`,
    'delete from audit',
    'truncate audit',
    'select audit_cut_through(1, 1)',
    'insert into audit_cut values (1, 1)',
    'drop table audit',
    'create table mine (x int)',
    'set role sync_medic_app',
    'update clock set offset_ms = 1',
  ]

  it('forbid everything else', async () => {
    const { url, bot, auditor } = await prepared()
    const store = await open(bot)
    await store.audit.append(anAuditEntry())
    await store.outbox.add(aMessage({ createdAt: T0 }))
    const tries = [...ofBot.map((s) => [bot, s] as const), ...ofAuditor.map((s) => [auditor, s] as const)]
    const allowed: string[] = []
    for (const [address, statement] of tries) {
      await server.query(address, statement).then(
        () => allowed.push(statement),
        (error: { code?: string }) => {
          // 42501: insufficient privilege; anything else would be a statement that fails for a wrong reason.
          if (error.code !== '42501') allowed.push(`${statement}: ${error.code}`)
        },
      )
    }
    expect(allowed).toEqual([])
    expect(await server.query(auditor, 'select seq from audit')).toEqual([{ seq: '1' }])
    // Not even the bot's own cut gets at young rows, nor at any without the chain's record.
    await expect(server.query(bot, 'select audit_cut_through(1, 1)')).rejects.toThrow(/needs its record/)
    await store.audit.append(anAuditEntry({ what: 'audit.retention', detail: `1:${'0'.repeat(64)}`, at: T0 }))
    await server.query(url, 'update clock set offset_ms = -500::bigint * 86400000')
    await expect(server.query(bot, 'select audit_cut_through(1, 1)')).rejects.toThrow(/last day/)
    await expect(server.query(url, 'truncate audit')).rejects.toThrow(/never/)
  })
})
