// The rehearsal's own routes beside /api/messages: the chat page, its events, the scenario switches and the clock.
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Json } from '../nouns.ts'
import type { ChatLog } from './chat-log.ts'
import type { Connector } from './connector.ts'
import { isOwnPage, readJson, sendJson } from './http.ts'

/** What the page shows in its side panel; built anew for each request. */
export type RehearsalState = { readonly [key: string]: Json }

export type ChatRoutesOptions = {
  readonly log: ChatLog
  readonly connector: Connector
  readonly state: () => Promise<RehearsalState>
  readonly applyScenario: (id: string, on: boolean) => Promise<boolean>
  readonly resetScenarios: () => Promise<void>
  readonly passTime: (ms: number) => Promise<void>
}

const MAX_STEP_MS = 31 * 24 * 3600_000
const require = createRequire(import.meta.url)
const pageFile = (name: string) => readFileSync(fileURLToPath(new URL(`./page/${name}`, import.meta.url)))

type Asset = { readonly type: string; readonly read: () => Buffer }
const assets: Readonly<Record<string, Asset>> = {
  '/': { type: 'text/html; charset=utf-8', read: () => pageFile('index.html') },
  '/page.css': { type: 'text/css; charset=utf-8', read: () => pageFile('page.css') },
  '/page.js': { type: 'text/javascript; charset=utf-8', read: () => pageFile('page.js') },
  '/cards.js': { type: 'text/javascript; charset=utf-8', read: () => pageFile('cards.js') },
  '/icon.svg': { type: 'image/svg+xml', read: () => pageFile('icon.svg') },
  '/adaptivecards.js': {
    type: 'text/javascript; charset=utf-8',
    read: () => readFileSync(require.resolve('adaptivecards/dist/adaptivecards.min.js')),
  },
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

function sendAsset(res: ServerResponse, asset: Asset): void {
  const body = asset.read()
  res.writeHead(200, {
    'content-type': asset.type,
    'content-security-policy': policy,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  })
  res.end(body)
}

function sendEvents(
  req: IncomingMessage,
  res: ServerResponse,
  options: ChatRoutesOptions,
  since: number,
): void {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = (event: string, data: unknown) =>
    res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  for (const entry of options.log.since(since)) send('entry', entry)
  send('ready', {})
  const stops = [
    options.log.listen((entry) => send('entry', entry)),
    options.connector.onTyping((conversationId) => send('typing', { conversationId })),
  ]
  const beat = setInterval(() => res.write(': still here\n\n'), 20_000)
  beat.unref()
  req.on('close', () => {
    clearInterval(beat)
    for (const stop of stops) stop()
  })
}

type Action = (body: Record<string, unknown>, options: ChatRoutesOptions) => Promise<string | undefined>

/** What the page may do; each returns a problem in words, or nothing. */
const actions: Readonly<Record<string, Action>> = {
  '/rehearsal/said': async (body, { log }) => {
    const { conversationId, activityId, threadId, activity } = body
    if (typeof conversationId !== 'string' || typeof activityId !== 'string' || typeof activity !== 'object')
      return 'conversationId, activityId and activity are needed'
    const thread = typeof threadId === 'string' ? { threadId } : {}
    log.append({
      conversationId,
      activityId,
      change: 'posted',
      activity: activity as Record<string, Json>,
      ...thread,
    })
    return undefined
  },
  '/rehearsal/scenario': async (body, options) => {
    if (typeof body.id !== 'string' || typeof body.on !== 'boolean') return 'id and on are needed'
    return (await options.applyScenario(body.id, body.on)) ? undefined : `no scenario is called ${body.id}`
  },
  '/rehearsal/reset': async (_body, options) => {
    await options.resetScenarios()
    options.log.clear()
    return undefined
  },
  '/rehearsal/time': async (body, options) => {
    if (typeof body.minutes !== 'number' || !(body.minutes > 0) || body.minutes * 60_000 > MAX_STEP_MS)
      return 'minutes must be more than 0 and at most 31 days'
    await options.passTime(body.minutes * 60_000)
    return undefined
  },
}

/** True when the request was one of ours and has been answered. */
export function createChatRoutes(options: ChatRoutesOptions) {
  return async (req: IncomingMessage, res: ServerResponse, url: URL): Promise<boolean> => {
    if (url.pathname.startsWith('/connector/')) return options.connector.handle(req, res, url)
    const asset = assets[url.pathname]
    const action = actions[url.pathname]
    const ours =
      asset || action || url.pathname === '/rehearsal/state' || url.pathname === '/rehearsal/events'
    if (!ours) return false
    if (!isOwnPage(req)) sendJson(res, 403, { problem: 'only the rehearsal page itself may use this' })
    else if (asset && req.method === 'GET') sendAsset(res, asset)
    else if (url.pathname === '/rehearsal/state' && req.method === 'GET')
      sendJson(res, 200, await options.state())
    else if (url.pathname === '/rehearsal/events' && req.method === 'GET')
      sendEvents(req, res, options, Number(url.searchParams.get('since') ?? 0) || 0)
    else if (
      action &&
      req.method === 'POST' &&
      (req.headers['content-type'] ?? '').startsWith('application/json')
    ) {
      const body = await readJson(req)
      const problem = body ? await action(body, options) : 'the body must be a JSON object'
      sendJson(res, problem ? 400 : 200, problem ? { problem } : await options.state())
    } else sendJson(res, 405, { problem: 'method not allowed' })
    return true
  }
}
