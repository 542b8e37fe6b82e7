import { afterEach, describe, expect, it } from 'vitest'
import type { Graph } from '../../src/graph/index.ts'
import { type FakeGraph, graphOn, list, noon, personToken, startGraph } from '../support/graph-server.ts'

let fake: FakeGraph | undefined
afterEach(async () => {
  await fake?.close()
  fake = undefined
})

const sp = '5a1b0c6e-1111-4222-8333-000000000001'
const jobId = 'AD2AADProvisioning.30b500eaf9c643b2b78804e80c1421fe.5c291d3c'
const person = personToken()
const jobs = `/graph/v1.0/servicePrincipals/${sp}/synchronization/jobs`
const since = '2026-05-12T12:00:00.000Z'

type Line = [
  name: string,
  ask: (graph: Graph) => Promise<unknown>,
  path: string,
  query: Record<string, unknown>,
]

const reads: readonly Line[] = [
  [
    'listConfigurations',
    ({ reads }) => reads.listConfigurations(),
    '/graph/v1.0/servicePrincipals',
    {
      $filter:
        "applicationTemplateId eq '1a4721b3-e57f-4451-ae87-ef078703ec94' or appId eq '1a4721b3-e57f-4451-ae87-ef078703ec94'",
    },
  ],
  [
    'findConfigurations',
    ({ reads }) => reads.findConfigurations("o'neill.com"),
    '/graph/v1.0/servicePrincipals',
    { $filter: "startswith(displayName,'o''neill.com')" },
  ],
  ['listJobs', ({ reads }) => reads.listJobs(sp), jobs, {}],
  ['readJob', ({ reads }) => reads.readJob(sp, jobId), `${jobs}/${jobId}`, {}],
  ['readSchema', ({ reads }) => reads.readSchema(sp, jobId), `${jobs}/${jobId}/schema`, {}],
  [
    'listProvisioningEvents',
    ({ reads }) => reads.listProvisioningEvents({ since: noon, configurationId: sp, jobId }),
    '/graph/v1.0/auditLogs/provisioning',
    {
      $filter: `activityDateTime gt ${since} and servicePrincipal/id eq '${sp}' and jobId eq '${jobId}'`,
      $orderby: 'activityDateTime desc',
      $top: '500',
    },
  ],
  [
    'listProvisioningEvents by identity',
    ({ reads }) => reads.listProvisioningEvents({ since: noon, until: noon, objectId: 'o', sourceId: 's' }),
    '/graph/v1.0/auditLogs/provisioning',
    {
      $filter: `activityDateTime gt ${since} and activityDateTime lt ${since} and (targetIdentity/id eq 'o' or sourceIdentity/id eq 's')`,
    },
  ],
  [
    'listDirectoryAudits',
    ({ reads }) => reads.listDirectoryAudits({ since: noon, activity: 'Quarantine' }),
    '/graph/v1.0/auditLogs/directoryAudits',
    { $filter: `activityDateTime ge ${since} and activityDisplayName eq 'Quarantine'` },
  ],
  [
    'findUsers by principal name',
    ({ reads }) => reads.findUsers({ by: 'upn', value: "p.o'brien@contoso.com" }),
    '/graph/v1.0/users',
    {
      $filter:
        "userPrincipalName eq 'p.o''brien@contoso.com' or onPremisesUserPrincipalName eq 'p.o''brien@contoso.com'",
      $select: expect.stringContaining('onPremisesDistinguishedName'),
      $count: 'true',
    },
  ],
  [
    'findUsers by account',
    ({ reads }) => reads.findUsers({ by: 'sam', value: 'CONTOSO\\jdoe' }),
    '/graph/v1.0/users',
    { $filter: "onPremisesSamAccountName eq 'jdoe'" },
  ],
  [
    'findUsers by name',
    ({ reads }) => reads.findUsers({ by: 'name', value: 'Jane Doe' }),
    '/graph/v1.0/users',
    { $filter: "startswith(displayName,'Jane Doe')", $top: '20' },
  ],
  [
    'findUsers by id, also the one of AD',
    ({ reads }) => reads.findUsers({ by: 'id', value: '33221100-5544-7766-8899-aabbccddeeff' }),
    '/graph/v1.0/users',
    {
      $filter:
        "id eq '33221100-5544-7766-8899-aabbccddeeff' or onPremisesImmutableId eq 'ABEiM0RVZneImaq7zN3u/w=='",
    },
  ],
  [
    'findUsers by DN',
    ({ reads }) => reads.findUsers({ by: 'dn', value: 'CN=Doe\\, Jane,OU=Sales,DC=contoso,DC=com' }),
    '/graph/v1.0/users',
    { $filter: "displayName eq 'Doe, Jane'" },
  ],
  [
    'findDeletedUsers',
    ({ reads }) => reads.findDeletedUsers({ by: 'upn', value: 'jane@contoso.com' }),
    '/graph/v1.0/directory/deletedItems/microsoft.graph.user',
    { $filter: "endswith(userPrincipalName,'jane@contoso.com') or mail eq 'jane@contoso.com'" },
  ],
  [
    'findOwnerOf',
    ({ reads }) => reads.findOwnerOf(['SMTP:Jane@contoso.com', 'jane@contoso.com', 'no address']),
    '/graph/v1.0/users',
    {
      $filter:
        "userPrincipalName eq 'jane@contoso.com' or mail eq 'jane@contoso.com' or proxyAddresses/any(p:p eq 'smtp:jane@contoso.com') or proxyAddresses/any(p:p eq 'SMTP:jane@contoso.com')",
    },
  ],
  [
    'findGroups',
    ({ reads }) => reads.findGroups({ by: 'name', value: 'Sales' }),
    '/graph/v1.0/groups',
    { $filter: "startswith(displayName,'Sales')" },
  ],
  [
    'readOrganization',
    ({ reads }) => reads.readOrganization(),
    '/graph/v1.0/organization',
    { $select: 'id,displayName,onPremisesSyncEnabled,onPremisesLastSyncDateTime' },
  ],
  [
    'readPasswordSync',
    ({ reads }) => reads.readPasswordSync(),
    '/graph/beta/organization',
    { $select: expect.stringContaining('onPremisesLastPasswordSyncDateTime') },
  ],
  [
    'listServiceIssues',
    ({ reads }) => reads.listServiceIssues(),
    '/graph/v1.0/admin/serviceAnnouncement/issues',
    { $filter: 'isResolved eq false' },
  ],
]

