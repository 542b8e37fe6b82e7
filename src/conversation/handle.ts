// One turn: who is it → what do they want → may they → do it → keep the session → say it.
// This file is the pipeline; what each command does is in commands/.
import { asMedicError, catalogue } from '../errors.ts'
import type { IncomingEvent, Instant, Person, Place, Reply } from '../nouns.ts'
import type { ConversationPort, Delivery, RenderedMessage, Store } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import { loadSession, saveSession } from './session.ts'
import { notice, type Response, type Turn } from './turn.ts'
import { withTyping } from './typing.ts'

export type HandleOptions = {
  readonly store: Store
  readonly port: ConversationPort
  readonly render: (reply: Reply, place: Place, now: Instant) => RenderedMessage
  readonly telemetry: Telemetry
  /** Adds the role. */
  readonly identify: (event: IncomingEvent) => Promise<Person>
  readonly respond: (turn: Turn) => Promise<Response>
  /** Work longer than this says so first and edits that message later. */
  readonly workingAfterMs?: number
}

/** What an invoke (a pressed Action.Execute) is answered with: the card as it is now, or one sentence. */
export type TurnOutcome = {
  readonly invokeAnswer?: RenderedMessage | { readonly title: string; readonly text: string }
}

export function errorReply(thrown: unknown): Extract<Reply, { kind: 'error' }> {
  const { code } = asMedicError(thrown)
  const { user, next } = catalogue[code]
  return { kind: 'error', code, title: user, next, offers: [] }
}

async function respondSafely(turn: Turn, options: HandleOptions): Promise<Response> {
  try {
    return referenced(await options.respond(turn), options.telemetry)
  } catch (thrown) {
    const error = asMedicError(thrown)
    options.telemetry.log.error(
      { err: error.cause ?? error, code: error.code, fields: error.fields },
      'turn failed',
    )
    return referenced({ replies: [errorReply(error)] }, options.telemetry)
  }
}

/** Whoever reports a failure can name it, and whoever looks for it finds its log lines. */
function referenced(response: Response, telemetry: Telemetry): Response {
  const reference = telemetry.traceId()?.slice(0, 8)
  if (reference === undefined) return response
  const replies = response.replies.map((reply) => (reply.kind === 'error' ? { ...reply, reference } : reply))
  return { ...response, replies }
}

export function createHandle(options: HandleOptions) {
  const { store, port, telemetry } = options
  const workingAfterMs = options.workingAfterMs ?? 3000

  /** Sends what the person waits for; a lost answer is logged, and the person can simply ask again. */
  const noteLoss = (delivery: Delivery) => {
    if (!delivery.ok) telemetry.log.warn({ code: delivery.failure.code }, 'an answer could not be delivered')
  }

  /** A refused press concerns only who pressed: in a shared place nobody else is told. */
  const toSend = ({ event, place }: Turn, { replies }: Response): readonly Reply[] => {
    const quiet = event.kind === 'cardAction' && event.invoke && place.scope !== 'personal'
    return quiet ? replies.filter((reply) => reply.kind !== 'error') : replies
  }

  const sendAll = async (turn: Turn, messages: readonly RenderedMessage[], working: string | undefined) => {
    const [first, ...rest] = messages
    if (first) {
      const edited = working === undefined ? undefined : await port.edit(turn.place, working, first)
      if (!edited?.ok) noteLoss(await port.reply(turn.place, turn.event.activityId, first))
    }
    for (const message of rest) noteLoss(await port.reply(turn.place, turn.event.activityId, message))
  }

  /** The pressed card as it is now; `replace` changes it for everybody. */
  const pressedCard = async (turn: Turn, response: Response): Promise<RenderedMessage | undefined> => {
    const { event, place, now } = turn
    const reply = response.replace ?? response.answer
    if (!reply || event.kind !== 'cardAction') return undefined
    const message = options.render(reply, place, now)
    if (response.replace && event.cardActivityId !== undefined)
      noteLoss(await port.edit(place, event.cardActivityId, message))
    return message
  }

  /** Work that ends without a message must not leave the sign of it standing. */
  const closing = ({ place, now }: Turn, response: Response, card: RenderedMessage | undefined) => {
    const [refused] = response.replies
    const summary = refused ? options.render(refused, place, now).summary : card?.summary
    return options.render(notice(summary ?? 'Done.'), place, now)
  }

  /** After a while says "working on it"; resolves to that message's id, or undefined when it was not needed. */
  const announceSlowWork = (turn: Turn) => {
    let stop: () => void = () => undefined
    const announced = new Promise<string | undefined>((resolve) => {
      let said = false
      const timer = setTimeout(async () => {
        said = true
        const message = options.render(notice('Looking… this takes a moment.'), turn.place, turn.now)
        const delivery = await port.reply(turn.place, turn.event.activityId, message)
        resolve(delivery.ok ? delivery.receipt.activityId : undefined)
      }, workingAfterMs)
      stop = () => {
        clearTimeout(timer)
        // Once it is being said, its id is waited for: else the sign would stay beside the answer.
        if (!said) resolve(undefined)
      }
    })
    return { announced, stop }
  }

  return async function handle(event: IncomingEvent): Promise<TurnOutcome> {
    const now = await store.now()
    const person = await options.identify(event)
    const turn: Turn = { event, person, place: event.place, now, session: await loadSession(store, event) }
    const speaks = event.kind === 'message' || event.kind === 'cardAction'
    const slow = speaks
      ? announceSlowWork(turn)
      : { announced: Promise.resolve(undefined), stop: () => undefined }
    const work = () => respondSafely(turn, options)
    const response = await (speaks ? withTyping(port, event.place, work) : work()).finally(slow.stop)
    if (response.session) await saveSession(store, event, { session: response.session, now })
    const card = await pressedCard(turn, response)
    const messages = toSend(turn, response).map((reply) => options.render(reply, turn.place, now))
    const working = await slow.announced
    const silent = working !== undefined && messages.length === 0
    await sendAll(turn, silent ? [closing(turn, response, card)] : messages, working)
    // The edge logs the turn itself.
    telemetry.log.debug({ replies: response.replies.map((reply) => reply.kind) }, 'answered')
    const [said] = response.replies
    if (card) return { invokeAnswer: card }
    if (event.kind !== 'cardAction' || !said) return {}
    return { invokeAnswer: { title: '', text: options.render(said, turn.place, now).summary } }
  }
}
