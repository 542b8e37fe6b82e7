// Builders of snapshots for the checks: one healthy tenant, changed piece by piece.

import type {
  Agent,
  Because,
  Configuration,
  DirectoryObject,
  Fact,
  Instant,
  Job,
  ProvisioningEvent,
  Snapshot,
  Subject,
} from '../../src/nouns.ts'
import { known, unknown } from '../../src/nouns.ts'
import { DAY, HOUR, MINUTE } from '../../src/time.ts'

export const NOW: Instant = Date.UTC(2026, 10, 20, 8, 12)

export const contoso: Configuration = { id: 'sp-contoso', domain: 'contoso.com' }
export const jane: Subject = {
  kind: 'object',
  type: 'user',
  name: { by: 'upn', value: 'jane.doe@contoso.com' },
}
export const contosoSubject: Subject = { kind: 'configuration', domain: 'contoso.com' }

export function sure<T>(value: T, source = 'graph'): Fact<T> {
  return known(value, NOW, source)
}

export function aJob(change: Partial<Job> = {}): Job {
  const began = NOW - 8 * MINUTE
  const run = { state: 'succeeded' as const, began, ended: began + MINUTE, counts: {} }
  return {
    id: 'AD2AADProvisioning.1',
    configurationId: contoso.id,
    domain: contoso.domain,
    kind: 'provisioning',
    templateId: 'AD2AADProvisioning',
    status: 'active',
    schedule: { state: 'Active', intervalMs: 2 * MINUTE },
    lastExecution: run,
    lastSuccess: run,
    successiveFailures: 0,
    deleteThreshold: 500,
    entryCounts: {},
    ...change,
  }
}

export function aQuarantinedJob(
  code: string | undefined,
  reason = 'EncounteredQuarantineException',
  change: Partial<Job> = {},
): Job {
  return aJob({
    status: 'quarantine',
    quarantine: {
      reason,
      since: NOW - 6 * HOUR,
      seriesSince: NOW - 6 * HOUR,
      seriesCount: 2,
      nextAttempt: NOW + 6 * HOUR,
      ...(code === undefined ? {} : { error: { code, message: 'As Graph says.' } }),
    },
    ...change,
  })
}

export function anAgent(
  machine: string,
  status: Agent['status'] = 'active',
  domains: readonly string[] = ['contoso.com'],
): Agent {
  return { id: `agent-${machine}`, machine, status, domains }
}

export function aUser(change: Partial<DirectoryObject> = {}): DirectoryObject {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    type: 'user',
    displayName: 'Jane Doe',
    upn: 'jane.doe@contoso.com',
    proxyAddresses: ['SMTP:jane.doe@contoso.com'],
    accountEnabled: true,
    onPremises: {
      syncEnabled: true,
      dn: 'CN=Jane Doe,OU=Sales,DC=contoso,DC=com',
      domain: 'contoso.com',
      sam: 'jdoe',
      lastSync: NOW - 2 * DAY,
    },
    provisioningErrors: [],
    ...change,
  }
}

export function anEvent(change: Partial<ProvisioningEvent> = {}): ProvisioningEvent {
  return {
    id: `event-${change.at ?? NOW}`,
    at: NOW - 10 * MINUTE,
    jobId: 'AD2AADProvisioning.1',
    configurationId: contoso.id,
    action: 'create',
    status: 'success',
    source: { id: 'ad-guid', name: 'Jane Doe', type: 'user', details: {} },
    target: { id: '11111111-1111-4111-8111-111111111111', type: 'User' },
    steps: [],
    changes: [],
    ...change,
  }
}

const nothing = <T>(source: string): Fact<T> => unknown('notFound', source)

/** A well tenant with one configuration, seen for `subject`; two active agents; no such object unless given. */
export function aSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    takenAt: NOW,
    subject: contosoSubject,
    configurations: sure([contoso]),
    owner: sure(contoso),
    jobs: { [contoso.id]: sure([aJob(), aJob({ id: 'AD2AADPasswordHash.1', kind: 'passwordHash' })]) },
    agents: sure([anAgent('SRV1'), anAgent('SRV2')]),
    object: nothing('users'),
    candidates: [],
    deletedObject: nothing('deleted users'),
    conflicts: sure([]),
    events: sure([]),
    scope: sure([
      {
        ruleId: 'r1',
        ruleName: 'AD to Entra',
        containers: ['OU=Sales,DC=contoso,DC=com'],
        groups: [],
        clauses: [],
        mappings: 40,
      },
    ]),
    tenant: sure({ tenantName: 'Contoso', syncEnabled: true, lastSync: NOW - 10 * MINUTE }),
    serviceIssues: sure([]),
    calls: 9,
    ...change,
  }
}

export function withJobs(...jobs: readonly Job[]): Pick<Snapshot, 'jobs'> {
  return { jobs: { [contoso.id]: sure(jobs) } }
}

/** Nothing could be read, for one reason. */
export function aBlindSnapshot(subject: Subject, because: Because = 'unavailable'): Snapshot {
  const blank = <T>(source: string): Fact<T> => unknown(because, source)
  return aSnapshot({
    subject,
    configurations: blank('configurations'),
    owner: blank('configurations'),
    jobs: {},
    agents: blank('agents'),
    object: blank('users'),
    deletedObject: blank('deleted users'),
    conflicts: blank('users'),
    events: blank('provisioning log'),
    scope: blank('schema'),
    tenant: blank('organization'),
    serviceIssues: blank('service health'),
  })
}
