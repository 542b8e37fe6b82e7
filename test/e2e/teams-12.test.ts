// The conventions of the Teams bot ecosystem, each shown on the whole bot. What only one room can show is called there.
import { join } from 'node:path'
import { AppManifestUtils } from '@microsoft/app-manifest'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillManifest } from '../../manifest/package.ts'
import { render } from '../../src/cards/index.ts'
import { people, tenantId } from '../../src/rehearsal/index.ts'
import { type Bot, channel, personal, type Shown, startBot, type Who } from '../support/bot.ts'
import { appId, startAuthority } from '../support/bot-authority.ts'

type Bag = Readonly<Record<string, unknown>>

let bot: Bot
/** All that was sent in this file: the last tests look at each of them. */
const everything: Bag[] = []
beforeAll(async () => {
  bot = await startBot()
})
afterAll(() => bot.stop())

const ask = async (text: string, as: Who = 'helpdesk'): Promise<Shown> => {
  const shown = await bot.say(text, { as })
  expect(shown.length, text).toBeGreaterThan(0)
  return shown.at(-1) as Shown
}
const mention = { type: 'mention', mentioned: { id: '28:sync-medic', name: 'Sync Medic' } }
/** A message in the channel exactly as given, with the bot mentioned as `tag`. */
const inChannel = async (text: string, tag: string, fields: Bag = {}): Promise<string> => {
  const before = bot.log(channel).length
  await bot.post('operator', channel, {
    type: 'message',
    text,
    entities: [{ ...mention, text: tag }],
    ...fields,
  })
  return bot
    .log(channel)
    .slice(before)
    .map((one) => one.text)
    .join('\n')
}
const nodes = (value: unknown, found: Bag[] = []): Bag[] => {
  if (Array.isArray(value)) for (const one of value) nodes(one, found)
  else if (typeof value === 'object' && value !== null) {
    found.push(value as Bag)
    for (const one of Object.values(value)) nodes(one, found)
  }
  return found
}
const collect = () => everything.push(...bot.connector.sent.map(({ activity }) => activity))

