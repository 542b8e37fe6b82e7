// Everything a decision about one incident looks at besides the incident itself, read once per round.
import type { Incident, Instant, Json, Severity } from '../nouns.ts'
import type { Repositories, StoredPlace, Subscription } from '../ports.ts'
import type { KnownJob } from './derive.ts'

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
