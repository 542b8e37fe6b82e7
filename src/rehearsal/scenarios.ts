// Everything that can be broken, and mended, while the tenant runs. A new scenario is a new entry in this table.

import { DAY, HOUR, MINUTE } from '../time.ts'
import type { Domain, JobKey } from './configurations.ts'
import type { FaultName } from './faults.ts'

/** Calls that share a fate: a limit, a missing permission, an outage. */
export type Family = 'synchronization' | 'auditLogs' | 'directory' | 'agents' | 'tenantSync' | 'serviceHealth'

export type Effect =
  /** The jobs fall ill; `since` dates the beginning back, so that the effect can be seen at once. */
  | {
      readonly kind: 'fault'
      readonly jobs: readonly JobKey[]
      readonly fault: FaultName
      readonly since?: number
      readonly quarantineAfter?: number
      /** How long ago, in ms, somebody lifted the quarantine although its cause stayed. */
      readonly lifted?: readonly number[]
    }
  | { readonly kind: 'pause'; readonly jobs: readonly JobKey[] }
  /** Without `machine` all agents of the domain. */
  | { readonly kind: 'agentsInactive'; readonly domain: Domain; readonly machine?: string }
  | { readonly kind: 'agentsGone'; readonly domain: Domain }
  | { readonly kind: 'tenantSyncOff' }
  | { readonly kind: 'noDeleteThreshold'; readonly job: JobKey }
  | { readonly kind: 'firstCycle'; readonly job: JobKey }
  | {
      readonly kind: 'graph'
      readonly families: readonly Family[] | 'all'
      readonly does: 'throttle' | 'fail' | 'wait' | 'refuse'
    }
  | { readonly kind: 'incident' }

export type Scenario = {
  readonly id: string
  readonly title: string
  readonly sentence: string
  readonly group: 'contoso.com' | 'fabrikam.com' | 'Microsoft Graph' | 'permissions' | 'repairs'
  /** Applying the one clears the other, and the other way round. */
  readonly opposite?: string
  readonly effects: readonly Effect[]
}

export const FABRIKAM_QUARANTINE = 'fabrikam-quarantine'
export const DELETES_HELD = 'deletes-held'
export const SCOPE_FIXED = 'scope-fixed'
export const JANE_FIXED = 'jane-fixed'
export const MASS_FAILURES = 'mass-failures'

/** What is broken in a fresh tenant. */
export const brokenFromTheStart: readonly string[] = [FABRIKAM_QUARANTINE]

const contosoJobs: readonly JobKey[] = ['contoso.provisioning', 'contoso.passwordHash']

const fabrikamJobs: readonly JobKey[] = ['fabrikam.provisioning', 'fabrikam.passwordHash']

/** A quarantine of contoso.com that began ten minutes ago. */
function quarantineOf(id: string, fault: FaultName, words: Pick<Scenario, 'title' | 'sentence'>): Scenario {
  const jobs = ['contoso.provisioning'] as const
  return { id, ...words, group: 'contoso.com', effects: [{ kind: 'fault', jobs, fault, since: 10 * MINUTE }] }
}

