// Reads a card the way a person does: every text that is drawn, in order.
type Node = { readonly [key: string]: unknown }

const shown = ['text', 'title', 'body', 'inlines', 'items', 'columns', 'rows', 'cells', 'actions']

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every node of a card, fallbacks included. */
export function nodesOf(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf)
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodesOf)] : []
}

/** Texts that are drawn at once: without fallbacks, data, settings, and forms that open when asked for. */
export function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap((one) => (typeof one === 'string' ? [] : textsOf(one)))
  if (!isNode(value)) return []
  return shown.flatMap((key) => {
    const inner = value[key]
    return typeof inner === 'string' ? [inner] : inner === undefined ? [] : textsOf(inner)
  })
}
