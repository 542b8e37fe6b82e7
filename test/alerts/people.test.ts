import { describe, expect, it } from 'vitest'
import { createOnCall, parseRoster } from '../../src/oncall/index.ts'
import {
  alertsWorld,
  channel,
  chatOf,
  HOUR,
  healthyJob,
  MINUTE,
  person,
  quarantinedJob,
  T0,
} from '../support/alerts-builders.ts'

const ada = person('Ada')
const bob = person('Bob')

async function sick(given: Parameters<typeof alertsWorld>[0] = {}) {
  const world = await alertsWorld(given)
  world.sync.setJobs(T0, quarantinedJob(T0))
  await world.tick()
  return world
}

function rosterOf(lines: string) {
  const result = parseRoster(
    `zone: Europe/Berlin\npeople:\n  - { id: ${ada.objectId}, name: Ada }\n  - { id: ${bob.objectId}, name: Bob }\n${lines}`,
  )
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return createOnCall(result.roster)
}

describe('two people', () => {
  it.each(['acknowledge', 'resolve'] as const)(
    'who %s at once make one transition, and both are told',
    async (verb) => {
      const world = await sick()
      const press = (who: typeof ada) =>
        world.alerts.act({ verb, incident: 1, version: 1, person: who, reason: 'fixed', now: T0 + MINUTE })
      const answers = await Promise.all([press(ada), press(bob), press(ada)])
      expect(answers.filter((a) => a.changed)).toHaveLength(1)
      expect(answers.filter((a) => a.refused === 'already')).toHaveLength(2)
      const winner = answers.find((a) => a.changed)?.reply
      for (const answer of answers)
        if (winner?.kind === 'incident' && answer.reply.kind === 'incident')
          expect(answer.reply.incident).toEqual(winner.incident)
      const incident = await world.one()
      expect(incident.version).toBe(2)
      expect(await world.store.incidents.timeline(incident.id)).toHaveLength(2)
    },
  )

  it('cannot resolve what came back after their card was drawn', async () => {
    const world = await sick()
    await world.alerts.act({ verb: 'acknowledge', incident: 1, version: 1, person: ada, now: T0 })
    await world.alerts.act({ verb: 'unacknowledge', incident: 1, version: 2, person: ada, now: T0 })
    const answer = await world.alerts.act({
      verb: 'resolve',
      incident: 1,
      version: 1,
      reason: 'x',
      person: bob,
      now: T0,
    })
    expect(answer).toMatchObject({
      changed: false,
      refused: 'stale',
      reply: { incident: { state: 'open', version: 3 } },
    })
    const fresh = await world.alerts.act({
      verb: 'resolve',
      incident: 1,
      version: 3,
      reason: 'x',
      person: bob,
      now: T0,
    })
    expect(fresh.changed).toBe(true)
  })

  it('without the role change nothing', async () => {
    const world = await sick()
    const answer = await world.alerts.act({
      verb: 'acknowledge',
      incident: 1,
      person: person('Eve', 'viewer'),
      now: T0,
    })
    expect(answer).toMatchObject({ changed: false, refused: 'role' })
    expect((await world.one()).state).toBe('open')
  })

  it('learn nothing about incidents that are not there, pending or of another tenant', async () => {
    const world = await sick()
    const incident = await world.one()
    await world.store.incidents.insert({ ...incident, id: 'foreign', tenantId: 'other', fingerprint: 'x' })
    for (const name of ['nothing', 99, 0, 'foreign'])
      expect(
        await world.alerts.act({ verb: 'acknowledge', incident: name, person: ada, now: T0 }),
      ).toMatchObject({
        refused: 'unknown',
      })
  })

  it('leave notes in the timeline without disturbing anybody', async () => {
    const world = await sick()
    const before = world.port.sent.length
    await world.alerts.act({
      verb: 'note',
      incident: 1,
      note: 'called *them*',
      person: ada,
      now: T0 + MINUTE,
    })
    await world.tick(MINUTE)
    expect(world.port.sent).toHaveLength(before)
    const timeline = await world.alerts.timeline(1)
    expect(JSON.stringify(timeline)).toContain('called *them*')
  })
})

