// Builders for tests of the alerts room: observations, jobs, people, places, a scripted port and a settable tenant.

import { Writable } from 'node:stream'
import { type AlertsOptions, createAlerts } from '../../src/alerts/index.ts'
import { render } from '../../src/cards/index.ts'
import type {
  Configuration,
  Fact,
  Job,
  Observation,
  Person,
  Place,
  Reply,
  Snapshot,
} from '../../src/nouns.ts'
import { known, unknown } from '../../src/nouns.ts'
import { createOnCall } from '../../src/oncall/index.ts'
import type { ConversationPort, Delivery, RenderedMessage } from '../../src/ports.ts'
import { type OpenedStore, openSqlite } from '../../src/store/index.ts'
import { createTelemetry } from '../../src/telemetry.ts'

export const T0 = Date.UTC(2026, 2, 10, 2, 14)
export const SECOND = 1000
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const TENANT = '11111111-1111-4111-8111-111111111111'

export function observation(changes: Partial<Observation> = {}): Observation {
  return {
    ruleId: 'job.quarantined',
    tenantId: TENANT,
    configurationId: 'sp-fabrikam',
    jobId: 'job-1',
    subject: 'fabrikam.com',
    state: 'bad',
    severity: 'critical',
    asOf: T0,
    title: ['A job is in quarantine'],
    facts: [],
    ...changes,
  }
}

export function person(name: string, role: Person['role'] = 'operator'): Person {
  return { tenantId: TENANT, objectId: `id-${name.toLowerCase()}`, role, name }
}

export function job(changes: Partial<Job> = {}): Job {
  return {
    id: 'job-1',
    configurationId: 'sp-fabrikam',
    domain: 'fabrikam.com',
    kind: 'provisioning',
    templateId: 'AD2AADProvisioning',
    status: 'active',
    schedule: { state: 'active', intervalMs: 2 * MINUTE },
    successiveFailures: 0,
    entryCounts: {},
    ...changes,
  }
}

/** A job that ran well a minute before `now`. */
export function healthyJob(now: number, changes: Partial<Job> = {}): Job {
  const execution = { state: 'succeeded' as const, began: now - 2 * MINUTE, ended: now - MINUTE, counts: {} }
  return job({ lastExecution: execution, lastSuccess: execution, ...changes })
}

export function quarantinedJob(since: number, changes: Partial<Job> = {}): Job {
  return job({
    status: 'quarantine',
    quarantine: {
      reason: 'EncounteredQuarantineException',
      since,
      seriesCount: 1,
      error: { code: 'HybridIdentityServiceNoActiveAgents', message: 'no agent answers' },
    },
    lastExecution: { state: 'failed', began: since - MINUTE, ended: since, counts: {} },
    ...changes,
  })
}

export function channel(id: string): Place {
  return {
    conversationId: `19:${id}@thread.tacv2`,
    serviceUrl: 'https://smba.trafficmanager.net/emea/',
    tenantId: TENANT,
    botId: 'bot',
    environment: 'test',
    scope: 'channel',
    teamId: 'team',
    channelId: `19:${id}@thread.tacv2`,
    updatedAt: T0,
  }
}

export function chatOf(who: Person): Place {
  return { ...channel(who.objectId), scope: 'personal', userAadId: who.objectId }
}

export type Sent = {
  readonly how: 'post' | 'edit' | 'reply'
  readonly conversationId: string
  readonly activityId?: string
  readonly message: RenderedMessage
}

/** A port that records what is sent and answers as the script says; without a script every send succeeds. */
export function scriptedPort() {
  const sent: Sent[] = []
  const attempts: Sent[] = []
  let number = 0
  const port = {
    sent,
    attempts,
    /** Answers a send; undefined: it succeeds. */
    script: (_call: Sent): Delivery | Promise<Delivery> | undefined => undefined,
    posts: () => sent.filter((s) => s.how === 'post'),
    /** What notifies people: edits do not. */
    notifications: () => sent.filter((s) => s.how !== 'edit'),
  }
  const answer = async (call: Sent): Promise<Delivery> => {
    attempts.push(call)
    const scripted = await port.script(call)
    if (scripted && !scripted.ok) return scripted
    number += 1
    sent.push(call)
    const activityId = call.how === 'edit' && call.activityId ? call.activityId : `activity-${number}`
    return scripted ?? { ok: true, receipt: { activityId } }
  }
  const conversation: ConversationPort = {
    post: (place, message) => answer({ how: 'post', conversationId: place.conversationId, message }),
    edit: (place, activityId, message) =>
      answer({ how: 'edit', conversationId: place.conversationId, activityId, message }),
    reply: (place, activityId, message) =>
      answer({
        how: 'reply',
        conversationId: place.conversationId,
        ...(activityId === undefined ? {} : { activityId }),
        message,
      }),
    typing: async () => undefined,
  }
  return Object.assign(port, conversation)
}

