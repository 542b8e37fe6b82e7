// What a person sees: cards, their incident and version, and their buttons.
import { actionsOf, cardText } from '../support/bot.ts'
import type { Message } from './chat-service.ts'
import { type Bot, type Rig, type Row, type Spoken, send, type Where, type Who } from './rig.ts'

export function cardOf({ activity }: Pick<Message, 'activity'>): unknown {
  return (activity.attachments as readonly { content?: unknown }[] | undefined)?.[0]?.content
}

export function textOf(message: Pick<Message, 'activity'>): string {
  const card = cardOf(message)
  return card === undefined ? String(message.activity.text ?? '') : cardText(card)
}

/** Number and version in the footer of an incident's card. */
export function incidentOf(
  message: Pick<Message, 'activity'>,
): { readonly number: number; readonly version: number } | undefined {
  const found = /Incident (\d+) · version (\d+)/.exec(textOf(message))
  return found ? { number: Number(found[1]), version: Number(found[2]) } : undefined
}

export function cardsOf(rig: Rig, conversationId: string, number?: number): Message[] {
  return rig.chat.shown(conversationId).filter((message) => {
    const about = incidentOf(message)
    return about !== undefined && (number === undefined || about.number === number)
  })
}

export function hasButton(message: Message, label: string): boolean {
  return actionsOf(cardOf(message)).some((action) => action.title === label)
}

export type Press = {
  readonly as: Who
  readonly where: Where
  readonly bot?: Bot
  readonly id?: string
  readonly inputs?: Row
}

/** Presses a button as Teams does; throws when the card has no such button. */
export function press(rig: Rig, message: Message, label: string, by: Press): Promise<Spoken> {
  const action = actionsOf(cardOf(message)).find((one) => one.title === label)
  if (!action) throw new Error(`no button ${label} on: ${textOf(message)}`)
  const data = { ...(action.data as Row | undefined), ...by.inputs }
  const replyToId = message.activityId
  if (action.type !== 'Action.Execute') return send(rig, by, { type: 'message', value: data, replyToId })
  const value = { action: { type: 'Action.Execute', verb: action.verb, data }, trigger: 'manual' }
  return send(rig, by, { type: 'invoke', name: 'adaptiveCard/action', replyToId, value })
}

/** What an invoke was answered with, as text. */
export function answerOf({ body }: Spoken): string {
  if (body?.type === 'application/vnd.microsoft.card.adaptive') return cardText(body.value)
  return typeof body?.value === 'string' ? body.value : ''
}
