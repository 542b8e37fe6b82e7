import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOutbound } from '../../src/outbound.ts'
import { readActivity } from '../../src/teams/activity.ts'
import { createAnonymousGate, createTokenGate, type Gate } from '../../src/teams/index.ts'
import { type Authority, appId, startAuthority, tenantId } from '../support/bot-authority.ts'
import { ask, botId, machineClock, message, startEdge } from '../support/teams.ts'
import { type TokenCase, tokenCorpus } from '../support/token-corpus.ts'

const service = 'https://smba.trafficmanager.net/teams/'
const otherTenant = 'ffffffff-bbbb-4ccc-8ddd-eeeeeeeeeeee'
const outbound = createOutbound()
let authority: Authority
let gate: Gate
let cases: TokenCase[]
const frozen = { now: async () => 1_795_000_000_000 }

function makeGate(clock = frozen, more: object = {}): Gate {
  return createTokenGate(
    {
      appId,
      tenants: [tenantId],
      cloud: 'global',
      openIdMetadataUrl: authority.metadataUrl,
      allowLoopback: false,
      ...more,
    },
    { clock, outbound },
  )
}

beforeAll(async () => {
  authority = await startAuthority({ nowSeconds: () => 1_795_000_000 })
  cases = tokenCorpus(authority, 1_795_000_000)
  gate = makeGate()
})
afterAll(async () => {
  outbound.close()
  await authority.close()
})

function agree(fields: Record<string, unknown> = {}, header?: string, claimed = service, by = gate) {
  const activity = readActivity(message(fields))
  if (!activity) throw new Error('the test built no activity')
  return by.agree({ serviceUrl: claimed }, { activity, tenantHeader: header })
}

describe('B1 the corpus of crafted tokens', () => {
  test('has at least 60 cases, most of them to be refused', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60)
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  })

  test('each gets its verdict, and every refusal is 401', async () => {
    const verdicts = await Promise.all(
      cases.map(async ({ name, authorization, accept }) => {
        const result = await gate.authenticate(authorization)
        return { name, expected: accept ? 'accepted' : 401, got: result.ok ? 'accepted' : result.status }
      }),
    )
    expect(verdicts.filter(({ expected, got }) => expected !== got)).toEqual([])
  })

  test('over HTTP every refusal has the same body, and nothing reaches the handler', async () => {
    const t = await startEdge()
    const crafted = tokenCorpus(t.authority, Math.floor(Date.now() / 1000)).filter(
      // Not every text can be put on the wire as a header, and the machine's clock runs on past one edge.
      ({ name, accept, authorization }) =>
        !accept &&
        name !== 'valid in 301 s' &&
        authorization.every((value) => /^[\x20-\x7e]*\S$/.test(value)),
    )
    const answers = []
    for (const { authorization } of crafted)
      answers.push(
        await ask(t.port, {
          headers: {
            'content-type': 'application/json',
            ...(authorization.length > 0 ? { authorization: [...authorization] } : {}),
          },
          body: JSON.stringify(message()),
        }),
      )
    expect(answers.length).toBeGreaterThan(60)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['{"error":"not authorized"}']))
    expect(t.events).toEqual([])
    expect(t.telemetry.metrics.text()).toContain('bot_auth_rejected_total{reason="signature"}')
    await t.close()
  })
})

describe('B3 options that would leave the gate open are refused', () => {
  test.each([
    ['blank app id', { appId: '' }],
    ['app id that is no GUID', { appId: 'my-bot' }],
    ['no tenants', { tenants: [] }],
    ['blank tenant', { tenants: [' '] }],
    ['tenant that is no GUID', { tenants: ['common'] }],
    ['wildcard tenant', { tenants: ['*'] }],
  ])('%s', (_name, wrong) => {
    expect(() => makeGate(frozen, wrong)).toThrow(TypeError)
  })

  test('upper-case ids are the same ids', () => {
    const upper = makeGate(frozen, { tenants: [tenantId.toUpperCase()] })
    expect(agree({}, undefined, service, upper)).toMatchObject({ ok: true, identity: { tenantId } })
  })
})

