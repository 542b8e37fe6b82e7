// The rehearsal page: talks to /api/messages as a Teams channel would, and draws what the bot posts to the loopback
// connector. It holds no knowledge of the product.
import { drawCard } from './cards.js'

const $ = (id) => document.getElementById(id)
const key = (name) => `sync-medic-${name}`
const view = {
  state: undefined,
  person: undefined,
  place: undefined,
  entries: new Map(),
  unread: new Map(),
  live: false,
}

// ------------------------------------------------------------------ places

function places() {
  const { state, person } = view
  return [
    {
      id: `personal-${person.id}`,
      type: 'personal',
      title: 'Sync Medic',
      note: `One-to-one chat as ${person.name}`,
    },
    ...state.conversations,
  ]
}

function choosePlace(id) {
  view.place = places().find((p) => p.id === id) ?? places()[0]
  localStorage.setItem(key('place'), view.place.id)
  view.unread.delete(view.place.id)
  drawPlaces()
  drawLog()
}

function drawPlaces() {
  $('places').replaceChildren(
    ...places().map((place) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.append(place.title)
      button.setAttribute('aria-current', String(place.id === view.place.id))
      const unread = view.unread.get(place.id)
      if (unread) {
        const badge = Object.assign(document.createElement('span'), {
          className: 'badge',
          textContent: String(unread),
        })
        badge.setAttribute('aria-label', `${unread} new`)
        button.append(badge)
      }
      button.addEventListener('click', () => choosePlace(place.id))
      const item = document.createElement('li')
      item.append(button)
      return item
    }),
  )
  $('place-title').textContent = view.place.title
  $('place-note').textContent = view.place.note
  $('composer').placeholder =
    view.place.type === 'personal' ? 'Ask, or paste an error…' : 'Write to @Sync Medic…'
}

// ------------------------------------------------------------------ messages

function when(activity) {
  const time = activity.timestamp ? new Date(activity.timestamp) : undefined
  return time ? `${time.toISOString().slice(11, 16)} UTC` : ''
}

function card(activity) {
  return activity.attachments?.find((a) => a.contentType === 'application/vnd.microsoft.card.adaptive')
    ?.content
}

function drawEntry(entry) {
  const { activity } = entry
  const mine = activity.from?.id !== undefined && activity.from.role === 'user'
  const box = document.createElement('article')
  box.className = `msg${mine ? ' me' : ''}${entry.threadId ? ' thread' : ''}`
  box.dataset.id = entry.activityId
  const by = document.createElement('p')
  by.className = 'by'
  by.textContent = [mine ? activity.from.name : 'Sync Medic', when(activity), entry.edited ? 'updated' : '']
    .filter(Boolean)
    .join(' · ')
  const body = document.createElement('div')
  body.className = 'body'
  const content = card(activity)
  if (content) {
    const drawn = drawCard(content, (action) => pressed(entry, action))
    if (drawn) body.append(drawn)
  } else {
    const text = document.createElement('div')
    text.className = 'text'
    text.textContent = plain(activity)
    body.append(text)
  }
  box.append(by, body)
  return box
}

function plain(activity) {
  return String(activity.text ?? activity.summary ?? '')
    .replace(/<at>(.*?)<\/at>/g, '@$1')
    .replace(/&(amp|lt|gt|quot);/g, (_, n) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[n])
}

function here() {
  return [...view.entries.values()].filter((e) => e.conversationId === view.place.id)
}

/** Thread replies stand below the message they belong to. */
function inOrder(entries) {
  const ids = new Set(entries.map((e) => e.activityId))
  const roots = entries.filter((e) => !e.threadId || !ids.has(e.threadId) || e.threadId === e.activityId)
  return roots.flatMap((root) => [
    root,
    ...entries.filter((e) => e.threadId === root.activityId && e !== root),
  ])
}

function drawLog() {
  const entries = inOrder(here())
  const log = $('log')
  if (entries.length === 0) {
    const empty = Object.assign(document.createElement('p'), { className: 'empty' })
    empty.textContent =
      view.place.type === 'personal'
        ? 'Ask about cloud sync, name a person who is not synced, or paste an error. Suggestions are below.'
        : 'Alerts arrive here. Mention @Sync Medic to ask something.'
    log.replaceChildren(empty)
  } else log.replaceChildren(...entries.map(drawEntry))
  log.scrollTop = log.scrollHeight
  drawSuggestions()
}

