// The loopback Bot Connector: takes what the bot sends (post, edit, delete, typing, members) in the Connector's REST
// shapes and puts it into the chat log, from which the page draws.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Json } from '../nouns.ts'
import type { ChatLog } from './chat-log.ts'
import { readJson, sendJson } from './http.ts'

const threadMark = ';messageid='
const route = /^\/connector\/v3\/conversations\/([^/]+)\/(activities|members|pagedmembers)(?:\/([^/]+))?$/

export type Connector = {
  handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<boolean>
  onTyping(hear: (conversationId: string) => void): () => void
}

function refuse(res: ServerResponse, status: number, code: string): void {
  sendJson(res, status, { error: { code, message: code } })
}

export function createConnector(log: ChatLog): Connector {
  const typing = new Set<(conversationId: string) => void>()

  const receive = (conversationId: string, threadId: string | undefined, body: Record<string, unknown>) => {
    if (body.type === 'typing') {
      for (const hear of typing) hear(conversationId)
      return 'typing'
    }
    const activityId = `bot-${randomUUID()}`
    const activity = { ...(body as Record<string, Json>), id: activityId }
    log.append({ conversationId, activityId, change: 'posted', activity, ...(threadId ? { threadId } : {}) })
    return activityId
  }

  return {
    onTyping(hear) {
      typing.add(hear)
      return () => typing.delete(hear)
    },
    async handle(req, res, url) {
      const match = route.exec(url.pathname)
      if (!match) return false
      // In channels the thread is named in the conversation id: "<channel>;messageid=<thread>".
      const [conversationId = '', threadId] = decodeURIComponent(match[1] ?? '').split(threadMark)
      const activityId = match[3] === undefined ? undefined : decodeURIComponent(match[3])
      if (match[2] !== 'activities') {
        sendJson(res, 200, match[2] === 'members' ? [] : { members: [] })
        return true
      }
      const body = req.method === 'DELETE' ? {} : await readJson(req)
      if (!body) refuse(res, 400, 'BadSyntax')
      else if (req.method === 'POST') sendJson(res, 201, { id: receive(conversationId, threadId, body) })
      else if (activityId === undefined) refuse(res, 405, 'MethodNotAllowed')
      else if (!log.has(conversationId, activityId)) refuse(res, 404, 'ActivityNotFoundInConversation')
      else {
        const change = req.method === 'DELETE' ? 'deleted' : 'edited'
        const activity = { ...(body as Record<string, Json>), id: activityId }
        log.append({ conversationId, activityId, change, activity })
        sendJson(res, 200, { id: activityId })
      }
      return true
    },
  }
}
