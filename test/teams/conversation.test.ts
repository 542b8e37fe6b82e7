import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clouds } from '../../src/clouds.ts'
import type { Place } from '../../src/nouns.ts'
import type { ConversationPort, RenderedMessage } from '../../src/ports.ts'
import { type Adapter, createAdapter, createConversationPort } from '../../src/teams/index.ts'
import { type FakeConnector, startConnector } from '../support/connector.ts'
import { botId, environment, quietTelemetry } from '../support/teams.ts'

const now = Date.parse('2026-11-20T08:00:00Z')
const clock = { now: async () => now }
const telemetry = quietTelemetry()
let connector: FakeConnector
let adapter: Adapter
let port: ConversationPort
let personal: Place
let channel: Place

const text: RenderedMessage = { text: 'plain words', summary: 'words', bytes: 50 }
const card: RenderedMessage = {
  card: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Incident 42' }] },
  text: 'Incident 42',
  summary: 'Incident 42 opened',
  bytes: 200,
}

function makePort(by: Adapter = adapter): ConversationPort {
  return createConversationPort({
    adapter: by,
    botId,
    environment,
    serviceUrls: { hosts: clouds.global.connectorHosts, loopback: true },
    clock,
    telemetry,
  })
}

function makeAdapter(kind: 'none' | 'loopback', timeoutMs = 15_000): Adapter {
  return createAdapter({
    cloud: 'global',
    credentials: { kind },
    tokenServiceUrl: 'http://127.0.0.1:9',
    timeoutMs,
  })
}

beforeAll(async () => {
  connector = await startConnector()
  adapter = makeAdapter('loopback')
  personal = {
    conversationId: 'a:1/2 3',
    serviceUrl: connector.serviceUrl,
    tenantId: 't',
    botId,
    environment,
    scope: 'personal',
    userAadId: 'oid-jane',
    updatedAt: now,
  }
  channel = { ...personal, conversationId: '19:abc@thread.tacv2', scope: 'channel', teamId: '19:t' }
})
beforeEach(() => {
  connector.sent.length = 0
  connector.misbehave.length = 0
  port = makePort()
})
afterAll(async () => {
  adapter.close()
  await connector.close()
})

describe('what is sent', () => {
  test('text is plain text with a summary, as a reply', async () => {
    expect(await port.reply(personal, 'm1', text)).toEqual({ ok: true, receipt: { activityId: 'sent-1' } })
    expect(connector.sent).toHaveLength(1)
    expect(connector.sent[0]).toMatchObject({
      method: 'POST',
      path: 'a:1/2 3/activities/m1',
      authorization: 'Bearer app',
      activity: {
        type: 'message',
        text: 'plain words',
        textFormat: 'plain',
        summary: 'words',
        replyToId: 'm1',
        from: { id: botId },
        conversation: { id: 'a:1/2 3' },
      },
    })
  })

  test('a card is an attachment, its summary for notifications, and no text that would be split off', async () => {
    await port.post(personal, card)
    const { activity } = connector.sent[0] ?? {}
    expect(activity).toMatchObject({
      summary: 'Incident 42 opened',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card.card }],
    })
    expect(activity).not.toHaveProperty('text')
  })

  test('TEAMS 17 a reply in a channel stays in its thread; a post begins a new one', async () => {
    await port.reply({ ...channel, threadId: '1700' }, '1755', text)
    await port.reply(channel, '1800', text)
    await port.post(channel, text)
    expect(connector.sent.map(({ path }) => path)).toEqual([
      '19:abc@thread.tacv2;messageid=1700/activities',
      '19:abc@thread.tacv2;messageid=1800/activities',
      '19:abc@thread.tacv2/activities',
    ])
  })

  test('an edit goes to the message that was sent', async () => {
    expect(await port.edit(channel, 'act-1', card)).toMatchObject({ ok: true })
    expect(connector.sent[0]).toMatchObject({ method: 'PUT', path: '19:abc@thread.tacv2/activities/act-1' })
  })

  test('typing', async () => {
    await port.typing({ ...channel, threadId: '7' })
    connector.misbehave.push({ status: 500 })
    await port.typing(personal)
    expect(connector.sent.map(({ activity }) => activity.type)).toEqual(['typing', 'typing'])
    expect(connector.sent[0]?.path).toBe('19:abc@thread.tacv2;messageid=7/activities')
  })

  test('a mention in a text: an entity, its name without markup, the rest escaped', async () => {
    const name = 'Jane <b>&"Doe</b>'
    await port.post(channel, { ...text, text: 'a < b\n<at>Boss</at>', mentions: [{ objectId: 'oid', name }] })
    const { activity } = connector.sent[0] ?? {}
    expect(activity?.text).toBe('<at>Jane  b   Doe /b</at> a &lt; b<br/>&lt;at&gt;Boss&lt;/at&gt;')
    expect(activity?.entities).toEqual([
      {
        type: 'mention',
        text: '<at>Jane  b   Doe /b</at>',
        mentioned: { id: 'oid', name: 'Jane  b   Doe /b' },
      },
    ])
  })

  test('a mention in a card stands inside the card, once', async () => {
    const mentions = [{ objectId: 'oid', name: 'Jane' }]
    await port.post(channel, { ...card, mentions })
    const own = { ...card.card, body: [{ type: 'TextBlock', text: 'call <at>Jane</at>' }] }
    await port.post(channel, { ...card, card: own, mentions })
    const contents = connector.sent.map(
      ({ activity }) => (activity.attachments as { content: Record<string, unknown> }[])[0]?.content,
    )
    expect(contents[0]?.body).toEqual([
      { type: 'TextBlock', text: '<at>Jane</at>', wrap: true },
      { type: 'TextBlock', text: 'Incident 42' },
    ])
    expect(contents[1]?.body).toEqual(own.body)
    for (const content of contents)
      expect(content?.msteams).toEqual({
        entities: [{ type: 'mention', text: '<at>Jane</at>', mentioned: { id: 'oid', name: 'Jane' } }],
      })
  })

  test('E3 a tag in data mentions nobody', async () => {
    await port.post(channel, { ...text, text: 'name: <at>Boss</at> <AT>x</AT>' })
    expect(connector.sent[0]?.activity.text).toBe('name: ‹at>Boss‹/at> ‹AT>x‹/AT>')
    expect(connector.sent[0]?.activity).not.toHaveProperty('entities')
  })

  test('E6 what is over the budget is not sent', async () => {
    const delivery = await port.post(personal, { ...text, text: 'x'.repeat(30_000) })
    expect(delivery).toMatchObject({ ok: false, failure: { kind: 'shorten' } })
    expect(connector.sent).toEqual([])
  })

  test('without an app id no Authorization header is sent', async () => {
    const anonymous = makeAdapter('none')
    await makePort(anonymous).post(personal, text)
    expect(connector.sent[0]?.authorization).toBeUndefined()
    anonymous.close()
  })
})

