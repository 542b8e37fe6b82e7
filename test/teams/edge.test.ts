import http from 'node:http'
import net from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { errorBodies } from '../../src/teams/answers.ts'
import { routes } from '../../src/teams/index.ts'
import { createRefusals } from '../../src/teams/refusals.ts'
import { limitSlowClients } from '../../src/teams/sockets.ts'
import { type Answer, ask, message, startEdge, type TestEdge } from '../support/teams.ts'

const fixedBodies: ReadonlySet<string> = new Set(Object.values(errorBodies))

/** Writes raw bytes and gives back all that comes until the socket is closed. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let got = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1')
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(got))
    socket.setTimeout(5000, () => socket.destroy())
  })
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}

describe('routes and methods', () => {
  let t: TestEdge
  beforeAll(async () => {
    t = await startEdge()
  })
  afterAll(() => t.close())

  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']
  const known: Readonly<Record<string, string>> = Object.fromEntries(
    Object.values(routes).map((path) => [path, path === routes.messages ? 'POST' : 'GET']),
  )
  const paths = [
    ...Object.values(routes),
    '/',
    '/api',
    '/api/messages/',
    '/API/messages',
    '/api//messages',
    '/api/messages/x',
    '/api/%6dessages',
    '//api/messages',
    '/healthz',
    '/metrics',
    '/rehearsal/state',
    '/connector/v3/conversations',
    '/favicon.ico',
    '/constructor',
    '/__proto__',
  ]

  test('A4 all methods on all routes: only what the table names', async () => {
    const wrong: string[] = []
    for (const path of paths)
      for (const method of methods) {
        const right = known[path]
        if (right === method) continue
        const answer = await ask(t.port, { method, path })
        const expected = right === undefined ? 404 : 405
        if (answer.status !== expected) wrong.push(`${method} ${path}: ${answer.status}`)
        if (method !== 'HEAD' && !fixedBodies.has(answer.text))
          wrong.push(`${method} ${path}: ${answer.text}`)
        if (right !== undefined && answer.headers.allow !== right) wrong.push(`${method} ${path}: allow`)
      }
    expect(wrong).toEqual([])
  })

  test.each(['live', 'ready', 'startup'] as const)('health: %s', async (name) => {
    const answer = await ask(t.port, { method: 'GET', path: routes[name] })
    expect(answer).toMatchObject({ status: 200, json: { status: 'ok' } })
  })

  test('health that is not well, throws or hangs is 503 and says no more', async () => {
    const ill = await startEdge({
      health: {
        live: async () => false,
        ready: () => Promise.reject(new Error('postgres://secret')),
        startup: () => new Promise(() => undefined),
      },
    })
    for (const path of [routes.live, routes.ready, routes.startup]) {
      const answer = await ask(ill.port, { method: 'GET', path })
      expect(answer).toMatchObject({ status: 503, text: '{"status":"unavailable"}' })
    }
    await ill.close()
  })

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    [
      'a request target that is none',
      'GET http://x/healthz/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      404,
    ],
    ['CONNECT', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n', 0],
    [
      'an upgrade',
      'GET /api/messages HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      0,
    ],
    ['endless headers', `GET /healthz/live HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      400,
    ],
    [
      'length and chunks',
      'POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
      400,
    ],
    [
      'an encoding under another name',
      'POST /api/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\nContent-Type: application/json\r\n\r\n0\r\n\r\n',
      415,
    ],
    ['no host', 'GET /healthz/live HTTP/1.1\r\n\r\n', 400],
  ])('raw: %s', async (_name, text, expected) => {
    const answer = await raw(t.port, text)
    expect(statusOf(answer)).toBe(expected)
    expect(answer).not.toMatch(/^server:/im)
    expect((await t.say(message())).status).toBe(200)
  })

  test('A7 no answer has a Server header or words outside the fixed set', async () => {
    const answers: Answer[] = [
      await t.say(message()),
      await ask(t.port, { method: 'GET', path: '/nothing' }),
      await ask(t.port, { headers: { 'content-type': 'application/json' }, body: '{}' }),
      await t.say(message({ type: 5 })),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 400])
    for (const { headers } of answers) {
      expect(headers).not.toHaveProperty('server')
      expect(headers).not.toHaveProperty('x-powered-by')
    }
    for (const { text } of answers.slice(1)) expect(fixedBodies.has(text)).toBe(true)
    expect(fixedBodies.size).toBe(6)
  })

  test('TEAMS 5 a serviceUrl outside the allow-list is refused although the token names it', async () => {
    const before = t.events.length
    expect((await t.say(message({ serviceUrl: 'https://evil.example/' }))).status).toBe(403)
    expect(t.events).toHaveLength(before)
  })
})

describe('A6 slow clients', () => {
  const sockets: net.Socket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  function dawdle(port: number, count: number): Promise<net.Socket[]> {
    return Promise.all(
      Array.from(
        { length: count },
        () =>
          new Promise<net.Socket>((resolve, reject) => {
            const socket = net.connect(port, '127.0.0.1', () => {
              socket.write('POST /api/messages HTTP/1.1\r\nHost: x\r\nX-Slow: ')
              resolve(socket)
            })
            socket.on('error', reject)
            sockets.push(socket)
          }),
      ),
    )
  }

  test('of 300 unfinished requests the oldest 100 are closed; a valid turn is answered meanwhile', async () => {
    const t = await startEdge()
    const slow = await dawdle(t.port, 300)
    for (const socket of slow) socket.on('error', () => socket.destroy())
    expect((await t.say(message())).status).toBe(200)
    await expect
      .poll(() => slow.filter((socket) => socket.closed || socket.readableEnded).length)
      .toBeGreaterThanOrEqual(100)
    expect(slow.slice(-150).every((socket) => !socket.readableEnded)).toBe(true)
    await t.close()
  })

  test('headers have 10 s, the whole request 15 s, and Node looks every second', async () => {
    const server = http.createServer((_req, res) => res.end('ok'))
    limitSlowClients(server, 5)
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 75_000 })
    // The same machinery with short times: proof that the interval we set is the one in use.
    server.headersTimeout = 300
    server.requestTimeout = 400
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as net.AddressInfo
    const [socket] = await dawdle(port, 1)
    const answer = await new Promise<string>((resolve) => {
      let got = ''
      socket?.on('data', (chunk) => {
        got += chunk.toString()
      })
      socket?.on('close', () => resolve(got))
    })
    expect(statusOf(answer)).toBe(408)
    server.close()
  })
})

describe('A9 how often a refusal is given', () => {
  test('with the gate on 20 per second and source; accepted ones are unaffected', async () => {
    const t = await startEdge({ limits: { perSource: 20, total: 200 } })
    const refused = await Promise.all(
      Array.from({ length: 60 }, () =>
        ask(t.port, { headers: { 'content-type': 'application/json' }, body: '{}' }),
      ),
    )
    const statuses = refused.map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    const limited = refused.find(({ status }) => status === 429)
    expect(limited).toMatchObject({ text: errorBodies.busy, headers: { 'retry-after': '1' } })
    const good = await Promise.all(Array.from({ length: 30 }, () => t.say(message())))
    expect(new Set(good.map(({ status }) => status))).toEqual(new Set([200]))
    await t.close()
  })

  test('behind App Service the last hop is the source, elsewhere the socket', async () => {
    const askAs = async (source: 'socket' | 'forwarded') => {
      const t = await startEdge({ source, limits: { perSource: 1, total: 1000 } })
      const statuses: number[] = []
      for (let i = 0; i < 5; i++) {
        const headers = { 'x-forwarded-for': `9.9.9.9, 10.0.0.${i}:1234` }
        statuses.push((await ask(t.port, { method: 'GET', path: '/nothing', headers })).status)
      }
      await t.close()
      return statuses
    }
    expect(await askAs('forwarded')).toEqual([404, 404, 404, 404, 404])
    expect(await askAs('socket')).toContain(429)
  })

  test('per source, in total, each second anew, and in bounded memory', () => {
    let elapsed = 0
    const refusals = createRefusals({ perSource: 2, total: 5 }, () => elapsed)
    expect([1, 2, 3].map(() => refusals.isOver('a'))).toEqual([false, false, true])
    expect(['b', 'c', 'd'].map((source) => refusals.isOver(source))).toEqual([false, false, true])
    elapsed = 1000
    expect(refusals.isOver('a')).toBe(false)
    for (let i = 0; i < 10_000; i++) refusals.isOver(`forged-${i}`)
    expect(refusals.isOver('fresh')).toBe(true)
  })
})

describe('A8 anonymous requests leave nothing behind', () => {
  test('1,000 with unique names are all refused; a valid turn passes afterwards', async () => {
    const t = await startEdge()
    const agent = new http.Agent({ keepAlive: true, maxSockets: 20 })
    const one = (i: number) =>
      ask(t.port, {
        agent,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer e30.${Buffer.from(`{"tid":"${i}"}`).toString('base64url')}.AAAA`,
        },
        body: '{}',
      })
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => one(round * 200 + i)))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    }
    expect((await t.say(message())).status).toBe(200)
    // Keys are fetched for the valid turn alone: one metadata document, one key set.
    expect(t.authority.asked).toEqual({ '/metadata': 1, '/keys': 1 })
    agent.destroy()
    await t.close()
  })
})

describe('closing', () => {
  test('takes no new connection, waits for the running turn, and can be asked twice', async () => {
    let release: () => void = () => undefined
    const t = await startEdge({
      limits: { messageMs: 20 },
      handle: () =>
        new Promise((resolve) => {
          release = () => resolve({})
        }),
    })
    await t.say(message())
    const closing = t.edge.close(3000)
    await expect(ask(t.port, { method: 'GET', path: routes.ready })).rejects.toThrow('ECONNREFUSED')
    release()
    expect(await closing).toBe(0)
    await t.close()
  })
})
