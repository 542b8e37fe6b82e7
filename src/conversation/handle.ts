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

/** What an invoke (a pressed Action.Execute) is answered with. */
export type TurnOutcome = { readonly invokeAnswer?: RenderedMessage }

export function errorReply(thrown: unknown): Extract<Reply, { kind: 'error' }> {
  const { code } = asMedicError(thrown)
  const { user, next } = catalogue[code]
  return { kind: 'error', code, title: user, next, offers: [] }
}

async function respondSafely(turn: Turn, options: HandleOptions): Promise<Response> {
  try {
    return await options.respond(turn)
  } catch (thrown) {
    const error = asMedicError(thrown)
    options.telemetry.log.error(
      { err: error.cause ?? error, code: error.code, fields: error.fields },
      'turn failed',
    )
    return { replies: [errorReply(error)] }
  }
}

export function createHandle(options: HandleOptions) {
  const { store, port, telemetry } = options
  const workingAfterMs = options.workingAfterMs ?? 3000

  /** Sends what the person waits for; a lost answer is logged, and the person can simply ask again. */
  const noteLoss = (delivery: Delivery) => {
    if (!delivery.ok) telemetry.log.warn({ code: delivery.failure.code }, 'an answer could not be delivered')
  }

  const sendAll = async (turn: Turn, response: Response, working: Promise<string | undefined>) => {
    let replaceWorking = await working
    for (const reply of response.replies) {
      const message = options.render(reply, turn.place, turn.now)
      if (replaceWorking !== undefined) {
        const edited = await port.edit(turn.place, replaceWorking, message)
        replaceWorking = undefined
        if (edited.ok) continue
      }
      noteLoss(await port.reply(turn.place, turn.event.activityId, message))
    }
  }

  const replaceCard = async (turn: Turn, response: Response): Promise<RenderedMessage | undefined> => {
    const { event } = turn
    if (!response.replace || event.kind !== 'cardAction') return undefined
    const message = options.render(response.replace, turn.place, turn.now)
    if (event.cardActivityId !== undefined)
      noteLoss(await port.edit(turn.place, event.cardActivityId, message))
    return message
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
    const began = performance.now()
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
    const replaced = await replaceCard(turn, response)
    await sendAll(turn, response, slow.announced)
    telemetry.log.info(
      {
        kind: event.kind,
        person: telemetry.pseudonym(person.objectId),
        place: telemetry.pseudonym(event.place.conversationId),
        replies: response.replies.map((reply) => reply.kind),
        ms: Math.round(performance.now() - began),
      },
      'turn',
    )
    return replaced ? { invokeAnswer: replaced } : {}
  }
}
