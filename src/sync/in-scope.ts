// Whether a distinguished name lies inside what a rule includes. Pure; membership in groups is AD's to know.
import { dnParts } from '../graph/index.ts'
import type { ScopeFilter } from '../nouns.ts'

/** Whether a DN is the container or lies below it, at any depth. */
export function isBelow(dn: string, container: string): boolean {
  const [object, parent] = [dnParts(dn), dnParts(container)]
  if (parent.length === 0 || parent.length > object.length) return false
  return parent.every((part, i) => part === object[object.length - parent.length + i])
}

/**
 * in: a container of some rule holds it, or a rule includes everything. out: every rule names containers only and none
 * holds it. unknown: a rule includes by group, or there is no rule. Attribute clauses are not evaluated.
 */
export function inScope(dn: string, filters: readonly ScopeFilter[]): 'in' | 'out' | 'unknown' {
  const verdicts = filters.map((filter) => {
    if (filter.containers.some((container) => isBelow(dn, container))) return 'in'
    if (filter.groups.length > 0) return 'unknown'
    return filter.containers.length === 0 ? 'in' : 'out'
  })
  if (verdicts.includes('in')) return 'in'
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'out'
}
