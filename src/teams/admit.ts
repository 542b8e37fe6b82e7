// The gate before everything: route, method, encodings, type, declared size. Nothing of the body is read here.
import type { IncomingMessage } from 'node:http'
import { isLoopbackHost } from '../clouds.ts'
import { MAX_BODY } from './body.ts'

export const routes = {
  messages: '/api/messages',
  live: '/healthz/live',
  ready: '/healthz/ready',
  startup: '/healthz/startup',
} as const
export const healthNames = ['live', 'ready', 'startup'] as const
export type HealthName = (typeof healthNames)[number]

const methods: Readonly<Record<string, string>> = {
  [routes.messages]: 'POST',
  [routes.live]: 'GET',
  [routes.ready]: 'GET',
  [routes.startup]: 'GET',
}

export type Admission =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 403 | 404 | 405 | 413 | 415; readonly allow?: string }

const json = /^application\/json(?:\s{0,8};\s{0,8}charset="?utf-8"?)?\s{0,8}$/i
const admitted: Admission = { ok: true }

export function pathOf(req: IncomingMessage): string {
  return (req.url ?? '').split('?', 1)[0] ?? ''
}

/** Is the path one of ours? Others may belong to the rehearsal's own routes. */
export function isOwnPath(req: IncomingMessage): boolean {
  return Object.hasOwn(methods, pathOf(req))
}

/** Pages of other sites can reach a loopback port by a name of their own. */
export function namesLoopback(req: IncomingMessage): boolean {
  return isLoopbackHost((req.headers.host ?? '').replace(/:\d{1,5}$/, ''))
}

export function admit(req: IncomingMessage): Admission {
  const path = pathOf(req)
  if (!isOwnPath(req)) return { ok: false, status: 404 }
  const allow = methods[path] ?? ''
  if (req.method !== allow) return { ok: false, status: 405, allow }
  if (path !== routes.messages) return admitted
  const { headers } = req
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return { ok: false, status: 415 }
  const transfer = headers['transfer-encoding']
  if (transfer !== undefined && transfer.toLowerCase() !== 'chunked') return { ok: false, status: 415 }
  if (!json.test(headers['content-type'] ?? '')) return { ok: false, status: 415 }
  if (Number(headers['content-length'] ?? 0) > MAX_BODY) return { ok: false, status: 413 }
  return admitted
}
