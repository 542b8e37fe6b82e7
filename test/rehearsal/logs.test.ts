import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/nouns.ts'
import { HOUR, MINUTE, MORNING, startTestGraph, type TestGraph } from '../support/rehearsal-graph.ts'

const log = (filter: string, more = '') =>
  `v1.0/auditLogs/provisioning?$filter=${encodeURIComponent(filter)}${more}`
const since = (hours: number) => `activityDateTime gt ${new Date(MORNING - hours * HOUR).toISOString()}`

type Entry = Record<string, Json> & {
  provisioningStatusInfo: { status: string; errorInformation: { errorCode: string } | null }
  sourceIdentity: { displayName: string; details: Record<string, string> }
  targetIdentity: { displayName: string }
  provisioningSteps: { provisioningStepType: string; details: Record<string, string> }[]
  provisioningAction: string
  activityDateTime: string
  jobId: string
}

async function whole(graph: TestGraph, path: string): Promise<readonly Entry[]> {
  const out: Entry[] = []
  for (let next: unknown = path; typeof next === 'string'; ) {
    graph.pass(3_000)
    const page = await graph.get(next)
    expect(page.status).toBe(200)
    out.push(...(page.body.value as unknown as Entry[]))
    next = page.body['@odata.nextLink']
  }
  return out
}

describe('provisioning log', () => {
  it('names jane.doe: create, failure, AttributeValueMustBeUnique, within the last hour', async () => {
    const graph = await startTestGraph()
    const entries = await whole(
      graph,
      log(`${since(1)} and contains(tolower(sourceIdentity/displayName),'jane doe')`),
    )
    expect(entries).toMatchObject([
      {
        provisioningAction: 'create',
        provisioningStatusInfo: {
          status: 'failure',
          errorInformation: { errorCode: 'AttributeValueMustBeUnique', errorCategory: 'nonServiceFailure' },
        },
        sourceIdentity: { identityType: 'user', details: { UserPrincipalName: 'jane.doe@contoso.com' } },
        targetIdentity: { id: '' },
      },
    ])
  })

  it('goes back three days, newest first, in pages that fit together, each entry once', async () => {
    const graph = await startTestGraph()
    const entries = await whole(graph, `${log(since(71))}&$orderby=activityDateTime desc&$top=250`)
    expect(entries.length).toBeGreaterThan(600)
    expect(new Set(entries.map((each) => each.id)).size).toBe(entries.length)
    const times = entries.map((each) => Date.parse(each.activityDateTime))
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(times.at(-1)).toBeLessThan(MORNING - 70 * HOUR)
    expect(
      (await graph.get(log(`activityDateTime lt ${new Date(MORNING - 73 * HOUR).toISOString()}`))).body.value,
    ).toEqual([])
  })

  it('pages keep to the moment of the first although time passes', async () => {
    const graph = await startTestGraph()
    const first = await graph.get(log(since(10), '&$top=10'))
    const again = await graph.get(log(since(10), '&$top=20'))
    graph.pass(20 * MINUTE)
    const second = await graph.get(String(first.body['@odata.nextLink']))
    expect(second.body.value.map((each) => each.id)).toEqual(
      again.body.value.slice(10).map((each) => each.id),
    )
    graph.pass(2 * HOUR)
    const late = await graph.get(String(first.body['@odata.nextLink']))
    expect([late.status, late.body.error.code]).toEqual([400, 'Directory_ExpiredPageToken'])
  })

  it('an entry keeps its id and content when asked for again later', async () => {
    const graph = await startTestGraph()
    const window = `activityDateTime gt 2026-09-14T04:00:00Z and activityDateTime lt 2026-09-14T07:00:00Z`
    const before = await whole(graph, log(window))
    graph.pass(5 * HOUR)
    expect(await whole(graph, log(window))).toEqual(before)
    expect(before.length).toBeGreaterThan(5)
  })

  it('fabrikam.com is silent since its quarantine', async () => {
    const graph = await startTestGraph()
    const { job } = await graph.job('fabrikam.com')
    const entries = await whole(graph, log(`${since(60)} and jobId eq '${job.id}'`))
    expect(entries.length).toBeGreaterThan(50)
    for (const each of entries)
      expect(Date.parse(each.activityDateTime)).toBeLessThan(Date.UTC(2026, 8, 14, 2, 14))
  })

  it('tells what is out of scope: by the agent with a source id alone, by a clause with the step', async () => {
    const graph = await startTestGraph()
    const entries = await whole(graph, log(`${since(71)} and provisioningAction eq 'other'`))
    const filtered = entries.filter((each) => each.sourceIdentity.displayName === '')
    expect(filtered.length).toBeGreaterThan(3)
    for (const each of filtered) expect(each.provisioningStatusInfo.status).toBe('skipped')
    const clause = entries.find((each) => each.sourceIdentity.displayName === 'Elena Popescu')
    expect(clause?.provisioningSteps.at(-1)).toMatchObject({
      provisioningStepType: 'scoping',
      details: { ScopeEvaluationResult: expect.stringContaining('employeeType') },
    })
  })

  it('mixes the letter case of step types and minds the case of filters', async () => {
    const graph = await startTestGraph()
    const entries = await whole(graph, log(since(30)))
    const types = new Set(
      entries.flatMap((each) => each.provisioningSteps.map((step) => step.provisioningStepType)),
    )
    expect([...types]).toEqual(expect.arrayContaining(['import', 'Import', 'export', 'Export']))
    expect(
      await whole(graph, log(`${since(30)} and contains(sourceIdentity/displayName,'jane doe')`)),
    ).toEqual([])
    const beta = await graph.get(
      "beta/auditLogs/provisioning?$filter=provisioningStatusInfo/status eq 'failure'&$top=5",
    )
    expect(beta.body.value).toHaveLength(5)
  })
})

