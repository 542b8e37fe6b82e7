// From a request, as plain data, to its answer: who asks, what is broken on purpose, limits, rights, the route, $batch.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Instant, Json } from '../nouns.ts'
import { servicePrincipals } from './configurations.ts'
import { badRequest, denied, GraphError, noSuchRoute, silentRefusal } from './graph-error.ts'
import { type Identity, identify } from './identity.ts'
import type { Memory } from './memory.ts'
import { readSkipToken } from './odata.ts'
import { match, type Route, type RouteAnswer, segmentsOf, type Version } from './route.ts'
import { routes } from './routes.ts'
import { scriptedRefusal, type Throttle } from './throttle.ts'
import { graphEffects, type World, worldAt } from './world.ts'

export type GraphRequest = {
  readonly method: string
  readonly version: Version
  /** Below the version, without query, e.g. "users/42". */
  readonly path: string
  readonly params: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Json | undefined
  /** Address of the version as the caller sees it. */
  readonly root: string
}

/** `closed`: the connection ends without an answer. */
export type GraphAnswer =
  | { readonly closed: true }
  | {
      readonly closed?: false
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body?: Json
    }

export type Server = {
  readonly memory: Memory
  readonly throttle: Throttle
  /** Counts the requests that met a scripted refusal, so that its forms take turns. */
  nth(): number
}

class ConnectionClosed extends Error {}

function errorAnswer(error: GraphError, request: GraphRequest, now: Instant): GraphAnswer {
  const requestId = randomUUID()
  const body = {
    error: {
      code: error.code,
      message: error.message,
      innerError: {
        date: new Date(now).toISOString().slice(0, 19),
        'request-id': requestId,
        'client-request-id': request.headers['client-request-id'] ?? requestId,
      },
    },
  }
  return { status: error.status, headers: { 'request-id': requestId, ...error.headers }, body }
}

type Found = { readonly route: Route; readonly params: Readonly<Record<string, string>> }

/** A service principal may be named by its appId, but nothing below it can be reached that way. */
function withId(segments: readonly string[]): readonly string[] {
  const appId = /^servicePrincipals\(appId='([^']*)'\)$/i.exec(segments[0] ?? '')?.[1]
  if (appId === undefined || segments.length > 1) return segments
  return ['servicePrincipals', servicePrincipals.find((each) => each.appId === appId)?.id ?? appId]
}

function find({ method, version, path }: GraphRequest): Found {
  const segments = withId(segmentsOf(path))
  const fitting = routes.flatMap((route): readonly Found[] => {
    const params = match(route, segments)
    return params ? [{ route, params }] : []
  })
  const known = fitting.filter(({ route }) => (route.versions ?? ['v1.0', 'beta']).includes(version))
  if (known.length === 0 && fitting.length > 0)
    throw badRequest(`Resource not found for the segment '${segments[0]}'.`)
  const found = known.find(({ route }) => route.method === method)
  if (found) return found
  if (known.length === 0 || known.some(({ route }) => route.family === 'synchronization'))
    throw noSuchRoute(path)
  throw new GraphError(
    405,
    'Request_BadRequest',
    'Specified HTTP method is not allowed for the request target.',
  )
}

/** What the scenarios in force do to this family of calls. */
function interfere(world: World, route: Route, server: Server): void {
  const effects = graphEffects(world, route.family)
  if (effects.includes('fail')) {
    if (server.nth() % 3 === 2) throw new ConnectionClosed()
    throw new GraphError(503, 'ServiceUnavailable', 'The service is temporarily unavailable.')
  }
  if (effects.includes('throttle')) throw scriptedRefusal(server.nth())
  if (effects.includes('refuse'))
    throw route.family === 'synchronization' || route.family === 'auditLogs' ? silentRefusal() : denied()
}

function authorize({ family, delegated }: Route, identity: Identity): void {
  if (identity.kind === 'app') {
    if (delegated === 'write') throw silentRefusal()
    if (delegated === 'read') throw denied()
    return
  }
  if (identity.hybridAdministrator || family === 'directory') return
  if (delegated === 'write') throw denied()
  if (family === 'synchronization') throw silentRefusal()
  if (family === 'agents')
    throw new GraphError(
      403,
      'NotAdminRoleNoEnoughCustomPermission_UnauthorizedAccess',
      'The signed-in person holds no role for this.',
    )
  if (family === 'auditLogs')
    throw new GraphError(
      403,
      'Authentication_RequestFromUnsupportedUserRole',
      'User is not in the allowed roles',
    )
  throw denied()
}

