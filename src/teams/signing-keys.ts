// The Connector's public keys: fetched once a day, earlier for a key nobody has seen, kept through outages.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { isLoopbackHost } from '../clouds.ts'
import type { Instant } from '../nouns.ts'
import type { Outbound } from '../outbound.ts'
import type { Clock } from '../ports.ts'
import { DAY, MINUTE } from '../time.ts'
import { parseJson } from './json.ts'
import { readWith } from './read-with.ts'

export type SigningKey = { readonly key: KeyObject; readonly endorsements: readonly string[] }

export type SigningKeys = {
  find(kid: string): Promise<SigningKey | undefined>
  /** True while keys no older than five days are at hand; fetches them if there are none. */
  ready(): Promise<boolean>
}

const FRESH_FOR = DAY
const USABLE_FOR = 5 * DAY
/** At most one refresh in this time; while there are no usable keys at all, a shorter pause. */
const PAUSE = 5 * MINUTE
const PAUSE_WITHOUT_KEYS = 10_000
const FETCH_TIMEOUT = 5000
const MIN_BITS = 2048

const metadataSchema = z.object({ jwks_uri: z.string().max(512) })
const keySetSchema = z.object({ keys: z.array(z.unknown()).max(200) })
const rsaSchema = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1).max(256),
  n: z.string().min(1).max(4096),
  e: z.string().min(1).max(16),
  use: z.literal('sig').optional(),
  alg: z.literal('RS256').optional(),
  endorsements: z.array(z.string().max(64)).max(100).optional(),
})

function toKey({ n, e, endorsements }: z.output<typeof rsaSchema>): SigningKey | undefined {
  try {
    const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    return bits < MIN_BITS ? undefined : { key, endorsements: endorsements ?? [] }
  } catch {
    return undefined
  }
}

/** One bad entry costs that entry: keys of other kinds may stand in the set too, and are not for us. */
function toKeys(document: unknown): Map<string, SigningKey> {
  const keys = new Map<string, SigningKey>()
  for (const entry of keySetSchema.parse(document).keys) {
    const jwk = readWith(rsaSchema, entry)
    const key = jwk && !keys.has(jwk.kid) ? toKey(jwk) : undefined
    if (jwk && key) keys.set(jwk.kid, key)
  }
  return keys
}

/** The key set must lie where the metadata lies; only on loopback may it be another port. */
function isSamePlace(jwksUri: string, metadataUrl: string): boolean {
  if (!URL.canParse(jwksUri)) return false
  const keys = new URL(jwksUri)
  const metadata = new URL(metadataUrl)
  if (keys.origin === metadata.origin) return true
  return isLoopbackHost(keys.hostname) && isLoopbackHost(metadata.hostname)
}

export function createSigningKeys(options: {
  readonly metadataUrl: string
  readonly clock: Clock
  readonly outbound: Outbound
}): SigningKeys {
  const { metadataUrl, clock, outbound } = options
  let cache: { readonly keys: ReadonlyMap<string, SigningKey>; readonly at: Instant } | undefined
  let jwksUri: string | undefined
  let lastTry: Instant | undefined
  let running: Promise<void> | undefined

  const fetchJson = async (url: string): Promise<unknown> => {
    const answer = await outbound.send({ url, method: 'GET', timeoutMs: FETCH_TIMEOUT })
    const parsed = parseJson(answer.body)
    if (answer.status !== 200 || !parsed.ok) throw new Error(`no JSON from the key server: ${answer.status}`)
    return parsed.value
  }

  const refresh = async (now: Instant) => {
    // A key set that moved is found again at the daily refresh; an unknown key costs one request, not two.
    if (jwksUri === undefined || !cache || now - cache.at >= FRESH_FOR) {
      const found = metadataSchema.parse(await fetchJson(metadataUrl)).jwks_uri
      if (!isSamePlace(found, metadataUrl)) throw new Error('the key set lies elsewhere than its metadata')
      jwksUri = found
    }
    cache = { keys: toKeys(await fetchJson(jwksUri)), at: now }
  }

  const isUsable = (now: Instant) => cache !== undefined && now - cache.at <= USABLE_FOR

  const tryRefresh = async (now: Instant) => {
    if (!running) {
      const pause = isUsable(now) ? PAUSE : PAUSE_WITHOUT_KEYS
      if (lastTry !== undefined && now >= lastTry && now - lastTry < pause) return
      lastTry = now
      // A failed refresh is no error of the request: the keys at hand go on until they are too old.
      running = refresh(now)
        .catch(() => undefined)
        .finally(() => {
          running = undefined
        })
    }
    await running
  }

  const current = async (): Promise<Instant> => {
    const now = await clock.now()
    if (!cache || now - cache.at >= FRESH_FOR) await tryRefresh(now)
    return now
  }

  return {
    async find(kid) {
      const now = await current()
      if (!cache?.keys.has(kid)) await tryRefresh(now)
      return isUsable(now) ? cache?.keys.get(kid) : undefined
    },
    async ready() {
      return isUsable(await current())
    },
  }
}
