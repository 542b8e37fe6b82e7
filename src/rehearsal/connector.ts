// The loopback Bot Connector: takes what the bot sends (post, edit, delete, typing, members) in the Connector's REST
// shapes and puts it into the chat log, from which the page draws.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Instant, Json } from '../nouns.ts'
import type { ChatLog } from './chat-log.ts'
import { readJson, sendJson } from './http.ts'

const threadMark = ';messageid='
const route =
  /^\/connector\/v3\/conversations\/([^/]+)\/(activities|members|pagedmembers)(?:\/([^/]+))?(?:\/(members))?$/

export type Connector = {
  handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<boolean>
  onTyping(hear: (conversationId: string) => void): () => void
}

function refuse(res: ServerResponse, status: number, code: string): void {
  sendJson(res, status, { error: { code, message: code } })
}

type Called = {
  readonly conversationId: string
  readonly threadId: string | undefined
  readonly what: string
  readonly activityId: string | undefined
}

/** In channels the thread is named in the conversation id: "<channel>;messageid=<thread>". */
function calledBy(path: string): Called | undefined {
  const match = route.exec(path)
  if (!match) return undefined
  try {
    const [conversationId = '', threadId] = decodeURIComponent(match[1] ?? '').split(threadMark)
    const activityId = match[3] === undefined ? undefined : decodeURIComponent(match[3])
    // Members of a message's conversation are members of the conversation.
    return { conversationId, threadId, what: match[4] ?? match[2] ?? '', activityId }
  } catch {
    return undefined // a path that is not UTF-8
  }
}

export function createConnector(log: ChatLog, now: () => Promise<Instant>): Connector {
  const typing = new Set<(conversationId: string) => void>()

  const receive = async (called: Called, body: Record<string, unknown>): Promise<string> => {
    const { conversationId, threadId } = called
    if (body.type === 'typing') {
      for (const hear of typing) hear(conversationId)
      return 'typing'
    }
    const activityId = `bot-${randomUUID()}`
    const activity = { ...(body as Record<string, Json>), id: activityId }
    const thread = threadId === undefined ? {} : { threadId }
    log.append({ conversationId, activityId, change: 'posted', at: await now(), activity, ...thread })
    return activityId
  }

  const change = async (called: Called, activityId: string, body: Record<string, unknown> | undefined) => {
    const activity = { ...(body as Record<string, Json> | undefined), id: activityId }
    const { conversationId } = called
    log.append({
      conversationId,
      activityId,
      change: body ? 'edited' : 'deleted',
      at: await now(),
      activity,
    })
  }

  const take = async (req: IncomingMessage, res: ServerResponse, called: Called): Promise<void> => {
    const { conversationId, activityId } = called
    const isDelete = req.method === 'DELETE'
    const body = isDelete ? undefined : await readJson(req)
    if (!isDelete && !body) refuse(res, 400, 'BadSyntax')
    // A POST to an activity is a reply to it; here it is one more message of the conversation.
    else if (req.method === 'POST') sendJson(res, 201, { id: await receive(called, body ?? {}) })
    else if (activityId === undefined || !(isDelete || req.method === 'PUT'))
      refuse(res, 405, 'MethodNotAllowed')
    else if (!log.has(conversationId, activityId)) refuse(res, 404, 'ActivityNotFoundInConversation')
    else {
      await change(called, activityId, body)
      sendJson(res, 200, isDelete ? {} : { id: activityId })
    }
  }

  return {
    onTyping(hear) {
      typing.add(hear)
      return () => typing.delete(hear)
    },
    async handle(req, res, url) {
      const called = calledBy(url.pathname)
      if (!called) return false
      if (called.what === 'activities') await take(req, res, called)
      else if (req.method !== 'GET') refuse(res, 405, 'MethodNotAllowed')
      else sendJson(res, 200, called.what === 'members' ? [] : { members: [] })
      return true
    },
  }
}
