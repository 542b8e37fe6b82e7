// Faults of order and of people who act at once: 33, 35 and 36 of the fault list.
import assert from 'node:assert/strict'
import { answerOf, cardsOf, press, textOf } from '../reading.ts'
import { ALERTS, alertsChannel, say } from '../rig.ts'
import { cardRequests, eventsOf, type Fault, fallIll, fault, incidentNow, theCard, versionOf } from './kit.ts'

export const ofPeople: readonly Fault[] = [
  fault({
    id: '33',
    what: 'two people acknowledge at once, and the click comes twice under one id: one transition, all are told',
    async run(rig) {
      const ill = await fallIll(rig)
      const card = { ...theCard(rig, ill) }
      const omar = { as: 'operator', where: alertsChannel } as const
      const answers = await Promise.all([
        press(rig, card, 'Acknowledge', { ...omar, id: 'twice' }),
        press(rig, card, 'Acknowledge', { ...omar, id: 'twice' }),
        press(rig, card, 'Acknowledge', { as: 'admin', where: alertsChannel }),
      ])
      const again = await press(rig, card, 'Acknowledge', omar)
      const rows = await rig.sql(
        `select count(*) as n from audit where what = 'incident.acknowledge' and subject = '${ill.id}' and outcome = 'succeeded'`,
      )
      return {
        statuses: answers.map((one) => one.status),
        texts: [...answers, again].map(answerOf),
        transitions: (await eventsOf(rig, ill)).filter((event) => event.what === 'acknowledge').length,
        audited: Number(rows[0]?.n),
      }
    },
    expect({ statuses, texts, transitions, audited }) {
      assert.deepEqual(statuses, [200, 200, 200])
      for (const text of texts) assert.match(text, /[Aa]cknowledged|still working/)
      assert.equal(transitions, 1)
      assert.equal(audited, 1)
    },
  }),
  fault({
    id: '35',
    what: 'resolved while the card still waits to be posted: one card, and it is green',
    async run(rig) {
      rig.chat.rule((r) => r.conversationId === ALERTS, { status: 503 })
      const ill = await fallIll(rig)
      await say(rig, `resolve ${ill.number} because it was a test`, { as: 'operator' })
      const { state } = await incidentNow(rig, ill)
      rig.chat.behave()
      await rig.pass(6)
      return { state, cards: cardsOf(rig, ALERTS, ill.number).map(textOf) }
    },
    expect({ state, cards }) {
      assert.equal(state, 'resolved')
      assert.equal(cards.length, 1)
      assert.match(cards[0] ?? '', /Resolved/)
    },
  }),
  fault({
    id: '36',
    what: 'an edit that is late is overtaken: the version on the card never falls',
    async run(rig) {
      const ill = await fallIll(rig)
      rig.chat.rule((r) => r.conversationId === ALERTS && r.method === 'PUT', { status: 503 }, 2)
      await say(rig, `acknowledge ${ill.number}`, { as: 'operator' })
      await say(rig, `unacknowledge ${ill.number}`, { as: 'operator' })
      await say(rig, `acknowledge ${ill.number}`, { as: 'admin' })
      await rig.pass(5)
      const taken = cardRequests(rig, ill).filter((r) => r.taken)
      const { version } = await incidentNow(rig, ill)
      return { versions: taken.map(versionOf), version, text: textOf(theCard(rig, ill)) }
    },
    expect({ versions, version, text }) {
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => a - b),
      )
      assert.equal(versions.at(-1), version)
      assert.match(text, /Acknowledged/)
    },
  }),
]
