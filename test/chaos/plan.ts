// What a chaos run is made of: groups of trials, each group on a stage of its own, so that two groups can run at once.
import { existsSync } from 'node:fs'
import { playHistories } from '../support/incident-model.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { seededRandom } from '../support/random.ts'
import { type Fault, faults, runFault } from './faults/index.ts'
import { ofReplicas } from './faults/of-replicas.ts'
import { countDuplicates, type Figures } from './invariants.ts'
import { killAnywhere } from './kills.ts'
import { openStage, playQuarantine, points } from './quarantine.ts'
import { startReplicas } from './replicas.ts'
import type { Rig } from './rig.ts'
import { shutDownUnderLoad } from './shutdown.ts'
import { storm } from './storm.ts'

export type Size = {
  readonly histories: number
  /** Random kills. */
  readonly kills: number
  readonly points: number
  readonly faults: number
  readonly slowFaults: boolean
  readonly replicaFaults: number
  readonly stormRounds: number
  readonly stormJobs: number
  readonly killsPerRound: number
  readonly shutdowns: number
}

export const full: Size = {
  histories: 20_000,
  kills: 50,
  points: Number.POSITIVE_INFINITY,
  faults: Number.POSITIVE_INFINITY,
  slowFaults: true,
  replicaFaults: Number.POSITIVE_INFINITY,
  stormRounds: 12,
  stormJobs: 48,
  killsPerRound: 6,
  shutdowns: 20,
}

export const quick: Size = {
  histories: 3_000,
  kills: 2,
  points: 2,
  faults: 4,
  slowFaults: false,
  replicaFaults: 2,
  stormRounds: 1,
  stormJobs: 24,
  killsPerRound: 2,
  shutdowns: 1,
}

export type Trial = {
  readonly name: string
  readonly seed: number
  readonly problems: readonly string[]
  readonly ms: number
  readonly note?: string
}

export type Report = {
  trial(trial: Trial): void
  figures(figures: Partial<Figures> & { readonly kills?: number; readonly incidents?: number }): void
  leftOut(name: string, count: number): void
}

export type Run = {
  readonly seed: number
  readonly size: Size
  readonly wanted: (name: string) => boolean
  readonly outOfTime: () => boolean
  readonly report: Report
}

export type Group = { readonly name: string; readonly run: (run: Run) => Promise<void> }

type Item = {
  readonly name: string
  readonly seed: number
  readonly run: (rig: Rig) => Promise<{ readonly problems: readonly string[]; readonly note?: string }>
}

const MOST_BROKEN_STAGES = 3

const deathsOf = (rig: Rig) => rig.bots.reduce((sum, bot) => sum + bot.deaths, 0)

/** One after the other on one stage; a trial that breaks it gets the next one a new stage. */
async function onStage(
  run: Run,
  group: string,
  open: () => Promise<Rig>,
  items: readonly Item[],
): Promise<void> {
  const wanted = items.filter((item) => run.wanted(`${group}/${item.name}`))
  let rig: Rig | undefined
  let broken = 0
  const leave = async () => {
    if (rig) run.report.figures({ ...(await countDuplicates(rig)), kills: deathsOf(rig) })
    await rig?.close()
    rig = undefined
  }
  for (const [i, item] of wanted.entries()) {
    if (run.outOfTime()) {
      run.report.leftOut(group, wanted.length - i)
      break
    }
    const began = performance.now()
    const tell = (problems: readonly string[], note?: string) =>
      run.report.trial({
        name: `${group}/${item.name}`,
        seed: item.seed,
        problems,
        ms: performance.now() - began,
        ...(note === undefined ? {} : { note }),
      })
    // A bot that does not start will not start for the next trial either.
    if (broken >= MOST_BROKEN_STAGES) {
      run.report.leftOut(group, wanted.length - i)
      break
    }
    try {
      rig ??= await open()
      broken = 0
      const { problems, note } = await item.run(rig)
      tell(problems, note)
      if (problems.length > 0) await leave()
    } catch (error) {
      tell([error instanceof Error ? (error.stack ?? error.message) : String(error)])
      if (!rig) broken += 1
      await leave().catch(() => rig?.close())
      rig = undefined
    }
  }
  await leave()
}

/** So many of them, chosen by the seed, in their own order. */
function choose<T>(from: readonly T[], count: number, seed: number): readonly T[] {
  if (count >= from.length) return from
  const random = seededRandom(seed)
  const chosen = new Set<number>()
  while (chosen.size < count) chosen.add(random.below(from.length))
  return from.filter((_, i) => chosen.has(i))
}

const prepared = (seed: number): Promise<Rig> => openStage({ seed, slowMs: 6000 })

const itemOf = (seed: number) => (fault: Fault) => ({
  name: fault.id,
  seed,
  run: async (rig: Rig) => ({ problems: await runFault(rig, fault), note: fault.what }),
})

const model: Group = {
  name: 'model',
  async run({ seed, size, wanted, report }) {
    if (!wanted('model/histories')) return
    const began = performance.now()
    const problems: string[] = []
    try {
      playHistories({ runs: size.histories, seed })
    } catch (error) {
      problems.push(String(error))
    }
    const note = `${size.histories} histories against the reference model`
    report.trial({ name: 'model/histories', seed, problems, ms: performance.now() - began, note })
  },
}

