// A rig of two bots on one database of a PostgreSQL server of its own.
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import type { ReplicaRig } from './faults/of-replicas.ts'
import { openStage } from './quarantine.ts'

export async function startReplicas(seed: number, server?: PostgresServer): Promise<ReplicaRig> {
  const postgres = server ?? (await startPostgres())
  const databaseUrl = await postgres.createDatabase()
  const rig = await openStage({ seed, databaseUrl, bots: 2, slowMs: 6000 })
  return {
    ...rig,
    restartDatabase: (how) => postgres.restart(how),
    async close() {
      await rig.close()
      if (!server) await postgres.stop()
    },
  }
}
