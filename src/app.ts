// The composition root: opens the store, builds the house, puts the HTTP edge in front, and keeps the clock ticking.
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { render } from './cards/index.ts'
import { clouds } from './clouds.ts'
import type { Config } from './config.ts'
import { createHandle } from './conversation/index.ts'
import { databasePassword } from './graph/index.ts'
import { createHealth } from './health.ts'
import { buildHouse, identitySource } from './house.ts'
import { keysOf } from './keys.ts'
import type { Place, Reply } from './nouns.ts'
import { withOwnPlaces } from './own-places.ts'
import { placeKeyOf } from './place-key.ts'
import { channelPlace, createChatHouse, rehearsalBotId } from './rehearsal/index.ts'
import { anchorAudit, fileAnchors, type OpenedStore, openPostgres, openSqlite } from './store/index.ts'
import {
  type BotCredentials,
  createAdapter,
  createConversationPort,
  createEdge,
  type GateOptions,
} from './teams/index.ts'
import { createTelemetry, type Telemetry } from './telemetry.ts'
import { HOUR, MINUTE } from './time.ts'

/** Between two rounds of the clock's work; what is due is decided by the store's time. */
const TICK_MS = 2000
const ANCHOR_MS = HOUR
const PURGE_MS = 6 * HOUR

export type App = {
  /** The port in use. */
  listen(): Promise<number>
  /** Drains: ready says no (for `noticeMs` before the door shuts), running turns end, leases go back. Resolves with the turns left unfinished. */
  close(graceMs: number, noticeMs?: number): Promise<number>
  readonly telemetry: Telemetry
}

async function openStore(config: Config, auditKey: string): Promise<OpenedStore> {
  const common = { auditKey, allowClockMoves: !config.production }
  if (config.databaseUrl === undefined) return openSqlite({ ...common, dataDir: config.dataDir })
  const source = identitySource(config)
  const password =
    config.production && source.kind !== 'loopback' ? { password: databasePassword(source) } : {}
  return openPostgres({ ...common, url: config.databaseUrl, ...password })
}

function credentialsOf({ bot, anonymous }: Config): BotCredentials {
  if (anonymous || !bot.appId || !bot.tenantId) return { kind: 'none' }
  if (bot.loopbackConnector) return { kind: 'loopback' }
  const who = { appId: bot.appId, tenantId: bot.tenantId }
  if (bot.appType === 'SingleTenant' && bot.password)
    return { kind: 'SingleTenant', ...who, password: bot.password.reveal() }
  return { kind: 'UserAssignedMSI', ...who }
}

function gateOf({ bot, anonymous, cloud }: Config): GateOptions | 'anonymous' {
  if (anonymous || !bot.appId) return 'anonymous'
  return {
    appId: bot.appId,
    tenants: bot.allowedTenants,
    cloud,
    openIdMetadataUrl: bot.openIdMetadataUrl,
    allowLoopback: bot.loopbackConnector,
  }
}

