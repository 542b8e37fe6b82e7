// Switches of the tenant over HTTP, for tests and tools in another process. On loopback only, and not for web pages of
// other sites.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Tenant } from './graph-server.ts'
import { isOwnPage, readJson, sendJson } from './http.ts'

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/**
 * GET scenarios, requests; POST apply, clear with `{"id": "…"}`, reset. Answers 404 to anything else and to
 * anybody who is not on this machine.
 */
export async function handleControl(
  tenant: Tenant,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<boolean> {
  const verb = new URL(req.url ?? '/', 'http://127.0.0.1').pathname.split('/').at(-1)
  if (!loopback.has(req.socket.remoteAddress ?? '') || !isOwnPage(req)) {
    sendJson(res, 404, { error: 'not found' })
    return true
  }
  const { scenarios } = tenant
  if (req.method === 'GET' && verb === 'scenarios')
    sendJson(res, 200, { scenarios: scenarios.list(), active: await scenarios.active() })
  else if (req.method === 'GET' && verb === 'requests') sendJson(res, 200, { requests: tenant.requests() })
  else if (req.method === 'POST' && verb === 'reset') {
    await scenarios.reset()
    sendJson(res, 200, { active: await scenarios.active() })
  } else if (req.method === 'POST' && (verb === 'apply' || verb === 'clear')) {
    const body = await readJson(req)
    const id = typeof body?.id === 'string' ? body.id : ''
    const done = await scenarios[verb](id)
    sendJson(
      res,
      done ? 200 : 404,
      done ? { active: await scenarios.active() } : { error: 'no such scenario' },
    )
  } else sendJson(res, 404, { error: 'not found' })
  return true
}
