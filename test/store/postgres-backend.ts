// PostgreSQL for the conformance suite: each database is a copy of one that was migrated once.
import { onTestFinished } from 'vitest'
import { openPostgres } from '../../src/store/index.ts'
import type { PostgresServer } from '../support/postgres.ts'
import { AUDIT_KEY, type Backend } from './backend.ts'

const options = { auditKey: AUDIT_KEY, allowClockMoves: true, poolSize: 8 }

/** The server is asked for when a test runs: it starts before the first one. */
export function postgresBackend(server: () => PostgresServer): Backend {
  let migrated: Promise<string> | undefined
  const template = () => {
    migrated ??= (async () => {
      const url = await server().createDatabase()
      const store = await openPostgres({ url, ...options })
      await store.close()
      return url.slice(url.lastIndexOf('/') + 1)
    })()
    return migrated
  }
  return {
    engine: 'postgres',
    async createDatabase() {
      const url = await server().createDatabase({ template: await template() })
      const sql = (statement: string) => server().query(url, statement)
      return {
        address: JSON.stringify({ engine: 'postgres', url }),
        async open(change = {}) {
          const store = await openPostgres({ url, ...options, ...change })
          onTestFinished(() => store.close())
          return store
        },
        sql,
        async unprotectAudit() {
          await sql('alter table audit disable trigger all')
        },
        async explain(statement, parameters) {
          const rows = await server().query(url, `explain ${statement}`, parameters)
          return rows.map((row) => String(row['QUERY PLAN'])).join('\n')
        },
      }
    },
  }
}
