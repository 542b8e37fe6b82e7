// What the page knows, and small helpers every part of it uses.

export const view = {
  /** As /rehearsal/state answers it, with `readAt`, the browser's time of the answer. */
  state: undefined,
  person: undefined,
  place: undefined,
  /** Messages by conversation and activity id, oldest first. */
  entries: new Map(),
  /** Number of unread messages by conversation. */
  unread: new Map(),
  /** The own message whose answers are being read; undefined once the person scrolls. */
  readingFrom: undefined,
  /** False while the history is being read. */
  live: false,
}

export const $ = (id) => document.getElementById(id)

const key = (name) => `sync-medic-${name}`
export const remember = (name, value) => localStorage.setItem(key(name), value)
export const recall = (name) => localStorage.getItem(key(name))

/** make('button', { type: 'button' }, 'Send'): text is always text, never markup. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

/** The rehearsal's clock, in milliseconds. */
export function clock() {
  return view.state.now + (Date.now() - view.state.readAt)
}

/** "17:22 UTC", with the day when it is another one. */
export function timeWords(time) {
  const text = new Date(time).toISOString()
  const today = new Date(clock()).toISOString().slice(0, 10)
  return `${text.slice(0, 10) === today ? '' : `${text.slice(0, 10)} `}${text.slice(11, 16)} UTC`
}

export function places() {
  const { state, person } = view
  const own = {
    id: `personal-${person.id}`,
    type: 'personal',
    title: 'Sync Medic',
    note: `One-to-one chat as ${person.name}`,
  }
  return [own, ...state.conversations]
}

let forget
/** Something went wrong, or must be known now; goes away by itself. */
export function tell(text) {
  $('toast').textContent = text
  clearTimeout(forget)
  forget = setTimeout(() => {
    $('toast').textContent = ''
  }, 8000)
}

let running = 0
/** Marks the page as busy while `work` runs; tests and assistive technology can wait for it. */
export async function busy(work) {
  running += 1
  document.body.dataset.busy = String(running)
  try {
    return await work()
  } finally {
    running -= 1
    document.body.dataset.busy = String(running)
  }
}