function take(entry) {
  const id = `${entry.conversationId}|${entry.activityId}`
  const before = view.entries.get(id)
  if (entry.change === 'deleted') view.entries.delete(id)
  else if (entry.change === 'edited' && before)
    view.entries.set(id, {
      ...before,
      activity: {
        ...before.activity,
        ...entry.activity,
        timestamp: entry.activity.timestamp ?? before.activity.timestamp,
      },
      edited: true,
    })
  else view.entries.set(id, entry)
  if (!view.live) return
  if (entry.conversationId !== view.place.id) {
    view.unread.set(entry.conversationId, (view.unread.get(entry.conversationId) ?? 0) + 1)
    drawPlaces()
    return
  }
  $('typing').textContent = ''
  const shown = view.entries.get(id)
  const old = document.querySelector(`[data-id="${CSS.escape(entry.activityId)}"]`)
  if (old && shown) {
    // Redrawing a card must not take the keyboard focus away from the person.
    const hadFocus = old.contains(document.activeElement)
    const drawn = drawEntry(shown)
    drawn.classList.add('fresh')
    old.replaceWith(drawn)
    if (hadFocus) drawn.querySelector('button, input, a')?.focus()
  } else if (entry.threadId) drawLog()
  else {
    $('log').querySelector('.empty')?.remove()
    const drawn = drawEntry(shown)
    $('log').append(drawn)
    drawn.scrollIntoView({ block: 'nearest' })
    if (drawn.offsetHeight > $('log').clientHeight) drawn.scrollIntoView({ block: 'start' })
  }
  drawSuggestions()
}

// ------------------------------------------------------------------ sending, as a channel would

function envelope(type, extra) {
  const { state, person, place } = view
  const id = `page-${crypto.randomUUID()}`
  return {
    type,
    id,
    timestamp: new Date(state.now + (Date.now() - state.readAt)).toISOString(),
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

async function post(activity) {
  const answer = await fetch('/api/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activity),
  })
  if (!answer.ok) tell(`The bot answered ${answer.status}.`)
  return answer
}

async function say(text) {
  const words = text.trim()
  if (!words) return
  const mention = '<at>Sync Medic</at>'
  const extra =
    view.place.type === 'personal'
      ? { text: words }
      : {
          text: `${mention} ${words}`,
          entities: [
            { type: 'mention', text: mention, mentioned: { id: view.state.botId, name: 'Sync Medic' } },
          ],
        }
  const activity = envelope('message', extra)
  await control('/rehearsal/said', { conversationId: view.place.id, activityId: activity.id, activity })
  await post(activity)
}

async function pressed(entry, action) {
  const kind = action.getJsonTypeName()
  if (kind === 'Action.OpenUrl') {
    window.open(action.url, '_blank', 'noopener')
    return
  }
  if (kind === 'Action.Submit') {
    const value = action.data ?? {}
    if (value.verb === 'say' && typeof value.text === 'string') await say(value.text)
    else await post(envelope('message', { value, replyToId: entry.activityId }))
    return
  }
  const invoke = envelope('invoke', {
    name: 'adaptiveCard/action',
    replyToId: entry.activityId,
    value: {
      action: { type: 'Action.Execute', verb: action.verb, data: action.data ?? {} },
      trigger: 'manual',
    },
  })
  const answer = await post(invoke)
  const result = answer.ok ? await answer.json().catch(() => undefined) : undefined
  if (result?.type === 'application/vnd.microsoft.card.adaptive') {
    const activity = { ...entry.activity, attachments: [{ contentType: result.type, content: result.value }] }
    take({ ...entry, change: 'edited', activity })
  } else if (result?.type === 'application/vnd.microsoft.activity.message') tell(result.value)
}

// ------------------------------------------------------------------ side panel

async function control(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const result = await answer.json()
  if (!answer.ok) tell(result.problem ?? 'That did not work.')
  else takeState(result)
}

function tell(text) {
  $('toast').textContent = text
  setTimeout(() => {
    if ($('toast').textContent === text) $('toast').textContent = ''
  }, 6000)
}

function choice(type, name, checked, title, note, onChange) {
  const label = document.createElement('label')
  label.className = 'choice'
  const input = Object.assign(document.createElement('input'), { type, name, checked })
  input.addEventListener('change', () => onChange(input.checked))
  const words = document.createElement('span')
  words.append(title)
  if (note) words.append(Object.assign(document.createElement('small'), { textContent: note }))
  label.append(input, words)
  return label
}

function drawPanel() {
  const { state } = view
  $('tenant').textContent = state.tenantName
  $('people').replaceChildren(
    ...state.people.map((person) =>
      choice(
        'radio',
        'person',
        person.id === view.person.id,
        person.name,
        `${person.title} · ${person.role}`,
        () => becomePerson(person.id),
      ),
    ),
  )
  const groups = [...new Set(state.scenarios.map((s) => s.group))]
  $('scenarios').replaceChildren(
    ...groups.map((group) => {
      const set = document.createElement('fieldset')
      set.append(Object.assign(document.createElement('legend'), { textContent: group }))
      for (const s of state.scenarios.filter((one) => one.group === group))
        set.append(
          choice('checkbox', s.id, s.active, s.title, s.note, (on) =>
            control('/rehearsal/scenario', { id: s.id, on }),
          ),
        )
      return set
    }),
  )
}

function drawSuggestions() {
  const start = here().length === 0
  const list =
    view.place.type === 'personal' ? view.state.suggestions.personal : view.state.suggestions.channel
  $('suggestions').replaceChildren(
    ...(start ? list : list.slice(0, 4)).map((text) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: text })
      button.addEventListener('click', () => say(text))
      return button
    }),
  )
}