export const scenarios: readonly Scenario[] = [
  {
    id: FABRIKAM_QUARANTINE,
    title: 'Quarantine fabrikam.com',
    sentence: 'The only agent of fabrikam.com stops answering and its provisioning job goes into quarantine.',
    group: 'fabrikam.com',
    opposite: 'fabrikam-fixed',
    effects: [
      { kind: 'agentsInactive', domain: 'fabrikam.com' },
      { kind: 'fault', jobs: fabrikamJobs, fault: 'noActiveAgents', quarantineAfter: 1 },
    ],
  },
  {
    id: 'fabrikam-fixed',
    title: 'Bring the agent of fabrikam.com back',
    sentence: 'The agent of fabrikam.com answers again; the job recovers at its next cycle.',
    group: 'repairs',
    opposite: FABRIKAM_QUARANTINE,
    effects: [],
  },
  {
    id: 'contoso-quarantine',
    title: 'Quarantine contoso.com',
    sentence: 'The synchronization account of contoso.com is gone and its provisioning job is in quarantine.',
    group: 'contoso.com',
    effects: [
      { kind: 'fault', jobs: ['contoso.provisioning'], fault: 'invalidCredential', since: 10 * MINUTE },
    ],
  },
  {
    id: 'agents-down',
    title: 'Stop all agents of contoso.com',
    sentence:
      'All three agents turn inactive; the jobs begin to fail and end in quarantine after three cycles.',
    group: 'contoso.com',
    effects: [
      { kind: 'agentsInactive', domain: 'contoso.com' },
      { kind: 'fault', jobs: contosoJobs, fault: 'noActiveAgents' },
    ],
  },
  {
    id: DELETES_HELD,
    title: 'Hold 612 deletions',
    sentence: 'One OU fell out of scope: 612 deletions are over the threshold of 500 and are held back.',
    group: 'contoso.com',
    effects: [{ kind: 'fault', jobs: ['contoso.provisioning'], fault: 'tooManyDeletes', since: 6 * MINUTE }],
  },
  ...[
    quarantineOf('authorization-failed', 'authorizationFailed', {
      title: 'Remove the service principal of synchronization',
      sentence: 'Somebody tidied up enterprise applications: Entra refuses the synchronization service.',
    }),
    quarantineOf('credential-expired', 'expiredCredential', {
      title: 'Let the synchronization account expire',
      sentence: 'The password of the account that an old agent signs in with has expired.',
    }),
    quarantineOf('agent-timeout', 'timeOut', {
      title: 'Slow domain controller',
      sentence: 'The agent of contoso.com does not answer within ten minutes.',
    }),
    quarantineOf('agent-link-lost', 'invalidResource', {
      title: 'Break the link to the agents',
      sentence: 'The configuration of contoso.com does not know its agents any more.',
    }),
    quarantineOf('agent-signaling', 'signaling', {
      title: 'Break the signal to the agents',
      sentence: 'Requests reach Service Bus and no agent takes them.',
    }),
    quarantineOf('directory-busy', 'serverBusy', {
      title: 'Busy directory',
      sentence: 'Entra answers error code 81 to every cycle and repeats the work by itself.',
    }),
    quarantineOf('duplicate-groups', 'duplicateGroups', {
      title: 'Duplicate groups in AD',
      sentence: 'A restored group carries the same external id as another one.',
    }),
    quarantineOf('too-many-failures', 'tooManyFailures', {
      title: 'Too many failures',
      sentence:
        'More than 40 % of the changes failed, so the job is in quarantine; no error is given with it.',
    }),
    quarantineOf('quarantine-unexplained', 'nothingListed', {
      title: 'Quarantine with nothing listed',
      sentence: 'The job of contoso.com is in quarantine, with neither reason nor error.',
    }),
  ],
  {
    id: 'agents-unassigned',
    title: 'Remove the agents of contoso.com',
    sentence: 'No agent is registered for contoso.com any more; its jobs go into quarantine.',
    group: 'contoso.com',
    effects: [
      { kind: 'agentsGone', domain: 'contoso.com' },
      { kind: 'fault', jobs: contosoJobs, fault: 'noAgentsAssigned', since: 10 * MINUTE },
    ],
  },
  {
    id: 'one-agent-down',
    title: 'Stop one agent of contoso.com',
    sentence: 'One of three agents turns inactive; the others do the work.',
    group: 'contoso.com',
    effects: [{ kind: 'agentsInactive', domain: 'contoso.com', machine: 'sync03.contoso.com' }],
  },
  {
    id: 'quarantine-returns',
    title: 'Quarantine that comes back',
    sentence: 'The quarantine of contoso.com was lifted twice in three days; its cause is still there.',
    group: 'contoso.com',
    effects: [
      {
        kind: 'fault',
        jobs: ['contoso.provisioning'],
        fault: 'timeOut',
        since: 3 * DAY,
        lifted: [2 * DAY, DAY],
      },
    ],
  },
  {
    id: 'disabled-after-quarantine',
    title: 'Four weeks in quarantine',
    sentence: 'Nobody looked for 30 days: the service has disabled the job of contoso.com.',
    group: 'contoso.com',
    effects: [{ kind: 'fault', jobs: ['contoso.provisioning'], fault: 'timeOut', since: 30 * DAY }],
  },
  {
    id: 'first-cycle',
    title: 'First cycle of contoso.com',
    sentence:
      'The configuration of contoso.com was enabled just now and reads everything for the first time.',
    group: 'contoso.com',
    effects: [{ kind: 'firstCycle', job: 'contoso.provisioning' }],
  },
  {
    id: 'password-hash-paused',
    title: 'Pause password hash synchronization',
    sentence: 'Somebody paused the password hash job of contoso.com.',
    group: 'contoso.com',
    effects: [{ kind: 'pause', jobs: ['contoso.passwordHash'] }],
  },
  {
    id: 'no-delete-threshold',
    title: 'Switch deletion protection off',
    sentence: 'The job of contoso.com has no threshold for deletions.',
    group: 'contoso.com',
    effects: [{ kind: 'noDeleteThreshold', job: 'contoso.provisioning' }],
  },
  {
    id: 'tenant-sync-off',
    title: 'Switch synchronization off for the tenant',
    sentence: 'onPremisesSyncEnabled of the organization is false.',
    group: 'Microsoft Graph',
    effects: [{ kind: 'tenantSyncOff' }],
  },
  {
    id: SCOPE_FIXED,
    title: 'Put the OU back into scope',
    sentence: 'The OU behind the held deletions is in scope again; a restart then drops them.',
    group: 'repairs',
    effects: [],
  },
  {
    id: 'job-paused',
    title: 'Pause contoso.com',
    sentence: 'Somebody paused the provisioning job of contoso.com.',
    group: 'contoso.com',
    effects: [{ kind: 'pause', jobs: ['contoso.provisioning'] }],
  },
  {
    id: MASS_FAILURES,
    title: 'Fail 300 objects',
    sentence: 'A mapping names an attribute that does not exist: 300 objects fail with one code.',
    group: 'contoso.com',
    effects: [{ kind: 'fault', jobs: ['contoso.provisioning'], fault: 'brokenMapping', since: 10 * MINUTE }],
  },
  {
    id: 'password-hash-failing',
    title: 'Fail password hash synchronization',
    sentence: 'The agents may no longer read password changes of contoso.com; users and groups go on.',
    group: 'contoso.com',
    effects: [
      { kind: 'fault', jobs: ['contoso.passwordHash'], fault: 'replicationDenied', since: 12 * MINUTE },
    ],
  },
  {
    id: 'late-cycles',
    title: 'No cycle for three hours',
    sentence: 'The provisioning job of contoso.com is active, but its last good cycle is three hours old.',
    group: 'contoso.com',
    effects: [{ kind: 'fault', jobs: ['contoso.provisioning'], fault: 'late', since: 3 * HOUR }],
  },
  {
    id: JANE_FIXED,
    title: 'Free the address of jane.doe',
    sentence: 'The colleague gives the address back; jane.doe can be created.',
    group: 'repairs',
    effects: [],
  },
  {
    id: 'service-incident',
    title: 'Incident at Microsoft',
    sentence: 'Microsoft reports a degradation of the identity service.',
    group: 'Microsoft Graph',
    effects: [{ kind: 'incident' }],
  },
  {
    id: 'graph-throttled',
    title: 'Throttle Graph',
    sentence: 'Jobs and logs answer 429, with Retry-After in several forms.',
    group: 'Microsoft Graph',
    effects: [{ kind: 'graph', families: ['synchronization', 'auditLogs'], does: 'throttle' }],
  },
  {
    id: 'graph-down',
    title: 'Graph is down',
    sentence: 'Every call ends with 503 or a closed connection.',
    group: 'Microsoft Graph',
    effects: [{ kind: 'graph', families: 'all', does: 'fail' }],
  },
  {
    id: 'graph-slow',
    title: 'Graph is slow',
    sentence: 'Every answer takes half a minute.',
    group: 'Microsoft Graph',
    effects: [{ kind: 'graph', families: 'all', does: 'wait' }],
  },
  {
    id: 'no-audit-permission',
    title: 'No permission for the logs',
    sentence: 'Provisioning log and audit log are refused.',
    group: 'permissions',
    effects: [{ kind: 'graph', families: ['auditLogs'], does: 'refuse' }],
  },
  {
    id: 'no-sync-permission',
    title: 'No permission for the jobs',
    sentence: 'Jobs and schemas are refused.',
    group: 'permissions',
    effects: [{ kind: 'graph', families: ['synchronization'], does: 'refuse' }],
  },
  {
    id: 'no-directory-permission',
    title: 'No permission for the directory',
    sentence: 'Users, groups, service principals and the organization are refused.',
    group: 'permissions',
    effects: [{ kind: 'graph', families: ['directory'], does: 'refuse' }],
  },
  {
    id: 'no-agents-permission',
    title: 'No permission for the agents',
    sentence: 'Agents and the tenant synchronization object are refused to signed-in people as well.',
    group: 'permissions',
    effects: [{ kind: 'graph', families: ['agents', 'tenantSync'], does: 'refuse' }],
  },
  {
    id: 'no-health-permission',
    title: 'No permission for service health',
    sentence: 'The list of incidents at Microsoft is refused.',
    group: 'permissions',
    effects: [{ kind: 'graph', families: ['serviceHealth'], does: 'refuse' }],
  },
]

const byId = new Map(scenarios.map((each) => [each.id, each]))
export function scenarioOf(id: string): Scenario | undefined {
  return byId.get(id)
}
