// Puts the rooms together, without a server: what `npm run ask` needs, and the larger part of what app.ts needs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRolesFile, type RolesFile, roleOf } from './access/index.ts'
import { type Actions, createActions, type News } from './actions/index.ts'
import { type Alerts, createAlerts, defaultRules, parseRules, type Rules } from './alerts/index.ts'
import { render } from './cards/index.ts'
import { clouds } from './clouds.ts'
import type { Config } from './config.ts'
import { createRespond, heldBlocks, loadTrees, reportHostsOf, type Services } from './conversation/index.ts'
import { diagnose } from './diagnosis/index.ts'
import { MedicError } from './errors.ts'
import { appIdentity, createGraph, type IdentitySource, movableTime } from './graph/index.ts'
import { createHeartbeat } from './heartbeat.ts'
import { type Knowledge, loadKnowledge } from './knowledge/index.ts'
import {
  type Fact,
  type IncomingEvent,
  type Instant,
  type Json,
  mapFact,
  type Person,
  type Proposal,
  type ProvisioningEvent,
  prose,
  type Reply,
  type Role,
} from './nouns.ts'
import { createOnCall, type OnCall, parseRoster, sampleRoster } from './oncall/index.ts'
import type { Clock, ConversationPort, Repositories, SignInPort, SyncWrites } from './ports.ts'
import {
  alertChannel,
  people,
  rehearsalRole,
  rehearsalSignIn,
  tenantId as rehearsalTenantId,
  type SimulatedTenant,
  startSimulatedTenant,
} from './rehearsal/index.ts'
import type { OpenedStore } from './store/index.ts'
import { createSync, type Sync } from './sync/index.ts'
import type { Telemetry } from './telemetry.ts'
import { MINUTE } from './time.ts'

const root = join(import.meta.dirname, '..')

export type House = {
  readonly services: Services
  readonly alerts: Alerts
  readonly actions: Actions
  readonly respond: ReturnType<typeof createRespond>
  /** The person with the role they have now. */
  readonly identify: (event: IncomingEvent) => Promise<Person>
  readonly tenantId: string
  readonly simulated: SimulatedTenant | undefined
  /** The clock was moved: what waits for the simulated tenant has waited so much longer. */
  readonly timePassed: (ms: number) => void
  close(): Promise<void>
}

export type HouseOptions = {
  readonly config: Config
  readonly store: OpenedStore
  readonly telemetry: Telemetry
  readonly port: ConversationPort
  readonly soon: () => void
}

function invalid(setting: string, problem: string): MedicError {
  return new MedicError('SM_CONFIG_INVALID', { setting, problem })
}

function readText(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw invalid(setting, 'cannot be read')
  }
}

function rulesOf(config: Config): Rules {
  if (config.rulesFile === undefined) return defaultRules
  const result = parseRules(readText('RULES_FILE', config.rulesFile))
  if (!result.ok) throw invalid('RULES_FILE', result.problems.join('; '))
  return result.rules
}

function onCallOf(config: Config): OnCall {
  if (config.rosterFile !== undefined) {
    const result = parseRoster(readText('ROSTER_FILE', config.rosterFile))
    if (!result.ok) throw invalid('ROSTER_FILE', result.problems.join('; '))
    return createOnCall(result.roster)
  }
  if (!config.rehearsal) return createOnCall(undefined)
  const who = ({ objectId, name }: { objectId: string; name: string }) => ({ id: objectId, name })
  return createOnCall(
    sampleRoster({
      first: who(people.operator),
      second: who(people.admin),
      lead: who(people.approver),
      fallback: alertChannel,
    }),
  )
}

export function identitySource(config: Config): IdentitySource {
  if (config.rehearsal) return { kind: 'loopback' }
  if (config.bot.appType === 'UserAssignedMSI' && config.bot.appId)
    return { kind: 'managedIdentity', clientId: config.bot.appId }
  return { kind: 'environment', authorityHost: clouds[config.cloud].login }
}

