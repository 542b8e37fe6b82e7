// The page without a mouse, and what a screen reader is told of it.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Bot, startBot } from '../support/bot.ts'
import { ask, openBrowser, openPage, placeOf, settled, show } from '../support/chat-page.ts'
import { now, replies } from '../support/replies.ts'

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

const focused = (page: Page) =>
  page.evaluate(`(() => {
    const one = document.activeElement
    return one.id || one.getAttribute('aria-label') || one.textContent.trim() || one.name
  })()`) as Promise<string>

/** Presses Tab until the focus is on something of that name; each stop on the way must be visible. */
async function tabTo(page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press(key)
    const now = await focused(page)
    if (typeof name === 'string' ? now === name : name.test(now)) return
  }
  throw new Error(`the focus never came to ${name}`)
}

it('shows where the focus is at every stop, and comes round', async () => {
  const page = await openPage(browser, bot.origin, { as: 'admin' })
  const stops: string[] = []
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab')
    const seen = (await page.evaluate(`(() => {
      const one = document.activeElement
      if (one === document.body) return undefined
      const marked = [one, one.closest('.composer'), one.closest('.choice')].filter(Boolean).map((box) => getComputedStyle(box))
      const visible = marked.some((s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || /1px|2px/.test(s.boxShadow))
      const box = one.getBoundingClientRect()
      return { name: one.id || one.textContent.trim() || one.name, visible, inside: box.top >= -1 && box.bottom <= innerHeight + 1 }
    })()`)) as { name: string; visible: boolean; inside: boolean } | undefined
    if (!seen) break
    expect(seen).toMatchObject({ visible: true, inside: true })
    stops.push(seen.name)
  }
  const expected = ['Skip to the message box', 'log', 'help', 'composer', 'Send', '+2 min', 'reset']
  expect(expected.filter((name) => !stops.includes(name))).toEqual([])
  expect(stops.indexOf('composer')).toBeLessThan(stops.indexOf('Send'))
  await page.context().close()
})

it('skips to the message box, sends, and presses a button of the answer', async () => {
  const page = await openPage(browser, bot.origin)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await focused(page)).toBe('composer')
  await page.keyboard.type('which ports does the agent need?')
  await page.keyboard.press('Enter')
  await page.locator('.msg:not(.me)').first().waitFor()
  await settled(page)
  expect(await focused(page)).toBe('composer')
  await tabTo(page, 'Why the agent uses port 80', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.locator('.msg:not(.me)').nth(1).waitFor()
  await settled(page)
  expect(await page.locator('.msg.me').last().textContent()).toContain('port 80')
  await page.context().close()
})

it('writes more than one line with Shift+Enter', async () => {
  const page = await openPage(browser, bot.origin, { as: 'approver' })
  await page.locator('#composer').focus()
  await page.keyboard.type('status')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('of contoso.com')
  expect(await page.locator('#composer').inputValue()).toBe('status\nof contoso.com')
  expect(await page.locator('.msg').count()).toBe(0)
  await page.context().close()
})

it('becomes another person with the arrow keys and switches what goes wrong with the space bar', async () => {
  const page = await openPage(browser, bot.origin)
  const radio = (name: string) => page.getByRole('radio', { name })
  await radio('Hanna Keller').focus()
  await page.keyboard.press('ArrowDown')
  expect(await radio('Omar Diallo').isChecked()).toBe(true)
  await page.getByText('One-to-one chat as Omar Diallo').waitFor()
  await tabTo(page, /^contoso\.com/)
  await page.keyboard.press('Enter')
  const pause = page.getByRole('checkbox', { name: /^Pause contoso.com/ })
  await tabTo(page, 'job-paused')
  await page.keyboard.press('Space')
  await settled(page)
  expect(await pause.isChecked()).toBe(true)
  // The panel was brought up to date, and the focus is still there.
  expect(await focused(page)).toBe('job-paused')
  await page.keyboard.press('Space')
  await settled(page)
  expect(await pause.isChecked()).toBe(false)
  await page.context().close()
})

