// kill -9 of a writing process: what it acknowledged is there, whole, and the next one goes on.
import { describe, expect, it } from 'vitest'
import { type OpenedStore, verifyAudit } from '../../../src/store/index.ts'
import { AUDIT_KEY, type Backend } from '../backend.ts'
import { TENANT } from '../builders.ts'
import { startChild } from '../processes.ts'

const ROUNDS = 3

async function expectWhole(store: OpenedStore, acknowledged: number): Promise<void> {
  const incidents = await store.incidents.list(TENANT, ['open'])
  expect(incidents.length).toBeGreaterThanOrEqual(acknowledged)
  expect(incidents.map((incident) => incident.number)).toEqual(incidents.map((_, i) => i + 1))
  // Incident, message and audit row come together or not at all.
  expect((await store.outbox.backlog(0)).pending).toBe(incidents.length)
  expect(await verifyAudit(store, AUDIT_KEY)).toMatchObject({ ok: true, rows: incidents.length })
}

export function crashSuite(backend: Backend): void {
  describe('crash', () => {
    it(`keeps every acknowledged write of a process killed ${ROUNDS} times`, async () => {
      const database = await backend.createDatabase()
      let acknowledged = 0
      for (let round = 1; round <= ROUNDS; round++) {
        const child = startChild(database.address, 'write')
        const goal = acknowledged + 15
        await child.line((line) => line.startsWith('done ') && Number(line.slice(5)) >= goal)
        child.signal('SIGKILL')
        await child.ended
        acknowledged = Number(child.lines.at(-1)?.slice(5))
      }
      expect(acknowledged).toBeGreaterThanOrEqual(ROUNDS * 15)
      await expectWhole(await database.open(), acknowledged)
    })
  })
}
