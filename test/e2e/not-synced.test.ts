// Scene "Not synced": helpdesk names a person and gets cause, evidence, next step and an offer; an operator does it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { people } from '../../src/rehearsal/index.ts'
import { actionsOf, type Bot, channel, personal, type Shown, startBot, type Who } from '../support/bot.ts'

let bot: Bot
beforeAll(async () => {
  bot = await startBot()
})
afterAll(() => bot.stop())
// Graph lets its logs be read five times in ten seconds: a moment between the tests is theirs to pass.
beforeEach(() => bot.passTime(0.2))

const ask = async (text: string, as: Who = 'helpdesk'): Promise<Shown> => {
  const shown = await bot.say(text, { as })
  expect(shown, text).toHaveLength(1)
  return shown[0] as Shown
}
const titles = (shown: Shown) =>
  actionsOf(shown.card).flatMap(({ title }) => (typeof title === 'string' ? [title] : []))

/** Presses an answer of a dialog and gives the next card. */
const choose = async (question: Shown, label: string): Promise<Shown> => {
  const pressed = await bot.press(question, label)
  expect(pressed.text).toContain(`Answered: ${label}`)
  const next = pressed.replies.find((one) => !one.edited)
  expect(next, label).toBeDefined()
  return next as Shown
}

describe('jane.doe@contoso.com', () => {
  it('gets cause, evidence with its time, next step with who, what was not checked, and an offer', async () => {
    const { text, card } = await ask('jane.doe@contoso.com is not synced')
    expect(text).toContain('An address of jane.doe@contoso.com already belongs to janet.doerr@contoso.com')
    expect(text).toMatch(/Evidence[\s\S]*AttributeValueMustBeUnique[\s\S]*as of \d\d:\d\d UTC, Graph v1\.0/)
    expect(text).toMatch(/What to do[\s\S]*Helpdesk: [\s\S]*AD team: [\s\S]*Identity team: /)
    expect(text).toMatch(/Could not be checked\n•\nthe agents: nobody has signed in/)
    expect(text).toMatch(/Configuration\ncontoso\.com[\s\S]*Job\nactive, last success \d\d:\d\d UTC/)
    expect(text).toMatch(/Sources\n/)
    expect(titles({ card } as Shown)).toEqual(
      expect.arrayContaining(['Provision on demand', 'Hand over to on-call']),
    )
  })

  it('is handed over to the person on call with all of that', async () => {
    await bot.say('hello', { as: 'admin' })
    const found = await ask('jane.doe@contoso.com is not synced')
    const { replies } = await bot.press(found, 'Hand over to on-call')
    expect(replies[0]?.text).toContain('Handed over.')
    const sheet = await bot.eventually(
      () => bot.log(personal('admin')).find((one) => one.text.includes('Handed over to on-call')),
      'the sheet at the person on call',
    )
    expect(sheet.text).toContain('jane.doe@contoso.com')
    expect(sheet.text).toContain('already belongs to janet.doerr@contoso.com')
    expect(sheet.text).toContain(people.helpdesk.name)
  })
})

describe('a name that fits several people', () => {
  it('is chosen by address, and the choice is diagnosed', async () => {
    const question = await ask('Anna Schmidt is not synced')
    expect(question.text).toContain('3 objects fit that name')
    expect(titles(question)).toEqual([
      'Anna Schmidt, anna.schmidt@contoso.com',
      'Anna Schmidt (Finance), anna.schmidt2@contoso.com',
      'Anna Schmidt, anna.schmidt@fabrikam.com',
    ])
    const { replies } = await bot.press(question, /anna\.schmidt@contoso\.com/)
    // She is well: that is said first, with what was looked at, and then what Graph cannot know is asked.
    expect(replies[0]?.text).toMatch(/What I see[\s\S]*is synchronized/)
    expect(replies[0]?.text).toMatch(/Last taken over from AD\n.*\d\d:\d\d UTC/)
    expect(replies[0]?.text).toContain('What exactly is missing?')
  })
})

