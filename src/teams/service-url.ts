// Which serviceUrl may be answered or written to. One rule for tokens, bodies and stored places.
import { isLoopbackHost } from '../clouds.ts'

export type ServiceUrlRule = {
  /** Hosts of the Bot Connector in this cloud, best first. */
  readonly hosts: readonly string[]
  /** Plain http on loopback too: rehearsal, and tests with keys of their own. */
  readonly loopback: boolean
}

const LONGEST = 512
// Only what the Connector really sends: no userinfo, no query, no escapes, no upper case, no port on https.
const secure = /^https:\/\/([a-z0-9.-]{1,253})((?:\/[A-Za-z0-9._~-]*)*)$/
const local =
  /^http:\/\/(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?((?:\/[A-Za-z0-9._~-]*)*)$/

function isCanonical(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { href } = new URL(text)
  // Dot segments, odd numbers and the like change in parsing; what we check must be what is dialled.
  return href === text || href === `${text}/`
}

export function isAllowedServiceUrl(url: string, rule: ServiceUrlRule): boolean {
  if (url.length > LONGEST) return false
  const match = secure.exec(url)
  if (match) return rule.hosts.includes(match[1] ?? '') && isCanonical(url)
  return rule.loopback && local.test(url) && isCanonical(url) && isLoopbackHost(new URL(url).hostname)
}

/**
 * The same address on the next host of the rule, or undefined when there is no other. On loopback the two names of
 * the one machine stand for two hosts.
 */
export function onNextHost(url: string, rule: ServiceUrlRule): string | undefined {
  if (!isAllowedServiceUrl(url, rule)) return undefined
  const parsed = new URL(url)
  const hosts = parsed.protocol === 'http:' ? ['127.0.0.1', 'localhost'] : rule.hosts
  const next = hosts[(hosts.indexOf(parsed.hostname) + 1) % hosts.length]
  if (next === undefined || next === parsed.hostname) return undefined
  parsed.hostname = next
  return parsed.href
}
