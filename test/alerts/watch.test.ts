import { describe, expect, it } from 'vitest'
import { parseRules } from '../../src/alerts/index.ts'
import { type Job, known, unknown } from '../../src/nouns.ts'
import {
  alertsWorld,
  FABRIKAM,
  HOUR,
  healthyJob,
  job,
  MINUTE,
  person,
  quarantinedJob,
  T0,
} from '../support/alerts-builders.ts'

const ada = person('Ada')
const rulesOf = async (world: Awaited<ReturnType<typeof alertsWorld>>) =>
  (await world.alerts.list()).map((i) => `${i.ruleId} ${i.state}`).sort()

describe('the watch', () => {
  it('polls each configuration at its pace, whatever the rhythm of ticks', async () => {
    const world = await alertsWorld()
    let calls = 0
    const { jobs } = world.sync
    world.sync.jobs = async (configuration) => {
      calls += 1
      return await jobs(configuration)
    }
    world.sync.setJobs(T0, healthyJob(T0))
    await world.run(10 * MINUTE, 5_000, (t) => world.sync.setJobs(t, healthyJob(t)))
    expect(calls).toBe(10)
  })

  it('has one reading of a configuration in flight, and goes on with everything else meanwhile', async () => {
    const world = await alertsWorld({ patienceMs: 20 })
    let waiting = 0
    let answer: () => void = () => undefined
    world.sync.jobs = () =>
      new Promise((resolve) => {
        waiting += 1
        answer = () => resolve(known([quarantinedJob(T0)], T0, 'test'))
      })
    await world.run(5 * MINUTE, MINUTE)
    expect(waiting).toBe(1)
    answer()
    await world.alerts.close()
    await world.tick()
    expect(world.port.posts()).toHaveLength(1)
  })

  it('says that it is blind 15 minutes after the last good poll, resolves nothing, and recovers', async () => {
    const world = await alertsWorld()
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    const good = world.clock.now
    world.sync.fail()
    await world.run(14 * MINUTE)
    expect(await rulesOf(world)).toEqual(['job.quarantined open'])
    expect((await world.one()).stale).toBe(true)
    await world.run(MINUTE + 5_000, 5_000)
    expect(await rulesOf(world)).toEqual(['job.quarantined open', 'monitor.blind open'])
    const blind = (await world.alerts.list()).find((i) => i.ruleId === 'monitor.blind')
    expect((blind?.openedAt ?? Infinity) - good).toBeLessThanOrEqual(15 * MINUTE + 5_000)
    await world.run(2 * HOUR)
    expect(await rulesOf(world)).toEqual(['job.quarantined open', 'monitor.blind open'])
    await world.run(10 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, quarantinedJob(T0)))
    expect(await rulesOf(world)).toEqual(['job.quarantined open', 'monitor.blind resolved'])
    expect((await world.alerts.list()).find((i) => i.ruleId === 'job.quarantined')?.stale).toBe(false)
  })

  it('counts good readings that come far apart, as after a pause of the machine', async () => {
    const world = await alertsWorld()
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    for (let i = 0; i < 2; i++) {
      world.clock.now += 30 * MINUTE
      world.sync.setJobs(world.clock.now, healthyJob(world.clock.now))
      await world.tick()
    }
    expect(await rulesOf(world)).toEqual(['job.quarantined resolved'])
  })

  it('says of one configuration that it is not seen while others are', async () => {
    const world = await alertsWorld()
    const contoso = { id: 'sp-contoso', domain: 'contoso.com' }
    const both = (t: number, seen: boolean) => {
      world.sync.setJobs(t, healthyJob(t))
      world.sync.configurationList = known([FABRIKAM, contoso], t, 'test')
      if (seen)
        world.sync.jobLists.set(
          contoso.id,
          known([healthyJob(t, { id: 'c', configurationId: contoso.id })], t, 'test'),
        )
      else world.sync.jobLists.set(contoso.id, unknown('unavailable', 'test'))
    }
    both(T0, true)
    await world.tick()
    await world.run(20 * MINUTE, MINUTE, (t) => both(t, false))
    expect(await world.alerts.list()).toMatchObject([
      { ruleId: 'monitor.blind', subject: 'contoso.com', state: 'open' },
    ])
  })

  it('is blind once when everything ends together, although the configurations were last read at different moments', async () => {
    const world = await alertsWorld()
    const contoso = { id: 'sp-contoso', domain: 'contoso.com' }
    const see = (t: number, other: boolean) => {
      world.sync.configurationList = known([FABRIKAM, contoso], t, 'test')
      const mine = healthyJob(t, { id: 'c', configurationId: contoso.id })
      world.sync.jobLists.set(FABRIKAM.id, known([healthyJob(t)], t, 'test'))
      const lost = unknown<readonly Job[]>('unavailable', 'test')
      world.sync.jobLists.set(contoso.id, other ? known([mine], t, 'test') : lost)
    }
    see(T0, true)
    await world.tick()
    // One more poll of the one, then nothing of either.
    await world.run(MINUTE + 10_000, 10_000, (t) => see(t, false))
    world.sync.fail()
    world.sync.jobLists.clear()
    await world.run(20 * MINUTE, 10_000)
    expect(await world.alerts.list()).toMatchObject([
      { ruleId: 'monitor.blind', subject: 'the whole tenant' },
    ])
  })

  it('does not call a configuration unseen whose turn comes a little later when sight of the tenant returns', async () => {
    const world = await alertsWorld()
    const contoso = { id: 'sp-contoso', domain: 'contoso.com' }
    const see = (t: number, fabrikam: boolean, other: boolean) => {
      world.sync.configurationList = known([FABRIKAM, contoso], t, 'test')
      const lost = unknown<readonly Job[]>('unavailable', 'test')
      const mine = healthyJob(t, { id: 'c', configurationId: contoso.id })
      world.sync.jobLists.set(FABRIKAM.id, fabrikam ? known([healthyJob(t)], t, 'test') : lost)
      world.sync.jobLists.set(contoso.id, other ? known([mine], t, 'test') : lost)
    }
    see(T0, true, true)
    await world.tick()
    await world.run(20 * MINUTE, MINUTE, (t) => see(t, false, false))
    await world.run(3 * MINUTE, MINUTE, (t) => see(t, true, false))
    expect(await rulesOf(world)).toEqual(['monitor.blind open'])
    await world.run(8 * MINUTE, MINUTE, (t) => see(t, true, true))
    expect(await rulesOf(world)).toEqual(['monitor.blind resolved'])
    // Once the tenant is seen again, one that stays unseen is told.
    await world.run(20 * MINUTE, MINUTE, (t) => see(t, true, false))
    expect((await world.alerts.list()).filter((i) => i.state === 'open')).toMatchObject([
      { ruleId: 'monitor.blind', subject: 'contoso.com' },
    ])
  })

  it('wakes a snoozed incident while blind, and says that there is no fresh data', async () => {
    const world = await alertsWorld()
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    await world.alerts.act({ verb: 'snooze', incident: 1, person: ada, minutes: 60, now: T0 })
    world.sync.fail()
    await world.run(61 * MINUTE)
    expect((await world.alerts.list()).find((i) => i.number === 1)).toMatchObject({
      state: 'open',
      stale: true,
    })
  })

  it('does not take an empty list for "all well"', async () => {
    const world = await alertsWorld()
    world.sync.setJobs(T0, quarantinedJob(T0), healthyJob(T0, { id: 'job-2', kind: 'passwordHash' }))
    await world.tick()
    await world.run(MINUTE, MINUTE, (t) => world.sync.setJobs(t))
    expect(await rulesOf(world)).toEqual(['job.quarantined open'])
    await world.run(MINUTE, MINUTE, (t) => world.sync.setJobs(t))
    await world.run(30 * MINUTE, MINUTE, (t) => world.sync.setJobs(t))
    expect(await rulesOf(world)).toEqual(['job.missing open', 'job.missing open', 'job.quarantined open'])
  })

  it('resolves what a removed job left, once its own address said "not found" twice, ten minutes apart', async () => {
    const world = await alertsWorld()
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    world.sync.ownJobs.set('job-1', unknown('notFound', 'test'))
    await world.run(9 * MINUTE, MINUTE, (t) => world.sync.setJobs(t))
    expect(await rulesOf(world)).toEqual(['job.missing open', 'job.quarantined open'])
    await world.run(3 * MINUTE, MINUTE, (t) => world.sync.setJobs(t))
    expect(await rulesOf(world)).toEqual(['job.missing resolved', 'job.quarantined resolved'])
    expect((await world.one()).resolvedReason).toBe('job removed')
    await world.run(2 * HOUR, 10 * MINUTE, (t) => world.sync.setJobs(t))
    expect(await world.alerts.list()).toEqual([])
  })

  it('recovers only on positive evidence: not on a paused job for lateness, not on a failed list', async () => {
    const world = await alertsWorld()
    const late = job({ lastSuccess: { state: 'succeeded', ended: T0 - 5 * HOUR, counts: {} } })
    world.sync.setJobs(T0, late)
    await world.tick()
    await world.run(2 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, late))
    expect(await rulesOf(world)).toContain('job.stale open')
    await world.run(20 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, { ...late, status: 'paused' }))
    expect(await rulesOf(world)).toContain('job.stale open')
    await world.run(10 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, healthyJob(t)))
    expect(await rulesOf(world)).toContain('job.stale resolved')
  })

  it('tells one cause, not its consequences: agents of a whole domain', async () => {
    const world = await alertsWorld()
    const sick = [quarantinedJob(T0), quarantinedJob(T0, { id: 'job-2', kind: 'passwordHash' })]
    world.sync.setJobs(T0, ...sick)
    await world.run(5 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, ...sick))
    expect(await rulesOf(world)).toEqual([
      'agents.all_inactive open',
      'job.quarantined open',
      'job.quarantined open',
    ])
    expect(world.port.posts()).toHaveLength(1)
    // Agents answer again for one job; the other stays in quarantine for a reason of its own.
    const own = quarantinedJob(T0, {
      quarantine: { reason: 'EncounteredBaseEscrowThreshold', since: T0, seriesCount: 1 },
    })
    const rest = (t: number) =>
      world.sync.setJobs(t, own, healthyJob(t, { id: 'job-2', kind: 'passwordHash' }))
    await world.run(10 * MINUTE, MINUTE, rest)
    const told = await world.alerts.list()
    expect(told.find((i) => i.ruleId === 'agents.all_inactive')?.state).toBe('resolved')
    expect(told.find((i) => i.jobId === 'job-1')).toMatchObject({ state: 'open' })
    expect(told.find((i) => i.jobId === 'job-1')?.suppressedBy).toBeUndefined()
    expect(told.find((i) => i.jobId === 'job-2')?.state).toBe('resolved')
    expect(world.port.posts()).toHaveLength(2)
  })

  it('tells held deletions as such, not as a quarantine', async () => {
    const world = await alertsWorld()
    const held = quarantinedJob(T0, {
      deleteThreshold: 500,
      quarantine: { reason: 'TooManyDeletes', since: T0, seriesCount: 1 },
    })
    world.sync.setJobs(T0, held)
    await world.tick()
    expect(world.port.posts()).toHaveLength(1)
    expect(world.port.posts()[0]?.message.text).toContain('holds deletions back')
  })

  it('follows RULES_FILE', async () => {
    const changed = parseRules(
      'rules:\n  job.quarantined: { severity: info }\n  job.paused: { enabled: false }\n',
    )
    if (!changed.ok) throw new Error(changed.problems.join())
    const world = await alertsWorld({ rules: changed.rules })
    world.sync.setJobs(T0, quarantinedJob(T0), healthyJob(T0, { id: 'job-2', status: 'paused' }))
    await world.run(5 * MINUTE, MINUTE, (t) =>
      world.sync.setJobs(t, quarantinedJob(T0), healthyJob(t, { id: 'job-2', status: 'paused' })),
    )
    expect(await world.alerts.list()).toMatchObject([{ ruleId: 'job.quarantined', severity: 'info' }])
  })

  it.each([
    // Minutes ill and minutes well by turns; most notifications in two hours.
    [1, 5],
    [3, 5],
    [7, 8],
    [12, 10],
  ])(
    'holds a quarantine that flips every %i minutes to %i notifications in two hours',
    async (period, most) => {
      const world = await alertsWorld()
      let minute = 0
      const flip = (t: number) => {
        const sick = Math.floor(minute / period) % 2 === 0
        world.sync.setJobs(t, sick ? quarantinedJob(T0) : healthyJob(t))
        minute += 1
      }
      flip(T0)
      await world.tick()
      await world.run(2 * HOUR, MINUTE, flip)
      expect((await world.one()).flapping).toBe(true)
      expect(world.port.notifications().length).toBeLessThanOrEqual(most)
      expect(world.port.posts()).toHaveLength(1)
    },
  )

  it('keeps maintenance silent, sums it up, and then tells what is still there', async () => {
    const world = await alertsWorld()
    const planned = { place: world.place, person: ada, now: T0, from: T0, to: T0 + HOUR }
    expect(await world.alerts.startMaintenance(planned)).toMatchObject({ ok: true })
    await world.run(59 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, quarantinedJob(T0)))
    expect(await world.alerts.list()).toMatchObject([{ state: 'open', suppressedBy: 'maintenance' }])
    expect(world.port.sent).toEqual([])
    await world.run(3 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, quarantinedJob(T0)))
    const texts = world.port.sent.map((s) => s.message.text)
    expect(texts.filter((t) => t.includes('Maintenance is over'))).toHaveLength(1)
    expect(texts.filter((t) => t.includes('Incident 1'))).toHaveLength(1)
  })
})
