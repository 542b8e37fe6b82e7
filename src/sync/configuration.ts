// A Cloud Sync configuration, and which one owns a domain.
import { compact, type GraphServicePrincipal } from '../graph/index.ts'
import type { Configuration } from '../nouns.ts'

/** Letters, digits, dots and hyphens with at least one dot: what an AD domain is called. */
export function isDomainName(text: string): boolean {
  return /^(?!-)[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u.test(text)
}

/** `domain` when the principal's name is none: old configurations all bear the name of the product. */
export function toConfiguration(raw: GraphServicePrincipal, domain?: string): Configuration {
  const name = raw.displayName ?? raw.id
  return compact({
    id: raw.id,
    domain: (isDomainName(name) ? name : (domain ?? name)).toLowerCase(),
    appId: raw.appId,
  })
}

/**
 * The configuration of exactly that domain; else, as a sign-in suffix need not be an AD domain, the only one that is
 * its parent or child. Several such: undefined, which one cannot be told from the name.
 */
export function ownerOf(
  configurations: readonly Configuration[],
  domain: string | undefined,
  options: { readonly exact?: boolean } = {},
): Configuration | undefined {
  if (domain === undefined) return undefined
  const wanted = domain.toLowerCase()
  const same = configurations.find((one) => one.domain === wanted)
  if (same || options.exact) return same
  const related = configurations.filter(
    (one) => one.domain.endsWith(`.${wanted}`) || wanted.endsWith(`.${one.domain}`),
  )
  return related.length === 1 ? related[0] : undefined
}
