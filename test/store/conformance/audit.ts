// The audit chain: written with the change it tells of, never changed, and every kind of tampering found by position.
import { describe, expect, it } from 'vitest'
import type { AuditRow } from '../../../src/ports.ts'
import { type Anchor, type OpenedStore, verifyAudit } from '../../../src/store/index.ts'
import { AUDIT_KEY, type Backend, type TestDatabase } from '../backend.ts'
import { anAuditEntry, T0, TENANT } from '../builders.ts'

async function withRows(
  backend: Backend,
  count: number,
): Promise<{ database: TestDatabase; store: OpenedStore }> {
  const database = await backend.createDatabase()
  const store = await database.open()
  await store.transaction(async (repositories) => {
    for (let i = 1; i <= count; i++) {
      await repositories.audit.append(anAuditEntry({ at: T0 + i, detail: `row ${i}` }))
    }
  })
  return { database, store }
}

async function anchorOf(store: OpenedStore): Promise<Anchor> {
  const head = await store.audit.head()
  if (!head) throw new Error('no head')
  return { ...head, at: T0 }
}

type Tampering = {
  readonly name: string
  readonly statements: readonly string[]
  readonly seq: number
  readonly why: string
}

const columns =
  'at, tenant_id, who, what, subject, place, outcome, operation_hash, request_id, detail, prev, hash'

const tamperings: readonly Tampering[] = [
  {
    name: 'a changed outcome',
    statements: [`update audit set outcome = 'denied' where seq = 7`],
    seq: 7,
    why: 'changed',
  },
  {
    name: 'a changed time',
    statements: ['update audit set at = at + 1 where seq = 1'],
    seq: 1,
    why: 'changed',
  },
  {
    name: 'a text moved from one field to the next',
    statements: [`update audit set subject = detail, detail = null where seq = 9`],
    seq: 9,
    why: 'changed',
  },
  {
    name: 'a changed hash',
    statements: [`update audit set hash = prev where seq = 20`],
    seq: 20,
    why: 'changed',
  },
  { name: 'a deleted row', statements: ['delete from audit where seq = 5'], seq: 5, why: 'missing' },
  {
    name: 'a deleted first row',
    statements: ['delete from audit where seq = 1'],
    seq: 1,
    why: 'cut without record',
  },
  {
    name: 'a deletion closed up by renumbering',
    statements: [
      'delete from audit where seq = 5',
      'update audit set seq = seq + 1000 where seq > 5',
      'update audit set seq = seq - 1001 where seq > 1000',
    ],
    seq: 5,
    why: 'changed',
  },
  {
    name: 'an inserted copy',
    statements: [
      'update audit set seq = seq + 1000 where seq > 10',
      `insert into audit (seq, ${columns}) select 11, ${columns} from audit where seq = 10`,
      'update audit set seq = seq - 999 where seq > 1000',
    ],
    seq: 11,
    why: 'changed',
  },
  {
    name: 'two rows that changed places',
    statements: [
      'update audit set seq = -1 where seq = 12',
      'update audit set seq = 12 where seq = 15',
      'update audit set seq = 15 where seq = -1',
    ],
    seq: 12,
    why: 'changed',
  },
  {
    name: 'an end cut off after an anchor',
    statements: ['delete from audit where seq > 17'],
    seq: 18,
    why: 'missing',
  },
  { name: 'everything deleted', statements: ['delete from audit'], seq: 1, why: 'missing' },
]

