// Scene "Knowledge": questions answered with their source, or honestly not, through the real protocol.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people, tenantId } from '../../src/rehearsal/index.ts'
import { actionsOf, type Bot, personal, type Shown, startBot, type Who } from '../support/bot.ts'

let bot: Bot
beforeAll(async () => {
  bot = await startBot()
})
afterAll(() => bot.stop())

const ask = async (text: string, as: Who = 'helpdesk'): Promise<Shown> => {
  const shown = await bot.say(text, { as })
  expect(shown, text).toHaveLength(1)
  return shown[0] as Shown
}
const titles = (shown: Shown) => actionsOf(shown.card).map((one) => String(one.title))
const named = (shown: Shown) => titles(shown).filter((title) => title !== 'undefined')

describe('answers', () => {
  it('gives the ports as a table with use, addresses and source', async () => {
    const answer = await ask('which ports does the agent need?')
    for (const port of ['80', '443', '8080']) expect(answer.text.split('\n')).toContain(port)
    expect(answer.text).toContain('Certificate revocation lists')
    expect(answer.text).toMatch(/Sources\nPrerequisites for Microsoft Entra Cloud Sync/)
    expect(answer.text).toMatch(/reviewed \d{4}-\d\d-\d\d/)
    expect(named(answer)).toContain('Addresses the agent must reach')
    expect(JSON.stringify(answer.card)).toContain('"type":"Table"')
  })

  it('tells the sources when asked "source?", without being told what of', async () => {
    await ask('which ports does the agent need?')
    const answer = await ask('source?')
    expect(answer.text).toMatch(/^Sources: Ports the agent needs/)
    expect(
      actionsOf(answer.card).some((one) => String(one.url).startsWith('https://learn.microsoft.com')),
    ).toBe(true)
  })

  it('explains where two sources disagree: 59 or 60 OUs', async () => {
    const { text } = await ask('59 or 60 OUs?')
    expect(text).toMatch(/4 MB/)
    expect(text).toMatch(/59/)
    expect(text).toMatch(/older version/)
  })

  it.each([
    ['InetOrgPerson PHS?', /^InetOrgPerson and passwords\nNo, /],
    ['AADCONNECT cloud sycn server core', /^Windows Server Core\nNo, .*not supported/],
  ])('understands "%s"', async (question, says) => {
    expect((await ask(question)).text).toMatch(says)
  })

  it('gives the same answer every time, whoever asks', async () => {
    const [first, again] = [await ask('59 or 60 OUs?'), await ask('59 or 60 OUs?', 'admin')]
    expect(again.card).toEqual(first.card)
  })

  it('explains an error code in a pasted log line, and offers to look at the person', async () => {
    const line =
      '2026-11-20T10:11:12Z [ERR] Export failed: AttributeValueMustBeUnique for CN=Jane Doe,OU=Lyon,OU=Staff,DC=contoso,DC=com'
    const answer = await ask(line)
    expect(answer.text).toMatch(/^AttributeValueMustBeUnique/)
    expect(answer.text).toMatch(/Likely causes/)
    expect(answer.text).toMatch(/What to do[\s\S]*Who: the Active Directory administrators/)
    const { replies } = await bot.press(answer, 'Diagnose this person')
    expect(replies[0]?.text).toContain('already belongs to janet.doerr@contoso.com')
  })

  it('answers somebody without any role, and shows them nothing live', async () => {
    const stranger = { id: '99999999-9999-4999-8999-999999999999', name: 'A stranger' }
    await ask('i am nobody', stranger)
    expect((await ask('which ports does the agent need?', stranger)).text).toMatch(/^Ports the agent needs/)
    expect((await ask('status', stranger)).text).toMatch(/needs the role viewer/)
  })
})

describe('no answer', () => {
  const unknown = 'Does the gadget of Peter Kowalski on HVDC0123 honour the zebra attribute in the sync?'

  it('says so, names what is nearest once, and hands the question to the person on call', async () => {
    await bot.say('hello', { as: 'admin' })
    const answer = await ask(unknown)
    expect(answer.text).toMatch(/I do not know that/)
    expect(new Set(named(answer)).size).toBe(named(answer).length)
    const { replies } = await bot.press(answer, /^Hand over/)
    expect(replies[0]?.text).toMatch(/Handed over/)
    const sheet = await bot.eventually(
      () => bot.log(personal('admin')).find((one) => one.text.includes('zebra')),
      'the hand-over at the person on call',
    )
    expect(sheet.text).toContain(`From ${people.helpdesk.name}`)
  })

  it.each([
    ['how do I configure AD FS claim rules for a relying party?', /Active Directory Federation Services/],
    ['pass-through authentication agent is inactive', /ass-through/],
  ])('names the right product for "%s"', async (question, product) => {
    const { text } = await ask(question)
    expect(text).toMatch(/Belongs to another product/)
    expect(text).toMatch(product)
  })

  it('declines in one line what is about something else', async () => {
    const answer = await ask('what is the capital of France?')
    expect(answer.text.split('\n')).toHaveLength(1)
    expect(answer.text).toContain('Microsoft Entra Cloud Sync')
  })
})

describe('thumbs', () => {
  it('are asked for on an answer', async () => {
    await ask('59 or 60 OUs?')
    const sent = bot.connector.messages().at(-1)
    expect(sent?.activity.channelData).toMatchObject({ feedbackLoop: { type: 'default' } })
  })

  it('a thumb down goes to the report of gaps, with everything personal taken out', async () => {
    await ask('which ports does the agent need?')
    const before = bot.log(personal('helpdesk')).length
    const answer = await bot.post('helpdesk', personal('helpdesk'), {
      type: 'invoke',
      name: 'message/submitAction',
      replyToId: bot.log(personal('helpdesk')).at(-1)?.activityId,
      value: {
        actionName: 'feedback',
        actionValue: {
          reaction: 'dislike',
          feedback: JSON.stringify({
            feedbackText: 'Ask Peter Kowalski, peter.k@contoso.com, about 10.0.0.7',
          }),
        },
      },
    })
    expect(answer).toMatchObject({ status: 200, body: {} })
    expect(bot.log(personal('helpdesk'))).toHaveLength(before)

    const report = await ask('gaps', 'operator')
    expect(report.text).toMatch(/disliked/)
    expect(report.text).toMatch(/unanswered/)
    expect(report.text).toContain('Ports the agent needs')
    expect(report.text).toMatch(/Ask \(name\) \(name\), \(address\), about \(ip\)/)
    expect(report.text).not.toMatch(/Peter|Kowalski|peter\.k|HVDC|10\.0\.0\.7|contoso\.local/)
  })

  it('the report is for operators', async () => {
    expect((await ask('gaps')).text).toMatch(/needs the role operator/)
  })
})

describe('a new conversation', () => {
  it('is greeted once, though installing fires two events', async () => {
    const where = { id: '19:greeted@thread.tacv2', type: 'channel' as const }
    const added = { membersAdded: [{ id: '28:sync-medic' }] }
    await bot.post('admin', where, { type: 'conversationUpdate', ...added })
    await bot.post('admin', where, { type: 'installationUpdate', action: 'add' })
    const shown = bot.log(where)
    expect(shown).toHaveLength(1)
    expect(shown[0]?.text).toContain('Sync Medic is here')
    expect(shown[0]?.text).not.toContain(people.admin.name)
    expect(tenantId).not.toBe('')
  })
})
