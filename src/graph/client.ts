// The Graph client: Microsoft's, with a chain of our own in place of its retries, redirects and telemetry.
import { randomUUID } from 'node:crypto'
import { Client, ResponseType } from '@microsoft/microsoft-graph-client'
import type { Telemetry } from '../telemetry.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import { type Call, CallState } from './call.ts'
import { authStep, guardStep, observeStep, retryStep } from './chain.ts'
import type { AppIdentity } from './credentials.ts'
import type { Failure } from './failure.ts'
import { httpStep } from './http.ts'
import { createLimiter, type Limiter } from './limiter.ts'
import { steadyTime, type Time } from './time.ts'

/** `body` is the text of a complete answer; '' for 204. */
export type Sent =
  | { readonly ok: true; readonly body: string; readonly requestId: string | undefined }
  | { readonly ok: false; readonly failure: Failure; readonly toldToWait: boolean }

export type GraphClient = {
  readonly baseUrl: string
  readonly time: Time
  send(call: Call): Promise<Sent>
}

export type ClientOptions = {
  /** Root of Graph without a version, e.g. https://graph.microsoft.com. */
  readonly baseUrl: string
  readonly identity: AppIdentity
  readonly telemetry?: Telemetry
  readonly time?: Time
  readonly random?: () => number
  readonly limiter?: Limiter
}

function watchedBreaker(time: Time, telemetry: Telemetry | undefined): Breaker {
  return createBreaker(time, (family, open) => {
    telemetry?.metrics.set('breaker_open', open ? 1 : 0, { dependency: `graph-${family}` })
  })
}

export function createClient(options: ClientOptions): GraphClient {
  const time = options.time ?? steadyTime
  const baseUrl = options.baseUrl.replace(/\/{1,4}$/, '')
  const limiter = options.limiter ?? createLimiter(time)
  const breaker = watchedBreaker(time, options.telemetry)
  const chain = [
    guardStep(baseUrl),
    authStep(options.identity),
    retryStep({ time, limiter, breaker, random: options.random ?? Math.random }),
    ...(options.telemetry ? [observeStep(options.telemetry)] : []),
    httpStep(time),
  ]
  const client = Client.initWithMiddleware({ baseUrl, middleware: chain })

  return {
    baseUrl,
    time,
    async send(call) {
      const headers = {
        'client-request-id': randomUUID(),
        ...(call.priority === 'user' ? { 'x-ms-throttle-priority': 'high' } : {}),
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      }
      const state = new CallState({ ...call, headers })
      // The address is taken from the call and not from the client's parser, which looks for "https://" anywhere
      // in a path and takes what follows for another host.
      const request = client.api('/').middlewareOptions([state]).responseType(ResponseType.RAW)
      await (call.query.method === 'GET' ? request.get() : request.post({}))
      const { failure } = state
      const toldToWait = state.retryAfterMs !== undefined && (state.status === 429 || state.status === 503)
      if (failure) return { ok: false, failure, toldToWait }
      return { ok: true, body: state.text, requestId: state.headers.get('request-id') ?? undefined }
    },
  }
}
