// The rehearsal page: talks to /api/messages as a Teams channel would, and draws what the bot posts to the loopback
// connector. It holds no knowledge of the product. This file starts the parts and listens.
import { say } from './channel.js'
import { drawLog, startLog, take } from './log.js'
import { drawPanel, startPanel } from './panel.js'
import { $, clock, make, places, recall, remember, view } from './view.js'

/** How long a typing sign stays without another one, as in Teams. */
const TYPING_MS = 5000

// ------------------------------------------------------------------ places

function choosePlace(id) {
  view.place = places().find((place) => place.id === id) ?? places()[0]
  remember('place', view.place.id)
  view.unread.delete(view.place.id)
  drawPlaces()
  drawLog()
}

function drawPlace(place) {
  const mark = make('span', { className: 'mark' }, place.type === 'channel' ? '#' : '')
  mark.setAttribute('aria-hidden', 'true')
  const button = make('button', { type: 'button' }, mark, make('span', { className: 'name' }, place.title))
  button.dataset.place = place.id
  if (place.id === view.place.id) button.setAttribute('aria-current', 'true')
  const unread = view.unread.get(place.id)
  if (unread)
    button.append(
      make('span', { className: 'badge' }, String(unread), make('span', { className: 'sr' }, ' new')),
    )
  button.addEventListener('click', () => choosePlace(place.id))
  return make('li', {}, button)
}

function drawPlaces() {
  const focused = document.activeElement?.dataset.place
  $('places').replaceChildren(...places().map(drawPlace))
  if (focused)
    $('places')
      .querySelector(`[data-place="${CSS.escape(focused)}"]`)
      ?.focus()
  $('place-title').textContent = view.place.title
  $('place-note').textContent = view.place.note
  $('composer').placeholder =
    view.place.type === 'personal' ? 'Ask, or paste an error…' : 'Write to @Sync Medic…'
  const unread = [...view.unread.values()].reduce((sum, n) => sum + n, 0)
  document.title = `${unread > 0 ? `(${unread}) ` : ''}Sync Medic · rehearsal`
}

function becomePerson(id) {
  view.person = view.state.people.find((person) => person.id === id) ?? view.state.people[0]
  remember('person', view.person.id)
  if (!view.place || view.place.type === 'personal') choosePlace(`personal-${view.person.id}`)
  else drawPlaces()
}

// ------------------------------------------------------------------ state

function drawClock() {
  const now = new Date(clock()).toISOString()
  $('clock').textContent = `${now.slice(0, 10)} ${now.slice(11, 16)} UTC`
}

function takeState(state) {
  view.state = { ...state, readAt: Date.now() }
  drawClock()
  if (view.person) drawPanel()
}

async function readState() {
  const answer = await fetch('/rehearsal/state')
  if (!answer.ok) throw new Error(`the state answered ${answer.status}`)
  takeState(await answer.json())
}

const refresh = () => readState().catch(lost)

// ------------------------------------------------------------------ what comes

function lost() {
  $('lost').textContent = 'Connection lost, trying again…'
}

function hearTyping(event) {
  // In channels the thread is part of the id.
  if (JSON.parse(event.data).conversationId.split(';')[0] !== view.place.id) return
  $('typing').textContent = 'Sync Medic is looking…'
  clearTimeout(view.typingEnds)
  view.typingEnds = setTimeout(() => {
    $('typing').textContent = ''
  }, TYPING_MS)
}

/** The server tells the whole history at each connection, so a lost one leaves neither gaps nor doubles. */
function listen() {
  const events = new EventSource('/rehearsal/events')
  events.addEventListener('open', () => {
    view.live = false
    view.entries.clear()
    $('lost').textContent = ''
  })
  events.addEventListener('entry', (event) => {
    take(JSON.parse(event.data))
    if (view.live) drawPlaces()
  })
  events.addEventListener('ready', () => {
    view.live = true
    drawLog()
    refresh()
    document.body.dataset.live = 'true'
  })
  events.addEventListener('typing', hearTyping)
  events.addEventListener('changed', refresh)
  events.addEventListener('cleared', () => {
    view.entries.clear()
    view.unread.clear()
    drawPlaces()
    drawLog()
    refresh()
  })
  events.addEventListener('error', () => {
    lost()
    document.body.dataset.live = 'false'
    // A refusal ends an EventSource for good; a lost connection does not.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000)
  })
}

// ------------------------------------------------------------------ composer

function resize(box) {
  box.style.height = 'auto'
  box.style.height = `${box.scrollHeight + 2}px`
}

function startComposer() {
  const box = $('composer')
  $('composer-form').addEventListener('submit', async (event) => {
    event.preventDefault()
    const text = box.value
    box.value = ''
    resize(box)
    // What was not taken is not lost.
    if (!(await say(text)) && box.value === '') {
      box.value = text
      resize(box)
    }
  })
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    $('composer-form').requestSubmit()
  })
  box.addEventListener('input', () => resize(box))
}

async function start() {
  document.body.dataset.busy = '0'
  await readState()
  const place = recall('place')
  becomePerson(recall('person'))
  if (places().some((one) => one.id === place)) choosePlace(place)
  startPanel({ onState: takeState, onPerson: becomePerson })
  startLog()
  startComposer()
  listen()
  setInterval(drawClock, 5000)
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawLog)
}

start().catch(lost)
