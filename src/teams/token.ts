// One bearer token of the Bot Connector: its form, its signature, its claims. Nothing here knows the activity.
import { compactVerify } from 'jose'
import { z } from 'zod'
import type { Clock } from '../ports.ts'
import { parseJsonBytes } from './json.ts'
import { readWith } from './read-with.ts'
import type { SigningKey, SigningKeys } from './signing-keys.ts'

/** Closed set: these are labels of a metric. */
export type TokenFault =
  | 'missing'
  | 'form'
  | 'algorithm'
  | 'key'
  | 'endorsement'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'time'
  | 'claims'

export type TokenClaims = { readonly serviceUrl: string }
export type TokenResult =
  | { readonly ok: true; readonly claims: TokenClaims }
  | { readonly ok: false; readonly fault: TokenFault }

export type TokenRules = {
  readonly issuer: string
  readonly audience: string
  readonly endorsement: string
  readonly keys: SigningKeys
  readonly clock: Clock
}

const LONGEST = 8192
const SKEW_S = 300
/** Headers by which a token would bring its own key, encoding or nesting. */
const forbiddenHeaders = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc', 'epk', 'cty'] as const
const form = /^Bearer ([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/

const headerSchema = z.looseObject({
  alg: z.literal('RS256'),
  kid: z.string().min(1).max(256),
  typ: z.literal('JWT').optional(),
})

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  exp: z.number(),
  nbf: z.number().optional(),
  serviceurl: z.string().min(1).max(512),
})

const fault = (name: TokenFault): TokenResult => ({ ok: false, fault: name })

/** Base64url has several spellings of the same bytes; only the canonical one counts. */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url')
  return bytes.toString('base64url') === part ? bytes : undefined
}

function readHeader(part: string): { readonly kid: string } | TokenFault {
  const bytes = decode(part)
  const parsed = bytes ? parseJsonBytes(bytes) : undefined
  if (!parsed?.ok || typeof parsed.value !== 'object' || parsed.value === null) return 'form'
  if ('alg' in parsed.value && parsed.value.alg !== 'RS256') return 'algorithm'
  const header = readWith(headerSchema, parsed.value)
  if (!header) return 'key'
  return forbiddenHeaders.some((name) => name in header) ? 'form' : { kid: header.kid }
}

async function isSigned(token: string, key: SigningKey): Promise<boolean> {
  try {
    await compactVerify(token, key.key, { algorithms: ['RS256'] })
    return true
  } catch {
    return false
  }
}

async function checkClaims(payload: Uint8Array, rules: TokenRules): Promise<TokenResult> {
  const parsed = parseJsonBytes(payload)
  const claims = parsed.ok ? readWith(claimsSchema, parsed.value) : undefined
  if (!claims) return fault('claims')
  const { iss, aud, exp, nbf, serviceurl } = claims
  if (iss !== rules.issuer) return fault('issuer')
  if (aud !== rules.audience) return fault('audience')
  const now = (await rules.clock.now()) / 1000
  if (now > exp + SKEW_S || (nbf !== undefined && now < nbf - SKEW_S)) return fault('time')
  return { ok: true, claims: { serviceUrl: serviceurl } }
}

/** @param authorization every Authorization header of the request; exactly one is right. */
export async function checkToken(authorization: readonly string[], rules: TokenRules): Promise<TokenResult> {
  const [header] = authorization
  if (header === undefined) return fault('missing')
  if (authorization.length > 1 || header.length > LONGEST) return fault('form')
  const [, head = '', body = '', signature = ''] = form.exec(header) ?? []
  const payload = decode(body)
  if (head === '' || !payload || !decode(signature)) return fault('form')
  const read = readHeader(head)
  if (typeof read === 'string') return fault(read)
  const key = await rules.keys.find(read.kid)
  if (!key) return fault('key')
  if (!key.endorsements.includes(rules.endorsement)) return fault('endorsement')
  if (!(await isSigned(`${head}.${body}.${signature}`, key))) return fault('signature')
  return checkClaims(payload, rules)
}
