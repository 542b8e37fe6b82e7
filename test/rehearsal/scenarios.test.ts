import { describe, expect, it } from 'vitest'
import { asOperator, HOUR, MINUTE, startTestGraph, type TestGraph } from '../support/rehearsal-graph.ts'

async function broken(id: string, options: { slowMs?: number } = {}): Promise<TestGraph> {
  const graph = await startTestGraph(options)
  expect(await graph.tenant.scenarios.apply(id)).toBe(true)
  expect(await graph.tenant.scenarios.active()).toContain(id)
  return graph
}

const statusOf = async (graph: TestGraph, domain: string, kind?: 'PasswordHash') =>
  (await graph.job(domain, kind)).job.status

async function count(graph: TestGraph, filter: string): Promise<number> {
  graph.pass(11_000)
  const { body } = await graph.get(
    `v1.0/auditLogs/provisioning?$filter=${encodeURIComponent(filter)}&$top=1000`,
  )
  expect(body['@odata.nextLink']).toBeUndefined()
  return body.value.length
}

describe('switches', () => {
  it('are listed with title, sentence and group; the quarantine of fabrikam.com is on from the start', async () => {
    const { tenant } = await startTestGraph()
    const list = tenant.scenarios.list()
    expect(list.length).toBeGreaterThanOrEqual(15)
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length)
    for (const each of list) {
      expect(each.title).not.toBe('')
      expect(each.sentence).toMatch(/\.$/)
      expect(each).not.toHaveProperty('effects')
    }
    expect(await tenant.scenarios.active()).toEqual(['fabrikam-quarantine'])
    expect(await tenant.scenarios.apply('no-such-thing')).toBe(false)
    expect(await tenant.scenarios.clear('no-such-thing')).toBe(false)
  })

  it('opposites exclude each other, several may be on at once, reset forgets all', async () => {
    const { tenant } = await startTestGraph()
    await tenant.scenarios.apply('fabrikam-fixed')
    await tenant.scenarios.apply('job-paused')
    await tenant.scenarios.apply('graph-slow')
    expect(await tenant.scenarios.active()).toEqual(['fabrikam-fixed', 'job-paused', 'graph-slow'])
    await tenant.scenarios.clear('fabrikam-fixed')
    expect(await tenant.scenarios.active()).toContain('fabrikam-quarantine')
    await tenant.scenarios.reset()
    expect(await tenant.scenarios.active()).toEqual(['fabrikam-quarantine'])
  })
})

describe('fabrikam.com', () => {
  it('fabrikam-fixed: the job recovers at its next cycle and those who waited arrive', async () => {
    const graph = await broken('fabrikam-fixed')
    expect((await statusOf(graph, 'fabrikam.com')).code).toBe('Quarantine')
    graph.pass(3 * MINUTE)
    const status = await statusOf(graph, 'fabrikam.com')
    expect([status.code, status.quarantine, status.lastExecution.state]).toEqual([
      'Active',
      null,
      'Succeeded',
    ])
    expect((await graph.get('v1.0/users/tomasz.wrona@fabrikam.com')).status).toBe(200)
    const agents = await graph.get('beta/onPremisesPublishingProfiles/provisioning/agents', {
      as: asOperator,
    })
    expect(agents.body.value.every((each) => String(each.status).toLowerCase() === 'active')).toBe(true)
    await graph.tenant.scenarios.apply('fabrikam-quarantine')
    graph.pass(3 * MINUTE)
    const again = await statusOf(graph, 'fabrikam.com')
    expect(again.code).toBe('Quarantine')
    // A new series: the one of the night is over.
    expect(again.quarantine?.seriesBegan).toBe(again.quarantine?.currentBegan)
  })
})

