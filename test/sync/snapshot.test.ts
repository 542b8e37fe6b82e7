import { afterEach, describe, expect, it } from 'vitest'
import type { ObjectName } from '../../src/nouns.ts'
import { createSync } from '../../src/sync/index.ts'
import {
  type Answer,
  type Asked,
  type FakeGraph,
  graphOn,
  list,
  noon,
  personToken,
  refusal,
  startGraph,
} from '../support/graph-server.ts'

let fake: FakeGraph | undefined
afterEach(async () => {
  await fake?.close()
  fake = undefined
})

const clock = { now: async () => noon }
const template = '1a4721b3-e57f-4451-ae87-ef078703ec94'
const principals = ['contoso.com', 'fabrikam.com'].map((displayName) => ({
  id: `sp-${displayName}`,
  displayName,
  applicationTemplateId: template,
}))
const job = { id: 'AD2AADProvisioning.1', templateId: 'AD2AADProvisioning', status: { code: 'Active' } }

type Tables = Readonly<Partial<Record<string, (asked: Asked, url: string) => Answer>>>

/** Which question a request is, by the end of its path. */
function questionOf({ path, query }: Asked): string {
  if (path.endsWith('/jobs')) return 'jobs'
  if (path.endsWith('/schema')) return 'schema'
  if (path.endsWith('/users')) return query.$filter?.includes('proxyAddresses') ? 'owners' : 'users'
  if (path.endsWith('graph.user')) return 'deleted'
  return path.split('/').at(-1) ?? ''
}

async function tenant(tables: Tables = {}) {
  const usual: Tables = {
    servicePrincipals: () => list(principals),
    jobs: () => list([job]),
    schema: () => ({ body: { synchronizationRules: [] } }),
    organization: () => list([{ id: 't', displayName: 'Contoso' }]),
    ...tables,
  }
  const started = await startGraph((asked, _, url) => usual[questionOf(asked)]?.(asked, url) ?? list([]))
  fake = started
  const { reads } = graphOn(started)
  return {
    sync: createSync({ reads, clock }),
    count: (question: string) => started.asked.filter((one) => questionOf(one) === question).length,
    asked: started.asked,
  }
}

function user(id: string, more: Record<string, unknown> = {}) {
  return { id, displayName: id, userPrincipalName: `${id}@contoso.com`, ...more }
}

function entry(n: number, more: Record<string, unknown> = {}) {
  const at = new Date(noon - n * 1_000).toISOString()
  return { id: `e${n}`, activityDateTime: at, servicePrincipal: { id: 'sp-contoso.com' }, ...more }
}

const about = (value: string, by: ObjectName['by'] = 'upn') =>
  ({ kind: 'object', type: 'user', name: { by, value } }) as const