describe('B4 B5 B8 token and body agree', () => {
  test('a good message of our tenant', () => {
    expect(agree()).toEqual({ ok: true, identity: { tenantId, serviceUrl: service, authenticated: true } })
  })

  test.each([
    ['another claim', {}, 'https://smba.trafficmanager.net/emea/'],
    ['claim without slash', {}, 'https://smba.trafficmanager.net/teams'],
    ['loopback where it is not allowed', { serviceUrl: 'http://127.0.0.1:1/' }, 'http://127.0.0.1:1/'],
    ['a foreign host both agree on', { serviceUrl: 'https://evil.example/' }, 'https://evil.example/'],
  ])('serviceUrl: %s', (_name, fields, claimed) => {
    expect(agree(fields, undefined, claimed)).toEqual({ ok: false, status: 403, reason: 'serviceUrl' })
  })

  test('without any claim', () => {
    const activity = readActivity(message())
    expect(activity && gate.agree(undefined, { activity, tenantHeader: undefined })).toMatchObject({
      ok: false,
    })
  })

  test.each(['emulator', 'webchat', 'MSTEAMS', 'msteams '])('channel %j', (channelId) => {
    expect(agree({ channelId })).toEqual({ ok: false, status: 403, reason: 'channel' })
  })

  test.each([appId, '28:00000000-2222-4333-8444-555555555555', `29:${appId}`])('recipient %s', (id) => {
    expect(agree({ recipient: { id } })).toEqual({ ok: false, status: 403, reason: 'recipient' })
  })
})

describe('B7 tenant: 27 combinations', () => {
  const choices = [undefined, tenantId, otherTenant]
  const table = choices.flatMap((conversation) =>
    choices.flatMap((channelData) => choices.map((header) => ({ conversation, channelData, header }))),
  )

  test.each(table)('conversation $conversation, channelData $channelData, header $header', (named) => {
    const all = [named.conversation, named.channelData, named.header].filter((id) => id !== undefined)
    const allowed = all.length > 0 && all.every((id) => id === tenantId)
    const result = agree(
      {
        conversation: { id: 'a:1', conversationType: 'personal', tenantId: named.conversation },
        channelData: named.channelData ? { tenant: { id: named.channelData } } : undefined,
      },
      named.header,
    )
    expect(result.ok).toBe(allowed)
    if (!result.ok) expect(result).toEqual({ ok: false, status: 403, reason: 'tenant' })
  })

  test('TEAMS 4: a wrong tenant is refused over HTTP, counted, and answered without content', async () => {
    const t = await startEdge()
    const answer = await t.say(message({ channelData: { tenant: { id: otherTenant } } }))
    const header = await t.say(message(), { headers: { 'x-ms-tenant-id': otherTenant } })
    expect([answer.status, header.status]).toEqual([403, 403])
    expect(answer.text).toBe('{"error":"not authorized"}')
    expect(t.events).toEqual([])
    expect(t.places).toEqual([])
    expect(t.telemetry.metrics.text()).toContain('bot_auth_rejected_total{reason="tenant"} 2')
    await t.close()
  })
})

describe('anonymous rehearsal', () => {
  const anonymous = createAnonymousGate('home')

  test('takes no token but answers on loopback only, and everybody belongs to the one tenant', async () => {
    expect(await anonymous.authenticate([])).toEqual({ ok: true, claims: undefined })
    const local = {
      serviceUrl: 'http://localhost:56150/_connector',
      recipient: { id: 'bot' },
      channelId: 'emulator',
    }
    expect(agree(local, otherTenant, '', anonymous)).toEqual({
      ok: true,
      identity: { tenantId: 'home', serviceUrl: local.serviceUrl, authenticated: false },
    })
    expect(agree({}, undefined, service, anonymous)).toMatchObject({ ok: false, status: 403 })
  })

  test('B2 it listens on loopback only and refuses names other sites could use', async () => {
    const t = await startEdge({ gate: 'anonymous' })
    const local = message({}, 'http://127.0.0.1:9/')
    const post = (host: string) =>
      ask(t.port, { headers: { 'content-type': 'application/json', host }, body: JSON.stringify(local) })
    expect((await post('evil.example')).status).toBe(403)
    expect((await post(`localhost:${t.port}`)).status).toBe(200)
    await expect(t.edge.listen('0.0.0.0', 0)).rejects.toThrow('loopback')
    await t.close()
  })

  test('further routes exist in anonymous rehearsal alone', async () => {
    const extraRoutes = async () => true
    await expect(startEdge({ extraRoutes })).rejects.toThrow('anonymous')
  })
})

test('B10 a token of one bot opens no other bot', async () => {
  const other = makeGate(machineClock, { appId: '33333333-2222-4333-8444-555555555555' })
  expect(await other.authenticate([`Bearer ${authority.token()}`])).toEqual({
    ok: false,
    status: 401,
    reason: 'audience',
  })
  expect(botId).toBe(`28:${appId}`)
})
