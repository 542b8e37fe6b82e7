// Puts the parts of the room together: what the clock does (`tick`), and what people ask of it.
import { randomUUID } from 'node:crypto'
import type { Finding, Incident, Instant, Reply, Snapshot, Subject } from '../nouns.ts'
import { handover, handoverReply, type OnCall, triageSheet } from '../oncall/index.ts'
import type { ConversationPort, Pager, Repositories, Store } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import { HOUR, MINUTE } from '../time.ts'
import { createAuditor } from './auditor.ts'
import { createBudget } from './budget.ts'
import type { ChangeDeps } from './change.ts'
import { type Act, type ActOutcome, act, findIncident, incidentReply } from './commands.ts'
import { createDeliverer, type Render } from './deliver.ts'
import { sendDigests } from './digest.ts'
import { type Enricher, enrich } from './enrich.ts'
import { fireTimers } from './escalate.ts'
import { createLease } from './lease.ts'
import { watchRoster } from './oncall-watch.ts'
import { incidentListReply, timelineReply, whyReply } from './pages.ts'
import * as places from './places.ts'
import { defaultRules, type Rules } from './rules.ts'
import { tellOnCall, testAlert } from './tell.ts'
import { judgeDelivery, onTrouble } from './trouble.ts'
import { createWatch, type WatchedSync } from './watch.ts'

export type AlertsOptions = {
  readonly tenantId: string
  readonly store: Store
  readonly sync: WatchedSync & { snapshotOf(subject: Subject): Promise<Snapshot> }
  readonly diagnose: (snapshot: Snapshot) => readonly Finding[]
  readonly render: Render
  readonly port: ConversationPort
  readonly oncall: OnCall
  readonly telemetry: Telemetry
  readonly rules?: Rules
  readonly pagers?: readonly Pager[]
  /** Time between two polls of a configuration. */
  readonly pollSeconds?: number
  /** Pings the dead-man's switch; called after each pass of the auditor. */
  readonly heartbeat?: () => Promise<void>
  /** Name of this process in leases. */
  readonly holder?: string
  readonly random?: () => number
  /** How long a tick waits for slow readings, in ms of the machine. */
  readonly patienceMs?: number
}

type Bound<F> = F extends (deps: ChangeDeps, given: infer G) => infer R ? (given: G) => R : never

export type Alerts = {
  /** One round of everything that is due: poll, timers, auditor, digests, deliveries. The caller loops. */
  tick(now: Instant): Promise<void>
  /** Sends what waits and nothing else, e.g. right after a person's action. */
  deliver(now: Instant): Promise<number>
  act(given: Act): Promise<ActOutcome>
  /** Every incident that is not closed or pending; `all`: with those closed. */
  list(all?: boolean): Promise<readonly Incident[]>
  listReply(now: Instant): Promise<Reply>
  /** The card of one incident, by number or id; undefined when there is none. */
  show(incident: string | number): Promise<Reply | undefined>
  timeline(incident: string | number): Promise<Reply | undefined>
  why(incident: string | number, now: Instant): Promise<Reply | undefined>
  triage(incident: string | number, now: Instant): Promise<Reply | undefined>
  handover(now: Instant, since?: Instant): Promise<Reply>
  readonly subscribe: Bound<typeof places.subscribe>
  readonly unsubscribe: Bound<typeof places.unsubscribe>
  readonly setQuietHours: Bound<typeof places.setQuietHours>
  readonly setDigest: Bound<typeof places.setDigest>
  readonly startMaintenance: Bound<typeof places.startMaintenance>
  readonly endMaintenance: Bound<typeof places.endMaintenance>
  /** A message to who is on call, or to the subscribed conversations; resolves to how many were told. */
  readonly tellOnCall: Bound<typeof tellOnCall>
  /** By the route of real alerts; resolves to the number of destinations. */
  readonly testAlert: Bound<typeof testAlert>
  /** Waits for readings in flight and gives the lease back. */
  close(): Promise<void>
}

