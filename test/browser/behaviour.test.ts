// What the page does over time: reloads, two windows, a bot that goes away, cards that change under one's hands.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { render } from '../../src/cards/index.ts'
import { personal, prose } from '../../src/nouns.ts'
import { type Bot, startBot } from '../support/bot.ts'
import {
  activityOf,
  alertsPlace,
  ask,
  freePort,
  openBrowser,
  openPage,
  placeOf,
  ready,
  send,
  settled,
  show,
  wordsOn,
} from '../support/chat-page.ts'
import { conflictFinding, incident, incidentLife, now, replies } from '../support/replies.ts'

let bot: Bot
let browser: Browser
beforeAll(async () => {
  bot = await startBot({ env: { PORT: await freePort() } })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await bot?.stop()
})

/** What is read on the page, without the times that pass. */
const read = async (page: Page) => await page.locator('.msg .body').allInnerTexts()

it('keeps the conversation, the person and the place over a reload', async () => {
  const page = await openPage(browser, bot.origin, { as: 'operator' })
  await ask(page, 'which ports does the agent need?')
  const before = await read(page)
  expect(before).toHaveLength(2)
  await page.reload()
  await ready(page)
  expect(await read(page)).toEqual(before)
  expect(await page.locator('#place-note').textContent()).toBe('One-to-one chat as Omar Diallo')
  await page.getByRole('button', { name: 'Identity alerts' }).click()
  await page.reload()
  await ready(page)
  expect(await page.locator('#place-title').textContent()).toBe('Identity alerts')
  await page.context().close()
})

it('shows the same in two windows, and the switches of one in the other', async () => {
  const one = await openPage(browser, bot.origin, { as: 'approver' })
  const two = await openPage(browser, bot.origin, { context: one.context() })
  await ask(one, 'status')
  await two.locator('.msg:not(.me)').first().waitFor()
  expect(await read(two)).toEqual(await read(one))
  const switched = (page: Page) => page.locator('input[name="no-health-permission"]')
  await switched(one).evaluate((box: { click(): void }) => box.click())
  await expect.poll(() => switched(two).isChecked()).toBe(true)
  await switched(two).evaluate((box: { click(): void }) => box.click())
  await expect.poll(() => switched(one).isChecked()).toBe(false)
  await one.context().close()
})

it('begins long answers at their beginning, and leaves the reader alone who scrolled', async () => {
  const page = await openPage(browser, bot.origin, { as: 'admin' })
  await ask(page, 'help')
  const top = (selector: string) =>
    page.evaluate(`(() => {
      const log = document.getElementById('log').getBoundingClientRect()
      return [...document.querySelectorAll('${selector}')].at(-1).getBoundingClientRect().top - log.top
    })()`) as Promise<number>
  expect(await top('.msg.me')).toBeGreaterThanOrEqual(0)
  expect(await top('.msg.me')).toBeLessThan(40)
  expect(await top('.msg:not(.me)')).toBeLessThan(140)
  await page.locator('#log').hover()
  await page.mouse.wheel(0, 150)
  await expect.poll(() => top('.msg.me')).toBeLessThan(-80)
  const before = await top('.msg.me')
  await show(bot.origin, placeOf('admin'), replies.notice, now)
  await page.locator('#newest').waitFor()
  expect(await top('.msg.me')).toBe(before)
  await page.locator('#newest').click()
  await expect.poll(() => page.locator('#newest').isVisible()).toBe(false)
  expect(await page.locator('.msg').last().isVisible()).toBe(true)
  await page.context().close()
})

it('counts what arrives elsewhere until it is looked at; edits do not count', async () => {
  const page = await openPage(browser, bot.origin, { as: 'admin' })
  const tab = page.locator(`[data-place="${alertsPlace}"]`)
  const id = await show(bot.origin, alertsPlace, replies.incident, now)
  await expect.poll(() => tab.locator('.badge').textContent()).toBe('1 new')
  await send(bot.origin, alertsPlace, activityOf(render(replies.incident, { scope: 'channel', now })), id)
  await show(bot.origin, alertsPlace, replies.notice, now)
  await expect.poll(() => tab.locator('.badge').textContent()).toBe('2 new')
  expect(await page.title()).toBe('(2) Sync Medic · rehearsal')
  await tab.click()
  expect(await tab.locator('.badge').count()).toBe(0)
  expect(await page.title()).toBe('Sync Medic · rehearsal')
  await page.context().close()
})

it('moves the clock of everybody', async () => {
  const page = await openPage(browser, bot.origin)
  const clock = async () => {
    const words = (await page.locator('#clock').textContent()) ?? ''
    return Date.parse(words.replace(' UTC', 'Z').replace(' ', 'T'))
  }
  const before = await clock()
  await page.getByRole('button', { name: '+10 min' }).click()
  await page.getByText(/^It is now \d\d:\d\d UTC\.$/).waitFor()
  expect(await clock()).toBeGreaterThanOrEqual(before + 10 * 60_000)
  await page.context().close()
})

