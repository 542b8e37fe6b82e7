// The HTTP edge on restify: gate, token, body, shape, turn. Whatever is refused is refused here, with fixed words.
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { isLoopbackHost } from '../clouds.ts'
import { catalogue } from '../errors.ts'
import type { IncomingEvent, Place } from '../nouns.ts'
import { createOutbound } from '../outbound.ts'
import type { Clock, Repositories } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import { readActivity } from './activity.ts'
import type { Adapter } from './adapter.ts'
import { admit, type HealthName, healthNames, isOwnPath, namesLoopback, routes } from './admit.ts'
import { rawError, sendError, sendJson } from './answers.ts'
import { readBody, wasteBody } from './body.ts'
import { toIncomingEvent } from './incoming.ts'
import { parseJsonBytes } from './json.ts'
import { createRefusals, type RefusalLimits, refusalLimits } from './refusals.ts'
import { createRestifyServer } from './restify-server.ts'
import { limitSlowClients } from './sockets.ts'
import { steadyClock } from './steady-clock.ts'
import { createAnonymousGate, createTokenGate, type GateOptions } from './token-gate.ts'
import { createTurns, failureBody, type TurnLimits, type TurnOutcome, turnLimits } from './turns.ts'

export type ExtraRoutes = (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<boolean>

export type EdgeOptions = {
  readonly gate: GateOptions | 'anonymous'
  /** As in stored places: "28:<app id>". */
  readonly botId: string
  readonly environment: string
  /** Tenant of everybody in anonymous mode. */
  readonly homeTenant?: string
  readonly adapter: Adapter
  readonly telemetry: Telemetry
  readonly clock: Clock
  readonly seen: Repositories['seen']
  readonly handle: (event: IncomingEvent) => Promise<TurnOutcome>
  /** Called with the place of every accepted activity, without thread: what proactive posts need. */
  readonly onPlace?: (place: Place) => Promise<void>
  /** Each says whether it is well; a throw or two seconds without answer count as no. */
  readonly health: Readonly<Record<HealthName, () => Promise<boolean>>>
  /** Further routes, in anonymous rehearsal only. */
  readonly extraRoutes?: ExtraRoutes
  /** On App Service the last hop of X-Forwarded-For is the source; elsewhere anybody may write that header. */
  readonly source?: 'socket' | 'forwarded'
  readonly limits?: Partial<TurnLimits & RefusalLimits & { readonly unfinished: number }>
}

export type Edge = {
  /** Port 0 takes a free one; resolves with the port in use. */
  listen(host: string, port: number): Promise<number>
  /**
   * For `noticeMs` only says "not ready" and takes no turns; then stops accepting, waits for running turns and closes
   * all sockets. Resolves with the turns left unfinished.
   */
  close(graceMs: number, noticeMs?: number): Promise<number>
  /** Signing keys at hand (always, in anonymous mode): part of being ready. */
  keysReady(): Promise<boolean>
}

const HEALTH_MS = 2000
const MAX_UNFINISHED = 200
const lastHopPort = /:\d{1,5}$/

function sourceOf(req: IncomingMessage, from: EdgeOptions['source']): string {
  const hop =
    from === 'forwarded'
      ? String(req.headers['x-forwarded-for'] ?? '')
          .split(',')
          .at(-1)
      : undefined
  return hop?.trim().replace(lastHopPort, '') || (req.socket.remoteAddress ?? '')
}

async function isWell(check: () => Promise<boolean>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, HEALTH_MS, false).unref())
  try {
    return await Promise.race([check(), late])
  } catch {
    return false
  }
}

function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  if (socket.writable) socket.end(rawError(status), () => socket.destroy())
  else socket.destroy()
}

