// A selection of the table of scenarios through the whole bot: POST /api/messages in, Connector calls out.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTrees } from '../../src/conversation/index.ts'
import { type Row, rows } from '../diagnosis/scenario-table.ts'
import { actionsOf, type Bot, type Shown, startBot } from '../support/bot.ts'

const trees = loadTrees(join(import.meta.dirname, '../../dialogs'))

/** Few enough for Graph's limit on its logs, which the bot really waits for. */
const chosen: readonly string[] = [
  'jane.doe@contoso.com is not synced',
  'is fabrikam in quarantine?',
  'agent of fabrikam is down',
  'our agent registration times out',
  'our seamless sso does not work for anybody',
  'we can not open the provisioning logs',
  'our hybrid joined devices do not appear',
  'the deletions of contoso.com are blocked',
]
const selection = chosen.flatMap((say) => rows.find((row) => row.say === say) ?? [])
const byState = [...Map.groupBy(selection, (row) => row.state.join(' '))].sort(
  ([a], [b]) => a.length - b.length,
)

/** The words of a choice, as they stand on its button. */
function labelOf(row: Row, choice: string): string {
  if (choice === 'unsure') return 'I do not know'
  if (choice === 'unable') return 'I cannot get to the server'
  const tree = trees.get(row.cause.split('.')[1] ?? '')
  const labels = Object.values(tree?.steps ?? {}).flatMap((step) =>
    step.kind === 'ask' ? step.choices.filter(({ id }) => id === choice).map(({ label }) => label) : [],
  )
  if (labels[0] === undefined) throw new Error(`no button for ${choice}`)
  return labels[0]
}

let bot: Bot
beforeAll(async () => {
  bot = await startBot()
  // Agents are shown to signed-in people only.
  await bot.say('sign in', { as: 'operator' })
})
afterAll(() => bot.stop())

const newest = (shown: readonly Shown[]): Shown => {
  const last = shown.at(-1)
  if (!last) throw new Error('the bot said nothing')
  return last
}

describe.each(byState)('%s', (_state, mine) => {
  beforeAll(async () => {
    for (const id of mine[0]?.state ?? []) await bot.scenario(id)
    await bot.passTime(30)
  })
  afterAll(async () => {
    for (const id of mine[0]?.state ?? []) if (id !== 'fabrikam-fixed') await bot.scenario(id, false)
  })

  it.each(mine.map((row) => [row.say, row.cause, row] as const))(
    '"%s" -> %s',
    async (_say, cause, row) => {
      const as = row.as ?? 'operator'
      let shown = newest(await bot.say(row.say, { as }))
      let read = shown.text
      for (const answer of row.answers ?? []) {
        shown = newest((await bot.press(shown, labelOf(row, answer), { as })).replies)
        read += `\n${shown.text}`
      }
      expect(shown.text).toContain(cause)
      if (row.shows) expect(read).toMatch(row.shows)
      if (row.never) expect(read).not.toMatch(row.never)
      expect(actionsOf(shown.card).map(({ title }) => title)).toContain('Hand over to on-call')
    },
    60_000,
  )
})

it('every chosen sentence is in the table', () => {
  expect(selection.map(({ say }) => say)).toEqual(chosen)
})
