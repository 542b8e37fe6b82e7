// The stage of a chaos run: one store, simulated Graph and Connector in this process, one or more whole bots as child
// processes with the token gate on, people who speak to them, and a clock that is moved instead of waiting.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { Pool } from 'pg'
import type { Place } from '../../src/nouns.ts'
import type { Store } from '../../src/ports.ts'
import { people, tenantId } from '../../src/rehearsal/index.ts'
import { type OpenedStore, openPostgres, openSqlite } from '../../src/store/index.ts'
import { type Authority, appId, startAuthority } from '../support/bot-authority.ts'
import { type Random, seededRandom } from '../support/random.ts'
import { type ChatService, startChatService } from './chat-service.ts'
import type { Death, FromBot, ToBot } from './inside.ts'
import { type SimulatedGraph, startSimulatedGraph } from './simulated-graph.ts'

const root = join(import.meta.dirname, '../..')
export const AUDIT_KEY = 'chaos-audit-key-0123456789abcdef'
export const MINUTE = 60_000
/** The conversation that is subscribed, and the last resort. */
export const ALERTS = '19:alerts@thread.tacv2'
export const FALLBACK = '19:fallback@thread.tacv2'
export { people, tenantId }
export type Who = keyof typeof people

export type Row = Readonly<Record<string, unknown>>

export type Bot = {
  readonly name: string
  readonly port: number
  /** Undefined while it is dead. */
  pid(): number | undefined
  /** Rounds of the clock that ended, over all of its lives. */
  rounds(): number
  statements(): number
  readonly deaths: number
  /** Ends of its processes that nobody asked for. */
  readonly oddEnds: readonly string[]
  output(): string
  start(): Promise<void>
  /** With `revive` a death brings a new process, as App Service would. */
  revive: boolean
  arm(death: Death | null): void
  /** Throws where nobody catches; resolves to the exit code. */
  fail(how: 'exception' | 'rejection'): Promise<number | null>
  /** Stopped by SIGSTOP: nobody waits for it. */
  readonly stopped: boolean
  kill(): Promise<void>
  term(): Promise<number | null>
  stop(): Promise<void>
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void
  ended(): Promise<number | null>
}