const walk: Group = {
  name: 'points',
  run: (run) =>
    onStage(
      run,
      'points',
      () => prepared(run.seed),
      choose(points, run.size.points, run.seed).map((point) => ({
        name: point.name.replaceAll(' ', '-'),
        seed: run.seed,
        run: async (rig) => {
          const { problems, executions, operationStates } = await playQuarantine(rig, { point })
          return { problems, note: `${executions} write, operation ${operationStates.join(', ')}` }
        },
      })),
    ),
}

const kills: Group = {
  name: 'kills',
  run: (run) =>
    onStage(
      run,
      'kills',
      () => prepared(run.seed),
      Array.from({ length: run.size.kills }, (_, i) => run.seed + i).map((seed) => ({
        name: String(seed),
        seed,
        run: async (rig) => {
          const { problems, where, deaths } = await killAnywhere(rig, seed)
          return { problems, note: deaths > 0 ? `killed ${where}` : `${where}: later than the end` }
        },
      })),
    ),
}

const single: Group = {
  name: 'faults',
  run: (run) => {
    const possible = faults.filter((fault) => run.size.slowFaults || !fault.slow)
    const chosen = choose(possible, run.size.faults, run.seed)
    return onStage(run, 'faults', () => prepared(run.seed), chosen.map(itemOf(run.seed)))
  },
}

/** P1 and P2 hold for a storm as a whole. */
async function storms(
  run: Run,
  group: string,
  open: () => Promise<Rig & { restartDatabase?: (how: 'kill') => Promise<void> }>,
): Promise<void> {
  const { size, seed, report } = run
  if (!run.wanted(`${group}/storm`)) return
  if (run.outOfTime()) return report.leftOut(`${group}/storm rounds`, size.stormRounds)
  const began = performance.now()
  let rig: Awaited<ReturnType<typeof open>> | undefined
  try {
    rig = await open()
    const { restartDatabase } = rig
    const result = await storm(rig, {
      seed,
      rounds: size.stormRounds,
      jobs: size.stormJobs,
      killsPerRound: size.killsPerRound,
      enough: run.outOfTime,
      ...(restartDatabase ? { restartDatabase: () => restartDatabase('kill'), restartIn: [0, 2] } : {}),
    })
    const share = result.duplicates / Math.max(1, result.messages)
    const problems = [...result.problems]
    if (share > 0.1) problems.push(`${(share * 100).toFixed(1)} % duplicates`)
    const note = `${result.incidents} incidents, ${result.messages} messages, ${result.duplicates} duplicates, ${result.kills} kills, ${result.rounds} rounds`
    report.trial({ name: `${group}/storm`, seed, problems, ms: performance.now() - began, note })
    report.figures(result)
    if (result.rounds < size.stormRounds)
      report.leftOut(`${group}/storm rounds`, size.stormRounds - result.rounds)
  } catch (error) {
    report.trial({ name: `${group}/storm`, seed, problems: [String(error)], ms: performance.now() - began })
  } finally {
    await rig?.close()
  }
}

const stormy: Group = { name: 'sqlite', run: (run) => storms(run, 'sqlite', () => prepared(run.seed)) }

/** Needs a PostgreSQL server: where none is installed, that is said and not counted as passed. */
async function withServer(
  run: Run,
  group: string,
  count: number,
  work: (server: PostgresServer) => Promise<void>,
) {
  if (!run.wanted(`${group}/`)) return
  if (!existsSync('/usr/lib/postgresql'))
    return run.report.leftOut(`${group} (no PostgreSQL server is installed)`, count)
  const server = await startPostgres()
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

const replicas: Group = {
  name: 'replicas',
  run: (run) => {
    const chosen = choose(ofReplicas, run.size.replicaFaults, run.seed)
    return withServer(run, 'replicas', chosen.length, (server) =>
      onStage(run, 'replicas', () => startReplicas(run.seed, server), chosen.map(itemOf(run.seed))),
    )
  },
}

const stormyReplicas: Group = {
  name: 'postgres',
  run: (run) =>
    withServer(run, 'postgres', run.size.stormRounds, (server) =>
      storms(run, 'postgres', () => startReplicas(run.seed, server)),
    ),
}

const endings: Group = {
  name: 'shutdown',
  run: (run) => {
    const terms: Item[] = Array.from({ length: run.size.shutdowns }, (_, i) => ({
      name: `term-${i + 1}`,
      seed: run.seed,
      run: async (rig) => {
        const [bot] = rig.bots
        if (!bot) throw new Error('no bot')
        const { problems, answered, turnedAway, lost } = await shutDownUnderLoad(rig, bot, i)
        await bot.start()
        return { problems, note: `${answered} answered, ${turnedAway} turned away, ${lost} lost` }
      },
    }))
    const uncaught: Item[] = (['exception', 'rejection'] as const).map((how) => ({
      name: how,
      seed: run.seed,
      run: async (rig) => {
        const [bot] = rig.bots
        if (!bot) throw new Error('no bot')
        const code = await bot.fail(how)
        await bot.start()
        return { problems: code === 1 ? [] : [`ended with ${code}`], note: 'nobody catches it: ends with 1' }
      },
    }))
    return onStage(run, 'shutdown', () => prepared(run.seed), [...terms, ...uncaught])
  },
}

/** Storms last: they take what time is left. */
export const groups: readonly Group[] = [
  replicas,
  single,
  walk,
  endings,
  model,
  kills,
  stormyReplicas,
  stormy,
]
