// One quarantine from detection to closed, with a new process and the same file between every two steps.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAlerts } from '../../src/alerts/index.ts'
import { createOnCall, sampleRoster } from '../../src/oncall/index.ts'
import type { Delivery } from '../../src/ports.ts'
import { type OpenedStore, openSqlite } from '../../src/store/index.ts'
import {
  alertsWorld,
  channel,
  drawReply,
  HOUR,
  healthyJob,
  MINUTE,
  person,
  quarantinedJob,
  quietTelemetry,
  scriptedPort,
  settableSync,
  T0,
  TENANT,
} from '../support/alerts-builders.ts'

const ada = person('Ada')
const bob = person('Bob')
const roster = sampleRoster({
  first: { id: ada.objectId, name: 'Ada' },
  second: { id: bob.objectId, name: 'Bob' },
  lead: { id: 'id-lead', name: 'Lee' },
})

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'alerts-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

/** Each step runs in a process of its own, as far as memory goes: store, leases, budgets and caches are new. */
function restarting() {
  const port = scriptedPort()
  const sync = settableSync()
  let process = 0
  const step = async <T>(
    work: (alerts: ReturnType<typeof createAlerts>, store: OpenedStore) => Promise<T>,
  ) => {
    process += 1
    const store = await openSqlite({ dataDir, auditKey: 'test', allowClockMoves: true })
    const alerts = createAlerts({
      tenantId: TENANT,
      store,
      sync,
      diagnose: () => [],
      render: drawReply,
      port,
      oncall: createOnCall(roster),
      telemetry: quietTelemetry(),
      holder: `process ${process}`,
      random: () => 0.5,
    })
    try {
      return await work(alerts, store)
    } finally {
      await alerts.close()
      await store.close()
    }
  }
  return { port, sync, step }
}

