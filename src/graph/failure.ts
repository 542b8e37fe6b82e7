// What can go wrong with a request, read out of Graph's many ways of saying so.
import type { Because } from '../nouns.ts'
import type { WriteOutcome } from '../ports.ts'

export type Failure = {
  /**
   * http: a complete answer that is an error. network, timeout, garbled, tooLarge, redirect: no usable answer.
   * circuit, bucket, identity, refused: nothing was sent.
   */
  readonly kind:
    | 'http'
    | 'network'
    | 'timeout'
    | 'garbled'
    | 'tooLarge'
    | 'redirect'
    | 'circuit'
    | 'bucket'
    | 'identity'
    | 'refused'
  readonly status?: number
  /** Graph's code, or our own word for it; never a sentence, so it may be logged. */
  readonly code: string
  /** Graph's sentence. It may name people: shown one-to-one, never logged. */
  readonly message: string
  readonly requestId?: string
  /** False: surely nothing reached Graph. */
  readonly sent: boolean
  readonly signInAgain?: boolean
}

type ErrorBody = { code: string; message: string; requestId?: string }

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 1_000) : ''
}

/** The synchronization service hides its own error as JSON text in Graph's message, in two shapes. */
function inner(message: string): { code?: string; message?: string } {
  if (!message.trimStart().startsWith('{')) return {}
  const body = asObject(parse(message))
  const error = asObject(body?.error)
  if (error) return { code: textOf(error.code), message: textOf(error.message) }
  return body && 'Message' in body ? { message: textOf(body.Message) } : {}
}

/** The error of an answer's body; codes and message are '' when there are none. */
export function readErrorBody(body: string): ErrorBody {
  const error = asObject(asObject(parse(body))?.error)
  const outer = typeof error?.message === 'string' ? error.message : ''
  const hidden = inner(outer)
  const details = asObject(error?.innerError) ?? asObject(error?.innererror)
  const requestId = textOf(details?.['request-id'])
  return {
    code: hidden.code || textOf(error?.code),
    message: hidden.message ?? outer.slice(0, 1_000),
    ...(requestId ? { requestId } : {}),
  }
}

const licenceWords =
  /RequestFromNonPremiumTenant|NonPremiumTenant|premium licen[cs]e|not have (?:a |the )?(?:premium|required|valid) (?:licen[cs]e|subscription)|AAD Premium/i
const staleTokenCodes = /^(InvalidAuthenticationToken|TokenExpired|CompactToken.*|InteractionRequired)$/i

/** Reasons by status; 5xx and what has no status are unavailable. */
const becauseOfStatus: Readonly<Record<number, Because>> = {
  401: 'notPermitted',
  403: 'notPermitted',
  404: 'notFound',
  410: 'notFound',
  429: 'throttled',
}

/** Why the fact is unknown. A 401 after a fresh token is a missing scope or role: that is how Graph says it. */
export function becauseOf(failure: Failure, person: boolean): Because {
  if (failure.kind === 'bucket') return 'throttled'
  if (failure.kind === 'identity') return failure.code === 'notConfigured' ? 'notConfigured' : 'unavailable'
  if (failure.kind === 'refused') return 'notFound'
  if (failure.kind !== 'http') return 'unavailable'
  if (licenceWords.test(failure.code) || licenceWords.test(failure.message)) return 'licence'
  if (person && failure.status === 401 && (failure.signInAgain || staleTokenCodes.test(failure.code)))
    return 'notSignedIn'
  return becauseOfStatus[failure.status ?? 0] ?? 'unavailable'
}

type FailedWrite = Extract<WriteOutcome<never>, { ok: false }>

function writeKind(failure: Failure): FailedWrite['kind'] {
  if (!failure.sent) return failure.kind === 'bucket' ? 'throttled' : 'notSent'
  if (failure.kind !== 'http') return 'ambiguous'
  const status = failure.status ?? 0
  if (status === 401 || status === 403) return 'denied'
  if (status === 429) return 'throttled'
  // A server that failed may have done the work before it failed.
  return status >= 500 || status === 408 ? 'ambiguous' : 'rejected'
}

/** A failed write, in the words of the port. A 503 that named a time to wait did not begin. */
export function failedWrite(failure: Failure, toldToWait: boolean): FailedWrite {
  const kind = toldToWait ? 'throttled' : writeKind(failure)
  return {
    ok: false,
    kind,
    code: failure.code,
    message: failure.message,
    ...(failure.requestId ? { requestId: failure.requestId } : {}),
  }
}
