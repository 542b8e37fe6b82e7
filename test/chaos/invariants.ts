// What must hold after any run, whatever happened in it; read from the database, the Connector's memory and Graph's
// journal, not from what the bot says about itself.
import type { Incident, TimelineEntry } from '../../src/nouns.ts'
import { verifyAudit } from '../../src/store/index.ts'
import type { Handled } from './chat-service.ts'
import { cardsOf, incidentOf } from './reading.ts'
import { AUDIT_KEY, type Rig } from './rig.ts'

type OutboxRow = {
  readonly id: string
  readonly place_key: string
  readonly incident_id: string | null
  readonly operation_id: string | null
  readonly version: number
  readonly kind: string
  readonly state: string
  readonly code: string | null
}

type Seen = {
  readonly incidents: readonly (Incident & { readonly events: readonly TimelineEntry[] })[]
  readonly outbox: readonly OutboxRow[]
  readonly shown: readonly { incident_id: string; place_key: string; activity_id: string; version: number }[]
  readonly deadPlaces: ReadonlySet<string>
  readonly conversationOf: ReadonlyMap<string, string>
}

async function read(rig: Rig): Promise<Seen> {
  const events = await rig.sql('select incident_id, doc from incident_event order by seq')
  const incidents = await rig.sql('select id, doc from incident order by number')
  const places = await rig.sql('select key, doc, dead_at from place')
  const numbers = (rows: readonly object[], ...names: string[]) =>
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([k, v]) => [k, names.includes(k) ? Number(v) : v])),
    )
  return {
    incidents: incidents.map((row) => ({
      ...(JSON.parse(String(row.doc)) as Incident),
      events: events
        .filter((event) => event.incident_id === row.id)
        .map((event) => JSON.parse(String(event.doc)) as TimelineEntry),
    })),
    outbox: numbers(
      await rig.sql(
        'select id, place_key, incident_id, operation_id, version, kind, state, code from outbox order by seq',
      ),
      'version',
    ) as OutboxRow[],
    shown: numbers(await rig.sql('select * from incident_shown'), 'version') as Seen['shown'][number][],
    deadPlaces: new Set(places.filter((row) => row.dead_at !== null).map((row) => String(row.key))),
    conversationOf: new Map(
      places.map((row) => [
        String(row.key),
        String((JSON.parse(String(row.doc)) as { conversationId?: string }).conversationId),
      ]),
    ),
  }
}

const name = (incident: Incident) => `incident ${incident.number} (${incident.ruleId} ${incident.subject})`

type Check = (seen: Seen, rig: Rig) => Promise<string[]> | string[]

const oneLive: Check = ({ incidents }) => {
  const live = new Map<string, number>()
  for (const { fingerprint, state } of incidents)
    if (state !== 'closed') live.set(fingerprint, (live.get(fingerprint) ?? 0) + 1)
  return [...live].filter(([, n]) => n > 1).map(([print, n]) => `${n} live incidents of ${print}`)
}

const numbersAreUnique: Check = ({ incidents }) => {
  const numbers = incidents.map((one) => one.number).filter((number) => number > 0)
  return numbers.filter((n, i) => numbers.indexOf(n) !== i).map((n) => `number ${n} was given twice`)
}

const versionsRise: Check = ({ incidents }) =>
  incidents.flatMap((incident) => {
    const versions = incident.events.map((event) => event.version)
    const falls = versions.some((version, i) => i > 0 && version <= (versions[i - 1] ?? 0))
    const wrong = versions.at(-1) !== incident.version
    return falls || wrong
      ? [`${name(incident)}: versions ${versions.join(' ')}, now ${incident.version}`]
      : []
  })