describe('limits', () => {
  it('both logs share five requests in ten seconds; the time to wait is given, then it goes on', async () => {
    const graph = await startTestGraph()
    for (let i = 0; i < 5; i++) {
      const path = i % 2 ? 'v1.0/auditLogs/directoryAudits?$top=1' : 'v1.0/auditLogs/provisioning?$top=1'
      expect((await graph.get(path)).status).toBe(200)
      graph.pass(1_250)
    }
    const refused = await graph.get('v1.0/auditLogs/provisioning?$top=1')
    expect([refused.status, refused.body.error.code]).toEqual([429, 'UnknownError'])
    // The refused request counts as well, so the second of the five must leave the window.
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBe(5)
    graph.pass(wait * 1000)
    expect((await graph.get('v1.0/auditLogs/provisioning?$top=1')).status).toBe(200)
    expect((await graph.get('v1.0/users?$top=1')).status).toBe(200)
  })

  it('the time to wait may have a fraction', async () => {
    const graph = await startTestGraph()
    for (let i = 0; i < 5; i++) {
      await graph.get('v1.0/auditLogs/directoryAudits?$top=1')
      graph.pass(777)
    }
    const refused = await graph.get('v1.0/auditLogs/directoryAudits?$top=1')
    expect(refused.headers.get('retry-after')).toBe('6.892')
  })
})

describe('directory audits', () => {
  it('has the quarantine of fabrikam.com with its reason, and filters by service and target', async () => {
    const graph = await startTestGraph()
    const { body } = await graph.get(
      "v1.0/auditLogs/directoryAudits?$filter=activityDisplayName eq 'Quarantine'",
    )
    expect(body.value).toMatchObject([
      {
        result: 'failure',
        resultReason: expect.stringContaining('EncounteredQuarantineException'),
        targetResources: [{ displayName: 'fabrikam.com', type: 'ServicePrincipal' }],
      },
    ])
    const [quarantine] = body.value as unknown as { targetResources: { id: string }[] }[]
    const target = quarantine?.targetResources[0]?.id
    const same = await graph.get(
      `v1.0/auditLogs/directoryAudits?$filter=loggedByService eq 'Account Provisioning' and targetResources/any(t:t/id eq '${target}')&$top=1`,
    )
    expect(same.body.value[0]?.targetResources).toMatchObject([{ id: target }])
    const one = await graph.get(`v1.0/auditLogs/directoryAudits/${body.value[0]?.id}`)
    expect(one.body.activityDisplayName).toBe('Quarantine')
  })
})
