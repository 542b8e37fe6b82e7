// What the page's routes let through, and to whom: a loopback port is within reach of every site the browser shows.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startRoutes } from '../support/chat-routes.ts'

let routes: Awaited<ReturnType<typeof startRoutes>>
beforeAll(async () => {
  routes = await startRoutes()
})
afterAll(() => routes.close())
beforeEach(() => {
  routes.did.length = 0
  routes.log.clear()
})

const actions = ['/rehearsal/said', '/rehearsal/scenario', '/rehearsal/reset', '/rehearsal/time']
const reads = ['/', '/page.js', '/page.css', '/rehearsal/state', '/rehearsal/events']
const connector = '/connector/v3/conversations/a/activities'

describe('who may call', () => {
  const foreign: readonly (readonly [string, Record<string, string>])[] = [
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin of its own', { origin: 'null' }],
    ['a name that was bound to the loopback', { host: 'evil.example' }],
    ['a name that only looks like it', { host: '127.0.0.1.evil.example' }],
    ['a name that begins like it', { host: 'localhost.evil.example:3978' }],
    ['a machine of the network', { host: '10.0.0.7:3978' }],
  ]
  it.each(foreign)('%s is refused everywhere', async (_who, headers) => {
    for (const path of [...reads, ...actions, connector]) {
      const method = reads.includes(path) ? 'GET' : 'POST'
      const answer = await routes.ask(method, path, { headers, body: { id: 'known', on: true, minutes: 1 } })
      expect([path, answer.status]).toEqual([path, 403])
    }
    expect(routes.did).toEqual([])
    expect(routes.log.all()).toEqual([])
  })

  it.each(['127.0.0.1', 'localhost', '[::1]'])('the page itself on %s is not', async (name) => {
    const host = `${name}:${routes.port}`
    const headers = { host, origin: `http://${host}` }
    const answer = await routes.ask('POST', '/rehearsal/scenario', {
      headers,
      body: { id: 'known', on: true },
    })
    expect(answer.status).toBe(200)
    expect(routes.did).toEqual(['known on'])
  })

  it('the bot itself, which sends no origin, reaches the connector', async () => {
    expect((await routes.ask('POST', connector, { body: { type: 'message' } })).status).toBe(201)
  })

  it('a form of another site cannot post: only JSON is taken', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const answer = await routes.ask('POST', '/rehearsal/reset', { headers: { 'content-type': type } })
      expect(answer.status).toBe(405)
    }
    expect(routes.did).toEqual([])
  })
})

describe('what is served', () => {
  it('the page and its parts, with a policy that allows nothing from elsewhere', async () => {
    const page = await routes.ask('GET', '/')
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(page.headers['x-content-type-options']).toBe('nosniff')
  })

  it('every file the page names, and every module those import', async () => {
    const seen = new Set<string>()
    const follow = async (path: string): Promise<void> => {
      if (seen.has(path)) return
      seen.add(path)
      const { status, text } = await routes.ask('GET', path)
      expect([path, status]).toEqual([path, 200])
      if (path === '/adaptivecards.js') return
      const named = [...text.matchAll(/(?:src|href)="(\/[^"]+)"|from '\.(\/[^']+)'/g)]
      for (const match of named) await follow(match[1] ?? match[2] ?? '')
    }
    await follow('/')
    expect([...seen]).toEqual(expect.arrayContaining(['/page.js', '/log.js', '/cards.css', '/icon.svg']))
  })

  it('the official renderer, byte for byte', async () => {
    const file = createRequire(import.meta.url).resolve('adaptivecards/dist/adaptivecards.min.js')
    expect((await routes.ask('GET', '/adaptivecards.js')).text).toBe(readFileSync(file, 'utf8'))
  })

  it.each([
    '/page.ts',
    '/../package.json',
    '/%2e%2e/package.json',
    '/constructor',
    '/rehearsal',
    '/connector/',
  ])('%s is none of it', async (path) => {
    expect((await routes.ask('GET', path)).status).toBe(404)
  })

  it.each([
    ['PUT', '/'],
    ['POST', '/page.js'],
    ['GET', '/rehearsal/reset'],
    ['DELETE', '/rehearsal/state'],
    ['POST', '/rehearsal/events'],
  ])('%s %s is not a method of it', async (method, path) => {
    const answer = await routes.ask(method, path)
    expect(answer).toMatchObject({ status: 405, body: { problem: 'method not allowed' } })
  })
})

