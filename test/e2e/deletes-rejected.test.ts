// Scene "Deletes held", the other way: the second person says no, the scope is put right, nothing was deleted.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { actionsOf, type Bot, channel, personal, type Shown, startBot } from '../support/bot.ts'

let bot: Bot
beforeAll(async () => {
  bot = await startBot()
  await bot.scenario('deletes-held')
  await bot.say('subscribe', { as: 'operator', where: channel })
  await bot.say('sign in', { as: 'operator' })
})
afterAll(() => bot.stop())
// Graph lets its logs be read five times in ten seconds: a moment between the tests is theirs to pass.
beforeEach(() => bot.passTime(0.2))

const titles = (shown: Shown) => actionsOf(shown.card).map((one) => one.title)

it('a second person rejects it: the operation ends, and no late click revives it', async () => {
  const [proposal] = (await bot.say('allow deletions of contoso.com', { as: 'operator' })) as [Shown]
  await bot.passTime(0.2)
  const confirmed = await bot.press(proposal, 'Confirm', { as: 'operator' })
  expect(confirmed.text).toContain('Waiting for a second person')
  const asked = await bot.eventually(
    () => bot.log(channel).find((one) => titles(one).includes('Reject')),
    'the card for approvers',
  )
  const rejected = await bot.press(asked, 'Reject', { as: 'approver', where: channel })
  expect(rejected.text).toContain('Cancelled, nothing was done')
  const late = await bot.press(asked, 'Approve', { as: 'approver', where: channel })
  expect(late.text).toContain('Cancelled, nothing was done')
  expect((await bot.graphRequests()).filter(({ method }) => method === 'POST')).toEqual([])
}, 60_000)

it('the scope is put right and the job restarted: the deletions are dropped', async () => {
  const early = await bot.say('restart contoso.com', { as: 'operator' })
  expect(early[0]?.text).toContain('decide about them first')
  await bot.scenario('scope-fixed')
  const [start] = (await bot.say('start contoso.com', { as: 'operator' })) as [Shown]
  const done = await bot.press(start, 'Confirm', { as: 'operator' })
  expect(done.text).toMatch(/Carried out|Done/)
  await bot.passUntil(
    () =>
      bot
        .log(personal('operator'))
        .find((one) => /✔\s+Done[\s\S]*Start the synchronization job/.test(one.text)),
    'the result of the start',
  )
  expect((await bot.say('held deletions', { as: 'operator' }))[0]?.text).toContain('No deletions are held')
}, 60_000)
