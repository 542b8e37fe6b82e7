// Faults of the Connector: 7, 8, 10-21 of the fault list.
import assert from 'node:assert/strict'
import { confirm, type Operation, operations, propose } from '../quarantine.ts'
import { cardsOf, textOf } from '../reading.ts'
import { ALERTS, chatOf, FALLBACK, people, type Rig, say, send, tenantId } from '../rig.ts'
import {
  cardRequests,
  deliveryIncidents,
  eventsOf,
  type Fault,
  fallIll,
  fault,
  incidentNow,
  isDead,
  newDomain,
  recover,
  requestsTo,
  rowsOf,
  subscribeChannel,
  theCard,
  versionOf,
} from './kit.ts'

const to = (conversationId: string) => (r: { conversationId: string }) => r.conversationId === conversationId
const taken = (requests: readonly { taken: boolean }[]) => requests.filter((r) => r.taken).length

/** A channel of one domain whose posts are refused with this code, and what became of it. */
async function refusedFor(rig: Rig, status: number, code: string) {
  const one = newDomain(rig)
  const channel = await subscribeChannel(rig, one.domain)
  rig.chat.rule(to(channel.id), { status, code })
  const ill = await fallIll(rig, one)
  await rig.pass(3)
  const asked = requestsTo(rig, channel.id).length
  // Two more messages that must not go there.
  await say(rig, `acknowledge ${ill.number}`, { as: 'operator' })
  await say(rig, `unacknowledge ${ill.number}`, { as: 'operator' })
  await rig.pass(3)
  return {
    ill,
    channel,
    asked,
    askedLater: requestsTo(rig, channel.id).length,
    dead: await isDead(rig, channel.key),
    elsewhere: cardsOf(rig, ALERTS, ill.number).length,
    raised: (await deliveryIncidents(rig)).filter((one) => one.subject === channel.key),
    operators: rig.chat.shown(FALLBACK).filter((m) => textOf(m).includes('do not arrive')).length,
  }
}

function isDeadAndTold(seen: Awaited<ReturnType<typeof refusedFor>>, code: string): void {
  assert.equal(seen.dead, code)
  assert.equal(seen.asked, 1, 'asked once')
  assert.equal(seen.askedLater, 1, 'and not again')
  assert.equal(seen.elsewhere, 1, 'the other destination has the card')
  assert.equal(seen.raised.length, 1, 'an incident about it')
  assert.ok(seen.operators > 0, 'told where messages still arrive')
}