describe('a quarantine', () => {
  it('is one card from detection to closed, although the process restarts between all steps', async () => {
    const { port, sync, step } = restarting()
    await step((alerts) => alerts.subscribe({ place: channel('alerts'), person: ada, now: T0 }))
    sync.setJobs(T0, healthyJob(T0))
    await step((alerts) => alerts.tick(T0))
    expect(port.sent).toEqual([])

    sync.setJobs(T0 + MINUTE, quarantinedJob(T0))
    await step((alerts) => alerts.tick(T0 + MINUTE))
    expect(port.sent.map((s) => s.how)).toEqual(['post'])
    expect(port.sent[0]?.message.text).toContain('Incident 1')
    expect(port.sent[0]?.message.mentions?.map((m) => m.name)).toEqual(['Bob'])

    const incident = await step(async (alerts) => (await alerts.list())[0])
    expect(incident).toMatchObject({ state: 'open', number: 1, version: 1 })
    if (!incident) throw new Error('no incident')

    // The escalation step fires in whichever process is alive then.
    await step((alerts) => alerts.tick(T0 + 11 * MINUTE))
    expect(port.sent.map((s) => s.how)).toEqual(['post', 'edit', 'reply'])
    expect(port.sent[2]?.message.mentions?.map((m) => m.name)).toEqual(['Ada'])
    expect(port.sent[2]?.activityId).toBe('activity-1')

    const pressed = { verb: 'acknowledge', incident: incident.id, version: 1, person: ada } as const
    const first = await step((alerts) => alerts.act({ ...pressed, now: T0 + 12 * MINUTE }))
    expect(first).toMatchObject({ changed: true, reply: { kind: 'incident', incident: { state: 'acked' } } })
    const second = await step((alerts) => alerts.act({ ...pressed, person: bob, now: T0 + 13 * MINUTE }))
    expect(second).toMatchObject({ changed: false, refused: 'already' })
    expect(second.reply).toMatchObject({ note: 'Already acknowledged by Ada at 02:26 UTC.' })

    await step((alerts) => alerts.tick(T0 + 14 * MINUTE))
    const afterAck = port.sent.slice(3).map((s) => [s.how, s.activityId])
    expect(afterAck).toEqual([
      ['edit', 'activity-1'],
      ['reply', 'activity-1'],
    ])
    await step((alerts) => alerts.tick(T0 + 60 * MINUTE))
    expect(port.sent).toHaveLength(5)

    for (const after of [61, 63, 66]) {
      sync.setJobs(T0 + after * MINUTE, healthyJob(T0 + after * MINUTE))
      await step((alerts) => alerts.tick(T0 + after * MINUTE))
    }
    expect(port.sent.slice(5).map((s) => s.how)).toEqual(['edit', 'reply'])
    expect(port.sent[5]?.message.text).toContain('Resolved')
    expect(await step(async (alerts) => (await alerts.list())[0]?.state)).toBe('resolved')

    await step((alerts) => alerts.tick(T0 + 97 * MINUTE))
    await step(async (alerts, store) => {
      expect(await alerts.list()).toEqual([])
      expect(await store.incidents.get(incident.id)).toMatchObject({ state: 'closed', number: 1 })
      const versions = (await store.incidents.timeline(incident.id)).map((e) => e.version)
      expect(versions).toEqual(versions.map((_, i) => i + 1))
      expect((await store.audit.page(0, 100)).map((row) => row.what)).toContain('incident.acknowledge')
    })
  })

  it('is told after a crash between commit and send, once', async () => {
    const { port, sync, step } = restarting()
    await step((alerts) => alerts.subscribe({ place: channel('alerts'), person: ada, now: T0 }))
    sync.setJobs(T0, quarantinedJob(T0))
    // The process ends while the send is under way: the row stays claimed.
    port.script = () => new Promise<Delivery>(() => undefined)
    const store = await openSqlite({ dataDir, auditKey: 'test', allowClockMoves: true })
    const dying = createAlerts({
      tenantId: TENANT,
      store,
      sync,
      diagnose: () => [],
      render: drawReply,
      port,
      oncall: createOnCall(undefined),
      telemetry: quietTelemetry(),
      holder: 'dying',
    })
    void dying.tick(T0)
    await expect.poll(() => port.attempts.length).toBe(1)
    await dying.close()
    await store.close()

    port.script = () => undefined
    await step((alerts) => alerts.tick(T0 + 29_000))
    expect(port.sent).toEqual([])
    await step((alerts) => alerts.tick(T0 + 31_000))
    await step((alerts) => alerts.tick(T0 + 62_000))
    expect(port.posts()).toHaveLength(1)
  })

  it('posts a resolved card, and no red one, when it is over before the card was sent', async () => {
    const world = await alertsWorld()
    world.port.script = () => ({ ok: false, failure: { kind: 'retry', code: '503' } })
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    await world.alerts.act({ verb: 'resolve', incident: 1, person: ada, reason: 'drill', now: T0 + MINUTE })
    world.port.script = () => undefined
    world.sync.setJobs(T0 + 2 * MINUTE, healthyJob(T0 + 2 * MINUTE))
    await world.tick(2 * MINUTE)
    expect(world.port.sent.map((s) => s.how)).toEqual(['post', 'reply'])
    expect(world.port.sent[0]?.message.text).toContain('Resolved by hand')
  })

  it('has the next number and names the one before when it comes again after closing', async () => {
    const world = await alertsWorld()
    const now = () => world.clock.now
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    await world.run(10 * MINUTE, MINUTE, (t) => world.sync.setJobs(t, healthyJob(t)))
    await world.run(HOUR, 10 * MINUTE, (t) => world.sync.setJobs(t, healthyJob(t)))
    expect(await world.alerts.list()).toEqual([])
    world.sync.setJobs(now(), quarantinedJob(now()))
    await world.tick(2 * MINUTE)
    expect(await world.alerts.list()).toMatchObject([{ number: 2, previousNumber: 1, episode: 1 }])
    expect(world.port.posts()).toHaveLength(2)
  })
})
