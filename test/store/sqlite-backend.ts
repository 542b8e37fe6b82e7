// SQLite for the conformance suite: a folder per database; every store after the first opens it as a tool does.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { openSqlite } from '../../src/store/index.ts'
import { AUDIT_KEY, type Backend, type TestDatabase } from './backend.ts'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sm-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function withRaw<T>(dataDir: string, run: (raw: Database.Database) => T): T {
  const raw = new Database(join(dataDir, 'sync-medic.sqlite'), { timeout: 3000 })
  try {
    return run(raw)
  } finally {
    raw.close()
  }
}

async function createDatabase(): Promise<TestDatabase> {
  const dataDir = temporaryFolder()
  let opened = 0
  const sql = async (statement: string) =>
    withRaw(dataDir, (raw) => {
      const prepared = raw.prepare(statement)
      if (prepared.reader) return prepared.all() as Record<string, unknown>[]
      prepared.run()
      return []
    })
  return {
    address: JSON.stringify({ engine: 'sqlite', dataDir }),
    async open(options = {}) {
      const role = opened === 0 ? 'server' : 'tool'
      opened += 1
      const store = await openSqlite({
        dataDir,
        role,
        auditKey: AUDIT_KEY,
        allowClockMoves: true,
        ...options,
      })
      onTestFinished(() => store.close())
      return store
    },
    sql,
    async unprotectAudit() {
      await sql('drop trigger audit_no_update')
      await sql('drop trigger audit_no_delete')
    },
    explain: async (statement, parameters) =>
      withRaw(dataDir, (raw) =>
        raw
          .prepare<unknown[], { detail: string }>(`explain query plan ${statement}`)
          .all(...parameters)
          .map((row) => row.detail)
          .join('\n'),
      ),
  }
}

export const sqliteBackend: Backend = { engine: 'sqlite', createDatabase }
