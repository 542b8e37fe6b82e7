// What a fault is, and what each of them needs: a configuration that falls ill on demand, a conversation of its own.
import { randomUUID } from 'node:crypto'
import type { Incident, Place, TimelineEntry } from '../../../src/nouns.ts'
import { appId } from '../../support/bot-authority.ts'
import type { Handled, Message } from '../chat-service.ts'
import { drain } from '../invariants.ts'
import { cardsOf, incidentOf } from '../reading.ts'
import { ALERTS, type Bot, FALLBACK, type Rig, tenantId } from '../rig.ts'

export type Fault = {
  /** Row of the fault list; a letter tells several of one row apart. */
  readonly id: string
  readonly what: string
  /** Takes long on the machine's own clock: left out of quick runs. */
  readonly slow?: true
  readonly run: (rig: Rig) => Promise<void>
}

/** `run` makes it happen and reports what it saw; `expect` throws when that is not what was promised. */
export function fault<T>(given: {
  readonly id: string
  readonly what: string
  readonly slow?: true
  readonly run: (rig: Rig) => Promise<T>
  readonly expect: (seen: T) => void
}): Fault {
  const { id, what, slow } = given
  return {
    id,
    what,
    ...(slow ? { slow } : {}),
    run: async (rig) => given.expect(await given.run(rig)),
  }
}

export function firstBot(rig: Rig): Bot {
  const [bot] = rig.bots
  if (!bot) throw new Error('a rig without bots')
  return bot
}

let count = 0

export type Ill = {
  readonly configurationId: string
  readonly domain: string
  readonly id: string
  readonly number: number
}

export async function incidentBy(rig: Rig, where: string): Promise<Incident[]> {
  const rows = await rig.sql(`select doc from incident ${where} order by number`)
  return rows.map((row) => JSON.parse(String(row.doc)) as Incident)
}

export async function incidentNow(rig: Rig, { id }: Pick<Ill, 'id'>): Promise<Incident> {
  const [found] = await incidentBy(rig, `where id = '${id}'`)
  if (!found) throw new Error(`incident ${id} is gone`)
  return found
}

export async function eventsOf(rig: Rig, { id }: Pick<Ill, 'id'>): Promise<TimelineEntry[]> {
  const rows = await rig.sql(`select doc from incident_event where incident_id = '${id}' order by seq`)
  return rows.map((row) => JSON.parse(String(row.doc)) as TimelineEntry)
}

const inUse = new WeakMap<Rig, Set<string>>()

/** A configuration that is well, and whose past is closed; there are only as many as one fault needs at once. */
export function newDomain(rig: Rig): { readonly configurationId: string; readonly domain: string } {
  const used = inUse.get(rig) ?? new Set<string>()
  inUse.set(rig, used)
  const free = [...rig.graph.extra].find(([id]) => !used.has(id))
  const configurationId = free?.[0] ?? randomUUID()
  const domain = free?.[1].domain ?? `fault-${rig.graph.extra.size + 1}.example`
  used.add(configurationId)
  rig.graph.extra.set(configurationId, { domain, ill: false })
  return { configurationId, domain }
}

/** After a fault: everything well again, its incidents closed, its channels forgotten. */
export async function tidy(rig: Rig): Promise<void> {
  for (const one of rig.graph.extra.values()) one.ill = false
  await rig.pass(9, 1.5)
  await drain(rig)
}

/** Lets what is resolved become history, so that the next fault starts afresh. */
export async function closeAll(rig: Rig): Promise<void> {
  for (const { placeKey } of await rig.store.subscriptions.list(tenantId)) {
    const ours = placeKey === rig.placeKey(ALERTS) || placeKey === rig.placeKey(FALLBACK)
    if (!ours) await rig.store.subscriptions.remove(tenantId, placeKey)
  }
  await rig.pass(40, 8)
  inUse.delete(rig)
}

export function turn(rig: Rig, configurationId: string, to: 'ill' | 'well'): void {
  const one = rig.graph.extra.get(configurationId)
  if (one) one.ill = to === 'ill'
}

/** Its job goes into quarantine and the watch has seen it; whether anybody was told is the fault's affair. */
export async function fallIll(rig: Rig, one = newDomain(rig)): Promise<Ill> {
  turn(rig, one.configurationId, 'ill')
  for (let i = 0; i < 6; i += 1) {
    await rig.pass(1.5, 1.5)
    const incidents = await incidentBy(rig, `where state <> 'closed'`)
    const mine = incidents.find((i) => i.subject === one.domain && i.ruleId === 'job.quarantined')
    if (mine) return { ...one, id: mine.id, number: mine.number }
  }
  throw new Error(`the quarantine of ${one.domain} was not noticed`)
}

export async function recover(rig: Rig, ill: Pick<Ill, 'configurationId'>): Promise<void> {
  turn(rig, ill.configurationId, 'well')
  await rig.pass(9, 1.5)
}

/** A channel of its own that hears of one domain. */
export async function subscribeChannel(rig: Rig, domain: string): Promise<{ id: string; key: string }> {
  count += 1
  const id = `19:fault-${count}@thread.tacv2`
  const place: Place = {
    conversationId: id,
    serviceUrl: rig.chat.url,
    tenantId,
    botId: `28:${appId}`,
    environment: 'rehearsal',
    scope: 'channel',
    teamId: '19:team@thread.tacv2',
    channelId: id,
    updatedAt: await rig.now(),
  }
  const key = await rig.store.places.upsert(place)
  await rig.store.subscriptions.put({ tenantId, placeKey: key, domains: [domain], minSeverity: 'info' })
  return { id, key }
}

export const requestsTo = (rig: Rig, conversationId: string, method?: 'POST' | 'PUT'): Handled[] =>
  rig.chat.log.filter((r) => r.conversationId === conversationId && (!method || r.method === method))

/** Requests that carried the card of this incident. */
export const cardRequests = (rig: Rig, { number }: Pick<Ill, 'number'>, conversationId = ALERTS): Handled[] =>
  requestsTo(rig, conversationId).filter((r) => incidentOf(r)?.number === number)

export function theCard(rig: Rig, { number }: Pick<Ill, 'number'>, conversationId = ALERTS): Message {
  const cards = cardsOf(rig, conversationId, number)
  const card = cards.at(-1)
  if (!card) throw new Error(`no card of incident ${number} in ${conversationId}`)
  return card
}

export const versionOf = (request: Parameters<typeof incidentOf>[0]): number =>
  incidentOf(request)?.version ?? 0

export type Waiting = {
  readonly state: string
  readonly kind: string
  readonly attempts: number
  readonly notBefore: number
  readonly code: string | null
}

/** What the outbox holds of an incident for a place. */
export async function rowsOf(rig: Rig, ill: Pick<Ill, 'id'>, placeKey: string): Promise<Waiting[]> {
  const rows = await rig.sql(
    `select state, kind, attempts, not_before, code from outbox where incident_id = '${ill.id}' and place_key = '${placeKey}' order by seq`,
  )
  return rows.map((row) => ({
    state: String(row.state),
    kind: String(row.kind),
    attempts: Number(row.attempts),
    notBefore: Number(row.not_before),
    code: row.code === null ? null : String(row.code),
  }))
}

export async function isDead(rig: Rig, placeKey: string): Promise<string | undefined> {
  return (await rig.store.places.get(placeKey))?.dead?.code
}

/** Incidents about messages that do not arrive, by what they are about. */
export async function deliveryIncidents(rig: Rig): Promise<Incident[]> {
  return (await incidentBy(rig, '')).filter((one) => one.ruleId === 'delivery.failed')
}