export function createAlerts(options: AlertsOptions): Alerts {
  const { tenantId, store, telemetry, oncall } = options
  const holder = options.holder ?? randomUUID()
  const random = options.random ?? Math.random
  const enricher: Enricher = { snapshotOf: options.sync.snapshotOf, diagnose: options.diagnose }
  const lease = createLease({ store, name: 'watch', holder, telemetry })
  const unfenced: ChangeDeps = {
    tenantId,
    store,
    rules: options.rules ?? defaultRules,
    oncall,
    telemetry,
    enricher,
    pagers: options.pagers ?? [],
    fence: async () => undefined,
  }
  const clockwork: ChangeDeps = { ...unfenced, fence: (r: Repositories) => lease.fence(r) }
  const watch = createWatch({
    ...clockwork,
    sync: options.sync,
    pollMs: (options.pollSeconds ?? 60) * 1000,
    random,
    patienceMs: options.patienceMs ?? 2_000,
  })
  const auditor = createAuditor(clockwork)
  const deliverer = createDeliverer({
    store,
    port: options.port,
    render: options.render,
    telemetry,
    budget: createBudget(),
    holder,
    random,
    onTrouble: (trouble, now) => onTrouble(unfenced, trouble, now),
  })
  let lastMinute = -Infinity
  let lastFigures = -Infinity
  const told = new Set<string>()

  /** One part failing must not keep the others from their work: nothing is worse than a silent watch. */
  const guarded = async (name: string, work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (error) {
      telemetry.log.error({ err: error, part: name }, 'a part of the tick failed')
    }
  }

  const everyMinute = async (now: Instant) => {
    // A clock that was set back must not stop this for as long as it was set back.
    if (now - lastMinute < MINUTE && now >= lastMinute) return
    lastMinute = now
    await guarded('delivery', () => judgeDelivery(clockwork, now))
    await guarded('roster', () => watchRoster(clockwork, now))
    await guarded('maintenance', () => places.closeMaintenance(clockwork, now))
    await guarded('digest', () => sendDigests(clockwork, now))
    await guarded('auditor', async () => {
      await auditor.pass(now)
      await options.heartbeat?.()
    })
  }

  /** Figures of the one store, told by every process; what only the watch knows is 0 where it does not run. */
  const measure = async (now: Instant, holds: boolean) => {
    if (!holds)
      for (const name of ['monitor_blind', 'escalation_overdue_seconds'] as const)
        telemetry.metrics.set(name, 0)
    if (now - lastFigures < MINUTE && now >= lastFigures) return
    lastFigures = now
    const open = await store.incidents.list(tenantId, ['open', 'acked', 'snoozed'])
    for (const rule of Object.values(unfenced.rules))
      for (const severity of ['critical', 'warning', 'info'] as const) {
        const count = open.filter((i) => i.ruleId === rule.id && i.severity === severity).length
        const series = `${rule.id} ${severity}`
        // What was once told must be told again when it is over.
        if (count === 0 && rule.severity !== severity && !told.has(series)) continue
        told.add(series)
        telemetry.metrics.set('incidents_open', count, { rule: rule.id, severity })
      }
    const backlog = await store.outbox.backlog(now)
    telemetry.metrics.set('outbox_pending', backlog.pending)
    telemetry.metrics.set('outbox_oldest_seconds', backlog.oldestMs / 1000)
  }

  const all = ['open', 'acked', 'snoozed', 'resolved'] as const
  const list = (closed = false) => store.incidents.list(tenantId, closed ? [...all, 'closed'] : all)

  const explained = async (incident: Incident): Promise<Finding | undefined> =>
    (await enrich(incident, { enricher, telemetry })) ?? incident.finding

  const about = async <T>(name: string | number, make: (incident: Incident) => Promise<T> | T) => {
    const incident = await findIncident(unfenced, name)
    return incident ? await make(incident) : undefined
  }

  return {
    async tick(now) {
      const holds = await lease.hold(now).catch((error: unknown) => {
        telemetry.log.error({ err: error }, 'the lease could not be held')
        return false
      })
      if (holds) {
        await guarded('watch', () => watch.round(now))
        await guarded('timers', () => fireTimers(clockwork, now))
        await everyMinute(now)
      }
      await guarded('deliver', () => deliverer.round(now))
      await guarded('figures', () => measure(now, holds))
    },
    deliver: (now) => deliverer.round(now),
    act: (given) => act(unfenced, given),
    list,
    listReply: async (now) => incidentListReply(await list(), now),
    show: (name) => about(name, (incident) => incidentReply(incident)),
    timeline: (name) => about(name, async (i) => timelineReply(i, await store.incidents.timeline(i.id))),
    why: (name, now) => about(name, async (i) => whyReply(i, await explained(i), now)),
    triage: (name, now) =>
      about(name, async (incident) => {
        const finding = await explained(incident)
        const { buttons } = incidentReply(incident) as Extract<Reply, { kind: 'incident' }>
        return triageSheet({ incident, ...(finding ? { finding } : {}), now, offers: buttons })
      }),
    async handover(now, since = now - 24 * HOUR) {
      return handoverReply(await handover({ oncall, incidents: await list(true), since, now }))
    },
    subscribe: (given) => places.subscribe(unfenced, given),
    unsubscribe: (given) => places.unsubscribe(unfenced, given),
    setQuietHours: (given) => places.setQuietHours(unfenced, given),
    setDigest: (given) => places.setDigest(unfenced, given),
    startMaintenance: (given) => places.startMaintenance(unfenced, given),
    endMaintenance: (given) => places.endMaintenance(unfenced, given),
    tellOnCall: (given) => tellOnCall(unfenced, given),
    testAlert: (given) => testAlert(unfenced, given),
    async close() {
      await watch.settle()
      await lease.release()
    },
  }
}