describe('contoso.com', () => {
  it('contoso-quarantine: credentials', async () => {
    const graph = await broken('contoso-quarantine')
    const status = await statusOf(graph, 'contoso.com')
    expect(status).toMatchObject({
      code: 'Quarantine',
      countSuccessiveCompleteFailures: 3,
      quarantine: {
        reason: 'EncounteredQuarantineException',
        error: { code: 'AzureActiveDirectoryInvalidCredential' },
      },
    })
    expect((await statusOf(graph, 'contoso.com', 'PasswordHash')).code).toBe('Active')
    await graph.tenant.scenarios.clear('contoso-quarantine')
    graph.pass(3 * MINUTE)
    expect((await statusOf(graph, 'contoso.com')).code).toBe('Active')
  })

  it('agents-down: all inactive, failing cycles, then quarantine', async () => {
    const graph = await broken('agents-down')
    const agents = await graph.get('beta/onPremisesPublishingProfiles/provisioning/agents', {
      as: asOperator,
    })
    expect(agents.body.value.map((each) => String(each.status).toLowerCase())).toEqual(
      Array(4).fill('inactive'),
    )
    graph.pass(2 * MINUTE)
    expect(await statusOf(graph, 'contoso.com')).toMatchObject({
      code: 'Active',
      countSuccessiveCompleteFailures: 1,
      lastExecution: { state: 'Failed', error: { code: 'HybridIdentityServiceNoActiveAgents' } },
    })
    graph.pass(6 * MINUTE)
    expect((await statusOf(graph, 'contoso.com')).code).toBe('Quarantine')
    expect((await statusOf(graph, 'contoso.com', 'PasswordHash')).code).toBe('Quarantine')
  })

  it('deletes-held: 612 staged deletions from one OU; ForceDeletes carries them out', async () => {
    const graph = await broken('deletes-held')
    const status = await statusOf(graph, 'contoso.com')
    expect([status.code, status.quarantine?.reason]).toEqual(['Quarantine', 'TooManyDeletes'])
    const staged = "provisioningAction eq 'stagedDelete'"
    expect(await count(graph, staged)).toBe(612)
    const { body } = await graph.get(
      `v1.0/auditLogs/provisioning?$filter=${encodeURIComponent(staged)}&$top=1000`,
    )
    for (const each of body.value)
      expect(
        (each.sourceIdentity as unknown as { details: Record<string, string> }).details.DistinguishedName,
      ).toContain(',OU=Seasonal,DC=contoso,DC=com')
    const { path } = await graph.job('contoso.com')
    const schema = JSON.stringify((await graph.get(`${path}/schema`)).body.synchronizationRules)
    expect(schema).not.toContain('OU=Seasonal')

    expect(
      (await graph.post(`${path}/restart`, { body: { criteria: { resetScope: 'ForceDeletes' } } })).status,
    ).toBe(204)
    graph.pass(3 * MINUTE)
    expect(await statusOf(graph, 'contoso.com')).toMatchObject({ code: 'Active', quarantine: null })
    expect(
      await count(graph, "provisioningAction eq 'delete' and activityDateTime gt 2026-09-14T08:00:00Z"),
    ).toBe(612)
    const deleted = await graph.get(
      "v1.0/directory/deletedItems/microsoft.graph.user?$filter=startswith(displayName,'Seasonal')&$top=999",
    )
    expect(deleted.body.value).toHaveLength(612)
    expect((await graph.get('v1.0/users/seasonal.001@contoso.com')).status).toBe(404)
  })

  it('deletes-held: a restart alone brings the quarantine back; with the scope put right it clears it', async () => {
    const graph = await broken('deletes-held')
    const { path } = await graph.job('contoso.com')
    await graph.post(`${path}/restart`, { body: {} })
    graph.pass(3 * MINUTE)
    expect((await statusOf(graph, 'contoso.com')).quarantine?.reason).toBe('TooManyDeletes')
    await graph.tenant.scenarios.apply('scope-fixed')
    await graph.post(`${path}/restart`, { body: {} })
    graph.pass(3 * MINUTE)
    expect((await statusOf(graph, 'contoso.com')).code).toBe('Active')
    expect((await graph.get('v1.0/users/seasonal.001@contoso.com')).status).toBe(200)
    expect(JSON.stringify((await graph.get(`${path}/schema`)).body.synchronizationRules)).toContain(
      'OU=Seasonal',
    )
  })

  it('job-paused: paused until cleared', async () => {
    const graph = await broken('job-paused')
    expect((await statusOf(graph, 'contoso.com')).code).toBe('Paused')
    await graph.tenant.scenarios.clear('job-paused')
    graph.pass(3 * MINUTE)
    expect((await statusOf(graph, 'contoso.com')).lastExecution.state).toBe('Succeeded')
  })

  it('mass-failures: 300 objects, one code, the job itself stays active', async () => {
    const graph = await broken('mass-failures')
    expect(await statusOf(graph, 'contoso.com')).toMatchObject({
      code: 'Active',
      lastExecution: { state: 'EntryLevelErrors', countEscrowed: 305 },
    })
    graph.pass(11_000)
    const { body } = await graph.get(
      'v1.0/auditLogs/provisioning?$filter=activityDateTime gt 2026-09-14T07:50:00Z&$top=1000',
    )
    const failed = body.value.filter((each) => JSON.stringify(each).includes('SchemaAttributeNotFound'))
    expect(new Set(failed.map((each) => (each.sourceIdentity as unknown as { id: string }).id)).size).toBe(
      300,
    )
  })

  it('password-hash-failing: only the password job', async () => {
    const graph = await broken('password-hash-failing')
    const status = await statusOf(graph, 'contoso.com', 'PasswordHash')
    expect([status.code, status.lastExecution.state]).toEqual(['Active', 'Failed'])
    expect(status.countSuccessiveCompleteFailures).toBeGreaterThanOrEqual(4)
    expect((await statusOf(graph, 'contoso.com')).lastExecution.state).toBe('Succeeded')
    graph.pass(HOUR)
    expect((await statusOf(graph, 'contoso.com', 'PasswordHash')).code).toBe('Quarantine')
  })

  it('late-cycles: active, no quarantine, the last success three hours ago', async () => {
    const graph = await broken('late-cycles')
    const status = await statusOf(graph, 'contoso.com')
    expect([status.code, status.quarantine]).toEqual(['Active', null])
    const age = graph.now() - Date.parse(status.lastSuccessfulExecution?.timeEnded ?? '')
    expect(age).toBeGreaterThanOrEqual(3 * HOUR)
    expect(age).toBeLessThan(3 * HOUR + 5 * MINUTE)
  })

  it('jane-fixed: created at the next cycle, her address released, no more failures', async () => {
    const graph = await broken('jane-fixed')
    expect((await graph.get('v1.0/users/jane.doe@contoso.com')).status).toBe(404)
    graph.pass(3 * MINUTE)
    expect((await graph.get('v1.0/users/jane.doe@contoso.com')).status).toBe(200)
    graph.pass(3 * HOUR)
    expect(
      await count(
        graph,
        "sourceIdentity/displayName eq 'Jane Doe' and activityDateTime gt 2026-09-14T08:05:10Z",
      ),
    ).toBe(1)
    expect((await statusOf(graph, 'contoso.com')).lastExecution.countEscrowed).toBe(4)
  })
})

