// The simulated tenant as one speaks to it: Microsoft Graph over HTTP below a prefix, and the switches of its scenarios.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instant, Json } from '../nouns.ts'
import type { Clock } from '../ports.ts'
import { isActive, switching } from './changes.ts'
import { handleControl } from './control.ts'
import { dispatch, type GraphAnswer, type Server } from './dispatch.ts'
import { createMemory, type Memory, type Persist } from './memory.ts'
import { people, tenantId } from './people.ts'
import type { Version } from './route.ts'
import { type Scenario, scenarioOf, scenarios } from './scenarios.ts'
import { createThrottle } from './throttle.ts'
import { worldAt } from './world.ts'

const REQUESTS_KEPT = 1_000
const MAX_BODY = 1024 * 1024

export type RecordedRequest = {
  readonly method: string
  /** Below the prefix, with its query. */
  readonly path: string
  /** "app", "user:<object id>", or "none". */
  readonly identity: string
  readonly time: Instant
  /** 0: the connection was closed without an answer. */
  readonly status: number
}

export type Scenarios = {
  list(): readonly Omit<Scenario, 'effects'>[]
  /** Ids of those in force now. */
  active(): Promise<readonly string[]>
  /** False: there is no such scenario. Repeating changes nothing. */
  apply(id: string): Promise<boolean>
  clear(id: string): Promise<boolean>
  /** As new: everything switched or written is forgotten. */
  reset(): Promise<void>
}

export type Tenant = {
  /** True: the request was below the prefix and is answered. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>
  readonly scenarios: Scenarios
  readonly people: typeof people
  readonly tenantId: string
  readonly prefix: string
  /** The newest requests, oldest first. */
  requests(): readonly RecordedRequest[]
}

export type TenantOptions = {
  readonly clock: Clock
  readonly persist?: Persist
  /** Where Graph is found on the server; default `/graph`, may be empty. */
  readonly prefix?: string
  /** How long an answer takes in the scenario graph-slow; default 30 s. */
  readonly slowMs?: number
}

async function readBody(req: IncomingMessage): Promise<Json | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req) {
    size += (chunk as Buffer).length
    if (size <= MAX_BODY) chunks.push(chunk as Buffer)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (size > MAX_BODY) return 'too large'
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return 'no JSON'
  }
}

function send(res: ServerResponse, answer: GraphAnswer): void {
  if (answer.closed) {
    res.destroy()
    return
  }
  const body = answer.body === undefined ? undefined : JSON.stringify(answer.body)
  res.writeHead(answer.status, {
    'cache-control': 'no-cache',
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json;odata.metadata=minimal;charset=utf-8' }),
    ...answer.headers,
  })
  res.end(body)
}

function createScenarios(memory: Memory, clock: Clock): Scenarios {
  const change = async (id: string, on: boolean) => {
    if (!scenarioOf(id)) return false
    const now = await clock.now()
    await memory.add(now, (state) => switching(state, id, on, now))
    return true
  }
  return {
    list: () => scenarios.map(({ effects: _, ...told }) => told),
    active: async () => {
      const now = await clock.now()
      const state = await memory.read(now)
      return scenarios.map(({ id }) => id).filter((id) => isActive(state, id, now))
    },
    apply: (id) => change(id, true),
    clear: (id) => change(id, false),
    reset: async () => memory.reset(await clock.now()),
  }
}

export function createTenant(options: TenantOptions): Tenant {
  const { clock, persist, prefix = '/graph', slowMs = 30_000 } = options
  const memory = createMemory(persist)
  let scripted = 0
  const server: Server = { memory, throttle: createThrottle(), nth: () => scripted++ }
  const recorded: RecordedRequest[] = []

  const record = (req: IncomingMessage, path: string, time: Instant, status: number) => {
    const identity = /^Bearer (app|user:\S+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? 'none'
    recorded.push({ method: req.method ?? '', path, identity, time, status })
    if (recorded.length > REQUESTS_KEPT) recorded.shift()
  }

  const isSlow = async () => {
    const now = await clock.now()
    const { effects } = worldAt(await memory.read(now), now)
    return effects.some((each) => each.kind === 'graph' && each.does === 'wait')
  }

  const answer = async (req: IncomingMessage, url: URL, version: Version): Promise<GraphAnswer> => {
    const body = await readBody(req)
    if (await isSlow()) await sleep(slowMs, undefined, { ref: false })
    return dispatch(
      {
        method: req.method ?? 'GET',
        version,
        path: url.pathname.slice(prefix.length + version.length + 2),
        params: url.searchParams,
        headers: req.headers as Readonly<Record<string, string | undefined>>,
        body,
        root: `http://${req.headers.host ?? '127.0.0.1'}${prefix}/${version}`,
      },
      server,
      await clock.now(),
    )
  }

  const tenant: Tenant = {
    scenarios: createScenarios(memory, clock),
    people,
    tenantId,
    prefix,
    requests: () => [...recorded],
    async handle(req, res) {
      if (!URL.canParse(req.url ?? '/', 'http://127.0.0.1')) return false
      const url = new URL(req.url ?? '/', 'http://127.0.0.1')
      const [, found] = url.pathname.startsWith(`${prefix}/`)
        ? url.pathname.slice(prefix.length).split('/')
        : []
      if (found === '_control') return handleControl(tenant, req, res)
      if (found !== 'v1.0' && found !== 'beta') return false
      const given = await answer(req, url, found)
      record(
        req,
        url.pathname.slice(prefix.length) + url.search,
        await clock.now(),
        given.closed ? 0 : given.status,
      )
      send(res, given)
      return true
    },
  }
  return tenant
}
