// Scene "Quarantine": one card from alert to green, the people around it, and a restart that happens once.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/rehearsal/index.ts'
import { actionsOf, type Bot, channel, personal, type Shown, startBot } from '../support/bot.ts'

let bot: Bot
let onCall = ''

const last = <T>(list: readonly T[]): T | undefined => list.at(-1)
/** Other rules watch the same domain: what is meant is the card of its provisioning job. */
const cards = (about: string) =>
  bot
    .log(channel)
    .filter(
      (one) =>
        one.card &&
        one.text.includes(`The provisioning job of ${about} is in quarantine`) &&
        /Incident \d+ · version/.test(one.text),
    )
/** The newest form of the newest card about a domain, once it reads so. */
const cardThat = (about: string, reads: RegExp) => () => {
  const shown = last(cards(about))
  return shown && reads.test(shown.text) ? shown : undefined
}
const texts = () => bot.log(channel).map((one) => one.text)
const operatorHere = { as: 'operator', where: channel } as const

beforeAll(async () => {
  bot = await startBot()
  const [roster] = await bot.say('who is on call', { as: 'operator' })
  onCall = /Now\n(.+)/.exec(roster?.text ?? '')?.[1] ?? ''
  const said = await bot.say('subscribe', operatorHere)
  expect(said.some(({ text }) => text.includes('Alerts come to this conversation now'))).toBe(true)
  // The tenant is broken from the start, perhaps before the channel was there: begin anew with a well one.
  const incidents = async () => (await bot.say('incidents', { as: 'operator' }))[0]?.text ?? ''
  const pass = async (minutes: number, until: (text: string) => boolean) => {
    for (let i = 0; i < 12; i += 1) {
      if (until(await incidents())) return
      await bot.passTime(minutes)
    }
    throw new Error(`still: ${await incidents()}`)
  }
  await pass(1, (text) => text.includes('fabrikam.com'))
  await bot.scenario('fabrikam-fixed')
  await pass(3, (text) => text.includes('No incident is open'))
  await pass(20, (text) => !text.includes('fabrikam.com'))
})
afterAll(() => bot.stop())

