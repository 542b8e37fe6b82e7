// What a failed send means for the outbox. A table first; the rest follows from it.
import type { Instant } from '../nouns.ts'
import { OutboundError } from '../outbound.ts'
import type { DeliveryFailure } from '../ports.ts'
import { isBag } from './card-data.ts'
import { ConnectorRefusal } from './connector-client.ts'
import { parseJson } from './json.ts'

type Kind = DeliveryFailure['kind']

/** Status of the Connector to class; what is not listed is not repeated. */
const byStatus: Readonly<Record<number, Kind>> = {
  401: 'identity',
  403: 'target-dead',
  412: 'retry',
  413: 'shorten',
  429: 'retry',
  502: 'retry',
  503: 'retry',
  504: 'retry',
}
/** A code of the Connector that says more than its status. */
const byCode: Readonly<Record<string, Kind>> = {
  '403 InvalidBotApiHost': 'refused',
  '404 ActivityNotFoundInConversation': 'gone',
  '404 ConversationNotFound': 'target-dead',
}
const MAX_RETRY_AFTER = 60 * 60_000
const codeForm = /^[A-Za-z0-9_]{1,64}$/

/** Code of an error body of the Connector; a sub code says more and goes first. */
function connectorCode(body: string): string | undefined {
  const parsed = parseJson(body)
  const outer = parsed.ok && isBag(parsed.value) ? parsed.value : {}
  const error = isBag(outer.error) ? outer.error : outer
  const named = [error.subCode, outer.subCode, error.code].find((code) => typeof code === 'string')
  return typeof named === 'string' && codeForm.test(named) ? named : undefined
}

/** Retry-After in milliseconds, from seconds or an HTTP date. */
export function retryAfterMs(header: string | undefined, now: Instant): number | undefined {
  if (header === undefined) return undefined
  const value = header.trim()
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_RETRY_AFTER) : undefined
}

function ofRefusal(refusal: ConnectorRefusal, now: Instant): DeliveryFailure {
  const named = connectorCode(refusal.body)
  const code = named === undefined ? String(refusal.status) : `${refusal.status} ${named}`
  const kind = byCode[code] ?? byStatus[refusal.status] ?? 'refused'
  const wait = kind === 'retry' ? retryAfterMs(refusal.retryAfter, now) : undefined
  return wait === undefined ? { kind, code } : { kind, code, retryAfterMs: wait }
}

/** Anything a send threw, in the classes of the outbox. */
export function failureOf(thrown: unknown, now: Instant): DeliveryFailure {
  if (thrown instanceof ConnectorRefusal) return ofRefusal(thrown, now)
  if (thrown instanceof OutboundError)
    return { kind: thrown.sent ? 'ambiguous' : 'retry', code: `network ${thrown.code}` }
  // What is left failed before sending: no token. A registration that is wrong stays wrong, a service that is down
  // comes back.
  const words = thrown instanceof Error ? thrown.message : ''
  return { kind: words.includes('AADSTS') ? 'identity' : 'retry', code: 'no token' }
}

export const wrongHost = '403 InvalidBotApiHost'
