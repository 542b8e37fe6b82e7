import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { conformance } from './conformance.ts'
import { postgresBackend } from './postgres-backend.ts'

let server: PostgresServer | undefined

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server?.stop())

conformance(
  postgresBackend(() => {
    if (!server) throw new Error('the PostgreSQL server has not started')
    return server
  }),
)