describe('what is asked', () => {
  it.each(reads)('%s', async (_, ask, path, query) => {
    fake = await startGraph(() => list([]))
    await ask(graphOn(fake))
    const [asked] = fake.asked
    expect(fake.asked).toHaveLength(1)
    expect(asked).toMatchObject({ method: 'GET', path, query, authorization: 'Bearer app', body: '' })
  })

  it('more addresses than Graph takes alternatives are cut, none is not asked for', async () => {
    fake = await startGraph(() => list([]))
    const { reads: ask } = graphOn(fake)
    await ask.findOwnerOf(Array.from({ length: 40 }, (_, i) => `smtp:a${i}@contoso.com`))
    expect(fake.asked[0]?.query.$filter?.split(' or ')).toHaveLength(12)
    expect(await ask.findOwnerOf(['nothing'])).toMatchObject({ known: true, value: [] })
    expect(fake.asked).toHaveLength(1)
  })

  it('people come first with Graph as well, and every request can be traced', async () => {
    fake = await startGraph(() => list([]))
    const graph = graphOn(fake)
    await graph.reads.listJobs(sp)
    await graph.watch.listJobs(sp)
    expect(fake.asked.map(({ headers }) => headers['x-ms-throttle-priority'])).toEqual(['high', undefined])
    const ids = fake.asked.map(({ headers }) => headers['client-request-id'])
    expect(new Set(ids).size).toBe(2)
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('configurations are asked for in two calls where one is refused', async () => {
    fake = await startGraph(({ query }) =>
      query.$filter?.includes(' or ')
        ? { status: 400, body: { error: { code: 'Request_UnsupportedQuery', message: '' } } }
        : list([{ id: query.$filter?.startsWith('appId') ? 'old' : 'new', displayName: 'contoso.com' }]),
    )
    const fact = await graphOn(fake).reads.listConfigurations()
    expect(fact.known && fact.value.map(({ id }) => id).sort()).toEqual(['new', 'old'])
  })

  it('users of a DN are those with exactly that DN', async () => {
    const users = ['CN=Jane Doe,OU=Sales,DC=contoso,DC=com', 'CN=Jane Doe,OU=Lab,DC=contoso,DC=com', null]
    fake = await startGraph(() =>
      list(users.map((dn, i) => ({ id: `u${i}`, onPremisesDistinguishedName: dn }))),
    )
    const dn = 'cn=jane doe, ou=lab,dc=contoso,dc=com'
    const fact = await graphOn(fake).reads.findUsers({ by: 'dn', value: dn })
    expect(fact.known && fact.value.map(({ id }) => id)).toEqual(['u1'])
  })

  it('deleted users are recognised behind the id in their name, and nobody else', async () => {
    const hex = '0123456789abcdef0123456789abcdef'
    fake = await startGraph(() =>
      list([
        { id: 'a', userPrincipalName: `${hex}jane.doe@contoso.com` },
        { id: 'b', userPrincipalName: `${hex}mary-jane.doe@contoso.com` },
      ]),
    )
    const fact = await graphOn(fake).reads.findDeletedUsers({ by: 'upn', value: 'Jane.Doe@contoso.com' })
    expect(fact.known && fact.value.map(({ id }) => id)).toEqual(['a'])
  })

  it('issues of other services do not count', async () => {
    const issue = (service: string, isResolved = false) => ({
      id: service,
      service,
      isResolved,
      status: 'ServiceDegradation',
    })
    fake = await startGraph(() =>
      list([issue('Exchange Online'), issue('Microsoft Entra'), issue('Identity Service', true)]),
    )
    const fact = await graphOn(fake).reads.listServiceIssues()
    expect(fact.known && fact.value).toMatchObject([{ id: 'Microsoft Entra', status: 'serviceDegradation' }])
  })
})

describe('with a person’s rights', () => {
  it('agents and the tenant object are read', async () => {
    fake = await startGraph(() => list([]))
    const graph = graphOn(fake)
    await graph.reads.listAgents(person)
    await graph.watch.readTenantSync(person)
    expect(fake.asked.map(({ path, query }) => [path, query]).sort()).toEqual([
      [
        '/graph/beta/onPremisesPublishingProfiles/provisioning/agentGroups',
        { $expand: 'agents,publishedResources' },
      ],
      ['/graph/beta/onPremisesPublishingProfiles/provisioning/agents', { $expand: 'agentGroups' }],
      ['/graph/v1.0/directory/onPremisesSynchronization', {}],
    ])
    expect(new Set(fake.asked.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${person.value}`]),
    )
  })

  it('agents without groups are better than none', async () => {
    fake = await startGraph(({ path }) =>
      path.endsWith('agentGroups')
        ? { status: 403, body: { error: { code: 'Forbidden', message: '' } } }
        : list([{ id: 'a', machineName: 'SRV1', status: 'Active' }]),
    )
    const fact = await graphOn(fake).reads.listAgents(person)
    expect(fact).toMatchObject({ known: true, value: { agents: [{ status: 'active' }], groups: [] } })
  })

  const address = { configurationId: sp, jobId }
  const dn = "CN=O'Neill\\, Jane,OU=Sales,DC=contoso,DC=com"
  it.each<[string, (graph: Graph) => Promise<{ ok: boolean }>, string, unknown]>([
    ['start', ({ writes }) => writes.start(person, address), 'start', undefined],
    ['pause', ({ writes }) => writes.pause(person, address), 'pause', undefined],
    ['restart', ({ writes }) => writes.restart(person, address), 'restart', { criteria: {} }],
    [
      'allowDeletes',
      ({ writes }) => writes.allowDeletes(person, address),
      'restart',
      { criteria: { resetScope: 'ForceDeletes' } },
    ],
    [
      'provisionOnDemand',
      ({ writes }) => writes.provisionOnDemand(person, { ...address, ruleId: 'rule#V2', dn }),
      'provisionOnDemand',
      { parameters: [{ ruleId: 'rule#V2', subjects: [{ objectId: dn, objectTypeName: 'user' }] }] },
    ],
  ])('%s is done', async (_, act, verb, body) => {
    fake = await startGraph(() => ({
      status: verb === 'provisionOnDemand' ? 200 : 204,
      headers: { 'request-id': 'r-9' },
    }))
    const outcome = await act(graphOn(fake))
    expect(outcome).toMatchObject({ ok: true, requestId: 'r-9' })
    expect(fake.asked).toHaveLength(1)
    expect(fake.asked[0]).toMatchObject({
      method: 'POST',
      path: `${jobs}/${jobId}/${verb}`,
      authorization: `Bearer ${person.value}`,
    })
    expect(fake.asked[0]?.body ? JSON.parse(fake.asked[0].body) : undefined).toEqual(body)
  })

  it('the app itself can write nothing, and an empty token sends nothing', async () => {
    fake = await startGraph(() => ({ status: 204 }))
    const { writes, reads, watch } = graphOn(fake)
    const outcome = await writes.start({ ...person, value: '' }, { configurationId: sp, jobId })
    expect(outcome).toMatchObject({ ok: false, kind: 'notSent', code: 'noToken' })
    expect(await writes.pause(person, { configurationId: sp, jobId: '..' })).toMatchObject({
      kind: 'notSent',
    })
    expect(fake.asked).toEqual([])
    for (const name of [...Object.keys(reads), ...Object.keys(watch)])
      expect(name).toMatch(/^(list|find|read|metered)/)
  })
})