describe('the alert', () => {
  it('arrives in the channel, mentions who is on call, and names cause, next step and what was not seen', async () => {
    await bot.scenario('fabrikam-quarantine')
    const card = await bot.passUntil(cardThat('fabrikam.com', /Detected/), 'the alert card')
    expect(card.text).toContain('The provisioning job of fabrikam.com is in quarantine since')
    expect(card.text).toContain('HybridIdentityServiceNoActiveAgents')
    expect(card.text).toMatch(/What to do\n1\.\nAD team: /)
    expect(card.text).toMatch(/Could not be checked\n•\nthe agents: /)
    expect(Object.values(people).map(({ name }) => name)).toContain(onCall)
    expect(card.text).toContain(`<at>${onCall}</at>`)
    const mentioned = Object.values(people).find(({ name }) => name === onCall)
    expect(card.card?.msteams).toMatchObject({
      entities: [{ type: 'mention', mentioned: { id: mentioned?.objectId } }],
    })
  })

  it('refuses the click of helpdesk, and tells nobody else', async () => {
    const card = last(cards('fabrikam.com')) as Shown
    const before = bot.log(channel).length
    const refused = await bot.press(card, 'Acknowledge', { as: 'helpdesk', where: channel })
    expect(refused).toMatchObject({ status: 200, card: undefined })
    expect(refused.text).toContain('needs the role operator')
    expect(bot.log(channel)).toHaveLength(before)
  })

  it('is acknowledged once: the click is answered with the new card, and the card changes for everybody', async () => {
    const card = last(cards('fabrikam.com')) as Shown
    const pressed = await bot.press(card, 'Acknowledge', operatorHere)
    expect(pressed.text).toContain(`Acknowledged by ${people.operator.name}`)
    const edited = await bot.eventually(cardThat('fabrikam.com', /●\s+Acknowledged/), 'the edit of the card')
    expect(edited).toMatchObject({ activityId: card.activityId, edited: true })
    expect(edited.text).not.toContain('<at>')

    const second = await bot.press(card, 'Acknowledge', { as: 'approver', where: channel })
    expect(second.text).toContain(`Already acknowledged by ${people.operator.name}`)
    await bot.eventually(() => texts().find((text) => /The escalation has stopped/.test(text)), 'the note')
    // What only the second person was told does not stand on everybody's card.
    expect(cards('fabrikam.com').some((one) => one.text.includes('Already acknowledged'))).toBe(false)
  })

  it('takes a click that Teams delivers again for the same one, with the same or a new id', async () => {
    await bot.scenario('contoso-quarantine')
    const card = await bot.passUntil(cardThat('contoso.com', /Detected/), 'another alert')
    const button = actionsOf(card.card).find((one) => one.title === 'Acknowledge')
    const click = (id: string) =>
      bot.post('operator', channel, {
        id,
        type: 'invoke',
        name: 'adaptiveCard/action',
        replyToId: card.activityId,
        value: {
          action: { type: 'Action.Execute', verb: button?.verb, data: button?.data },
          trigger: 'manual',
        },
      })
    const id = randomUUID()
    const first = await click(id)
    const [same, renewed] = [await click(id), await click(randomUUID())]
    expect(same).toEqual(first)
    expect(JSON.stringify(renewed.body)).toContain('Already acknowledged')
    await bot.eventually(
      () =>
        texts().find(
          (text) => /^Incident \d+ acknowledged/.test(text) && text.includes(people.operator.name),
        ),
      'the note',
    )
    const number = /Incident (\d+)/.exec(card.text)?.[1]
    const [timeline] = (await bot.say(`summary ${number}`, { as: 'operator' })) as [Shown]
    expect(timeline.text.match(/acknowledged\s+by/g)).toHaveLength(1)
  })
})

describe('why?', () => {
  it('explains the error with cause and fix, and offers the restart', async () => {
    const card = last(cards('fabrikam.com')) as Shown
    const { replies } = await bot.press(card, 'Why?', { as: 'helpdesk', where: channel })
    const why = replies.find((one) => one.text.includes('How to verify')) as Shown
    expect(why.text).toMatch(/Quarantined since .*: the agents do not answer/)
    expect(why.text).toMatch(/Why\nAgents are registered for the domain, but none of them is connected/)
    expect(why.text).toMatch(/How to verify/)
    expect(actionsOf(why.card).map((one) => one.title)).toContain('Restart provisioning')
  })
})

describe('the restart', () => {
  it('is proposed in the channel, goes on one-to-one where one can sign in, and is sent once', async () => {
    await bot.scenario('fabrikam-fixed')
    const said = await bot.say('restart fabrikam.com', operatorHere)
    const proposal = said.find((one) => one.text.includes('Restart the synchronization job')) as Shown
    expect(proposal.text).toMatch(/Proposal, nothing is done yet[\s\S]*looks at every object in scope again/)
    expect(proposal.text).toContain('{"criteria":{}}')
    expect(actionsOf(proposal.card)[0]?.title).toBe('Cancel')
    const own = personal('operator')
    const pressed = await bot.press(proposal, 'Confirm', operatorHere)
    expect(pressed.text).toContain('Please sign in, in our one-to-one chat')
    const moved = await bot.eventually(
      () => bot.log(own).find((one) => one.text.includes('Restart the synchronization job')),
      'the proposal one-to-one',
    )
    const asked = await bot.press(moved, 'Confirm', { as: 'operator' })
    const offer = asked.replies.find((one) => !one.edited) as Shown
    await bot.press(offer, 'Sign in', { as: 'operator' })
    const done = await bot.press(offer, 'Confirm', { as: 'operator' })
    expect(`${done.text} ${done.replies.map((one) => one.text).join(' ')}`).toMatch(/Carried out|Done/)
    await bot.press(offer, 'Confirm', { as: 'operator' })
    const writes = (await bot.graphRequests()).filter(({ method }) => method === 'POST')
    expect(writes).toMatchObject([{ identity: `user:${people.operator.objectId}`, status: 204 }])
    expect(writes[0]?.path).toMatch(/\/jobs\/[^/]+\/restart$/)
  })

  it('is watched until its result is known, and the card turns green by itself', async () => {
    const card = last(cards('fabrikam.com')) as Shown
    const green = await bot.passUntil(cardThat('fabrikam.com', /✔\s+Resolved/), 'the green card')
    expect(green.activityId).toBe(card.activityId)
    expect(green.text).toMatch(/Resolved at .*: well again/)
    expect(green.text).not.toContain('What to do')
    expect(actionsOf(green.card).map((one) => one.title)).toEqual(['Why?'])
    const told = await bot.passUntil(
      () => bot.log(channel).find((one) => /✔\s+Done[\s\S]*Restart the synchronization job/.test(one.text)),
      'the result where it was proposed',
    )
    expect(told.text).toMatch(/Result\n/)
  })
})

