// Two bots on one PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runFault } from './faults/index.ts'
import { ofReplicas, type ReplicaRig } from './faults/of-replicas.ts'
import { startReplicas } from './replicas.ts'
import { storm } from './storm.ts'

const TRIAL_MS = 120_000

describe('two replicas', () => {
  let rig: ReplicaRig
  beforeAll(async () => {
    rig = await startReplicas(31)
  }, TRIAL_MS)
  afterAll(() => rig.close())

  it.each(ofReplicas)(
    '$id: $what',
    async (fault) => {
      expect(await runFault(rig, fault)).toEqual([])
    },
    TRIAL_MS,
  )

  it(
    'a storm of incidents, kills and a restart of the database: nothing lost',
    async () => {
      const { problems, incidents, lost, kills } = await storm(rig, {
        seed: 32,
        rounds: 1,
        jobs: 24,
        killsPerRound: 4,
        restartIn: [0],
        restartDatabase: () => rig.restartDatabase('kill'),
      })
      expect(problems).toEqual([])
      expect(lost).toBe(0)
      expect(incidents).toBeGreaterThanOrEqual(24)
      expect(kills).toBeGreaterThan(0)
    },
    3 * TRIAL_MS,
  )
})
