// The daily digest of a place: what opened, changed and closed; silent when nothing did, unless it asked otherwise.
import type { Incident, Instant, Json, Prose, Reply } from '../nouns.ts'
import { prose } from '../nouns.ts'
import { dayNumber, localTime, minutesOf } from '../oncall/index.ts'
import type { Subscription } from '../ports.ts'
import { HOUR } from '../time.ts'
import type { ChangeDeps } from './change.ts'
import { isLive, routeOf } from './route.ts'
import { readWorld } from './world.ts'

/** Setting with the local day of the last digest of a place. */
export const SENT = 'alerts.digest.'

/** The local day whose digest is due, as a number; undefined when its hour has not come. */
export function digestDay(digest: NonNullable<Subscription['digest']>, now: Instant): number | undefined {
  const local = localTime(digest.zone, now)
  return local.hour * 60 + local.minute >= minutesOf(digest.at) ? dayNumber(local) : undefined
}

function section(heading: string, incidents: readonly Incident[]) {
  const items = incidents.map((i): Prose => prose`#${i.number} ${i.title} (${i.severity})`)
  return items.length > 0
    ? [
        { kind: 'heading' as const, text: heading },
        { kind: 'list' as const, ordered: false, items },
      ]
    : []
}

/** Undefined: nothing happened and nothing is open. */
export function digestReply(incidents: readonly Incident[], since: Instant): Reply | undefined {
  const told = incidents.filter((i) => i.number > 0)
  const open = told.filter((i) => i.state === 'open' || i.state === 'acked' || i.state === 'snoozed')
  const opened = told.filter((i) => (i.openedAt ?? 0) >= since)
  const closed = told.filter((i) => (i.resolvedAt ?? 0) >= since && !open.includes(i))
  if (open.length + opened.length + closed.length === 0) return undefined
  return {
    kind: 'notice',
    title: 'The past day',
    tone: open.length > 0 ? 'attention' : 'good',
    blocks: [
      ...section('Opened', opened),
      ...section(
        'Still open',
        open.filter((i) => !opened.includes(i)),
      ),
      ...section('Resolved', closed),
    ],
    offers: [],
  }
}

const allWell: Reply = {
  kind: 'notice',
  title: 'Watched, all well',
  tone: 'good',
  blocks: [{ kind: 'text', prose: ['Nothing opened, changed or closed in the past day.'] }],
  offers: [],
}

/** Queues the digests that are due; at most one per place and local day, restarts included. */
export async function sendDigests(deps: ChangeDeps, now: Instant): Promise<void> {
  const subscriptions = (await deps.store.subscriptions.list(deps.tenantId)).filter((s) => s.digest)
  for (const subscription of subscriptions) {
    const { digest, placeKey } = subscription
    const day = digest ? digestDay(digest, now) : undefined
    const last = await deps.store.settings.get(deps.tenantId, SENT + placeKey)
    if (day === undefined || !digest || last === day) continue
    const world = await readWorld(deps.store, deps.tenantId, now)
    const recent = await deps.store.incidents.list(deps.tenantId, ['closed'])
    const alone = { ...world, subscriptions: [{ ...subscription, fallback: false }] }
    const mine = [...world.live, ...recent].filter((i) =>
      routeOf(alone, i, undefined).destinations.some((d) => d.placeKey === placeKey),
    )
    const blind = world.live.some((i) => i.ruleId === 'monitor.blind' && i.state !== 'resolved')
    const quiet = digest.evenIfQuiet && !blind ? allWell : undefined
    const reply = digestReply(mine, now - 24 * HOUR) ?? quiet
    await deps.store.transaction(async (r) => {
      await deps.fence(r)
      await r.settings.put(deps.tenantId, SENT + placeKey, day)
      if (reply && isLive(world, placeKey))
        await r.outbox.add({
          id: `digest.${placeKey}.${day}`,
          tenantId: deps.tenantId,
          placeKey,
          version: 1,
          kind: 'notice',
          priority: 2,
          payload: { reply } as unknown as Json,
          createdAt: now,
          notBefore: now,
        })
    })
  }
}
