// The alert of the rehearsal on the page, through all its buttons and forms; and every suggestion the page prints.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Bot, startBot } from '../support/bot.ts'
import { ask, openBrowser, openPage, pressOn, settled, wordsOn } from '../support/chat-page.ts'

let bot: Bot
let browser: Browser
beforeAll(async () => {
  bot = await startBot()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await bot?.stop()
})

const alert = (page: Page) => page.locator('.msg:not(.thread)').filter({ hasText: 'Incident 1' }).first()

it('arrives in the channel and names who is on call', async () => {
  const page = await openPage(browser, bot.origin, { as: 'operator', place: 'channel' })
  await alert(page).waitFor({ timeout: 20_000 })
  const text = await wordsOn(alert(page))
  expect(text).toContain('fabrikam.com')
  expect(text).toMatch(/@\w+ \w+/)
  expect(text).not.toContain('<at>')
  await page.context().close()
})

it('tells a person without the role why not, and nobody else; the card stays as it was', async () => {
  const page = await openPage(browser, bot.origin, { place: 'channel' })
  await alert(page).getByRole('button', { name: 'Acknowledge' }).click()
  await page.getByRole('alert').getByText('This needs the role operator; you are viewer.').waitFor()
  expect(await wordsOn(alert(page))).toContain('Nobody has acknowledged')
  expect(await page.locator('.msg').filter({ hasText: 'This needs the role' }).count()).toBe(0)
  await page.context().close()
})

it('is acknowledged, explained, given back, snoozed for a time that must be chosen, and resolved with a reason', async () => {
  const page = await openPage(browser, bot.origin, { as: 'operator', place: 'channel' })
  const card = alert(page)
  await card.getByRole('button', { name: 'Acknowledge' }).click()
  await card.getByText('Acknowledged by Omar Diallo').waitFor()
  await card.getByRole('button', { name: 'Give back' }).click()
  await card.getByText('Nobody has acknowledged').waitFor()

  const before = await page.locator('.msg').count()
  await card.getByRole('button', { name: 'Why?' }).click()
  await expect.poll(() => page.locator('.msg').count()).toBeGreaterThan(before)

  await card.getByRole('button', { name: 'Snooze' }).click()
  const submit = card.getByRole('button', { name: 'Snooze' }).last()
  await submit.click()
  await card.getByText('please fill this in').waitFor()
  expect(await wordsOn(card)).toContain('Nobody has acknowledged')
  await card.getByRole('combobox').selectOption({ index: 1 })
  await submit.click()
  await card.getByText(/◷\s+Snoozed/).waitFor()

  await card.getByRole('button', { name: 'Resolve' }).click()
  await card.getByRole('button', { name: 'Resolve' }).last().click()
  await card.getByText('please fill this in').waitFor()
  await card.getByRole('textbox').fill('Started the service <b>again</b>')
  await card.getByRole('button', { name: 'Resolve' }).last().click()
  await card.getByText(/✔\s+Resolved/).waitFor()
  expect(await wordsOn(card)).toContain('Started the service <b>again</b>')
  await page.context().close()
})

/** Proposed, confirmed: the same card tells how it went. */
it('carries a proposal from the sentence to its result on one card', async () => {
  const page = await openPage(browser, bot.origin, { as: 'operator' })
  await ask(page, 'sign in')
  await ask(page, 'pause contoso.com')
  const card = page.locator('.msg').filter({ hasText: 'Pause the synchronization job' }).last()
  expect(await wordsOn(card)).toContain('Proposal, nothing is done yet')
  const names = await card.getByRole('button').allInnerTexts()
  expect(names).toEqual(['Cancel', 'Confirm'])
  await pressOn(page, 'Confirm')
  await card
    .getByText(/Done|Carried out/)
    .first()
    .waitFor()
  expect(await card.getByRole('button', { name: 'Confirm' }).count()).toBe(0)
  await page.context().close()
})

/** What an answer to each suggestion must contain; none of them may be an error or a shrug. */
const sensible: Readonly<Record<string, RegExp>> = {
  'jane.doe@contoso.com is not synced': /AttributeValueMustBeUnique[\s\S]*AD team/,
  status: /contoso\.com[\s\S]*fabrikam\.com|fabrikam\.com[\s\S]*contoso\.com/,
  'which ports does the agent need?': /443[\s\S]*8080[\s\S]*Sources/,
  'why is fabrikam.com in quarantine?': /HybridIdentityServiceNoActiveAgents[\s\S]*What to do/,
  '59 or 60 OUs?': /59[\s\S]*Sources/,
  'held deletions': /deletions/i,
  help: /not synced/,
  incidents: /incident/i,
  'who is on call': /on call|on-call/i,
  'hand-over': /hand-?over/i,
}

/** Ids of what the bot said here. */
const answers = (page: Page) =>
  page.locator('.msg:not(.me)').evaluateAll((all) => all.map((one) => one.getAttribute('data-id') ?? ''))

it.each(['personal', 'channel'] as const)('every suggestion works: %s', async (place) => {
  const page = await openPage(browser, bot.origin, { as: 'admin', place })
  const chips = page.locator('#suggestions button')
  const tried = new Set<string>()
  for (;;) {
    const next = (await chips.allInnerTexts()).find((text) => !tried.has(text))
    if (next === undefined) break
    tried.add(next)
    const known = await answers(page)
    await chips.getByText(next, { exact: true }).click()
    const fresh = async () => (await answers(page)).filter((id) => !known.includes(id))
    await expect.poll(async () => (await fresh()).length, { timeout: 10_000 }).toBeGreaterThan(0)
    await settled(page)
    const boxes = (await fresh()).map((id) => page.locator(`[data-id="${id}"]`))
    const answer = (await Promise.all(boxes.map(wordsOn))).join('\n')
    expect(answer, next).toMatch(sensible[next] ?? /nothing is expected of this suggestion yet/)
    expect(answer, next).not.toMatch(/SM_[A-Z]+|I do not know this/)
    // What was tried makes room for what was not.
    expect(await chips.allInnerTexts()).not.toContain(next)
  }
  expect(tried.size).toBeGreaterThanOrEqual(place === 'personal' ? 7 : 4)
  await page.context().close()
})

it('the suggestions of the page are those of the terminal', () => {
  const printed = bot.output()
  for (const text of Object.keys(sensible).slice(0, 7)) expect(printed).toContain(`  ${text}\n`)
})