async function run(request: GraphRequest, server: Server, now: Instant): Promise<RouteAnswer> {
  const identity = identify(request.headers.authorization)
  const { route, params } = find(request)
  const state = await server.memory.read(now)
  interfere(worldAt(state, now), route, server)
  if (route.bucket) server.throttle.take(route.bucket, now)
  authorize(route, identity)
  const asOf = readSkipToken(request.params, now)?.asOf ?? now
  const query = {
    params: request.params,
    now,
    address: `${request.root}/${request.path}`,
    root: request.root,
    eventual: request.headers.consistencylevel?.toLowerCase() === 'eventual',
  }
  const { version, body } = request
  const answer = route.answer({ world: worldAt(state, asOf), version, params, query, body, identity, now })
  const change = answer.change
  if (change) await server.memory.add(now, () => [change])
  return answer
}

/** The answer to one request; never throws for anything a caller can do. */
export async function dispatch(request: GraphRequest, server: Server, now: Instant): Promise<GraphAnswer> {
  try {
    if (segmentsOf(request.path)[0] === '$batch') return await batch(request, server, now)
    const { status, body } = await run(request, server, now)
    const headers = { 'request-id': randomUUID(), 'OData-Version': '4.0' }
    return body === undefined ? { status, headers } : { status, headers, body }
  } catch (thrown) {
    if (thrown instanceof ConnectionClosed) return { closed: true }
    if (thrown instanceof URIError) return errorAnswer(badRequest('The address is malformed.'), request, now)
    if (thrown instanceof GraphError) return errorAnswer(thrown, request, now)
    throw thrown
  }
}

// ---------------------------------------------------------------- $batch

const batchBody = z.object({
  requests: z
    .array(
      z.object({
        id: z.string(),
        method: z.string(),
        url: z.string(),
        headers: z.record(z.string(), z.string()).optional(),
        body: z.json().optional(),
        dependsOn: z.array(z.string()).optional(),
      }),
    )
    .min(1)
    .max(20),
})

type Part = z.infer<typeof batchBody>['requests'][number]
type PartAnswer = {
  readonly id: string
  readonly status: number
  readonly headers: Json
  readonly body?: Json
}

function innerRequest(outer: GraphRequest, part: Part): GraphRequest {
  const url = new URL(part.url.replace(/^\/*/, ''), 'http://batch.invalid/')
  const own = Object.fromEntries(
    Object.entries(part.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    method: part.method.toUpperCase(),
    version: outer.version,
    path: url.pathname.slice(1),
    params: url.searchParams,
    headers: { ...own, authorization: outer.headers.authorization },
    body: part.body as Json | undefined,
    root: outer.root,
  }
}

function isBetaOnly(request: GraphRequest): boolean {
  if (request.version !== 'v1.0') return false
  const segments = segmentsOf(request.path)
  return routes.some(
    (route) => route.versions?.length === 1 && route.versions[0] === 'beta' && match(route, segments),
  )
}

async function partAnswer(
  outer: GraphRequest,
  part: Part,
  server: Server,
  now: Instant,
): Promise<PartAnswer> {
  const inner = innerRequest(outer, part)
  const wrongVersion = new GraphError(
    405,
    'Request_BadRequest',
    'Specified HTTP method is not allowed for the request target.',
  )
  const answer = isBetaOnly(inner)
    ? errorAnswer(wrongVersion, inner, now)
    : await dispatch(inner, server, now)
  // Inside a batch a lost connection shows as an unavailable service.
  if (answer.closed) return { id: part.id, status: 503, headers: {} }
  const { status, headers, body } = answer
  return body === undefined ? { id: part.id, status, headers } : { id: part.id, status, headers, body }
}

async function batch(request: GraphRequest, server: Server, now: Instant): Promise<GraphAnswer> {
  identify(request.headers.authorization)
  if (request.method !== 'POST') throw new GraphError(405, 'Request_BadRequest', 'A batch is sent with POST.')
  const parsed = batchBody.safeParse(request.body)
  if (!parsed.success) throw badRequest('A batch holds 1 to 20 requests with id, method and url.')
  const parts = parsed.data.requests
  if (parts.some((part) => part.body !== undefined && part.headers === undefined))
    throw badRequest('A request with a body needs headers.')
  const done = new Map<string, PartAnswer>()
  for (const part of parts) {
    const failed = (part.dependsOn ?? []).some((id) => (done.get(id)?.status ?? 424) >= 400)
    const answer = failed
      ? { id: part.id, status: 424, headers: {} }
      : await partAnswer(request, part, server, now)
    done.set(part.id, answer)
  }
  // Answers need not come in the order of the requests, and here they never do.
  const responses = [...done.values()].toReversed()
  return { status: 200, headers: {}, body: { responses } as unknown as Json }
}
