// Crafted bearer tokens, each with the verdict it must get. Shared by the suite and by long runs.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { type Authority, appId, encode, issuer, makePair, signRs256, tenantId } from './bot-authority.ts'

export type TokenCase = {
  readonly name: string
  /** Every Authorization header of the request. */
  readonly authorization: readonly string[]
  readonly accept: boolean
}

type Bag = Readonly<Record<string, unknown>>

/** @param now seconds; what the gate's clock says */
export function tokenCorpus(authority: Authority, now: number): TokenCase[] {
  const stranger = makePair('key-1')
  const unknown = makePair('nobody')
  const bare = authority.add('bare', { endorsements: [] })
  const other = authority.add('other', { endorsements: ['webchat', 'directline'] })
  const several = authority.add('several', { endorsements: ['webchat', 'msteams'] })
  const nearly = authority.add('nearly', { endorsements: ['MSTEAMS', 'msteams ', 'msteams2'] })
  const weak = authority.add('weak', { bits: 1024 })
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  authority.keys.push({
    ...curve.publicKey.export({ format: 'jwk' }),
    kid: 'curve',
    endorsements: ['msteams'],
  } as never)

  const good = authority.token()
  const [head = '', body = '', signature = ''] = good.split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Bag
  const bearer = (token: string) => [`Bearer ${token}`]
  const withClaims = (changed: Bag) => bearer(authority.token({ claims: changed }))
  const withHeader = (changed: Bag) => bearer(authority.token({ header: changed }))
  const rawClaims = (text: string) => {
    const input = `${head}.${encode(text)}`
    return bearer(`${input}.${signRs256(input, authority.key.privateKey)}`)
  }
  const rawHeader = (text: string) => {
    const input = `${encode(text)}.${body}`
    return bearer(`${input}.${signRs256(input, authority.key.privateKey)}`)
  }
  const publicPem = authority.key.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const hmac = (secret: string) => {
    const input = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'key-1' })}.${body}`
    return bearer(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)
  }
  const otherAlgorithm = (alg: string, make: (input: string) => string) => {
    const input = `${encode({ alg, typ: 'JWT', kid: 'key-1' })}.${body}`
    return bearer(`${input}.${make(input)}`)
  }
  const jwk = stranger.publicKey.export({ format: 'jwk' })
  const emulator = {
    iss: `https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/`,
    ver: '1.0',
    appid: appId,
  }

  const accepted: readonly (readonly [string, readonly string[]])[] = [
    ['a good token', bearer(good)],
    ['key endorsed for several channels', bearer(authority.token({ by: several }))],
    ['expired 299 s ago', withClaims({ exp: now - 299 })],
    ['valid in 299 s', withClaims({ nbf: now + 299 })],
    ['no nbf', withClaims({ nbf: undefined })],
    ['no typ', withHeader({ typ: undefined })],
    ['claims nobody asked for', withClaims({ tid: tenantId, name: 'x', nested: { a: [1] } })],
  ]
  const refused: readonly (readonly [string, readonly string[]])[] = [
    ['no header', []],
    ['empty header', ['']],
    ['scheme alone', ['Bearer']],
    ['scheme and blank', ['Bearer ']],
    ['no scheme', [good]],
    ['Basic', [`Basic ${good}`]],
    ['lower-case scheme', [`bearer ${good}`]],
    ['two blanks', [`Bearer  ${good}`]],
    ['trailing blank', [`Bearer ${good} `]],
    ['two tokens in one header', [`Bearer ${good}, Bearer ${good}`]],
    ['two headers', [`Bearer ${good}`, `Bearer ${good}`]],
    ['two parts', bearer(`${head}.${body}`)],
    ['four parts', bearer(`${good}.${signature}`)],
    ['five parts, as encrypted', bearer(`${good}.${signature}.${signature}`)],
    ['empty signature', bearer(`${head}.${body}.`)],
    ['empty payload', bearer(`${head}..${signature}`)],
    ['empty header part', bearer(`.${body}.${signature}`)],
    ['padding', bearer(`${good}==`)],
    ['other spelling of the same signature bytes', bearer(respell(good))],
    [
      'plus and slash alphabet',
      bearer(`${head}.${body}.${signature.replaceAll('-', '+').replaceAll('_', '/')}+`),
    ],
    ['9 KB', withClaims({ filler: 'x'.repeat(9000) })],
    ['Unicode', [`Bearer ${good}\u00e9`]],
    ['alg none', bearer(`${encode({ alg: 'none', typ: 'JWT', kid: 'key-1' })}.${body}.`)],
    ['alg none, with signature', otherAlgorithm('none', () => signature)],
    ['alg NONE', otherAlgorithm('NONE', () => signature)],
    ['HS256 with the public key as PEM', hmac(publicPem)],
    ['HS256 with the modulus', hmac(String(authority.key.publicKey.export({ format: 'jwk' }).n))],
    ['RS384', otherAlgorithm('RS384', (input) => signRs256(input, authority.key.privateKey, 'RSA-SHA384'))],
    ['RS512', otherAlgorithm('RS512', (input) => signRs256(input, authority.key.privateKey, 'RSA-SHA512'))],
    ['RS1', otherAlgorithm('RS1', (input) => signRs256(input, authority.key.privateKey, 'RSA-SHA1'))],
    [
      'PS256',
      otherAlgorithm('PS256', (input) =>
        sign('sha256', Buffer.from(input), { key: authority.key.privateKey, padding: 6 }).toString(
          'base64url',
        ),
      ),
    ],
    [
      'ES256 with a key of the set',
      otherAlgorithm('ES256', (input) =>
        sign('sha256', Buffer.from(input), { key: curve.privateKey, dsaEncoding: 'ieee-p1363' }).toString(
          'base64url',
        ),
      ).map((value) => value),
    ],
    ['kid of a key that is no RSA key', withHeader({ kid: 'curve' })],
    ['alg missing', withHeader({ alg: undefined })],
    ['alg as array', withHeader({ alg: ['RS256'] })],
    ['signed by another key, known kid', bearer(authority.token({ by: stranger }))],
    ['unknown kid', bearer(authority.token({ by: unknown }))],
    ['kid of another key', withHeader({ kid: 'several' })],
    ['no kid', withHeader({ kid: undefined })],
    ['empty kid', withHeader({ kid: '' })],
    ['kid a number', withHeader({ kid: 1 })],
    ['kid with a length that is none', withHeader({ kid: { length: { toString: {} } } })],
    ['kid __proto__', withHeader({ kid: '__proto__' })],
    ['kid as a path', withHeader({ kid: '../../key-1' })],
    ['jku', withHeader({ jku: 'http://127.0.0.1:1/keys' })],
    ['x5u', withHeader({ x5u: 'http://127.0.0.1:1/cert' })],
    ['x5c', withHeader({ x5c: ['MIIB'] })],
    ['jwk of its own signer', bearer(authority.token({ by: stranger, header: { jwk } }))],
    ['crit', withHeader({ crit: ['exp'] })],
    ['crit with b64', withHeader({ crit: ['b64'], b64: false })],
    ['nested JWT', bearer(authority.token({ header: { cty: 'JWT' } }))],
    ['compressed', withHeader({ zip: 'DEF' })],
    ['typ other', withHeader({ typ: 'at+jwt' })],
    ['header no JSON', rawHeader('no json')],
    ['header an array', rawHeader('[]')],
    ['header null', rawHeader('null')],
    ['payload no JSON', rawClaims('no json')],
    ['payload an array', rawClaims('[]')],
    ['payload null', rawClaims('null')],
    ['payload 100 levels deep', rawClaims(`${'['.repeat(100)}${']'.repeat(100)}`)],
    ['payload with __proto__', rawClaims(JSON.stringify(claims).replace('{', '{"__proto__":{"iss":"x"},'))],
    ['payload a token', rawClaims(good)],
    [
      'another payload under the same signature',
      bearer(`${head}.${encode({ ...claims, x: 1 })}.${signature}`),
    ],
    ['expired 301 s ago', withClaims({ exp: now - 301 })],
    ['valid in 301 s', withClaims({ nbf: now + 301 })],
    ['expired long ago', withClaims({ exp: 1 })],
    ['no exp', withClaims({ exp: undefined })],
    ['exp a text', withClaims({ exp: String(now + 3600) })],
    ['exp null', withClaims({ exp: null })],
    ['exp true', withClaims({ exp: true })],
    ['exp beyond numbers', rawClaims(JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e999'))],
    ['nbf a text', withClaims({ nbf: '0' })],
    ['aud an array', withClaims({ aud: [appId] })],
    ['aud another bot', withClaims({ aud: '22222222-2222-4333-8444-555555555555' })],
    ['aud missing', withClaims({ aud: undefined })],
    ['aud empty', withClaims({ aud: '' })],
    ['aud upper case', withClaims({ aud: 'AAAA'.concat(appId.slice(4)).toUpperCase() })],
    ['aud with prefix', withClaims({ aud: `api://${appId}` })],
    ['aud of the Connector', withClaims({ aud: 'https://api.botframework.com' })],
    ['iss other', withClaims({ iss: 'https://evil.example' })],
    ['iss with slash', withClaims({ iss: `${issuer}/` })],
    ['iss upper case', withClaims({ iss: issuer.toUpperCase() })],
    ['iss missing', withClaims({ iss: undefined })],
    ['iss an array', withClaims({ iss: [issuer] })],
    ['iss of the government cloud', withClaims({ iss: 'https://api.botframework.us' })],
    ['emulator v1', withClaims(emulator)],
    [
      'emulator v2',
      withClaims({
        iss: 'https://login.microsoftonline.com/d6d49420-f39b-4df7-a1dc-d59a935871db/v2.0',
        ver: '2.0',
        azp: appId,
      }),
    ],
    ['foreign tenant', withClaims({ iss: 'https://sts.windows.net/00000000-0000-4000-8000-000000000000/' })],
    ['skill', withClaims({ iss: `https://sts.windows.net/${tenantId}/`, ver: '1.0', appid: 'other-bot' })],
    ['AseChannel', withClaims({ iss: 'https://api.botframework.com/ase', aud: appId })],
    [
      'id token',
      withClaims({ iss: `https://login.microsoftonline.com/${tenantId}/v2.0`, nonce: 'n', tid: tenantId }),
    ],
    ['serviceurl missing', withClaims({ serviceurl: undefined })],
    ['serviceurl empty', withClaims({ serviceurl: '' })],
    ['serviceurl with a length that is none', withClaims({ serviceurl: { length: { toString: {} } } })],
    ['serviceurl an array', withClaims({ serviceurl: ['https://smba.trafficmanager.net/teams/'] })],
    ['key without endorsements', bearer(authority.token({ by: bare }))],
    ['key endorsed for other channels', bearer(authority.token({ by: other }))],
    ['key endorsed for nearly that channel', bearer(authority.token({ by: nearly }))],
    ['key of 1024 bit', bearer(authority.token({ by: weak }))],
  ]
  return [
    ...accepted.map(([name, authorization]) => ({ name, authorization, accept: true })),
    ...refused.map(([name, authorization]) => ({ name, authorization, accept: false })),
  ]
}

/** Another last character that decodes to the same bytes. */
function respell(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(token.at(-1) ?? 'A')
  return `${token.slice(0, -1)}${alphabet[last ^ 1]}`
}