/** Prometheus text on a port of its own, never on the one that faces the internet. */
function serveMetrics(config: Config, telemetry: Telemetry) {
  if (config.metricsPort === undefined) return undefined
  const server = createServer((req, res) => {
    const known = req.method === 'GET' && req.url === '/metrics'
    res.writeHead(known ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4' })
    res.end(known ? telemetry.metrics.text() : '')
  })
  server.listen(config.metricsPort, config.host)
  return server
}

/** Runs `work` every `everyMs`, and at once when asked; never twice at a time. */
function createPulse(work: () => Promise<void>, everyMs: number) {
  let running: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const beat = () => {
    if (stopped) return
    if (running) {
      again = true
      return
    }
    clearTimeout(timer)
    running = work().finally(() => {
      running = undefined
      const next = again ? 0 : everyMs
      again = false
      if (!stopped) timer = setTimeout(beat, next)
    })
  }
  return {
    beat,
    /** Changes something between two rounds, so that none sees both sides of it; resolves after the next one. */
    async between(change: () => Promise<void>) {
      while (running) await running
      running = change().finally(() => {
        running = undefined
      })
      await running
      beat()
      await running
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

export async function createApp(config: Config): Promise<App> {
  const keys = keysOf(config)
  const telemetry = createTelemetry({ level: config.logLevel, pseudonymKey: keys.pseudonym })
  for (const warning of config.warnings) telemetry.log.warn({ warning }, 'configuration')
  const botId = config.bot.appId ? `28:${config.bot.appId}` : rehearsalBotId
  const { environment } = config
  const store = withOwnPlaces(await openStore(config, keys.audit), { environment, botId })
  const adapter = createAdapter({
    cloud: config.cloud,
    credentials: credentialsOf(config),
    tokenServiceUrl: config.bot.tokenServiceUrl,
  })
  const serviceUrls = { hosts: clouds[config.cloud].connectorHosts, loopback: config.bot.loopbackConnector }
  const port = createConversationPort({ adapter, botId, environment, serviceUrls, clock: store, telemetry })
  const house = await buildHouse({ config, store, telemetry, port, soon: () => pulse.beat() })
  const anchors = fileAnchors(config.dataDir)
  const due = createDue()

  const work = async () => {
    try {
      const now = await store.now()
      await house.alerts.tick(now)
      await house.actions.tick(now)
      if (due('figures', now, MINUTE))
        telemetry.metrics.set('audit_chain_length', (await store.audit.head())?.seq ?? 0)
      if (due('anchor', now, ANCHOR_MS)) await anchorAudit(store, anchors, now)
      if (due('purge', now, PURGE_MS)) await store.purge(now, config.retentionDays)
    } catch (err) {
      telemetry.log.error({ err }, 'a round of the clock failed')
    }
  }
  const pulse = createPulse(() => telemetry.span('clock', work, 'root'), TICK_MS)

  const draw = (reply: Reply, place: Place, now: number) => render(reply, { scope: place.scope, now })
  const handle = createHandle({
    store,
    port,
    telemetry,
    render: draw,
    identify: house.identify,
    respond: house.respond,
  })
  const lag = monitorEventLoopDelay({ resolution: 20 })
  lag.enable()
  let started = false
  const chat = config.anonymous
    ? createChatHouse({
        store,
        tenant: house.simulated?.tenant,
        dataDir: config.databaseUrl === undefined ? config.dataDir : undefined,
        botId,
        soon: pulse.beat,
        between: pulse.between,
        timePassed: house.timePassed,
      })
    : undefined
  const edge = createEdge({
    gate: gateOf(config),
    botId,
    environment,
    homeTenant: house.tenantId,
    adapter,
    telemetry,
    clock: store,
    seen: store.seen,
    handle,
    onPlace: rememberPlaces(store),
    health: createHealth({
      lagMs: () => {
        const delay = lag.percentile(99) / 1e6
        lag.reset()
        return delay
      },
      ping: store.ping,
      migrationsCurrent: store.migrationsCurrent,
      keysReady: () => edge.keysReady(),
      started: () => started,
    }),
    source: config.production ? 'forwarded' : 'socket',
    ...(chat ? { extraRoutes: chat } : {}),
  })
  const metrics = serveMetrics(config, telemetry)

  /** The page's channel hears alerts from the start. */
  const subscribePage = async (origin: string) => {
    const place = channelPlace({ origin, botId, environment, now: await store.now() })
    const placeKey = await store.places.upsert(place)
    const known = (await store.subscriptions.list(house.tenantId)).some((one) => one.placeKey === placeKey)
    if (!known)
      await store.subscriptions.put({
        tenantId: house.tenantId,
        placeKey,
        domains: [],
        minSeverity: 'info',
      })
  }

  return {
    telemetry,
    async listen() {
      const inUse = await edge.listen(config.host, config.port)
      if (chat) await subscribePage(`http://127.0.0.1:${inUse}`)
      started = true
      pulse.beat()
      return inUse
    },
    async close(graceMs, noticeMs) {
      const left = await edge.close(graceMs, noticeMs)
      await pulse.stop()
      await house.close()
      metrics?.close()
      lag.disable()
      await store.close()
      return left
    },
  }
}

const PLACE_FRESH_MS = 3600_000

/** Stores a place when something about it changed, when it was dead, else once an hour: most turns then cost one commit less. */
function rememberPlaces(store: OpenedStore) {
  const fixed = ({ updatedAt: _at, ...rest }: Place) => JSON.stringify(Object.entries(rest).sort())
  return async (place: Place): Promise<void> => {
    const stored = await store.places.get(placeKeyOf(place))
    const same = stored !== undefined && !stored.dead && fixed(stored.place) === fixed(place)
    if (same && place.updatedAt - stored.place.updatedAt < PLACE_FRESH_MS) return
    await store.places.upsert(place)
  }
}

/** True at most once per period and name; the first time right away. */
function createDue() {
  const last = new Map<string, number>()
  return (name: string, now: number, everyMs: number): boolean => {
    const before = last.get(name)
    if (before !== undefined && now - before < everyMs && now >= before) return false
    last.set(name, now)
    return true
  }
}