export type Rig = {
  readonly seed: number
  readonly random: Random
  readonly store: OpenedStore
  readonly chat: ChatService
  readonly graph: SimulatedGraph
  readonly authority: Authority
  readonly bots: readonly Bot[]
  readonly dataDir: string
  readonly engine: 'sqlite' | 'postgres'
  sql(statement: string): Promise<Row[]>
  now(): Promise<number>
  /** Moves everybody's clock. */
  move(ms: number): Promise<void>
  /** Until each living bot has ended a round that began after this call. */
  rounds(): Promise<void>
  /** Passes time in steps, with a whole round of work after each. */
  pass(minutes: number, stepMinutes?: number): Promise<void>
  until<T>(look: () => Promise<T | undefined> | T | undefined, what: string, ms?: number): Promise<T>
  placeKey(conversationId: string): string
  close(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

const STARTING_MS = 40_000

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz/ready`)).status === 200
  } catch {
    return false
  }
}

async function createBot(name: string, env: Readonly<Record<string, string>>): Promise<Bot> {
  const port = await freePort()
  const oddEnds: string[] = []
  let child: ChildProcess | undefined
  let rounds = 0
  let statements = 0
  let output = ''
  let asked = false
  let deaths = 0
  let stopped = false
  let starting: Promise<void> | undefined

  const ended = (one = child) =>
    new Promise<number | null>((resolve) => {
      if (!one || one.exitCode !== null || one.signalCode !== null) resolve(one?.exitCode ?? null)
      else one.once('exit', resolve)
    })

  const launch = async () => {
    asked = false
    const { PATH = '', HOME = '' } = process.env
    const mine = spawn(
      process.execPath,
      ['--import', join(import.meta.dirname, 'inside.ts'), 'src/main.ts'],
      {
        cwd: root,
        env: { PATH, HOME, LOG_LEVEL: 'warn', ...env, PORT: String(port), CHAOS_BOT: name },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    )
    child = mine
    const take = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-200_000)
    }
    mine.stdout?.on('data', take)
    mine.stderr?.on('data', take)
    mine.on('message', (message: FromBot) => {
      if (!('round' in message)) return
      rounds += 1
      statements = message.statements
    })
    mine.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') deaths += 1
      else if (!asked) oddEnds.push(`${name} ended by itself with ${code ?? signal}`)
      // A new life is a new promise: whoever waits for the bot waits for that.
      if (bot.revive && !asked && child === mine) starting = launch()
    })
    const until = performance.now() + STARTING_MS
    while (!(await isReady(port))) {
      if (child !== mine) return
      if ((mine.exitCode !== null || mine.signalCode !== null) && !bot.revive)
        throw new Error(`${name} did not start:\n${output.slice(-4000)}`)
      if (performance.now() > until) throw new Error(`${name} is not ready:\n${output.slice(-4000)}`)
      await wait(20)
    }
  }

  const bot: Bot = {
    name,
    port,
    pid: () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined),
    rounds: () => rounds,
    statements: () => statements,
    get deaths() {
      return deaths
    },
    oddEnds,
    output: () => output,
    revive: false,
    start() {
      starting = launch()
      return starting
    },
    arm(death) {
      const message: ToBot = { die: death }
      if (child?.connected) child.send(message)
    },
    async fail(how) {
      asked = true
      const message: ToBot = { fail: how }
      child?.send(message)
      return ended()
    },
    get stopped() {
      return stopped
    },
    async kill() {
      asked = true
      child?.kill('SIGKILL')
      await ended()
    },
    async term() {
      asked = true
      child?.kill('SIGTERM')
      return ended()
    },
    async stop() {
      bot.revive = false
      await starting?.catch(() => undefined)
      asked = true
      if (child?.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await ended()
      }
    },
    signal(signal) {
      if (signal === 'SIGTERM') asked = true
      stopped = signal === 'SIGSTOP'
      child?.kill(signal)
    },
    ended: () => ended(),
  }
  return bot
}

const roster = [
  'zone: Europe/Berlin',
  'people:',
  `  - { id: "${people.operator.objectId}", name: "${people.operator.name}" }`,
  `  - { id: "${people.admin.objectId}", name: "${people.admin.name}" }`,
  'shifts:',
  '  - weekly:',
  '      from: 2026-01-05',
  '      startDay: monday',
  '      startTime: "09:00"',
  `      people: ["${people.operator.objectId}", "${people.admin.objectId}"]`,
  'escalation:',
  '  - { who: onCall, afterMinutes: 0 }',
  '  - { who: nextOnCall, afterMinutes: 10 }',
  '  - { who: fallback, afterMinutes: 10 }',
  `fallback: "${FALLBACK}"`,
  '',
].join('\n')

export type RigOptions = {
  readonly seed: number
  /** Address of an empty database; without it SQLite in a folder of its own. */
  readonly databaseUrl?: string
  readonly bots?: number
  readonly env?: Readonly<Record<string, string>>
  /** How long an answer of the slow Graph takes. */
  readonly slowMs?: number
  /** Scenarios switched on before the first poll; those a fresh tenant has are cleared first. */
  readonly broken?: readonly string[]
}

const commonPlace = { tenantId, botId: `28:${appId}`, environment: 'rehearsal' } as const

async function openDatabase({ databaseUrl }: RigOptions, dataDir: string) {
  const common = { auditKey: AUDIT_KEY, allowClockMoves: true }
  if (databaseUrl === undefined) {
    const store = await openSqlite({ ...common, dataDir, role: 'tool' })
    const file = new Database(join(dataDir, 'sync-medic.sqlite'), { readonly: true, timeout: 5000 })
    const sql = async (statement: string) => file.prepare(statement).all() as Row[]
    return { store, sql, close: () => void file.close() }
  }
  const store = await openPostgres({ ...common, url: databaseUrl })
  const pool = new Pool({ connectionString: databaseUrl, max: 3 })
  // A restart of the server breaks idle connections; the next query makes a new one.
  pool.on('error', () => undefined)
  const sql = async (statement: string) => (await pool.query(statement)).rows as Row[]
  return { store, sql, close: () => pool.end() }
}

/** Subscribes the alert channel and the fallback, as people would have done long ago. */
async function settle(store: Store, serviceUrl: string) {
  const updatedAt = await store.now()
  const keys = new Map<string, string>()
  const channels: readonly string[] = [ALERTS, FALLBACK]
  for (const conversationId of channels) {
    const place: Place = {
      ...commonPlace,
      conversationId,
      serviceUrl,
      scope: 'channel',
      teamId: '19:team@thread.tacv2',
      channelId: conversationId,
      updatedAt,
    }
    const key = await store.places.upsert(place)
    keys.set(conversationId, key)
    await store.subscriptions.put({
      tenantId,
      placeKey: key,
      domains: [],
      minSeverity: 'info',
      ...(conversationId === FALLBACK ? { fallback: true } : {}),
    })
  }
  return keys
}

export async function startRig(options: RigOptions): Promise<Rig> {
  const random = seededRandom(options.seed)
  const dataDir = mkdtempSync(join(tmpdir(), 'sm-chaos-'))
  const { store, sql, close: closeDatabase } = await openDatabase(options, dataDir)
  const bots: Bot[] = []
  const kill = (name: string) => {
    const pid = bots.find((bot) => bot.name === name)?.pid()
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  }
  const chat = await startChatService({ random, kill })
  const intents = async () =>
    Number((await sql(`select count(*) as n from audit where outcome = 'intent'`))[0]?.n)
  const graph = await startSimulatedGraph({
    now: () => store.now(),
    intents,
    kill,
    ...(options.slowMs === undefined ? {} : { slowMs: options.slowMs }),
  })
  for (const id of await graph.tenant.scenarios.active()) await graph.tenant.scenarios.clear(id)
  // What was ill needs a good cycle to be well; nobody watches yet.
  let offset = 10 * MINUTE
  await store.moveClock(offset)
  for (const id of options.broken ?? []) await graph.tenant.scenarios.apply(id)
  const authority = await startAuthority({
    serviceUrl: chat.url,
    nowSeconds: () => Math.floor((Date.now() + offset) / 1000),
  })
  const keys = await settle(store, chat.url)
  const rosterFile = join(dataDir, 'roster.yaml')
  writeFileSync(rosterFile, roster)
  const env = {
    MicrosoftAppId: appId,
    MicrosoftAppTenantId: tenantId,
    BOT_OPENID_METADATA_URL: authority.metadataUrl,
    GRAPH_BASE_URL: graph.url,
    AUDIT_KEY,
    ROSTER_FILE: rosterFile,
    DATA_DIR: dataDir,
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
    ...options.env,
  }
  for (let i = 0; i < (options.bots ?? 1); i += 1) bots.push(await createBot(`bot-${i + 1}`, env))

  const rig: Rig = {
    seed: options.seed,
    random,
    store,
    chat,
    graph,
    authority,
    bots,
    dataDir,
    engine: options.databaseUrl === undefined ? 'sqlite' : 'postgres',
    sql,
    now: () => store.now(),
    async move(ms) {
      await store.moveClock(ms)
      offset += ms
    },
    async rounds() {
      // The first round to end may have begun before: the second one began afterwards.
      const goals = bots
        .filter((bot) => bot.pid() !== undefined && !bot.stopped)
        .map((bot) => ({ bot, goal: bot.rounds() + 2 }))
      for (const { bot, goal } of goals)
        await rig.until(() => (bot.rounds() >= goal ? true : undefined), `two rounds of ${bot.name}`, 60_000)
    },
    async pass(minutes, stepMinutes = 1) {
      for (let left = minutes; left > 0; left -= stepMinutes) {
        await rig.move(Math.round(Math.min(stepMinutes, left) * MINUTE))
        await rig.rounds()
      }
    },
    async until(look, what, ms = 30_000) {
      const end = performance.now() + ms
      for (;;) {
        const found = await look()
        if (found !== undefined) return found
        if (performance.now() > end)
          throw new Error(
            `not seen within ${ms} ms: ${what} (seed ${options.seed})\n${bots.map((b) => b.output().slice(-3000)).join('\n')}`,
          )
        await wait(10)
      }
    },
    placeKey: (conversationId) => keys.get(conversationId) ?? '',
    async close() {
      for (const bot of bots) await bot.stop()
      await chat.close()
      await graph.close()
      await authority.close()
      await closeDatabase()
      await store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return rig
}

// ---------------------------------------------------------------- people

export type Where = { readonly id: string; readonly type: 'personal' | 'channel' }
export const alertsChannel: Where = { id: ALERTS, type: 'channel' }
export const chatOf = (who: Who): Where => ({ id: `a:${who}`, type: 'personal' })

export type Spoken = { readonly id: string; readonly status: number; readonly body: Row | undefined }

type Said = {
  readonly as: Who
  readonly where: Where
  readonly bot?: Bot | undefined
  /** Repeats an earlier activity. */
  readonly id?: string | undefined
  readonly serviceUrl?: string
}

function activityOf(rig: Rig, said: Said, fields: Row): Row {
  const { as, where } = said
  const person = people[as]
  return {
    id: said.id ?? randomUUID(),
    timestamp: new Date().toISOString(),
    channelId: 'msteams',
    serviceUrl: said.serviceUrl ?? rig.chat.url,
    from: { id: `29:${person.objectId}`, aadObjectId: person.objectId, name: person.name },
    recipient: { id: `28:${appId}`, name: 'Sync Medic' },
    conversation: {
      id: where.id,
      conversationType: where.type,
      tenantId,
      ...(where.type === 'channel' ? { isGroup: true } : {}),
    },
    channelData: {
      tenant: { id: tenantId },
      ...(where.type === 'channel'
        ? { team: { id: '19:team@thread.tacv2' }, channel: { id: where.id } }
        : {}),
    },
    ...fields,
  }
}

/** One activity, one try; status 0: nobody answered. */
export async function send(rig: Rig, said: Said, fields: Row): Promise<Spoken> {
  const activity = activityOf(rig, said, fields)
  const bot = said.bot ?? rig.bots[0]
  const token = rig.authority.token(
    said.serviceUrl === undefined ? {} : { claims: { serviceurl: said.serviceUrl } },
  )
  try {
    const answer = await fetch(`http://127.0.0.1:${bot?.port}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(activity),
    })
    const text = await answer.text()
    return {
      id: String(activity.id),
      status: answer.status,
      body: text === '' ? undefined : (JSON.parse(text) as Row),
    }
  } catch {
    return { id: String(activity.id), status: 0, body: undefined }
  }
}

/** A message and its token, for callers that send it in their own way. */
export function messageFor(rig: Rig, conversationId: string, text: string, id?: string) {
  const said = { as: 'operator', where: { id: conversationId, type: 'personal' }, id } as const
  return { body: activityOf(rig, said, { type: 'message', text }), token: rig.authority.token() }
}

/** Types a text; in a channel with a mention. */
export function say(
  rig: Rig,
  text: string,
  said: { readonly as: Who; readonly where?: Where; readonly bot?: Bot; readonly id?: string },
) {
  const where = said.where ?? chatOf(said.as)
  const mention = '<at>Sync Medic</at>'
  const fields =
    where.type === 'personal'
      ? { type: 'message', text }
      : {
          type: 'message',
          text: `${mention} ${text}`,
          entities: [
            { type: 'mention', text: mention, mentioned: { id: `28:${appId}`, name: 'Sync Medic' } },
          ],
        }
  return send(rig, { ...said, where }, fields)
}
