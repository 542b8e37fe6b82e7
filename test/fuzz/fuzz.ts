// `npm run fuzz [-- --seed 7]`: long fuzz runs with a seed that is printed, so that each can be repeated. Ends with 1
// when anything malformed was accepted, answered with 5xx, or not answered.
import { parseArgs } from 'node:util'
import { type FuzzResult, fuzzActivities, fuzzTokens } from '../support/fuzz-edge.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    activities: { type: 'string', default: '20000' },
    tokens: { type: 'string', default: '10000' },
  },
})
const seed = Number(values.seed)

const runs: readonly (readonly [string, number, (seed: number, count: number) => Promise<FuzzResult>])[] = [
  ['malformed activities with a valid token', Number(values.activities), fuzzActivities],
  ['mutations of a valid token', Number(values.tokens), fuzzTokens],
]

process.stdout.write(`seed ${seed}\n`)
let failed = false
for (const [name, count, run] of runs) {
  const { statuses, problems, handled } = await run(seed, count)
  const counts = Object.entries(statuses).map(([status, times]) => `${times} x ${status}`)
  process.stdout.write(`${count} ${name}: ${counts.join(', ')}; ${handled} reached the handler\n`)
  for (const problem of problems) process.stdout.write(`  ${problem}\n`)
  failed ||= problems.length > 0
}
process.stdout.write(failed ? 'failed\n' : 'ok\n')
process.exitCode = failed ? 1 : 0
