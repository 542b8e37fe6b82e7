// Marked people, names, tokens and texts go through the whole bot; none of them comes out in log, metrics, audit or store.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people, tenantId } from '../../src/rehearsal/index.ts'
import { type Bot, channel, personal, type Shown, startBot } from '../support/bot.ts'
import { freePort } from '../support/free-port.ts'

const run = promisify(execFile)
const marks = {
  upn: 'canary.person9q@contoso.com',
  dn: 'CN=Canary Person9q,OU=Sales,DC=contoso,DC=com',
  account: 'CONTOSO\\canary9q',
  /** A real person of the rehearsal tenant, with everything Graph tells about her. */
  jane: 'jane.doe@contoso.com',
  token: 'eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOiI5cSJ9.canary9qsignature',
  words: 'canary9q flux capacitor of the basement',
  note: 'canary9qnote',
  name: 'Canary9q Displayname',
  host: 'CANARY9QSRV01.contoso.com',
} as const
/** Whatever of these is found is a leak. */
const found = (text: string) =>
  [
    /canary.{0,3}person9q/i,
    /canary9q\w*/i,
    /jane.{0,3}doe/i,
    /CN=/,
    /eyJ[\w-]{8,}\.[\w-]{4,}/,
    /Displayname/,
  ].flatMap((pattern) => text.match(pattern)?.slice(0, 1) ?? [])

let bot: Bot
let metrics = ''
let exported = ''
let output = ''
const person = { id: '9c9c9c9c-9999-4999-8999-999999999999', name: marks.name }

beforeAll(async () => {
  const port = await freePort()
  bot = await startBot({ env: { LOG_LEVEL: 'debug', METRICS_PORT: port } })
  const say = async (text: string, as: typeof person | 'operator' = person) =>
    (await bot.say(text, { as })) as [Shown]
  await say('i am operator')
  for (const text of [
    `${marks.upn} is not synced`,
    `why is ${marks.dn} not in Entra`,
    `${marks.account} is missing in the cloud`,
    marks.words,
    `what does ${marks.token} mean`,
    `error AttributeValueMustBeUnique for ${marks.dn} 12:13:14 token ${marks.token}`,
    `log of ${marks.jane}`,
    `SYNC-MEDIC-REPORT v1\nagent.state=Stopped\nos.name=${marks.host}\ntls.issuer=CN:${marks.name}\nSYNC-MEDIC-END lines=3`,
    `feedback: ask ${marks.name} ${marks.upn}`,
    'support bundle',
    'sign in',
  ])
    await say(text).finally(() => bot.passTime(0.2))
  const [diagnosis] = await say(`${marks.jane} is not synced`)
  await bot.press(diagnosis, 'Hand over to on-call', { as: person })
  await bot.passTime(0.2)
  const [proposal] = await say(`provision ${marks.jane} on demand`)
  await bot.press(proposal, 'Confirm', { as: person })
  await bot.passTime(0.2)
  await bot.say('subscribe', { as: person, where: channel })
  await bot.say(`${marks.jane} is not synced`, { as: person, where: channel })
  for (let i = 0; i < 5 && !/#1/.test((await say('incidents'))[0].text); i += 1) await bot.passTime(1)
  await say('ack 1')
  await say(`note 1 ${marks.note}`)
  // What fails on its way is logged with its reason, not with its contents.
  bot.connector.misbehave.push({ status: 400, body: { error: { code: 'BadSyntax', message: marks.upn } } })
  await say(`${marks.jane} is not synced`)
  await bot.raw({
    ...bot.envelope(person, personal(person), { type: 'message', text: marks.words }),
    conversation: 7,
  })
  await bot.scenario('graph-down')
  await bot.passTime(1)
  await bot.scenario('graph-down', false)
  metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  output = bot.output()
  await bot.kill()
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, DATA_DIR: bot.dataDir }
  exported = (await run(process.execPath, ['tools/audit.ts', 'export'], { env, maxBuffer: 64 * 1024 * 1024 }))
    .stdout
}, 120_000)
afterAll(() => bot.stop())

it('the search finds every mark where it is', () => {
  for (const mark of Object.values(marks)) expect(found(`before ${mark} after`), mark).not.toEqual([])
})

describe('nothing marked is found', () => {
  it('in the log, though it tells everything it has', () => {
    const lines = output.split('\n').filter((line) => line.startsWith('{'))
    expect(lines.length).toBeGreaterThan(40)
    for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow()
    expect(found(lines.join('\n'))).toEqual([])
    // Ids of people and of the tenant are pseudonyms there.
    for (const id of [person.id, people.operator.objectId, tenantId])
      expect(lines.join('\n')).not.toContain(id)
    expect(lines.join('\n')).toMatch(/"person":"[\w-]{12}"/)
  })

  it('in the metrics', () => {
    expect(metrics).toMatch(/bot_turns_total\{[^}]*\} \d/)
    expect(found(metrics)).toEqual([])
    expect(metrics).not.toContain(person.id)
  })

  it('in the audit export, in which only who did what to which id stands', () => {
    const rows = exported
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    expect(rows.length).toBeGreaterThan(15)
    expect(found(exported)).toEqual([])
    expect(rows.some(({ who }) => who === person.id)).toBe(true)
    expect(rows.some(({ what }) => what === 'diagnose.look')).toBe(true)
  })

  it('in the store: no message text, no token', () => {
    const files = ['sync-medic.sqlite', 'sync-medic.sqlite-wal'].map((name) => {
      try {
        return readFileSync(join(bot.dataDir, name), 'latin1')
      } catch {
        return ''
      }
    })
    const stored = files.join('')
    expect(stored.length).toBeGreaterThan(10_000)
    for (const text of ['flux capacitor of the basement', marks.token, 'canary9qsignature', marks.host])
      expect(stored.includes(text), text).toBe(false)
  })
})
