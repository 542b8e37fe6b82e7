// One snapshot per thing that can be wrong, with the finding it must lead with.
import { type Snapshot, unknown } from '../../src/nouns.ts'
import { DAY, HOUR, MINUTE } from '../../src/time.ts'
import {
  aJob,
  anAgent,
  anEvent,
  aQuarantinedJob,
  aSnapshot,
  aUser,
  contoso,
  jane,
  NOW,
  sure,
  withJobs,
} from '../support/snapshots.ts'

export type Scenario = {
  readonly name: string
  readonly snapshot: Snapshot
  /** Rule id of the first finding. */
  readonly first: string
  readonly confidence?: 'certain' | 'likely'
  /** Words that the first finding's title or cause must hold. */
  readonly says?: RegExp
}

const notSignedIn = unknown<never>('notSignedIn', 'agents')
const failure = (code: string) =>
  anEvent({ status: 'failure', target: {}, error: { code, reason: `value in use (${code})` } })
const passwordJob = aJob({ id: 'AD2AADPasswordHash.1', kind: 'passwordHash' })

export const scenarios: readonly Scenario[] = [
  {
    name: 'an address that another object holds, with a failing entry',
    snapshot: aSnapshot({
      subject: jane,
      conflicts: sure([aUser({ id: 'other', upn: 'j.doe@contoso.com' })]),
      events: sure([failure('AttributeValueMustBeUnique')]),
    }),
    first: 'object.attribute-conflict',
    confidence: 'certain',
    says: /already belongs to j\.doe@contoso\.com/,
  },
  {
    name: 'the same conflict while the job is quarantined for lack of agents: the object’s own cause first',
    snapshot: aSnapshot({
      subject: jane,
      agents: notSignedIn,
      conflicts: sure([aUser({ id: 'other', upn: 'j.doe@contoso.com' })]),
      events: sure([failure('AttributeValueMustBeUnique')]),
      ...withJobs(aQuarantinedJob('HybridIdentityServiceNoActiveAgents')),
    }),
    first: 'object.attribute-conflict',
    confidence: 'certain',
  },
  {
    name: 'a conflict whose holder cannot be looked up',
    snapshot: aSnapshot({
      subject: jane,
      conflicts: unknown('unavailable', 'users'),
      events: sure([failure('InvalidSoftMatch')]),
    }),
    first: 'object.attribute-conflict',
    confidence: 'certain',
    says: /could not be looked up/,
  },
  {
    name: 'an address held by another object, and no entry yet',
    snapshot: aSnapshot({
      subject: jane,
      conflicts: sure([aUser({ id: 'other', upn: 'j.doe@contoso.com' })]),
    }),
    first: 'object.attribute-conflict',
    confidence: 'likely',
    says: /Inferred/,
  },
  {
    name: 'a provisioning error of the object',
    snapshot: aSnapshot({
      subject: jane,
      object: sure(
        aUser({
          provisioningErrors: [
            {
              property: 'ProxyAddresses',
              value: 'SMTP:x@contoso.com',
              at: NOW - DAY,
              category: 'PropertyConflict',
            },
          ],
        }),
      ),
    }),
    first: 'object.provisioning-error',
    says: /ProxyAddresses/,
  },
  {
    name: 'a failing entry with a known code',
    snapshot: aSnapshot({ subject: jane, events: sure([failure('InvalidDomain')]) }),
    first: 'object.export-failed',
    says: /domain of a value is not allowed/,
  },
  {
    name: 'a failing entry with a code nobody knows',
    snapshot: aSnapshot({ subject: jane, events: sure([failure('BrandNewCode')]) }),
    first: 'object.export-failed',
    says: /BrandNewCode/,
  },
  {
    name: 'deleted, in the recycle bin',
    snapshot: aSnapshot({
      subject: jane,
      deletedObject: sure(aUser({ deletedAt: NOW - 2 * DAY })),
      events: sure([anEvent({ action: 'delete', at: NOW - 2 * DAY })]),
    }),
    first: 'object.deleted',
    says: /recycle bin/,
  },
  {
    name: 'skipped by the scope',
    snapshot: aSnapshot({
      subject: jane,
      events: sure([
        anEvent({
          action: 'other',
          status: 'skipped',
          target: {},
          steps: [
            {
              name: 'EntrySynchronizationScoping',
              type: 'scoping',
              status: 'skipped',
              description: 'Not in scope',
              details: {},
            },
          ],
        }),
      ]),
    }),
    first: 'object.skipped-by-scoping',
  },
  {
    name: 'outside the included OUs',
    snapshot: aSnapshot({
      subject: {
        kind: 'object',
        type: 'user',
        name: { by: 'dn', value: 'CN=Jane Doe,OU=Interns,DC=contoso,DC=com' },
      },
    }),
    first: 'object.not-in-scope',
  },
  {
    name: 'taken over under another name',
    snapshot: aSnapshot({
      subject: jane,
      events: sure([anEvent({ target: { id: 'x', name: 'jane.doe1234@contoso.onmicrosoft.com' } })]),
    }),
    first: 'object.other-name',
  },
  {
    name: 'cloud-only account',
    snapshot: aSnapshot({ subject: jane, object: sure(aUser({ onPremises: {} })) }),
    first: 'object.cloud-only',
  },
  {
    name: 'account that was synchronized once',
    snapshot: aSnapshot({ subject: jane, object: sure(aUser({ onPremises: { syncEnabled: false } })) }),
    first: 'object.cloud-only',
    says: /no longer synchronized/,
  },
  {
    name: 'kept by Connect Sync: domain without configuration',
    snapshot: aSnapshot({
      subject: jane,
      object: sure(
        aUser({ onPremises: { syncEnabled: true, domain: 'legacy.local', lastSync: NOW - HOUR } }),
      ),
    }),
    first: 'object.synced-by-connect',
    confidence: 'likely',
    says: /Inferred/,
  },
  {
    name: 'kept by Connect Sync: taken over after the last cycle',
    snapshot: aSnapshot({
      subject: jane,
      object: sure(
        aUser({ onPremises: { syncEnabled: true, domain: 'contoso.com', lastSync: NOW - MINUTE } }),
      ),
      ...withJobs(
        aJob({ status: 'paused', lastSuccess: { state: 'succeeded', ended: NOW - 3 * DAY, counts: {} } }),
      ),
    }),
    first: 'job.paused',
  },
  {
    name: 'never reported by a healthy job',
    snapshot: aSnapshot({ subject: jane }),
    first: 'object.no-log-entry',
    confidence: 'likely',
  },
  {
    name: 'synchronized, all well',
    snapshot: aSnapshot({
      subject: jane,
      object: sure(aUser()),
      events: sure([anEvent({ action: 'update' })]),
    }),
    first: 'object.synced',
    confidence: 'certain',
  },
  {
    name: 'not there, and the job has no agent: the job explains it',
    snapshot: aSnapshot({
      subject: jane,
      agents: notSignedIn,
      ...withJobs(aQuarantinedJob('HybridIdentityServiceNoActiveAgents')),
    }),
    first: 'job.quarantined',
    confidence: 'certain',
    says: /agents do not answer/,
  },
  {
    name: 'quarantined and the agents are seen to be inactive: the agents explain it',
    snapshot: aSnapshot({
      agents: sure([anAgent('SRV1', 'inactive'), anAgent('SRV2', 'inactive')]),
      ...withJobs(aQuarantinedJob('HybridIdentityServiceNoActiveAgents')),
    }),
    first: 'agents.all-inactive',
    confidence: 'certain',
  },
  {
    name: 'quarantined by a reason alone',
    snapshot: aSnapshot(withJobs(aQuarantinedJob(undefined, 'EncounteredEscrowProportionThreshold'))),
    first: 'job.quarantined',
    says: /40 %/,
  },
  {
    name: 'quarantined with a code nobody knows',
    snapshot: aSnapshot(withJobs(aQuarantinedJob('SomethingNew', ''))),
    first: 'job.quarantined',
    says: /SomethingNew/,
  },
  {
    name: 'quarantined with nothing listed',
    snapshot: aSnapshot(withJobs(aQuarantinedJob(undefined, ''))),
    first: 'job.quarantined-without-error',
  },
  {
    name: 'deletions held',
    snapshot: aSnapshot({
      ...withJobs(aQuarantinedJob(undefined, 'TooManyDeletes')),
      events: sure([
        anEvent({ id: 'a', action: 'stagedDelete', source: { id: 'u1', details: {} } }),
        anEvent({ id: 'b', action: 'stagedDelete', source: { id: 'u2', details: {} } }),
        anEvent({ id: 'c', action: 'stagedDelete', source: { id: 'u2', details: {} } }),
      ]),
    }),
    first: 'job.deletes-held',
  },
  {
    name: 'disabled after four weeks of quarantine',
    snapshot: aSnapshot(
      withJobs(
        aQuarantinedJob('TimeOut', 'EncounteredQuarantineException', {
          status: 'disabled',
          quarantine: { reason: '', since: NOW - 30 * DAY, seriesSince: NOW - 30 * DAY, seriesCount: 30 },
        }),
      ),
    ),
    first: 'job.disabled-after-28-days',
  },
  { name: 'paused', snapshot: aSnapshot(withJobs(aJob({ status: 'paused' }))), first: 'job.paused' },
  {
    name: 'never completed a first run',
    snapshot: aSnapshot(withJobs(jobWithoutRuns('notRun'))),
    first: 'job.not-run',
    confidence: 'likely',
  },
  {
    name: 'not configured',
    snapshot: aSnapshot(withJobs(jobWithoutRuns('notConfigured'))),
    first: 'job.not-run',
    confidence: 'certain',
  },
  { name: 'no provisioning job', snapshot: aSnapshot(withJobs(passwordJob)), first: 'job.missing' },
  {
    name: 'no configuration for this domain',
    snapshot: aSnapshot({
      subject: { kind: 'configuration', domain: 'nowhere.com' },
      owner: unknown('notFound', 'configurations'),
    }),
    first: 'job.missing',
    says: /nowhere\.com/,
  },
  {
    name: 'failing, not yet quarantined',
    snapshot: aSnapshot(
      withJobs(
        aJob({
          successiveFailures: 3,
          lastExecution: {
            state: 'failed',
            ended: NOW - MINUTE,
            counts: {},
            error: { code: 'TimeOut', message: '' },
          },
        }),
      ),
    ),
    first: 'job.failing',
    says: /ten minutes/,
  },
  {
    name: 'late',
    snapshot: aSnapshot(
      withJobs(
        aJob({
          lastExecution: { state: 'succeeded', began: NOW - 3 * HOUR, ended: NOW - 3 * HOUR, counts: {} },
          lastSuccess: { state: 'succeeded', began: NOW - 3 * HOUR, ended: NOW - 3 * HOUR, counts: {} },
        }),
      ),
    ),
    first: 'job.stale',
    says: /Late by \d/,
  },
  {
    name: 'a cycle that does not end',
    snapshot: aSnapshot(
      withJobs(
        aJob({
          lastExecution: { state: 'unknown', began: NOW - 5 * HOUR, counts: {} },
          lastSuccess: { state: 'succeeded', ended: NOW - 6 * HOUR, counts: {} },
        }),
      ),
    ),
    first: 'job.stale',
    says: /has not ended/,
  },
  {
    name: 'passwords do not travel',
    snapshot: aSnapshot(
      withJobs(aJob(), aQuarantinedJob('TimeOut', '', { id: 'AD2AADPasswordHash.1', kind: 'passwordHash' })),
    ),
    first: 'password-hash.job-unhealthy',
    says: /do not reach the cloud/,
  },
  {
    name: 'all agents inactive',
    snapshot: aSnapshot({ agents: sure([anAgent('SRV1', 'inactive')]) }),
    first: 'agents.all-inactive',
    confidence: 'certain',
  },
  {
    name: 'no agent for this domain',
    snapshot: aSnapshot({ agents: sure([anAgent('SRV9', 'active', ['other.com'])]) }),
    first: 'agents.all-inactive',
    says: /No agent is assigned/,
  },
  {
    name: 'one agent left',
    snapshot: aSnapshot({ agents: sure([anAgent('SRV1'), anAgent('SRV2', 'inactive')]) }),
    first: 'agents.single-point',
  },
  {
    name: 'synchronization off for the tenant',
    snapshot: aSnapshot({ tenant: sure({ tenantName: 'Contoso', syncEnabled: false }) }),
    first: 'tenant.sync-disabled',
  },
  {
    name: 'no configuration at all',
    snapshot: aSnapshot({
      subject: { kind: 'tenant' },
      configurations: sure([]),
      owner: unknown('notFound', 'configurations'),
      jobs: {},
      agents: sure([]),
    }),
    first: 'tenant.no-configuration',
  },
  {
    name: 'an incident at Microsoft',
    snapshot: aSnapshot({
      serviceIssues: sure([
        {
          id: 'EN1',
          title: 'Delays in provisioning',
          service: 'Microsoft Entra',
          status: 'serviceDegradation',
          since: NOW - HOUR,
          resolved: false,
        },
        {
          id: 'EN0',
          title: 'Old one',
          service: 'Microsoft Entra',
          status: 'serviceRestored',
          since: NOW - DAY,
          resolved: true,
        },
      ]),
    }),
    first: 'tenant.service-incident',
    confidence: 'likely',
  },
  {
    name: 'a deletion that is held back',
    snapshot: aSnapshot({
      subject: jane,
      object: sure(aUser()),
      events: sure([anEvent({ action: 'stagedDelete', at: NOW - HOUR })]),
    }),
    first: 'object.delete-held',
    says: /about to be deleted/,
  },
  {
    name: 'deleted and made anew',
    snapshot: aSnapshot({
      subject: jane,
      object: sure(aUser()),
      deletedObject: sure(aUser({ id: 'first-life', deletedAt: NOW - 3 * DAY })),
    }),
    first: 'object.recreated',
    says: /is a new object/,
  },
  {
    name: 'an onmicrosoft.com name for an unverified suffix',
    snapshot: aSnapshot({
      subject: jane,
      object: sure(
        aUser({
          upn: 'jane.doe@contoso.onmicrosoft.com',
          onPremises: { ...aUser().onPremises, upn: 'jane.doe@contoso.local' },
        }),
      ),
    }),
    first: 'object.onmicrosoft-name',
    says: /no verified domain/,
  },
  {
    name: 'an onmicrosoft.com name for a UPN that was taken',
    snapshot: aSnapshot({
      subject: jane,
      object: sure(
        aUser({
          upn: 'jane.doe4711@contoso.onmicrosoft.com',
          onPremises: { ...aUser().onPremises, upn: 'jane.doe@contoso.com' },
        }),
      ),
    }),
    first: 'object.onmicrosoft-name',
    says: /four digits/,
  },
  {
    name: 'a disabled account',
    snapshot: aSnapshot({ subject: jane, object: sure(aUser({ accountEnabled: false })) }),
    first: 'object.disabled',
    says: /nobody can sign in/,
  },
  {
    name: 'a quarantine that came back',
    snapshot: aSnapshot(
      withJobs(
        aQuarantinedJob(undefined, 'EncounteredQuarantineException', {
          quarantine: {
            reason: 'EncounteredQuarantineException',
            since: NOW - 2 * HOUR,
            seriesSince: NOW - 3 * DAY,
            seriesCount: 4,
          },
        }),
      ),
    ),
    first: 'job.quarantined',
  },
  {
    name: 'a first cycle that is not over',
    snapshot: aSnapshot(withJobs(jobWithoutRuns('active'))),
    first: 'job.first-cycle',
    confidence: 'likely',
    says: /never finished a cycle/,
  },
  {
    name: 'one code for many objects',
    snapshot: aSnapshot({
      events: sure(
        Array.from({ length: 60 }, (_, i) =>
          anEvent({
            id: `failure-${i}`,
            source: { id: `ad-${i}`, details: {} },
            status: 'failure',
            error: { code: 'SchemaAttributeNotFound' },
          }),
        ),
      ),
    }),
    first: 'job.mass-failures',
    says: /60 objects .* one code/,
  },
  {
    name: 'many objects fail and the log cannot be read: the job counts them',
    snapshot: aSnapshot({
      events: unknown('licence', 'provisioning log'),
      ...withJobs(
        aJob({
          lastExecution: {
            state: 'entryLevelErrors',
            began: NOW - 4 * MINUTE,
            ended: NOW - 3 * MINUTE,
            counts: { countEscrowed: 300 },
          },
        }),
      ),
    }),
    first: 'job.mass-failures',
    says: /300 objects/,
  },
  {
    name: 'one of three agents inactive',
    snapshot: aSnapshot({ agents: sure([anAgent('SRV1'), anAgent('SRV2'), anAgent('SRV3', 'inactive')]) }),
    first: 'agents.some-inactive',
    says: /no outage/,
  },
  {
    name: 'delete protection off',
    snapshot: aSnapshot(withJobs(aJob({ deleteThreshold: 0 }))),
    first: 'delete-threshold.off',
  },
]

/** A job that never ran: nothing is recorded for it. */
function jobWithoutRuns(status: 'notRun' | 'notConfigured' | 'active') {
  const {
    lastExecution: _ran,
    lastSuccess: _succeeded,
    ...rest
  } = aJob({ status, configurationId: contoso.id })
  return rest
}