describe('a snapshot of a person', () => {
  it('who does not exist names the holder of the address, and costs at most twelve calls', async () => {
    const { sync, asked } = await tenant({ owners: () => list([user('janet')]) })
    const snapshot = await sync.snapshotOf(about('jane@contoso.com'), { token: personToken() })
    expect(snapshot).toMatchObject({
      takenAt: noon,
      owner: { known: true, value: { id: 'sp-contoso.com', domain: 'contoso.com' } },
      object: { known: false, because: 'notFound' },
      deletedObject: { known: false, because: 'notFound' },
      conflicts: { known: true, value: [{ id: 'janet' }] },
      agents: { known: true, value: [] },
      scope: { known: true, value: [] },
      candidates: [],
    })
    expect(Object.keys(snapshot.jobs)).toEqual(['sp-contoso.com'])
    expect(snapshot.calls).toBe(asked.length)
    expect(snapshot.calls).toBeLessThanOrEqual(12)
  })

  it('is not in conflict with herself', async () => {
    const jane = user('jane', { proxyAddresses: ['SMTP:jane@contoso.com'] })
    const { sync } = await tenant({ users: () => list([jane]), owners: () => list([jane]) })
    const snapshot = await sync.snapshotOf(about('jane@contoso.com'))
    expect(snapshot.object).toMatchObject({ known: true, value: { id: 'jane', type: 'user' } })
    expect(snapshot.conflicts).toMatchObject({ known: true, value: [] })
  })

  it('asks first for addresses that Graph already calls conflicts', async () => {
    const error = {
      category: 'PropertyConflict',
      propertyCausingError: 'ProxyAddresses',
      value: 'SMTP:old@contoso.com',
    }
    const { sync, asked } = await tenant({
      users: () => list([user('jane', { onPremisesProvisioningErrors: [error] })]),
    })
    await sync.snapshotOf(about('jane@contoso.com'))
    const filter = asked.find((one) => questionOf(one) === 'owners')?.query.$filter ?? ''
    expect(filter).toMatch(/^userPrincipalName eq 'old@contoso.com'/)
  })

  it('of whom several fit offers them all; one of exactly that name is meant', async () => {
    const { sync, count } = await tenant({ users: () => list([user('Jane Doe'), user('Jane Doering')]) })
    const vague = await sync.snapshotOf(about('Jane', 'name'))
    // Until one is chosen the log, of which Graph gives five pages in ten seconds, is not read.
    expect(count('provisioning')).toBe(0)
    expect(vague.candidates.map(({ id }) => id)).toEqual(['Jane Doe', 'Jane Doering'])
    expect(vague.object).toMatchObject({ known: false, detail: 'several' })
    expect(vague.conflicts).toMatchObject({ known: false })
    const exact = await sync.snapshotOf(about('jane doe', 'name'))
    expect(exact).toMatchObject({ object: { known: true, value: { id: 'Jane Doe' } }, candidates: [] })
  })

  it('asked about twice in a burst costs one look into the log, and later another', async () => {
    let now = noon
    const started = await startGraph((asked) =>
      list(questionOf(asked) === 'servicePrincipals' ? principals : []),
    )
    fake = started
    const { reads } = graphOn(started)
    const sync = createSync({ reads, clock: { now: async () => now } })
    const looks = () => started.asked.filter((one) => questionOf(one) === 'provisioning').length
    const first = await sync.snapshotOf(about('jane@contoso.com'))
    now += 9_000
    const second = await sync.snapshotOf(about('janet@contoso.com'))
    expect(looks()).toBe(1)
    expect(second.events.known && first.events.known && second.events.asOf === first.events.asOf).toBe(true)
    now += 2_000
    await sync.snapshotOf(about('jane@contoso.com'))
    expect(looks()).toBe(2)
    sync.forget()
    await sync.snapshotOf(about('jane@contoso.com'))
    expect(looks()).toBe(3)
  })

  it('of whom only the DN is known: the log names the address that somebody else holds', async () => {
    const dn = 'CN=Jane,OU=Staff,DC=contoso,DC=com'
    const reason = "Another object already holds the value 'SMTP:Jane@contoso.com' of the attribute."
    const failing = entry(1, {
      sourceIdentity: { displayName: 'Jane', details: { DistinguishedName: dn } },
      provisioningStatusInfo: { status: 'failure', errorInformation: { errorCode: 'InUse', reason } },
    })
    const { sync, asked } = await tenant({
      provisioning: () => list([failing]),
      owners: () => list([user('janet')]),
    })
    const snapshot = await sync.snapshotOf(about(dn, 'dn'))
    expect(asked.find((one) => questionOf(one) === 'owners')?.query.$filter).toContain("'jane@contoso.com'")
    expect(snapshot.conflicts).toMatchObject({ known: true, value: [{ id: 'janet' }] })
  })

  it('belongs where her DN says, not where her address looks like', async () => {
    const dn = 'CN=Jane,OU=Staff,DC=fabrikam,DC=com'
    const { sync } = await tenant({ users: () => list([user('jane', { onPremisesDistinguishedName: dn })]) })
    expect((await sync.snapshotOf(about('jane@contoso.com'))).owner).toMatchObject({
      value: { domain: 'fabrikam.com' },
    })
    const elsewhere = await sync.snapshotOf(about('CN=Jane,DC=emea,DC=contoso,DC=com', 'dn'))
    expect(elsewhere.owner).toMatchObject({ known: false, because: 'notFound' })
  })

  it('whose owner the name does not tell is found in the log', async () => {
    const source = { displayName: 'Jane', details: { sAMAccountName: 'jdoe' } }
    const target = { id: 'real-id' }
    const { sync, asked } = await tenant({
      provisioning: () =>
        list([
          entry(1, {
            sourceIdentity: source,
            targetIdentity: target,
            provisioningStatusInfo: { status: 'success' },
          }),
        ]),
      users: ({ query }) => list(query.$filter?.includes('real-id') ? [user('real-id')] : []),
    })
    const snapshot = await sync.snapshotOf(about('CONTOSO\\jdoe', 'sam'))
    expect(snapshot.owner).toMatchObject({ known: true, value: { id: 'sp-contoso.com' } })
    expect(Object.keys(snapshot.jobs)).toEqual(['sp-contoso.com'])
    expect(snapshot.scope.known).toBe(true)
    expect(snapshot.object).toMatchObject({ known: true, value: { id: 'real-id' } })
    expect(asked.length).toBeLessThanOrEqual(12)
  })

  const busy = (_: Asked, url: string) =>
    list(
      Array.from({ length: 500 }, (_v, i) => entry(i)),
      `${url}/v1.0/auditLogs/provisioning?$skiptoken=1`,
    )

  it('a log too long to find her in is unknown, not empty', async () => {
    const { sync, count } = await tenant({ provisioning: busy })
    const snapshot = await sync.snapshotOf(about('jane@contoso.com'), { token: personToken() })
    expect(snapshot.events).toMatchObject({ known: false, because: 'unavailable', detail: 'logTooLong' })
    expect(count('provisioning')).toBe(2)
    expect(snapshot.calls).toBeLessThanOrEqual(12)
  })

  it('a long log is asked by id where there is one', async () => {
    const { sync, asked } = await tenant({
      users: () => list([user('jane', { onPremisesImmutableId: 'ABEiM0RVZneImaq7zN3u/w==' })]),
      provisioning: (one, url) =>
        one.query.$filter?.includes('targetIdentity') ? list([entry(9_000)]) : busy(one, url),
    })
    const { events } = await sync.snapshotOf(about('jane@contoso.com'))
    expect(events).toMatchObject({ known: true, value: [{ id: 'e9000' }] })
    const narrowed = asked.filter((one) => one.query.$filter?.includes('targetIdentity'))
    expect(narrowed[0]?.query.$filter).toContain(
      "(targetIdentity/id eq 'jane' or sourceIdentity/id eq '33221100-5544-7766-8899-aabbccddeeff')",
    )
  })

  it('each part that fails has its own reason, and takes no other part along', async () => {
    const parts = {
      servicePrincipals: 'configurations',
      users: 'object',
      deleted: 'deletedObject',
      owners: 'conflicts',
      provisioning: 'events',
      organization: 'tenant',
      issues: 'serviceIssues',
      schema: 'scope',
      agents: 'agents',
    } as const
    for (const [question, part] of Object.entries(parts)) {
      const { sync } = await tenant({ [question]: () => refusal(403, 'Forbidden') })
      const snapshot = await sync.snapshotOf(about('jane@contoso.com'), { token: personToken() })
      expect(snapshot[part], question).toMatchObject({ known: false, because: 'notPermitted' })
      if (question === 'servicePrincipals') expect(snapshot.owner).toMatchObject({ because: 'notPermitted' })
      const others = Object.values(parts).filter((other) => other !== part)
      for (const other of others) {
        const fact = snapshot[other]
        if (!fact.known && part !== 'configurations')
          expect(fact.because, `${other} of ${question}`).toBe('notFound')
      }
      await fake?.close()
    }
  })

  it('a group is looked up among groups, and deleted groups are said to be left out', async () => {
    const { sync, count } = await tenant({ groups: () => list([{ id: 'g', displayName: 'Sales' }]) })
    const name = { by: 'name', value: 'Sales' } as const
    const snapshot = await sync.snapshotOf({ kind: 'object', type: 'group', name })
    expect(snapshot.object).toMatchObject({ known: true, value: { id: 'g', type: 'group' } })
    expect(snapshot.deletedObject).toMatchObject({ known: false, because: 'notConfigured' })
    expect(count('users')).toBe(0)
  })
})