describe('the cast', () => {
  it.each([
    [
      'olu.adeyemi@contoso.com',
      /was deleted in Entra ID .* and lies in the recycle bin[\s\S]*Can be restored until/,
    ],
    ['hanna.keller@contoso.com', /is in Entra ID as a cloud-only account/],
    ['elena.popescu@contoso.com', /out of scope[\s\S]*employeeType NOT EQUALS 'External' is not met/],
    ['ines.duarte@contoso.com', /Entra ID keeps back ProxyAddresses[\s\S]*Held by\nuser info@contoso\.com/],
    ['tariq.aziz@fabrikam.com', /^✖ {2}Critical\ncause found\nQuarantined since 02:14 UTC/],
    [
      'CN=Viktor Åkesson,OU=Service Accounts,DC=contoso,DC=com',
      /is outside the scope of the configuration[\s\S]*Included\nOU=Staff,DC=contoso,DC=com/,
    ],
  ])('%s', async (who, says) => {
    expect((await ask(`${who} is not synced`)).text).toMatch(says)
  })

  it('keeps a hostile display name text', async () => {
    const { card, text } = await ask('max.muster@contoso.com is not synced')
    expect(text).toContain('<b>Max Muster</b> [extern](https://example.invalid)')
    const all = JSON.stringify(card)
    expect(actionsOf(card).filter((one) => String(one.url ?? '').includes('example.invalid'))).toEqual([])
    // Markdown is read in a TextBlock, never in a TextRun.
    expect(all).not.toMatch(/"type":"TextBlock","text":"[^"]*Max Muster/)
    expect(JSON.stringify(bot.connector.messages().at(-1)?.activity.entities ?? [])).not.toContain('mention')
  })
})

describe('a dialog', () => {
  const start = () => ask('svc.viktor@contoso.com is not synced')

  it('shows the facts, asks what Graph cannot know, and ends in a cause', async () => {
    const first = await start()
    expect(first.text).toContain('When was the account created or changed in AD?')
    expect(first.text).toMatch(/Person\nnot in the tenant/)
    expect(first.text).toMatch(/Newest log entry\nnone about it/)
    // How the scope is chosen is known from Graph, so it is not asked.
    const second = await choose(first, 'Longer ago')
    expect(second.text).toMatch(/In scope\nOU=Staff,DC=contoso,DC=com; /)
    expect(second.text).toContain('Does the account lie in one of these OUs')
    const end = await choose(second, 'No')
    expect(end.text).toContain('The account is outside the scope')
    expect(end.text).toMatch(/By organizational units\n/)
    expect(end.text).toMatch(/AD team: Move the account/)
  })

  it('goes on where it was after the process was killed', async () => {
    const second = await choose(await start(), 'Longer ago')
    const { pid } = bot
    await bot.kill()
    await bot.start()
    expect(bot.pid).not.toBe(pid)
    const end = await choose(second, 'No')
    expect(end.text).toContain('The account is outside the scope')
  })

  it('goes back, repeats, starts over and is cancelled', async () => {
    const second = await choose(await start(), 'Longer ago')
    expect((await ask('back')).text).toContain('When was the account created')
    expect((await ask('continue')).text).toContain('When was the account created')
    expect((await ask('longer ago')).text).toContain('Does the account lie in one of these OUs')
    expect((await ask('start over')).text).toContain('When was the account created')
    expect((await ask('cancel')).text).toContain('cancelled')
    // A card from before says so and changes nothing.
    const late = await bot.press(second, 'No')
    expect(late.replies.map((one) => one.text).join()).toContain('not open any more')
    expect(late.text).toContain('not open any more')
  })

  it('shows a stale card the open question', async () => {
    const first = await start()
    await choose(first, 'Longer ago')
    const stale = await bot.press(first, 'Longer ago')
    expect(stale.replies[0]?.text).toContain('earlier step')
    expect(stale.replies[1]?.text).toContain('Does the account lie in one of these OUs')
  })

  it('answers a question in between and repeats its own when it understood nothing', async () => {
    await start()
    const aside = await ask('59 or 60 OUs?')
    expect(aside.text).toMatch(/^How many OUs/)
    expect((await bot.press(aside, 'Back to the question')).replies[0]?.text).toContain(
      'When was the account',
    )
    const again = await ask('well, it might be purple')
    expect(again.text).toContain('I did not understand that')
    expect(again.text).toContain('When was the account created')
    await ask('cancel')
  })
})

