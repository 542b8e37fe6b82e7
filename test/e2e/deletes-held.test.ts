// Scene "Deletes held": who would be deleted and from where; one person confirms, another approves; or it is rejected.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { people } from '../../src/rehearsal/index.ts'
import { actionsOf, type Bot, channel, personal, type Shown, startBot } from '../support/bot.ts'

let bot: Bot
const titles = (shown: Shown) =>
  actionsOf(shown.card).flatMap(({ title }) => (typeof title === 'string' ? [title] : []))
const writes = async () => (await bot.graphRequests()).filter(({ method }) => method === 'POST')
/** A newly posted card of the operation, waiting for the second person. */
const waiting = (from: number) => () =>
  bot
    .log(channel)
    .slice(from)
    .find((one) => one.text.includes('Waiting for a second person') && titles(one).includes('Approve'))

const propose = async (): Promise<Shown> => {
  const said = await bot.say('allow deletions of contoso.com', { as: 'operator' })
  const proposal = said.find((one) => one.text.includes('Allow the held deletions'))
  expect(proposal).toBeDefined()
  return proposal as Shown
}

beforeAll(async () => {
  bot = await startBot()
  await bot.scenario('deletes-held')
  await bot.say('subscribe', { as: 'operator', where: channel })
  for (const as of ['operator', 'approver'] as const) await bot.say('sign in', { as })
})
afterAll(() => bot.stop())
// Graph lets its logs be read five times in ten seconds: a moment between the tests is theirs to pass.
beforeEach(() => bot.passTime(0.2))

describe('what is held', () => {
  it('is shown one-to-one with names, with containers, counts and the threshold', async () => {
    const [held] = (await bot.say('held deletions')) as [Shown]
    expect(held.text).toContain('Deletions of contoso.com wait for a decision')
    expect(held.text).toMatch(/612 deletions are held; the threshold is 500/)
    expect(held.text).toMatch(/OU=Seasonal,DC=contoso,DC=com\n612/)
    expect(held.text).toContain('Seasonal Worker 612')
    expect(held.text).toContain('… and 587 more')
    expect(titles(held)).toEqual(['Allow them…', 'How to reject'])
  }, 60_000)

  it('is shown in a channel with containers and counts only', async () => {
    const from = bot.connector.sent.length
    const said = await bot.say('held deletions', { where: channel })
    const held = said.find((one) => one.text.includes('wait for a decision')) as Shown
    expect(held.text).toMatch(/OU=Seasonal,DC=contoso,DC=com\n612/)
    expect(held.text).toContain('names, shown in one-to-one chats')
    expect(JSON.stringify(bot.connector.sent.slice(from))).not.toMatch(/Seasonal Worker/)
  }, 60_000)

  it('can be rejected: how is said, and nothing is deleted', async () => {
    const [how] = (await bot.say('reject deletions of contoso.com')) as [Shown]
    expect(how.text).toMatch(/scope/i)
    expect(await writes()).toEqual([])
  })
})

describe('two people', () => {
  it('one confirms, cannot approve it as well, and an operator cannot either', async () => {
    const from = bot.log(channel).length
    const proposal = await propose()
    expect(proposal.text).toMatch(/612 held deletions of contoso\.com are carried out/)
    expect(proposal.text).toMatch(/recycle bin of Entra ID/)
    expect(proposal.text).toContain('"resetScope":"ForceDeletes"')
    expect(titles(proposal)).toEqual(['Cancel', 'Confirm'])
    await bot.passTime(0.2)
    const confirmed = await bot.press(proposal, 'Confirm', { as: 'operator' })
    const shown = { ...proposal, card: confirmed.card } as Shown
    expect(confirmed.text).toContain('Waiting for a second person')
    expect(confirmed.text).toContain('Seasonal Worker 612')
    const own = await bot.press(shown, 'Approve', { as: 'operator' })
    expect(own.text).toContain('another person must approve')
    expect(await writes()).toEqual([])

    const asked = await bot.eventually(waiting(from), 'the card for approvers')
    expect(asked.text).not.toMatch(/Seasonal Worker/)
    const low = await bot.press(asked, 'Approve', { as: 'helpdesk', where: channel })
    expect(low.text).toMatch(/sign in|needs the role approver/i)
    expect(await writes()).toEqual([])
  }, 60_000)

  it('the other one approves: ForceDeletes is sent once, with the rights of who confirmed, and watched', async () => {
    const asked = bot
      .log(channel)
      .filter((one) => titles(one).includes('Approve'))
      .at(-1) as Shown
    const done = await bot.press(asked, 'Approve', { as: 'approver', where: channel })
    expect(`${done.text} ${done.replies.map((one) => one.text).join(' ')}`).toMatch(/Carried out|Done/)
    const again = await bot.press(asked, 'Approve', { as: 'approver', where: channel })
    expect(again.text).toMatch(/Carried out|Done/)
    const sent = await writes()
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({ identity: `user:${people.operator.objectId}`, status: 204 })
    expect(sent[0]?.path).toMatch(/\/restart$/)
    const told = await bot.passUntil(
      () =>
        bot.log(personal('operator')).find((one) => /✔\s+Done[\s\S]*Allow the held deletions/.test(one.text)),
      'the result where it was proposed',
    )
    expect(told.text).toMatch(/Approved\n/)
    const [held] = await bot.say('held deletions', { as: 'operator' })
    expect(held?.text).toContain('No deletions are held')
  }, 60_000)

  it('leaves both people in the audit trail', async () => {
    const [trail] = (await bot.say('export audit', { as: 'admin' })) as [Shown]
    for (const line of [
      `${people.operator.objectId} action.confirm allowed`,
      `${people.operator.objectId} action.approve denied`,
      `${people.approver.objectId} action.approve allowed`,
      `${people.operator.objectId} action:allowDeletes intent`,
      `${people.operator.objectId} action:allowDeletes succeeded`,
    ])
      expect(trail.text).toContain(line)
  })
})
