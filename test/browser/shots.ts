// Pictures of the page in every state worth looking at, to shots/; with "readme" as well the one for the README.
// Run by: node test/browser/shots.ts [part of a name]
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { Reply } from '../../src/nouns.ts'
import { startBot } from '../support/bot.ts'
import {
  alertsPlace,
  ask,
  openBrowser,
  openPage,
  type PageOptions,
  placeOf,
  pressOn,
  settled,
  show,
} from '../support/chat-page.ts'
import { incidentLife, now, replies } from '../support/replies.ts'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'shots')
const only = process.argv[2] ?? ''
const looks = [
  { name: 'wide-light', width: 1440, height: 900, scheme: 'light' },
  { name: 'wide-dark', width: 1440, height: 900, scheme: 'dark' },
  { name: 'narrow-light', width: 390, height: 844, scheme: 'light' },
  { name: 'narrow-dark', width: 390, height: 844, scheme: 'dark' },
] as const satisfies readonly (PageOptions & { name: string })[]

type Scene = {
  readonly name: string
  readonly page?: PageOptions
  readonly play: (page: Page, origin: string) => Promise<void>
}

/** What the side panel does. */
async function control(origin: string, path: string, body: unknown): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(`${origin}${path}`, init)
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
}

const asking = (...texts: readonly string[]) => {
  return async (page: Page) => {
    for (const text of texts) await ask(page, text)
  }
}
const showing = (reply: Reply): Scene['play'] => {
  return async (page, origin) => {
    await show(origin, placeOf('helpdesk'), reply, now)
    await page.locator('.msg').first().waitFor()
  }
}

/** Each on a bot of its own conversation: what was said before is cleared first. */
const scenes: readonly Scene[] = [
  { name: 'start', play: async () => undefined },
  { name: 'not-synced', play: asking('jane.doe@contoso.com is not synced') },
  { name: 'status', play: asking('status') },
  { name: 'ports', play: asking('which ports does the agent need?') },
  { name: 'quarantine', play: asking('why is fabrikam.com in quarantine?') },
  { name: 'help', play: asking('help') },
  {
    name: 'proposal',
    page: { as: 'operator' },
    play: asking('sign in', 'restart fabrikam.com'),
  },
  {
    name: 'held',
    page: { as: 'operator' },
    play: async (page, origin) => {
      await control(origin, '/rehearsal/scenario', { id: 'deletes-held', on: true })
      await asking('sign in', 'held deletions')(page)
    },
  },
  {
    name: 'people',
    page: { as: 'operator', place: 'channel' },
    play: asking('who is on call', 'incidents', 'hand-over'),
  },
  {
    name: 'controls',
    play: async (page) => {
      const toggle = page.locator('#panel-toggle')
      if (await toggle.isVisible()) await toggle.click()
    },
  },
  ...Object.entries(replies).map(([kind, reply]) => ({ name: `reply-${kind}`, play: showing(reply) })),
  ...incidentLife.map((reply) => ({
    name: `incident-${reply.incident.version}-${reply.incident.state}`,
    page: { place: 'channel' as const },
    play: async (page: Page, origin: string) => {
      await show(origin, alertsPlace, reply, now)
      await page.locator('.msg').first().waitFor()
    },
  })),
]

/** The whole conversation, however long it is. */
async function shoot(page: Page, name: string, width: number, height: number): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
  const log = page.locator('#log')
  const hidden = await log.evaluate((box) => box.scrollHeight - box.clientHeight)
  if (hidden <= 0) return
  await page.setViewportSize({ width, height: height + hidden })
  await page.screenshot({ path: join(folder, `${name}-whole.png`), animations: 'disabled' })
  await page.setViewportSize({ width, height })
}

async function playScene(browser: Browser, origin: string, scene: Scene): Promise<void> {
  await control(origin, '/rehearsal/reset', {})
  const [first, ...others] = looks
  const page = await openPage(browser, origin, { ...first, ...scene.page })
  await scene.play(page, origin)
  await settled(page)
  await shoot(page, `${scene.name}-${first.name}`, first.width, first.height)
  await page.context().close()
  for (const look of others) {
    const again = await openPage(browser, origin, { ...look, ...scene.page })
    if (scene.name === 'controls') await scene.play(again, origin)
    await shoot(again, `${scene.name}-${look.name}`, look.width, look.height)
    await again.context().close()
  }
}

/** The real alert of the rehearsal: arrives, is acknowledged, is well again. */
async function playAlert(browser: Browser, origin: string, name: string, look: (typeof looks)[number]) {
  const page = await openPage(browser, origin, { ...look, as: 'operator', place: 'channel' })
  await page.locator('.msg').first().waitFor({ timeout: 60_000 })
  await settled(page)
  await shoot(page, `alert-${name}-${look.name}`, look.width, look.height)
  await page.context().close()
}

async function alertScenes(browser: Browser): Promise<void> {
  const bot = await startBot()
  try {
    const page = await openPage(browser, bot.origin, { as: 'operator', place: 'channel' })
    await page.locator('.msg').first().waitFor({ timeout: 60_000 })
    for (const look of looks) await playAlert(browser, bot.origin, 'open', look)
    await pressOn(page, 'Acknowledge')
    await page.getByText('Acknowledged by').first().waitFor()
    for (const look of looks) await playAlert(browser, bot.origin, 'acknowledged', look)
    await control(bot.origin, '/rehearsal/scenario', { id: 'fabrikam-fixed', on: true })
    for (let i = 0; i < 20 && !(await page.getByText('✔  Resolved').first().isVisible()); i++) {
      await control(bot.origin, '/rehearsal/time', { minutes: 3 })
      await page.waitForTimeout(1500)
    }
    for (const look of looks) await playAlert(browser, bot.origin, 'resolved', look)
  } finally {
    await bot.stop()
  }
}

/** The picture of the README. */
async function readme(browser: Browser): Promise<void> {
  const bot = await startBot()
  try {
    const page = await openPage(browser, bot.origin, { width: 1280, height: 800 })
    await ask(page, 'jane.doe@contoso.com is not synced')
    await page.locator('#composer').blur()
    const path = join(root, 'docs/images/page.png')
    await page.screenshot({ path, animations: 'disabled' })
    process.stdout.write(`${path}: ${Math.round(statSync(path).size / 1024)} KB\n`)
  } finally {
    await bot.stop()
  }
}

mkdirSync(folder, { recursive: true })
const browser = await openBrowser()
try {
  if ('readme'.includes(only)) await readme(browser)
  const bot = await startBot()
  try {
    for (const scene of scenes.filter((one) => one.name.includes(only))) {
      await playScene(browser, bot.origin, scene)
      process.stdout.write(`${scene.name}\n`)
    }
  } finally {
    await bot.stop()
  }
  if ('alert'.includes(only)) await alertScenes(browser)
} finally {
  await browser.close()
}