function tamperTests(backend: Backend): void {
  it.each(tamperings)('finds $name', async ({ statements, seq, why }) => {
    const { database, store } = await withRows(backend, 20)
    const anchor = await anchorOf(store)
    await database.unprotectAudit()
    for (const statement of statements) await database.sql(statement)
    expect(await verifyAudit(store, AUDIT_KEY, [anchor])).toEqual({ ok: false, seq, why })
  })

  it('finds a chain that was written anew with the right key', async () => {
    const { database, store } = await withRows(backend, 5)
    const anchor = await anchorOf(store)
    await database.unprotectAudit()
    await database.sql('delete from audit')
    for (let i = 1; i <= 6; i++) await store.audit.append(anAuditEntry({ detail: `forged ${i}` }))
    expect(await verifyAudit(store, AUDIT_KEY)).toMatchObject({ ok: true, rows: 6 })
    expect(await verifyAudit(store, AUDIT_KEY, [anchor])).toEqual({
      ok: false,
      seq: 5,
      why: 'not as anchored',
    })
  })

  it('does not accept another key', async () => {
    const { store } = await withRows(backend, 3)
    expect(await verifyAudit(store, 'another key')).toEqual({ ok: false, seq: 1, why: 'changed' })
  })

  it('refuses to change or delete rows as long as its triggers are there', async () => {
    const { database, store } = await withRows(backend, 3)
    const forbidden = [
      `update audit set outcome = 'denied'`,
      'delete from audit where seq = 3',
      'delete from audit',
    ]
    for (const statement of forbidden) await expect(database.sql(statement)).rejects.toThrow(/never/)
    expect(await verifyAudit(store, AUDIT_KEY)).toMatchObject({ ok: true, rows: 3 })
  })
}

export function auditSuite(backend: Backend): void {
  describe('audit', () => {
    it('chains rows and gives them back as they went in', async () => {
      const store = await (await backend.createDatabase()).open()
      expect(await store.audit.head()).toBeUndefined()
      expect(await verifyAudit(store, AUDIT_KEY)).toEqual({ ok: true, rows: 0 })
      const full = anAuditEntry({
        subject: 'object-1',
        where: 'conversation-1',
        outcome: 'succeeded',
        operationHash: 'h',
        requestId: 'r',
        detail: 'ünïcode, "quotes" and \n lines',
      })
      const first = await store.audit.append(full)
      const second = await store.audit.append(anAuditEntry({ detail: 'nul \u0000 and \ud800 half a pair' }))
      expect(first).toMatchObject({ ...full, seq: 1 })
      expect(second).toMatchObject({ seq: 2, prev: first.hash, detail: 'nul \ufffd and \ufffd half a pair' })
      expect(await store.audit.page(0, 10)).toEqual([first, second])
      expect(await store.audit.page(1, 10)).toEqual([second])
      expect(await store.audit.page(0, 1)).toEqual([first])
      expect(await verifyAudit(store, AUDIT_KEY)).toEqual({
        ok: true,
        rows: 2,
        head: { seq: 2, hash: second.hash },
      })
    })

    it('is part of the transaction it is written in', async () => {
      const store = await (await backend.createDatabase()).open()
      const attempt = (fails: boolean) =>
        store.transaction(async (repositories) => {
          await repositories.settings.put(TENANT, 'x', 1)
          await repositories.audit.append(anAuditEntry())
          if (fails) throw new Error('no')
        })
      await expect(attempt(true)).rejects.toThrow('no')
      expect(await store.audit.head()).toBeUndefined()
      await attempt(false)
      expect((await store.audit.head())?.seq).toBe(1)
    })

    it('stays one chain when many processes write at once', async () => {
      const database = await backend.createDatabase()
      const stores = [await database.open(), await database.open()] as const
      const rows = await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          (i % 2 ? stores[0] : stores[1]).audit.append(anAuditEntry({ detail: String(i) })),
        ),
      )
      expect(new Set(rows.map((row: AuditRow) => row.seq)).size).toBe(60)
      expect(await verifyAudit(stores[0], AUDIT_KEY)).toMatchObject({ ok: true, rows: 60 })
    })

    it('is checked across more rows than one page holds', async () => {
      const { database, store } = await withRows(backend, 2100)
      expect(await verifyAudit(store, AUDIT_KEY)).toMatchObject({ ok: true, rows: 2100 })
      await database.unprotectAudit()
      await database.sql(`update audit set who = 'x' where seq = 2001`)
      expect(await verifyAudit(store, AUDIT_KEY)).toEqual({ ok: false, seq: 2001, why: 'changed' })
    })

    tamperTests(backend)
  })
}
