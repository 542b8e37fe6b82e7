// Activities as the Agents Playground really sent them, fed to the whole bot. What changes from run to run - where to
// answer, which card was pressed - is put in; everything else is as recorded.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bot, cardText, startBot, type Where } from '../support/bot.ts'

type Activity = Readonly<Record<string, unknown>> & {
  readonly conversation: { readonly id: string; readonly conversationType: Where['type'] }
}

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'))

function recording(name: string): { readonly provenance: string; readonly activity: Activity } {
  return JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8'))
}

let bot: Bot
beforeAll(async () => {
  bot = await startBot()
})
afterAll(() => bot.stop())

/** Sends a recording and gives the answer and what the bot then said in that conversation. */
async function replay(name: string, bound: Readonly<Record<string, unknown>> = {}) {
  const { activity } = recording(name)
  const [id = ''] = activity.conversation.id.split(';')
  const where: Where = { id, type: activity.conversation.conversationType }
  const before = bot.log(where).length
  const answer = await bot.raw({ ...activity, serviceUrl: bot.connector.serviceUrl, ...bound })
  return { answer, said: bot.log(where).slice(before), where }
}

test('every recording says where it comes from and names nobody real', () => {
  expect(files.length).toBeGreaterThanOrEqual(5)
  for (const file of files) {
    const { provenance, activity } = recording(file.replace('.json', ''))
    expect(provenance).toMatch(/^Recorded on \d{4}-\d{2}-\d{2} with /)
    expect((activity.from as { name?: string }).name ?? 'Robin Example').toBe('Robin Example')
  }
})

describe('recorded activities', () => {
  test('the bot is added: it says what it does', async () => {
    const { answer, said } = await replay('installed-personal')
    expect(answer.status).toBe(200)
    expect(said.map(({ text }) => text).join('\n')).toContain('Sync Medic is here')
  })

  test('a question in a one-to-one chat is answered, and once only when it comes twice', async () => {
    const { answer, said, where } = await replay('personal-message')
    expect(answer.status).toBe(200)
    expect(said).toHaveLength(1)
    expect(said[0]?.text).toContain('8080')
    const again = await replay('personal-message')
    expect(again.answer.status).toBe(200)
    expect(again.said).toEqual([])
    expect(bot.log(where).filter(({ text }) => text.includes('8080'))).toHaveLength(1)
  })

  test('a diagnosis is begun and its button answered with the card that replaces it', async () => {
    const { said } = await replay('dialog-begin')
    const [question] = said
    expect(question?.text).toContain('I cannot get to the server')
    const { answer } = await replay('card-action', { replyToId: question?.activityId })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' })
    expect(cardText(answer.body?.value)).toContain('Answered: I cannot get to the server')
  })

  test('a mention in a group chat is understood without the mention', async () => {
    const { answer, said } = await replay('group-mention')
    expect(answer.status).toBe(200)
    expect(said[0]?.text).toMatch(/about 50 separate OUs/)
  })

  test('a mention in a post of a channel is answered in its thread', async () => {
    const { answer, said } = await replay('channel-mention')
    expect(answer.status).toBe(200)
    expect(said[0]?.text).toContain('fabrikam.com')
    const { activity } = recording('channel-mention')
    expect(bot.connector.sent.at(-1)?.path).toContain(activity.conversation.id)
  })

  test('Acknowledge on a card of an incident that does not exist here changes nothing and says so', async () => {
    const { answer, said } = await replay('channel-card-action')
    expect(answer.status).toBe(200)
    expect(said.map(({ text }) => text)).toEqual(['I know no such incident.'])
    const { said: list } = await replay('channel-mention', {
      id: 'a-new-activity',
      text: '<at>Test Bot</at> incidents',
    })
    expect(list[0]?.text).not.toMatch(/acknowledged/i)
  })
})