const toldOnlyChanges: Check = ({ incidents, outbox }, rig) => {
  const changes = new Map(incidents.map((one) => [one.id, new Set(one.events.map((event) => event.version))]))
  const rows = outbox
    .filter(({ incident_id: id, version }) => id !== null && !changes.get(id)?.has(version))
    .map((row) => `message ${row.id} tells of no change`)
  const byNumber = new Map(incidents.map((one) => [one.number, changes.get(one.id)]))
  const cards = rig.chat.log.flatMap((request) => {
    const about = incidentOf(request)
    return about && !byNumber.get(about.number)?.has(about.version)
      ? [`a card showed version ${about.version} of incident ${about.number}, which never was`]
      : []
  })
  return [...rows, ...cards]
}

const openWaits: Check = ({ incidents }) =>
  incidents
    .filter((one) => one.state === 'open')
    .filter((one) => one.nextStepAt === undefined && !one.exhausted && one.suppressedBy === undefined)
    .map((one) => `${name(one)} is open and waits for nothing`)

const drained: Check = ({ outbox, incidents }) => {
  const raised = new Set(incidents.filter((i) => i.ruleId === 'delivery.failed').map((i) => i.subject))
  const own = new Set(incidents.filter((i) => i.ruleId === 'delivery.failed').map((i) => i.id))
  return outbox.flatMap((row) => {
    if (row.state === 'pending') return [`message ${row.id} still waits`]
    // The result of an operation is edited on the next contact; a failing report of failure has no other way.
    const excused = row.operation_id !== null || (row.incident_id !== null && own.has(row.incident_id))
    const said = raised.has(row.place_key) || raised.has('the bot itself')
    return row.state === 'dead' && !excused && !said ? [`message ${row.id} was given up in silence`] : []
  })
}

const auditHolds: Check = async (_seen, rig) => {
  const verdict = await verifyAudit(rig.store, AUDIT_KEY)
  return verdict.ok ? [] : [`the audit chain does not hold at row ${verdict.seq}: ${verdict.why}`]
}

const writesAreIntended: Check = async (_seen, rig) => {
  const intents = await rig.sql(
    `select operation_hash, subject, count(*) as n from audit where outcome = 'intent' group by operation_hash, subject`,
  )
  const problems = rig.graph.unannounced.map((path) => `a write without intent: ${path}`)
  for (const { authorization, path } of rig.graph.written)
    if (!authorization.startsWith('Bearer user:')) problems.push(`a write without a person's token: ${path}`)
  const written = Map.groupBy(rig.graph.written, ({ path }) => path.split('/').at(-2) ?? '')
  for (const [job, writes] of written) {
    const intended = intents
      .filter((row) => row.subject === decodeURIComponent(job))
      .reduce((sum, row) => sum + Number(row.n), 0)
    if (writes.length > intended) problems.push(`${writes.length} writes to ${job}, ${intended} intended`)
  }
  const stuck = await rig.sql(`select id from operation where state = 'executing'`)
  return [...problems, ...stuck.map((row) => `operation ${row.id} has no outcome`)]
}

const announced = new Set(['opened', 'reopened', 'lifted', 'worse'])

/** P1: whoever reached OPEN unsuppressed was shown somewhere, or its failing delivery is an incident itself. */
export const lost: Check = ({ incidents }, rig) => {
  const taken = new Set(
    rig.chat.log.flatMap((request) => (request.taken ? (incidentOf(request)?.number ?? []) : [])),
  )
  const failing = incidents.some((i) => i.ruleId === 'delivery.failed')
  return incidents
    .filter((one) => one.number > 0 && one.events.some((event) => announced.has(event.what)))
    .filter((one) => !taken.has(one.number) && !(failing && one.deliveryFailed))
    .map((one) => `${name(one)} was told to nobody`)
}

const silencing = new Set(['acknowledged', 'snoozed'])
const speaking = new Set(['escalated', 'exhausted', 'repeat'])

/** P4: from the acknowledgement to its end nobody is called. */
const ackStops: Check = ({ incidents }) =>
  incidents.flatMap((incident) => {
    let silent = false
    const problems: string[] = []
    for (const { what } of incident.events) {
      if (silencing.has(what) || what === 'acknowledge' || what === 'snooze') silent = true
      else if (announced.has(what) || /ackExpired|snoozeEnded|unacknowledged|resolved/.test(what))
        silent = false
      else if (silent && speaking.has(what))
        problems.push(`${name(incident)}: ${what} after an acknowledgement`)
    }
    return problems
  })

