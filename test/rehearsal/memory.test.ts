import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/nouns.ts'
import {
  asOperator,
  HOUR,
  MINUTE,
  MORNING,
  startTestGraph,
  type TestGraph,
} from '../support/rehearsal-graph.ts'

function keep(): {
  saved: () => Json | undefined
  load(): Promise<Json | undefined>
  save(json: Json): Promise<void>
} {
  let kept: string | undefined
  return {
    saved: () => (kept === undefined ? undefined : (JSON.parse(kept) as Json)),
    load: async () => (kept === undefined ? undefined : (JSON.parse(kept) as Json)),
    save: async (json) => {
      kept = JSON.stringify(json)
    },
  }
}

/** What a watcher could see of a tenant, without the address it was asked at. */
async function picture(graph: TestGraph): Promise<string> {
  graph.pass(11_000)
  const paths = [
    'v1.0/users?$top=999&$select=id,displayName,proxyAddresses,onPremisesLastSyncDateTime',
    'v1.0/directory/deletedItems/microsoft.graph.user',
    'v1.0/groups',
    'v1.0/organization',
    'v1.0/auditLogs/provisioning?$top=300',
    'v1.0/auditLogs/directoryAudits',
    'beta/onPremisesPublishingProfiles/provisioning/agentGroups?$expand=agents',
    'v1.0/admin/serviceAnnouncement/issues',
  ]
  const out: unknown[] = []
  for (const path of paths) out.push((await graph.get(path, { as: asOperator })).body.value)
  for (const domain of ['contoso.com', 'fabrikam.com']) out.push((await graph.job(domain)).job)
  return JSON.stringify(out)
}

describe('the same in, the same out', () => {
  it('two tenants with one history look the same to the last id', async () => {
    const act = async (graph: TestGraph) => {
      await graph.tenant.scenarios.apply('deletes-held')
      graph.pass(7 * MINUTE)
      const { path } = await graph.job('contoso.com')
      await graph.post(`${path}/restart`, { body: { criteria: { resetScope: 'ForceDeletes' } } })
      graph.pass(20 * MINUTE)
      return picture(graph)
    }
    expect(await act(await startTestGraph())).toBe(await act(await startTestGraph()))
  })
})

describe('what is kept', () => {
  it('a restart of the process changes nothing', async () => {
    const persist = keep()
    const first = await startTestGraph({ persist })
    await first.tenant.scenarios.apply('agents-down')
    first.pass(10 * MINUTE)
    const { path } = await first.job('fabrikam.com')
    await first.post(`${path}/pause`)
    first.pass(HOUR)
    const before = await picture(first)
    const second = await startTestGraph({ persist, at: first.now() - 11_000 })
    expect(await second.tenant.scenarios.active()).toEqual(await first.tenant.scenarios.active())
    expect(await picture(second)).toBe(before)
  })

  it('two processes that share it see what the other one switched', async () => {
    const persist = keep()
    const one = await startTestGraph({ persist })
    const two = await startTestGraph({ persist })
    await one.tenant.scenarios.apply('job-paused')
    expect((await two.job('contoso.com')).job.status.code).toBe('Paused')
    await two.tenant.scenarios.clear('job-paused')
    expect(await one.tenant.scenarios.active()).not.toContain('job-paused')
  })

  it('switches at the same moment are all kept', async () => {
    const persist = keep()
    const { tenant } = await startTestGraph({ persist })
    const ids = ['job-paused', 'graph-slow', 'agents-down', 'jane-fixed', 'service-incident']
    await Promise.all(ids.map((id) => tenant.scenarios.apply(id)))
    expect(await tenant.scenarios.active()).toEqual(expect.arrayContaining(ids))
  })

  it('what is none of ours is put aside, and a tenant nobody touched is born anew after a day', async () => {
    const persist = keep()
    await persist.save({ version: 7, something: 'else' })
    const graph = await startTestGraph({ persist })
    expect(await graph.tenant.scenarios.active()).toEqual(['fabrikam-quarantine'])
    expect(persist.saved()).toEqual({ version: 1, born: MORNING, changes: [] })
    const later = await startTestGraph({ persist, at: MORNING + 30 * HOUR })
    expect((await later.job('fabrikam.com')).job.status.quarantine?.currentBegan).toMatch(
      /^2026-09-15T02:14:/,
    )
  })
})
