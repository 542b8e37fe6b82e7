// When messages do not arrive, that is an incident of its own, said where messages still arrive.
import type { Instant, Observation } from '../nouns.ts'
import { prose } from '../nouns.ts'
import { apply, type ChangeDeps } from './change.ts'
import type { Trouble } from './deliver.ts'
import { isLive } from './route.ts'
import { readWorld, type World } from './world.ts'

const IDENTITY = 'the bot itself'

/** A place is named by its kind and a few characters of its key: names of chats are not ours to repeat. */
function placeName(world: World, key: string): string {
  const kind = world.places.get(key)?.place.scope
  const words = { personal: 'a personal chat', groupChat: 'a group chat', channel: 'a channel' }
  return `${kind ? words[kind] : 'a place that is gone'} (${key.slice(0, 6)})`
}

function failure(
  deps: ChangeDeps,
  given: { world: World; subject: string; code: string; state: Observation['state'] },
) {
  const { world, subject, code, state } = given
  const where = subject === IDENTITY ? 'Teams refuses my sign-in' : placeName(world, subject)
  return {
    ruleId: 'delivery.failed',
    tenantId: deps.tenantId,
    subject,
    state,
    severity: deps.rules['delivery.failed'].severity,
    asOf: world.now,
    title: subject === IDENTITY ? prose`${where}` : prose`Messages do not arrive in ${where}`,
    facts: [{ name: 'Code', value: [{ code }], asOf: world.now, source: 'Bot Connector' }],
  } satisfies Observation
}

async function raise(deps: ChangeDeps, observation: Observation, now: Instant): Promise<void> {
  const rule = deps.rules['delivery.failed']
  if (!rule.enabled && observation.state === 'bad') return
  await apply(deps, { target: { observation }, event: { kind: observation.state, observation }, now })
}

/** Called by deliver. `deps` must not be fenced: any replica may be the one whose send failed. */
export async function onTrouble(deps: ChangeDeps, trouble: Trouble, now: Instant): Promise<void> {
  const { row, code } = trouble
  const world = await readWorld(deps.store, deps.tenantId, now)
  const incident = row.incidentId === undefined ? undefined : await deps.store.incidents.get(row.incidentId)
  if (incident && trouble.kind === 'deadPlace')
    await deps.store.incidents.removeShown(incident.id, row.placeKey)
  // Its own message did not arrive: one more would not either. Metrics and log have it.
  if (incident?.ruleId !== 'delivery.failed') {
    const subject = trouble.kind === 'identity' ? IDENTITY : row.placeKey
    await raise(deps, failure(deps, { world, subject, code, state: 'bad' }), now)
  }
  if (!incident || trouble.kind === 'identity') return
  const shown = await deps.store.incidents.shown(incident.id)
  const elsewhere = shown.some((s) => s.placeKey !== row.placeKey && isLive(world, s.placeKey))
  if (!elsewhere)
    await apply(deps, {
      target: { incidentId: incident.id },
      event: { kind: 'repair', what: 'announce' },
      now,
    })
}

/** Positive evidence only: a message arrived there, or a sign-in worked, after the last failure. */
export async function judgeDelivery(deps: ChangeDeps, now: Instant): Promise<void> {
  const world = await readWorld(deps.store, deps.tenantId, now)
  for (const incident of world.live.filter((i) => i.ruleId === 'delivery.failed')) {
    const places = [...world.places.values()]
    const concerned =
      incident.subject === IDENTITY ? places : places.filter((p) => p.key === incident.subject)
    const arrived = concerned.some((p) => (p.lastSuccess ?? 0) > incident.lastBadAt)
    if (!arrived) continue
    const code =
      incident.facts[0]?.value
        .map((part) => (typeof part === 'object' && 'code' in part ? part.code : ''))
        .join('') ?? ''
    await raise(deps, failure(deps, { world, subject: incident.subject, code, state: 'good' }), now)
  }
}
