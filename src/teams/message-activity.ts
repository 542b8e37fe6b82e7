// A rendered message as the activity that is sent. `<at>` appears only here, around a name without markup.
import type { Json } from '../nouns.ts'
import type { RenderedMessage } from '../ports.ts'
import { cleanName } from './text.ts'

/** Budget of a whole activity, in UTF-16 bytes of its JSON. */
export const MAX_ACTIVITY_BYTES = 40 * 1024

type Mention = NonNullable<RenderedMessage['mentions']>[number]
export type OutgoingActivity = {
  readonly type: 'message'
  readonly summary?: string
  readonly text?: string
  readonly textFormat?: 'plain' | 'xml'
  readonly entities?: readonly Json[]
  readonly channelData?: Json
  readonly attachments?: readonly { readonly contentType: string; readonly content: Json }[]
}

const cardType = 'application/vnd.microsoft.card.adaptive'

function tagOf({ name }: Mention): string {
  return `<at>${
    cleanName(name)
      .replace(/[<>&"]/g, ' ')
      .trim()
      .slice(0, 256) || 'on call'
  }</at>`
}

function entityOf(mention: Mention): { readonly [key: string]: Json } {
  const name = tagOf(mention).slice('<at>'.length, -'</at>'.length)
  return { type: 'mention', text: tagOf(mention), mentioned: { id: mention.objectId, name } }
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '<br/>')
}

/** Teams reads mentions of a card from inside the card; one that shows them already is left as it is. */
function cardWith(card: NonNullable<RenderedMessage['card']>, mentions: readonly Mention[]): Json {
  if (mentions.length === 0) return card
  const shown = JSON.stringify(card)
  const missing = mentions.map(tagOf).filter((tag) => !shown.includes(tag))
  const body = Array.isArray(card.body) ? (card.body as readonly Json[]) : []
  const line: Json[] = missing.length > 0 ? [{ type: 'TextBlock', text: missing.join(' '), wrap: true }] : []
  const msteams =
    typeof card.msteams === 'object' && card.msteams !== null && !Array.isArray(card.msteams)
      ? card.msteams
      : {}
  return { ...card, body: [...line, ...body], msteams: { ...msteams, entities: mentions.map(entityOf) } }
}

function textActivity(message: RenderedMessage, mentions: readonly Mention[]): OutgoingActivity {
  if (mentions.length === 0)
    // A tag in data mentions nobody without an entity; it should not look as if it did.
    return { type: 'message', text: message.text.replace(/<(?=\/?at\b)/gi, '‹'), textFormat: 'plain' }
  // A mention is markup, so the rest of the text is escaped instead of being declared plain.
  const text = `${mentions.map(tagOf).join(' ')} ${escapeXml(message.text)}`
  return { type: 'message', text, textFormat: 'xml', entities: mentions.map(entityOf) }
}

/** A card travels alone, with its summary for notification and screen reader: Teams may split text and card. */
export function toActivity(message: RenderedMessage): OutgoingActivity {
  const mentions = message.mentions ?? []
  const { summary } = message
  // Teams draws the thumbs and sends `message/submitAction`.
  const thumbs = message.feedback ? { channelData: { feedbackLoop: { type: 'default' } } } : {}
  if (!message.card) return { ...textActivity(message, mentions), summary, ...thumbs }
  const content = cardWith(message.card, mentions)
  return { type: 'message', summary, attachments: [{ contentType: cardType, content }], ...thumbs }
}

export function bytesOf(activity: OutgoingActivity): number {
  return JSON.stringify(activity).length * 2
}
