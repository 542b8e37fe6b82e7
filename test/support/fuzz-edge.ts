// The two fuzz runs against the edge; the suite runs them short, `npm run fuzz` in full.
import http from 'node:http'
import { errorBodies } from '../../src/teams/answers.ts'
import { mutateActivity, mutateToken } from './activity-mutations.ts'
import { seededRandom } from './random.ts'
import { type Answer, ask, message, startEdge, type TestEdge } from './teams.ts'

export type FuzzResult = {
  readonly statuses: Readonly<Record<string, number>>
  /** Empty when all went well; each says what was sent. */
  readonly problems: readonly string[]
  readonly handled: number
}

const CONCURRENCY = 16
const PATIENCE_MS = 20_000
// 431: the header itself is over the limit of the parser.
const allowed = new Set([200, 400, 401, 403, 413, 415, 429, 431])
const bodies: ReadonlySet<string> = new Set(Object.values(errorBodies))

type Shot = { readonly send: () => Promise<Answer>; readonly label: string }

async function fire(
  edge: TestEdge,
  count: number,
  next: (i: number) => Shot,
  judge: (answer: Answer) => string,
) {
  const statuses: Record<string, number> = {}
  const problems: string[] = []
  const onRejection = (reason: unknown) => problems.push(`unhandled rejection: ${String(reason)}`)
  process.on('unhandledRejection', onRejection)
  let i = 0
  const worker = async () => {
    while (i < count && problems.length < 20) {
      const { send, label } = next(i++)
      const late = new Promise<'late'>((resolve) => setTimeout(resolve, PATIENCE_MS, 'late').unref())
      const answer = await Promise.race([send().catch((error: unknown) => String(error)), late])
      if (typeof answer === 'string') problems.push(`${answer}: ${label}`)
      else {
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
        const problem = judge(answer)
        if (problem !== '') problems.push(`${problem}: ${label}`)
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  process.off('unhandledRejection', onRejection)
  return { statuses, problems, handled: edge.events.length }
}

function judgeBody({ status, text }: Answer): string {
  if (!allowed.has(status)) return `answer ${status}`
  if (status !== 200 && !bodies.has(text)) return `words outside the fixed set: ${text}`
  return ''
}

/** C1, A7: malformed activities with a valid token. */
export async function fuzzActivities(seed: number, count: number): Promise<FuzzResult> {
  const random = seededRandom(seed)
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONCURRENCY })
  const edge = await startEdge({
    // Looks at all of an event, as a handler does.
    handle: async (event) => ({ invokeAnswer: { title: '', text: JSON.stringify(event).slice(0, 20) } }),
  })
  const token = edge.authority.token()
  const result = await fire(
    edge,
    count,
    (i) => {
      const activity = mutateActivity({ ...message(), id: `fuzz-${seed}-${i}` }, random)
      const body = JSON.stringify(activity)
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
      return { label: body.slice(0, 2000), send: () => ask(edge.port, { headers, body, agent }) }
    },
    judgeBody,
  )
  agent.destroy()
  await edge.close()
  return result
}

/** B10: mutations of a valid token; none may be accepted. */
export async function fuzzTokens(seed: number, count: number): Promise<FuzzResult> {
  const random = seededRandom(seed)
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONCURRENCY })
  const edge = await startEdge()
  const good = edge.authority.token()
  const result = await fire(
    edge,
    count,
    (i) => {
      const token = mutateToken(good, random)
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
      const body = JSON.stringify({ ...message(), id: `token-${seed}-${i}` })
      return { label: token.slice(0, 2000), send: () => ask(edge.port, { headers, body, agent }) }
    },
    (answer) => (answer.status === 200 ? 'accepted' : judgeBody(answer)),
  )
  agent.destroy()
  await edge.close()
  return result
}