describe('a snapshot of a configuration', () => {
  it('has its jobs, scope and log of the past day', async () => {
    const other = { servicePrincipal: { id: 'sp-other' } }
    const { sync } = await tenant({ provisioning: () => list([entry(1), entry(2, other)]) })
    const snapshot = await sync.snapshotOf({ kind: 'configuration', domain: 'Contoso.com' })
    expect(snapshot.owner).toMatchObject({ value: { domain: 'contoso.com' } })
    expect(snapshot.events).toMatchObject({ known: true, value: [{ id: 'e1' }] })
    expect(snapshot.object).toMatchObject({ known: false })
    expect(snapshot.calls).toBeLessThanOrEqual(12)
  })

  it('without the template is recognised by name and jobs', async () => {
    const odd = { id: 'sp-odd', displayName: 'odd.example' }
    const { sync } = await tenant({
      servicePrincipals: ({ query }) => list(query.$filter?.includes('startswith') ? [odd] : []),
    })
    expect((await sync.snapshotOf({ kind: 'configuration', domain: 'odd.example' })).owner).toMatchObject({
      known: true,
      value: { id: 'sp-odd' },
    })
  })

  it('that only bears the name is none', async () => {
    const odd = { id: 'sp-odd', displayName: 'odd.example' }
    const { sync } = await tenant({
      servicePrincipals: ({ query }) => list(query.$filter?.includes('startswith') ? [odd] : []),
      jobs: () => list([{ id: 'Salesforce.1', templateId: 'Salesforce' }]),
    })
    const { owner } = await sync.snapshotOf({ kind: 'configuration', domain: 'odd.example' })
    expect(owner).toMatchObject({ known: false, because: 'notFound' })
  })

  it('an old one is called by the domain of its jobs', async () => {
    const old = {
      id: 'sp-old',
      displayName: 'Active Directory to Azure Active Directory Provisioning',
      appId: template,
    }
    const settings = [{ name: 'DomainFQDN', value: 'old.example' }]
    const { sync } = await tenant({
      servicePrincipals: () => list([old]),
      jobs: () => list([{ ...job, synchronizationJobSettings: settings }]),
    })
    expect(await sync.configurations()).toMatchObject({ value: [{ id: 'sp-old', domain: 'old.example' }] })
  })
})

