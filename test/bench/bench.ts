// `npm run bench`: figures of this machine. Ours beside the bare framework in the same run; no figure is a test.
import { cpus } from 'node:os'
import { type Figures, loadTurns, startSink } from './load.ts'
import { type Running, startEcho, startOurs } from './processes.ts'
import { benchDiagnosis, benchGate, benchKnowledge } from './rooms.ts'

const TURNS = 600
const WARM_UP = 60
const LANES = 8
const IDLE_MS = 4000
const GATE_REQUESTS = 3000

const questions = [
  'which ports does the agent need?',
  '59 or 60 OUs?',
  'how often does a cycle run?',
  'what does AttributeValueMustBeUnique mean?',
]

type Row = readonly [string, string, string?, string?]
const rows: Row[] = []
const ms = (value: number) => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`
const mb = (value: number | undefined) => (value === undefined ? 'not known' : `${Math.round(value)} MB`)
const ratio = (ours: number | undefined, other: number | undefined) =>
  ours === undefined || !other ? '' : `× ${(ours / other).toFixed(2)}`

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function turnsOf(bot: Running, sink: string): Promise<Figures> {
  const load = { bot: bot.address, sink, lanes: LANES, texts: questions }
  await loadTurns({ ...load, turns: WARM_UP })
  return loadTurns({ ...load, turns: TURNS })
}

async function measure(start: () => Promise<Running>, sink: string) {
  const bot = await start()
  try {
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    const idle = bot.memory()
    const turns = await turnsOf(bot, sink)
    return { startMs: bot.startMs, idle, turns, loaded: bot.memory() }
  } finally {
    await bot.stop()
  }
}

async function benchBots(): Promise<void> {
  const sink = await startSink()
  try {
    const echo = await measure(startEcho, sink.url)
    const ours = await measure(startOurs, sink.url)
    rows.push(
      ['start until ready', ms(ours.startMs), ms(echo.startMs), ratio(ours.startMs, echo.startMs)],
      ['memory, idle', mb(ours.idle), mb(echo.idle), ratio(ours.idle, echo.idle)],
      ['memory, after the load', mb(ours.loaded), mb(echo.loaded), ratio(ours.loaded, echo.loaded)],
      [
        `turns per second (${LANES} conversations, ${TURNS} turns)`,
        ours.turns.perSecond.toFixed(0),
        echo.turns.perSecond.toFixed(0),
        ratio(ours.turns.perSecond, echo.turns.perSecond),
      ],
      ...(['p50', 'p95', 'p99'] as const).map(
        (name): Row => [
          `turn, ${name}`,
          ms(ours.turns[name]),
          ms(echo.turns[name]),
          ratio(ours.turns[name], echo.turns[name]),
        ],
      ),
    )
  } finally {
    await sink.close()
  }
}

async function benchRooms(): Promise<void> {
  const knowledge = benchKnowledge()
  rows.push(
    ['knowledge, load', ms(knowledge.loadMs)],
    [`knowledge, one question of ${knowledge.questions}, p50`, ms(knowledge.ask.p50)],
    [`knowledge, one question of ${knowledge.questions}, p99`, ms(knowledge.ask.p99)],
  )
  const gate = await benchGate(GATE_REQUESTS)
  rows.push(
    ['token gate, valid requests per second', gate.perSecond.toFixed(0)],
    ['token gate, p99', ms(gate.p99)],
  )
  const diagnosis = await benchDiagnosis()
  rows.push(
    ['diagnosis of one person, requests to Graph', String(diagnosis.calls)],
    ['diagnosis of one person, rounds', String(diagnosis.rounds)],
    ['diagnosis of one person, time on the simulated Graph', ms(diagnosis.ms)],
  )
}

function writeTable(): void {
  const all: Row[] = [['', 'Sync Medic', 'echo bot', 'ratio'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  for (const row of all)
    say(
      widths
        .map((width, i) => (i === 0 ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width)))
        .join('  '),
    )
}

const began = performance.now()
say(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}; about a minute…\n`)
await benchBots()
await benchRooms()
writeTable()
say(
  '\nThe echo bot is botbuilder and restify as their samples wire them up. Ours also checks, remembers every event durably, and answers from the knowledge.',
)
say(`Took ${Math.round((performance.now() - began) / 1000)} s.`)
