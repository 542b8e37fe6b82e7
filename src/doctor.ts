// `npm run doctor`: looks at everything a deployment needs and says what to do about each thing that is wrong.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { clouds } from './clouds.ts'
import { type Config, loadConfig } from './config.ts'
import { checkContent } from './doctor/content.ts'
import { checkClock, checkIdentity, checkPermissions } from './doctor/graph.ts'
import { checkPackage } from './doctor/package.ts'
import { checkCloud, checkConfiguration, checkFiles, checkKeys } from './doctor/settings.ts'
import { fail, ok, type Subject, skipped, type Verdict } from './doctor/verdict.ts'
import { asMedicError, catalogue } from './errors.ts'
import { appIdentity, createGraph, databasePassword } from './graph/index.ts'
import { identitySource } from './house.ts'
import { startSimulatedTenant } from './rehearsal/index.ts'
import { type OpenedStore, openPostgres, openSqlite } from './store/index.ts'

export type { Verdict } from './doctor/verdict.ts'

const root = join(import.meta.dirname, '..')
const PATIENCE_MS = 15_000

const storeSubject: Subject = { id: 'store', what: 'the database opens and its tables are current' }

/** Beside a running bot, and without making a database where there is none. */
async function openStore(config: Config): Promise<OpenedStore | undefined> {
  // Nothing is appended to the audit chain here, so its key is not needed.
  const shared = { auditKey: randomBytes(32).toString('base64url'), allowClockMoves: !config.production }
  if (config.databaseUrl !== undefined) {
    const source = identitySource(config)
    const password =
      config.production && source.kind !== 'loopback' ? { password: databasePassword(source) } : {}
    return openPostgres({ url: config.databaseUrl, poolSize: 1, migrate: false, ...shared, ...password })
  }
  if (!existsSync(join(config.dataDir, 'sync-medic.sqlite'))) return undefined
  return openSqlite({ dataDir: config.dataDir, role: 'tool', ...shared })
}

async function checkStore(config: Config): Promise<{ verdict: Verdict; store?: OpenedStore }> {
  try {
    const store = await openStore(config)
    if (!store) return { verdict: ok(storeSubject, 'none yet; made in DATA_DIR at the first start') }
    await store.ping()
    const current = await store.migrationsCurrent()
    const verdict = current
      ? ok(storeSubject, `${store.engine}, current`)
      : fail(
          storeSubject,
          'its tables are of another version',
          'Start this version of the bot once; it migrates.',
        )
    return { verdict, store }
  } catch (thrown) {
    const { code } = asMedicError(thrown)
    return { verdict: fail(storeSubject, `${code}: ${catalogue[code].operator}`, catalogue[code].next) }
  }
}

async function checkGraph(config: Config, store: OpenedStore, machineNow: () => number): Promise<Verdict[]> {
  const simulated = config.simulatedTenant ? await startSimulatedTenant(store) : undefined
  const baseUrl = simulated?.baseUrl ?? config.graphBaseUrl ?? clouds[config.cloud].graph
  try {
    const identity = appIdentity(identitySource(config), baseUrl)
    const verdicts = [await checkClock(baseUrl, machineNow), await checkIdentity(identity)]
    const broken = verdicts.find((one) => one.result === 'fail' && one.id !== 'clock')
    const dead = verdicts.some((one) => one.id === 'clock' && one.seen.startsWith('Graph does not answer'))
    if (broken || dead)
      return [
        ...verdicts,
        skipped(
          { id: 'permission', what: 'each permission is tried' },
          dead ? 'Graph does not answer' : 'there is no token',
        ),
      ]
    const { reads } = createGraph({ baseUrl, identity, clock: store, userPatienceMs: PATIENCE_MS })
    return [...verdicts, ...(await checkPermissions(reads, await store.now()))]
  } finally {
    await simulated?.close()
  }
}

/** All rules, in the order in which one would look. `machineNow`: the clock of this machine, not of the store. */
export async function examine(options: {
  readonly configOnly: boolean
  readonly machineNow: () => number
}): Promise<readonly Verdict[]> {
  const loaded = loadConfig()
  const settings = checkConfiguration(loaded)
  if (options.configOnly) return settings
  if (!loaded.ok)
    return [...settings, skipped({ id: 'rest', what: 'everything else' }, 'the configuration is not valid')]
  const { config } = loaded
  const { verdict, store } = await checkStore(config)
  // Where there is no database yet, the looks at Graph still need a clock.
  const clock = store ?? (await openSqlite({ memory: true, auditKey: randomBytes(32).toString('base64url') }))
  try {
    return [
      ...settings,
      checkKeys(config),
      ...checkFiles(config),
      ...checkContent(config, root),
      await checkPackage(config, root),
      checkCloud(config),
      verdict,
      ...(await checkGraph(config, clock, options.machineNow)),
    ]
  } finally {
    await clock.close()
  }
}

const marks = { ok: 'ok     ', warn: 'warn   ', fail: 'FAIL   ', skipped: 'skipped' } as const

/** The verdicts as plain text, and the line that sums them up. */
export function writeVerdicts(verdicts: readonly Verdict[]): string {
  const lines = verdicts.flatMap(({ id, what, result, seen, fix }) => [
    `${marks[result]} ${id}: ${what} - ${result === 'skipped' ? `because ${seen}` : seen}`,
    ...(fix === undefined ? [] : [`        fix: ${fix}`]),
  ])
  const count = (result: Verdict['result']) => verdicts.filter((one) => one.result === result).length
  const sum = `${count('ok')} ok, ${count('warn')} warnings, ${count('fail')} failed, ${count('skipped')} skipped`
  return `${[...lines, '', sum].join('\n')}\n`
}
