import { describe, expect, it } from 'vitest'
import { people } from '../../src/rehearsal/index.ts'
import { asHelpdesk, asOperator, startTestGraph } from '../support/rehearsal-graph.ts'

const agents = 'beta/onPremisesPublishingProfiles/provisioning/agents'

describe('who asks', () => {
  it.each([[null], ['nonsense'], ['user:'], ['application']])('token %s is refused', async (as) => {
    const graph = await startTestGraph()
    const answer = await graph.get('v1.0/users', { as })
    expect([answer.status, answer.body.error.code]).toEqual([401, 'InvalidAuthenticationToken'])
  })

  it('every persona is a user of the tenant with the id it has in the token', async () => {
    const graph = await startTestGraph()
    for (const person of Object.values(people)) {
      const me = await graph.get('v1.0/me', { as: `user:${person.objectId}` })
      expect(me.body).toMatchObject({
        id: person.objectId,
        userPrincipalName: person.upn,
        displayName: person.name,
      })
    }
    expect((await graph.get('v1.0/me')).status).toBe(400)
  })

  it('helpdesk reads the directory, but neither jobs nor logs nor agents', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    const as = asHelpdesk
    expect((await graph.get('v1.0/users?$top=1', { as })).status).toBe(200)
    const jobs = await graph.get(path, { as })
    expect([jobs.status, jobs.body.error.code]).toEqual([401, 'UnknownError'])
    expect((await graph.get('v1.0/auditLogs/provisioning', { as })).status).toBe(403)
    expect((await graph.get(agents, { as })).status).toBe(403)
    expect((await graph.get('v1.0/directory/onPremisesSynchronization', { as })).status).toBe(403)
  })

  it('somebody the tenant does not know counts as an operator; anybody else of the tenant holds no role', async () => {
    const graph = await startTestGraph()
    expect((await graph.get(agents, { as: 'user:29a1b2c3-0000-4000-8000-playground01' })).status).toBe(200)
    const anna = (await graph.get('v1.0/users/anna.schmidt@contoso.com')).body.id
    expect((await graph.get(agents, { as: `user:${anna}` })).status).toBe(403)
  })
})

describe('what needs a signed-in person', () => {
  it('agents: beta and delegated only, with their groups, three active and one not', async () => {
    const graph = await startTestGraph()
    expect((await graph.get(agents)).status).toBe(403)
    expect((await graph.get(agents.replace('beta', 'v1.0'), { as: asOperator })).status).toBe(400)
    const { body } = await graph.get(`${agents}?$expand=agentGroups`, { as: asOperator })
    const seen = body.value.map((each) => [each.machineName, String(each.status).toLowerCase()])
    expect(seen).toEqual([
      ['sync01.contoso.com', 'active'],
      ['SYNC02', 'active'],
      ['sync03.contoso.com', 'active'],
      ['fab-dc1.fabrikam.com', 'inactive'],
    ])
    expect(new Set(body.value.map((each) => String(each.status)))).toEqual(
      new Set(['Active', 'active', 'inactive']),
    )
    const plain = await graph.get(`${agents}/${body.value[0]?.id}`, { as: asOperator })
    expect(plain.body).not.toHaveProperty('agentGroups')
    const own = await graph.get(`${agents}/${body.value[0]?.id}/agentGroups`, { as: asOperator })
    expect(own.body.value).toMatchObject([{ displayName: 'Group-contoso.com' }])
  })

  it('agent groups lead from an agent to its domain', async () => {
    const graph = await startTestGraph()
    const path =
      'beta/onPremisesPublishingProfiles/provisioning/agentGroups?$expand=agents,publishedResources'
    const { body } = await graph.get(path, { as: asOperator })
    expect(body.value).toMatchObject([
      { isDefault: true, agents: [], publishedResources: [] },
      { agents: [{}, {}, {}], publishedResources: [{ resourceName: 'contoso.com' }] },
      {
        agents: [{ machineName: 'fab-dc1.fabrikam.com' }],
        publishedResources: [{ resourceName: 'fabrikam.com' }],
      },
    ])
  })

  it('the tenant synchronization object', async () => {
    const graph = await startTestGraph()
    expect((await graph.get('v1.0/directory/onPremisesSynchronization')).status).toBe(403)
    const { body } = await graph.get('v1.0/directory/onPremisesSynchronization', { as: asOperator })
    expect(body.value).toMatchObject([
      { id: graph.tenant.tenantId, configuration: { accidentalDeletionPrevention: { alertThreshold: 500 } } },
    ])
  })
})

describe('what is written down', () => {
  it('every request with identity, time and status, the newest thousand', async () => {
    const graph = await startTestGraph()
    await graph.get('v1.0/users?$top=1')
    graph.pass(5)
    await graph.get(agents, { as: asHelpdesk })
    await graph.get('v1.0/nowhere', { as: null })
    expect(graph.tenant.requests()).toEqual([
      { method: 'GET', path: '/v1.0/users?$top=1', identity: 'app', time: graph.now() - 5, status: 200 },
      { method: 'GET', path: `/${agents}`, identity: asHelpdesk, time: graph.now(), status: 403 },
      { method: 'GET', path: '/v1.0/nowhere', identity: 'none', time: graph.now(), status: 401 },
    ])
  })
})