describe('provision on demand', () => {
  it('may be proposed by helpdesk, who cannot confirm it', async () => {
    await ask('jane.doe@contoso.com is not synced')
    const proposal = await ask('provision on demand')
    expect(proposal.text).toContain('Proposal, nothing is done yet')
    expect(proposal.text).toContain('CN=Jane Doe,')
    expect(titles(proposal)).toEqual(['Cancel', 'Confirm'])
    const asked = await bot.press(proposal, 'Confirm')
    expect(asked.text).toContain('Please sign in')
    const offer = asked.replies.at(-1) as Shown
    await bot.press(offer, 'Sign in')
    const refused = await bot.press(offer, 'Confirm')
    expect(refused.text).toContain('needs the role operator')
    expect((await bot.graphRequests()).filter(({ method }) => method === 'POST')).toEqual([])
  })

  it('is done once with the rights of the operator who confirms, and its verdict is shown', async () => {
    const proposal = await ask('provision noah.lindqvist@contoso.com on demand', 'operator')
    // He is in no log and not in Entra: where he lies in AD is asked for.
    expect(proposal.text).toContain('distinguished name')
    const janes = await ask('provision jane.doe@contoso.com on demand', 'operator')
    const asked = await bot.press(janes, 'Confirm', { as: 'operator' })
    expect(asked.text).toContain('Please sign in')
    const offer = asked.replies.at(-1) as Shown
    expect((await bot.press(offer, 'Sign in', { as: 'operator' })).replies[0]?.text).toContain(
      'You are signed in',
    )
    const done = await bot.press(offer, 'Confirm', { as: 'operator' })
    expect(`${done.text}${done.replies.map((one) => one.text).join()}`).toMatch(
      /It ran and failed for this person[\s\S]*AttributeValueMustBeUnique/,
    )
    const again = await bot.press(offer, 'Confirm', { as: 'operator' })
    expect(again.text).toMatch(/Failed/)
    const writes = (await bot.graphRequests()).filter(({ method }) => method === 'POST')
    expect(writes).toHaveLength(1)
    expect(writes[0]).toMatchObject({ identity: `user:${people.operator.objectId}`, status: 200 })
  })

  it('creates the person once the cause is gone, and the diagnosis sees it', async () => {
    await bot.scenario('jane-fixed')
    const proposal = await ask('provision jane.doe@contoso.com on demand', 'operator')
    const done = await bot.press(proposal, 'Confirm', { as: 'operator' })
    expect(done.text).toMatch(/✔ {2}Done[\s\S]*The person was provisioned/)
    expect((await ask('jane.doe@contoso.com is not synced')).text).not.toContain('already belongs')
  })

  it('is in the audit trail: proposed, denied, intent and outcome', async () => {
    const { text } = await ask('export audit', 'admin')
    const rows = text.split('\n').filter((line) => /^\d+ \d{4}-/.test(line))
    const said = (who: Who, what: string) =>
      rows.some((row) => row.includes(`${people[who as 'operator'].objectId} ${what}`))
    expect(said('helpdesk', 'action.propose allowed')).toBe(true)
    expect(said('helpdesk', 'action.confirm denied')).toBe(true)
    expect(said('operator', 'action:provisionOnDemand intent')).toBe(true)
    expect(said('operator', 'action:provisionOnDemand failed')).toBe(true)
    expect(said('operator', 'action:provisionOnDemand succeeded')).toBe(true)
    expect((await ask('export audit')).text).toContain('needs the role admin')
  })
})

describe('in a channel', () => {
  const names =
    /\b(jane|doe|janet|doerr|anna|schmidt|viktor|åkesson|hanna|keller|olu|adeyemi|elena|popescu|omar|diallo)\b/gi

  it.each([
    'jane.doe@contoso.com is not synced',
    'svc.viktor@contoso.com is not synced',
    'Anna Schmidt is not synced',
    'log of jane.doe@contoso.com',
    'provision jane.doe@contoso.com on demand',
  ])('no personal name stands anywhere in the answer to "%s"', async (text) => {
    const from = bot.connector.sent.length
    const shown = await bot.say(text, { as: 'operator', where: channel })
    expect(shown.length).toBeGreaterThan(0)
    const said = bot.connector.sent.slice(from).map(({ activity: { recipient: _to, ...rest } }) => rest)
    expect(JSON.stringify(said).match(names) ?? []).toEqual([])
  })

  it('asks to come one-to-one for a name that fits several', async () => {
    const [question] = await bot.say('Anna Schmidt is not synced', { where: channel })
    expect(question?.text).toContain('one-to-one')
    expect(titles(question as Shown)).toEqual([])
  })
})
