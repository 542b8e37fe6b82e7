// The rehearsal's own routes beside /api/messages: the chat page, its events, the scenario switches and the clock.
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Instant, Json } from '../nouns.ts'
import type { ChatLog } from './chat-log.ts'
import type { Connector } from './connector.ts'
import { isOwnPage, readJson, sendJson } from './http.ts'

/** What the page shows in its side panel; built anew for each request. */
export type RehearsalState = { readonly [key: string]: Json }

export type ChatRoutesOptions = {
  readonly log: ChatLog
  readonly connector: Connector
  readonly now: () => Promise<Instant>
  readonly state: () => Promise<RehearsalState>
  readonly applyScenario: (id: string, on: boolean) => Promise<boolean>
  readonly resetScenarios: () => Promise<void>
  readonly passTime: (ms: number) => Promise<void>
}

const MAX_STEP_MS = 31 * 24 * 3600_000
const require = createRequire(import.meta.url)

type Asset = { readonly type: string; readonly read: () => Buffer }

function pageFile(name: string, type: string): Asset {
  return { type, read: () => readFileSync(fileURLToPath(new URL(`./page/${name}`, import.meta.url))) }
}

const html = 'text/html; charset=utf-8'
const css = 'text/css; charset=utf-8'
const script = 'text/javascript; charset=utf-8'
const modules = ['page.js', 'view.js', 'log.js', 'channel.js', 'panel.js', 'cards.js', 'card-look.js']

/** All that is served; a path that is not here is no file of ours. */
const assets: ReadonlyMap<string, Asset> = new Map([
  ['/', pageFile('index.html', html)],
  ['/page.css', pageFile('page.css', css)],
  ['/cards.css', pageFile('cards.css', css)],
  ['/icon.svg', pageFile('icon.svg', 'image/svg+xml')],
  ...modules.map((name) => [`/${name}`, pageFile(name, script)] as const),
  [
    '/adaptivecards.js',
    {
      type: script,
      read: () => readFileSync(require.resolve('adaptivecards/dist/adaptivecards.min.js')),
    },
  ],
])

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

type Hear = (event: 'cleared' | 'changed') => void

/** The whole history, then `ready`, then what comes; a page that lost the connection simply starts again. */
function sendEvents(res: ServerResponse, options: ChatRoutesOptions, pages: Set<Hear>): void {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = (event: string, data: unknown) =>
    res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  res.write('retry: 1000\n\n')
  for (const entry of options.log.all()) send('entry', entry)
  send('ready', {})
  const hear: Hear = (event) => send(event, {})
  pages.add(hear)
  const stops = [
    options.log.listen((entry) => send('entry', entry)),
    options.connector.onTyping((conversationId) => send('typing', { conversationId })),
    () => pages.delete(hear),
  ]
  const beat = setInterval(() => res.write(': still here\n\n'), 20_000)
  beat.unref()
  res.on('close', () => {
    clearInterval(beat)
    for (const stop of stops) stop()
  })
}

function isObject(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

type Action = (body: Record<string, unknown>, options: ChatRoutesOptions) => Promise<string | undefined>

/** What the page may do; each returns a problem in words, or nothing. */
const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries<Action>({
    '/rehearsal/said': async (body, { log, now }) => {
      const { conversationId, activityId, activity } = body
      if (typeof conversationId !== 'string' || typeof activityId !== 'string' || !isObject(activity))
        return 'conversationId, activityId and activity are needed'
      log.append({ conversationId, activityId, change: 'posted', at: await now(), activity })
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
  }),
)

const isJson = (req: IncomingMessage) => (req.headers['content-type'] ?? '').startsWith('application/json')

/** True when the request was one of ours and has been answered. */
export function createChatRoutes(options: ChatRoutesOptions) {
  const pages = new Set<Hear>()

  const act = async (req: IncomingMessage, res: ServerResponse, path: string, action: Action) => {
    const body = await readJson(req)
    const problem = body ? await action(body, options) : 'the body must be a JSON object'
    if (problem !== undefined) return sendJson(res, 400, { problem })
    // Every open page shows the same switches and the same conversations.
    const told = path === '/rehearsal/reset' ? 'cleared' : 'changed'
    if (path !== '/rehearsal/said') for (const hear of pages) hear(told)
    sendJson(res, 200, await options.state())
  }

  return async (req: IncomingMessage, res: ServerResponse, url: URL): Promise<boolean> => {
    const path = url.pathname
    const isConnector = path.startsWith('/connector/')
    const asset = assets.get(path)
    const action = actions.get(path)
    const read = path === '/rehearsal/state' || path === '/rehearsal/events'
    if (!(isConnector || asset || action || read)) return false
    if (!isOwnPage(req)) sendJson(res, 403, { problem: 'only the rehearsal page itself may use this' })
    else if (isConnector) return options.connector.handle(req, res, url)
    else if (action && req.method === 'POST' && isJson(req)) await act(req, res, path, action)
    else if (action || req.method !== 'GET') sendJson(res, 405, { problem: 'method not allowed' })
    else if (asset) sendAsset(res, asset)
    else if (path === '/rehearsal/state') sendJson(res, 200, await options.state())
    else sendEvents(res, options, pages)
    return true
  }
}
