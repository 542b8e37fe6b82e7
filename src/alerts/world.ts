// Everything a decision about one incident looks at besides the incident itself, read once per round.
import { sameName } from '../directory-names.ts'
import type { Incident, Instant, Json, Severity } from '../nouns.ts'
import type { EscalationStep } from '../oncall/index.ts'
import type { Repositories, StoredPlace, Subscription } from '../ports.ts'
import { MINUTE } from '../time.ts'
import type { KnownJob } from './derive.ts'
import { defaultPolicy, type Policy } from './events.ts'
import { quietEnd, routeOf } from './route.ts'
import { inhibitions, type RuleId, type Rules } from './rules.ts'

export type Maintenance = {
  readonly id: string
  readonly from: Instant
  readonly to: Instant
  /** Empty: the whole tenant. */
  readonly domains: readonly string[]
  readonly byName?: string
}

/** What the watch remembers of one configuration. */
export type Watched = {
  readonly configurationId: string
  readonly domain: string
  readonly lastGood: Instant
  readonly jobs: readonly KnownJob[]
  /** Jobs whose own GET answered "not found", and since when. */
  readonly gone: Readonly<Record<string, Instant>>
}

export type World = {
  readonly tenantId: string
  readonly now: Instant
  /** Every incident that is not closed. */
  readonly live: readonly Incident[]
  readonly subscriptions: readonly Subscription[]
  readonly places: ReadonlyMap<string, StoredPlace>
  readonly maintenance: readonly Maintenance[]
  readonly watched: readonly Watched[]
  /** Last good reading of anything at all. */
  readonly lastGood: Instant | undefined
}

export const MAINTENANCE = 'alerts.maintenance.'
export const WATCHED = 'alerts.watch.'
export const LAST_GOOD = 'alerts.lastGood'

const liveStates = ['pending', 'open', 'acked', 'snoozed', 'resolved'] as const

export async function readWorld(store: Repositories, tenantId: string, now: Instant): Promise<World> {
  const { incidents, subscriptions, places, settings } = store
  const values = async <T>(prefix: string) =>
    (await settings.list(tenantId, prefix)).map((setting) => setting.value as T)
  const lastGood = (await settings.get(tenantId, LAST_GOOD)) as Json | undefined
  return {
    tenantId,
    now,
    live: await incidents.list(tenantId, liveStates),
    subscriptions: await subscriptions.list(tenantId),
    places: new Map((await places.list(tenantId)).map((place) => [place.key, place])),
    maintenance: await values<Maintenance>(MAINTENANCE),
    watched: await values<Watched>(WATCHED),
    lastGood: typeof lastGood === 'number' ? lastGood : undefined,
  }
}

export type Subject = {
  readonly ruleId: string
  readonly severity: Severity
  readonly subject: string
  readonly configurationId?: string
  readonly jobId?: string
}

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
