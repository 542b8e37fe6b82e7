// Everything the page can show, in both schemes, wide and narrow: accessible to axe-core, nothing cut off, nothing that
// makes the window scroll sideways.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bot, startBot } from '../support/bot.ts'
import {
  alertsPlace,
  ask,
  openBrowser,
  openPage,
  type PageOptions,
  placeOf,
  show,
} from '../support/chat-page.ts'
import { incidentLife, now, replies } from '../support/replies.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Colours do not depend on the width, nor the room on the colours: two windows see all. */
const looks = [
  ['wide and light', { width: 1440, height: 900, scheme: 'light' }],
  ['narrow and dark', { width: 390, height: 844, scheme: 'dark' }],
] as const satisfies readonly (readonly [string, PageOptions])[]

let bot: Bot
let browser: Browser

/** Real conversations as the operator; the examples of every kind as helpdesk; the life of an incident in the channel. */
beforeAll(async () => {
  bot = await startBot()
  browser = await openBrowser()
  const page = await openPage(browser, bot.origin, { as: 'operator' })
  const questions = [
    'jane.doe@contoso.com is not synced',
    'status',
    'which ports does the agent need?',
    'why is fabrikam.com in quarantine?',
    'help',
    'sign in',
    'agents',
    'restart fabrikam.com',
    'who is on call',
  ]
  for (const question of questions) await ask(page, question)
  await page.context().close()
  for (const reply of Object.values(replies)) await show(bot.origin, placeOf('helpdesk'), reply, now)
  for (const reply of incidentLife) await show(bot.origin, alertsPlace, reply, now)
})
afterAll(async () => {
  await browser?.close()
  await bot?.stop()
})

type Violation = { readonly id: string; readonly impact: string; readonly nodes: readonly { html: string }[] }

async function violations(page: Page): Promise<readonly string[]> {
  // The flash of a new message is over.
  await page.evaluate(`document.getAnimations().forEach((one) => one.finish())`)
  await page.evaluate(axe)
  const found = (await page.evaluate(
    `axe.run(document).then((result) => result.violations)`,
  )) as readonly Violation[]
  return found.map(
    ({ id, impact, nodes }) =>
      `${impact} ${id}: ${nodes
        .map((node) => node.html)
        .join(' | ')
        .slice(0, 600)}`,
  )
}

/** Words that are wider than the box they stand in, and boxes that make the window scroll sideways. */
async function cutOff(page: Page): Promise<readonly string[]> {
  return (await page.evaluate(`(() => {
    const bad = []
    const root = document.scrollingElement
    if (root.scrollWidth > root.clientWidth) bad.push('the window is ' + root.scrollWidth + ' wide')
    const log = document.getElementById('log')
    if (log.scrollWidth > log.clientWidth) bad.push('the log is ' + log.scrollWidth + ' wide')
    for (const body of document.querySelectorAll('.msg .body')) {
      const box = body.getBoundingClientRect()
      for (const run of body.querySelectorAll('.ac-textRun, .ac-textBlock, button, input, select, textarea')) {
        const own = run.getBoundingClientRect()
        if (own.width === 0 || getComputedStyle(run.closest('[role="row"]') ?? run).clipPath !== 'none') continue
        if (own.right > box.right + 0.5 || own.left < box.left - 0.5) bad.push('beyond its card: ' + run.textContent)
        if (run.tagName === 'BUTTON' && run.scrollWidth > run.clientWidth + 1) bad.push('cut button: ' + run.textContent)
      }
      for (const block of body.querySelectorAll('.ac-textBlock'))
        if (block.scrollHeight > block.clientHeight + 2) bad.push('cut in height: ' + block.textContent)
    }
    return bad
  })()`)) as readonly string[]
}

async function expectGood(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([])
  expect(await cutOff(page)).toEqual([])
}

describe.each(looks)('%s', (_name, look) => {
  const states: readonly (readonly [string, PageOptions, number])[] = [
    ['nothing said yet', { as: 'admin' }, 0],
    ['real conversations', { as: 'operator' }, 18],
    ['an example of every kind of reply', { as: 'helpdesk' }, Object.keys(replies).length],
    ['an alert through its life', { as: 'helpdesk', place: 'channel' }, incidentLife.length],
  ]
  it.each(states)('%s', async (_state, options, count) => {
    const page = await openPage(browser, bot.origin, { ...look, ...options })
    try {
      expect(await page.locator('.msg').count()).toBeGreaterThanOrEqual(count)
      await expectGood(page)
    } finally {
      await page.context().close()
    }
  })

  it('an open form, an error below its field, the panel, a message of trouble', async () => {
    const page = await openPage(browser, bot.origin, { ...look, place: 'channel' })
    try {
      const card = page.locator('.msg').filter({ hasText: 'Detected' }).last()
      await card.getByRole('button', { name: 'Snooze' }).click()
      await card.getByRole('button', { name: 'Snooze' }).last().click()
      await card.getByText('please fill this in').waitFor()
      for (const group of await page.locator('summary').all())
        await group.evaluate((one) => one.parentElement?.setAttribute('open', ''))
      await page.locator('#toast').evaluate((one) => {
        one.textContent = 'The bot does not answer.'
      })
      await expectGood(page)
      const toggle = page.locator('#panel-toggle')
      if (await toggle.isVisible()) {
        await toggle.click()
        await expectGood(page)
      }
    } finally {
      await page.context().close()
    }
  })
})

it('these checks do notice what is bad', async () => {
  const page = await openPage(browser, bot.origin, { as: 'operator', ...looks[1][1] })
  try {
    await page.evaluate(`(() => {
      const runs = document.querySelectorAll('.msg .ac-textRun')
      runs[1].style.color = '#333a41'
      runs[2].style.whiteSpace = 'nowrap'
      runs[2].textContent = 'x'.repeat(300)
      document.querySelector('.msg .ac-pushButton').setAttribute('aria-label', '')
      document.querySelector('.msg .ac-pushButton').title = ''
      document.querySelector('.msg .ac-pushButton').textContent = ''
    })()`)
    expect((await violations(page)).join('\n')).toContain('serious color-contrast')
    expect((await violations(page)).join('\n')).toContain('critical button-name')
    expect((await cutOff(page)).join('\n')).toContain('beyond its card: xxx')
  } finally {
    await page.context().close()
  }
})

it('shows facts with one line of time and source for neighbours that share it', async () => {
  const page = await openPage(browser, bot.origin, { as: 'operator' })
  try {
    const card = page.locator('.msg').filter({ hasText: 'Newest log entry' }).first()
    const lines = await card.getByText(/as of .*auditLogs\/provisioning/).count()
    expect(lines).toBe(1)
  } finally {
    await page.context().close()
  }
})

it('stands still for people who asked for that', async () => {
  for (const reducedMotion of ['reduce', 'no-preference'] as const) {
    const page = await openPage(browser, bot.origin, { as: 'approver', reducedMotion })
    try {
      await show(bot.origin, placeOf('approver'), replies.notice, now)
      await page.locator('.msg.fresh .body').last().waitFor()
      const name = await page.evaluate(
        `getComputedStyle(document.querySelector('.msg.fresh .body')).animationName`,
      )
      expect(name).toBe(reducedMotion === 'reduce' ? 'none' : 'glow')
    } finally {
      await page.context().close()
    }
  }
})
