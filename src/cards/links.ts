// Where a link on a card may lead. Everything else is shown as words without a link.

/** Exact host names, https only. Portals and documentation of Microsoft, by cloud. */
const hosts: ReadonlySet<string> = new Set([
  'entra.microsoft.com',
  'portal.azure.com',
  'learn.microsoft.com',
  'entra.microsoft.us',
  'portal.azure.us',
  'entra.microsoftonline.cn',
  'portal.azure.cn',
  'docs.azure.cn',
])

/** What a URL parser would quietly drop or repair: blanks, controls, backslashes, text direction marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is looked for
const repaired = /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060-\u206f\\"<>^`{|}]/

/** The link in its normal form, or undefined where it must not be one. */
export function safeUrl(url: string): string | undefined {
  if (url.length > 2000 || repaired.test(url) || !URL.canParse(url)) return undefined
  const read = new URL(url)
  const plain = read.protocol === 'https:' && !read.username && !read.password && !read.port
  // "https:/host" and "https:host" are repaired by the parser as well.
  return plain && /^https:\/\/[^/]/i.test(url) && hosts.has(read.hostname) ? read.href : undefined
}

/** urlOf`https://entra.microsoft.com/#view/…/objectId/${id}`: what is filled in is encoded. */
export function urlOf(parts: TemplateStringsArray, ...ids: readonly string[]): string {
  return parts.map((part, i) => part + (i < ids.length ? encodeURIComponent(ids[i] ?? '') : '')).join('')
}
