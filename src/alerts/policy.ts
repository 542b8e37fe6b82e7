// What holds for one incident now: who holds it back, whether its domain is seen at all, who is quiet. Pure.
import { sameName } from '../directory-names.ts'
import type { EscalationStep } from '../oncall/index.ts'
import { MINUTE } from '../time.ts'
import { defaultPolicy, type Policy } from './events.ts'
import { quietEnd, routeOf } from './route.ts'
import { inhibitions, type RuleId, type Rules } from './rules.ts'
import type { Subject, World } from './world.ts'

const firing = new Set(['open', 'acked', 'snoozed'])

function inhibitor(world: World, about: Subject): string | undefined {
  const planned = world.maintenance.some(
    (m) =>
      m.from <= world.now &&
      world.now < m.to &&
      (m.domains.length === 0 || m.domains.some((domain) => sameName(domain, about.subject))),
  )
  if (planned) return 'maintenance'
  const row = inhibitions.find(
    ({ by, hides, of }) =>
      hides.some((id) => id === about.ruleId) &&
      world.live.some(
        (incident) =>
          incident.ruleId === by &&
          firing.has(incident.state) &&
          incident.configurationId === about.configurationId &&
          (of === 'domain' || incident.jobId === about.jobId),
      ),
  )
  return row?.by
}

/** No good poll for the time the rule gives: of this configuration, or of the whole tenant. */
export function isBlind(world: World, rules: Rules, configurationId: string | undefined): boolean {
  const limit = (rules['monitor.blind'].thresholds.minutes ?? 15) * MINUTE
  const one = world.watched.find((w) => w.configurationId === configurationId)
  const lastGood = one ? one.lastGood : world.lastGood
  return configurationId !== undefined && lastGood !== undefined && world.now - lastGood >= limit
}

export function policyOf(
  world: World,
  about: Subject,
  given: { readonly rules: Rules; readonly chain: readonly EscalationStep[]; readonly fallback?: string },
): Policy {
  const { rules, chain } = given
  const rule = rules[about.ruleId as RuleId] as Rules[RuleId] | undefined
  const inhibitedBy = inhibitor(world, about)
  const quietUntil = quietEnd(routeOf(world, about, given.fallback), world.now)
  return {
    ...defaultPolicy,
    ...(rule ? { forMs: rule.forMs, forPolls: rule.forPolls, clearMs: rule.clearMs } : { forPolls: 1 }),
    chainMs: chain.map((step) => step.afterMinutes * MINUTE),
    blind: isBlind(world, rules, about.configurationId) && about.ruleId !== 'monitor.blind',
    ...(inhibitedBy === undefined ? {} : { inhibitedBy }),
    ...(quietUntil === undefined ? {} : { quietUntil }),
  }
}
