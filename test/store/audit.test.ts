// The audit chain away from the database: random tampering, anchors in a file, the console commands.
import { spawnSync } from 'node:child_process'
import { appendFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AuditRow } from '../../src/ports.ts'
import { chained } from '../../src/store/audit-chain.ts'
import {
  type Anchor,
  anchorAudit,
  checkAudit,
  exportAudit,
  fileAnchors,
  openSqlite,
  verifyAudit,
} from '../../src/store/index.ts'
import { AUDIT_KEY } from './backend.ts'
import { anAuditEntry, T0 } from './builders.ts'
import { temporaryFolder } from './sqlite-backend.ts'

function chainOf(count: number): AuditRow[] {
  const rows: AuditRow[] = []
  for (let i = 0; i < count; i++) {
    const entry = anAuditEntry({ at: T0 + i, who: `person-${i % 7}`, detail: `row ${i}` })
    rows.push(chained(AUDIT_KEY, rows.at(-1), entry))
  }
  return rows
}

/** What verification sees of rows that somebody has tampered with. */
const over = (rows: readonly AuditRow[]) => ({
  audit: {
    append: () => Promise.reject(new Error('not used')),
    head: () => Promise.reject(new Error('not used')),
    page: (after: number, limit: number) =>
      Promise.resolve(
        rows
          .filter((row) => row.seq > after)
          .sort((a, b) => a.seq - b.seq)
          .slice(0, limit),
      ),
  },
})

const renumbered = (rows: readonly AuditRow[]) => rows.map((row, i) => ({ ...row, seq: i + 1 }))

const COUNT = 120
const whole = chainOf(COUNT)
const at = fc.integer({ min: 0, max: COUNT - 2 })
const field = fc.constantFrom('at', 'tenantId', 'who', 'what', 'outcome', 'detail', 'prev', 'hash')

/** A way to tamper, and the index of the first row that is then wrong. */
const tampered = fc.oneof(
  fc.record({ i: at, field }).map(({ i, field: name }) => ({
    rows: whole.map((row, n) =>
      n === i ? { ...row, [name]: name === 'at' ? row.at + 1 : `${row[name as 'who']}x` } : row,
    ),
    first: i,
  })),
  at.map((i) => ({ rows: whole.filter((_, n) => n !== i), first: i })),
  at.map((i) => ({ rows: renumbered(whole.filter((_, n) => n !== i)), first: i })),
  fc
    .record({ i: at, copy: at })
    .filter(({ i, copy }) => copy !== i + 1)
    .map(({ i, copy }) => ({
      rows: renumbered([...whole.slice(0, i + 1), ...whole.slice(copy, copy + 1), ...whole.slice(i + 1)]),
      first: i + 1,
    })),
  fc
    .tuple(at, at)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => {
      const rows = [...whole]
      rows[a] = whole[b] as AuditRow
      rows[b] = whole[a] as AuditRow
      return { rows: renumbered(rows), first: Math.min(a, b) }
    }),
  fc.integer({ min: 1, max: COUNT - 1 }).map((keep) => ({ rows: whole.slice(0, keep), first: keep })),
)

// A function, so that a counterexample is not printed with all its rows.
const tampering = tampered.map(({ rows, first }) => ({ first, rows: () => rows }))