describe('Microsoft Graph', () => {
  it('service-incident: open while on, resolved afterwards', async () => {
    const graph = await broken('service-incident')
    const open = () => graph.get('v1.0/admin/serviceAnnouncement/issues?$filter=isResolved eq false')
    expect((await open()).body.value).toMatchObject([
      { service: 'Identity Service', status: 'serviceDegradation' },
    ])
    const overviews = await graph.get('v1.0/admin/serviceAnnouncement/healthOverviews?$expand=issues')
    expect(overviews.body.value.find((each) => each.service === 'Identity Service')?.status).toBe(
      'serviceDegradation',
    )
    expect(overviews.body.value[0]?.status).toBe('ServiceOperational')
    await graph.tenant.scenarios.clear('service-incident')
    expect((await open()).body.value).toEqual([])
    expect((await graph.get('v1.0/admin/serviceAnnouncement/issues')).body.value).toHaveLength(2)
  })

  it('graph-throttled: jobs and logs 429 with Retry-After whole, with a fraction or missing; users go on', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    await graph.tenant.scenarios.apply('graph-throttled')
    const waits: (string | null)[] = []
    for (let i = 0; i < 4; i++) {
      const answer = await graph.get(i % 2 ? path : 'v1.0/auditLogs/provisioning')
      expect(answer.status).toBe(429)
      waits.push(answer.headers.get('retry-after'))
    }
    expect(waits).toEqual(['10', '2.128', null, '5'])
    expect((await graph.get('v1.0/users?$top=1')).status).toBe(200)
  })

  it('graph-down: 503 and closed connections', async () => {
    const graph = await broken('graph-down')
    expect((await graph.get('v1.0/users')).status).toBe(503)
    expect((await graph.get('v1.0/organization')).status).toBe(503)
    await expect(graph.get('v1.0/users')).rejects.toThrow()
    expect(graph.tenant.requests().map((each) => each.status)).toEqual([503, 503, 0])
  })

  it('graph-slow: the answer comes, only later', async () => {
    const graph = await broken('graph-slow', { slowMs: 30 })
    expect((await graph.get('v1.0/organization')).status).toBe(200)
  })

  it('graph-slow: others are answered while one waits', async () => {
    const graph = await broken('graph-slow', { slowMs: 600_000 })
    let end = 'none'
    const waiting = graph.get('v1.0/organization').then(
      () => 'answered',
      () => 'cut off',
    )
    void waiting.then((how) => {
      end = how
    })
    expect((await graph.get('_control/scenarios', { as: null })).status).toBe(200)
    expect(end).toBe('none')
  })
})

describe('permissions', () => {
  it.each([
    ['no-audit-permission', 'v1.0/auditLogs/provisioning', 'app', 401, 'UnknownError'],
    ['no-audit-permission', 'v1.0/auditLogs/directoryAudits', asOperator, 401, 'UnknownError'],
    ['no-directory-permission', 'v1.0/users', 'app', 403, 'Authorization_RequestDenied'],
    ['no-directory-permission', 'v1.0/organization', 'app', 403, 'Authorization_RequestDenied'],
    [
      'no-agents-permission',
      'beta/onPremisesPublishingProfiles/provisioning/agents',
      asOperator,
      403,
      'Authorization_RequestDenied',
    ],
    [
      'no-health-permission',
      'v1.0/admin/serviceAnnouncement/issues',
      'app',
      403,
      'Authorization_RequestDenied',
    ],
  ])('%s refuses %s as %s with %i', async (id, path, as, status, code) => {
    const graph = await startTestGraph()
    expect((await graph.get(path, { as })).status).toBe(200)
    await graph.tenant.scenarios.apply(id)
    const answer = await graph.get(path, { as })
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    if (status === 401) expect(answer.body.error.message).toBe('')
  })

  it('no-sync-permission refuses jobs and schema and leaves the logs', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    await graph.tenant.scenarios.apply('no-sync-permission')
    for (const each of [path, `${path}/schema`]) expect((await graph.get(each)).status).toBe(401)
    expect((await graph.get('v1.0/auditLogs/provisioning')).status).toBe(200)
  })
})