/** Role: chosen in rehearsal, else app roles or ROLES_FILE, else the default. */
function roles(config: Config, store: OpenedStore) {
  const file: RolesFile | undefined =
    config.rolesFile === undefined ? undefined : parseRolesFile(readText('ROLES_FILE', config.rolesFile))
  return async (person: Person, tokenRoles: readonly Role[] = []): Promise<Role> => {
    if (config.rehearsal) {
      const chosen = await store.settings.get(person.tenantId, `role/${person.objectId}`)
      if (typeof chosen === 'string') return chosen as Role
      const known = rehearsalRole(person.objectId)
      if (known) return known
    }
    return roleOf({
      tokenRoles,
      objectId: person.objectId,
      defaultRole: config.defaultRole,
      ...(file ? { rolesFile: file } : {}),
    })
  }
}

/** A production sign-in comes with the stage "actions and access": until then nobody is signed in, and it is said. */
const noSignIn: SignInPort = {
  token: async () => ({ ok: false, because: 'notConfigured' }),
  signIn: async () => undefined,
  signOut: async () => undefined,
}

/** The card of an operation follows its state: queued in the transaction that changed it, so it is never lost. */
async function announce({
  proposal,
  reply,
  placeKey,
  cardActivityId,
  origin,
  in: repositories,
}: News): Promise<void> {
  if (origin === 'turn' && cardActivityId === undefined) return
  const at = proposal.finishedAt ?? proposal.executedAt ?? proposal.confirmedAt ?? proposal.proposedAt
  const id = `${proposal.id}.${proposal.version}.${origin}.${placeKey}`
  await repositories.outbox.add({
    id,
    tenantId: proposal.tenantId,
    placeKey,
    operationId: id,
    version: proposal.version,
    kind: cardActivityId === undefined ? 'notice' : 'edit',
    priority: 0,
    payload: {
      reply,
      ...(cardActivityId === undefined ? {} : { activityId: cardActivityId }),
    } as unknown as Json,
    createdAt: at,
    notBefore: at,
  })
}

/** From the same table that answers "which addresses?". */
function hostsOf(knowledge: Knowledge, config: Config) {
  const table = knowledge.table('urls')
  if (!table) throw new MedicError('SM_KNOWLEDGE_INVALID', { file: 'facts/urls.yaml', problem: 'is missing' })
  return reportHostsOf(table, config.cloud)
}

const RECENT_MS = MINUTE

/** A count that decides is read anew; the names shown beside it may be those of that reading, for a minute. */
function heldDeletionsOf(sync: Sync, clock: Clock) {
  const seen = new Map<string, { readonly at: Instant; readonly rows: Fact<readonly ProvisioningEvent[]> }>()
  const now = async (configurationId: string, jobId: string): Promise<Fact<readonly ProvisioningEvent[]>> => {
    const job = await sync.job(configurationId, jobId)
    if (!job.known) return job
    const rows = await sync.heldDeletions({ id: configurationId, domain: job.value.domain }, job.value)
    seen.set(jobId, { at: await clock.now(), rows })
    return rows
  }
  const recent = async (configurationId: string, jobId: string) => {
    const last = seen.get(jobId)
    return last?.rows.known && (await clock.now()) - last.at < RECENT_MS
      ? last.rows
      : now(configurationId, jobId)
  }
  return { now, recent }
}

type BreakGlass = {
  readonly proposal: Proposal
  readonly reason: string
  readonly by: Person
  readonly now: Instant
}

/** Nobody stands in for the second person unseen: every subscribed conversation is told, in the same transaction. */
async function tellOfBreakGlass(
  { proposal, reason, by, now }: BreakGlass,
  repositories: Repositories,
): Promise<void> {
  const reply: Reply = {
    kind: 'notice',
    title: 'An admin acted without a second person',
    tone: 'attention',
    blocks: [
      {
        kind: 'text',
        prose: prose`${{ strong: proposal.action }} for ${proposal.target.domain}, by ${by.name ?? by.objectId}. Reason given: ${reason}`,
      },
    ],
    offers: [],
  }
  for (const { placeKey } of await repositories.subscriptions.list(proposal.tenantId))
    await repositories.outbox.add({
      id: `${proposal.id}.breakGlass.${placeKey}`,
      tenantId: proposal.tenantId,
      placeKey,
      operationId: `${proposal.id}.breakGlass`,
      version: proposal.version,
      kind: 'notice',
      priority: 0,
      payload: { reply } as unknown as Json,
      createdAt: now,
      notBefore: now,
    })
}

