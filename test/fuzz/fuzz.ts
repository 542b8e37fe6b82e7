// `npm run fuzz [-- --seed 7]`: long fuzz runs with a seed that is printed, so that each can be repeated. Ends with 1
// when anything malformed was accepted, answered with 5xx or not answered, or when a random history, sequence of calls
// or reply broke a promise of the incident machine, the outbox or the cards.
import { parseArgs } from 'node:util'
import { drawReplies } from '../support/card-sizes.ts'
import { type FuzzResult, fuzzActivities, fuzzTokens } from '../support/fuzz-edge.ts'
import { playHistories } from '../support/incident-model.ts'
import { playOutbox } from '../support/outbox-model.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    activities: { type: 'string', default: '20000' },
    tokens: { type: 'string', default: '10000' },
    histories: { type: 'string', default: '20000' },
    outbox: { type: 'string', default: '5000' },
    replies: { type: 'string', default: '5000' },
  },
})
const seed = Number(values.seed)

type Run = {
  readonly name: string
  readonly count: number
  /** What was seen, and sentences about what must not be. */
  readonly run: (
    seed: number,
    count: number,
  ) => Promise<{ readonly seen: string; readonly problems: readonly string[] }>
}

/** Requests against the real edge, each answer judged. */
function atTheEdge(
  name: string,
  count: string,
  fuzz: (seed: number, count: number) => Promise<FuzzResult>,
): Run {
  return {
    name,
    count: Number(count),
    async run(its, many) {
      const { statuses, problems, handled } = await fuzz(its, many)
      const counts = Object.entries(statuses).map(([status, times]) => `${times} x ${status}`)
      return { seen: `${counts.join(', ')}; ${handled} reached the handler`, problems }
    },
  }
}

/** A property of fast-check: its message names the seed and the smallest case. */
function property(
  name: string,
  count: string,
  check: (options: { readonly runs: number; readonly seed: number }) => Promise<void> | void,
): Run {
  return {
    name,
    count: Number(count),
    async run(its, runs) {
      try {
        await check({ runs, seed: its })
        return { seen: 'all hold', problems: [] }
      } catch (error) {
        return { seen: 'broken', problems: [error instanceof Error ? error.message : String(error)] }
      }
    },
  }
}

const runs: readonly Run[] = [
  atTheEdge('malformed activities with a valid token', values.activities, fuzzActivities),
  atTheEdge('mutations of a valid token', values.tokens, fuzzTokens),
  property('histories of an incident against the reference model', values.histories, playHistories),
  property('sequences of calls to the outbox against its model', values.outbox, playOutbox),
  property('replies of any shape drawn as cards', values.replies, drawReplies),
]

process.stdout.write(`seed ${seed}\n`)
let failed = false
for (const { name, count, run } of runs) {
  if (count === 0) continue
  const began = performance.now()
  const { seen, problems } = await run(seed, count)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`${count} ${name}: ${seen} (${seconds} s)\n`)
  for (const problem of problems) process.stdout.write(`  ${problem}\n`)
  failed ||= problems.length > 0
}
process.stdout.write(failed ? 'failed\n' : 'ok\n')
process.exitCode = failed ? 1 : 0
