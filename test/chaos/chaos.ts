// `npm run chaos [-- --seed 7 --rounds 50 --minutes 20 --quick --only kills/9 --lanes 2]`: long runs with whole bots as
// child processes, a Connector and a Graph that misbehave, kill -9, SIGTERM, moved clocks and, where a server is
// installed, two bots on PostgreSQL. One line per trial, with the seed that repeats it; ends with 1 when anything that
// must hold did not.
import { parseArgs } from 'node:util'
import { full, type Group, groups, quick, type Run, type Trial } from './plan.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Random kills; other counts stay. */
    rounds: { type: 'string' },
    minutes: { type: 'string' },
    lanes: { type: 'string', default: '2' },
    /** Part of a trial's name, e.g. faults/12a, or several with |. */
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
})

const seed = Number(values.seed)
const base = values.quick ? quick : full
const size = { ...base, ...(values.rounds === undefined ? {} : { kills: Number(values.rounds) }) }
const began = performance.now()
const limitMs = Number(values.minutes ?? (values.quick ? '2' : '20')) * 60_000
// Trials that have begun are finished: the last one begins in time to end within the limit.
const lastStartMs = limitMs * (values.quick ? 0.65 : 0.9)

const totals = { trials: 0, broken: 0, messages: 0, duplicates: 0, lost: 0, kills: 0, leftOut: 0 }
const out = (line: string) => void process.stdout.write(`${line}\n`)

function tell({ name, seed: its, problems, ms, note }: Trial): void {
  totals.trials += 1
  if (problems.length > 0) totals.broken += 1
  out(
    `seed ${its}  ${name}  ${problems.length === 0 ? 'ok' : 'BROKEN'}  ${(ms / 1000).toFixed(1)} s  ${note ?? ''}`,
  )
  for (const problem of problems) out(`    ${problem}`)
}

const only = values.only?.split('|') ?? []
const run: Run = {
  seed,
  size,
  // A group asks with a slash at the end, before it opens its stage.
  wanted: (name) =>
    only.length === 0 ||
    only.some((one) => name.startsWith(one) || (name.endsWith('/') && one.startsWith(name))),
  outOfTime: () => performance.now() - began > lastStartMs,
  report: {
    trial: tell,
    figures({ messages = 0, duplicates = 0, lost = 0, kills = 0 }) {
      totals.messages += messages
      totals.duplicates += duplicates
      totals.lost += lost
      totals.kills += kills
    },
    leftOut(name, count) {
      totals.leftOut += count
      out(`left out: ${count} of ${name}`)
    },
  },
}

out(`seed ${seed}, ${values.quick ? 'quick' : 'full'}, at most ${limitMs / 60_000} min`)
const queue: Group[] = [...groups]
await Promise.all(
  Array.from({ length: Number(values.lanes) }, async () => {
    for (let group = queue.shift(); group; group = queue.shift()) await group.run(run)
  }),
)
const share = totals.messages === 0 ? 0 : (totals.duplicates / totals.messages) * 100
out('')
out(
  `seed ${seed}: ${totals.trials} trials in ${Math.round((performance.now() - began) / 1000)} s, ${totals.kills} kills, ${totals.messages} messages, ${totals.duplicates} duplicates (${share.toFixed(1)} %), lost ${totals.lost}, broken ${totals.broken}, left out ${totals.leftOut}`,
)
process.exitCode = totals.broken > 0 || totals.lost > 0 ? 1 : 0
