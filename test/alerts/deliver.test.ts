import { beforeEach, describe, expect, it } from 'vitest'
import type { DeliveryFailure } from '../../src/ports.ts'
import {
  alertsWorld,
  channel,
  HOUR,
  healthyJob,
  MINUTE,
  person,
  quarantinedJob,
  SECOND,
  T0,
  TENANT,
} from '../support/alerts-builders.ts'

const ada = person('Ada')
const main = channel('alerts').conversationId
const reserve = channel('reserve')

type World = Awaited<ReturnType<typeof alertsWorld>>
let world: World
beforeEach(async () => {
  world = await alertsWorld()
  world.sync.setJobs(T0, quarantinedJob(T0))
})

const failing = (kind: DeliveryFailure['kind'], code: string, retryAfterMs?: number) =>
  ({ ok: false, failure: { kind, code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } }) as const
const rows = async () => {
  const incident = (await world.alerts.list(true)).find((i) => i.ruleId === 'job.quarantined')
  return await world.store.outbox.ofIncident(incident?.id ?? '')
}
const rules = async () => (await world.alerts.list()).map((i) => i.ruleId)
/** Only deliveries: no polls and no timers in between. */
const deliverAt = async (afterMs: number) => await world.alerts.deliver(T0 + afterMs)

describe('a failed send', () => {
  it('is tried again after 2, 4, 8 … seconds, at most five minutes apart', async () => {
    world.port.script = () => failing('retry', '503')
    await world.tick()
    const times: number[] = []
    for (let at = SECOND; at < 30 * MINUTE; at += SECOND) {
      const before = world.port.attempts.length
      await deliverAt(at)
      if (world.port.attempts.length > before) times.push(at / SECOND)
    }
    const waits = times.map((time, i) => time - (times[i - 1] ?? 0))
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300])
    world.port.script = () => undefined
    await deliverAt(HOUR)
    expect(world.port.posts()).toHaveLength(1)
  })

  it('waits at least as long as the Connector asked', async () => {
    world.port.script = () => failing('retry', '429', 90 * SECOND)
    await world.tick()
    await deliverAt(89 * SECOND)
    expect(world.port.attempts).toHaveLength(1)
    await deliverAt(90 * SECOND)
    expect(world.port.attempts).toHaveLength(2)
  })

  it('is given up after a day: a dead letter, an incident at the fallback, a count', async () => {
    await world.alerts.subscribe({ place: reserve, person: ada, now: T0, fallback: true })
    world.port.script = (call) => (call.conversationId === main ? failing('retry', '503') : undefined)
    await world.tick()
    await deliverAt(24 * HOUR - MINUTE)
    expect((await rows())[0]).toMatchObject({ state: 'pending' })
    await deliverAt(24 * HOUR)
    expect((await rows())[0]).toMatchObject({ state: 'dead', code: '503' })
    expect(await rules()).toContain('delivery.failed')
    expect(world.port.posts().map((s) => s.conversationId)).toContain(reserve.conversationId)
  })

  it.each(['retry', 'ambiguous', 'identity'] as const)('of an alert, class %s, is repeated', async (kind) => {
    world.port.script = () => failing(kind, 'x')
    await world.tick()
    world.port.script = () => undefined
    await deliverAt(MINUTE)
    expect(world.port.posts().length).toBeGreaterThanOrEqual(1)
    expect((await rows())[0]?.state).toBe('sent')
  })

  it('of a call for an owner is not made up for once the incident is over', async () => {
    await world.tick()
    world.port.script = (call) => (call.how === 'reply' ? failing('retry', '503') : undefined)
    await world.run(11 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, quarantinedJob(T0)))
    expect(world.port.attempts.map((s) => s.message.text).join()).toContain('needs an owner')
    await world.run(10 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, healthyJob(t)))
    expect((await world.alerts.list())[0]).toMatchObject({ state: 'resolved' })
    world.port.script = () => undefined
    await world.run(10 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, healthyJob(t)))
    const told = world.port.sent.filter((s) => s.how === 'reply').map((s) => s.message.text)
    expect(told.join()).toMatch(/resolved/i)
    expect(told.join()).not.toContain('needs an owner')
    expect((await rows()).every((row) => row.state === 'sent' || row.state === 'superseded')).toBe(true)
  })

  it('with an ambiguous answer is not repeated for the result of an operation', async () => {
    await world.tick()
    const key = await world.store.places.upsert(world.place)
    const reply = { kind: 'notice', title: 'Restarted', tone: 'good', blocks: [], offers: [] }
    const row = {
      id: 'op',
      tenantId: TENANT,
      placeKey: key,
      operationId: 'op-1',
      version: 1,
      kind: 'notice',
      priority: 1,
      payload: { reply },
      createdAt: T0,
      notBefore: T0,
    } as const
    await world.store.outbox.add(row)
    world.port.script = () => failing('ambiguous', 'reset')
    const before = world.port.attempts.length
    await deliverAt(MINUTE)
    world.port.script = () => undefined
    await deliverAt(HOUR)
    expect(world.port.attempts).toHaveLength(before + 1)
    expect(world.port.sent.map((s) => s.message.text).join()).not.toContain('Restarted')
  })

  it('with an ambiguous answer is repeated for a hand-over: better twice than never', async () => {
    await world.tick()
    world.port.script = () => failing('ambiguous', 'reset')
    const reply = { kind: 'notice', title: 'Handed over', tone: 'attention', blocks: [], offers: [] } as const
    expect(await world.alerts.tellOnCall({ reply, now: T0, by: ada })).toBeGreaterThan(0)
    await deliverAt(SECOND)
    world.port.script = () => undefined
    await deliverAt(HOUR)
    expect(world.port.sent.map((s) => s.message.text).join()).toContain('Handed over')
  })

  it('that was too large is sent once more, shorter', async () => {
    let first = true
    world.port.script = () => {
      const answer = first ? failing('shorten', '413') : undefined
      first = false
      return answer
    }
    await world.tick()
    expect(world.port.attempts).toHaveLength(2)
    const [long, short] = world.port.attempts.map((s) => s.message.bytes)
    expect(short).toBeLessThan(long ?? 0)
    expect((await rows())[0]?.state).toBe('sent')
  })

  it('that stays too large, or is refused, becomes a dead letter and an incident', async () => {
    for (const kind of ['shorten', 'refused'] as const) {
      const own = await alertsWorld()
      own.sync.setJobs(T0, quarantinedJob(T0))
      own.port.script = () => failing(kind, '4xx')
      await own.tick()
      expect((await own.alerts.list()).map((i) => i.ruleId).sort()).toEqual([
        'delivery.failed',
        'job.quarantined',
      ])
      expect(own.port.attempts.length).toBeLessThan(12)
    }
  })

  it('of an edit whose card is gone posts a new card and remembers it', async () => {
    await world.tick()
    world.port.script = (call) =>
      call.how === 'edit' ? failing('gone', '404 ActivityNotFoundInConversation') : undefined
    await world.alerts.act({ verb: 'acknowledge', incident: 1, person: ada, now: T0 + MINUTE })
    await deliverAt(MINUTE)
    const incident = await world.one()
    const [shown] = await world.store.incidents.shown(incident.id)
    expect(shown).toMatchObject({ version: 2 })
    expect(shown?.activityId).not.toBe('activity-1')
    expect(world.port.posts()).toHaveLength(2)
    world.port.script = () => undefined
    await world.alerts.act({ verb: 'unacknowledge', incident: 1, person: ada, now: T0 + 2 * MINUTE })
    await deliverAt(2 * MINUTE)
    expect(world.port.sent.filter((s) => s.how === 'edit').map((s) => s.activityId)).toEqual([
      shown?.activityId,
    ])
  })

  it('to a dead place goes to the next one at once, raises an incident there, and is not tried again', async () => {
    await world.alerts.subscribe({ place: reserve, person: ada, now: T0, fallback: true })
    world.port.script = (call) =>
      call.conversationId === main ? failing('target-dead', '403 BotNotInConversationRoster') : undefined
    await world.tick()
    const told = world.port.posts().map((s) => [s.conversationId, s.message.text.includes('quarantine')])
    expect(told).toContainEqual([reserve.conversationId, true])
    expect(await rules()).toContain('delivery.failed')
    await world.run(HOUR, 5 * MINUTE, (t) => world.sync.setJobs(t, quarantinedJob(T0)))
    expect(world.port.attempts.filter((s) => s.conversationId === main)).toHaveLength(1)
  })

  it('to the only place is not hidden: the incident says so, and the card comes when the place lives again', async () => {
    world.port.script = () => failing('target-dead', '403')
    await world.tick()
    expect((await world.alerts.list()).find((i) => i.ruleId === 'job.quarantined')).toMatchObject({
      deliveryFailed: true,
    })
    world.port.script = () => undefined
    // Something arrives from there: the app was installed again.
    await world.store.places.upsert({ ...world.place, updatedAt: T0 + 5 * MINUTE })
    await world.run(10 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, quarantinedJob(T0)))
    const posts = world.port.posts().filter((s) => s.message.text.includes('quarantine'))
    expect(posts).toHaveLength(1)
    expect((await world.alerts.list()).find((i) => i.ruleId === 'job.quarantined')?.deliveryFailed).toBe(
      false,
    )
  })

  it('of a message about failed delivery raises no further one', async () => {
    world.port.script = () => failing('refused', '400')
    await world.tick()
    await world.run(2 * HOUR, 5 * MINUTE, (t) => world.sync.setJobs(t, quarantinedJob(T0)))
    expect((await rules()).filter((r) => r === 'delivery.failed')).toHaveLength(1)
  })
})

