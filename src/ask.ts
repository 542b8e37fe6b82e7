// Questions from the terminal: the same house as the bot's, without a server, with a store that forgets.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { render } from './cards/index.ts'
import type { Config } from './config.ts'
import { errorReply, type Turn, understand } from './conversation/index.ts'
import { asMedicError, catalogue, type ErrorCode } from './errors.ts'
import { buildHouse, type House } from './house.ts'
import type { Person, Place, Reply, Role, Scope } from './nouns.ts'
import type { ConversationPort } from './ports.ts'
import { people, rehearsalBotId } from './rehearsal/index.ts'
import { openSqlite } from './store/index.ts'
import { createTelemetry } from './telemetry.ts'

export const askers = ['helpdesk', 'operator', 'approver', 'admin'] as const
export const askPlaces = ['personal', 'channel'] as const

export type AskOptions = {
  readonly as: (typeof askers)[number]
  readonly place: (typeof askPlaces)[number]
}

export type AnswerKind =
  | 'answer'
  | 'finding'
  | 'question'
  | 'proposal'
  | 'abstain'
  | 'boundary'
  | 'decline'
  | 'error'

/** What one line of `--jsonl` is answered with. `id` is null when the line had none. */
export type Answered = {
  readonly id: string | number | null
  readonly kind: AnswerKind
  readonly answer: string
  readonly articles: readonly string[]
}

export type Asking = {
  /** One question in a conversation of its own. */
  ask(text: string): Promise<Omit<Answered, 'id'>>
  close(): Promise<void>
}

const aboutIncidents: readonly string[] = [
  'incidents',
  'incident',
  'incidentSummary',
  'acknowledge',
  'unacknowledge',
  'snooze',
  'resolve',
  'note',
  'triage',
  'handover',
]

/** As in a chat: what is longer is cut. */
const MAX_TEXT = 32_000
const roleOf: Readonly<Record<AskOptions['as'], Role>> = {
  helpdesk: 'viewer',
  operator: 'operator',
  approver: 'approver',
  admin: 'admin',
}

function kindOf(replies: readonly Reply[]): AnswerKind {
  const telling = replies.find((reply) => reply.kind !== 'notice') ?? replies[0]
  if (!telling) return 'decline'
  return telling.kind === 'notice' || telling.kind === 'incident' ? 'answer' : telling.kind
}

function articlesOf(replies: readonly Reply[]): string[] {
  const named = replies.flatMap((reply) => {
    if (reply.kind === 'answer' || reply.kind === 'boundary')
      return reply.citations.map(({ articleId }) => articleId)
    if (reply.kind === 'finding')
      return [
        ...reply.findings.map(({ article }) => article),
        ...reply.citations.map(({ articleId }) => articleId),
      ]
    return reply.kind === 'incident' && reply.finding ? [reply.finding.article] : []
  })
  return [...new Set(named)]
}

/** Nobody listens: what would be posted elsewhere is taken as delivered. */
const silentPort: ConversationPort = {
  reply: async () => ({ ok: true, receipt: { activityId: 'console' } }),
  edit: async () => ({ ok: true, receipt: { activityId: 'console' } }),
  post: async () => ({ ok: true, receipt: { activityId: 'console' } }),
  typing: async () => undefined,
}

function turnOf(house: House, options: AskOptions, given: { text: string; now: number; nth: number }): Turn {
  const { text, now, nth } = given
  const conversationId = `console-${nth}`
  const who = people[options.as]
  const scope: Scope = options.place
  const person: Person = {
    tenantId: house.tenantId,
    objectId: who.objectId,
    role: roleOf[options.as],
    name: who.name,
  }
  const place: Place = {
    conversationId,
    serviceUrl: 'http://127.0.0.1/console',
    tenantId: house.tenantId,
    botId: rehearsalBotId,
    environment: 'console',
    scope,
    ...(scope === 'personal' ? { userAadId: who.objectId } : { channelId: conversationId }),
    updatedAt: now,
  }
  const words = text.slice(0, MAX_TEXT)
  const event = {
    kind: 'message' as const,
    id: conversationId,
    activityId: conversationId,
    text: words,
    cut: words.length < text.length,
    place,
    person,
    at: now,
  }
  return { event, person, place, now, session: {} }
}

export async function openAsking(config: Config, options: AskOptions): Promise<Asking> {
  const key = randomBytes(32).toString('base64url')
  const store = await openSqlite({ memory: true, auditKey: key, allowClockMoves: true })
  const telemetry = createTelemetry({
    level: config.logLevel === 'info' ? 'error' : config.logLevel,
    pseudonymKey: key,
    // The answer alone goes to standard output.
    destination: { write: (line) => void process.stderr.write(line) },
  })
  const house = await buildHouse({ config, store, telemetry, port: silentPort, soon: () => undefined })
  let nth = 0
  let looked = false
  /** Incidents exist only after a look at the jobs; a question about them is not answered from blindness. */
  const lookFirst = async (text: string, now: number) => {
    const [intent] = understand(text).intents
    if (looked || !intent || !aboutIncidents.includes(intent.name)) return
    looked = true
    await house.alerts.tick(now)
  }
  return {
    async ask(text) {
      nth += 1
      const now = await store.now()
      const turn = turnOf(house, options, { text, now, nth })
      let replies: readonly Reply[]
      try {
        await lookFirst(text.slice(0, MAX_TEXT), now)
        const response = await house.respond(turn)
        replies = response.replace ? [response.replace, ...response.replies] : response.replies
      } catch (thrown) {
        telemetry.log.error({ err: asMedicError(thrown).cause ?? thrown }, 'turn failed')
        replies = [errorReply(thrown)]
      }
      const written = replies.map((reply) => render(reply, { scope: turn.place.scope, now }).text)
      return { kind: kindOf(replies), answer: written.join('\n\n'), articles: articlesOf(replies) }
    },
    async close() {
      await house.close()
      await store.close()
    },
  }
}

const question = z.object({ id: z.union([z.string(), z.number()]), text: z.string().min(1) })

function failed(id: Answered['id'], problem: string): Answered {
  return { id, kind: 'error', answer: problem, articles: [] }
}

/** One line of input as one answer. A line that cannot be read is answered with what is wrong with it. */
export async function askLine(asking: Asking, line: string): Promise<Answered> {
  let raw: unknown
  try {
    raw = JSON.parse(line)
  } catch {
    return failed(null, 'This line is not JSON.')
  }
  const parsed = question.safeParse(raw)
  if (parsed.success) return { id: parsed.data.id, ...(await asking.ask(parsed.data.text)) }
  const withId = question.pick({ id: true }).safeParse(raw)
  return failed(withId.success ? withId.data.id : null, 'This line is not {"id": …, "text": "…"}.')
}

/** What a start that failed says, and its exit code. */
export function startProblem(thrown: unknown): { readonly code: ErrorCode; readonly text: string } {
  const { code, fields } = asMedicError(thrown)
  const named = Object.entries(fields).map(([name, value]) => ` ${name}: ${value}.`)
  return { code, text: `${code}: ${catalogue[code].operator}${named.join('')}\n${catalogue[code].next}\n` }
}
