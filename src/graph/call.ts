// One request on its way through the chain: what is asked, and what became of it.
import type { Context, Middleware, MiddlewareOptions } from '@microsoft/microsoft-graph-client'
import type { UserToken } from '../ports.ts'
import type { Failure } from './failure.ts'
import type { Priority } from './limiter.ts'
import type { Query } from './query.ts'

/** Counts what a piece of work costs. */
export type Meter = { calls: number }

export type Call = {
  readonly query: Query
  readonly url: string
  readonly priority: Priority
  /** End of patience, in the time of `Time`. */
  readonly deadline: number
  readonly timeoutMs: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The person whose rights it runs with; absent: the app's own. */
  readonly token?: UserToken
  readonly meter?: Meter
}

/**
 * Travels with the request as an option of the Graph client. The client turns every thrown thing into an error
 * of its own and loses what we know, so the chain notes outcomes here instead of throwing.
 */
export class CallState implements MiddlewareOptions {
  readonly call: Call
  failure: Failure | undefined
  status: number | undefined
  text = ''
  headers = new Headers()
  attempts = 0
  retryAfterMs: number | undefined

  constructor(call: Call) {
    this.call = call
  }

  /** Forget the last attempt. */
  reset(): void {
    this.failure = undefined
    this.status = undefined
    this.text = ''
    this.headers = new Headers()
    this.retryAfterMs = undefined
  }

  /** Nothing was sent. */
  refuse(kind: 'circuit' | 'bucket' | 'identity' | 'refused', code: string): void {
    this.failure = { kind, code, message: '', sent: false }
  }
}

export type Step = (context: Context, state: CallState, next: () => Promise<void>) => Promise<void>

/** A step of ours as a middleware of the Graph client. */
export function middleware(step: Step): Middleware {
  let following: Middleware | undefined
  return {
    async execute(context) {
      const state = context.middlewareControl?.getMiddlewareOptions(CallState)
      if (!(state instanceof CallState)) throw new TypeError('a request without its call')
      await step(context, state, async () => following?.execute(context))
    },
    setNext(next) {
      following = next
    },
  }
}
