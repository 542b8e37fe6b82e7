// The preview on the card is the request: what Graph receives is compared with it, byte for byte.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actions, requestPreview } from '../../src/actions/index.ts'
import { createGraph } from '../../src/graph/index.ts'
import type { ActionName } from '../../src/nouns.ts'
import { wishFor } from '../support/actions-bench.ts'

const received: { line: string; authorization: string | undefined }[] = []
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    received.push({
      line: [`${request.method} ${request.url}`, ...(body ? [body] : [])].join('\n'),
      authorization: request.headers.authorization,
    })
    response.writeHead(204).end()
  })
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

describe.each(Object.keys(actions) as ActionName[])('%s', (name) => {
  it('sends exactly what was shown, with the token of who confirmed', async () => {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const now = Date.now()
    const { writes } = createGraph({
      baseUrl,
      identity: { token: async () => 'app' } as unknown as Parameters<typeof createGraph>[0]['identity'],
      clock: { now: async () => now },
    })
    const token = { value: 'own-token', objectId: 'ann', tenantId: 't', roles: [], issuedAt: now }
    const { configurationId, jobId, ruleId = '', dn = '' } = wishFor(name).target
    received.length = 0
    if (name === 'provisionOnDemand')
      await writes.provisionOnDemand(token, { configurationId, jobId, ruleId, dn })
    else await writes[name](token, { configurationId, jobId })
    expect(received).toEqual([
      { line: requestPreview(name, wishFor(name).target), authorization: 'Bearer own-token' },
    ])
  })
})
