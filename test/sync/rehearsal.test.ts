// The two rooms against the rehearsal tenant, over HTTP.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appIdentity, createGraph, type Graph } from '../../src/graph/index.ts'
import {
  type PersonKey,
  people,
  type RehearsalGraph,
  startRehearsalGraph,
} from '../../src/rehearsal/index.ts'
import { createSync, type Sync } from '../../src/sync/index.ts'
import { jumpingTime, personToken } from '../support/graph-server.ts'

const start = Date.UTC(2026, 4, 12, 8, 5, 30)
let tenant: RehearsalGraph
let graph: Graph
let sync: Sync

beforeEach(async () => {
  // Waiting for a turn lets the tenant's time pass as well: it counts requests as Graph does.
  const time = jumpingTime()
  const clock = { now: async () => start + time.now() }
  tenant = await startRehearsalGraph({ clock, host: '127.0.0.1', port: 0 })
  graph = createGraph({
    baseUrl: tenant.url,
    identity: appIdentity({ kind: 'loopback' }, tenant.url),
    clock,
    time,
  })
  sync = createSync({ reads: graph.reads, clock })
})
afterEach(() => tenant.close())

const tokenOf = (key: PersonKey) => personToken(people[key].objectId)
const jane = { kind: 'object', type: 'user', name: { by: 'upn', value: 'jane.doe@contoso.com' } } as const

describe('jane.doe@contoso.com', () => {
  it('is not there, her address is taken, and the log says why', async () => {
    const snapshot = await sync.snapshotOf(jane)
    expect(snapshot).toMatchObject({
      owner: { known: true, value: { domain: 'contoso.com' } },
      object: { known: false, because: 'notFound' },
      deletedObject: { known: false, because: 'notFound' },
      agents: { known: false, because: 'notSignedIn' },
      tenant: { known: true },
      serviceIssues: { known: true },
      scope: { known: true },
    })
    const holders = snapshot.conflicts.known ? snapshot.conflicts.value : []
    expect(holders).toHaveLength(1)
    expect(holders[0]?.proxyAddresses.map((one) => one.toLowerCase())).toContain('smtp:jane.doe@contoso.com')
    const newest = snapshot.events.known ? snapshot.events.value[0] : undefined
    expect(newest).toMatchObject({
      action: 'create',
      status: 'failure',
      error: { code: 'AttributeValueMustBeUnique' },
    })
    expect(snapshot.calls).toBeLessThanOrEqual(12)
    expect(new Set(tenant.tenant.requests().map(({ identity }) => identity))).toEqual(new Set(['app']))
  })

  it('shows agents to who may see them, and says so to who may not', async () => {
    const operator = await sync.snapshotOf(jane, { token: tokenOf('operator') })
    expect(operator.agents.known && operator.agents.value.length).toBeGreaterThan(0)
    const domains = operator.agents.known ? operator.agents.value.flatMap((agent) => agent.domains) : []
    expect(new Set(domains)).toEqual(new Set(['contoso.com', 'fabrikam.com']))
    const helpdesk = await sync.snapshotOf(jane, { token: tokenOf('helpdesk') })
    expect(helpdesk.agents).toMatchObject({ known: false, because: 'notPermitted' })
  })

  it.each([
    ['no-audit-permission', 'events'],
    ['no-directory-permission', 'conflicts'],
    ['no-sync-permission', 'scope'],
    ['no-health-permission', 'serviceIssues'],
  ] as const)('with %s the rest still answers', async (scenario, part) => {
    await tenant.tenant.scenarios.apply(scenario)
    const snapshot = await sync.snapshotOf(jane)
    expect(snapshot[part]).toMatchObject({ known: false, because: 'notPermitted' })
  })

  it('with Graph down nothing is known, and nothing passes for good', async () => {
    await tenant.tenant.scenarios.apply('graph-down')
    const snapshot = await sync.snapshotOf(jane)
    for (const part of [
      'configurations',
      'owner',
      'object',
      'conflicts',
      'events',
      'tenant',
      'serviceIssues',
    ] as const)
      expect(snapshot[part], part).toMatchObject({ known: false, because: 'unavailable' })
  })
})

