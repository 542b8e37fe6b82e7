// What people set for a place or the tenant while the bot runs: subscriptions, quiet hours, digest, maintenance.
import { randomUUID } from 'node:crypto'
import type { Incident, Instant, Json, Person, Place } from '../nouns.ts'
import { prose } from '../nouns.ts'
import { isZone } from '../oncall/index.ts'
import type { Repositories, Subscription } from '../ports.ts'
import { MINUTE } from '../time.ts'
import type { ChangeDeps } from './change.ts'
import { digestDay, SENT } from './digest.ts'
import { routeOf } from './route.ts'
import { MAINTENANCE, type Maintenance, readWorld } from './world.ts'

export type Given = { readonly place: Place; readonly person: Person; readonly now: Instant }
export type Changed = { readonly ok: true } | { readonly ok: false; readonly why: string }

const hhmm = /^([01]\d|2[0-3]):[0-5]\d$/
const done: Changed = { ok: true }

async function audited(
  deps: ChangeDeps,
  r: Repositories,
  given: Given & { what: string; key: string; detail?: string },
) {
  await r.audit.append({
    at: given.now,
    tenantId: deps.tenantId,
    who: given.person.objectId,
    what: given.what,
    where: given.key,
    outcome: 'succeeded',
    ...(given.detail === undefined ? {} : { detail: given.detail }),
  })
}

async function current(
  r: Repositories,
  tenantId: string,
  placeKey: string,
): Promise<Subscription | undefined> {
  return (await r.subscriptions.list(tenantId)).find((s) => s.placeKey === placeKey)
}

/** Subscribing again changes what is given and keeps the rest. */
export async function subscribe(
  deps: ChangeDeps,
  given: Given & Partial<Pick<Subscription, 'domains' | 'minSeverity' | 'fallback'>>,
): Promise<Subscription> {
  return await deps.store.transaction(async (r) => {
    const key = await r.places.upsert(given.place)
    const before = await current(r, deps.tenantId, key)
    const subscription: Subscription = {
      ...before,
      tenantId: deps.tenantId,
      placeKey: key,
      domains: given.domains ?? before?.domains ?? [],
      minSeverity: given.minSeverity ?? before?.minSeverity ?? 'info',
      ...(given.fallback === undefined ? {} : { fallback: given.fallback }),
    }
    await r.subscriptions.put(subscription)
    await audited(deps, r, { ...given, what: 'subscribe', key })
    return subscription
  })
}

/** False: it was not subscribed. */
export async function unsubscribe(deps: ChangeDeps, given: Given): Promise<boolean> {
  return await deps.store.transaction(async (r) => {
    const key = await r.places.upsert(given.place)
    const was = await r.subscriptions.remove(deps.tenantId, key)
    if (was) await audited(deps, r, { ...given, what: 'unsubscribe', key })
    return was
  })
}

async function changeSubscription(
  deps: ChangeDeps,
  given: Given & { readonly what: string },
  change: (before: Subscription) => Subscription,
): Promise<Changed> {
  return await deps.store.transaction(async (r) => {
    const key = await r.places.upsert(given.place)
    const before = await current(r, deps.tenantId, key)
    if (!before) return { ok: false, why: 'This conversation is not subscribed to alerts yet.' } as const
    await r.subscriptions.put(change(before))
    await audited(deps, r, { ...given, key })
    return done
  })
}

/** Without hours they are switched off. */
export async function setQuietHours(
  deps: ChangeDeps,
  given: Given & { readonly hours?: NonNullable<Subscription['quietHours']> },
): Promise<Changed> {
  const { hours } = given
  if (hours && !(hhmm.test(hours.from) && hhmm.test(hours.to) && isZone(hours.zone)))
    return { ok: false, why: 'I need two times as HH:MM and a time zone such as Europe/Berlin.' }
  return await changeSubscription(
    deps,
    { ...given, what: 'quietHours' },
    ({ quietHours: _before, ...rest }) => (hours ? { ...rest, quietHours: hours } : rest),
  )
}

