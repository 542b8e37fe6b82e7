// Sending to a stored place. Every failure is data; nothing is repeated here but the two things that cost nothing to
// try at once: a new token and the other host.
import type { Place } from '../nouns.ts'
import type { Clock, ConversationPort, Delivery, RenderedMessage } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Adapter, ConnectorClient } from './adapter.ts'
import { failureOf, wrongHost } from './delivery-failure.ts'
import { bytesOf, MAX_ACTIVITY_BYTES, type OutgoingActivity, toActivity } from './message-activity.ts'
import { isAllowedServiceUrl, onNextHost, type ServiceUrlRule } from './service-url.ts'

export type ConversationPortOptions = {
  readonly adapter: Adapter
  /** Who we are: a place stored by another bot or environment is never used. */
  readonly botId: string
  readonly environment: string
  readonly serviceUrls: ServiceUrlRule
  readonly clock: Clock
  readonly telemetry: Telemetry
}

type Sent = { readonly id?: string }
type Send = (client: ConnectorClient) => Promise<Sent>
type Failed = Extract<Delivery, { ok: false }>

/** Hosts that turned out to be the right ones, by tenant; forgotten on restart, found again at once. */
const MAX_HOSTS = 200

function refused(code: string): Failed {
  return { ok: false, failure: { kind: 'refused', code } }
}

function threaded(place: Place, thread: string | undefined): string {
  return place.scope === 'channel' && thread !== undefined
    ? `${place.conversationId};messageid=${thread}`
    : place.conversationId
}

export function createConversationPort(options: ConversationPortOptions): ConversationPort {
  const { adapter, serviceUrls, clock, telemetry } = options
  const hosts = new Map<string, string>()

  const problemOf = (place: Place): Failed | undefined => {
    if (place.environment !== options.environment) return refused('place of another environment')
    if (place.botId !== options.botId) return refused('place of another bot')
    if (!isAllowedServiceUrl(place.serviceUrl, serviceUrls)) return refused('service URL not allowed')
    return undefined
  }

  const attempt = async (serviceUrl: string, send: Send): Promise<Delivery> => {
    try {
      const { id } = await send(await adapter.connector(serviceUrl))
      return { ok: true, receipt: { activityId: id ?? '' } }
    } catch (error) {
      return { ok: false, failure: failureOf(error, await clock.now()) }
    }
  }

  const withNewToken = async (serviceUrl: string, send: Send): Promise<Delivery> => {
    const first = await attempt(serviceUrl, send)
    if (first.ok || first.failure.kind !== 'identity' || !first.failure.code.startsWith('401')) return first
    try {
      await adapter.renewToken()
    } catch (error) {
      return { ok: false, failure: failureOf(error, await clock.now()) }
    }
    return attempt(serviceUrl, send)
  }

  const deliver = (place: Place, send: Send): Promise<Delivery> =>
    telemetry.span('connector', () => deliverOnce(place, send))

  const deliverOnce = async (place: Place, send: Send): Promise<Delivery> => {
    const problem = problemOf(place)
    if (problem) return problem
    const key = `${place.tenantId}|${place.serviceUrl}`
    const serviceUrl = hosts.get(key) ?? place.serviceUrl
    const first = await withNewToken(serviceUrl, send)
    if (first.ok || first.failure.code !== wrongHost) return first
    const other = onNextHost(serviceUrl, serviceUrls)
    if (other === undefined) return first
    if (hosts.size >= MAX_HOSTS) hosts.clear()
    hosts.set(key, other)
    telemetry.log.info({ code: first.failure.code }, 'the Connector asked for another host')
    return withNewToken(other, send)
  }

  const accounts = (place: Place) => ({
    from: { id: place.botId, name: '' },
    channelId: 'msteams',
    ...(place.userAadId === undefined
      ? {}
      : { recipient: { id: place.userAadId, name: '', aadObjectId: place.userAadId } }),
  })

  /** The generated types demand mutable lists; the client only serialises them. */
  const write = (place: Place, message: RenderedMessage, more: Readonly<Record<string, unknown>>) => {
    const activity: OutgoingActivity = toActivity(message)
    if (bytesOf(activity) > MAX_ACTIVITY_BYTES) return undefined
    return { ...accounts(place), ...activity, ...more } as Record<string, unknown>
  }

  const tooLarge: Failed = { ok: false, failure: { kind: 'shorten', code: 'over the size budget' } }

  const post = async (place: Place, conversationId: string, message: RenderedMessage, replyToId?: string) => {
    const activity = write(place, message, {
      conversation: { id: conversationId },
      ...(replyToId === undefined ? {} : { replyToId }),
    })
    if (!activity) return tooLarge
    return deliver(place, (client) =>
      replyToId === undefined
        ? client.conversations.sendToConversation(conversationId, activity)
        : client.conversations.replyToActivity(conversationId, replyToId, activity),
    )
  }

  return {
    reply(place, replyToId, message) {
      // In a channel the thread decides where it appears: that of the place, else the message that is answered.
      if (place.scope === 'channel') return post(place, threaded(place, place.threadId ?? replyToId), message)
      return post(place, place.conversationId, message, replyToId)
    },
    post: (place, message) => post(place, place.conversationId, message),
    async edit(place, activityId, message) {
      const conversationId = threaded(place, place.threadId)
      const activity = write(place, message, { id: activityId, conversation: { id: conversationId } })
      if (!activity) return tooLarge
      const done = await deliver(place, (client) =>
        client.conversations.updateActivity(conversationId, activityId, activity),
      )
      // An edit keeps its message, whatever id the answer names.
      return done.ok ? { ok: true, receipt: { activityId } } : done
    },
    async typing(place) {
      const conversationId = threaded(place, place.threadId)
      const activity = { ...accounts(place), type: 'typing', conversation: { id: conversationId } }
      const done = await deliver(place, (client) =>
        client.conversations.sendToConversation(conversationId, activity as Record<string, unknown>),
      )
      if (!done.ok) telemetry.log.debug({ code: done.failure.code }, 'typing not shown')
    },
  }
}
