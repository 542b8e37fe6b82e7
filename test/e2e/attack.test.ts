// Scene "Attack": whatever comes is refused and logged without personal data, and the same process answers the next turn.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people, tenantId } from '../../src/rehearsal/index.ts'
import { actionsOf, type Bot, channel, personal, type Shown, startBot } from '../support/bot.ts'
import { type Authority, appId, encode, startAuthority } from '../support/bot-authority.ts'

let authority: Authority
let bot: Bot
let pid: number | undefined
const marks = { name: 'Marked-Person-7Q', text: 'marked-text-7Q', id: '7a7a7a7a-1111-4222-8333-444444444444' }

const recipient = { id: `28:${appId}`, name: 'Sync Medic' }
const own = personal('operator')
const message = (text: string, fields: Readonly<Record<string, unknown>> = {}) =>
  bot.envelope('operator', own, { type: 'message', text, recipient, ...fields })
const bearer = (
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
) => ({
  authorization: `Bearer ${authority.token({ claims: { serviceurl: bot.connector.serviceUrl, ...claims }, header })}`,
})
const log = (where = own): Shown[] => bot.log(where)

/** Who is refused twenty times a second hears 429 instead of the reason; a second later the reason again. */
const unhurried = async <T extends { readonly status: number }>(ask: () => Promise<T>): Promise<T> => {
  const answer = await ask()
  if (answer.status !== 429) return answer
  await new Promise((resolve) => setTimeout(resolve, 1100))
  return ask()
}

/** A valid turn; resolves to what the bot said. */
const turn = async (text: string): Promise<string> => {
  const before = log().length
  const answer = await bot.raw(message(text), bearer())
  expect(answer.status).toBe(200)
  return log()
    .slice(before)
    .map((one) => one.text)
    .join('\n')
}

beforeAll(async () => {
  authority = await startAuthority()
  bot = await startBot({
    env: {
      MicrosoftAppId: appId,
      MicrosoftAppTenantId: tenantId,
      ALLOWED_TENANTS: tenantId,
      BOT_OPENID_METADATA_URL: authority.metadataUrl,
      LOG_LEVEL: 'debug',
    },
  })
  pid = bot.pid
})
afterAll(async () => {
  await bot.stop()
  await authority.close()
})

describe('tokens', () => {
  it('a valid one is answered, over the Connector with the bot’s own identity', async () => {
    expect(await turn('which ports does the agent need?')).toMatch(/^Ports the agent needs/)
    expect(bot.connector.sent.at(-1)?.authorization).toBe('Bearer app')
  })

  const forged: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
    'none at all': () => ({}),
    'a key of somebody else': () => ({
      authorization: `Bearer ${authority.token({
        claims: { serviceurl: bot.connector.serviceUrl },
        by: { ...authority.add('stranger', { endorsements: [] }) },
      })}`,
    }),
    'no signature': () => ({
      authorization: `Bearer ${encode({ alg: 'none' })}.${encode({
        iss: 'https://api.botframework.com',
        aud: appId,
        serviceurl: bot.connector.serviceUrl,
      })}.`,
    }),
    'another audience': () => bearer({ aud: randomUUID() }),
    'another service URL': () => bearer({ serviceurl: 'https://smba.trafficmanager.net/other/' }),
    'an emulator issuer': () => bearer({ iss: `https://sts.windows.net/${tenantId}/` }),
    'its time over': () => bearer({ exp: Math.floor(Date.now() / 1000) - 3600 }),
  }
  it.each(Object.keys(forged))('one with %s is refused, and nothing is said', async (name) => {
    const before = bot.connector.sent.length
    const headers = forged[name]?.()
    const answer = await unhurried(() => bot.raw(message(marks.text, { from: { ...marks } }), headers))
    expect([401, 403]).toContain(answer.status)
    expect(JSON.stringify(answer.body ?? '')).not.toMatch(/jwt|signature|issuer|audience|at .*\.ts/i)
    expect(bot.connector.sent).toHaveLength(before)
  })

  it('a person of a foreign tenant is refused, whichever field says so', async () => {
    const foreign = randomUUID()
    const conversation = { id: own.id, conversationType: 'personal', tenantId: foreign }
    const before = bot.connector.sent.length
    for (const fields of [
      { conversation },
      { channelData: { tenant: { id: foreign } } },
      { recipient: { id: '28:other' } },
    ])
      expect([401, 403]).toContain((await bot.raw(message(marks.text, fields), bearer())).status)
    expect(bot.connector.sent).toHaveLength(before)
  })
})