it('keeps focus and half-written input when a card changes under them', async () => {
  const page = await openPage(browser, bot.origin, { place: 'channel' })
  const id = await show(bot.origin, alertsPlace, replies.incident, now)
  const card = page.locator(`[data-id="${id}"]`)
  const edit = async (reply: Parameters<typeof render>[0], shown: string) => {
    await send(bot.origin, alertsPlace, activityOf(render(reply, { scope: 'channel', now })), id)
    await card.getByText(shown).first().waitFor()
  }
  const focusedName = () => page.evaluate(`document.activeElement.getAttribute('aria-label')`)
  await card.getByRole('button', { name: 'Why?' }).focus()
  await edit({ ...replies.incident, incident: { ...incident, step: 2, version: 2 } }, 'Escalated')
  expect(await focusedName()).toBe('Why?')

  await card.getByRole('button', { name: 'Resolve' }).click()
  await card.getByRole('textbox', { name: 'What solved it?' }).fill('The service was')
  await edit(
    { ...replies.incident, incident: { ...incident, stale: true, step: 2, version: 3 } },
    'No fresh data',
  )
  const box = card.getByRole('textbox', { name: 'What solved it?' })
  expect(await box.inputValue()).toBe('The service was')
  await page.keyboard.type(' started.')
  expect(await box.inputValue()).toBe('The service was started.')

  const resolved = incidentLife.find((reply) => reply.incident.state === 'resolved')
  if (!resolved) throw new Error('no resolved incident among the examples')
  await edit(resolved, '✔  Resolved')
  // Its buttons are gone; the focus stays at the card and is not lost to the top of the page.
  expect(await page.evaluate('document.activeElement.dataset.id')).toBe(id)
  await page.context().close()
})

it('shows hostile names as what they are', async () => {
  const page = await openPage(browser, bot.origin, { as: 'admin' })
  const names = [
    '<img src=x onerror="window.hit=1">',
    '<script>window.hit=2</script>',
    '[click](javascript:window.hit=3)',
    '**bold** `code` <at>All</at>',
    '"><svg onload=window.hit=4>',
  ]
  for (const name of names) {
    const finding = { ...conflictFinding, cause: prose`It belongs to ${personal(name)} here.` }
    await show(bot.origin, placeOf('admin'), { ...replies.finding, findings: [finding] }, now)
    await send(bot.origin, placeOf('admin'), { type: 'message', text: name })
  }
  await expect.poll(() => page.locator('.msg').filter({ hasText: 'svg onload' }).count()).toBe(2)
  const all = (await page.locator('.msg .body').allInnerTexts()).join('\n')
  for (const name of names) expect(all).toContain(`It belongs to ${name} here.`)
  expect(
    await page
      .locator('.msg')
      .locator('img, script, svg, b, i, em, strong:not(.by strong), a[href^="javascript"]')
      .count(),
  ).toBe(0)
  expect(await page.evaluate('window.hit')).toBeUndefined()
  await page.context().close()
})

it('draws a mention as a name', async () => {
  const page = await openPage(browser, bot.origin, { place: 'channel' })
  const mentions = [{ objectId: 'o-1', name: 'Alex Weber' }]
  await send(
    bot.origin,
    alertsPlace,
    activityOf(render(replies.incident, { scope: 'channel', now, mentions })),
  )
  const card = page.locator('.msg').filter({ hasText: 'Alex Weber' }).last()
  expect(await wordsOn(card)).toContain('@Alex Weber')
  expect(await wordsOn(card)).not.toContain('<at>')
  await page.context().close()
})

it('takes a message off the page when the bot deletes it', async () => {
  const page = await openPage(browser, bot.origin, { as: 'admin' })
  const id = await send(bot.origin, placeOf('admin'), { type: 'message', text: 'soon gone' })
  await page.getByText('soon gone').waitFor()
  const place = encodeURIComponent(placeOf('admin'))
  await fetch(`${bot.origin}/connector/v3/conversations/${place}/activities/${id}`, { method: 'DELETE' })
  await expect.poll(() => page.getByText('soon gone').count()).toBe(0)
  await page.context().close()
})

it('says when the bot is away, loses nothing that was typed, and is back without doubles', async () => {
  const page = await openPage(browser, bot.origin, { as: 'operator' })
  const before = await read(page)
  expect(before.length).toBeGreaterThan(0)
  await bot.kill()
  await page.getByText('Connection lost').waitFor()
  await page.locator('#composer').fill('status')
  await page.locator('#composer').press('Enter')
  await page.getByRole('alert').getByText('The bot does not answer').waitFor()
  expect(await page.locator('#composer').inputValue()).toBe('status')
  await bot.start()
  await page.locator('#lost:empty').waitFor({ state: 'attached' })
  await ready(page)
  expect(await read(page)).toEqual(before)
  await page.locator('#composer').press('Enter')
  await page
    .locator('.msg')
    .nth(before.length + 1)
    .waitFor()
  await settled(page)
  expect((await read(page)).length).toBe(before.length + 2)
  await page.context().close()
})

it('starts over in every window', async () => {
  const one = await openPage(browser, bot.origin, { as: 'operator' })
  const two = await openPage(browser, bot.origin, { context: one.context() })
  await two.locator('.msg').first().waitFor()
  await one.locator('input[name="job-paused"]').evaluate((box: { click(): void }) => box.click())
  await settled(one)
  await one.getByRole('button', { name: 'Start over' }).click()
  for (const page of [one, two]) {
    await page.getByText('What is not synchronizing?').waitFor()
    expect(await page.locator('.msg').count()).toBe(0)
    await expect.poll(() => page.locator('input[name="job-paused"]').isChecked()).toBe(false)
    expect(await page.locator('input[name="fabrikam-quarantine"]').isChecked()).toBe(true)
  }
  await one.reload()
  await ready(one)
  expect(await one.locator('.msg').count()).toBe(0)
  await ask(one, 'status')
  await one.context().close()
})
