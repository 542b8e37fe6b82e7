// A loopback Bot Connector with a memory: it knows what each conversation shows, refuses what Teams would refuse, and
// misbehaves by rule, by chance, or by letting the bot die at the very request.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Random } from '../support/random.ts'

type Bag = Readonly<Record<string, unknown>>

export type ChatRequest = {
  readonly method: string
  readonly conversationId: string
  readonly threadId: string | undefined
  /** Of an edit. */
  readonly activityId: string | undefined
  readonly activity: Bag
  /** Name of the bot that sent it. */
  readonly bot: string
  readonly authorization: string | undefined
  readonly host: string
  readonly bytes: number
  /** Milliseconds of this machine. */
  readonly at: number
}

/** What is done instead of the ordinary answer. `reset`, `silence` and `late` come after it was taken. */
export type Trick =
  | {
      readonly status: number
      readonly code?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly instead: 'reset' | 'silence' }
  | { readonly instead: 'late'; readonly ms: number }
  /** Kills the sender: before the request is taken, or after, without an answer. */
  | { readonly kill: 'before' | 'after' }

export type ChatRule = {
  readonly fits: (request: ChatRequest) => boolean
  readonly trick: Trick
  /** How many requests it applies to; unlimited when absent. */
  times?: number
  hits: number
}

export type Message = {
  readonly conversationId: string
  readonly activityId: string
  readonly threadId: string | undefined
  activity: Bag
  edits: number
}

export type Handled = ChatRequest & {
  /** Shown in the conversation, whatever the sender was told. */
  readonly taken: boolean
  readonly status: number
  readonly answeredId: string
}

export type ChatService = {
  readonly url: string
  /** Every request in order, typing left out. */
  readonly log: Handled[]
  readonly messages: Map<string, Message>
  rule(fits: ChatRule['fits'], trick: Trick, times?: number): ChatRule
  /** Ends all rules and chances. */
  behave(): void
  /** Shares of requests that go wrong by chance. */
  chances: { readonly tooMany: number; readonly down: number; readonly reset: number } | undefined
  shown(conversationId: string): Message[]
  close(): Promise<void>
}

async function bodyOf(req: http.IncomingMessage): Promise<Bag> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Bag)
}

const route = /^\/v3\/conversations\/([^/]+)\/activities(?:\/([^/]+))?$/

export async function startChatService(options: {
  readonly random: Random
  readonly kill: (bot: string) => void
}): Promise<ChatService> {
  const { random } = options
  const log: Handled[] = []
  const messages = new Map<string, Message>()
  let rules: ChatRule[] = []
  let count = 0

  const byChance = (): Trick | undefined => {
    const { chances } = service
    if (!chances) return undefined
    const roll = random.below(10_000) / 10_000
    if (roll < chances.tooMany)
      return { status: 429, ...(random.chance(0.5) ? { headers: { 'retry-after': '2' } } : {}) }
    if (roll < chances.tooMany + chances.down) return { status: random.pick([502, 503, 504]) }
    return roll < chances.tooMany + chances.down + chances.reset ? { instead: 'reset' } : undefined
  }

  const trickFor = (request: ChatRequest): Trick | undefined => {
    const rule = rules.find((one) => (one.times === undefined || one.hits < one.times) && one.fits(request))
    if (!rule) return byChance()
    rule.hits += 1
    return rule.trick
  }

  /** The message is in the conversation from here on; undefined: an edit of something that is not there. */
  const take = (request: ChatRequest): string | undefined => {
    const { conversationId, activityId, threadId, activity } = request
    if (request.method === 'POST') {
      const id = `m-${++count}`
      messages.set(id, { conversationId, activityId: id, threadId, activity, edits: 0 })
      return id
    }
    const known = activityId === undefined ? undefined : messages.get(activityId)
    if (known?.conversationId !== conversationId) return undefined
    known.activity = activity
    known.edits += 1
    return known.activityId
  }

  const server = http.createServer(async (req, res) => {
    const path = route.exec((req.url ?? '').split('?')[0] ?? '')
    const activity = await bodyOf(req)
    const [conversationId = '', threadId] = decodeURIComponent(path?.[1] ?? '').split(';messageid=')
    const activityId = path?.[2]?.split(';')[0]
    const answer = (status: number, body: Bag, headers: Readonly<Record<string, string>> = {}) => {
      res.writeHead(status, { 'content-type': 'application/json', ...headers })
      res.end(JSON.stringify(body))
    }
    // A reply names the message it answers; here it is one more message of the conversation.
    const isEdit = req.method === 'PUT'
    const request: ChatRequest = {
      method: req.method ?? '',
      conversationId,
      threadId,
      activityId: isEdit && activityId !== undefined ? decodeURIComponent(activityId) : undefined,
      activity,
      bot: String(req.headers['x-chaos-bot'] ?? ''),
      authorization: req.headers.authorization,
      host: String(req.headers.host).split(':')[0] ?? '',
      bytes: Number(req.headers['content-length'] ?? 0),
      at: performance.now(),
    }
    if (!path || activity.type === 'typing') return answer(200, {})
    const trick = trickFor(request)
    const note = (taken: boolean, status: number, answeredId = '') => {
      log.push({ ...request, taken, status, answeredId })
    }
    if (trick && 'status' in trick) {
      note(false, trick.status)
      const error = trick.code === undefined ? {} : { error: { code: trick.code, message: 'on purpose' } }
      return answer(trick.status, error, trick.headers)
    }
    if (trick && 'kill' in trick && trick.kill === 'before') {
      note(false, 0)
      options.kill(request.bot)
      return void res.destroy()
    }
    const id = take(request)
    if (id === undefined) {
      note(false, 404)
      return answer(404, { error: { code: 'ActivityNotFoundInConversation', message: 'not here' } })
    }
    if (!trick) {
      note(true, 201, id)
      return answer(201, { id })
    }
    note(true, 0, id)
    if ('kill' in trick) options.kill(request.bot)
    else if (trick.instead === 'late') return void setTimeout(() => answer(201, { id }), trick.ms).unref()
    else if (trick.instead === 'silence') return
    res.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const service: ChatService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    log,
    messages,
    chances: undefined,
    rule(fits, trick, times) {
      const rule: ChatRule = { fits, trick, hits: 0, ...(times === undefined ? {} : { times }) }
      rules.push(rule)
      return rule
    },
    behave() {
      rules = []
      service.chances = undefined
    },
    shown: (conversationId) => [...messages.values()].filter((one) => one.conversationId === conversationId),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return service
}