describe('nobody answers', () => {
  it('gives the card back and escalates to the next person, with a message that notifies', async () => {
    const card = last(cards('contoso.com')) as Shown
    const given = await bot.press(card, 'Give back', operatorHere)
    expect(given.text).toContain('Nobody has acknowledged yet')
    const called = await bot.passUntil(
      () => bot.log(channel).find((one) => /needs an owner[\s\S]*<at>/.test(one.text)),
      'the escalation',
      4,
    )
    expect(called.edited).toBe(false)
    expect((await bot.eventually(cardThat('contoso.com', /▲\s+Escalated/), 'the card')).activityId).toBe(
      card.activityId,
    )
  })

  it('snoozes for as long as is said, and comes back when that is over', async () => {
    const card = last(cards('contoso.com')) as Shown
    const pressed = await bot.press(card, 'Snooze', {
      ...operatorHere,
      inputs: { 'incident.snooze/minutes': '30' },
    })
    expect(pressed.text).toMatch(/◷\s+Snoozed[\s\S]*Omar Diallo/)
    await bot.eventually(cardThat('contoso.com', /◷\s+Snoozed/), 'the snoozed card')
    const awake = cardThat('contoso.com', /Nobody has acknowledged yet/)
    const back = await bot.passUntil(awake, 'the end of the snooze', 5)
    expect(back.activityId).toBe(card.activityId)
  })

  it('is resolved by hand only with a reason, and opens again when it is still bad', async () => {
    const card = last(cards('contoso.com')) as Shown
    const [without] = await bot.say(`resolve ${/Incident (\d+)/.exec(card.text)?.[1]}`, { as: 'operator' })
    expect(without?.text).toContain('Please say in a few words why')
    const inputs = { 'incident.resolve/reason': 'account set again' }
    const pressed = await bot.press(card, 'Resolve', { ...operatorHere, inputs })
    expect(pressed.text).toMatch(/Resolved by hand at .*: account set again/)
    const again = await bot.passUntil(
      cardThat('contoso.com', /It is back: occurrence 2/),
      'the reopened card',
      4,
    )
    expect(again.activityId).toBe(card.activityId)
    await bot.eventually(
      () => texts().find((text) => /is back/i.test(text) && text.includes('<at>')),
      'a message that notifies again',
    )
  })

  it('tells all of it as a timeline', async () => {
    const number = /Incident (\d+)/.exec(last(cards('contoso.com'))?.text ?? '')?.[1]
    const [timeline] = await bot.say(`summary ${number}`, { as: 'helpdesk' })
    for (const word of [/opened/i, /acknowledged/i, /snoozed/i, /resolved/i, /account set again/])
      expect(timeline?.text).toMatch(word)
  })
})
