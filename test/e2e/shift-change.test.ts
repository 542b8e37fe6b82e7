// Scene "Shift change": who is on call, a sheet from live state, a gap that is noticed, and the next person called.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/rehearsal/index.ts'
import { actionsOf, type Bot, channel, personal, type Shown, startBot, type Who } from '../support/bot.ts'

const { operator, admin } = people
const HOUR = 3_600_000

/** Omar until in two hours; Aiko from in four hours on. Between them nobody. */
function roster(): string {
  const at = (hours: number) => JSON.stringify(new Date(Date.now() + hours * HOUR).toISOString().slice(0, 16))
  return [
    'zone: UTC',
    'people:',
    ...[operator, admin].map(({ objectId, name }) => `  - { id: ${objectId}, name: ${name} }`),
    'shifts:',
    `  - { person: ${operator.objectId}, from: ${at(-1)}, to: ${at(2)} }`,
    `  - { person: ${admin.objectId}, from: ${at(4)}, to: ${at(200)} }`,
    'escalation:',
    '  - { who: onCall, afterMinutes: 0 }',
    '  - { who: nextOnCall, afterMinutes: 10 }',
    '',
  ].join('\n')
}

let bot: Bot
beforeAll(async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sync-medic-roster-')), 'roster.yaml')
  writeFileSync(file, roster())
  bot = await startBot({ env: { ROSTER_FILE: file } })
  await bot.say('subscribe', { as: 'operator', where: channel })
})
afterAll(() => bot.stop())

const ask = async (text: string, as: Who = 'helpdesk'): Promise<Shown> => {
  const shown = await bot.say(text, { as })
  expect(shown, text).toHaveLength(1)
  return shown[0] as Shown
}
const said = (pattern: RegExp) => () => bot.log(channel).find((one) => pattern.test(one.text))

describe('before', () => {
  it('says who is on call and who is next, and since when that is known', async () => {
    const { text } = await ask('who is on call')
    expect(text).toMatch(new RegExp(`Now\\n${operator.name}`))
    expect(text).toMatch(new RegExp(`Next\\n${admin.name} from .*UTC \\(in [34] h[^)]*\\)`))
    expect(text).toContain('roster file')
  })

  it('notices the gap while there is time to fill it', async () => {
    const card = await bot.passUntil(said(/Soon nobody is on call/), 'the incident of the gap')
    expect(card.text).toContain('oncall.gap')
    expect(card.text).toMatch(/Gap\n.*UTC \(in [12] h[^)]*\) to .*UTC \(in [34] h[^)]*\)/)
    expect(card.text).toContain(`<at>${operator.name}</at>`)
  })

  it('makes the sheet from live state: open incidents with owner and age, and the gap', async () => {
    const sheet = await ask('hand-over', 'operator')
    expect(sheet.text).toMatch(new RegExp(`On call now\\n${operator.name}\\nas of .*roster file`))
    expect(sheet.text).toMatch(/Open incidents[\s\S]*The provisioning job of fabrikam\.com is in quarantine/)
    expect(sheet.text).toMatch(/Nobody is on call\n•\n.*UTC \(in [12] h/)
    expect(sheet.text).not.toMatch(/Resolved since/)
  })
})

describe('in the gap', () => {
  it('nobody is on call, and it says so', async () => {
    await bot.passTime(125)
    const { text } = await ask('who is on call')
    expect(text).toMatch(/Now\nnobody: there is a gap in the roster/)
    expect((await ask('hand-over', 'operator')).text).toMatch(/On call now\nnobody/)
    const card = await bot.eventually(
      said(/▲\s+Escalated[\s\S]*Nobody is on call[\s\S]*oncall\.gap/),
      'the card',
    )
    expect(actionsOf(card.card).map((one) => one.title)).toContain('Acknowledge')
  })

  it('a hand-over by helpdesk still reaches somebody: the channel', async () => {
    const found = await ask('jane.doe@contoso.com is not synced')
    const { replies } = await bot.press(found, 'Hand over to on-call')
    expect(replies[0]?.text).toContain('Handed over.')
    const sheet = await bot.eventually(said(/Handed over to on-call/), 'the sheet in the channel')
    expect(sheet.text).not.toMatch(/jane|doe|hanna/i)
  })
})

describe('the next shift', () => {
  it('is called about what is open and has no owner', async () => {
    const before = bot.log(channel).length
    await bot.passTime(120)
    const called = await bot.passUntil(
      () =>
        bot
          .log(channel)
          .slice(before)
          .find((one) => /you are on call now/.test(one.text)),
      'the call of the next person',
    )
    expect(called.text).toContain(`<at>${admin.name}</at>`)
    expect(called.text).toMatch(/Nobody owns it/)
  })

  it('the gap ends by itself, and the next sheet says what was resolved', async () => {
    await bot.passUntil(said(/✔\s+Resolved[\s\S]*oncall\.gap/), 'the resolved gap')
    const sheet = await ask('hand-over', 'admin')
    expect(sheet.text).toMatch(new RegExp(`On call now\\n${admin.name}`))
    expect(sheet.text).toMatch(/Resolved since the last hand-over\n•\n#\d+ .*on call/)
  })

  it('reaches the person one-to-one as well, where their chat is known', async () => {
    await ask('hello', 'admin')
    const found = await ask('jane.doe@contoso.com is not synced')
    await bot.press(found, 'Hand over to on-call')
    const sheet = await bot.eventually(
      () => bot.log(personal('admin')).find((one) => one.text.includes('Handed over to on-call')),
      'the sheet one-to-one',
    )
    expect(sheet.text).toContain('jane.doe@contoso.com')
  })
})