/** What is looked at after a write must be what the write made of it. */
function thenForget(writes: SyncWrites, sync: Pick<Sync, 'forget'>): SyncWrites {
  const after = <A extends readonly unknown[], T>(write: (...given: A) => Promise<T>) => {
    return (...given: A) => write(...given).finally(sync.forget)
  }
  return {
    provisionOnDemand: after(writes.provisionOnDemand),
    start: after(writes.start),
    pause: after(writes.pause),
    restart: after(writes.restart),
    allowDeletes: after(writes.allowDeletes),
  }
}

export async function buildHouse(options: HouseOptions): Promise<House> {
  const { config, store, telemetry, port } = options
  const simulated = config.simulatedTenant ? await startSimulatedTenant(store) : undefined
  const baseUrl = simulated?.baseUrl ?? config.graphBaseUrl ?? clouds[config.cloud].graph
  const time = simulated ? movableTime() : undefined
  const graph = createGraph({
    baseUrl,
    identity: appIdentity(identitySource(config), baseUrl),
    clock: store,
    telemetry,
    ...(time ? { time } : {}),
  })
  const sync = createSync({ reads: graph.reads, clock: store })
  const knowledge = loadKnowledge({ dir: join(root, 'knowledge'), notesDir: config.notesDir })
  const trees = loadTrees(join(root, 'dialogs'))
  const oncall = onCallOf(config)
  const roleNow = roles(config, store)
  const tenantId = config.bot.tenantId ?? rehearsalTenantId
  const signIn = config.rehearsal ? rehearsalSignIn(store, (person) => roleNow(person)) : noSignIn
  const held = heldDeletionsOf(sync, store)
  const actions = createActions({
    tenantId,
    store,
    writes: thenForget(graph.writes, sync),
    signIn,
    watch: {
      job: sync.job,
      entriesOf: (target, since) =>
        sync.events({ since, configurationId: target.configurationId, jobId: target.jobId }),
      heldDeletions: async (configurationId, jobId) =>
        mapFact(await held.now(configurationId, jobId), (rows) => rows.length),
    },
    offered: config.actions,
    breakGlass: config.breakGlass,
    roleForWrite: (person, token) => roleNow(person, token.roles),
    evidence: async (proposal) =>
      proposal.action === 'allowDeletes'
        ? heldBlocks(await held.recent(proposal.target.configurationId, proposal.target.jobId))
        : [],
    announce,
    // Approvers are found where alerts go; the card there has counts and no names.
    approvalPlaces: async () => (await store.subscriptions.list(tenantId)).map((one) => one.placeKey),
    tellApprovers: (proposal, reason, by, repositories) =>
      tellOfBreakGlass(
        { proposal, reason, by, now: proposal.confirmedAt ?? proposal.proposedAt },
        repositories,
      ),
    telemetry,
  })
  const heartbeat = config.heartbeatUrl === undefined ? undefined : createHeartbeat(config.heartbeatUrl)
  const alerts = createAlerts({
    tenantId,
    store,
    // The watch may wait where a person would not, and gives way to people.
    sync: createSync({ reads: graph.watch, clock: store }),
    diagnose,
    render,
    port,
    oncall,
    telemetry,
    rules: rulesOf(config),
    pollSeconds: config.pollSeconds,
    ...(heartbeat ? { heartbeat: heartbeat.beat } : {}),
  })
  const services: Services = {
    store,
    knowledge,
    sync,
    trees,
    actions,
    alerts,
    oncall,
    signIn,
    telemetry,
    rehearsal: config.rehearsal,
    reportHosts: hostsOf(knowledge, config),
    soon: options.soon,
  }
  return {
    services,
    alerts,
    actions,
    respond: createRespond(services),
    identify: async ({ person }) => ({ ...person, role: await roleNow(person) }),
    tenantId,
    simulated,
    timePassed: (ms) => time?.move(ms),
    async close() {
      await alerts.close()
      heartbeat?.close()
      await simulated?.close()
    },
  }
}