describe('buttons', () => {
  const press = (verb: string, data: Readonly<Record<string, unknown>>, id: string = randomUUID()) =>
    bot.raw(
      bot.envelope('operator', own, {
        id,
        type: 'invoke',
        name: 'adaptiveCard/action',
        recipient,
        value: { action: { type: 'Action.Execute', verb, data }, trigger: 'manual' },
      }),
      bearer(),
    )
  const saidIn = (answer: { readonly body?: unknown }) => JSON.stringify(answer.body)

  it.each([
    ['an unknown verb', 'incident.delete', { incident: 'x' }],
    ['a verb of the prototype', 'constructor', {}],
    ['keys too many', 'dialog.back', { admin: 'yes' }],
    ['a nonce too short', 'action.confirm', { operation: 'op-1', nonce: 'short' }],
    ['a number of somebody else', 'action.confirm', { operation: 'op-1', nonce: 'A'.repeat(22) }],
    ['an incident that is none', 'incident.acknowledge', { incident: '../../etc', version: 1 }],
  ])('%s changes nothing', async (_name, verb, data) => {
    const answer = await press(verb, data)
    expect(answer.status).toBe(200)
    expect(saidIn(answer)).not.toMatch(/Acknowledged|Carried out/)
    expect(saidIn(answer)).toMatch(/no longer|not|cannot|does not|role|known/i)
  })

  it('a replayed one is answered as before and done once', async () => {
    const id = randomUUID()
    const before = log().length
    const [first, second] = [
      await press('say', { text: 'help' }, id),
      await press('say', { text: 'help' }, id),
    ]
    expect(second).toEqual(first)
    expect(log()).toHaveLength(before + 1)
  })

  it('a person without a role cannot act, whatever name they give themselves', async () => {
    // With the gate on a stranger has the default role of the deployment, here operator of the rehearsal.
    const mallory = { id: marks.id, name: '<at>everyone</at> **admin** [x](https://evil.invalid)' }
    const answer = await bot.raw(
      bot.envelope(mallory, personal(mallory), { type: 'message', text: 'stop actions', recipient }),
      bearer(),
    )
    expect(answer.status).toBe(200)
    expect(log(personal(mallory)).at(-1)?.text).toContain('needs the role admin')
  })
})

describe('hostile names', () => {
  it('stay text on a card that others see', async () => {
    const mallory = { id: marks.id, name: '<at>everyone</at> **bold** [x](https://evil.invalid)' }
    const said = (text: string, where = channel) =>
      bot.raw(
        bot.envelope(mallory, where, {
          type: 'message',
          text: `<at>Sync Medic</at> ${text}`,
          entities: [{ type: 'mention', text: '<at>Sync Medic</at>', mentioned: recipient }],
          recipient,
        }),
        bearer(),
      )
    for (let i = 0; i < 40 && !log(channel).some((one) => /Incident \d+/.test(one.text)); i += 1) {
      await said('incident 1')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await said('ack 1')
    const card = log(channel).findLast((one) => /Acknowledged/.test(one.text)) as Shown
    expect(card.text).toContain('everyone')
    expect(card.text).toContain('[x](https://evil.invalid)')
    expect(actionsOf(card.card).filter((one) => String(one.url ?? '').includes('evil'))).toEqual([])
    const sent = JSON.stringify(bot.connector.sent.map(({ activity }) => activity))
    expect(sent).not.toMatch(/"type":"TextBlock"[^}]*evil\.invalid/)
    expect(sent).not.toContain('"text":"<at>everyone</at>","mentioned"')
  })
})

