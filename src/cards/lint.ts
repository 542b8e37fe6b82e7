// What the published card schema does not notice. Returns the problems found; none is good.

import { BUDGET_BYTES, bytesOf } from './budget.ts'
import { MAX_ACTIONS } from './buttons.ts'
import { safeUrl } from './links.ts'
import { headings } from './sheet.ts'

type Node = { readonly [key: string]: unknown }

const elements = new Set([
  'AdaptiveCard',
  'TextBlock',
  'RichTextBlock',
  'TextRun',
  'Container',
  'ColumnSet',
  'Column',
  'Table',
  'TableRow',
  'TableCell',
  'ActionSet',
  'Input.Text',
  'Input.ChoiceSet',
  'Action.Execute',
  'Action.Submit',
  'Action.OpenUrl',
  'Action.ShowCard',
])
/** Containers whose text may be anything, since their inputs and data are not drawn. */
const unread = new Set(['data', 'msteams', 'refresh'])
const mention = /^<at>[\p{L}\p{N} .'-]+<\/at>( <at>[\p{L}\p{N} .'-]+<\/at>)*$/u
const ownHeadings: ReadonlySet<string> = new Set(headings)

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkNode(node: Node, path: string, problems: string[]): void {
  const type = String(node.type)
  const bad = (text: string) => problems.push(`${path}: ${text}`)
  if ('type' in node && !elements.has(type)) bad(`element ${type} is not one of ours`)
  if (type === 'TextBlock' && !ownHeadings.has(String(node.text)) && !mention.test(String(node.text))) {
    bad('TextBlock with words that are not ours')
  }
  if (type === 'Table' && !isNode(node.fallback)) bad('Table without fallback')
  if (type === 'Action.Execute') {
    const fallback = isNode(node.fallback) ? node.fallback.type : undefined
    if (fallback !== 'Action.Submit') bad('Action.Execute without fallback Action.Submit')
  }
  if (type === 'RichTextBlock' && !(Array.isArray(node.inlines) && node.inlines.length > 0)) bad('no text')
  if (type === 'ColumnSet' && !(Array.isArray(node.columns) && node.columns.length > 0)) bad('no columns')
  if ('url' in node && safeUrl(String(node.url)) === undefined) bad('url is not on the allow-list')
  if (isNode(node.selectAction) && node.selectAction.type !== 'Action.OpenUrl')
    bad('selectAction is not a link')
  if (type.startsWith('Input.')) {
    if (!node.id || !node.label) bad('input without id or label')
    if (node.isRequired === true && !node.errorMessage) bad('required input without errorMessage')
  }
  if (Array.isArray(node.actions) && node.actions.length > MAX_ACTIONS) bad(`${node.actions.length} actions`)
}

function walk(value: unknown, path: string, see: (node: Node, path: string) => void): void {
  if (Array.isArray(value))
    value.forEach((one, i) => {
      walk(one, `${path}[${i}]`, see)
    })
  else if (isNode(value)) {
    see(value, path)
    for (const [key, inner] of Object.entries(value)) if (!unread.has(key)) walk(inner, `${path}.${key}`, see)
  }
}

/** Problems of an Adaptive Card we are about to send, each with its path. */
export function lint(card: unknown): readonly string[] {
  if (!isNode(card)) return ['card: not an object']
  const problems: string[] = []
  if (card.type !== 'AdaptiveCard') problems.push('card: type is not AdaptiveCard')
  if (card.version !== '1.5') problems.push('card: version is not 1.5')
  if (typeof card.fallbackText !== 'string' || card.fallbackText === '')
    problems.push('card: no fallbackText')
  if (!Array.isArray(card.body) || card.body.length === 0) problems.push('card: no body')
  const ids = new Set<string>()
  walk(card, 'card', (node, path) => {
    checkNode(node, path, problems)
    if (typeof node.id !== 'string') return
    if (ids.has(node.id)) problems.push(`${path}: id ${node.id} is there twice`)
    ids.add(node.id)
  })
  const userIds = isNode(card.refresh) ? card.refresh.userIds : undefined
  if (Array.isArray(userIds) && userIds.length > 60) problems.push('card.refresh: more than 60 userIds')
  const bytes = bytesOf(card as Parameters<typeof bytesOf>[0])
  if (bytes > BUDGET_BYTES) problems.push(`card: ${bytes} bytes`)
  return problems
}
