// Valid rows with invented names, changed where a test cares.
import type { Incident, Place, Proposal } from '../../src/nouns.ts'
import type { AuditEntry, OutboxRow } from '../../src/ports.ts'

export const TENANT = '11111111-1111-4111-8111-111111111111'
export const T0 = Date.UTC(2026, 0, 15, 8)

let made = 0
export const freshId = (prefix = 'id') => `${prefix}-${++made}`

export function anIncident(change: Partial<Incident> = {}): Incident {
  return {
    id: freshId('incident'),
    tenantId: TENANT,
    fingerprint: freshId('fingerprint'),
    number: 0,
    ruleId: 'job.quarantined',
    severity: 'critical',
    state: 'pending',
    version: 1,
    subject: 'fabrikam.example',
    title: ['The job of ', { data: 'fabrikam.example' }, ' is in quarantine'],
    facts: [],
    episode: 1,
    firstSeen: T0,
    lastBadAt: T0,
    goodPolls: 0,
    badPolls: 1,
    failedPolls: 0,
    step: 0,
    chainRuns: 0,
    exhausted: false,
    flapping: false,
    changes: [],
    stale: false,
    deliveryFailed: false,
    ...change,
  }
}

export function aProposal(change: Partial<Proposal> = {}): Proposal {
  return {
    id: freshId('operation'),
    tenantId: TENANT,
    action: 'restart',
    target: { configurationId: 'configuration-1', domain: 'fabrikam.example', jobId: 'job-1' },
    effect: ['All objects are evaluated again.'],
    reversible: false,
    role: 'operator',
    approvals: 0,
    state: 'proposed',
    version: 1,
    hash: 'a'.repeat(64),
    proposedBy: 'person-1',
    proposedAt: T0,
    expiresAt: T0 + 900_000,
    placeKey: 'place-1',
    ...change,
  }
}

export function aPlace(change: Partial<Place> = {}): Place {
  return {
    conversationId: freshId('conversation'),
    serviceUrl: 'https://smba.example/emea/',
    tenantId: TENANT,
    botId: '28:bot',
    environment: 'test',
    scope: 'channel',
    updatedAt: T0,
    ...change,
  }
}

export function aMessage(change: Partial<OutboxRow> = {}): Omit<OutboxRow, 'attempts'> {
  const { attempts: _, ...row } = {
    id: freshId('row'),
    tenantId: TENANT,
    placeKey: 'place-1',
    version: 1,
    kind: 'notice' as const,
    priority: 0,
    payload: { text: 'hello' },
    attempts: 0,
    createdAt: T0,
    notBefore: T0,
    ...change,
  }
  return row
}

export function anAuditEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: T0,
    tenantId: TENANT,
    who: 'person-1',
    what: 'incident.acknowledge',
    outcome: 'allowed',
    ...change,
  }
}