/** Each live place that has the card has its newest version. */
const cardsAreFresh: Check = ({ incidents, outbox, shown, deadPlaces, conversationOf }, rig) =>
  shown.flatMap((at) => {
    const incident = incidents.find((one) => one.id === at.incident_id)
    if (!incident || deadPlaces.has(at.place_key)) return []
    const newest = Math.max(
      0,
      ...outbox
        .filter((row) => row.incident_id === at.incident_id && row.place_key === at.place_key)
        .filter((row) => (row.kind === 'post' || row.kind === 'edit') && row.state !== 'dead')
        .map((row) => row.version),
    )
    const card = rig.chat.messages.get(at.activity_id)
    const version = card ? (incidentOf(card)?.version ?? 0) : 0
    const where = conversationOf.get(at.place_key)
    return version >= newest
      ? []
      : [`${name(incident)}: card at ${where} shows version ${version}, told was ${newest}`]
  })

const botsLive: Check = (_seen, rig) =>
  rig.bots.flatMap((bot) => [
    ...bot.oddEnds,
    ...(/uncaughtException|unhandledRejection/.test(bot.output())
      ? [`${bot.name} met an unhandled error`]
      : []),
  ])

const checks: readonly Check[] = [
  oneLive,
  numbersAreUnique,
  versionsRise,
  toldOnlyChanges,
  openWaits,
  drained,
  auditHolds,
  writesAreIntended,
  lost,
  ackStops,
  cardsAreFresh,
  botsLive,
]

/** Sentences about what does not hold; empty when all is well. Time must have drained the outbox before. */
export async function brokenInvariants(rig: Rig): Promise<string[]> {
  const seen = await read(rig)
  const problems: string[] = []
  for (const check of checks) problems.push(...(await check(seen, rig)))
  return problems
}

/** Passes time until nothing waits to be sent. */
export async function drain(rig: Rig, minutes = 40): Promise<void> {
  const waiting = async () =>
    Number((await rig.sql(`select count(*) as n from outbox where state = 'pending'`))[0]?.n)
  await rig.rounds()
  for (let passed = 0; passed < minutes && (await waiting()) > 0; passed += 1) await rig.pass(1)
}

export type Figures = { readonly messages: number; readonly duplicates: number; readonly lost: number }

const isPost = (request: Handled) => request.taken && request.method === 'POST'

/** Messages that were taken, and how many of them said again what had been said. */
export async function countDuplicates(rig: Rig): Promise<Figures> {
  const seen = await read(rig)
  const { incidents, outbox, conversationOf } = seen
  let duplicates = 0
  const conversations = new Set(seen.shown.map((at) => conversationOf.get(at.place_key) ?? ''))
  const posts = rig.chat.log.filter((request) => isPost(request) && conversations.has(request.conversationId))
  for (const incident of incidents)
    for (const [placeKey, conversation] of conversationOf) {
      const cards = cardsOf(rig, conversation, incident.number)
      if (cards.length === 0) continue
      const ids = new Set(cards.map((card) => card.activityId))
      // A card that somebody deleted is posted again, and that is no repetition.
      const anew = rig.chat.log.filter(
        (r) => r.status === 404 && r.conversationId === conversation && ids.has(r.activityId ?? ''),
      ).length
      const replies = posts.filter(
        (r) => r.conversationId === conversation && ids.has(r.threadId ?? ''),
      ).length
      const meant = outbox.filter(
        (row) =>
          row.incident_id === incident.id &&
          row.place_key === placeKey &&
          row.kind === 'reply' &&
          row.state === 'sent',
      ).length
      duplicates += Math.max(0, cards.length - 1 - anew) + Math.max(0, replies - meant)
    }
  return { messages: posts.length, duplicates, lost: (await lost(seen, rig)).length }
}
