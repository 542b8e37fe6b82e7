// Everything the edge itself can say. A closed set: no answer carries a text of ours that is not in this table.
import type { ServerResponse } from 'node:http'
import type { Json } from '../nouns.ts'

export const errorBodies = {
  badRequest: '{"error":"bad request"}',
  refused: '{"error":"not authorized"}',
  notFound: '{"error":"not found"}',
  unsupported: '{"error":"unsupported content"}',
  tooLarge: '{"error":"too large"}',
  busy: '{"error":"busy, repeat later"}',
} as const

export type ErrorName = keyof typeof errorBodies

const bodyByStatus: Readonly<Record<number, ErrorName>> = {
  400: 'badRequest',
  401: 'refused',
  403: 'refused',
  404: 'notFound',
  405: 'notFound',
  413: 'tooLarge',
  415: 'unsupported',
  429: 'busy',
  503: 'busy',
}

function write(
  res: ServerResponse,
  status: number,
  body: string | undefined,
  more: Record<string, string>,
): void {
  if (res.headersSent || res.destroyed) return
  res.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'content-length': String(Buffer.byteLength(body ?? '')),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...more,
  })
  res.end(body)
}

export function sendJson(res: ServerResponse, status: number, body: Json | undefined): void {
  write(res, status, body === undefined ? undefined : JSON.stringify(body), {})
}

/** Error answers wait a second before they are worth repeating. */
export function sendError(res: ServerResponse, status: number, more: Record<string, string> = {}): void {
  const name = bodyByStatus[status] ?? 'busy'
  const later: Record<string, string> = name === 'busy' ? { 'retry-after': '1' } : {}
  write(res, status, errorBodies[name], { ...later, ...more })
}

/** For a request so broken that there is no response object yet. */
export function rawError(status: 400 | 408 | 431): string {
  const body = errorBodies.badRequest
  return `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