describe('the tenant', () => {
  it('has the jobs of every configuration, each with its own reason', async () => {
    const { sync } = await tenant({
      jobs: ({ path }) => (path.includes('fabrikam') ? refusal(401, 'UnknownError') : list([job])),
    })
    const { jobs, owner } = await sync.snapshotOf({ kind: 'tenant' })
    expect(owner.known).toBe(false)
    expect(jobs['sp-contoso.com']).toMatchObject({ known: true, value: [{ domain: 'contoso.com' }] })
    expect(jobs['sp-fabrikam.com']).toMatchObject({ known: false, because: 'notPermitted' })
  })

  it('configurations are asked for once in half a minute', async () => {
    const { sync, count } = await tenant()
    await Promise.all([sync.configurations(), sync.configurations(), sync.snapshotOf({ kind: 'tenant' })])
    await sync.job('sp-contoso.com', 'AD2AADProvisioning.1')
    expect(count('servicePrincipals')).toBe(1)
  })
})

describe('held deletions', () => {
  const held = (n: number, id: string) =>
    entry(n, { provisioningAction: 'StagedDelete', sourceIdentity: { id }, jobId: 'j' })
  const quarantined = {
    id: 'j',
    configurationId: 'sp-contoso.com',
    domain: 'contoso.com',
    kind: 'provisioning',
    templateId: '',
    status: 'quarantine',
    schedule: { state: 'active' },
    successiveFailures: 0,
    entryCounts: {},
    quarantine: { reason: 'TooManyDeletes', seriesCount: 1, since: noon },
  } as const
  const contoso = { id: 'sp-contoso.com', domain: 'contoso.com' }

  it('are counted once per object', async () => {
    const { sync, asked } = await tenant({
      provisioning: () => list([held(1, 'a'), held(2, 'b'), held(3, 'a')]),
    })
    const fact = await sync.heldDeletions(contoso, quarantined)
    expect(fact.known && fact.value.map(({ source }) => source.id)).toEqual(['a', 'b'])
    expect(asked[0]?.query.$filter).toContain("jobId eq 'j'")
  })

  it('are unknown when the log is too long to count them', async () => {
    let n = 0
    const { sync } = await tenant({
      provisioning: (_, url) =>
        list([held(n, `o${n}`)], `${url}/v1.0/auditLogs/provisioning?$skiptoken=${n++}`),
    })
    expect(await sync.heldDeletions(contoso, quarantined)).toMatchObject({
      known: false,
      detail: 'logTooLong',
    })
  })
})

describe('other questions', () => {
  it('who changed what', async () => {
    const audit = {
      id: 'a1',
      activityDateTime: '2026-05-12T08:00:00Z',
      activityDisplayName: 'Quarantine',
      loggedByService: 'Account Provisioning',
      result: 'Success',
      initiatedBy: { user: null, app: { displayName: 'Provisioning' } },
      targetResources: [{ id: 'sp', displayName: 'contoso.com', type: 'ServicePrincipal' }],
      additionalDetails: [
        { key: 'ErrorCode', value: 'X' },
        { key: null, value: 'y' },
      ],
    }
    const { sync } = await tenant({ directoryAudits: () => list([audit]) })
    const fact = await sync.changes({ since: 0 })
    expect(fact.known && fact.value).toEqual([
      {
        id: 'a1',
        at: Date.UTC(2026, 4, 12, 8),
        activity: 'Quarantine',
        service: 'Account Provisioning',
        result: 'success',
        byApp: 'Provisioning',
        targets: [{ id: 'sp', name: 'contoso.com', type: 'ServicePrincipal' }],
        details: { ErrorCode: 'X' },
      },
    ])
  })

  it('the tenant stands without its password date, and with it', async () => {
    const passwords = ({ path }: Asked) =>
      path.includes('/beta/')
        ? refusal(403, 'Forbidden')
        : list([
            { id: 't', displayName: 'Contoso', onPremisesSyncEnabled: true, onPremisesLastSyncDateTime: '' },
          ])
    const { sync } = await tenant({ organization: passwords })
    const fact = await sync.tenant()
    expect(fact.known && fact.value).toEqual({ tenantName: 'Contoso', syncEnabled: true })
  })
})
