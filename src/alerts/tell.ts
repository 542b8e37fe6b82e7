// Free-standing messages by the same route and outbox as alerts: a hand-over to who is on call, and the test alert.
import { randomUUID } from 'node:crypto'
import type { Instant, Json, Person, Place, Reply } from '../nouns.ts'
import type { ChangeDeps } from './change.ts'
import { isLive, routeOf } from './route.ts'
import { readWorld, type World } from './world.ts'

type Told = {
  readonly keys: readonly string[]
  readonly reply: Reply
  readonly what: string
  readonly by: Person
  readonly now: Instant
}

async function queue(deps: ChangeDeps, told: Told): Promise<number> {
  const { now } = told
  const id = randomUUID()
  await deps.store.transaction(async (r) => {
    for (const placeKey of told.keys)
      await r.outbox.add({
        id: `${told.what}.${id}.${placeKey}`,
        tenantId: deps.tenantId,
        placeKey,
        operationId: `${told.what}.${id}`,
        version: 1,
        kind: 'notice',
        priority: 0,
        payload: { reply: told.reply } as unknown as Json,
        createdAt: now,
        notBefore: now,
      })
    await r.audit.append({
      at: now,
      tenantId: deps.tenantId,
      who: told.by.objectId,
      what: told.what,
      outcome: 'succeeded',
    })
  })
  return told.keys.length
}

function channels(world: World, deps: ChangeDeps): string[] {
  const about = { ruleId: 'handover', severity: 'critical', subject: '' } as const
  return routeOf(world, about, deps.oncall.fallback).destinations.map((one) => one.placeKey)
}

/** One-to-one to everybody on call whose chat is known, else to the subscribed conversations. Resolves to how many. */
export async function tellOnCall(
  deps: ChangeDeps,
  given: { readonly reply: Reply; readonly by: Person; readonly now: Instant },
): Promise<number> {
  const world = await readWorld(deps.store, deps.tenantId, given.now)
  const people = await deps.oncall.now(given.now)
  const own: string[] = []
  for (const person of people.known ? people.value : []) {
    const place = await deps.store.places.personal(deps.tenantId, person.objectId)
    if (place && isLive(world, place.key)) own.push(place.key)
  }
  return await queue(deps, {
    ...given,
    keys: own.length > 0 ? own : channels(world, deps),
    what: 'dialog.handOver',
  })
}

/** Through the same subscriptions, outbox and port as a real alert. Resolves to the number of destinations. */
export async function testAlert(
  deps: ChangeDeps,
  given: { readonly place: Place; readonly person: Person; readonly now: Instant },
): Promise<number> {
  const world = await readWorld(deps.store, deps.tenantId, given.now)
  const reply: Reply = {
    kind: 'notice',
    title: 'Test alert',
    tone: 'neutral',
    blocks: [
      {
        kind: 'text',
        prose: ['This came by the route of real alerts. If you can read it, alerts reach this conversation.'],
      },
    ],
    offers: [],
  }
  return await queue(deps, {
    keys: channels(world, deps),
    reply,
    what: 'testAlert',
    by: given.person,
    now: given.now,
  })
}
