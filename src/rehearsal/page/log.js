// The messages of the chosen conversation: drawing them, taking new ones, keeping focus and place of reading.
import { drawCard } from './cards.js'
import { cardType, pressed, say } from './channel.js'
import { $, clock, make, timeWords, view } from './view.js'

/** Room above the message one reads from. */
const ABOVE = 14

function cardOf(activity) {
  return activity.attachments?.find((a) => a.contentType === cardType)?.content
}

function plain(activity) {
  return String(activity.text ?? activity.summary ?? '')
    .replace(/<at>(.*?)<\/at>/g, '@$1')
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_, n) => ({ amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' })[n])
}

const isMine = ({ activity }) => activity.from?.role === 'user'

// ------------------------------------------------------------------ drawing

function drawEntry(entry) {
  const { activity } = entry
  const mine = isMine(entry)
  const who = mine ? activity.from.name : 'Sync Medic'
  const updated = entry.editedAt === undefined ? [] : [`updated ${timeWords(entry.editedAt)}`]
  const by = make(
    'p',
    { className: 'by' },
    make('strong', {}, who),
    ` · ${[timeWords(entry.at), ...updated].join(' · ')}`,
  )
  const card = cardOf(activity)
  const body = make('div', { className: card ? 'body card' : 'body text' })
  if (card) body.append(drawCard(card, (action) => press(entry, action)))
  else body.textContent = plain(activity)
  const box = make('article', { className: `msg${mine ? ' me' : ''}`, tabIndex: -1 }, by, body)
  box.classList.toggle('thread', isReply(entry))
  box.dataset.id = entry.activityId
  box.setAttribute('aria-label', `${who}: ${plain(activity).slice(0, 120)}`)
  return box
}

async function press(entry, action) {
  const box = boxOf(entry.activityId)
  box?.classList.add('waiting')
  try {
    await pressed(entry.activityId, action, (content) => {
      // The answer of the button is newer than what is shown; the bot's own edit follows for everybody.
      const activity = { ...entry.activity, attachments: [{ contentType: cardType, content }] }
      take({ ...entry, change: 'edited', editedAt: clock(), activity })
    })
  } finally {
    boxOf(entry.activityId)?.classList.remove('waiting')
  }
}

const boxOf = (activityId) => $('log').querySelector(`[data-id="${CSS.escape(activityId)}"]`)

function here() {
  return [...view.entries.values()].filter((entry) => entry.conversationId === view.place.id)
}

const isReply = (entry) =>
  entry.threadId !== undefined &&
  entry.threadId !== entry.activityId &&
  view.entries.has(`${entry.conversationId}|${entry.threadId}`)

/** Replies stand below the message they belong to. */
function inOrder(entries) {
  const roots = entries.filter((entry) => !isReply(entry))
  return roots.flatMap((root) => [
    root,
    ...entries.filter((entry) => isReply(entry) && entry.threadId === root.activityId),
  ])
}

function drawEmpty() {
  const personal = view.place.type === 'personal'
  return make(
    'div',
    { className: 'empty' },
    make('img', { src: '/icon.svg', alt: '', width: 56, height: 56 }),
    make('p', { className: 'lead' }, personal ? 'What is not synchronizing?' : 'All quiet here so far'),
    make(
      'p',
      {},
      personal
        ? 'Name a person or a domain, ask about Cloud Sync, or paste an error. Every answer names its time and its source.'
        : 'Alerts arrive in this channel, with counts and no names. Write to @Sync Medic to ask something.',
    ),
  )
}

/** Draws the conversation anew, e.g. after another one was chosen; nothing of it is read out as new. */
export function drawLog() {
  const log = $('log')
  const entries = inOrder(here())
  log.setAttribute('aria-busy', 'true')
  log.replaceChildren(...(entries.length > 0 ? entries.map(drawEntry) : [drawEmpty()]))
  log.setAttribute('aria-busy', 'false')
  $('newest').hidden = true
  view.readingFrom = undefined
  const lastTwo = [...log.children].slice(-2)
  readFrom(lastTwo.find((box) => box.classList.contains('me')) ?? log.lastElementChild)
  drawSuggestions()
}

// ------------------------------------------------------------------ scrolling

const isAtEnd = () => $('log').scrollTop + $('log').clientHeight > $('log').scrollHeight - 60

/** Shows as much as fits, but never scrolls the beginning of `box` out of sight. */
function readFrom(box) {
  const log = $('log')
  const end = log.scrollHeight - log.clientHeight
  const top = box.getBoundingClientRect().top - log.getBoundingClientRect().top
  log.scrollTop = Math.min(end, log.scrollTop + top - ABOVE)
}

const isBelow = (box) => box.getBoundingClientRect().top > $('log').getBoundingClientRect().bottom - 40

// ------------------------------------------------------------------ taking

/** Folds an entry into what is known; true when a message is new to the conversation. */
function keep(entry) {
  const id = `${entry.conversationId}|${entry.activityId}`
  const before = view.entries.get(id)
  if (entry.change === 'deleted') view.entries.delete(id)
  else if (before) {
    const from = entry.activity.from ?? before.activity.from
    const activity = from ? { ...entry.activity, from } : entry.activity
    view.entries.set(id, { ...before, activity, editedAt: entry.editedAt ?? entry.at })
  } else view.entries.set(id, entry)
  return before === undefined && entry.change !== 'deleted'
}

/** A new, changed or removed message; drawn at once when its conversation is the chosen one. */
export function take(entry) {
  const isNew = keep(entry)
  if (!view.live) return
  if (entry.conversationId !== view.place.id) {
    if (isNew && !isMine(entry))
      view.unread.set(entry.conversationId, (view.unread.get(entry.conversationId) ?? 0) + 1)
    return
  }
  const shown = view.entries.get(`${entry.conversationId}|${entry.activityId}`)
  const old = boxOf(entry.activityId)
  if (!shown) {
    old?.remove()
    if (here().length === 0) drawLog()
  } else if (old) replaceBox(old, drawEntry(shown))
  else addBox(shown)
  if (!isMine(entry)) $('typing').textContent = ''
  drawSuggestions()
}

function addBox(entry) {
  const log = $('log')
  const wasAtEnd = isAtEnd()
  log.querySelector('.empty')?.remove()
  const box = drawEntry(entry)
  box.classList.add('fresh')
  const siblings = isReply(entry) ? here().filter((e) => e.threadId === entry.threadId && e !== entry) : []
  const after = isReply(entry) ? boxOf(siblings.at(-1)?.activityId ?? entry.threadId) : null
  if (after) after.after(box)
  else log.append(box)
  // Long answers are read from their beginning, with the question above them, until the person scrolls.
  if (isMine(entry)) view.readingFrom = box
  const anchor = view.readingFrom?.isConnected ? view.readingFrom : wasAtEnd ? box : undefined
  if (anchor) readFrom(anchor)
  $('newest').hidden = !isBelow(box)
}

/** A redrawn card must not take keyboard focus or half-written input away from the person. */
function replaceBox(old, box) {
  const focused = old.contains(document.activeElement) ? document.activeElement : undefined
  const label = focused?.getAttribute('aria-label') ?? focused?.textContent
  const fieldId = focused?.closest('[id*="/"]')?.id
  const open = old.querySelector('button[aria-expanded="true"]')?.getAttribute('aria-label')
  const values = new Map(
    [...old.querySelectorAll('[id*="/"]')].map((field) => [
      field.id,
      field.querySelector('textarea, select, input')?.value,
    ]),
  )
  const top = $('log').scrollTop
  box.classList.add('fresh')
  old.replaceWith(box)
  $('log').scrollTop = top
  const buttons = () => [...box.querySelectorAll('button, a[href]')]
  if (open) {
    buttons()
      .find((button) => button.getAttribute('aria-label') === open)
      ?.click()
    for (const [id, value] of values) {
      const input = box.querySelector(`[id="${CSS.escape(id)}"]`)?.querySelector('textarea, select, input')
      if (!input || !value) continue
      input.value = value
      input.dispatchEvent(new Event(input.tagName === 'SELECT' ? 'change' : 'input'))
    }
  }
  if (!focused) return
  const field =
    fieldId && box.querySelector(`[id="${CSS.escape(fieldId)}"]`)?.querySelector('textarea, select, input')
  const same = buttons().find((one) => (one.getAttribute('aria-label') ?? one.textContent) === label)
  const target = field || same || box
  target.focus({ preventScroll: true })
}

// ------------------------------------------------------------------ suggestions

/** All of them at the start; later the few that were not tried yet, so that the answers have the room. */
function drawSuggestions() {
  const { personal, channel } = view.state.suggestions
  const list = view.place.type === 'personal' ? personal : channel
  const said = new Set(
    here()
      .filter(isMine)
      .map((entry) => plain(entry.activity).replace(/^@Sync Medic\s+/, '')),
  )
  const shown = said.size === 0 ? list : list.filter((text) => !said.has(text)).slice(0, 3)
  const group = $('suggestions')
  group.classList.toggle('few', said.size > 0)
  const before = [...group.children].map((button) => button.textContent)
  if (before.join('\n') === shown.join('\n')) return
  const hadFocus = group.contains(document.activeElement)
  group.replaceChildren(
    ...shown.map((text) => {
      const button = make('button', { type: 'button' }, text)
      button.addEventListener('click', () => say(text))
      return button
    }),
  )
  if (hadFocus) $('composer').focus()
}

export function startLog() {
  // A region that scrolls must be reachable by keyboard.
  $('log').tabIndex = 0
  $('log').addEventListener('scroll', () => {
    if (isAtEnd()) $('newest').hidden = true
  })
  for (const moved of ['wheel', 'touchmove', 'keydown', 'pointerdown'])
    $('log').addEventListener(
      moved,
      () => {
        view.readingFrom = undefined
      },
      { passive: true },
    )
  $('newest').addEventListener('click', () => {
    const last = $('log').querySelector('.msg:last-child')
    readFrom(last)
    last.focus({ preventScroll: true })
    $('newest').hidden = true
  })
}
