// Scene "Bot blind": Microsoft Graph is down; it says that it cannot see, claims nothing, and recovers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bot, channel, type Shown, startBot, type Who } from '../support/bot.ts'

let bot: Bot
let status: Promise<Shown>
const cards = (pattern: RegExp) =>
  bot.log(channel).filter((one) => pattern.test(one.text) && /Incident \d+ · version/.test(one.text))
const ask = async (text: string, as: Who = 'helpdesk'): Promise<Shown> => {
  const shown = await bot.say(text, { as })
  expect(shown, text).toHaveLength(1)
  return shown[0] as Shown
}
const quarantine = /provisioning job of fabrikam\.com is in quarantine/
const blind = /I cannot see any synchronization job since/

beforeAll(async () => {
  bot = await startBot()
  await bot.say('subscribe', { as: 'operator', where: channel })
  // Seen well once, with one incident open.
  for (let i = 0; i < 5 && !/fabrikam/.test((await ask('incidents')).text); i += 1) await bot.passTime(1)
  await bot.scenario('graph-down')
  // The first who asks waits until patience ends; meanwhile time passes for the watch.
  status = ask('status', 'approver')
  status.catch(() => undefined)
})
afterAll(() => bot.stop())

describe('while Graph is down', () => {
  it('raises one incident of its own after 15 minutes, and mentions who is on call', async () => {
    const card = await bot.passUntil(() => cards(blind).at(-1), 'the incident of being blind', 4, 12)
    expect(card.text).toContain('monitor.blind')
    expect(card.text).toMatch(/<at>.+<\/at>/)
    expect(card.text).toMatch(/Last good reading\n.*UTC \(\d+ min ago\)/)
  }, 120_000)

  it('resolves nothing falsely: what was open stays open, marked as not fresh', async () => {
    const { text } = await ask('incidents')
    expect(text).toMatch(quarantine)
    expect(text).not.toMatch(/\nresolved\n/)
    const stale = await bot.passUntil(
      () => cards(quarantine).findLast((one) => one.text.includes('No fresh data')),
      'the mark on the older card',
      2,
      10,
    )
    expect(stale.text).not.toMatch(/✔|Resolved/)
  }, 120_000)

  it('says so to the first who asks', async () => {
    const { text } = await status
    expect(text).toMatch(/cannot see the configurations|could not be read/)
    expect(text).toContain('no answer came in time')
    expect(text).not.toMatch(/synchronize\./)
  }, 60_000)

  it.each([
    ['agents', /I could not see the agents[\s\S]*Nor could I read the jobs/],
    ['held deletions', /cannot see the configurations/],
    ['errors', /could not read the provisioning log/],
    ['restart fabrikam.com', /cannot see the configurations/],
    ['jane.doe@contoso.com is not synced', /Could not be checked[\s\S]*no answer came in time/],
  ])(
    'says what it cannot see when asked "%s", and calls nothing well',
    async (question, says) => {
      // Patience ends sooner when time is passed.
      const answer = ask(question, 'operator')
      for (let i = 0; i < 2; i += 1) await bot.passTime(1)
      const { text } = await answer
      expect(text).toMatch(says)
      expect(text).not.toMatch(/✔|synchronize\.|all well/i)
    },
    60_000,
  )

  it('answers knowledge as always', async () => {
    expect((await ask('59 or 60 OUs?')).text).toMatch(/^How many OUs/)
  })
})

describe('when Graph answers again', () => {
  it('recovers: its own incident turns green, the other is fresh again and still open', async () => {
    await bot.scenario('graph-down', false)
    const green = await bot.passUntil(
      () => cards(blind).findLast((one) => /✔\s+Resolved/.test(one.text)),
      'the end of blindness',
      2,
    )
    expect(green.activityId).toBe(cards(blind)[0]?.activityId)
    const fresh = await bot.passUntil(() => {
      const newest = cards(quarantine).at(-1)
      return newest && !newest.text.includes('No fresh data') ? newest : undefined
    }, 'the fresh card')
    expect(fresh.text).not.toMatch(/Resolved/)
    expect(cards(/I cannot see the jobs of/)).toEqual([])
    expect((await ask('status')).text).toMatch(/fabrikam\.com[\s\S]*Quarantined since/)
  }, 120_000)
})

describe('when Graph is slow', () => {
  it('knowledge does not wait for it', async () => {
    await bot.passTime(2)
    await bot.scenario('graph-slow')
    const asked = bot.connector.sent.length
    expect((await ask('InetOrgPerson PHS?')).text).toMatch(/^InetOrgPerson and passwords/)
    expect(JSON.stringify(bot.connector.sent.slice(asked))).not.toContain('Looking…')
  }, 120_000)
})
