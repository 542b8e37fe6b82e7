// Texts of people inside OData filters and addresses.

/** A string literal of OData: a quote is doubled, control characters are removed. */
export function literal(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return `'${text.replace(/[\u0000-\u001f\u007f]/g, '').replaceAll("'", "''")}'`
}

/** A time as a literal of OData. */
export function timeLiteral(time: number): string {
  return new Date(time).toISOString()
}

/** A path segment that would change the path, or is missing: such an address is never asked for. */
function unusable(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..'
}

/**
 * '/users/{id}' and its values -> an address below the root of Graph, everything encoded.
 * Undefined when a value cannot be a path segment.
 */
export function address(
  template: string,
  path: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
): string | undefined {
  let broken = false
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = path[name] ?? ''
    broken ||= unusable(value)
    return encodeURIComponent(value)
  })
  if (broken) return undefined
  const pairs = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  return pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled
}
