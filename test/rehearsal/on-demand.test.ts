import { describe, expect, it } from 'vitest'
import { asOperator, MINUTE, startTestGraph, type TestGraph } from '../support/rehearsal-graph.ts'

type Decoded = {
  action: string
  statusInfo: { status: string; errorCode: string | null }
  provisioningSteps: { name: string; type: string; status: string; details: Record<string, string> }[]
  sourceIdentity: { id: string }
  targetIdentity: { id: string }
}

const places = ['Munich', 'Lyon', 'Oslo', 'Kraków', 'Porto', 'Nairobi']

/** AD accounts that are not in Entra can be named by their DN only; which office they are in is tried. */
async function run(
  graph: TestGraph,
  domain: 'contoso.com' | 'fabrikam.com',
  name: string,
  container?: string,
) {
  const { path, ruleId } = await graph.job(domain)
  const suffix = `DC=${domain.replace('.', ',DC=')}`
  const containers = container ? [container] : places.map((place) => `OU=${place},OU=Staff`)
  for (const each of containers) {
    const objectId = `CN=${name},${each},${suffix}`
    const body = { parameters: [{ ruleId, subjects: [{ objectId, objectTypeName: 'user' }] }] }
    const answer = await graph.post(`${path}/provisionOnDemand`, { body })
    graph.pass(2_100)
    expect(answer.status).toBe(200)
    const value = JSON.parse(String(answer.body.value)) as Decoded | Decoded[]
    const decoded = Array.isArray(value) ? (value[0] as Decoded) : value
    if (decoded.statusInfo.errorCode !== 'ObjectNotFound')
      return { key: String(answer.body.key), value, decoded }
  }
  throw new Error(`${name} is in none of the offices`)
}

describe('provisionOnDemand', () => {
  it('jane.doe fails as long as the address is taken, and is created once it is free', async () => {
    const graph = await startTestGraph()
    const failed = await run(graph, 'contoso.com', 'Jane Doe')
    expect(failed.decoded).toMatchObject({
      action: 'Create',
      statusInfo: { status: 'Failure', errorCode: 'AttributeValueMustBeUnique' },
    })
    expect(failed.decoded.provisioningSteps.map((step) => [step.type, step.status])).toEqual([
      ['Import', 'Success'],
      ['Scoping', 'Success'],
      ['Matching', 'Success'],
      ['Export', 'Failure'],
    ])
    expect(JSON.parse(failed.key)).toMatchObject({
      result: 'Failure',
      details: { errorCode: 'AttributeValueMustBeUnique' },
    })
    expect((await graph.get('v1.0/users/jane.doe@contoso.com')).status).toBe(404)

    await graph.tenant.scenarios.apply('jane-fixed')
    const done = await run(graph, 'contoso.com', 'Jane Doe')
    expect(done.decoded.statusInfo.status).toBe('Success')
    const jane = await graph.get('v1.0/users/jane.doe@contoso.com')
    expect(jane.body.id).toBe(done.decoded.targetIdentity.id)
    const holder = await graph.get('v1.0/users/janet.doerr@contoso.com?$select=proxyAddresses')
    expect(holder.body.proxyAddresses).toEqual(['SMTP:janet.doerr@contoso.com'])
  })

  it('creates somebody who was missed, is logged, and has nothing to do the second time', async () => {
    const graph = await startTestGraph()
    expect((await graph.get('v1.0/users/noah.lindqvist@contoso.com')).status).toBe(404)
    const created = await run(graph, 'contoso.com', 'Noah Lindqvist')
    expect(created.decoded).toMatchObject({ action: 'Create', statusInfo: { status: 'Success' } })
    const noah = await graph.get('v1.0/users/noah.lindqvist@contoso.com?$select=id,onPremisesSyncEnabled')
    expect(noah.body).toMatchObject({ id: created.decoded.targetIdentity.id, onPremisesSyncEnabled: true })
    const again = await run(graph, 'contoso.com', 'Noah Lindqvist')
    expect(again.decoded.statusInfo).toMatchObject({ status: 'Skipped', errorCode: 'RedundantExport' })
    expect(again.decoded.provisioningSteps.at(-1)).toMatchObject({
      name: 'EntrySynchronizationSkip',
      details: { SkipReason: 'RedundantExport' },
    })
    graph.pass(11_000)
    const log = await graph.get(
      "v1.0/auditLogs/provisioning?$filter=sourceIdentity/displayName eq 'Noah Lindqvist'",
    )
    expect(log.body.value).toMatchObject([
      { provisioningStatusInfo: { status: 'skipped' } },
      { provisioningAction: 'create', provisioningStatusInfo: { status: 'success' } },
    ])
  })

  it('a restart reads everything anew and so brings the one who was missed as well', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    await graph.post(`${path}/restart`, { body: { criteria: {} } })
    graph.pass(3 * MINUTE)
    expect((await graph.get('v1.0/users/noah.lindqvist@contoso.com')).status).toBe(200)
  })

  it('answers for fabrikam.com in the other documented shape', async () => {
    const graph = await startTestGraph()
    const down = await run(graph, 'fabrikam.com', 'Rosa Vidal')
    expect(down.key).toMatch(/^Microsoft\./)
    expect(Array.isArray(down.value)).toBe(true)
    expect(down.decoded.statusInfo).toMatchObject({
      status: 'Failure',
      errorCode: 'HybridIdentityServiceNoActiveAgents',
    })
    await graph.tenant.scenarios.apply('fabrikam-fixed')
    expect((await run(graph, 'fabrikam.com', 'Rosa Vidal')).decoded.statusInfo.status).toBe('Success')
    expect((await graph.get('v1.0/users/rosa.vidal@fabrikam.com')).status).toBe(200)
  })

  it.each([
    ['Viktor Åkesson', 'OU=Service Accounts'],
    ['Elena Popescu', undefined],
  ])('%s is out of scope: skipped at the scoping step', async (name, container) => {
    const graph = await startTestGraph()
    const { decoded } = await run(graph, 'contoso.com', name, container)
    expect(decoded.statusInfo.status).toBe('Skipped')
    expect(decoded.provisioningSteps.at(-1)).toMatchObject({ type: 'Scoping', status: 'Skipped' })
  })

  it('refuses a foreign rule, a wrong type and a body that does not fit', async () => {
    const graph = await startTestGraph()
    const { path, ruleId } = await graph.job('contoso.com')
    const foreign = (await graph.job('fabrikam.com')).ruleId
    const subject = { objectId: 'CN=x,DC=contoso,DC=com', objectTypeName: 'user' }
    const bodies = [
      { parameters: [{ ruleId: foreign, subjects: [subject] }] },
      { parameters: [{ ruleId: '', subjects: [subject] }] },
      { parameters: [{ ruleId, subjects: [{ ...subject, objectTypeName: 'User' }] }] },
      { parameters: [] },
      {},
    ]
    for (const body of bodies) {
      const answer = await graph.post(`${path}/provisionOnDemand`, { body })
      expect([answer.status, answer.body.error.code]).toEqual([400, 'RequestParameterInvalid'])
      graph.pass(3_000)
    }
  })

  it('takes five requests in ten seconds', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    const codes: number[] = []
    for (let i = 0; i < 6; i++)
      codes.push((await graph.post(`${path}/provisionOnDemand`, { as: asOperator, body: {} })).status)
    expect(codes).toEqual([400, 400, 400, 400, 400, 429])
  })
})