it('opens the narrow panel, closes it with Escape and puts the focus back', async () => {
  const page = await openPage(browser, bot.origin, { width: 390, height: 844 })
  expect(await page.locator('#panel').isVisible()).toBe(false)
  await tabTo(page, 'panel-toggle')
  await page.keyboard.press('Enter')
  expect(await page.locator('#panel').isVisible()).toBe(true)
  expect(await page.locator('#panel-toggle').getAttribute('aria-expanded')).toBe('true')
  expect(await focused(page)).toBe('panel-close')
  await tabTo(page, 'person')
  await page.keyboard.press('Escape')
  expect(await page.locator('#panel').isVisible()).toBe(false)
  expect(await page.locator('#panel-toggle').getAttribute('aria-expanded')).toBe('false')
  expect(await focused(page)).toBe('panel-toggle')
  await page.context().close()
})

type AxNode = {
  readonly ignored: boolean
  readonly role?: { readonly value: string }
  readonly name?: { readonly value: string }
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[]
}

it('tells a screen reader what everything is', async () => {
  const page = await openPage(browser, bot.origin, { as: 'approver' })
  await ask(page, 'which ports does the agent need?')
  await show(bot.origin, placeOf('approver'), replies.incident, now)
  await page.getByText('Nobody has acknowledged').waitFor()
  const session = await page.context().newCDPSession(page)
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: readonly AxNode[] }
  const shown = nodes.filter((node) => !node.ignored)
  const named = (role: string) =>
    shown.filter((node) => node.role?.value === role).map((node) => node.name?.value ?? '')
  const property = (role: string, name: string, key: string) =>
    shown
      .find((node) => node.role?.value === role && node.name?.value === name)
      ?.properties?.find((one) => one.name === key)?.value.value

  expect(named('banner')).toHaveLength(1)
  expect(named('main')).toHaveLength(1)
  expect(named('navigation')).toEqual(['Conversations'])
  expect(named('complementary')).toEqual(['Rehearsal controls'])
  expect(named('log')).toEqual(['Sync Medic'])
  expect(property('log', 'Sync Medic', 'live')).toBe('polite')
  expect(named('textbox')).toEqual(['Message'])
  expect(named('radiogroup')).toEqual(['You are'])
  const headings = named('heading')
  for (const name of [
    'Sync Medic',
    'Chats',
    'You are',
    'Pass time',
    'What goes wrong',
    'Sources',
    'What to do',
  ])
    expect(headings).toContain(name)
  const levels = shown
    .filter((node) => node.role?.value === 'heading')
    .map((node) => node.properties?.find((one) => one.name === 'level')?.value.value)
  expect(levels[0]).toBe(1)
  expect(levels.filter((level) => level === 1)).toHaveLength(1)
  expect(new Set(levels)).toEqual(new Set([1, 2, 3]))

  const buttons = named('button')
  for (const name of ['Send', 'Identity alerts', '+2 min', 'Start over', 'Acknowledge', 'Snooze'])
    expect(buttons).toContain(name)
  expect(buttons).not.toContain('')
  expect(property('button', 'Snooze', 'expanded')).toBe(false)
  expect(named('radio')).toContainEqual(expect.stringMatching(/^Petra Lindgren/))
  expect(named('columnheader')).toEqual(expect.arrayContaining(['Port', 'Direction']))
  expect(named('article')).toContainEqual(expect.stringMatching(/^Petra Lindgren: which ports/))
  expect(named('article')).toContainEqual(expect.stringMatching(/^Sync Medic: Detected/))
  expect(named('link')).not.toContain('')
  await page.context().close()
})

it('reads out what arrives, not what was there', async () => {
  const page = await openPage(browser, bot.origin, { as: 'approver' })
  const log = page.locator('#log')
  expect(await log.getAttribute('role')).toBe('log')
  expect(await log.getAttribute('aria-live')).toBe('polite')
  expect(await log.getAttribute('aria-busy')).toBe('false')
  for (const [id, role] of [
    ['typing', 'status'],
    ['lost', 'status'],
    ['toast', 'alert'],
  ] as const)
    expect(await page.locator(`#${id}`).getAttribute('role')).toBe(role)
  await page.context().close()
})