describe('what comes in', () => {
  it.each([
    ['with a plain space', '<at>Sync Medic</at> 59 or 60 OUs?', '<at>Sync Medic</at>'],
    ['with a non-breaking space', '<at>Sync Medic</at>\u00a059 or 60 OUs?', '<at>Sync Medic</at>'],
    ['at the end', '59 or 60 OUs? <at>Sync Medic</at>', '<at>Sync Medic</at>'],
    [
      'under another name with blanks',
      '<at>The Sync  Medic Bot</at> 59 or 60 OUs?',
      '<at>The Sync  Medic Bot</at>',
    ],
  ])('1 the mention is taken out %s', async (_name, text, tag) => {
    expect(await inChannel(text, tag)).toMatch(/^How many OUs/)
  })

  it('2 an activity delivered twice has one effect', async () => {
    const before = bot.log(channel).length
    const fields = { id: 'delivered-twice', type: 'message', text: '<at>Sync Medic</at> help' }
    for (let i = 0; i < 2; i += 1)
      await bot.post('operator', channel, {
        ...fields,
        entities: [{ ...mention, text: '<at>Sync Medic</at>' }],
      })
    expect(bot.log(channel)).toHaveLength(before + 1)
  })

  it('3 installing fires two events and gives one welcome', async () => {
    const where = { id: '19:welcome@thread.tacv2', type: 'channel' as const }
    await bot.post('admin', where, { type: 'installationUpdate', action: 'add' })
    await bot.post('admin', where, { type: 'conversationUpdate', membersAdded: [{ id: '28:sync-medic' }] })
    expect(bot.log(where).map((one) => one.text)).toEqual([expect.stringContaining('Sync Medic is here')])
  })

  it('20 a message that comes during another turn of the same conversation is answered after it', async () => {
    const own = personal('approver')
    const questions = ['InetOrgPerson PHS?', '59 or 60 OUs?', 'AADCONNECT cloud sycn server core']
    const answers = await Promise.all(
      questions.map((text) => bot.post('approver', own, { type: 'message', text })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const titles = bot.log(own).map((one) => one.text.split('\n')[0])
    expect(titles).toHaveLength(3)
    expect(new Set(titles)).toEqual(
      new Set(['InetOrgPerson and passwords', 'How many OUs in one configuration', 'Windows Server Core']),
    )
  })
})

describe('who may come in', () => {
  it('4 a foreign tenant and 5 a foreign service URL are refused without an answer', async () => {
    const authority = await startAuthority()
    const env = {
      MicrosoftAppId: appId,
      MicrosoftAppTenantId: tenantId,
      BOT_OPENID_METADATA_URL: authority.metadataUrl,
      LOG_LEVEL: 'info',
    }
    const gated = await startBot({ env })
    try {
      const serviceurl = gated.connector.serviceUrl
      const send = (fields: Bag, claims: Bag = { serviceurl }) =>
        gated.raw(
          gated.envelope('operator', personal('operator'), {
            type: 'message',
            text: 'help',
            recipient: { id: `28:${appId}` },
            ...fields,
          }),
          { authorization: `Bearer ${authority.token({ claims })}` },
        )
      expect((await send({})).status).toBe(200)
      const before = gated.connector.sent.length
      expect((await send({ channelData: { tenant: { id: appId } } })).status).toBe(403)
      const evil = 'https://smba.trafficmanager.net.evil.example/'
      expect((await send({ serviceUrl: evil }, { serviceurl: evil })).status).toBe(403)
      expect((await send({ serviceUrl: evil })).status).toBe(403)
      expect(gated.connector.sent).toHaveLength(before)
      expect(gated.output()).toMatch(/"reason":"tenant"[^\n]*"refused"/)
      expect(gated.output()).toMatch(/"reason":"serviceUrl"[^\n]*"refused"/)
    } finally {
      await gated.stop()
      await authority.close()
    }
  })

  it('9 a click is refused when it is made, even if the button was shown', async () => {
    const proposal = await ask('restart fabrikam.com')
    await ask('sign in')
    const pressed = await bot.press(proposal, 'Confirm')
    expect(pressed.text).toContain('needs the role operator')
    expect((await bot.graphRequests()).filter(({ method }) => method === 'POST')).toEqual([])
  })
})

describe('buttons and dialogs', () => {
  it('8 a stale button gives the fresh card', async () => {
    for (let i = 0; i < 5 && !/#1/.test((await ask('incidents')).text); i += 1) await bot.passTime(1)
    const [card] = (await bot.say('incident 1', { as: 'operator' })) as [Shown]
    await bot.say('ack 1', { as: 'operator' })
    await bot.say('release 1', { as: 'operator' })
    const inputs = { 'incident.snooze/minutes': '30' }
    const stale = await bot.press(card, 'Snooze', { as: 'operator', inputs })
    expect(stale.text).toContain('This changed since your card was drawn')
    expect(stale.card).toBeDefined()
  })

  it('11 a restart in the middle of a dialog resumes it; of a proposal it neither loses nor repeats', async () => {
    const question = await ask('svc.viktor@contoso.com is not synced')
    await ask('sign in', 'operator')
    const proposal = await ask('restart fabrikam.com', 'operator')
    await bot.kill()
    await bot.start()
    const next = await bot.press(question, 'Longer ago')
    expect(next.replies.at(-1)?.text).toContain('one of these OUs')
    const done = await bot.press(proposal, 'Confirm', { as: 'operator' })
    expect(done.text).toMatch(/Carried out|Done/)
    await bot.kill()
    await bot.start()
    const again = await bot.press(proposal, 'Confirm', { as: 'operator' })
    expect(again.text).toMatch(/Carried out|Done/)
    // The tenant forgets its list of requests with the process: none of them was sent again.
    expect((await bot.graphRequests()).filter(({ method }) => method === 'POST')).toEqual([])
  })

  it('12 an invoke is answered while Graph is slow: first the sign of work, then the answer', async () => {
    const card = await ask('incident 1', 'operator')
    await bot.scenario('graph-slow')
    const before = bot.connector.sent.length
    const pressed = await bot.press(card, 'Why?', { as: 'operator' })
    await bot.scenario('graph-slow', false)
    expect(pressed.status).toBe(200)
    expect(pressed.text).not.toBe('')
    const sent = bot.connector.sent.slice(before).map(({ activity }) => JSON.stringify(activity))
    expect(sent.findIndex((one) => /typing|Looking…/.test(one))).toBe(0)
  }, 60_000)

  it('13 the sign of typing ends with the work', async () => {
    await ask('held deletions')
    const typing = () => bot.connector.sent.filter(({ activity }) => activity.type === 'typing').length
    const after = typing()
    await ask('59 or 60 OUs?')
    await ask('InetOrgPerson PHS?')
    expect(typing()).toBe(after)
  })
})

describe('what goes out', () => {
  it('17 a reply in a channel goes to the thread it answers', async () => {
    await inChannel('<at>Sync Medic</at> help', '<at>Sync Medic</at>', { id: 'root-of-thread' })
    expect(bot.connector.messages().at(-1)?.path).toContain(`${channel.id};messageid=root-of-thread`)
  })

  it('10 a refusal that passes is repeated as asked; one that stays ends the destination', async () => {
    await bot.say('subscribe', { as: 'operator', where: channel })
    const arrived = () =>
      bot
        .log(channel)
        // What was refused has no id.
        .filter((one) => one.activityId !== '' && one.text.includes('This came by the route of real alerts'))
    const to = channel.id
    for (const wrong of [
      { status: 429, headers: { 'Retry-After': '60' } },
      { status: 503 },
      { status: 412 },
    ]) {
      const before = arrived().length
      bot.connector.misbehave.push({ to, ...wrong })
      await bot.say('test alert', { as: 'operator' })
      await bot.eventually(() => (bot.connector.misbehave.length === 0 ? true : undefined), 'the refusal')
      expect(arrived()).toHaveLength(before)
      await bot.passUntil(
        () => (arrived().length > before ? true : undefined),
        `the alert after ${wrong.status}`,
      )
    }
    bot.connector.misbehave.push({ to, status: 403, body: { error: { code: 'BotNotInConversationRoster' } } })
    await bot.say('test alert', { as: 'operator' })
    await bot.eventually(() => (bot.connector.misbehave.length === 0 ? true : undefined), 'the refusal')
    await bot.passTime(2)
    const from = bot.connector.sent.length
    await bot.say('test alert', { as: 'operator' })
    await bot.passTime(2)
    expect(bot.connector.sent.slice(from).filter(({ path }) => path.startsWith(channel.id))).toEqual([])
    // Whoever writes there again makes it a destination again.
    await bot.say('subscribe', { as: 'operator', where: channel })
    const before = arrived().length
    await bot.say('test alert', { as: 'operator' })
    await bot.passUntil(() => (arrived().length > before ? true : undefined), 'the alert after coming back')
  })

  it('18 a reference that another environment stored is never used', async () => {
    await bot.kill()
    const database = new Database(join(bot.dataDir, 'sync-medic.sqlite'))
    const changed = database
      .prepare(`update place set doc = replace(doc, '"environment":"rehearsal"', '"environment":"production"')
        where doc like ?`)
      .run(`%${channel.id}%`)
    database.close()
    expect(changed.changes).toBe(1)
    await bot.start()
    const from = bot.connector.sent.length
    await bot.say('test alert', { as: 'operator' })
    for (let i = 0; i < 3; i += 1) await bot.passTime(2)
    expect(bot.connector.sent.slice(from).filter(({ path }) => path.startsWith(channel.id))).toEqual([])
  })
})

describe('every card', () => {
  beforeAll(async () => {
    // What is large, what is hostile, and what has every kind of part.
    await bot.scenario('deletes-held')
    for (const text of [
      'held deletions',
      'status',
      'help',
      'hand-over',
      'server report',
      'which ports does the agent need?',
      'max.muster@contoso.com is not synced',
      'zoe.stern@contoso.com is not synced',
      'incidents',
      `what is ${'𝒳🙂'.repeat(2000)}`,
    ])
      await bot.say(text, { as: 'operator' })
    collect()
  }, 90_000)

  const cards = () =>
    everything.flatMap((activity) =>
      ((activity.attachments ?? []) as readonly Bag[]).map(({ content }) => ({
        activity,
        content: content as Bag,
      })),
    )

  it('6 is at most 40 KB in UTF-16', () => {
    expect(everything.length).toBeGreaterThan(20)
    for (const activity of everything)
      expect(JSON.stringify(activity).length * 2).toBeLessThanOrEqual(40 * 1024)
  })

  it('7 has a fallback for each Action.Execute and each Table', () => {
    const found = cards().flatMap(({ content }) => nodes(content))
    for (const type of ['Action.Execute', 'Table']) {
      const these = found.filter((node) => node.type === type)
      expect(these.length, type).toBeGreaterThan(0)
      for (const one of these) expect(one.fallback, type).toBeDefined()
    }
  })

  it('16 can be understood from its summary and its fallback text alone', () => {
    for (const { activity, content } of cards()) {
      expect(String(activity.summary)).toMatch(/\p{L}{2,}/u)
      expect(String(activity.summary)).not.toMatch(/[<>*_]{2}|\[object|undefined/)
      expect(String(content.fallbackText)).toMatch(/\p{L}{2,}.*this client cannot show the card/u)
    }
  })

  it('19 keeps code whole and surrogate pairs together', () => {
    const block = nodes(everything).filter((node) => String(node.text).includes('SYNC-MEDIC-REPORT v1'))
    expect(block.length).toBeGreaterThan(0)
    for (const activity of everything)
      for (const { text } of nodes(activity))
        if (typeof text === 'string') expect(text.isWellFormed()).toBe(true)
  })

  it('15 lists at most 20 citations', () => {
    const citations = Array.from({ length: 25 }, (_, i) => ({
      articleId: `a-${i}`,
      title: `Title ${i}`,
      source: `Source number ${i}`,
      reviewed: '2026-11-20',
    }))
    const message = render(
      { kind: 'answer', title: 'An answer', blocks: [], citations, confidence: 1, offers: [] },
      { scope: 'personal', now: Date.UTC(2026, 10, 20) },
    )
    const listed = message.text.match(/Source number \d+/g) ?? []
    expect(listed.length).toBeGreaterThan(0)
    expect(new Set(listed).size).toBeLessThanOrEqual(20)
  })
})

describe('the manifest', () => {
  it('14 fits schema 1.29, and its ids are those of the deployment', async () => {
    const url = 'https://medic.example.com'
    const manifest = fillManifest({
      BOT_ID: appId,
      TEAMS_APP_ID: tenantId,
      WEBSITE_URL: url,
      PRIVACY_URL: `${url}/privacy`,
      TERMS_URL: `${url}/terms`,
    })
    type Given = Parameters<typeof AppManifestUtils.validateAgainstSchema>[0]
    expect(await AppManifestUtils.validateAgainstSchema(manifest as unknown as Given)).toEqual([])
    expect(manifest).toMatchObject({ manifestVersion: '1.29', id: tenantId, bots: [{ botId: appId }] })
    expect(people.operator.objectId).not.toBe(appId)
  })
})
