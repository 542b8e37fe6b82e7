import { describe, expect, it } from 'vitest'
import { asHelpdesk, asOperator, MINUTE, startTestGraph } from '../support/rehearsal-graph.ts'

describe('jobs of a fresh tenant', () => {
  it('contoso.com is active and ran at 08:04', async () => {
    const { job } = await (await startTestGraph()).job('contoso.com')
    expect(job.status.code).toBe('Active')
    expect(job.schedule).toMatchObject({ state: 'Active', interval: 'PT2M' })
    expect(job.status.lastExecution.state).toBe('Succeeded')
    expect(job.status.lastExecution.timeBegan).toMatch(/^2026-09-14T08:04:03/)
    expect(job.status.lastExecution.countEscrowed).toBe(5)
    // The odd shape of the documentation: no beginning, a real end.
    expect(job.status.lastSuccessfulExecution?.timeBegan).toBe('0001-01-01T00:00:00Z')
    expect(job.status.lastSuccessfulExecution?.timeEnded).toMatch(/^2026-09-14T08:04:/)
    expect(job.synchronizationJobSettings).toContainEqual({
      name: 'QuarantineTooManyDeletesThreshold',
      value: '500',
    })
  })

  it('fabrikam.com is in quarantine since 02:14 because no agent answers', async () => {
    const { job } = await (await startTestGraph()).job('fabrikam.com')
    expect(job.status.code).toBe('Quarantine')
    expect(job.status.quarantine).toMatchObject({
      reason: 'EncounteredQuarantineException',
      error: { code: 'HybridIdentityServiceNoActiveAgents' },
      seriesCount: 1,
    })
    expect(job.status.quarantine?.currentBegan).toMatch(/^2026-09-14T02:14:/)
    expect(job.status.quarantine?.seriesBegan).toMatch(/^2026-09-14T02:14:/)
    expect(job.status.lastExecution).toMatchObject({
      state: 'Failed',
      error: { code: 'HybridIdentityServiceNoActiveAgents' },
    })
    expect(job.templateId).toBe('ADDCInPassthrough')
  })

  it('shortly after midnight the quarantine is of the day before', async () => {
    const graph = await startTestGraph({ at: Date.UTC(2026, 8, 14, 0, 30) })
    expect((await graph.job('fabrikam.com')).job.status.quarantine?.currentBegan).toMatch(
      /^2026-09-13T02:14:/,
    )
  })

  it('the quarantine does not move with the days', async () => {
    const graph = await startTestGraph()
    graph.tenant.requests()
    await graph.job('fabrikam.com')
    graph.pass(50 * 60 * MINUTE)
    const { job } = await graph.job('fabrikam.com')
    expect(job.status.quarantine?.currentBegan).toMatch(/^2026-09-14T02:14:/)
    // Tried again after 6, 12 and 24 hours.
    expect(job.status.quarantine?.seriesCount).toBe(4)
    expect(Date.parse(job.status.quarantine?.nextAttempt ?? '')).toBeGreaterThan(graph.now())
  })

  it('after four weeks in quarantine the job is disabled', async () => {
    const graph = await startTestGraph()
    await graph.job('fabrikam.com')
    graph.pass(29 * 24 * 60 * MINUTE)
    expect((await graph.job('fabrikam.com')).job.schedule.state).toBe('Disabled')
  })

  it('a job that never ran has zero dates and a failure that is none', async () => {
    const { job } = await (await startTestGraph()).job('fabrikam.com', 'PasswordHash')
    expect(job.status.code).toBe('NotRun')
    expect(job.status.lastExecution).toMatchObject({
      state: 'Failed',
      timeBegan: '0001-01-01T00:00:00Z',
      error: { code: 'None' },
    })
  })

  it('cycles go on every two minutes while time passes', async () => {
    const graph = await startTestGraph()
    const times: number[] = []
    for (let i = 0; i < 6; i++) {
      times.push(Date.parse((await graph.job('contoso.com')).job.status.lastExecution.timeBegan))
      graph.pass(2 * MINUTE)
    }
    const steps = times.slice(1).map((time, i) => Math.round((time - (times[i] ?? 0)) / 1000))
    expect(steps).toEqual([120, 120, 120, 120, 120])
  })

  it('the schema has one rule with mappings, containers, a clause, or a group', async () => {
    const graph = await startTestGraph()
    const schemaOf = async (domain: string) => {
      const { path } = await graph.job(domain)
      const { body } = await graph.get(`${path}/schema`)
      return (body.synchronizationRules as unknown as Record<string, never>[])[0]
    }
    expect(await schemaOf('contoso.com')).toMatchObject({
      containerFilter: { includedContainers: expect.arrayContaining(['OU=Seasonal,DC=contoso,DC=com']) },
      groupFilter: null,
      objectMappings: expect.arrayContaining([
        expect.objectContaining({
          name: 'Provision Active Directory Users',
          scope: expect.objectContaining({ groups: [expect.anything()] }),
        }),
      ]),
    })
    expect(await schemaOf('fabrikam.com')).toMatchObject({
      containerFilter: null,
      groupFilter: { includedGroups: ['CN=Cloud Sync Pilot,OU=Groups,DC=fabrikam,DC=com'] },
    })
  })

  it('a service principal without synchronization has no jobs; an unknown one is not found', async () => {
    const graph = await startTestGraph()
    const all = (await graph.get('v1.0/servicePrincipals')).body.value
    const travel = all.find((each) => each.displayName === 'contoso.com travel portal')
    const none = await graph.get(`v1.0/servicePrincipals/${travel?.id}/synchronization/jobs`)
    expect([none.status, none.body.value]).toEqual([200, []])
    expect((await graph.get('v1.0/servicePrincipals/x/synchronization/jobs')).status).toBe(404)
    const { path } = await graph.job('contoso.com')
    const foreign = path.replace(/servicePrincipals\/[^/]+/, `servicePrincipals/${travel?.id}`)
    expect((await graph.get(foreign)).status).toBe(404)
  })
})

