// A loopback server that answers as Graph would, and remembers what it was asked and with whose token.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { appIdentity, createGraph, type GraphOptions, type Time } from '../../src/graph/index.ts'
import type { UserToken } from '../../src/ports.ts'

export type Asked = {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly authorization: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Answer = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Sent as it is instead of `body`. */
  readonly raw?: string
  /** Ends the connection: before any answer, or in the middle of one. */
  readonly cut?: 'before' | 'within'
  /** Never answers. */
  readonly silent?: true
}

export type FakeGraph = {
  readonly url: string
  readonly asked: Asked[]
  close(): Promise<void>
}

type Handler = (asked: Asked, number: number, url: string) => Answer

async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of req) text += String(part)
  return text
}

function send(res: ServerResponse, answer: Answer): void {
  if (answer.silent) return
  if (answer.cut === 'before') {
    res.socket?.destroy()
    return
  }
  const text = answer.raw ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
  const length = answer.cut === 'within' ? { 'content-length': String(text.length + 50) } : {}
  res.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...length, ...answer.headers })
  if (answer.cut === 'within') {
    res.write(text, () => res.socket?.destroy())
    return
  }
  res.end(text)
}

export async function startGraph(handler: Handler): Promise<FakeGraph> {
  const asked: Asked[] = []
  let url = ''
  const server = createServer(async (req, res) => {
    const target = new URL(req.url ?? '/', 'http://127.0.0.1')
    const one = {
      method: req.method ?? '',
      path: target.pathname,
      query: Object.fromEntries(target.searchParams),
      authorization: req.headers.authorization ?? '',
      headers: req.headers,
      body: await bodyOf(req),
    }
    asked.push(one)
    send(res, handler(one, asked.length, url))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graph`
  return {
    url,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Time that passes only when somebody sleeps. */
export function jumpingTime(): Time & { readonly slept: number[]; pass(ms: number): void } {
  let now = 0
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    pass(ms) {
      now += ms
    },
    async sleep(ms) {
      slept.push(ms)
      now += ms
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

export const noon = Date.UTC(2026, 4, 12, 12)

/** The graph room against that server, on jumping time. */
export function graphOn(fake: FakeGraph, options: Partial<GraphOptions> = {}) {
  const time = jumpingTime()
  const graph = createGraph({
    baseUrl: fake.url,
    identity: appIdentity({ kind: 'loopback' }, fake.url),
    clock: { now: async () => noon },
    time,
    random: () => 0.5,
    ...options,
  })
  return { ...graph, time }
}

export function personToken(objectId = '4f1c7a10-0000-4000-8000-000000000001'): UserToken {
  return { value: `user:${objectId}`, objectId, tenantId: 'tenant', roles: ['operator'], issuedAt: noon }
}

export function list(items: readonly unknown[], nextLink?: string): Answer {
  return { body: { value: items, ...(nextLink ? { '@odata.nextLink': nextLink } : {}) } }
}

export function refusal(status: number, code: string, message = '', headers: Answer['headers'] = {}): Answer {
  return { status, headers, body: { error: { code, message, innerError: { 'request-id': 'r-1' } } } }
}
