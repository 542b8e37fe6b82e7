// Where an incident is shown, and who is quiet there. Pure.
import { sameName } from '../directory-names.ts'
import { type Instant, severityRank } from '../nouns.ts'
import { atMinutes, dayNumber, dayOf, instantOf, localTime, minutesOf } from '../oncall/index.ts'
import type { Subscription } from '../ports.ts'
import type { Subject, World } from './world.ts'

export type Destination = { readonly placeKey: string; readonly quietUntil?: Instant }
export type Route = {
  readonly destinations: readonly Destination[]
  /** Nobody asked for incidents as light as this one: no destination is not a failure. */
  readonly filtered: boolean
}

type Places = Pick<World, 'subscriptions' | 'places' | 'now'>

/** The end of the quiet hours that hold at `now`; undefined when none do. The bounds may span midnight. */
export function quietUntil(hours: Subscription['quietHours'], now: Instant): Instant | undefined {
  if (!hours) return undefined
  const local = localTime(hours.zone, now)
  const minute = local.hour * 60 + local.minute
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)]
  if (from === to) return undefined
  const inside = from < to ? minute >= from && minute < to : minute >= from || minute < to
  if (!inside) return undefined
  const endsToday = minute < to
  const day = dayOf(dayNumber(local) + (endsToday ? 0 : 1))
  return instantOf(hours.zone, atMinutes(day, to))
}

/** Keys of live last resorts: places subscribed as fallback, then the roster's. */
export function fallbackKeys(world: Places, rosterFallback: string | undefined): readonly string[] {
  const subscribed = world.subscriptions.filter((s) => s.fallback === true).map((s) => s.placeKey)
  const named = [...world.places.values()]
    .filter((p) => p.key === rosterFallback || p.place.conversationId === rosterFallback)
    .map((p) => p.key)
  return [...new Set([...subscribed, ...named])].filter((key) => isLive(world, key))
}

export function isLive(world: Pick<World, 'places'>, placeKey: string): boolean {
  const place = world.places.get(placeKey)
  return place !== undefined && place.dead === undefined
}

function destination(world: Places, placeKey: string): Destination {
  const subscription = world.subscriptions.find((s) => s.placeKey === placeKey)
  const end = quietUntil(subscription?.quietHours, world.now)
  return end === undefined ? { placeKey } : { placeKey, quietUntil: end }
}

/** Subscriptions by domain and severity; the last resort when nobody is left. */
export function routeOf(
  world: Places,
  about: Pick<Subject, 'configurationId' | 'severity' | 'subject' | 'ruleId'>,
  rosterFallback: string | undefined,
): Route {
  const last = fallbackKeys(world, rosterFallback)
  // That messages do not arrive is said where they are still known to arrive.
  if (about.ruleId === 'delivery.failed' && last.length > 0)
    return { destinations: last.map((key) => destination(world, key)), filtered: false }
  const ordinary = world.subscriptions.filter((s) => s.fallback !== true)
  const ofDomain = ordinary.filter(
    (s) =>
      about.configurationId === undefined ||
      s.domains.length === 0 ||
      s.domains.some((domain) => sameName(domain, about.subject)),
  )
  const wanted = ofDomain.filter((s) => severityRank[about.severity] >= severityRank[s.minSeverity])
  const live = wanted.map((s) => s.placeKey).filter((key) => isLive(world, key))
  const filtered = wanted.length === 0 && ofDomain.length > 0 && about.severity !== 'critical'
  const keys = live.length > 0 || filtered ? live : last
  return { destinations: keys.map((key) => destination(world, key)), filtered }
}

/** When escalation below critical may begin: at the first end, once every destination is quiet. */
export function quietEnd(route: Route, now: Instant): Instant | undefined {
  const ends = route.destinations.map((d) => d.quietUntil)
  if (ends.length === 0 || ends.some((end) => end === undefined || end <= now)) return undefined
  return Math.min(...ends.filter((end) => end !== undefined))
}
