import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createHeartbeat } from '../src/heartbeat.ts'
import { createOutbound } from '../src/outbound.ts'
import { readSources } from './support/imports.ts'

const root = join(import.meta.dirname, '..')
const servers: Server[] = []

async function serve(handle: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handle)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/abc`
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

describe('G5 what leaves the house', () => {
  /** Ways to open a connection without going through src/outbound.ts. */
  const raw =
    /\bfetch\s*\(|\bhttps?\)?\s*\.\s*(?:request|get)\s*\(|\b(?:net|tls|http2|dgram)\s*\.\s*(?:connect|createConnection|createSocket)\s*\(|\bnew\s+(?:WebSocket|EventSource|XMLHttpRequest)\b|from 'undici'|from 'axios'|\{[^}]*\b(?:request|get|connect)\b[^}]*\} from 'node:(?:https?|http2|net|tls)'/
  const allowed = ['src/outbound.ts', 'src/graph/http.ts']

  test('goes through two files and no other', () => {
    const found = readSources(root).filter(({ text }) => raw.test(text.replace(/^\s*\/\/.*$/gm, '')))
    expect(found.map(({ path }) => path).sort()).toEqual([...allowed].sort())
  })

  test.each([
    "await fetch('https://x')",
    'https.request(url)',
    'http.get(url)',
    "import { request } from 'node:https'",
    'net.connect(443)',
    "new WebSocket('wss://x')",
  ])('%s would be found', (text) => {
    expect(raw.test(text)).toBe(true)
  })

  test('both refuse to follow a redirect', async () => {
    let reached = 0
    const target = await serve((_req, res) => {
      reached += 1
      res.end()
    })
    const url = await serve((_req, res) => res.writeHead(302, { location: target }).end())
    const outbound = createOutbound()
    expect((await outbound.send({ url, method: 'GET', timeoutMs: 2000 })).status).toBe(302)
    outbound.close()
    expect(reached).toBe(0)
    const graph = readSources(root).find(({ path }) => path === 'src/graph/http.ts')
    expect(graph?.text).toContain("redirect: 'manual'")
  })

  test.each(['http://example.com/', 'http://10.0.0.1/', 'http://127.0.0.1.evil.example/'])(
    'plain http to %s is not even tried',
    async (url) => {
      const outbound = createOutbound()
      await expect(outbound.send({ url, method: 'GET', timeoutMs: 2000 })).rejects.toMatchObject({
        code: 'INSECURE',
        sent: false,
      })
      outbound.close()
    },
  )
})

describe('heartbeat', () => {
  test('calls the address once a beat, with nothing about us', async () => {
    const calls: { method: string | undefined; url: string | undefined; names: string[] }[] = []
    const url = await serve((req, res) => {
      calls.push({ method: req.method, url: req.url, names: Object.keys(req.headers).sort() })
      res.end('OK')
    })
    const heartbeat = createHeartbeat(url)
    await heartbeat.beat()
    await heartbeat.beat()
    heartbeat.close()
    const call = { method: 'GET', url: '/ping/abc', names: ['connection', 'host'] }
    expect(calls).toEqual([call, call])
  })

  test.each([302, 404, 500])('an answer of %i is a failure, and tells no address', async (status) => {
    const url = await serve((_req, res) => res.writeHead(status, { location: 'http://127.0.0.1:1/' }).end())
    const heartbeat = createHeartbeat(url)
    const error = await heartbeat.beat().catch((thrown: unknown) => thrown)
    heartbeat.close()
    expect(error).toMatchObject({ code: `HTTP${status}` })
    expect(String(error)).not.toContain('127.0.0.1')
  })
})

describe('a connection that is reset', () => {
  /** Answers so many requests of a connection, then resets it when the next one arrives. */
  async function resetting(answered: number): Promise<string> {
    const server = createTcpServer((socket) => {
      let left = answered
      socket.on('error', () => undefined)
      socket.on('data', () => {
        if (left > 0) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        else socket.resetAndDestroy()
        left -= 1
      })
    })
    tcpServers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }
  const tcpServers: TcpServer[] = []
  afterEach(() => {
    for (const server of tcpServers.splice(0)) server.close()
  })
  const ask = (outbound: ReturnType<typeof createOutbound>, url: string) =>
    outbound.send({ url, method: 'POST', body: 'x', timeoutMs: 5000 })

  test('may have been read, new or kept: nobody can tell, so it counts as sent', async () => {
    const outbound = createOutbound()
    await expect(ask(outbound, await resetting(0))).rejects.toMatchObject({ code: 'ECONNRESET', sent: true })
    const kept = await resetting(1)
    expect((await ask(outbound, kept)).status).toBe(200)
    await expect(ask(outbound, kept)).rejects.toMatchObject({ code: 'ECONNRESET', sent: true })
    outbound.close()
  })
})
