// From event to outcome: once per event, in order per conversation, with an answer in time.
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { asMedicError, catalogue } from '../errors.ts'
import type { IncomingEvent, Json } from '../nouns.ts'
import type { Clock, RenderedMessage, Repositories } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import type { AnswerForm } from './incoming.ts'
import { createLanes } from './lanes.ts'

export type TurnOutcome = {
  /** What replaces the pressed card, or one sentence about it. */
  readonly invokeAnswer?: RenderedMessage | { readonly title: string; readonly text: string }
}

export type TurnLimits = {
  /** A message is answered with 200 after this; its turn goes on. */
  readonly messageMs: number
  readonly invokeMs: number
  /** How long a repeat waits for the first delivery of the same event. */
  readonly duplicateMs: number
  /** After this a turn no longer holds up its conversation. */
  readonly turnMs: number
  /** Turns at once, waiting ones included. */
  readonly inFlight: number
}

export const turnLimits: TurnLimits = {
  messageMs: 8000,
  invokeMs: 10_000,
  duplicateMs: 3000,
  turnMs: 60_000,
  inFlight: 64,
}

export type TurnAnswer = { readonly status: 200 | 503; readonly body?: Json }
export type Turn = {
  readonly event: IncomingEvent
  readonly answer: AnswerForm
  readonly run: () => Promise<TurnOutcome>
}

export type Turns = {
  take(turn: Turn): Promise<TurnAnswer>
  /** No more turns are taken until some end. */
  isFull(): boolean
  /** Waits for running turns, at most so long; returns how many are left. */
  idle(graceMs: number): Promise<number>
}

const POLL_MS = 100
/** The verb is written by the sender: what looks like none of ours is not repeated in the log. */
const verbShape = /^[a-zA-Z]{1,20}(?:\.[a-zA-Z]{1,20})?$/
class TurnTooLong extends Error {}
const cardType = 'application/vnd.microsoft.card.adaptive'
const sentenceType = 'application/vnd.microsoft.activity.message'
const busy: TurnAnswer = { status: 503 }

function sentence(text: string): Json {
  return { statusCode: 200, type: sentenceType, value: text }
}

/** Body of the HTTP answer of a turn. */
export function bodyOf(form: AnswerForm, outcome: TurnOutcome): Json {
  if (form === 'none') return null
  const said = outcome.invokeAnswer
  if (form === 'empty' || !said) return form === 'empty' ? {} : sentence('Done.')
  if (!('summary' in said)) return sentence(said.title === '' ? said.text : `${said.title}\n${said.text}`)
  return said.card ? { statusCode: 200, type: cardType, value: said.card } : sentence(said.text)
}

export function failureBody(form: AnswerForm, text: string): Json {
  return form === 'card' ? sentence(text) : form === 'empty' ? {} : null
}

function answered(body: Json): TurnAnswer {
  return body === null ? { status: 200 } : { status: 200, body }
}

/** One conversation's messages in order; what one person does there in order, but not behind other people's messages. */
function lanesOf({ place, person, kind }: IncomingEvent): string[] {
  const conversation = `${place.conversationId}|${place.threadId ?? ''}`
  const own = `${conversation}|${person.objectId}`
  return kind === 'cardAction' ? [own] : [conversation, own]
}

