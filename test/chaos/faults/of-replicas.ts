// Two bots on one PostgreSQL: 1, 4, 32 and 37 of the fault list, and what else must be true of both together.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { ask } from '../../support/teams.ts'
import { operations, propose } from '../quarantine.ts'
import { answerOf, cardsOf, hasButton, press, textOf } from '../reading.ts'
import { ALERTS, alertsChannel, type Bot, chatOf, messageFor, type Rig, type Spoken, say } from '../rig.ts'
import {
  eventsOf,
  type Fault,
  fallIll,
  fault,
  incidentNow,
  newDomain,
  requestsTo,
  theCard,
  turn,
} from './kit.ts'

function both(rig: Rig): readonly [Bot, Bot] {
  const [a, b] = rig.bots
  if (!a || !b) throw new Error('two bots are needed')
  return [a, b]
}

const isPoll = (r: { path: string }) => /\/synchronization\/jobs$/.test(r.path)

/** The bot that does the work of the clock now: the one whose polls Graph sees. */
async function watcher(rig: Rig): Promise<Bot> {
  const from = rig.graph.asked.length
  await rig.pass(1.5, 0.25)
  const name = rig.graph.asked.slice(from).findLast(isPoll)?.bot
  const found = rig.bots.find((bot) => bot.name === name)
  if (!found) throw new Error('nobody polls')
  return found
}

const otherThan = (rig: Rig, bot: Bot): Bot => {
  const [a, b] = both(rig)
  return bot === a ? b : a
}

const cardsAbout = (rig: Rig, domain: string) =>
  cardsOf(rig, ALERTS).filter((message) => textOf(message).includes(domain))

async function epoch(rig: Rig): Promise<number> {
  return Number((await rig.sql(`select epoch from lease where name = 'watch'`))[0]?.epoch)
}

/** An offer of the operator that can be confirmed. */
async function offer(rig: Rig) {
  const before = new Set((await operations(rig)).map((one) => one.id))
  await rig.graph.tenant.scenarios.apply('fabrikam-quarantine')
  await rig.pass(5)
  await propose(rig, before)
  await rig.graph.tenant.scenarios.apply('fabrikam-fixed')
  const card = rig.chat.shown(chatOf('operator').id).findLast((one) => hasButton(one, 'Confirm'))
  if (!card) throw new Error('no offer')
  const mine = async () => (await operations(rig)).filter((one) => !before.has(one.id))
  return { card: { ...card }, mine, written: rig.graph.written.length }
}

const omar = { as: 'operator', where: chatOf('operator') } as const

export type ReplicaRig = Rig & { readonly restartDatabase: (how: 'fast' | 'kill') => Promise<void> }

