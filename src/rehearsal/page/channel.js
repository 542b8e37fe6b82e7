// Sends what a person says or presses to /api/messages, in the shapes a Teams channel uses.
import { busy, clock, tell, view } from './view.js'

const cardType = 'application/vnd.microsoft.card.adaptive'
const noteType = 'application/vnd.microsoft.activity.message'

function envelope(type, extra) {
  const { state, person, place } = view
  return {
    type,
    id: `page-${crypto.randomUUID()}`,
    timestamp: new Date(clock()).toISOString(),
    channelId: 'msteams',
    serviceUrl: `${location.origin}/connector`,
    from: { id: `29:${person.id}`, aadObjectId: person.id, name: person.name, role: 'user' },
    recipient: { id: state.botId, name: 'Sync Medic' },
    conversation: {
      id: place.id,
      conversationType: place.type,
      tenantId: state.tenantId,
      ...(place.type === 'personal' ? {} : { isGroup: true }),
    },
    channelData: {
      tenant: { id: state.tenantId },
      ...(place.type === 'channel' ? { team: { id: place.teamId }, channel: { id: place.id } } : {}),
    },
    ...extra,
  }
}

/** The answer, or undefined when there was none; the person is told then. */
export async function send(path, body) {
  try {
    return await busy(() =>
      fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    )
  } catch {
    tell('The bot does not answer. Is its process still running?')
    return undefined
  }
}

async function post(activity) {
  const answer = await send('/api/messages', activity)
  if (answer && !answer.ok) tell(`The bot refused the message (${answer.status}).`)
  return answer?.ok ? answer : undefined
}

/** True when the bot took it. */
export async function say(text) {
  const words = text.trim()
  if (!words) return true
  const mention = '<at>Sync Medic</at>'
  const mentioned = { id: view.state.botId, name: 'Sync Medic' }
  const extra =
    view.place.type === 'personal'
      ? { text: words }
      : { text: `${mention} ${words}`, entities: [{ type: 'mention', text: mention, mentioned }] }
  const activity = envelope('message', extra)
  const shown = await send('/rehearsal/said', {
    conversationId: view.place.id,
    activityId: activity.id,
    activity,
  })
  return shown !== undefined && (await post(activity)) !== undefined
}

async function execute(activityId, action, replace) {
  const answer = await post(
    envelope('invoke', {
      name: 'adaptiveCard/action',
      replyToId: activityId,
      value: {
        action: { type: 'Action.Execute', verb: action.verb, data: action.data ?? {} },
        trigger: 'manual',
      },
    }),
  )
  const result = await answer?.json().catch(() => undefined)
  if (result?.type === cardType) replace(result.value)
  else if (result?.type === noteType) tell(result.value)
}

/** A button of a card. `replace` takes the card that an Action.Execute is answered with. */
export async function pressed(activityId, action, replace) {
  const kind = action.getJsonTypeName()
  if (kind === 'Action.OpenUrl') window.open(action.url, '_blank', 'noopener')
  else if (kind === 'Action.Execute') await execute(activityId, action, replace)
  else if (kind === 'Action.Submit') {
    const value = action.data ?? {}
    // In Teams such a button writes the sentence into the chat.
    if (value.verb === 'say' && typeof value.text === 'string') await say(value.text)
    else await post(envelope('message', { value, replyToId: activityId }))
  }
}

export { cardType }