export function createEdge(options: EdgeOptions): Edge {
  const { telemetry, adapter } = options
  const isAnonymous = options.gate === 'anonymous'
  if (options.extraRoutes && !isAnonymous)
    throw new TypeError('extra routes exist in anonymous rehearsal only')
  const clock = steadyClock(options.clock)
  const outbound = createOutbound()
  const gate =
    options.gate === 'anonymous'
      ? createAnonymousGate(options.homeTenant ?? 'rehearsal')
      : createTokenGate(options.gate, { clock, outbound })
  const limits = { ...turnLimits, ...refusalLimits, unfinished: MAX_UNFINISHED, ...options.limits }
  const refusals = createRefusals(limits)
  const turns = createTurns({ ...options, limits })
  let draining = false

  const refuse = (
    req: IncomingMessage,
    res: ServerResponse,
    status: number,
    more: { readonly allow?: string | undefined; readonly reason?: string } = {},
  ) => {
    const { allow, reason } = more
    const from = sourceOf(req, options.source)
    // Without a gate there is nobody to keep out: only the own machine can connect.
    const over = gate.on && refusals.isOver(from)
    // Who floods us must not flood the log: what is over the limit is only counted.
    if (!over)
      telemetry.log.warn(
        { status, source: telemetry.pseudonym(from), ...(reason ? { reason } : {}) },
        'refused',
      )
    sendError(res, over ? 429 : status, allow === undefined || over ? {} : { allow })
    wasteBody(req)
  }

  const take = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const token = await gate.authenticate(req.headersDistinct.authorization ?? [])
    const reject = (refusal: { readonly status: number; readonly reason: string }) => {
      telemetry.metrics.count('bot_auth_rejected_total', { reason: refusal.reason })
      refuse(req, res, refusal.status, { reason: refusal.reason })
    }
    if (!token.ok) return reject(token)
    if (draining || turns.isFull()) {
      sendError(res, 503, draining ? { connection: 'close' } : {})
      return wasteBody(req)
    }
    const body = await readBody(req)
    if (!body.ok) return body.because === 'tooLarge' ? refuse(req, res, 413) : undefined
    const parsed = parseJsonBytes(body.bytes)
    const activity = parsed.ok ? readActivity(parsed.value) : undefined
    if (!activity) return refuse(req, res, 400)
    const tenantHeader = req.headersDistinct['x-ms-tenant-id']?.join()
    const agreed = gate.agree(token.claims, { activity, tenantHeader })
    if (!agreed.ok) return reject(agreed)
    // The list of turns may have filled while the body was read.
    if (turns.isFull()) return sendError(res, 503)
    const { identity } = agreed
    const incoming = toIncomingEvent(activity, identity, { ...options, now: await options.clock.now() })
    if (!incoming.ok) {
      telemetry.metrics.count('bot_turns_total', { type: 'cardAction', outcome: 'invalid' })
      const words = failureBody(incoming.answer, catalogue.SM_CARD_INVALID.user)
      return sendJson(res, 200, words ?? undefined)
    }
    const { event } = incoming
    const answer = await turns.take({
      event,
      answer: incoming.answer,
      run: async () => {
        if (event.kind !== 'uninstalled') await remember(event.place)
        return adapter.receive(identity, activity, () => options.handle(event))
      },
    })
    if (answer.status === 503) sendError(res, 503)
    else sendJson(res, answer.status, answer.body)
  }

  const remember = async ({ threadId: _thread, ...place }: Place) => {
    // Not knowing the place costs later posts, not this answer.
    await options.onPlace?.(place).catch((err: unknown) => telemetry.log.warn({ err }, 'place not stored'))
  }

  const guarded = (work: (req: IncomingMessage, res: ServerResponse) => Promise<void>) => {
    return (req: IncomingMessage, res: ServerResponse, next: (done?: false) => void) => {
      work(req, res)
        .catch((err: unknown) => {
          telemetry.log.error({ err }, 'request failed')
          sendError(res, 503)
        })
        .finally(() => next(false))
    }
  }

  const admitOrAnswer = async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    if (isAnonymous && !namesLoopback(req)) {
      refuse(req, res, 403)
      return false
    }
    if (options.extraRoutes && !isOwnPath(req) && req.url?.startsWith('/')) {
      const address = `http://127.0.0.1${req.url}`
      if (URL.canParse(address) && (await options.extraRoutes(req, res, new URL(address)))) return false
    }
    const admission = admit(req)
    if (!admission.ok) refuse(req, res, admission.status, { allow: admission.allow })
    return admission.ok
  }

  const server = createRestifyServer(telemetry)
  const http = server.server as HttpServer
  limitSlowClients(http, limits.unfinished)
  // restify listens for upgrades and would leave such a socket open for good.
  http.on('upgrade', (_req, socket) => socket.destroy())
  http.on('clientError', answerBroken)
  server.pre((req, res, next) => {
    admitOrAnswer(req, res)
      .then((ok) => next(ok ? undefined : false))
      .catch((err: unknown) => {
        telemetry.log.error({ err }, 'route failed')
        sendError(res, 503)
        next(false)
      })
  })
  server.post(routes.messages, guarded(take))
  for (const name of healthNames) {
    server.get(
      routes[name],
      guarded(async (_req, res) => {
        const well = !(draining && name === 'ready') && (await isWell(options.health[name]))
        sendJson(res, well ? 200 : 503, { status: well ? 'ok' : 'unavailable' })
      }),
    )
  }

  return {
    listen(host, port) {
      if (isAnonymous && !isLoopbackHost(host))
        return Promise.reject(new TypeError('without a token gate the server listens on loopback only'))
      return new Promise((resolve, reject) => {
        http.once('error', reject)
        http.listen(port, host, () => {
          http.off('error', reject)
          resolve((http.address() as AddressInfo).port)
        })
      })
    },
    async close(graceMs, noticeMs = 0) {
      draining = true
      if (noticeMs > 0) await new Promise((resolve) => setTimeout(resolve, noticeMs))
      const closed = new Promise<void>((resolve) => {
        if (http.listening) http.close(() => resolve())
        else resolve()
      })
      http.closeIdleConnections()
      const left = await turns.idle(graceMs)
      // One round of the loop lets the last answers leave before their sockets go.
      await new Promise((resolve) => setTimeout(resolve, 50))
      http.closeAllConnections()
      await closed
      outbound.close()
      return left
    },
    keysReady: () => gate.ready(),
  }
}