describe('start, pause, restart', () => {
  it('with agents still down the quarantine is lifted and comes back at the next cycle', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('fabrikam.com')
    expect((await graph.post(`${path}/start`)).status).toBe(204)
    const lifted = (await graph.job('fabrikam.com')).job.status
    expect([lifted.code, lifted.quarantine]).toEqual(['Active', null])
    graph.pass(3 * MINUTE)
    const back = (await graph.job('fabrikam.com')).job.status
    expect(back.code).toBe('Quarantine')
    expect(back.quarantine?.currentBegan).toMatch(/^2026-09-14T08:06:/)
    expect(back.quarantine?.seriesBegan).toMatch(/^2026-09-14T02:14:/)
    expect(back.quarantine?.seriesCount).toBe(2)
    expect(Date.parse(back.lastExecution.timeBegan)).toBeGreaterThan(graph.now() - 3 * MINUTE)
  })

  it.each([
    ['no body', undefined],
    ['an empty object', {}],
    ['empty criteria', { criteria: {} }],
    ['an empty scope', { criteria: { resetScope: '' } }],
    ['several scopes', { criteria: { resetScope: 'Watermark, Escrows,QuarantineState' } }],
  ])('restart with %s after the repair ends in a good cycle', async (_, body) => {
    const graph = await startTestGraph()
    await graph.tenant.scenarios.apply('fabrikam-fixed')
    const { path } = await graph.job('fabrikam.com')
    expect((await graph.post(`${path}/restart`, body === undefined ? {} : { body })).status).toBe(204)
    graph.pass(3 * MINUTE)
    const { status } = (await graph.job('fabrikam.com')).job
    expect([status.code, status.lastExecution.state, status.quarantine]).toEqual([
      'Active',
      'Succeeded',
      null,
    ])
  })

  it('restart refuses what is no reset scope', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    for (const body of [
      { criteria: { resetScope: 'Everything' } },
      { resetScope: 'Full' },
      { criteria: 7 },
    ]) {
      const answer = await graph.post(`${path}/restart`, { body })
      expect([answer.status, answer.body.error.code]).toEqual([400, 'RequestParameterInvalid'])
    }
  })

  it('a paused job stands still until it is started', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    expect((await graph.post(`${path}/pause`)).status).toBe(204)
    graph.pass(10 * MINUTE)
    const paused = (await graph.job('contoso.com')).job
    expect([paused.status.code, paused.schedule.state]).toEqual(['Paused', 'Paused'])
    expect(paused.status.lastExecution.timeBegan).toMatch(/^2026-09-14T08:04:/)
    await graph.post(`${path}/start`)
    graph.pass(3 * MINUTE)
    const running = (await graph.job('contoso.com')).job.status
    expect([running.code, running.lastExecution.state]).toEqual(['Active', 'Succeeded'])
    expect(running.lastExecution.timeBegan).toMatch(/^2026-09-14T08:16:/)
  })

  it('a job that never ran runs once it is started', async () => {
    const graph = await startTestGraph()
    await graph.tenant.scenarios.apply('fabrikam-fixed')
    const { path } = await graph.job('fabrikam.com', 'PasswordHash')
    await graph.post(`${path}/start`)
    expect((await graph.job('fabrikam.com', 'PasswordHash')).job.status.lastSuccessfulExecution).toBeNull()
    graph.pass(4 * MINUTE)
    expect((await graph.job('fabrikam.com', 'PasswordHash')).job.status.lastExecution.state).toBe('Succeeded')
  })

  it('needs a person with the role: not the bot, not the helpdesk', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    for (const verb of ['start', 'pause', 'restart', 'provisionOnDemand']) {
      const bot = await graph.post(`${path}/${verb}`, { as: 'app', body: {} })
      expect([bot.status, bot.body.error.code, bot.body.error.message]).toEqual([401, 'UnknownError', ''])
      expect((await graph.post(`${path}/${verb}`, { as: asHelpdesk, body: {} })).status).toBe(403)
      graph.pass(11_000)
    }
    const { job } = await graph.job('contoso.com')
    expect(job.status.code).toBe('Active')
  })

  it('appears in the audit log under the name of the person', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    await graph.post(`${path}/pause`, { as: asOperator })
    const audits = await graph.get(
      "v1.0/auditLogs/directoryAudits?$filter=startswith(activityDisplayName,'Disable')&$top=5",
    )
    expect(audits.body.value).toMatchObject([
      {
        category: 'ProvisioningManagement',
        initiatedBy: { user: { id: graph.tenant.people.operator.objectId } },
      },
    ])
  })
})
