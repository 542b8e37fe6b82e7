// The only place that opens a connection to Graph. No redirects, one timeout over head and body, bounded size.
import type { Context } from '@microsoft/microsoft-graph-client'
import { type CallState, middleware } from './call.ts'
import { readErrorBody } from './failure.ts'
import { parseRetryAfter } from './retry.ts'
import type { Time } from './time.ts'

const LARGEST_ANSWER = 32 * 1024 * 1024

/** Codes of a connection that was never made: surely nothing was processed. */
const neverConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/

function codeOf(error: unknown): string {
  for (let e: unknown = error; e instanceof Error; e = e.cause)
    if ('code' in e && typeof e.code === 'string') return e.code
  return error instanceof Error ? error.name : 'unknown'
}

class TooLarge extends Error {}

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > LARGEST_ANSWER) throw new TooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function noteAnswer(state: CallState, response: Response): void {
  const { status, headers } = response
  const requestId = headers.get('request-id')?.slice(0, 100)
  const base = { sent: true, status, ...(requestId ? { requestId } : {}) }
  state.status = status
  state.headers = headers
  state.retryAfterMs = parseRetryAfter(headers.get('retry-after'), headers.get('date'))
  if (status >= 300 && status < 400) {
    state.failure = { ...base, kind: 'redirect', code: 'redirect', message: '' }
  } else if (status >= 400) {
    const signInAgain = /claims=/.test(headers.get('www-authenticate') ?? '')
    const said = readErrorBody(state.text)
    const code = said.code || `HTTP${status}`
    state.failure = { ...base, kind: 'http', ...said, code, ...(signInAgain ? { signInAgain } : {}) }
  } else if (state.call.query.method === 'GET' && !isJson(state.text)) {
    state.failure = { ...base, kind: 'garbled', code: 'garbled', message: '' }
  }
}

function noteError(state: CallState, error: unknown, timedOut: boolean): void {
  const code = codeOf(error)
  if (error instanceof TooLarge) {
    state.failure = { kind: 'tooLarge', code: 'tooLarge', message: '', sent: true }
  } else if (timedOut) {
    state.failure = { kind: 'timeout', code: 'timeout', message: '', sent: true }
  } else {
    state.failure = { kind: 'network', code, message: '', sent: !neverConnected.test(code) }
  }
}

/** The end of the chain. Never throws: what went wrong is in the state. */
export function httpStep(time: Time) {
  return middleware(async (context: Context, state: CallState) => {
    const patience = Math.max(1, Math.min(state.call.timeoutMs, state.call.deadline - time.now()))
    const signal = AbortSignal.timeout(Math.ceil(patience))
    state.attempts += 1
    if (state.call.meter) state.call.meter.calls += 1
    try {
      const headers = context.options?.headers as Record<string, string>
      const response = await fetch(state.call.url, {
        method: state.call.query.method,
        headers,
        redirect: 'manual',
        signal,
        ...(state.call.body === undefined ? {} : { body: state.call.body }),
      })
      state.text = await readBounded(response)
      noteAnswer(state, response)
      context.response = response
    } catch (error) {
      noteError(state, error, signal.aborted)
    }
  })
}
