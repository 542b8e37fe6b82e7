// The one way to open a connection, but for Graph's own client: https or loopback, no redirects, bounded time and size,
// and it knows whether a request that failed may have been processed.
import http from 'node:http'
import https from 'node:https'
import { isLoopbackUrl } from './clouds.ts'

export type OutboundRequest = {
  readonly url: string
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
  readonly maxBytes?: number
}

export type OutboundResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** `sent`: the connection stood, so the other side may have processed the request. */
export class OutboundError extends Error {
  readonly code: string
  readonly sent: boolean

  constructor(code: string, sent: boolean) {
    super(`outbound request failed: ${code}`)
    this.name = 'OutboundError'
    this.code = code
    this.sent = sent
  }
}

export type Outbound = {
  send(request: OutboundRequest): Promise<OutboundResponse>
  close(): void
}

const MAX_BYTES = 1024 * 1024

function flatHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  return flat
}

function codeOf(error: unknown): string {
  if (error instanceof OutboundError) return error.code
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed'
  return /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'failed'
}

export function createOutbound(): Outbound {
  const agents = {
    http: new http.Agent({ keepAlive: true, maxSockets: 64 }),
    https: new https.Agent({ keepAlive: true, maxSockets: 64, minVersion: 'TLSv1.2' }),
  }

  const send = (request: OutboundRequest) =>
    new Promise<OutboundResponse>((resolve, reject) => {
      const secure = request.url.startsWith('https:')
      if (!secure && !isLoopbackUrl(request.url)) return reject(new OutboundError('INSECURE', false))
      let connected = false
      const req = (secure ? https : http).request(request.url, {
        agent: secure ? agents.https : agents.http,
        method: request.method,
        headers: {
          ...request.headers,
          ...(request.body === undefined
            ? {}
            : { 'content-length': String(Buffer.byteLength(request.body)) }),
        },
      })
      const timer = setTimeout(() => fail(new OutboundError('TIMEOUT', connected)), request.timeoutMs)
      const fail = (error: unknown) => {
        clearTimeout(timer)
        reject(new OutboundError(codeOf(error), connected))
        req.destroy()
      }
      req.on('socket', (socket) => {
        // A kept-alive socket stands already and would gather listeners.
        if (socket.connecting)
          socket.once(secure ? 'secureConnect' : 'connect', () => {
            connected = true
          })
        else connected = true
      })
      req.on('error', fail)
      req.on('response', (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > (request.maxBytes ?? MAX_BYTES)) fail(new OutboundError('TOO_LARGE', true))
          else chunks.push(chunk)
        })
        response.on('error', fail)
        response.on('end', () => {
          clearTimeout(timer)
          resolve({
            status: response.statusCode ?? 0,
            headers: flatHeaders(response.headers),
            body: Buffer.concat(chunks).toString('utf8'),
          })
        })
      })
      req.end(request.body)
    })

  return {
    send,
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}
