// The steps before the connection: where to, with whose token, how often, and what it looked like.
import type { Middleware } from '@microsoft/microsoft-graph-client'
import type { Telemetry } from '../telemetry.ts'
import type { Breaker } from './breaker.ts'
import { type CallState, middleware } from './call.ts'
import type { AppIdentity } from './credentials.ts'
import type { Limiter } from './limiter.ts'
import { pauseAfter, waitBeforeRetry } from './retry.ts'
import type { Time } from './time.ts'

/** A token leaves for our Graph only, whatever a link in an answer says. */
export function guardStep(baseUrl: string): Middleware {
  const root = new URL(`${baseUrl}/`)
  return middleware(async (_context, state, next) => {
    const url = URL.canParse(state.call.url) ? new URL(state.call.url) : undefined
    const ours = url !== undefined && url.origin === root.origin && url.pathname.startsWith(root.pathname)
    if (!ours || url.username !== '' || url.password !== '') return state.refuse('refused', 'foreignAddress')
    await next()
  })
}

function claimsOf(state: CallState): string | undefined {
  return /claims="?([A-Za-z0-9+/=_-]+)"?/.exec(state.headers.get('www-authenticate') ?? '')?.[1]
}

async function appToken(identity: AppIdentity, state: CallState, claims?: string) {
  try {
    return await identity.token(claims)
  } catch (error) {
    const unset = error instanceof Error && error.name === 'CredentialUnavailableError'
    state.refuse('identity', unset ? 'notConfigured' : 'noToken')
    return undefined
  }
}

/** A person's token as it is; the app's own, and after a 401 once more if that gives a new one. */
export function authStep(identity: AppIdentity): Middleware {
  return middleware(async (context, state, next) => {
    const { call } = state
    const headers: Record<string, string> = { accept: 'application/json', ...call.headers }
    context.options = { ...context.options, headers }
    const token = call.token?.value ?? (await appToken(identity, state))
    if (token === undefined) return
    headers.authorization = `Bearer ${token}`
    await next()
    if (call.token || state.status !== 401) return
    const claims = claimsOf(state)
    const fresh = await appToken(identity, state, claims && Buffer.from(claims, 'base64').toString('utf8'))
    if (fresh === undefined || fresh === token) return
    headers.authorization = `Bearer ${fresh}`
    await next()
  })
}

type RetryParts = {
  readonly time: Time
  readonly limiter: Limiter
  readonly breaker: Breaker
  readonly random: () => number
}

function noteForBreaker(breaker: Breaker, state: CallState): void {
  const { failure, status } = state
  const down =
    failure?.kind === 'network' ||
    failure?.kind === 'timeout' ||
    failure?.kind === 'garbled' ||
    (status !== undefined && status >= 500)
  // A 429 shows neither that the service works nor that it is down.
  breaker.note(state.call.query.family, down ? 'bad' : status === 429 ? 'neither' : 'good')
}

function waitAfter(state: CallState, number: number, random: number): number | undefined {
  const { failure, status, retryAfterMs } = state
  if (!failure) return undefined
  const { kind } = failure
  if (kind === 'circuit' || kind === 'bucket' || kind === 'identity' || kind === 'refused') return undefined
  const ended = {
    method: state.call.query.method,
    number,
    ...(status === undefined ? {} : { status }),
    ...(kind === 'http' ? {} : { failure: kind }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
  return waitBeforeRetry(ended, random)
}

/** Turn in the bucket, circuit, attempt, and again while the policy and the deadline allow it. */
export function retryStep({ time, limiter, breaker, random }: RetryParts): Middleware {
  return middleware(async (_context, state, next) => {
    const { family } = state.call.query
    for (let number = 1; ; number += 1) {
      const last = state.failure
      const turn = await limiter.take(family, state.call.priority, state.call.deadline)
      // On a later attempt the reason of the first one says more than "no turn".
      if (!turn) return last ? undefined : state.refuse('bucket', 'tooManyRequests')
      if (!breaker.admits(family)) return last ? undefined : state.refuse('circuit', 'circuitOpen')
      state.reset()
      await next()
      noteForBreaker(breaker, state)
      if (state.status === 429) limiter.pause(family, pauseAfter(state.retryAfterMs))
      const wait = waitAfter(state, number, random())
      if (wait === undefined || time.now() + wait >= state.call.deadline) return
      await time.sleep(wait)
    }
  })
}

/** Span, metrics and one log line per attempt; ids of people and objects are in the address, so it is left out. */
export function observeStep(telemetry: Telemetry): Middleware {
  return middleware((_context, state, next) =>
    telemetry.span(`graph.${state.call.query.id}`, async (span) => {
      await next()
      const status = String(state.status ?? state.failure?.kind ?? 'none')
      const route = state.call.query.id
      span.setAttributes({ 'graph.query': route, 'graph.status': status })
      telemetry.metrics.count('graph_requests_total', { route, status })
      if (state.status === 429) telemetry.metrics.count('graph_throttled_total')
      if (state.retryAfterMs !== undefined)
        telemetry.metrics.set('graph_retry_after_seconds', state.retryAfterMs / 1_000)
      if (!state.failure) return
      const { code, requestId } = state.failure
      telemetry.log.warn({ query: route, status, code, requestId }, 'graph request failed')
    }),
  )
}
