// A token authority of our own on loopback: RSA keys made on the spot, a metadata document, a key set, signed tokens.
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json } from '../../src/nouns.ts'

export const appId = '11111111-2222-4333-8444-555555555555'
export const tenantId = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
export const issuer = 'https://api.botframework.com'

type Bag = Readonly<Record<string, unknown>>

export type SigningPair = {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export type Authority = {
  readonly metadataUrl: string
  readonly key: SigningPair
  /** Entries of the key set; may be changed while it runs. */
  readonly keys: Json[]
  /** Requests so far, by path. */
  readonly asked: Record<string, number>
  /** Answers 500 while true. */
  down: boolean
  add(
    kid: string,
    options?: { readonly bits?: number; readonly endorsements?: readonly string[] },
  ): SigningPair
  /** A valid token, unless claims or header say otherwise; `undefined` removes a field. */
  token(options?: { readonly claims?: Bag; readonly header?: Bag; readonly by?: SigningPair }): string
  close(): Promise<void>
}

export function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

export function signRs256(input: string, key: KeyObject, hash = 'RSA-SHA256'): string {
  return createSign(hash).update(input).sign(key).toString('base64url')
}

export function makePair(kid: string, bits = 2048): SigningPair {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: bits }) }
}

/** @param nowSeconds the time the tokens are valid around */
export async function startAuthority(
  options: { readonly serviceUrl?: string; readonly nowSeconds?: () => number } = {},
): Promise<Authority> {
  const nowSeconds = options.nowSeconds ?? (() => Math.floor(Date.now() / 1000))
  const keys: Json[] = []
  const asked: Record<string, number> = {}
  const server = http.createServer((req, res) => {
    const path = req.url ?? ''
    asked[path] = (asked[path] ?? 0) + 1
    if (authority.down) {
      res.writeHead(500).end()
      return
    }
    const documents: Record<string, unknown> = {
      '/metadata': { issuer, jwks_uri: `${origin}/keys`, id_token_signing_alg_values_supported: ['RS256'] },
      '/keys': { keys },
    }
    const found = documents[path]
    res.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(found ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const add: Authority['add'] = (kid, { bits, endorsements = ['msteams'] } = {}) => {
    const pair = makePair(kid, bits)
    const jwk = pair.publicKey.export({ format: 'jwk' })
    keys.push({
      kty: 'RSA',
      use: 'sig',
      kid,
      n: jwk.n ?? '',
      e: jwk.e ?? '',
      endorsements: [...endorsements],
    })
    return pair
  }

  const authority: Authority = {
    metadataUrl: `${origin}/metadata`,
    key: add('key-1'),
    keys,
    asked,
    down: false,
    add,
    token({ claims = {}, header = {}, by } = {}) {
      const pair = by ?? authority.key
      const now = nowSeconds()
      const head = encode({ alg: 'RS256', typ: 'JWT', kid: pair.kid, x5t: pair.kid, ...header })
      const body = encode({
        serviceurl: options.serviceUrl ?? 'https://smba.trafficmanager.net/teams/',
        iss: issuer,
        aud: appId,
        nbf: now - 60,
        exp: now + 3600,
        ...claims,
      })
      return `${head}.${body}.${signRs256(`${head}.${body}`, pair.privateKey)}`
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return authority
}