export const deliveries: readonly Fault[] = [
  fault({
    id: '7',
    what: 'Connector 429 with Retry-After 5: waits at least 5 s, other conversations go on',
    async run(rig) {
      const one = newDomain(rig)
      const other = await subscribeChannel(rig, one.domain)
      rig.chat.rule(to(ALERTS), { status: 429, headers: { 'retry-after': '5' } }, 1)
      const ill = await fallIll(rig, one)
      const [row] = await rowsOf(rig, ill, rig.placeKey(ALERTS))
      const now = await rig.now()
      const atOnce = taken(cardRequests(rig, ill, other.id))
      const soon = cardRequests(rig, ill).length
      await rig.move(5500)
      await rig.rounds()
      return { atOnce, soon, wait: (row?.notBefore ?? 0) - now, later: taken(cardRequests(rig, ill)) }
    },
    expect({ atOnce, soon, wait, later }) {
      assert.equal(atOnce, 1)
      assert.equal(soon, 1)
      assert.ok(wait > 3000 && wait <= 5500, `waits ${wait} ms`)
      assert.equal(later, 1)
    },
  }),
  fault({
    id: '8',
    what: '429 without header: waits grow, with jitter',
    async run(rig) {
      rig.chat.rule(to(ALERTS), { status: 429 })
      const ill = await fallIll(rig)
      const waits: number[] = []
      for (let attempt = 1; attempt <= 4; attempt += 1) {
        const [row] = await rig.until(async () => {
          const rows = await rowsOf(rig, ill, rig.placeKey(ALERTS))
          return rows[0]?.attempts === attempt ? rows : undefined
        }, `attempt ${attempt}`)
        const wait = (row?.notBefore ?? 0) - (await rig.now())
        waits.push(wait)
        await rig.move(Math.max(1, wait))
      }
      rig.chat.behave()
      await rig.pass(1)
      return { waits, cards: cardsOf(rig, ALERTS, ill.number).length }
    },
    expect({ waits, cards }) {
      for (const [i, wait] of waits.entries()) {
        const plain = 2000 * 2 ** i
        assert.ok(wait <= plain * 1.2 && wait >= plain * 0.8 - 1500, `wait ${i + 1} is ${wait} ms`)
      }
      assert.equal(cards, 1)
    },
  }),
  fault({
    id: '10',
    what: 'Connector 412: retried',
    async run(rig) {
      rig.chat.rule(to(ALERTS), { status: 412 }, 1)
      const ill = await fallIll(rig)
      await rig.pass(1)
      return cardRequests(rig, ill).map((r) => r.status)
    },
    expect: (statuses) => assert.deepEqual(statuses, [412, 201]),
  }),
  fault({
    id: '11',
    what: 'Connector 502/503/504 for 30 min: delivered after recovery, in order',
    async run(rig) {
      const ill = await fallIll(rig)
      rig.chat.chances = { tooMany: 0, down: 1, reset: 0 }
      await say(rig, `acknowledge ${ill.number}`, { as: 'operator' })
      await rig.pass(10, 2)
      await say(rig, `snooze ${ill.number} for 60 minutes`, { as: 'operator' })
      await rig.pass(20, 4)
      const during = taken(cardRequests(rig, ill))
      rig.chat.behave()
      await rig.pass(6)
      const { version, state } = await incidentNow(rig, ill)
      const versions = cardRequests(rig, ill)
        .filter((r) => r.taken)
        .map(versionOf)
      return { during, version, state, versions, text: textOf(theCard(rig, ill)) }
    },
    expect({ during, version, state, versions, text }) {
      assert.equal(during, 1, 'nothing arrives while it is down')
      assert.equal(state, 'snoozed')
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => a - b),
      )
      assert.equal(versions.at(-1), version)
      assert.match(text, /Snoozed/)
    },
  }),
  fault({
    id: '12a',
    what: 'accepted, but the connection is reset: an alert is said again',
    async run(rig) {
      rig.chat.rule((r) => r.conversationId === ALERTS && r.method === 'POST', { instead: 'reset' }, 1)
      const ill = await fallIll(rig)
      await rig.pass(1)
      return cardsOf(rig, ALERTS, ill.number).map(versionOf)
    },
    expect(versions) {
      assert.equal(versions.length, 2)
      assert.equal(new Set(versions).size, 1, 'the same version')
    },
  }),
  fault({
    id: '12b',
    what: 'accepted, but the connection is reset: the result of an operation is not said again',
    async run(rig) {
      const { id } = chatOf('operator')
      const before = new Set((await operations(rig)).map((one) => one.id))
      await rig.graph.tenant.scenarios.apply('fabrikam-quarantine')
      await rig.pass(5)
      await propose(rig, before)
      await rig.graph.tenant.scenarios.apply('fabrikam-fixed')
      await confirm(rig, before)
      const watched = (one: Operation) => !before.has(one.id) && one.state === 'watching'
      await rig.until(async () => (await operations(rig)).find(watched), 'the operation is watched')
      await rig.rounds()
      const sentBefore = requestsTo(rig, id).length
      rig.chat.rule(to(id), { instead: 'reset' })
      await rig.pass(30, 2)
      const mine = (await operations(rig)).filter((one) => !before.has(one.id) && one.state !== 'expired')
      const rows = await rig.sql(
        `select state, code from outbox where operation_id like '${mine.at(-1)?.id}.%' order by seq`,
      )
      return { state: mine.at(-1)?.state, sent: requestsTo(rig, id).length - sentBefore, last: rows.at(-1) }
    },
    expect({ state, sent, last }) {
      assert.equal(state, 'succeeded')
      assert.equal(sent, 1)
      assert.deepEqual({ ...last }, { state: 'dead', code: 'ambiguous' })
    },
  }),
  fault({
    id: '13',
    what: 'accepted, and the answer comes after 60 s: as reset',
    slow: true,
    async run(rig) {
      rig.chat.rule((r) => r.conversationId === ALERTS && r.method === 'POST', { instead: 'silence' }, 1)
      const one = newDomain(rig)
      rig.graph.extra.set(one.configurationId, { domain: one.domain, ill: true })
      await rig.move(90_000)
      const [first] = await rig.until(
        () => {
          const cards = cardsOf(rig, ALERTS).filter((m) => textOf(m).includes(one.domain))
          return cards.length === 0 ? undefined : cards
        },
        'the first card',
        30_000,
      )
      const number = Number(/Incident (\d+) · version/.exec(textOf(first ?? { activity: {} }))?.[1])
      await rig.rounds()
      await rig.pass(1)
      return cardsOf(rig, ALERTS, number).map(versionOf)
    },
    expect: (versions) => assert.equal(versions.length, 2),
  }),
  fault({
    id: '14',
    what: 'Connector 413: a shorter card is delivered',
    async run(rig) {
      rig.chat.rule(to(ALERTS), { status: 413, code: 'MessageSizeTooBig' }, 1)
      const ill = await fallIll(rig)
      await rig.rounds()
      return cardRequests(rig, ill).map(({ status, bytes }) => ({ status, bytes }))
    },
    expect([first, second, ...more]) {
      assert.equal(first?.status, 413)
      assert.equal(second?.status, 201)
      assert.ok((second?.bytes ?? 0) < (first?.bytes ?? 0), 'it is shorter')
      assert.equal(more.length, 0)
    },
  }),
  fault({
    id: '15',
    what: '403 BotNotInConversationRoster: dead until the app is installed again, then the open incident once',
    async run(rig) {
      const seen = await refusedFor(rig, 403, 'BotNotInConversationRoster')
      rig.chat.behave()
      const fields = { type: 'installationUpdate', action: 'add' }
      await send(rig, { as: 'admin', where: { id: seen.channel.id, type: 'channel' } }, fields)
      await rig.pass(4)
      const posted = cardsOf(rig, seen.channel.id, seen.ill.number).length
      return { seen, revived: await isDead(rig, seen.channel.key), posted }
    },
    expect({ seen, revived, posted }) {
      isDeadAndTold(seen, '403 BotNotInConversationRoster')
      assert.equal(revived, undefined)
      assert.equal(posted, 1)
    },
  }),
  fault({
    id: '16',
    what: '403 BotDisabledByAdmin: dead, next destination, an incident for the operators',
    run: (rig) => refusedFor(rig, 403, 'BotDisabledByAdmin'),
    expect: (seen) => isDeadAndTold(seen, '403 BotDisabledByAdmin'),
  }),
  fault({
    id: '17',
    what: '403 ConversationBlockedByUser: the personal chat is dead, the channel is used',
    async run(rig) {
      for (const as of ['operator', 'admin'] as const) await say(rig, 'hello', { as })
      const personal = new Set([chatOf('operator').id, chatOf('admin').id])
      rig.chat.rule((r) => personal.has(r.conversationId), { status: 403, code: 'ConversationBlockedByUser' })
      const ill = await fallIll(rig)
      await rig.pass(11)
      const dead = await Promise.all(
        (['operator', 'admin'] as const).map(
          async (who) => (await rig.store.places.personal(tenantId, people[who].objectId))?.dead?.code,
        ),
      )
      const escalated = (await eventsOf(rig, ill)).filter((event) => event.what === 'escalated').length
      const inThread = requestsTo(rig, ALERTS, 'POST').filter(
        (r) => r.taken && r.threadId === theCard(rig, ill).activityId,
      ).length
      rig.chat.behave()
      for (const as of ['operator', 'admin'] as const) await say(rig, 'hello', { as })
      return { dead, escalated, inThread }
    },
    expect({ dead, escalated, inThread }) {
      assert.ok(dead.includes('403 ConversationBlockedByUser'))
      assert.ok(escalated >= 1)
      assert.ok(inThread >= escalated, 'the channel was told')
    },
  }),
  fault({
    id: '18',
    what: '403 InvalidBotApiHost: the host is switched, delivered',
    async run(rig) {
      rig.chat.rule((r) => r.conversationId === ALERTS && r.host === '127.0.0.1', {
        status: 403,
        code: 'InvalidBotApiHost',
      })
      const ill = await fallIll(rig)
      await rig.rounds()
      return cardRequests(rig, ill).map(({ status, host }) => `${status} ${host}`)
    },
    expect: (seen) => assert.deepEqual(seen, ['403 127.0.0.1', '201 localhost']),
  }),
  fault({
    id: '19',
    what: '404 ActivityNotFoundInConversation on an edit: a new card, its id is kept',
    async run(rig) {
      const ill = await fallIll(rig)
      const first = theCard(rig, ill)
      rig.chat.messages.delete(first.activityId)
      await say(rig, `acknowledge ${ill.number}`, { as: 'operator' })
      await rig.pass(1)
      const second = theCard(rig, ill)
      const shown = await rig.sql(
        `select activity_id from incident_shown where incident_id = '${ill.id}' and place_key = '${rig.placeKey(ALERTS)}'`,
      )
      return {
        first: first.activityId,
        second: second.activityId,
        kept: shown[0]?.activity_id,
        text: textOf(second),
      }
    },
    expect({ first, second, kept, text }) {
      assert.notEqual(second, first)
      assert.equal(kept, second)
      assert.match(text, /Acknowledged/)
    },
  }),
  fault({
    id: '20',
    what: '404 ConversationNotFound: the place is dead',
    run: (rig) => refusedFor(rig, 404, 'ConversationNotFound'),
    expect: (seen) => isDeadAndTold(seen, '404 ConversationNotFound'),
  }),
  fault({
    id: '21',
    what: '401 from the Connector: a new token once, then an incident about the identity',
    async run(rig) {
      rig.chat.rule(to(ALERTS), { status: 401 }, 1)
      const first = await fallIll(rig)
      await rig.rounds()
      const once = cardRequests(rig, first).map((r) => r.status)
      rig.chat.rule(to(ALERTS), { status: 401 })
      const second = await fallIll(rig)
      await rig.pass(1)
      const raised = (await deliveryIncidents(rig)).filter((one) => one.subject === 'the bot itself')
      rig.chat.behave()
      await rig.pass(8)
      await recover(rig, first)
      return { once, raised: raised.length, delivered: cardsOf(rig, ALERTS, second.number).length }
    },
    expect({ once, raised, delivered }) {
      assert.deepEqual(once, [401, 201])
      assert.equal(raised, 1)
      assert.equal(delivered, 1)
    },
  }),
]