describe('B4 TEAMS 5 18 which places are used at all', () => {
  test.each([
    ['of another environment', { environment: 'production' }],
    ['of another bot', { botId: '28:00000000-0000-4000-8000-000000000000' }],
    ['at a foreign host', { serviceUrl: 'https://evil.example/' }],
    ['at an address of the inner network', { serviceUrl: 'http://169.254.169.254/' }],
  ])('not one %s', async (_name, change) => {
    const place = { ...personal, ...change }
    for (const delivery of [
      await port.post(place, text),
      await port.reply(place, 'm', text),
      await port.edit(place, 'm', text),
    ])
      expect(delivery).toMatchObject({ ok: false, failure: { kind: 'refused' } })
    await port.typing(place)
    expect(connector.sent).toEqual([])
  })

  test('nor one on loopback where loopback is not allowed', async () => {
    const strict = createConversationPort({
      adapter,
      botId,
      environment,
      serviceUrls: { hosts: clouds.global.connectorHosts, loopback: false },
      clock,
      telemetry,
    })
    expect(await strict.post(personal, text)).toMatchObject({ ok: false, failure: { kind: 'refused' } })
  })
})

describe('M2 TEAMS 10 failures of the Connector', () => {
  const table: [number, string | undefined, string, object?][] = [
    [400, 'BadSyntax', 'refused'],
    [400, 'BadArgument', 'refused'],
    [401, undefined, 'identity'],
    [402, undefined, 'refused'],
    [403, 'BotNotInConversationRoster', 'target-dead'],
    [403, 'BotDisabledByAdmin', 'target-dead'],
    [403, 'ConversationBlockedByUser', 'target-dead'],
    [403, 'ForbiddenOperationException', 'target-dead'],
    [403, 'NeverHeardOf', 'target-dead'],
    [403, undefined, 'target-dead'],
    [404, 'ActivityNotFoundInConversation', 'gone'],
    [404, 'ConversationNotFound', 'target-dead'],
    [404, 'NeverHeardOf', 'refused'],
    [405, undefined, 'refused'],
    [409, undefined, 'refused'],
    [412, 'PreconditionFailed', 'retry'],
    [413, 'MessageSizeTooBig', 'shorten'],
    [429, 'Throttled', 'retry'],
    [500, 'ServiceError', 'refused'],
    [501, undefined, 'refused'],
    [502, undefined, 'retry'],
    [503, undefined, 'retry'],
    [504, undefined, 'retry'],
  ]

  test.each(table)('%i %s is %s', async (status, code, kind) => {
    const body = code === undefined ? 'no json' : { error: { code, message: 'about jane.doe@contoso.com' } }
    // A 401 is tried once more with a new token; the second one counts.
    for (let i = 0; i < (status === 401 ? 2 : 1); i++) connector.misbehave.push({ status, body })
    const delivery = await port.post(personal, text)
    expect(delivery).toEqual({
      ok: false,
      failure: { kind, code: code === undefined ? String(status) : `${status} ${code}` },
    })
    expect(connector.sent).toHaveLength(status === 401 ? 2 : 1)
  })

  test('the sub code of a 403 says more', async () => {
    connector.misbehave.push({
      status: 403,
      body: { error: { code: 'Forbidden', subCode: 'MessageWritesBlocked' } },
    })
    expect(await port.post(personal, text)).toMatchObject({
      failure: { kind: 'target-dead', code: '403 MessageWritesBlocked' },
    })
  })

  test.each([
    ['seconds', '7', 7000],
    ['a date', 'Fri, 20 Nov 2026 08:00:09 GMT', 9000],
    ['a date that has passed', 'Fri, 20 Nov 2026 07:00:00 GMT', 0],
    ['far too long', '99999999', 3_600_000],
    ['nonsense', 'soon', undefined],
  ])('429 with Retry-After as %s', async (_name, header, expected) => {
    connector.misbehave.push({ status: 429, headers: { 'retry-after': header } })
    const delivery = await port.post(personal, text)
    expect(delivery.ok ? 'sent' : delivery.failure.retryAfterMs).toBe(expected)
  })

  test('401 once: a new token, and delivered', async () => {
    connector.misbehave.push({ status: 401 })
    expect(await port.post(personal, text)).toMatchObject({ ok: true })
    expect(connector.sent).toHaveLength(2)
  })

  test('403 InvalidBotApiHost: the other host at once, and from then on', async () => {
    connector.misbehave.push({ status: 403, body: { error: { code: 'InvalidBotApiHost' } } })
    expect(await port.post(personal, text)).toMatchObject({ ok: true })
    expect(await port.post(personal, text)).toMatchObject({ ok: true })
    expect(connector.sent.map(({ host }) => host.split(':')[0])).toEqual([
      '127.0.0.1',
      'localhost',
      'localhost',
    ])
  })

  test('403 InvalidBotApiHost on both hosts ends there', async () => {
    const wrong = { status: 403, body: { error: { code: 'InvalidBotApiHost' } } }
    connector.misbehave.push(wrong, wrong)
    expect(await port.post(personal, text)).toMatchObject({
      failure: { kind: 'refused', code: '403 InvalidBotApiHost' },
    })
    expect(connector.sent).toHaveLength(2)
  })

  test('accepted, then the connection is reset: nobody knows', async () => {
    connector.misbehave.push({ instead: 'reset' })
    expect(await port.post(personal, text)).toMatchObject({ failure: { kind: 'ambiguous' } })
    expect(connector.sent).toHaveLength(1)
  })

  test('accepted, then silence: nobody knows', async () => {
    const hasty = makeAdapter('loopback', 150)
    connector.misbehave.push({ instead: 'silence' })
    expect(await makePort(hasty).post(personal, text)).toEqual({
      ok: false,
      failure: { kind: 'ambiguous', code: 'network TIMEOUT' },
    })
    hasty.close()
  })

  test('nobody listens: surely not sent', async () => {
    const gone = await startConnector()
    await gone.close()
    expect(await port.post({ ...personal, serviceUrl: gone.serviceUrl }, text)).toEqual({
      ok: false,
      failure: { kind: 'retry', code: 'network ECONNREFUSED' },
    })
  })

  test('redirects are not followed', async () => {
    connector.misbehave.push({ status: 307, headers: { location: `${connector.serviceUrl}elsewhere` } })
    expect(await port.post(personal, text)).toEqual({ ok: false, failure: { kind: 'refused', code: '307' } })
    expect(connector.sent).toHaveLength(1)
  })

  test('an answer without id is a delivery without id', async () => {
    connector.misbehave.push({ status: 200, body: {} }, { status: 200, body: {} })
    expect(await port.post(personal, text)).toEqual({ ok: true, receipt: { activityId: '' } })
    expect(await port.edit(personal, 'act-9', text)).toEqual({ ok: true, receipt: { activityId: 'act-9' } })
  })
})

test('the identities of production are put together without asking anybody', () => {
  const tokenServiceUrl = clouds.global.tokenService
  for (const cloud of ['global', 'gcchigh'] as const)
    for (const credentials of [
      { kind: 'UserAssignedMSI', appId: 'app', tenantId: 'tenant' },
      { kind: 'SingleTenant', appId: 'app', tenantId: 'tenant', password: 'secret' },
    ] as const) {
      const made = createAdapter({ cloud, credentials, tokenServiceUrl })
      expect(made.connector).toBeTypeOf('function')
      made.close()
    }
})