function drawClock() {
  if (!view.state) return
  const now = new Date(view.state.now + (Date.now() - view.state.readAt))
  $('clock').textContent = `${now.toISOString().slice(0, 10)} ${now.toISOString().slice(11, 16)} UTC`
}

function becomePerson(id) {
  view.person = view.state.people.find((p) => p.id === id) ?? view.state.people[0]
  localStorage.setItem(key('person'), view.person.id)
  if (view.place?.type === 'personal' || !view.place) choosePlace(`personal-${view.person.id}`)
}

function takeState(state) {
  const first = view.state === undefined
  view.state = { ...state, readAt: Date.now() }
  drawClock()
  if (first) {
    const remembered = localStorage.getItem(key('place'))
    becomePerson(localStorage.getItem(key('person')))
    if (remembered && places().some((p) => p.id === remembered)) choosePlace(remembered)
    drawTimes()
  }
  drawPanel()
}

function drawTimes() {
  const steps = [
    [2, '+2 min'],
    [10, '+10 min'],
    [60, '+1 h'],
    [720, '+12 h'],
  ]
  $('times').replaceChildren(
    ...steps.map(([minutes, label]) => {
      const button = Object.assign(document.createElement('button'), {
        type: 'button',
        className: 'quiet',
        textContent: label,
      })
      button.addEventListener('click', () => control('/rehearsal/time', { minutes }))
      return button
    }),
  )
}

// ------------------------------------------------------------------ start

function listen() {
  const events = new EventSource('/rehearsal/events')
  events.addEventListener('open', () => {
    view.live = false
    view.entries.clear()
  })
  events.addEventListener('entry', (event) => take(JSON.parse(event.data)))
  events.addEventListener('ready', () => {
    view.live = true
    drawLog()
  })
  events.addEventListener('typing', (event) => {
    if (JSON.parse(event.data).conversationId.split(';')[0] !== view.place.id) return
    $('typing').textContent = 'Sync Medic is looking…'
    clearTimeout(view.typingEnds)
    view.typingEnds = setTimeout(() => {
      $('typing').textContent = ''
    }, 5000)
  })
}

$('composer-form').addEventListener('submit', (event) => {
  event.preventDefault()
  const box = $('composer')
  const text = box.value
  box.value = ''
  box.style.height = ''
  say(text)
})
$('composer').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  $('composer-form').requestSubmit()
})
$('composer').addEventListener('input', (event) => {
  event.target.style.height = 'auto'
  event.target.style.height = `${event.target.scrollHeight + 2}px`
})
$('panel-toggle').addEventListener('click', () => {
  const open = $('panel').classList.toggle('open')
  $('panel-toggle').setAttribute('aria-expanded', String(open))
})
$('reset').addEventListener('click', async () => {
  await control('/rehearsal/reset', {})
  view.entries.clear()
  drawLog()
})
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawLog)
setInterval(drawClock, 5000)
takeState(await (await fetch('/rehearsal/state')).json())
listen()