export function createTurns(options: {
  readonly seen: Repositories['seen']
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly limits: TurnLimits
}): Turns {
  const { seen, clock, telemetry, limits } = options
  const lanes = createLanes()
  const running = new Set<Promise<unknown>>()

  const stillWorking = (form: AnswerForm) =>
    answered(failureBody(form, 'I am still working on this. The result follows in the chat.'))

  /** Rejects with `TurnTooLong` when the turn is given up; the work itself may still end later. */
  const bounded = async (run: Turn['run']) => {
    const stop = new AbortController()
    const late = pause(limits.turnMs, undefined, { signal: stop.signal }).then(() => {
      throw new TurnTooLong()
    })
    const work = run()
    work.catch(() => undefined)
    late.catch(() => undefined)
    try {
      return await Promise.race([work, late])
    } finally {
      stop.abort()
    }
  }

  const keep = async (id: string, body: Json) => {
    try {
      await seen.finish(id, body, await clock.now())
    } catch (err) {
      // The work is done and its answer is at hand; only a later repeat would be handled anew.
      telemetry.log.error({ err }, 'result of an event not kept')
    }
  }

  const forget = async (id: string, error: unknown) => {
    // Work that was given up may still end: its row stays until it counts as lost.
    if (error instanceof TurnTooLong) return
    await seen.forget(id).catch((err: unknown) => telemetry.log.warn({ err }, 'event not forgotten'))
  }

  /** One line per turn: pseudonyms for ids, no texts. */
  const lineOf = (event: IncomingEvent) => ({
    kind: event.kind,
    tenant: telemetry.pseudonym(event.place.tenantId),
    conversation: telemetry.pseudonym(event.place.conversationId),
    person: telemetry.pseudonym(event.person.objectId),
    scope: event.place.scope,
    ...(event.kind === 'cardAction' ? { verb: verbShape.test(event.verb) ? event.verb : 'other' } : {}),
  })

  const settle = async ({ event, answer, run }: Turn): Promise<TurnAnswer> => {
    const began = performance.now()
    const ended = (outcome: 'ok' | 'failed') => {
      const ms = performance.now() - began
      telemetry.metrics.count('bot_turns_total', { type: event.kind, outcome })
      telemetry.metrics.observe('bot_turn_duration_seconds', ms / 1000)
      telemetry.log.info({ ...lineOf(event), outcome, ms: Math.round(ms) }, 'turn')
    }
    try {
      const body = bodyOf(answer, await bounded(run))
      await keep(event.id, body)
      ended('ok')
      return answered(body)
    } catch (error) {
      await forget(event.id, error)
      ended('failed')
      const { code } = asMedicError(error)
      telemetry.log.error({ err: error, code, kind: event.kind }, 'turn failed')
      return answer === 'none' ? busy : answered(failureBody(answer, catalogue[code].user))
    }
  }

  const first = async (turn: Turn): Promise<TurnAnswer> => {
    const limit = turn.answer === 'none' ? limits.messageMs : limits.invokeMs
    const work = lanes.run(lanesOf(turn.event), () => telemetry.span('turn', () => settle(turn)))
    running.add(work)
    const ended = work.finally(() => running.delete(work))
    ended.catch((err: unknown) => telemetry.log.error({ err }, 'turn broke'))
    const stop = new AbortController()
    const late = pause(limit, stillWorking(turn.answer), { signal: stop.signal })
    late.catch(() => undefined)
    try {
      return await Promise.race([ended, late])
    } finally {
      stop.abort()
    }
  }

  const take = async (turn: Turn): Promise<TurnAnswer> => {
    const { id } = turn.event
    for (let waited = 0; ; waited += POLL_MS) {
      const state = await seen.begin(id, await clock.now())
      if (state.state === 'done') return answered(state.result)
      if (state.state === 'first') return first(turn)
      if (waited >= limits.duplicateMs) return stillWorking(turn.answer)
      await pause(POLL_MS)
    }
  }

  return {
    async take(turn) {
      try {
        return await take(turn)
      } catch (error) {
        telemetry.log.error({ err: error, code: asMedicError(error).code }, 'event not taken')
        return turn.answer === 'none' ? busy : answered(failureBody(turn.answer, catalogue.SM_TURN_BUSY.user))
      }
    },
    isFull: () => running.size >= limits.inFlight,
    async idle(graceMs) {
      const stop = new AbortController()
      const late = pause(graceMs, undefined, { signal: stop.signal })
      late.catch(() => undefined)
      while (running.size > 0) {
        const ended = await Promise.race([
          Promise.allSettled([...running]).then(() => true),
          late.then(() => false),
        ])
        if (!ended) break
      }
      stop.abort()
      return running.size
    },
  }
}