/** Without a digest it is switched off. */
export async function setDigest(
  deps: ChangeDeps,
  given: Given & { readonly digest?: NonNullable<Subscription['digest']> },
): Promise<Changed> {
  const { digest } = given
  if (digest && !(hhmm.test(digest.at) && isZone(digest.zone)))
    return { ok: false, why: 'I need a time as HH:MM and a time zone such as Europe/Berlin.' }
  const day = digest ? digestDay(digest, given.now) : undefined
  // Its hour has passed today already: the first one comes tomorrow.
  if (day !== undefined) {
    const key = await deps.store.places.upsert(given.place)
    await deps.store.settings.put(deps.tenantId, SENT + key, day)
  }
  return await changeSubscription(deps, { ...given, what: 'digest' }, ({ digest: _before, ...rest }) =>
    digest ? { ...rest, digest } : rest,
  )
}

/** Notifications are held back from `from` until `to`; detection goes on. */
export async function startMaintenance(
  deps: ChangeDeps,
  given: Given & { readonly from: Instant; readonly to: Instant; readonly domains?: readonly string[] },
): Promise<(Changed & { readonly ok: false }) | { readonly ok: true; readonly maintenance: Maintenance }> {
  const { from, to, person } = given
  if (!(to > from && to - from <= 7 * 24 * 60 * MINUTE && to > given.now))
    return {
      ok: false,
      why: 'Maintenance must end after it starts, in the future, and last seven days at most.',
    }
  const maintenance: Maintenance = {
    id: randomUUID(),
    from,
    to,
    domains: given.domains ?? [],
    ...(person.name === undefined ? {} : { byName: person.name }),
  }
  await deps.store.transaction(async (r) => {
    const key = await r.places.upsert(given.place)
    await r.settings.put(deps.tenantId, MAINTENANCE + maintenance.id, maintenance as unknown as Json)
    await audited(deps, r, { ...given, what: 'maintenance', key, detail: `${from} to ${to}` })
  })
  return { ok: true, maintenance }
}

/** Ends what runs or is planned now; the summary follows as at its planned end. Resolves to how many there were. */
export async function endMaintenance(deps: ChangeDeps, given: Given): Promise<number> {
  return await deps.store.transaction(async (r) => {
    const key = await r.places.upsert(given.place)
    const all = await r.settings.list(deps.tenantId, MAINTENANCE)
    for (const { name, value } of all) {
      const ended = { ...(value as unknown as Maintenance), to: given.now }
      await r.settings.put(deps.tenantId, name, ended as unknown as Json)
    }
    if (all.length > 0) await audited(deps, r, { ...given, what: 'maintenance', key, detail: 'ended' })
    return all.length
  })
}

const heldBack = (incident: Incident) => incident.state === 'open' && incident.suppressedBy === 'maintenance'

/** Posts the summary of each maintenance that is over, and forgets it. */
export async function closeMaintenance(deps: ChangeDeps, now: Instant): Promise<void> {
  const world = await readWorld(deps.store, deps.tenantId, now)
  for (const over of world.maintenance.filter((m) => m.to <= now)) {
    const held = world.live.filter(heldBack)
    const about = { ruleId: 'maintenance', severity: 'critical', subject: over.domains[0] ?? '' } as const
    const { destinations } = routeOf(world, about, deps.oncall.fallback)
    const items = held.map((incident) => prose`#${incident.number} ${incident.title}`)
    const reply = {
      kind: 'notice',
      title: 'Maintenance is over',
      tone: held.length > 0 ? 'attention' : 'good',
      blocks: [
        {
          kind: 'text',
          prose:
            held.length > 0
              ? ['Held back meanwhile; each is told if it is still there:']
              : ['Nothing was held back.'],
        },
        ...(items.length > 0 ? [{ kind: 'list', ordered: false, items }] : []),
      ],
      offers: [],
    }
    await deps.store.transaction(async (r) => {
      await deps.fence(r)
      for (const { placeKey } of destinations)
        await r.outbox.add({
          id: `maintenance.${over.id}.${placeKey}`,
          tenantId: deps.tenantId,
          placeKey,
          version: 1,
          kind: 'notice',
          priority: 1,
          payload: { reply } as unknown as Json,
          createdAt: now,
          notBefore: now,
        })
      await r.settings.remove(deps.tenantId, MAINTENANCE + over.id)
    })
  }
}