describe('order and pace', () => {
  it('drops edits that a newer one has overtaken', async () => {
    await world.tick()
    for (let i = 1; i <= 6; i += 1)
      await world.alerts.act({
        verb: i % 2 ? 'acknowledge' : 'unacknowledge',
        incident: 1,
        person: ada,
        now: T0 + i,
      })
    await world.alerts.deliver(T0 + 10 * SECOND)
    const edits = world.port.sent.filter((s) => s.how === 'edit')
    expect(edits).toHaveLength(1)
    expect(edits[0]?.message.text).toContain('version 7')
  })

  it('keeps the order of a place while another place goes on', async () => {
    await world.alerts.subscribe({ place: reserve, person: ada, now: T0 })
    world.port.script = (call) => (call.conversationId === main ? failing('retry', '503') : undefined)
    await world.tick()
    await world.alerts.act({ verb: 'acknowledge', incident: 1, person: ada, now: T0 + SECOND })
    await deliverAt(SECOND)
    expect(world.port.sent.map((s) => [s.conversationId === main, s.how])).toEqual([
      [false, 'post'],
      [false, 'edit'],
      [false, 'reply'],
    ])
    world.port.script = () => undefined
    await deliverAt(MINUTE)
    expect(world.port.sent.slice(3).map((s) => s.how)).toEqual(['post', 'reply'])
  })

  it('stays within the published limits of a thread in a burst, and sends everything in order', async () => {
    await world.tick()
    const key = await world.store.places.upsert(world.place)
    const reply = (n: number) => ({
      kind: 'notice',
      title: `message ${n}`,
      tone: 'neutral',
      blocks: [],
      offers: [],
    })
    for (let n = 0; n < 150; n += 1)
      await world.store.outbox.add({
        id: `n${n}`,
        tenantId: TENANT,
        placeKey: key,
        version: n,
        kind: 'notice',
        priority: 1,
        payload: { reply: reply(n) },
        createdAt: T0,
        notBefore: T0,
      })
    const times: number[] = []
    for (let at = MINUTE; at < 10 * MINUTE && times.length < 150; at += 250) {
      const before = world.port.sent.length
      await deliverAt(at)
      for (let i = before; i < world.port.sent.length; i += 1) times.push(at)
    }
    expect(times).toHaveLength(150)
    const most = (ms: number) =>
      Math.max(...times.map((from) => times.filter((t) => t >= from && t < from + ms).length))
    expect([most(1_000), most(2_000), most(30_000)].every((n, i) => n <= ([7, 8, 60][i] ?? 0))).toBe(true)
    const order = world.port.sent.slice(1).map((s) => Number(/message (\d+)/.exec(s.message.text)?.[1]))
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })
})
