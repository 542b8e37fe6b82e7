// Slow clients: a socket whose request is not complete is unfinished; of those only so many are kept.
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

const HEADERS_MS = 10_000
const REQUEST_MS = 15_000
const KEEP_ALIVE_MS = 75_000
/** Node looks for slow requests only this often; its own default is 30 s. */
const CHECK_MS = 1000

export function limitSlowClients(server: Server, maxUnfinished: number): void {
  server.headersTimeout = HEADERS_MS
  server.requestTimeout = REQUEST_MS
  server.keepAliveTimeout = KEEP_ALIVE_MS
  // Documented as an option of createServer, which restify calls without options; read when listening starts.
  Object.assign(server, { connectionsCheckingInterval: CHECK_MS })

  const unfinished = new Set<Socket>()
  const begin = (socket: Socket) => {
    unfinished.add(socket)
    if (unfinished.size <= maxUnfinished) return
    // Sets keep the order of insertion: the first one is the oldest.
    for (const oldest of unfinished) {
      unfinished.delete(oldest)
      oldest.destroy()
      break
    }
  }
  server.on('connection', (socket: Socket) => {
    begin(socket)
    socket.once('close', () => unfinished.delete(socket))
  })
  server.prependListener('request', (req: IncomingMessage, res) => {
    const { socket } = req
    if (!unfinished.has(socket)) begin(socket)
    const end = () => unfinished.delete(socket)
    req.once('end', end)
    res.once('finish', end)
    // A request without body is complete although nobody reads it to its end.
    setImmediate(() => {
      if (req.complete) end()
    })
  })
}
