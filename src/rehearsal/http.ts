// Small helpers for the rehearsal's own routes; they exist on loopback and without the token gate only.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isLoopbackHost } from '../clouds.ts'

const MAX_BODY = 512 * 1024
/** What is too long is read on for a while, so that the sender hears of it; then the connection ends. */
const MAX_READ = 16 * MAX_BODY

/** The body as a JSON object ({} when empty), or undefined when it is too large or something else. */
export async function readJson(req: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req) {
    size += (chunk as Buffer).length
    if (size > MAX_READ) return undefined
    if (size > MAX_BODY) chunks.length = 0
    else chunks.push(chunk as Buffer)
  }
  if (size > MAX_BODY) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  res.end(text)
}

/**
 * Pages of other sites can reach a loopback port through the browser. A request counts as ours when it names a
 * loopback host and, if it has an Origin, the same host.
 */
export function isOwnPage(req: IncomingMessage): boolean {
  const host = req.headers.host ?? ''
  const name = host.replace(/:\d+$/, '')
  if (!isLoopbackHost(name)) return false
  const origin = req.headers.origin
  return origin === undefined || origin === `http://${host}`
}
