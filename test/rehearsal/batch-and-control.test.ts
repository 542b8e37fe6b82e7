import { describe, expect, it } from 'vitest'
import { asOperator, startTestGraph } from '../support/rehearsal-graph.ts'

type Part = {
  id: string
  status: number
  headers: Record<string, string>
  body: { value: unknown[]; error: { code: string } }
}

describe('$batch', () => {
  it('answers each request on its own, in another order', async () => {
    const graph = await startTestGraph()
    const answer = await graph.post('v1.0/$batch', {
      as: 'app',
      body: {
        requests: [
          { id: 'a', method: 'GET', url: '/users?$top=2' },
          { id: 'b', method: 'GET', url: '/users/nobody@contoso.com' },
          { id: 'c', method: 'GET', url: '/onPremisesPublishingProfiles/provisioning/agents' },
          { id: 'd', method: 'GET', url: '/organization', dependsOn: ['b'] },
          { id: 'e', method: 'GET', url: '/organization', dependsOn: ['a'] },
        ],
      },
    })
    expect(answer.status).toBe(200)
    const parts = answer.body.responses as unknown as Part[]
    expect(parts.map(({ id, status }) => [id, status])).toEqual([
      ['e', 200],
      ['d', 424],
      ['c', 405],
      ['b', 404],
      ['a', 200],
    ])
    expect(parts.at(-1)?.body.value).toHaveLength(2)
  })

  it('is no way around the limit of the logs', async () => {
    const graph = await startTestGraph()
    const requests = Array.from({ length: 7 }, (_, i) => ({
      id: String(i),
      method: 'GET',
      url: '/auditLogs/provisioning?$top=1',
    }))
    const answer = await graph.post('v1.0/$batch', { as: 'app', body: { requests } })
    const parts = (answer.body.responses as unknown as Part[]).toReversed()
    expect(parts.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429])
    expect(parts.at(-1)?.headers['Retry-After']).toBe('10')
  })

  it('takes 1 to 20 requests, by POST, headers with a body, and nobody without a token', async () => {
    const graph = await startTestGraph()
    const one = { method: 'GET', url: '/organization' }
    const many = (n: number) => ({
      requests: Array.from({ length: n }, (_, i) => ({ id: String(i), ...one })),
    })
    expect((await graph.post('v1.0/$batch', { body: many(20) })).status).toBe(200)
    for (const body of [many(21), many(0), {}, { requests: [{ id: '1', ...one, body: {} }] }])
      expect((await graph.post('v1.0/$batch', { body })).status).toBe(400)
    expect((await graph.get('v1.0/$batch')).status).toBe(405)
    expect((await graph.post('v1.0/$batch', { as: null, body: many(1) })).status).toBe(401)
  })

  it('writes with the rights of the one who sends it', async () => {
    const graph = await startTestGraph()
    const { path } = await graph.job('contoso.com')
    const requests = [{ id: '1', method: 'POST', url: `${path.replace('v1.0', '')}/pause` }]
    const bot = await graph.post('v1.0/$batch', { as: 'app', body: { requests } })
    expect((bot.body.responses as unknown as Part[])[0]?.status).toBe(401)
    await graph.post('v1.0/$batch', { as: asOperator, body: { requests } })
    expect((await graph.job('contoso.com')).job.status.code).toBe('Paused')
  })
})

describe('control', () => {
  it('lists, applies, clears and resets the scenarios and shows the requests', async () => {
    const graph = await startTestGraph()
    const list = await graph.get('_control/scenarios', { as: null })
    expect(list.body.active).toEqual(['fabrikam-quarantine'])
    const applied = await graph.post('_control/apply', { as: null, body: { id: 'job-paused' } })
    expect(applied.body.active).toContain('job-paused')
    expect((await graph.job('contoso.com')).job.status.code).toBe('Paused')
    const cleared = await graph.post('_control/clear', { as: null, body: { id: 'job-paused' } })
    expect(cleared.body.active).not.toContain('job-paused')
    await graph.post('_control/apply', { as: null, body: { id: 'agents-down' } })
    expect((await graph.post('_control/reset', { as: null })).body.active).toEqual(['fabrikam-quarantine'])
    expect((await graph.post('_control/apply', { as: null, body: { id: 'nothing' } })).status).toBe(404)
    expect((await graph.get('_control/other', { as: null })).status).toBe(404)
    const requests = (await graph.get('_control/requests', { as: null })).body.requests as unknown as {
      path: string
    }[]
    expect(requests.length).toBeGreaterThan(0)
    expect(requests.every(({ path }) => path.startsWith('/v1.0/'))).toBe(true)
  })

  it('a page of another site cannot use it', async () => {
    const graph = await startTestGraph()
    const response = await fetch(`${graph.url}/_control/reset`, {
      method: 'POST',
      headers: { origin: 'https://example.invalid' },
    })
    expect(response.status).toBe(404)
  })
})
