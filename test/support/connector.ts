// A loopback Bot Connector that keeps what it is sent and fails on demand.
import http from 'node:http'
import type { AddressInfo } from 'node:net'

export type SentActivity = {
  readonly method: string
  /** Decoded path below /v3/conversations/. */
  readonly path: string
  readonly authorization: string | undefined
  readonly host: string
  readonly activity: Readonly<Record<string, unknown>>
}

export type Misbehaviour = {
  /** Only for requests to this conversation; absent: for the next one. */
  readonly to?: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Accept, then cut the connection; or accept and stay silent. */
  readonly instead?: 'reset' | 'silence'
}

export type FakeConnector = {
  readonly serviceUrl: string
  readonly sent: SentActivity[]
  /** Used up one by one, before normal answers. */
  readonly misbehave: Misbehaviour[]
  /** Activity id answered to the request at this position; '' when it was refused or an edit. */
  idOf(position: number): string
  /** Messages only, without typing. */
  messages(): SentActivity[]
  close(): Promise<void>
}

async function bodyOf(req: http.IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

export async function startConnector(): Promise<FakeConnector> {
  const sent: SentActivity[] = []
  const misbehave: Misbehaviour[] = []
  const ids: string[] = []
  let count = 0
  const server = http.createServer(async (req, res) => {
    const activity = await bodyOf(req)
    sent.push({
      method: req.method ?? '',
      path: decodeURIComponent((req.url ?? '').split('/v3/conversations/')[1] ?? ''),
      authorization: req.headers.authorization,
      host: req.headers.host ?? '',
      activity,
    })
    const position = sent.length - 1
    const path = sent[position]?.path ?? ''
    const next = misbehave.findIndex(({ to }) => to === undefined || path.startsWith(to))
    const wrong = next < 0 ? undefined : misbehave.splice(next, 1)[0]
    if (wrong?.instead === 'reset') return void req.socket.destroy()
    if (wrong?.instead === 'silence') return
    // An edit is answered with the id of the message it changed, as Teams does.
    const edited = req.method === 'PUT' ? path.split('/').at(-1) : undefined
    const id = edited ?? `sent-${++count}`
    if (!wrong && req.method === 'POST') ids[position] = id
    const body = wrong ? (wrong.body ?? {}) : { id }
    res.writeHead(wrong?.status ?? 201, { 'content-type': 'application/json', ...wrong?.headers })
    res.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    serviceUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    sent,
    misbehave,
    idOf: (position) => ids[position] ?? '',
    messages: () => sent.filter(({ activity }) => activity.type !== 'typing'),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