describe('verification', () => {
  it('finds every random tampering and names its first row', async () => {
    const head = whole.at(-1) as AuditRow
    const anchors: Anchor[] = [{ seq: head.seq, hash: head.hash, at: T0 }]
    expect(await verifyAudit(over(whole), AUDIT_KEY, anchors)).toMatchObject({ ok: true, rows: COUNT })
    await fc.assert(
      fc.asyncProperty(tampering, async ({ rows, first }) => {
        const verdict = await verifyAudit(over(rows()), AUDIT_KEY, anchors)
        expect(verdict.ok).toBe(false)
        expect(!verdict.ok && verdict.seq).toBe(first + 1)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('anchors in a file', () => {
  it('are private, survive a torn line, and show that the end was cut off', async () => {
    const dataDir = temporaryFolder()
    const sink = fileAnchors(dataDir)
    expect(await sink.read()).toEqual([])
    const store = await openSqlite({ dataDir, auditKey: AUDIT_KEY })
    onTestFinished(() => store.close())
    expect(await anchorAudit(store, sink, T0)).toBeUndefined()
    const first = await store.audit.append(anAuditEntry())
    await anchorAudit(store, sink, T0 + 1)
    appendFileSync(join(dataDir, 'audit-anchors.jsonl'), '{"seq":7,"ha')
    const second = await store.audit.append(anAuditEntry())
    await anchorAudit(store, sink, T0 + 2)
    expect(await sink.read()).toEqual([
      { seq: 1, hash: first.hash, at: T0 + 1 },
      { seq: 2, hash: second.hash, at: T0 + 2 },
    ])
    expect(statSync(join(dataDir, 'audit-anchors.jsonl')).mode & 0o777).toBe(0o600)
    expect(await verifyAudit(over([first]), AUDIT_KEY, await sink.read())).toEqual({
      ok: false,
      seq: 2,
      why: 'missing',
    })
  })

  it('reject when they cannot be read: no anchors is not the same as all is well', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await expect(fileAnchors(file).read()).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
  })
})

describe('console commands', () => {
  it('export every row, the one about the export last', async () => {
    const store = await openSqlite({ memory: true, auditKey: AUDIT_KEY })
    onTestFinished(() => store.close())
    for (let i = 0; i < 1201; i++) await store.audit.append(anAuditEntry({ detail: `${i}` }))
    const lines: AuditRow[] = []
    for await (const line of exportAudit(store)) lines.push(JSON.parse(line) as AuditRow)
    expect(lines).toHaveLength(1202)
    expect(lines.map((row) => row.seq)).toEqual(lines.map((_, i) => i + 1))
    expect(lines.at(-1)).toMatchObject({ what: 'audit.export', who: 'system', where: 'console' })
    expect(await verifyAudit(over(lines), AUDIT_KEY)).toMatchObject({ ok: true, rows: 1202 })
  })

  it('say in a sentence whether the chain holds, and where it does not', async () => {
    const store = await openSqlite({ memory: true, auditKey: AUDIT_KEY })
    onTestFinished(() => store.close())
    const anchors: Anchor[] = []
    const sink = { read: () => Promise.resolve(anchors) }
    const check = () => checkAudit(store, AUDIT_KEY, sink)
    expect(await check()).toEqual({ ok: true, sentence: 'The audit chain is empty.' })
    const row = await store.audit.append(anAuditEntry())
    anchors.push({ seq: 1, hash: row.hash, at: T0 })
    expect(await check()).toEqual({
      ok: true,
      sentence: 'The audit chain holds: 1 rows up to 1, 1 anchors compared.',
    })
    anchors.push({ seq: 9, hash: row.hash, at: T0 })
    expect(await check()).toEqual({
      ok: false,
      sentence: 'The audit chain does not hold at row 2: missing.',
    })
  })
})

describe('npm run audit', () => {
  const tool = fileURLToPath(new URL('../../tools/audit.ts', import.meta.url))
  const run = (args: readonly string[], dataDir: string, key = AUDIT_KEY) =>
    spawnSync(process.execPath, [tool, ...args], {
      encoding: 'utf8',
      env: { DATA_DIR: dataDir, AUDIT_KEY: key, PSEUDONYM_KEY: 'the key of pseudonyms in logs, in tests' },
    })

  it('verifies and exports beside a running server, and fails when the chain does not hold', async () => {
    const dataDir = temporaryFolder()
    const store = await openSqlite({ dataDir, auditKey: AUDIT_KEY })
    onTestFinished(() => store.close())
    await store.audit.append(anAuditEntry())
    const exported = run(['export'], dataDir)
    expect(exported.stderr).toBe('')
    expect(exported.stdout.split('\n').filter(Boolean)).toHaveLength(2)
    const verified = run(['verify'], dataDir)
    expect([verified.status, verified.stdout]).toEqual([
      0,
      'The audit chain holds: 2 rows up to 2, no anchors to compare with.\n',
    ])
    const failed = run(['verify'], dataDir, 'another key that is long enough, too')
    expect([failed.status, failed.stdout]).toEqual([1, 'The audit chain does not hold at row 1: changed.\n'])
    expect(run([], dataDir).status).toBe(64)
  })
})