describe('on call', () => {
  const weekly =
    'shifts:\n  - weekly: { from: 2026-01-05, startDay: monday, startTime: "09:00", people: [id-ada, id-bob] }\n'

  it('are mentioned as the roster stands when the step is due, not when it opened', async () => {
    const swap =
      'shifts:\n  - { person: id-ada, from: 2026-03-10T00:00, to: 2026-03-10T03:20 }\n  - { person: id-bob, from: 2026-03-10T03:20, to: 2026-04-10T00:00 }\nescalation:\n  - { who: onCall, afterMinutes: 0 }\n  - { who: onCall, afterMinutes: 10 }\n'
    const world = await sick({ oncall: rosterOf(swap) })
    expect(world.port.sent[0]?.message.mentions?.map((m) => m.name)).toEqual(['Ada'])
    await world.tick(10 * MINUTE)
    const steps = world.port.sent.filter((s) => s.message.text.includes('needs an owner'))
    expect(steps.map((s) => s.message.mentions?.map((m) => m.name))).toEqual([['Bob']])
    const handed = world.port.sent.filter((s) => s.message.text.includes('on call now'))
    expect(handed).toHaveLength(1)
  })

  it('also hear of an escalation in their own chat', async () => {
    const world = await sick({ oncall: rosterOf(weekly) })
    await world.store.places.upsert(chatOf(ada))
    await world.tick(10 * MINUTE)
    const direct = world.port.sent.filter((s) => s.conversationId === chatOf(ada).conversationId)
    expect(direct.map((s) => s.how)).toEqual(['post'])
  })

  it('nobody: the fallback place gets the card, and the gap is an incident', async () => {
    const empty = rosterOf('shifts: []\n')
    const world = await alertsWorld({ oncall: empty })
    const fallback = channel('fallback')
    await world.alerts.subscribe({ place: fallback, person: ada, now: T0, fallback: true })
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    const there = world.port.posts().filter((s) => s.conversationId === fallback.conversationId)
    expect(there.filter((s) => s.message.text.includes('quarantine'))).toHaveLength(1)
    expect((await world.alerts.list()).map((i) => i.ruleId)).toContain('oncall.gap')
  })

  it('get the hand-over sheet from live state', async () => {
    const world = await sick({ oncall: rosterOf(weekly) })
    await world.alerts.act({ verb: 'snooze', incident: 1, minutes: 60, person: ada, now: T0 })
    const sheet = drawn(await world.alerts.handover(T0 + MINUTE))
    for (const words of ['On call now', 'Bob', 'Open incidents', '#1', 'snoozed until', 'Snoozes that end'])
      expect(sheet).toContain(words)
  })
})

function drawn(reply: unknown): string {
  return JSON.stringify(reply)
}

describe('places', () => {
  it('hear only of their domains and severities', async () => {
    const world = await alertsWorld({ subscribed: false })
    const subscribe = (id: string, more: object) =>
      world.alerts.subscribe({ place: channel(id), person: ada, now: T0, ...more })
    await subscribe('all', {})
    await subscribe('other', { domains: ['contoso.com'] })
    await subscribe('mine', { domains: ['FABRIKAM.com'] })
    await subscribe('light', { minSeverity: 'critical' })
    world.sync.setJobs(T0, quarantinedJob(T0, { kind: 'passwordHash' }))
    await world.tick()
    const told = world.port.posts().map((s) => s.conversationId)
    expect(told.sort()).toEqual(['19:all@thread.tacv2', '19:mine@thread.tacv2'])
  })

  it('are not called in quiet hours below critical, and are called when those end', async () => {
    const nobodyElse = 'shifts:\n  - { person: id-ada, from: 2026-03-01T00:00, to: 2026-04-01T00:00 }\n'
    const world = await alertsWorld({ oncall: rosterOf(nobodyElse) })
    // T0 is 02:14 UTC, 03:14 in Berlin.
    const hours = { zone: 'Europe/Berlin', from: '22:00', to: '07:00' }
    expect(await world.alerts.setQuietHours({ place: world.place, person: ada, now: T0, hours })).toEqual({
      ok: true,
    })
    world.sync.setJobs(T0, quarantinedJob(T0, { kind: 'passwordHash' }))
    await world.tick()
    expect(world.port.posts()[0]?.message.mentions).toBeUndefined()
    const sickly = (t: number) => world.sync.setJobs(t, quarantinedJob(T0, { kind: 'passwordHash' }))
    await world.run(3 * HOUR, 10 * MINUTE, sickly)
    expect(world.port.notifications()).toHaveLength(1)
    await world.run(HOUR, 10 * MINUTE, sickly)
    const called = world.port.notifications()[1]
    expect(called?.message.mentions?.map((m) => m.name)).toEqual(['Ada'])
    expect(world.port.notifications().length).toBeLessThanOrEqual(3)
  })

  it('get one digest a day at their hour, and none when nothing happened', async () => {
    const world = await alertsWorld()
    const digest = { zone: 'Europe/Berlin', at: '08:00', evenIfQuiet: false }
    await world.alerts.setDigest({ place: world.place, person: ada, now: T0, digest })
    const well = (t: number) => world.sync.setJobs(t, healthyJob(t))
    await world.run(24 * HOUR, 30 * MINUTE, well)
    expect(world.port.sent).toEqual([])
    await world.alerts.setDigest({
      place: world.place,
      person: ada,
      now: world.clock.now,
      digest: { ...digest, evenIfQuiet: true },
    })
    await world.run(48 * HOUR, 30 * MINUTE, well)
    const texts = world.port.sent.map((s) => s.message.text)
    expect(texts.filter((t) => t.includes('all well'))).toHaveLength(2)
  })

  it('stop hearing when they unsubscribe', async () => {
    const world = await alertsWorld()
    expect(await world.alerts.unsubscribe({ place: world.place, person: ada, now: T0 })).toBe(true)
    expect(await world.alerts.unsubscribe({ place: world.place, person: ada, now: T0 })).toBe(false)
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    expect(world.port.sent).toEqual([])
    // Nobody could be told: that is not hidden.
    expect(await world.one()).toMatchObject({ state: 'open', deliveryFailed: true })
  })
})
