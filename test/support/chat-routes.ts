// The chat page's routes on a server of their own, without a bot behind them.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openChatLog } from '../../src/rehearsal/chat-log.ts'
import { createChatRoutes } from '../../src/rehearsal/chat-routes.ts'
import { createConnector } from '../../src/rehearsal/connector.ts'

export const begin = Date.UTC(2026, 10, 20, 8, 0)

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly body: { readonly [key: string]: unknown }
}

export async function startRoutes(file?: string) {
  const did: string[] = []
  const log = openChatLog(file)
  let now = begin
  const clock = async () => {
    now += 1000
    return now
  }
  const connector = createConnector(log, clock)
  const routes = createChatRoutes({
    log,
    connector,
    now: clock,
    state: async () => ({ did: [...did] }),
    applyScenario: async (id, on) => {
      if (id !== 'known') return false
      did.push(`${id} ${on ? 'on' : 'off'}`)
      return true
    },
    resetScenarios: async () => void did.push('reset'),
    passTime: async (ms) => void did.push(`passed ${ms}`),
  })
  const server = createServer((req, res) => {
    routes(req, res, new URL(`http://127.0.0.1${req.url}`)).then(
      (mine) => mine || res.writeHead(404).end(),
      (thrown: unknown) => res.destroy(thrown as Error),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  /** With exactly these headers: fetch would not let the host be another one. */
  const ask = (
    method: string,
    path: string,
    options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = typeof options.body === 'string' ? options.body : JSON.stringify(options.body ?? {})
      const headers = { host: `127.0.0.1:${port}`, 'content-type': 'application/json', ...options.headers }
      const req = request({ host: '127.0.0.1', port, method, path, headers }, (res) => {
        let text = ''
        res.setEncoding('utf8')
        res.on('data', (chunk: string) => {
          text += chunk
        })
        res.on('end', () => {
          const isJson = String(res.headers['content-type']).startsWith('application/json')
          const body = isJson ? (JSON.parse(text) as Answer['body']) : {}
          resolve({ status: res.statusCode ?? 0, headers: res.headers, text, body })
        })
      })
      req.on('error', reject)
      req.end(method === 'GET' || method === 'DELETE' ? undefined : sent)
    })

  /** Events of the page, as they come. */
  const listen = async () => {
    const events: { readonly event: string; readonly data: unknown }[] = []
    const abort = new AbortController()
    const answer = await fetch(`http://127.0.0.1:${port}/rehearsal/events`, { signal: abort.signal })
    const read = async () => {
      let rest = ''
      for await (const chunk of answer.body ?? []) {
        const parts = (rest + new TextDecoder().decode(chunk)).split('\n\n')
        rest = parts.pop() ?? ''
        for (const part of parts) {
          const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? []
          if (event) events.push({ event, data: JSON.parse(data ?? 'null') })
        }
      }
    }
    const ended = read().catch(() => undefined)
    const until = async (count: number) => {
      while (events.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
      return events
    }
    return {
      until,
      async close() {
        abort.abort()
        await ended
      },
    }
  }

  return {
    did,
    log,
    port,
    ask,
    listen,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
