// The chat page in a real Chromium, in front of a whole bot. For the browser tests and the screenshot script.
import { accessSync, constants } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { render } from '../../src/cards/index.ts'
import type { Instant, Reply } from '../../src/nouns.ts'
import { people } from '../../src/rehearsal/index.ts'

/** The alert channel of the page. */
export const alertsPlace = '19:identity-alerts@thread.tacv2'
export const placeOf = (who: keyof typeof people) => `personal-${people[who].objectId}`

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A Chromium of this machine; none is downloaded. */
export function findChromium(): string {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
  const found = folders.map((folder) => join(folder, 'chromium')).find(executable)
  if (!found)
    throw new Error(
      'no chromium at /usr/bin/chromium nor in PATH: install it (e.g. apt-get install chromium)',
    )
  return found
}

export function openBrowser(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ]
  return chromium.launch({ executablePath: findChromium(), args })
}

/** A port that was free a moment ago, for a bot that must come back on the same one. */
export async function freePort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}

export type PageOptions = {
  readonly as?: keyof typeof people
  readonly place?: 'personal' | 'channel'
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  readonly reducedMotion?: 'reduce' | 'no-preference'
  /** Another window of the same browser profile. */
  readonly context?: BrowserContext
}

/** The page as a person sees it, ready to be used; everything it asks for beyond the bot is refused. */
export async function openPage(browser: Browser, origin: string, options: PageOptions = {}): Promise<Page> {
  const { as = 'helpdesk', width = 1440, height = 900, scheme = 'light' } = options
  const context =
    options.context ??
    (await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: options.reducedMotion ?? 'no-preference',
    }))
  const page = await context.newPage()
  await page.route(
    (url) => url.origin !== origin,
    (route) => route.abort(),
  )
  if (!options.context) {
    const remembered = [people[as].objectId, options.place === 'channel' ? alertsPlace : placeOf(as)]
    await page.addInitScript(([person, place]) => {
      const store = (
        globalThis as unknown as {
          localStorage: { setItem(k: string, v: string): void; getItem(k: string): unknown }
        }
      ).localStorage
      if (store.getItem('sync-medic-person') !== null) return
      store.setItem('sync-medic-person', person ?? '')
      store.setItem('sync-medic-place', place ?? '')
    }, remembered)
  }
  await page.goto(origin)
  await ready(page)
  return page
}

/** The page has its history and hears what comes. */
export async function ready(page: Page): Promise<void> {
  await page.locator('body[data-live="true"]').waitFor()
}

/** Types a sentence as a person would and waits for the answer below it. */
export async function ask(page: Page, text: string): Promise<void> {
  const before = await page.locator('.msg:not(.me)').count()
  await page.locator('#composer').fill(text)
  await page.locator('#composer').press('Enter')
  await page.locator('.msg:not(.me)').nth(before).waitFor()
  await settled(page)
}

/** No typing sign, nothing being sent. */
export async function settled(page: Page): Promise<void> {
  await page.locator('body[data-busy="0"]').waitFor()
  await page.locator('#typing:empty').waitFor({ state: 'attached' })
}

/** Puts a message of the bot into a conversation, over the same connector the bot uses. */
export async function show(origin: string, place: string, reply: Reply, now: Instant): Promise<string> {
  const scope = place === alertsPlace ? 'channel' : 'personal'
  return (await send(origin, place, activityOf(render(reply, { scope, now })))) ?? ''
}

export function activityOf(message: { readonly card?: unknown; readonly summary: string }) {
  return {
    type: 'message',
    summary: message.summary,
    from: { id: '28:sync-medic', name: 'Sync Medic' },
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: message.card }],
  }
}

/** Posts to the loopback connector, or edits the message `activityId`; resolves with the id. */
export async function send(
  origin: string,
  place: string,
  activity: Readonly<Record<string, unknown>>,
  activityId?: string,
): Promise<string | undefined> {
  const url = `${origin}/connector/v3/conversations/${encodeURIComponent(place)}/activities`
  const answer = await fetch(activityId === undefined ? url : `${url}/${activityId}`, {
    method: activityId === undefined ? 'POST' : 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activity),
  })
  if (!answer.ok) throw new Error(`the connector answered ${answer.status}`)
  return ((await answer.json()) as { id?: string }).id
}

/** Presses the newest button of that name on a card. */
export async function pressOn(page: Page, label: string): Promise<void> {
  await page.locator('.msg').getByRole('button', { name: label, exact: true }).last().click()
  await settled(page)
}

/** What is read there, as it is drawn. */
export async function wordsOn(shown: Locator): Promise<string> {
  return (await shown.allInnerTexts()).join('\n')
}