const faultsOfTwo: readonly Fault[] = [
  fault({
    id: '1pg',
    what: 'kill -9 after the incident is committed: the other replica sends it, once',
    async run(rig) {
      const domain = newDomain(rig)
      const earlier = cardsAbout(rig, domain.domain).length
      const deaths = new Map(rig.bots.map((bot) => [bot, bot.deaths]))
      for (const bot of rig.bots) {
        bot.revive = false
        bot.arm({ when: 'after', touching: 'insert into "incident" ', nth: 1 })
      }
      turn(rig, domain.configurationId, 'ill')
      await rig.move(90_000)
      const died = () => rig.bots.find((bot) => bot.deaths > (deaths.get(bot) ?? 0))
      const one = await rig.until(died, 'the death of the watcher')
      const other = otherThan(rig, one)
      other.arm(null)
      const cardsHere = () => cardsAbout(rig, domain.domain).slice(earlier)
      const [card] = await rig.until(() => (cardsHere().length > 0 ? cardsHere() : undefined), 'the card')
      const senders = requestsTo(rig, ALERTS, 'POST').filter((r) => r.answeredId === card?.activityId)
      for (const bot of rig.bots) bot.revive = true
      await one.start()
      await rig.rounds()
      return { sender: senders[0]?.bot, other: other.name, cards: cardsHere().length }
    },
    expect({ sender, other, cards }) {
      assert.equal(sender, other)
      assert.equal(cards, 1)
    },
  }),
  fault({
    id: '4',
    what: 'the watcher is stopped amid a poll for 2 min and goes on: what it read then is not written',
    async run(rig) {
      const { configurationId, domain } = newDomain(rig)
      await rig.pass(1.5, 0.25)
      let release: () => void = () => undefined
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      const path = `/${configurationId}/synchronization/jobs`
      rig.graph.rule((r) => r.path.endsWith(path), { until: held }, 1)
      const from = rig.graph.asked.length
      const polls = (since: number) => rig.graph.asked.slice(since).filter((r) => r.path.endsWith(path))
      for (let i = 0; i < 8 && polls(from).length === 0; i += 1) await rig.pass(0.25, 0.25)
      const one = rig.bots.find((bot) => bot.name === polls(from)[0]?.bot)
      if (!one) throw new Error('no poll in flight')
      one.signal('SIGSTOP')
      const before = await epoch(rig)
      const later = rig.graph.asked.length
      // In one step: the request of the stopped one must not run out on the machine's own clock meanwhile.
      await rig.pass(2, 2)
      // The stopped one alone is told of a quarantine: by now the other one is responsible and sees none.
      turn(rig, configurationId, 'ill')
      release()
      await wait(300)
      turn(rig, configurationId, 'well')
      const taken = await epoch(rig)
      one.signal('SIGCONT')
      await wait(1000)
      for (let i = 0; i < 8; i += 1) await rig.pass(0.25, 0.25)
      const open = await rig.sql(`select doc from incident where state <> 'closed'`)
      return {
        rose: taken > before,
        refused: one.output().includes('SM_STORE_LEASE_LOST'),
        polledBy: [...new Set(polls(later).map((r) => r.bot))],
        other: otherThan(rig, one).name,
        incidents: open.filter((row) => String(row.doc).includes(domain)).length,
      }
    },
    expect({ rose, refused, polledBy, other, incidents }) {
      assert.ok(rose, 'another epoch')
      assert.ok(refused, 'the old holder was refused')
      assert.deepEqual(polledBy, [other])
      assert.equal(incidents, 0)
    },
  }),
  fault({
    id: '32',
    what: 'acknowledged on one replica while a step fires on the other, five times: one order, no call afterwards',
    async run(rig) {
      const orders: string[] = []
      for (let i = 0; i < 5; i += 1) {
        const ill = await fallIll(rig)
        const due = (await incidentNow(rig, ill)).nextStepAt ?? 0
        await rig.pass(8, 2)
        await rig.move(Math.max(1, due - (await rig.now()) - 100))
        const card = { ...theCard(rig, ill) }
        const bot = both(rig)[i % 2]
        await Promise.all([
          rig.move(200),
          press(rig, card, 'Acknowledge', { as: 'operator', where: alertsChannel, ...(bot ? { bot } : {}) }),
        ])
        await rig.pass(12, 2)
        orders.push(
          (await eventsOf(rig, ill))
            .map((e) => e.what)
            .filter((w) => /escalated|acknowledge/.test(w))
            .join(' '),
        )
        turn(rig, ill.configurationId, 'well')
      }
      return orders
    },
    expect: (orders) => {
      for (const order of orders) assert.match(order, /^(escalated )?acknowledge$/)
    },
  }),
  fault({
    id: 'B9',
    what: '1,000 duplicates of 50 messages in parallel on two replicas: each handled once',
    async run(rig) {
      const marks = Array.from({ length: 50 }, (_, i) => ({
        conversation: `a:dup-${i}`,
        id: `dup-${i}-${randomUUID()}`,
      }))
      const statuses = new Map<number, number>()
      // More sockets with unfinished requests than 200 would be closed.
      const agent = new http.Agent({ keepAlive: true, maxSockets: 150 })
      const send = async ({ conversation, id }: { conversation: string; id: string }, bot: Bot) => {
        for (let tries = 0; tries < 40; tries += 1) {
          const { body, token } = messageFor(rig, conversation, 'who am i', id)
          const answer = await ask(bot.port, {
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: JSON.stringify(body),
            agent,
          })
          if (answer.status !== 503) {
            statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
            return
          }
          await wait(100)
        }
      }
      const [a, b] = both(rig)
      await Promise.all(
        Array.from({ length: 1000 }, (_, i) =>
          send(marks[i % 50] ?? { conversation: '', id: '' }, i % 100 < 50 ? a : b),
        ),
      )
      agent.destroy()
      await rig.rounds()
      const replies = marks.map(
        ({ conversation }) => requestsTo(rig, conversation).filter((r) => r.taken).length,
      )
      return { statuses: [...statuses], replies: new Set(replies) }
    },
    expect({ statuses, replies }) {
      assert.deepEqual(statuses, [[200, 1000]])
      assert.deepEqual([...replies], [1])
    },
  }),
  fault({
    id: 'D6',
    what: 'Confirm pressed on both replicas at once: carried out once',
    async run(rig) {
      const { card, mine, written } = await offer(rig)
      const [a, b] = both(rig)
      const answers = await Promise.all(
        [a, b, a, b].map((bot) => press(rig, card, 'Confirm', { ...omar, bot })),
      )
      await rig.pass(20, 2)
      return {
        statuses: answers.map((one: Spoken) => one.status),
        written: rig.graph.written.length - written,
        states: (await mine()).map((one) => one.state),
      }
    },
    expect({ statuses, written, states }) {
      assert.deepEqual(statuses, [200, 200, 200, 200])
      assert.equal(written, 1)
      assert.deepEqual(states, ['succeeded'])
    },
  }),
  fault({
    id: 'D10',
    what: 'an admin stops all actions on one replica: the other one sends nothing from then on',
    async run(rig) {
      const [a, b] = both(rig)
      const { card, mine, written } = await offer(rig)
      await say(rig, 'stop all actions', { as: 'admin', bot: a })
      await press(rig, card, 'Confirm', { ...omar, bot: b })
      const stopped = {
        written: rig.graph.written.length - written,
        states: (await mine()).map((one) => one.state),
      }
      await say(rig, 'allow actions', { as: 'admin', bot: b })
      await rig.pass(20, 4)
      return stopped
    },
    expect: (stopped) => assert.deepEqual(stopped, { written: 0, states: ['proposed'] }),
  }),
  fault({
    id: 'P4',
    what: 'acknowledged on one replica: the other one knows at once',
    async run(rig) {
      const [a, b] = both(rig)
      const ill = await fallIll(rig)
      const card = { ...theCard(rig, ill) }
      await press(rig, card, 'Acknowledge', { as: 'operator', where: alertsChannel, bot: a })
      return answerOf(await press(rig, card, 'Acknowledge', { as: 'admin', where: alertsChannel, bot: b }))
    },
    expect: (said) => assert.match(said, /[Aa]cknowledged by Omar Diallo/),
  }),
  fault({
    id: 'M6',
    what: 'only one replica watches; when it dies the other one takes over',
    async run(rig) {
      const one = await watcher(rig)
      const from = rig.graph.asked.length
      // In steps shorter than the lease, so that its holder can renew it.
      await rig.pass(6, 0.25)
      const polling = new Set(
        rig.graph.asked
          .slice(from)
          .filter(isPoll)
          .map((r) => r.bot),
      )
      one.revive = false
      await one.kill()
      await rig.move(31_000)
      const next = await watcher(rig)
      one.revive = true
      await one.start()
      return { polling: polling.size, next: next === otherThan(rig, one) }
    },
    expect: (seen) => assert.deepEqual(seen, { polling: 1, next: true }),
  }),
]

const databaseRestart = fault<{ readonly backMs: number; readonly cards: number; readonly answered: number }>(
  {
    id: '37',
    what: 'the database server is killed amid the work and comes back: work goes on, nothing by halves',
    async run(rig) {
      const ill = await fallIll(rig)
      const restart = (rig as ReplicaRig).restartDatabase
      turn(rig, ill.configurationId, 'well')
      await rig.move(90_000)
      const acking = say(rig, `acknowledge ${ill.number}`, { as: 'operator' })
      await restart('kill')
      const began = performance.now()
      await acking
      const status = await rig.until(async () => {
        const answer = await say(rig, 'who am i', { as: 'admin' })
        return answer.status === 200 ? answer.status : undefined
      }, 'an answer after the restart')
      const backMs = performance.now() - began
      await rig.pass(12, 1.5)
      return { backMs, cards: cardsOf(rig, ALERTS, ill.number).length, answered: status }
    },
    expect({ backMs, cards, answered }) {
      assert.ok(backMs < 5000, `back after ${Math.round(backMs)} ms`)
      assert.equal(cards, 1)
      assert.equal(answered, 200)
    },
  },
)

export const ofReplicas: readonly Fault[] = [...faultsOfTwo, databaseRestart]
