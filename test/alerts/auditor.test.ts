import { describe, expect, it } from 'vitest'
import type { Incident } from '../../src/nouns.ts'
import type { Store } from '../../src/ports.ts'
import {
  alertsWorld,
  HOUR,
  healthyJob,
  MINUTE,
  person,
  quarantinedJob,
  T0,
} from '../support/alerts-builders.ts'

const ada = person('Ada')

/** Ten ways in which a row can be wrong after a bug, a bad restore or a hand in the database. */
const damages: Readonly<Record<string, (i: Incident) => Incident | undefined>> = {
  'no next step': ({ nextStepAt: _n, ...i }) => i,
  'a next step in a hundred years': (i) => ({ ...i, nextStepAt: Date.UTC(2126, 0, 1) }),
  'a next step that is no number': (i) => ({ ...i, nextStepAt: Number.NaN }),
  'a step beyond the chain': (i) => ({ ...i, step: 99 }),
  'a negative step': (i) => ({ ...i, step: -1 }),
  'a chain that ran too often': (i) => ({ ...i, chainRuns: 77 }),
  'held back by nothing': ({ nextStepAt: _n, ...i }) => ({ ...i, suppressedBy: 'agents.all_inactive' }),
  'acknowledged for ever': ({ nextStepAt: _n, ...i }) => ({ ...i, state: 'acked', ownerId: 'x' }),
  'snoozed for ever': ({ nextStepAt: _n, ...i }) => ({
    ...i,
    state: 'snoozed',
    snoozeUntil: Date.UTC(2126, 0, 1),
  }),
  'its card forgotten': () => undefined,
}

function isWell(incident: Incident, now: number): boolean {
  const ahead = (time: number | undefined) =>
    time !== undefined && time > now - MINUTE && time < now + 25 * HOUR
  if (incident.state === 'acked') return ahead(incident.ackUntil)
  if (incident.state === 'snoozed') return ahead(incident.snoozeUntil)
  return incident.state === 'open' && incident.suppressedBy === undefined && ahead(incident.nextStepAt)
}

async function forgetCard(store: Store, incident: Incident) {
  for (const { placeKey } of await store.incidents.shown(incident.id))
    await store.incidents.removeShown(incident.id, placeKey)
}

describe('the auditor', () => {
  it('repairs every kind of damage within two minutes', async () => {
    const world = await alertsWorld()
    const jobs = (t: number) =>
      Object.keys(damages).map((_, i) =>
        quarantinedJob(t, { id: `job-${i}`, quarantine: { reason: 'Unknown', seriesCount: 1 } }),
      )
    world.sync.setJobs(T0, ...jobs(T0))
    // The pace of a thread spreads ten cards over two seconds.
    await world.run(5_000, 1_000)
    const before = await world.alerts.list()
    expect(before).toHaveLength(10)
    expect(world.port.posts()).toHaveLength(10)
    const ways = Object.entries(damages)
    for (const [i, incident] of before.entries()) {
      const damaged = ways[i]?.[1](incident)
      if (damaged)
        await world.store.incidents.update({ ...damaged, version: incident.version + 1 }, incident.version)
      else await forgetCard(world.store, incident)
    }
    const posts = world.port.posts().length
    await world.run(2 * MINUTE, 30_000, (t) => world.sync.setJobs(t, ...jobs(T0)))
    for (const [i, incident] of before.entries()) {
      const after = await world.store.incidents.get(incident.id)
      expect(after && isWell(after, world.clock.now), ways[i]?.[0]).toBe(true)
    }
    expect(world.port.posts().length).toBe(posts + 1)
  })

  it('leaves sound incidents alone and pings the dead-man switch at each pass', async () => {
    let pings = 0
    const world = await alertsWorld({
      heartbeat: async () => {
        pings += 1
      },
    })
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    await world.alerts.act({ verb: 'acknowledge', incident: 1, person: ada, now: T0 })
    const { version } = await world.one()
    await world.run(50 * MINUTE, 10_000, (t) => world.sync.setJobs(t, quarantinedJob(T0)))
    expect((await world.one()).version).toBe(version)
    expect(pings).toBe(51)
  })

  it('goes on when the dead-man switch does not answer, and when one part of a tick fails', async () => {
    const world = await alertsWorld({
      heartbeat: async () => {
        throw new Error('no answer')
      },
    })
    world.sync.configurations = async () => {
      throw new Error('broken')
    }
    await world.run(16 * MINUTE)
    expect((await world.alerts.list()).map((i) => i.ruleId)).toEqual(['monitor.blind'])
    world.sync.configurations = async () => world.sync.configurationList
    world.sync.setJobs(world.clock.now, healthyJob(world.clock.now))
    await world.run(8 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, healthyJob(t)))
    expect((await world.one()).state).toBe('resolved')
  })

  it('does nothing in a process that does not hold the lease', async () => {
    const world = await alertsWorld()
    const other = await alertsWorld({ from: world.store, holder: 'other', subscribed: false })
    world.sync.setJobs(T0, quarantinedJob(T0))
    other.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    await other.tick(HOUR)
    expect(await world.alerts.list()).toHaveLength(1)
    expect(await world.one()).toMatchObject({ step: 1 })
    await world.alerts.close()
    await other.tick()
    expect(await world.one()).toMatchObject({ step: 2 })
  })
})
