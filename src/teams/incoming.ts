// A checked activity becomes an event in our words.
import { createHash } from 'node:crypto'
import type { IncomingEvent, Instant, Person, Place, Scope } from '../nouns.ts'
import type { Account, Activity } from './activity.ts'
import { type CardAction, fromExecute, fromSubmit, isBag } from './card-data.ts'
import { parseJson } from './json.ts'
import { cleanName, cleanText } from './text.ts'
import type { Identity } from './token-gate.ts'

export type Deployment = {
  /** As it stands in stored places and as sender of what we write: "28:<app id>". */
  readonly botId: string
  readonly environment: string
}

/** How the HTTP answer looks: a card invoke wants a card or a sentence, other invokes an empty object. */
export type AnswerForm = 'none' | 'card' | 'empty'

export type Incoming =
  | { readonly ok: true; readonly event: IncomingEvent; readonly answer: AnswerForm }
  /** Card data no card of ours sends; no handler sees it. */
  | { readonly ok: false; readonly answer: AnswerForm }

const threadMark = ';messageid='
// Maps, not objects: the names come from outside, and "constructor" is in every object.
const scopes: ReadonlyMap<string, Scope> = new Map([
  ['personal', 'personal'],
  ['groupChat', 'groupChat'],
  ['channel', 'channel'],
])

function scopeOf({ conversation, channelData }: Activity): Scope {
  const named = scopes.get(conversation.conversationType ?? '')
  if (named) return named
  if (channelData?.team?.id !== undefined) return 'channel'
  return conversation.isGroup ? 'groupChat' : 'personal'
}

/** Where the activity came from. `threadId` is set in channels; a place that is kept is stored without it. */
export function toPlace(
  activity: Activity,
  identity: Identity,
  { botId, environment, now }: Deployment & { readonly now: Instant },
): Place {
  const scope = scopeOf(activity)
  const [conversationId = '', thread] = activity.conversation.id.split(threadMark)
  const root = thread ?? (activity.type === 'message' ? activity.id : undefined)
  const threadId = scope === 'channel' ? root : undefined
  const teamId = activity.channelData?.team?.id
  const channelId = activity.channelData?.channel?.id
  return {
    conversationId,
    serviceUrl: identity.serviceUrl,
    tenantId: identity.tenantId,
    botId,
    environment,
    scope,
    ...(teamId === undefined ? {} : { teamId }),
    ...(channelId === undefined ? {} : { channelId }),
    ...(threadId === undefined ? {} : { threadId }),
    ...(scope === 'personal' ? { userAadId: objectIdOf(activity.from) } : {}),
    updatedAt: now,
  }
}

/** Guests of a meeting and local tools have no object id; their channel id never equals one. */
function objectIdOf(account: Account): string {
  return account.aadObjectId ?? account.id
}

function toPerson(activity: Activity, identity: Identity): Person {
  const name = cleanName(activity.from.name ?? '')
  return {
    tenantId: identity.tenantId,
    objectId: objectIdOf(activity.from),
    // Rights are looked up by access; the edge grants none.
    role: 'none',
    ...(name === '' ? {} : { name }),
  }
}

type Base = Pick<IncomingEvent, 'id' | 'place' | 'person' | 'at' | 'activityId'>

function action(base: Base, { verb, data }: CardAction, form: { activity: Activity; invoke: boolean }) {
  const cardActivityId = form.activity.replyToId
  return {
    ...base,
    kind: 'cardAction' as const,
    verb,
    data,
    invoke: form.invoke,
    ...(cardActivityId === undefined ? {} : { cardActivityId }),
  }
}

function said(base: Base, raw: string, activity: Activity): Incoming {
  const { text, cut } = cleanText(raw, { entities: activity.entities, ownId: activity.recipient.id })
  return { ok: true, answer: 'none', event: { ...base, kind: 'message', text, cut } }
}

function fromMessage(base: Base, activity: Activity): Incoming {
  const submitted = fromSubmit(activity.value)
  if (submitted.kind === 'action')
    return { ok: true, answer: 'none', event: action(base, submitted.action, { activity, invoke: false }) }
  if (submitted.kind === 'said') return said(base, submitted.text, activity)
  // Some clients send an empty value along with a typed text.
  if (submitted.kind === 'invalid' && !activity.text) return { ok: false, answer: 'none' }
  return said(base, activity.text ?? '', activity)
}

