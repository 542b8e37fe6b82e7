// An edge with its gate on, ready for tests: memory instead of a store, a recorder instead of the product.
import http from 'node:http'
import type { IncomingEvent, Json, Place } from '../../src/nouns.ts'
import type { Clock, Repositories } from '../../src/ports.ts'
import {
  createAdapter,
  createEdge,
  type Edge,
  type EdgeOptions,
  type TurnOutcome,
} from '../../src/teams/index.ts'
import { createTelemetry, type Telemetry } from '../../src/telemetry.ts'
import { type Authority, appId, startAuthority, tenantId } from './bot-authority.ts'

export const botId = `28:${appId}`
export const environment = 'test'
export const machineClock: Clock = { now: async () => Date.now() }

export function quietTelemetry(lines: string[] = []): Telemetry {
  return createTelemetry({
    level: 'debug',
    pseudonymKey: 'test',
    destination: { write: (line) => void lines.push(line) },
  })
}

export function memorySeen(): Repositories['seen'] {
  const rows = new Map<string, { result?: Json; at: number }>()
  return {
    async begin(id, now) {
      const row = rows.get(id)
      if (row?.result !== undefined) return { state: 'done', result: row.result }
      if (row && now - row.at <= 30_000) return { state: 'running' }
      rows.set(id, { at: now })
      return { state: 'first' }
    },
    async finish(id, result, now) {
      rows.set(id, { result, at: now })
    },
    async forget(id) {
      rows.delete(id)
    },
  }
}

type Bag = Readonly<Record<string, unknown>>

let counter = 0
/** A message as Teams sends it; `undefined` removes a field. */
export function message(fields: Bag = {}, serviceUrl = 'https://smba.trafficmanager.net/teams/'): Bag {
  counter++
  return {
    type: 'message',
    id: `id-${counter}`,
    timestamp: '2026-11-20T08:00:00.000Z',
    channelId: 'msteams',
    serviceUrl,
    from: { id: '29:jane', name: 'Jane Doe', aadObjectId: '99999999-8888-4777-8666-555555555555' },
    recipient: { id: botId, name: 'Sync Medic' },
    conversation: { id: 'a:personal', conversationType: 'personal', tenantId },
    channelData: { tenant: { id: tenantId } },
    text: 'help',
    ...fields,
  }
}

export type Answer = {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  readonly json: unknown
}

export type Asked = {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer
  readonly agent?: http.Agent
}

/** A plain request, so that every header is exactly what the test says. */
export function ask(
  port: number,
  { method = 'POST', path = '/api/messages', headers = {}, body, agent }: Asked,
) {
  return new Promise<Answer>((resolve, reject) => {
    const req = http.request({
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { ...headers },
      agent: agent ?? false,
    })
    req.on('error', reject)
    req.on('response', (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        let json: unknown
        try {
          json = JSON.parse(text)
        } catch {
          json = undefined
        }
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text, json })
      })
    })
    req.end(body)
  })
}

export type TestEdge = {
  readonly port: number
  readonly edge: Edge
  readonly authority: Authority
  readonly events: IncomingEvent[]
  readonly places: Place[]
  readonly telemetry: Telemetry
  readonly logLines: string[]
  /** Posts an activity with a valid token. */
  say(
    activity: Bag,
    more?: { readonly headers?: Asked['headers']; readonly agent?: http.Agent },
  ): Promise<Answer>
  close(): Promise<void>
}

export type TestEdgeOptions = Partial<Omit<EdgeOptions, 'handle'>> & {
  readonly handle?: (event: IncomingEvent) => Promise<TurnOutcome>
}

/** Limits of refusals are off unless a test asks for them. */
export async function startEdge(options: TestEdgeOptions = {}): Promise<TestEdge> {
  const authority = await startAuthority()
  const events: IncomingEvent[] = []
  const places: Place[] = []
  const logLines: string[] = []
  const telemetry = quietTelemetry(logLines)
  const adapter = createAdapter({
    cloud: 'global',
    credentials: { kind: 'loopback' },
    tokenServiceUrl: 'http://127.0.0.1:9',
  })
  const { handle, limits, ...rest } = options
  const edge = createEdge({
    gate: {
      appId,
      tenants: [tenantId],
      cloud: 'global',
      openIdMetadataUrl: authority.metadataUrl,
      allowLoopback: true,
    },
    botId,
    environment,
    adapter,
    telemetry,
    clock: machineClock,
    seen: memorySeen(),
    health: { live: async () => true, ready: async () => true, startup: async () => true },
    onPlace: async (place) => void places.push(place),
    ...rest,
    limits: { perSource: 1e9, total: 1e9, ...limits },
    handle: async (event) => {
      events.push(event)
      return handle ? handle(event) : {}
    },
  })
  const port = await edge.listen('127.0.0.1', 0)
  return {
    port,
    edge,
    authority,
    events,
    places,
    telemetry,
    logLines,
    say(activity, { headers, agent } = {}) {
      const token = authority.token({ claims: { serviceurl: activity.serviceUrl } })
      return ask(port, {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
        body: JSON.stringify(activity),
        ...(agent ? { agent } : {}),
      })
    },
    async close() {
      await edge.close(2000)
      adapter.close()
      await authority.close()
    },
  }
}
