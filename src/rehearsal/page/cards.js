// Draws a card with the official Adaptive Cards renderer, and adds what Teams adds: mentions, tables that fit a phone,
// every button within reach of the keyboard.
import { hostConfig } from './card-look.js'

const mention = /<at>(.*?)<\/at>/g

/** A copy in which mentions are names; all else is drawn as it is. */
function withMentions(node) {
  if (Array.isArray(node)) return node.map(withMentions)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withMentions(value)]))
  if (copy.type !== 'TextBlock' || !/<at>/.test(copy.text)) return copy
  return { ...copy, text: copy.text.replace(mention, '@$1'), color: 'Accent', weight: 'Bolder' }
}

/** Where a table is too wide, each cell is shown under the name of its column. */
function labelCells(card) {
  for (const table of card.querySelectorAll('[role="table"]')) {
    const names = [...table.querySelectorAll('[role="columnheader"]')].map((cell) => cell.textContent)
    table.classList.add('table')
    table.classList.toggle('wide', names.length > 2)
    for (const row of table.querySelectorAll('[role="row"]'))
      [...row.querySelectorAll('[role="cell"]')].forEach((cell, i) => {
        cell.dataset.column = names[i]?.trim() ?? ''
      })
  }
}

/** The renderer takes buttons out of the tab order while the form of another one is open. */
function keepReachable(card) {
  const reachable = () => {
    for (const button of card.querySelectorAll('button[tabindex="-1"]')) button.tabIndex = 0
  }
  card.addEventListener('click', () => queueMicrotask(reachable))
  reachable()
}

/** `onAction` hears of every pressed button and link, with the values of the inputs in its data. */
export function drawCard(content, onAction) {
  const { AdaptiveCard, HostConfig, Version } = window.AdaptiveCards
  // Texts are shown as they are: what looks like Markdown in a name stays what it is.
  AdaptiveCard.onProcessMarkdown = (_text, result) => {
    result.didProcess = false
  }
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches
  const drawing = new AdaptiveCard()
  drawing.version = new Version(1, 5)
  drawing.hostConfig = new HostConfig(hostConfig(dark))
  drawing.onExecuteAction = onAction
  drawing.parse(withMentions(content))
  const card = drawing.render()
  if (!card) return document.createTextNode(String(content.fallbackText ?? 'This card cannot be shown.'))
  // A card is a group of things to read, not a control: the renderer makes it a tab stop of its own.
  card.removeAttribute('tabindex')
  labelCells(card)
  keepReachable(card)
  return card
}