describe('fabrikam.com', () => {
  it('is in quarantine because no agent answers', async () => {
    const snapshot = await sync.snapshotOf(
      { kind: 'configuration', domain: 'fabrikam.com' },
      { token: tokenOf('operator') },
    )
    const jobs = Object.values(snapshot.jobs).flatMap((fact) => (fact.known ? fact.value : []))
    const quarantined = jobs.find(({ status }) => status === 'quarantine')
    expect(quarantined).toMatchObject({
      kind: 'provisioning',
      domain: 'fabrikam.com',
      quarantine: {
        reason: 'EncounteredQuarantineException',
        error: { code: 'HybridIdentityServiceNoActiveAgents' },
      },
    })
    expect(quarantined?.quarantine?.since).toBeLessThan(start)
    const agents = snapshot.agents.known ? snapshot.agents.value : []
    expect(agents.filter(({ domains }) => domains.includes('fabrikam.com'))).toMatchObject([
      { status: 'inactive' },
    ])
    expect(snapshot.calls).toBeLessThanOrEqual(12)
  })

  it('one job is read by its id, under the domain it belongs to', async () => {
    const all = await sync.configurations()
    const fabrikam = all.known ? all.value.find(({ domain }) => domain === 'fabrikam.com') : undefined
    const jobs = fabrikam && (await sync.jobs(fabrikam))
    const [first] = jobs?.known ? jobs.value : []
    const again = await sync.job(fabrikam?.id ?? '', first?.id ?? '')
    expect(again).toMatchObject({ known: true, value: { id: first?.id, domain: 'fabrikam.com' } })
    expect(await sync.job(fabrikam?.id ?? '', 'no.such.job')).toMatchObject({
      known: false,
      because: 'notFound',
    })
  })
})

describe('writes', () => {
  async function contosoJob() {
    const all = await sync.configurations()
    const contoso = all.known ? all.value.find(({ domain }) => domain === 'contoso.com') : undefined
    const jobs = contoso ? await sync.jobs(contoso) : undefined
    const job = jobs?.known ? jobs.value.find(({ kind }) => kind === 'provisioning') : undefined
    if (!contoso || !job) throw new Error('contoso.com has no job')
    return { contoso, job, address: { configurationId: contoso.id, jobId: job.id } }
  }

  it('pause and start a job, with the person’s token', async () => {
    const { contoso, job, address } = await contosoJob()
    expect(await graph.writes.pause(tokenOf('operator'), address)).toMatchObject({ ok: true })
    expect(await sync.job(contoso.id, job.id)).toMatchObject({ value: { status: 'paused' } })
    expect(await graph.writes.start(tokenOf('operator'), address)).toMatchObject({ ok: true })
    expect(await sync.job(contoso.id, job.id)).toMatchObject({ value: { status: 'active' } })
    const writes = tenant.tenant.requests().filter(({ method }) => method === 'POST')
    expect(new Set(writes.map(({ identity }) => identity))).toEqual(
      new Set([`user:${people.operator.objectId}`]),
    )
  })

  it('are refused to who has no role in Entra', async () => {
    const { address } = await contosoJob()
    expect(await graph.writes.restart(tokenOf('helpdesk'), address)).toMatchObject({
      ok: false,
      kind: 'denied',
    })
  })

  it('provision a person on demand, with the rule of the job', async () => {
    const { contoso, job, address } = await contosoJob()
    const scope = await sync.scopeOf(contoso, job.id)
    const ruleId = scope.known ? (scope.value[0]?.ruleId ?? '') : ''
    const found = await graph.reads.findUsers({ by: 'upn', value: 'janet.doerr@contoso.com' })
    const dn = found.known ? (found.value[0]?.onPremisesDistinguishedName ?? '') : ''
    const outcome = await graph.writes.provisionOnDemand(tokenOf('operator'), { ...address, ruleId, dn })
    expect(outcome).toMatchObject({ ok: true, value: { status: expect.stringMatching(/success|skipped/) } })
    const wrong = await graph.writes.provisionOnDemand(tokenOf('operator'), {
      ...address,
      ruleId: 'other',
      dn,
    })
    expect(wrong).toMatchObject({ ok: false, kind: 'rejected', code: 'RequestParameterInvalid' })
  })

  it('held deletions are listed, and gone when allowed', async () => {
    await tenant.tenant.scenarios.apply('deletes-held')
    const { contoso, job, address } = await contosoJob()
    expect(job).toMatchObject({ status: 'quarantine', quarantine: { reason: 'TooManyDeletes' } })
    const held = await sync.heldDeletions(contoso, job)
    expect(held.known && held.value.length).toBeGreaterThanOrEqual(
      job.deleteThreshold ?? Number.POSITIVE_INFINITY,
    )
    expect(await graph.writes.allowDeletes(tokenOf('approver'), address)).toMatchObject({ ok: true })
  })
})