function feedback(base: Base, activity: Activity): IncomingEvent | undefined {
  const value = isBag(activity.value) ? activity.value.actionValue : undefined
  const reaction = isBag(value) ? value.reaction : undefined
  if (!isBag(value) || (reaction !== 'like' && reaction !== 'dislike')) return undefined
  const form = typeof value.feedback === 'string' ? parseJson(value.feedback) : undefined
  const words = form?.ok && isBag(form.value) ? form.value.feedbackText : undefined
  const comment =
    typeof words === 'string' ? cleanText(words, { entities: [], ownId: '' }).text.slice(0, 2000) : ''
  const aboutActivityId = activity.replyToId
  return {
    ...base,
    kind: 'feedback',
    reaction,
    ...(comment === '' ? {} : { comment }),
    ...(aboutActivityId === undefined ? {} : { aboutActivityId }),
  }
}

function fromInvoke(base: Base, activity: Activity): Incoming {
  if (activity.name === 'adaptiveCard/action') {
    const executed = fromExecute(activity.value)
    return executed
      ? { ok: true, answer: 'card', event: action(base, executed, { activity, invoke: true }) }
      : { ok: false, answer: 'card' }
  }
  const event = activity.name === 'message/submitAction' ? feedback(base, activity) : undefined
  return {
    ok: true,
    answer: 'empty',
    event: event ?? { ...base, kind: 'other', type: `invoke ${activity.name ?? ''}` },
  }
}

function installed(base: Base, kind: 'installed' | 'uninstalled', activity: Activity): Incoming {
  const by = cleanName(activity.from.name ?? '') || activity.from.aadObjectId
  return { ok: true, answer: 'none', event: { ...base, kind, ...(by === undefined ? {} : { by }) } }
}

/** Installing the app fires this one and installationUpdate: both say so, the welcome is sent once by the handler. */
function fromConversationUpdate(base: Base, activity: Activity): Incoming {
  const own = activity.recipient.id
  if (activity.membersAdded.some(({ id }) => id === own)) return installed(base, 'installed', activity)
  if (activity.membersRemoved.some(({ id }) => id === own)) return installed(base, 'uninstalled', activity)
  const added = activity.membersAdded.map(objectIdOf)
  const removed = activity.membersRemoved.map(objectIdOf)
  const event: IncomingEvent =
    added.length + removed.length > 0
      ? { ...base, kind: 'membersChanged', added, removed }
      : { ...base, kind: 'other', type: 'conversationUpdate' }
  return { ok: true, answer: 'none', event }
}

const installs: ReadonlyMap<string, 'installed' | 'uninstalled'> = new Map([
  ['add', 'installed'],
  ['add-upgrade', 'installed'],
  ['remove', 'uninstalled'],
])

function fromInstallation(base: Base, activity: Activity): Incoming {
  const kind = installs.get(activity.action ?? '')
  // "remove-upgrade" is the first half of an update of the app; it stays installed.
  if (kind) return installed(base, kind, activity)
  return { ok: true, answer: 'none', event: { ...base, kind: 'other', type: 'installationUpdate' } }
}

const byType: ReadonlyMap<string, (base: Base, activity: Activity) => Incoming> = new Map([
  ['message', fromMessage],
  ['invoke', fromInvoke],
  ['conversationUpdate', fromConversationUpdate],
  ['installationUpdate', fromInstallation],
])

/** An activity without id is known by its content, so that a repeat of it is still a repeat. */
function activityIdOf(activity: Activity): string {
  if (activity.id !== undefined) return activity.id
  return createHash('sha256').update(JSON.stringify(activity)).digest('base64url').slice(0, 32)
}

/** Never throws for an activity that passed `readActivity` and the gate. */
export function toIncomingEvent(
  activity: Activity,
  identity: Identity,
  deployment: Deployment & { readonly now: Instant },
): Incoming {
  const activityId = activityIdOf(activity)
  const base: Base = {
    id: `${activity.conversation.id}|${activity.type}|${activityId}`,
    place: toPlace(activity, identity, deployment),
    person: toPerson(activity, identity),
    at: deployment.now,
    activityId,
  }
  const make = byType.get(activity.type)
  return make
    ? make(base, activity)
    : { ok: true, answer: 'none', event: { ...base, kind: 'other', type: activity.type } }
}