export type SettableSync = AlertsOptions['sync'] & {
  configurationList: Fact<readonly Configuration[]>
  readonly jobLists: Map<string, Fact<readonly Job[]>>
  readonly ownJobs: Map<string, Fact<Job>>
  setJobs(now: number, ...jobs: readonly Job[]): void
  fail(): void
}

export const FABRIKAM: Configuration = { id: 'sp-fabrikam', domain: 'fabrikam.com' }

export function emptySnapshot(now: number): Snapshot {
  const none = <T>() => unknown<T>('notFound', 'test')
  return {
    takenAt: now,
    subject: { kind: 'configuration', domain: 'fabrikam.com' },
    configurations: none(),
    owner: none(),
    jobs: {},
    agents: unknown('notSignedIn', 'test'),
    object: none(),
    candidates: [],
    deletedObject: none(),
    conflicts: none(),
    events: none(),
    scope: none(),
    tenant: none(),
    serviceIssues: none(),
    calls: 0,
  }
}

/** What the sync room would say, set by the test. */
export function settableSync(): SettableSync {
  const jobLists = new Map<string, Fact<readonly Job[]>>()
  const ownJobs = new Map<string, Fact<Job>>()
  const sync: SettableSync = {
    configurationList: known([FABRIKAM], T0, 'test'),
    jobLists,
    ownJobs,
    setJobs: (now, ...jobs) => {
      sync.configurationList = known([FABRIKAM], now, 'test')
      jobLists.set(FABRIKAM.id, known(jobs, now, 'test'))
    },
    fail: () => {
      sync.configurationList = unknown('unavailable', 'test')
      jobLists.clear()
    },
    configurations: async () => sync.configurationList,
    jobs: async (configuration) => jobLists.get(configuration.id) ?? unknown('unavailable', 'test'),
    job: async (_configurationId, jobId) => ownJobs.get(jobId) ?? unknown('unavailable', 'test'),
    snapshotOf: async () => emptySnapshot(T0),
  }
  return sync
}

export function quietTelemetry() {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  return createTelemetry({ level: 'silent', pseudonymKey: 'test', destination: nowhere })
}

export const drawReply: AlertsOptions['render'] = (reply: Reply, options) => render(reply, options)

export function memoryStore(): Promise<OpenedStore> {
  return openSqlite({ memory: true, auditKey: 'test', allowClockMoves: true })
}

/** A running alerts room over a real store, with one subscribed channel unless told otherwise. */
export async function alertsWorld(
  given: Partial<AlertsOptions> & { readonly subscribed?: boolean; readonly from?: OpenedStore } = {},
) {
  const { subscribed = true, from, ...more } = given
  const store = from ?? (await memoryStore())
  const port = scriptedPort()
  const sync = settableSync()
  const alerts = createAlerts({
    tenantId: TENANT,
    store,
    sync,
    diagnose: () => [],
    render: drawReply,
    port,
    oncall: createOnCall(undefined),
    telemetry: quietTelemetry(),
    holder: 'test',
    random: () => 0.5,
    ...more,
  })
  const clock = { now: T0 }
  const place = channel('alerts')
  if (subscribed) await alerts.subscribe({ place, person: person('Ada'), now: T0 })
  return {
    store,
    port,
    sync,
    alerts,
    place,
    clock,
    /** Moves time and runs one tick. */
    tick: async (byMs = 0) => {
      clock.now += byMs
      await alerts.tick(clock.now)
    },
    /** Ticks in steps until `byMs` have passed. */
    run: async (byMs: number, stepMs = MINUTE, each: (now: number) => void = () => undefined) => {
      for (const end = clock.now + byMs; clock.now < end; ) {
        clock.now = Math.min(clock.now + stepMs, end)
        each(clock.now)
        await alerts.tick(clock.now)
      }
    },
    one: async () => {
      const [incident] = await alerts.list(true)
      if (!incident) throw new Error('there is no incident')
      return incident
    },
  }
}
