// The side panel: who one is, the clock, what goes wrong. Drawn once, then only brought up to date, so that keyboard
// focus stays where it is.
import { send } from './channel.js'
import { $, make, tell, timeWords, view } from './view.js'

const steps = [
  [2, '+2 min'],
  [10, '+10 min'],
  [60, '+1 h'],
  [720, '+12 h'],
]
/** These come first. */
const firstGroups = ['contoso.com', 'fabrikam.com']

/** Asks the rehearsal for something; true when it was done. `onState` gets the new state. */
async function control(path, body, onState) {
  const answer = await send(path, body)
  if (!answer) return false
  const result = await answer.json()
  if (answer.ok) onState(result)
  else tell(result.problem ?? 'That did not work.')
  return answer.ok
}

function choice(input, title, note) {
  const words = make('span', {}, title, make('small', {}, note))
  return make('label', { className: 'choice' }, input, words)
}

const initials = (name) =>
  name
    .split(' ')
    .map((word) => word[0])
    .join('')

function drawPeople(onPerson) {
  $('people').replaceChildren(
    ...view.state.people.map((person) => {
      const input = make('input', { type: 'radio', name: 'person', value: person.id })
      input.addEventListener('change', () => onPerson(person.id))
      const label = choice(input, person.name, `${person.title} · ${person.role}`)
      const face = make('span', { className: 'face' }, initials(person.name))
      face.setAttribute('aria-hidden', 'true')
      label.append(face)
      return label
    }),
  )
}

function drawGroup(group, onState) {
  const list = view.state.scenarios.filter((each) => each.group === group)
  const name = firstGroups.includes(group) ? group : group[0].toUpperCase() + group.slice(1)
  const heading = make('summary', {}, name, make('small', {}, ` ${list.length}`))
  // What is broken from the start is seen at once; the rest is a click away.
  const box = make('details', { open: list.some((one) => one.active) }, heading)
  for (const one of list) {
    const input = make('input', { type: 'checkbox', name: one.id })
    input.addEventListener('change', async () => {
      const done = await control('/rehearsal/scenario', { id: one.id, on: input.checked }, onState)
      if (!done) drawPanel()
    })
    box.append(choice(input, one.title, one.note))
  }
  return box
}

function drawScenarios(onState) {
  const groups = [...new Set(view.state.scenarios.map((one) => one.group))]
  const first = firstGroups.filter((group) => groups.includes(group))
  const order = [...first, ...groups.filter((group) => !first.includes(group))]
  $('scenarios').replaceChildren(...order.map((group) => drawGroup(group, onState)))
}

function drawTimes(onState) {
  $('times').replaceChildren(
    ...steps.map(([minutes, label]) => {
      const button = make('button', { type: 'button', className: 'quiet' }, label)
      button.addEventListener('click', async () => {
        if (await control('/rehearsal/time', { minutes }, onState))
          $('time-note').textContent = `It is now ${timeWords(view.state.now)}.`
      })
      return button
    }),
  )
}

/** Brings what is shown up to date with the state. */
export function drawPanel() {
  $('tenant').textContent = view.state.tenantName
  for (const input of $('people').querySelectorAll('input')) input.checked = input.value === view.person.id
  const active = new Set(view.state.scenarios.filter((one) => one.active).map((one) => one.id))
  for (const input of $('scenarios').querySelectorAll('input')) input.checked = active.has(input.name)
}

function openPanel(open) {
  $('panel').classList.toggle('open', open)
  $('panel-toggle').setAttribute('aria-expanded', String(open))
  if (open) $('panel-close').focus()
  else $('panel-toggle').focus()
}

const isOpen = () => $('panel').classList.contains('open')

/** `onState` takes a new state, `onPerson` the id of the person one becomes. */
export function startPanel({ onState, onPerson }) {
  drawPeople(onPerson)
  drawScenarios(onState)
  drawTimes(onState)
  drawPanel()
  $('panel-toggle').addEventListener('click', () => openPanel(!isOpen()))
  $('panel-close').addEventListener('click', () => openPanel(false))
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && isOpen()) openPanel(false)
  })
  $('reset').addEventListener('click', () => control('/rehearsal/reset', {}, onState))
}
