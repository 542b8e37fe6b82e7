import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createOutbound } from '../../src/outbound.ts'
import { createSigningKeys, type SigningKeys } from '../../src/teams/signing-keys.ts'
import { type Authority, startAuthority } from '../support/bot-authority.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const start = 1_795_000_000_000
const outbound = createOutbound()
let authority: Authority
let now = start
let keys: SigningKeys

beforeEach(async () => {
  now = start
  authority = await startAuthority()
  keys = createSigningKeys({ metadataUrl: authority.metadataUrl, clock: { now: async () => now }, outbound })
})
afterEach(() => authority.close())

function fetches(): number {
  return Object.values(authority.asked).reduce((sum, count) => sum + count, 0)
}

describe('B6 keys of the Connector', () => {
  test('a key that is rolled 10 minutes after the last refresh is found at once', async () => {
    expect(await keys.find('key-1')).toBeDefined()
    authority.add('key-2')
    now += 10 * MINUTE
    expect(await keys.find('key-2')).toBeDefined()
  })

  test('1,000 unknown kids cost no fetch within five minutes, and one after', async () => {
    await keys.find('key-1')
    const before = fetches()
    now += 4 * MINUTE
    await Promise.all(Array.from({ length: 1000 }, (_, i) => keys.find(`nobody-${i}`)))
    expect(fetches()).toBe(before)
    now += 2 * MINUTE
    const found = await Promise.all(Array.from({ length: 1000 }, (_, i) => keys.find(`nobody-${i}`)))
    expect(found.every((key) => key === undefined)).toBe(true)
    expect(fetches()).toBe(before + 1)
  })

  test('200 at once after the keys expired cost two fetches', async () => {
    await keys.find('key-1')
    const before = fetches()
    now += 25 * HOUR
    const found = await Promise.all(Array.from({ length: 200 }, () => keys.find('key-1')))
    expect(found.every((key) => key !== undefined)).toBe(true)
    expect(fetches() - before).toBeLessThanOrEqual(2)
  })

  test('an outage of 25 hours is bridged, one of six days is not', async () => {
    await keys.find('key-1')
    authority.down = true
    now += 25 * HOUR
    expect(await keys.find('key-1')).toBeDefined()
    expect(await keys.ready()).toBe(true)
    now = start + 6 * 24 * HOUR
    expect(await keys.find('key-1')).toBeUndefined()
    expect(await keys.ready()).toBe(false)
  })

  test('after the outage new keys are in use within a minute', async () => {
    authority.down = true
    expect(await keys.find('key-1')).toBeUndefined()
    authority.down = false
    expect(await keys.find('key-1')).toBeUndefined()
    now += MINUTE
    expect(await keys.find('key-1')).toBeDefined()
  })

  test('a key that was taken out of the set is gone after a day', async () => {
    await keys.find('key-1')
    authority.keys.length = 0
    now += 25 * HOUR
    expect(await keys.find('key-1')).toBeUndefined()
  })

  test('keys of other kinds, short keys and rubbish are skipped, good ones beside them are used', async () => {
    authority.add('short', { bits: 1024 })
    authority.keys.unshift(
      { kty: 'RSA', kid: 'no-number', n: '!!!', e: '?' },
      { kty: 'RSA', kid: 'no-number', n: 'AQAB', e: 'AA' },
    )
    authority.keys.push(null, 7, { kty: 'EC', kid: 'curve' }, { kty: 'RSA', kid: 'broken', n: '', e: 'AQAB' })
    authority.keys.push({ ...(authority.keys[2] as object), kid: 'for-encryption', use: 'enc' })
    expect(await keys.find('key-1')).toBeDefined()
    for (const kid of ['no-number', 'short', 'curve', 'broken', 'for-encryption', '__proto__', ''])
      expect(await keys.find(kid), kid).toBeUndefined()
  })

  test('a key set on another host than its metadata is not fetched', async () => {
    const elsewhere = createSigningKeys({
      metadataUrl: 'https://login.example.invalid/metadata',
      clock: { now: async () => now },
      outbound: {
        send: async ({ url }) => {
          expect(url).toBe('https://login.example.invalid/metadata')
          return { status: 200, headers: {}, body: '{"jwks_uri":"https://evil.example/keys"}' }
        },
        close: () => undefined,
      },
    })
    expect(await elsewhere.find('key-1')).toBeUndefined()
  })
})
