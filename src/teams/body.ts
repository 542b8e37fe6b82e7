// The body of a request, bounded by what is counted, not by what is declared.
import type { IncomingMessage } from 'node:http'

export const MAX_BODY = 256 * 1024
/** What is still read and thrown away after an answer, so that an honest client gets to see it. */
const MAX_WASTE = 1024 * 1024

export type Body =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly because: 'tooLarge' | 'aborted' }

export function readBody(req: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_BODY) chunks.push(chunk)
      else stop({ ok: false, because: 'tooLarge' })
    }
    const onEnd = () => stop({ ok: true, bytes: Buffer.concat(chunks) })
    const onClose = () => stop({ ok: false, because: 'aborted' })
    const stop = (body: Body) => {
      req.off('data', onData).off('end', onEnd).off('close', onClose)
      resolve(body)
    }
    // The error itself says nothing that `close` does not.
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}

/** Lets the rest of a refused body pass, up to a limit; then the socket is closed. */
export function wasteBody(req: IncomingMessage): void {
  if (req.readableEnded || req.destroyed) return
  let size = 0
  req.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > MAX_WASTE) req.socket.destroy()
  })
  req.on('error', () => req.socket.destroy())
  req.resume()
}
