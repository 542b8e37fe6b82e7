// Buttons and inputs as card actions.
import { inputId } from '../access/index.ts'
import type { Button, Input } from '../nouns.ts'
import { cleanText, plainWords } from './clean.ts'
import type { Element } from './parts.ts'

/** Teams draws no more in one row of actions. */
export const MAX_ACTIONS = 6
const MAX_CHOICES = 30

/** What the bot hopes for stands out, where the client draws styles. Never on what changes the tenant. */
const expected: ReadonlySet<string> = new Set(['incident.acknowledge'])

export function mostImportant(buttons: readonly Button[], rows: number): readonly Button[] {
  return buttons.slice(0, rows * MAX_ACTIONS)
}

function execute(button: Extract<Button, { verb: string }>, titleText: string): Element {
  return {
    type: 'Action.Execute',
    title: titleText,
    verb: button.verb,
    data: button.data,
    ...(expected.has(button.verb) ? { style: 'positive' } : {}),
    // Clients that know no Action.Execute send the same as a message.
    fallback: { type: 'Action.Submit', title: titleText, data: { verb: button.verb, ...button.data } },
  }
}

function inputElement(verb: string, input: Input): Element {
  const label = plainWords(cleanText(input.label, 120)) || 'Text'
  const common = {
    id: inputId(verb, input.id),
    label,
    isRequired: input.required,
    ...(input.required ? { errorMessage: `${label}: please fill this in.` } : {}),
  }
  if (input.kind === 'text') return { type: 'Input.Text', ...common, isMultiline: true, maxLength: 500 }
  const choices = (input.choices ?? []).slice(0, MAX_CHOICES).map((choice) => ({
    title: plainWords(cleanText(choice.title, 120)) || choice.value,
    value: choice.value,
  }))
  return { type: 'Input.ChoiceSet', ...common, style: 'compact', choices }
}

export function action(button: Button): Element {
  if ('say' in button) {
    return { type: 'Action.Submit', title: button.label, data: { verb: 'say', text: button.say } }
  }
  if ('url' in button) return { type: 'Action.OpenUrl', title: button.label, url: button.url }
  const inputs = button.inputs ?? []
  if (inputs.length === 0) return execute(button, button.label)
  return {
    type: 'Action.ShowCard',
    title: button.label,
    card: {
      type: 'AdaptiveCard',
      body: inputs.map((input) => inputElement(button.verb, input)),
      actions: [execute(button, button.label)],
    },
  }
}

/** Rows of at most six; a form opens only in the row that belongs to the card itself. */
export function actionSets(buttons: readonly Button[]): readonly Element[] {
  const out: Element[] = []
  for (let i = 0; i < buttons.length; i += MAX_ACTIONS) {
    out.push({ type: 'ActionSet', actions: buttons.slice(i, i + MAX_ACTIONS).map(action), spacing: 'Small' })
  }
  return out
}