describe('bodies', () => {
  const send = async (body: NonNullable<RequestInit['body']>, headers: Readonly<Record<string, string>>) => {
    const answer = await fetch(`${bot.origin}/api/messages`, {
      method: 'POST',
      headers: { ...bearer(), ...headers },
      body,
    })
    return { status: answer.status, text: await answer.text() }
  }
  const json = { 'content-type': 'application/json' }

  it.each([
    ['a gzip bomb', 415, () => [gzipSync(Buffer.alloc(20_000_000)), { ...json, 'content-encoding': 'gzip' }]],
    ['a false gzip header', 415, () => ['{}', { ...json, 'content-encoding': 'gzip' }]],
    ['20,000 levels', 400, () => [`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, json]],
    ['300 KB', 413, () => [JSON.stringify({ text: 'x'.repeat(300_000) }), json]],
    ['a prototype', 400, () => ['{"__proto__":{"polluted":true},"type":"message"}', json]],
    ['a form', 415, () => ['a=b', { 'content-type': 'application/x-www-form-urlencoded' }]],
    ['no JSON', 400, () => ['{', json]],
  ] as const)('%s is refused with %i and without internal text', async (_name, status, make) => {
    const [body, headers] = make()
    const answer = await unhurried(() => send(body as string, headers as Readonly<Record<string, string>>))
    expect(answer.status).toBe(status)
    expect(answer.text).not.toMatch(/at .*\.(?:ts|js)|SyntaxError|node_modules/)
  })

  it('a request that is never finished does not hold up the others', async () => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(bot.origin).port) })
    socket.on('error', () => undefined)
    socket.write(
      'POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    )
    expect(await turn('help')).toContain('What I can do')
    socket.destroy()
  })
})

describe('routes', () => {
  it.each([
    '/',
    '/page.js',
    '/rehearsal/state',
    '/rehearsal/events',
    '/connector/v3/conversations/x/activities',
    '/graph/v1.0/users',
    '/graph/_control/scenarios',
    '/metrics',
  ])('GET %s does not exist with the gate on', async (path) => {
    expect((await unhurried(() => fetch(`${bot.origin}${path}`))).status).toBe(404)
  })

  it.each(['/rehearsal/scenario', '/rehearsal/time', '/rehearsal/reset', '/graph/_control/reset'])(
    'POST %s does not exist either',
    async (path) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await unhurried(() =>
        fetch(`${bot.origin}${path}`, { method: 'POST', headers, body: '{}' }),
      )
      expect(answer.status).toBe(404)
    },
  )

  it('says nothing of what it is made of', async () => {
    const answer = await fetch(`${bot.origin}/healthz/live`)
    expect(answer.headers.get('server')).toBeNull()
    expect(answer.headers.get('x-powered-by')).toBeNull()
  })
})

describe('afterwards', () => {
  it('the same process is alive and answers', async () => {
    expect(bot.pid).toBe(pid)
    expect(await turn('59 or 60 OUs?')).toMatch(/^How many OUs/)
  })

  it('refusals are in the log, without names, texts, ids or tokens', () => {
    const lines = bot.output()
    for (const reason of ['missing', 'audience', 'tenant'])
      expect(lines).toMatch(
        new RegExp(`"status":40[13],[^\\n]*"reason":"[^"]*${reason}[^\\n]*"msg":"refused"`, 'i'),
      )
    for (const status of [400, 413, 415]) expect(lines).toContain(`"status":${status},`)
    for (const mark of [
      marks.name,
      marks.text,
      marks.id,
      people.operator.objectId,
      people.operator.name,
      tenantId,
    ])
      expect(lines.includes(mark), mark).toBe(false)
    expect(lines).not.toMatch(/eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\./)
    for (const line of lines.trim().split('\n')) expect(() => JSON.parse(line), line).not.toThrow()
  })

  it('what was denied is in the audit trail', async () => {
    expect(await turn('export audit')).toContain('needs the role admin')
  })
})

describe('starting', () => {
  const start = (env: Readonly<Record<string, string>>) =>
    new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
      const { PATH = '', HOME = '' } = process.env
      const child = spawn(process.execPath, ['src/main.ts'], {
        cwd: join(import.meta.dirname, '../..'),
        env: { PATH, HOME, PORT: '0', DATA_DIR: bot.dataDir, ...env },
      })
      let output = ''
      child.stdout.on('data', (chunk) => {
        output += chunk
      })
      child.stderr.on('data', (chunk) => {
        output += chunk
      })
      child.on('exit', (code) => resolve({ code, output }))
    })

  it('in production without identity and keys is refused with 78, all problems at once and without values', async () => {
    const { code, output } = await start({ NODE_ENV: 'production', MicrosoftAppPassword: 'marked-secret-7Q' })
    expect(code).toBe(78)
    for (const name of ['MicrosoftAppId', 'AUDIT_KEY', 'PSEUDONYM_KEY']) expect(output).toContain(name)
    expect(output).not.toContain('marked-secret-7Q')
  })

  it('a second process on the same folder is refused, and says what to do', async () => {
    const { code, output } = await start({})
    expect(code).not.toBe(0)
    expect(output).toMatch(/SM_STORE_LOCKED/)
    expect(bot.pid).toBe(pid)
  })
})
