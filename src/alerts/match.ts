// Which incident an observation belongs to.
import { createHash } from 'node:crypto'
import type { Observation } from '../nouns.ts'

type Key = Pick<Observation, 'tenantId' | 'configurationId' | 'jobId' | 'ruleId' | 'subject'>

/** Hex SHA-256 over tenant, configuration (service principal), job, rule and subject; absent parts are empty. */
export function fingerprint(observation: Key): string {
  const { tenantId, configurationId = '', jobId = '', ruleId, subject } = observation
  const parts = [tenantId, configurationId, jobId, ruleId, subject]
  return createHash('sha256').update(parts.join('|')).digest('hex')
}