describe('what the page asks for', () => {
  it('answers with the new state', async () => {
    const on = await routes.ask('POST', '/rehearsal/scenario', { body: { id: 'known', on: true } })
    expect(on).toMatchObject({ status: 200, body: { did: ['known on'] } })
    await routes.ask('POST', '/rehearsal/scenario', { body: { id: 'known', on: false } })
    const later = await routes.ask('POST', '/rehearsal/time', { body: { minutes: 2.5 } })
    expect(later.body).toEqual({ did: ['known on', 'known off', 'passed 150000'] })
    expect(later.headers['cache-control']).toBe('no-store')
  })

  it.each<readonly [string, unknown]>([
    ['/rehearsal/scenario', { id: 'unknown', on: true }],
    ['/rehearsal/scenario', { id: 'known' }],
    ['/rehearsal/scenario', { id: 7, on: true }],
    ['/rehearsal/scenario', { id: 'known', on: 'yes' }],
    ['/rehearsal/time', { minutes: 0 }],
    ['/rehearsal/time', { minutes: -5 }],
    ['/rehearsal/time', { minutes: '5' }],
    ['/rehearsal/time', { minutes: 31 * 24 * 60 + 1 }],
    ['/rehearsal/time', { minutes: null }],
    ['/rehearsal/said', { conversationId: 'a', activityId: 'b' }],
    ['/rehearsal/said', { conversationId: 'a', activityId: 'b', activity: null }],
    ['/rehearsal/said', { conversationId: 'a', activityId: 'b', activity: [] }],
    ['/rehearsal/said', { conversationId: 1, activityId: 'b', activity: {} }],
    ['/rehearsal/reset', 'not json'],
    ['/rehearsal/reset', '[]'],
    ['/rehearsal/reset', 'null'],
    ['/rehearsal/reset', '"text"'],
    ['/rehearsal/reset', '{"cut": '],
    ['/rehearsal/reset', JSON.stringify({ filler: 'x'.repeat(600_000) })],
  ])('%s with a wrong body is refused with the reason', async (path, body) => {
    const answer = await routes.ask('POST', path, { body })
    expect(answer.status).toBe(400)
    expect(String(answer.body.problem).length).toBeGreaterThan(10)
    expect(routes.did).toEqual([])
    expect(routes.log.all()).toEqual([])
  })
})

describe('events', () => {
  it('tells the history, then that it is all, then what comes', async () => {
    await routes.ask('POST', connector, { body: { type: 'message', text: 'before' } })
    const page = await routes.listen()
    await page.until(2)
    await routes.ask('POST', connector, { body: { type: 'typing' } })
    await routes.ask('POST', connector, { body: { type: 'message', text: 'after' } })
    const events = await page.until(4)
    await page.close()
    expect(events.map(({ event }) => event)).toEqual(['entry', 'ready', 'typing', 'entry'])
    expect(events[0]?.data).toMatchObject({ change: 'posted', activity: { text: 'before' } })
    expect(events[2]?.data).toEqual({ conversationId: 'a' })
  })

  it('tells every open page of a switch and of a new start', async () => {
    const pages = [await routes.listen(), await routes.listen()]
    for (const page of pages) await page.until(1)
    await routes.ask('POST', '/rehearsal/time', { body: { minutes: 1 } })
    await routes.ask('POST', '/rehearsal/reset', {})
    for (const page of pages) {
      const events = await page.until(3)
      expect(events.map(({ event }) => event)).toEqual(['ready', 'changed', 'cleared'])
      await page.close()
    }
  })
})
