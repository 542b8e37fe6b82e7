// Sends what waits in the outbox: claim, draw, send, receipt. What a failure means is one table.
import type { Incident, Instant, Reply, Scope } from '../nouns.ts'
import type {
  ConversationPort,
  Delivery,
  DeliveryFailure,
  OutboxRow,
  RenderedMessage,
  Store,
  StoredPlace,
} from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import { backoffMs, isGivenUp } from './backoff.ts'
import type { Budget } from './budget.ts'
import { buttonsOf } from './buttons.ts'
import type { Message } from './messages.ts'
import { sentenceReply } from './sentences.ts'

export const CLAIM_LEASE_MS = 30_000
const CLAIM_LIMIT = 50
/** A long backlog is worked off in pieces: timers must not wait for it. */
const ROUND_MS = 5_000

export type Render = (
  reply: Reply,
  options: {
    readonly scope: Scope
    readonly now: Instant
    readonly mentions?: readonly { readonly objectId: string; readonly name: string }[]
  },
) => RenderedMessage

/** What happened to a row in the end; the caller raises incidents for `deadPlace`, `givenUp` and `identity`. */
export type Trouble =
  | { readonly kind: 'deadPlace' | 'givenUp'; readonly row: OutboxRow; readonly code: string }
  | { readonly kind: 'identity'; readonly row: OutboxRow; readonly code: string }

export type DeliverDeps = {
  readonly store: Store
  readonly port: ConversationPort
  readonly render: Render
  readonly telemetry: Telemetry
  readonly budget: Budget
  readonly holder: string
  readonly random: () => number
  readonly onTrouble: (trouble: Trouble, now: Instant) => Promise<void>
}

type Job = {
  readonly row: OutboxRow
  readonly place: StoredPlace
  readonly incident?: Incident
  /** The card at this place, when it has been posted. */
  readonly shown?: { readonly activityId: string; readonly version: number }
}

/** Payload of rows that carry their content with them, e.g. results of operations. */
function replyOf(row: OutboxRow): Reply | undefined {
  const payload = row.payload
  const carries = typeof payload === 'object' && payload !== null && 'reply' in payload
  return carries ? ((payload as { reply: unknown }).reply as Reply) : undefined
}

function activityOf(row: OutboxRow): string | undefined {
  const payload = row.payload
  if (typeof payload !== 'object' || payload === null || !('activityId' in payload)) return undefined
  return typeof payload.activityId === 'string' ? payload.activityId : undefined
}

const messageOf = (row: OutboxRow) => row.payload as unknown as Message

function draw(deps: DeliverDeps, job: Job, given: { now: Instant; short: boolean }): RenderedMessage {
  const { row, place, incident } = job
  const options = { scope: place.place.scope, now: given.now }
  const carried = replyOf(row)
  if (carried || !incident) return deps.render(carried ?? { kind: 'decline', title: '' }, options)
  const { people } = messageOf(row)
  const mentions = people.length > 0 && place.place.scope !== 'personal' ? { mentions: people } : {}
  if (row.kind === 'reply' || row.kind === 'notice')
    return deps.render(sentenceReply(incident, messageOf(row)), { ...options, ...mentions })
  const card: Reply = {
    kind: 'incident',
    incident: given.short ? { ...incident, facts: incident.facts.slice(0, 3) } : incident,
    ...(incident.finding && !given.short ? { finding: incident.finding } : {}),
    buttons: buttonsOf(incident),
  }
  // An edit notifies nobody, so it mentions nobody.
  return deps.render(card, row.kind === 'post' ? { ...options, ...mentions } : options)
}

async function send(deps: DeliverDeps, job: Job, given: { now: Instant; short: boolean }): Promise<Delivery> {
  const { row, place, shown } = job
  const activityId = shown?.activityId ?? activityOf(row)
  let message: RenderedMessage
  try {
    message = draw(deps, job, given)
  } catch (error) {
    deps.telemetry.log.error({ err: error, kind: row.kind }, 'a message could not be drawn')
    return { ok: false, failure: { kind: 'refused', code: 'not drawn' } }
  }
  try {
    if (row.kind === 'reply') return await deps.port.reply(place.place, activityId, message)
    if ((row.kind === 'edit' || row.kind === 'post') && activityId !== undefined)
      return await deps.port.edit(place.place, activityId, message)
    return await deps.port.post(place.place, message)
  } catch (error) {
    // The port answers with data; a throw is ours and may have happened on either side of the send.
    deps.telemetry.log.error({ err: error }, 'a send threw')
    return { ok: false, failure: { kind: 'ambiguous', code: 'threw' } }
  }
}

async function succeeded(
  deps: DeliverDeps,
  job: Job,
  given: { activityId: string; now: Instant },
): Promise<void> {
  const { row, incident } = job
  await deps.store.transaction(async (r) => {
    if (incident && (row.kind === 'post' || row.kind === 'edit'))
      await r.incidents.setShown(incident.id, {
        placeKey: row.placeKey,
        activityId: given.activityId,
        version: incident.version,
      })
    await r.outbox.sent(row.id, given.now)
    await r.places.markSuccess(row.placeKey, given.now)
  })
}

async function dead(deps: DeliverDeps, row: OutboxRow, code: string, now: Instant): Promise<void> {
  await deps.store.outbox.dead(row.id, code, now)
  deps.telemetry.metrics.count('outbox_dead_total', { code })
  deps.telemetry.log.error({ code, kind: row.kind }, 'a message was given up')
}

async function later(deps: DeliverDeps, job: Job, failure: DeliveryFailure, now: Instant): Promise<void> {
  const { row } = job
  if (isGivenUp(row.createdAt, now)) {
    await dead(deps, row, failure.code, now)
    return await deps.onTrouble({ kind: 'givenUp', row, code: failure.code }, now)
  }
  const wait = backoffMs(row.attempts, deps.random(), failure.retryAfterMs)
  await deps.store.outbox.retry(row.id, now + wait, failure.code)
}

type Answer = (deps: DeliverDeps, job: Job, failure: DeliveryFailure, now: Instant) => Promise<void>

/** Ids of operations begin so; hand-overs and test alerts have ids of their own. */
const isResult = ({ operationId }: OutboxRow) => operationId?.startsWith('op-') === true

/** One answer per class of failure. */
const answers: Readonly<Record<DeliveryFailure['kind'], Answer>> = {
  retry: later,
  async ambiguous(deps, job, failure, now) {
    // An alert or a hand-over said twice does no harm, the result of an operation might: that is edited on the next
    // contact.
    if (isResult(job.row)) await dead(deps, job.row, 'ambiguous', now)
    else await later(deps, job, failure, now)
  },
  async identity(deps, job, failure, now) {
    await later(deps, job, failure, now)
    await deps.onTrouble({ kind: 'identity', row: job.row, code: failure.code }, now)
  },
  async 'target-dead'(deps, { row }, failure, now) {
    await deps.store.transaction(async (r) => {
      await r.places.markDead(row.placeKey, failure.code, now)
      await r.outbox.dead(row.id, failure.code, now)
    })
    deps.telemetry.metrics.count('outbox_dead_total', { code: failure.code })
    await deps.onTrouble({ kind: 'deadPlace', row, code: failure.code }, now)
  },
  async refused(deps, { row }, failure, now) {
    await dead(deps, row, failure.code, now)
    await deps.onTrouble({ kind: 'givenUp', row, code: failure.code }, now)
  },
  async shorten(deps, { row }, failure, now) {
    await dead(deps, row, failure.code, now)
    await deps.onTrouble({ kind: 'givenUp', row, code: failure.code }, now)
  },
  async gone(deps, { row }, failure, now) {
    await dead(deps, row, failure.code, now)
    await deps.onTrouble({ kind: 'givenUp', row, code: failure.code }, now)
  },
}

/** Sends, and tries the one thing that can help at once: a shorter card, or a new one for a card that is gone. */
async function sendWithRemedy(deps: DeliverDeps, job: Job, now: Instant): Promise<Delivery> {
  const first = await send(deps, job, { now, short: false })
  if (first.ok) return first
  if (first.failure.kind === 'shorten') return await send(deps, job, { now, short: true })
  if (first.failure.kind === 'gone') {
    const { shown: _gone, ...anew } = job
    const row = {
      ...job.row,
      kind: job.row.kind === 'edit' ? ('post' as const) : job.row.kind,
      payload: withoutActivity(job.row),
    }
    return await send(deps, { ...anew, row }, { now, short: false })
  }
  return first
}

function withoutActivity(row: OutboxRow): OutboxRow['payload'] {
  if (typeof row.payload !== 'object' || row.payload === null || !('activityId' in row.payload))
    return row.payload
  const { activityId: _gone, ...rest } = row.payload
  return rest
}

/** Messages that say that the incident goes on; late ones must not say so of what is over. */
const callsOn: ReadonlySet<Message['what']> = new Set(['escalated', 'exhausted', 'repeat', 'handover'])

function isOver(row: OutboxRow, incident: Incident): boolean {
  const calls = (row.kind === 'reply' || row.kind === 'notice') && callsOn.has(messageOf(row).what)
  return calls && (incident.state === 'resolved' || incident.state === 'closed')
}

/** Undefined: nothing to send; the row is done. */
async function jobOf(deps: DeliverDeps, row: OutboxRow, now: Instant): Promise<Job | undefined> {
  const place = await deps.store.places.get(row.placeKey)
  if (!place || place.dead) {
    // It died after the row was written. Whoever lost a card here is told by the auditor's next pass.
    await dead(deps, row, place?.dead ? 'place is dead' : 'place is unknown', now)
    if (row.kind === 'post')
      await deps.onTrouble({ kind: 'deadPlace', row, code: place?.dead?.code ?? 'unknown' }, now)
    return undefined
  }
  if (row.incidentId === undefined) return { row, place }
  const incident = await deps.store.incidents.get(row.incidentId)
  const shown = (await deps.store.incidents.shown(row.incidentId)).find((s) => s.placeKey === row.placeKey)
  const job = { row, place, ...(incident ? { incident } : {}), ...(shown ? { shown } : {}) }
  const overtaken = row.kind === 'edit' && (!shown || shown.version >= row.version)
  // A post that was sent but not marked is found by its receipt; drawn anew it is an edit to the newest version.
  const posted = row.kind === 'post' && shown !== undefined && shown.version >= row.version
  if (!incident || overtaken || posted || isOver(row, incident)) {
    await deps.store.outbox.sent(row.id, now)
    return undefined
  }
  return job
}

async function deliverRow(deps: DeliverDeps, row: OutboxRow, now: Instant): Promise<void> {
  const job = await jobOf(deps, row, now)
  if (!job) return
  const delivery = await sendWithRemedy(deps, job, now)
  if (delivery.ok) await succeeded(deps, job, { activityId: delivery.receipt.activityId, now })
  else await answers[delivery.failure.kind](deps, job, delivery.failure, now)
}

export type Deliverer = {
  /** Sends everything that may be sent at `now`; resolves to the number of rows it dealt with. */
  round(now: Instant): Promise<number>
}

export function createDeliverer(deps: DeliverDeps): Deliverer {
  /** Rows this process has claimed but may not send yet: their place's queue waits behind them. */
  const held = new Map<string, { row: OutboxRow; at: Instant; until: Instant }>()

  const ready = (row: OutboxRow, claimedUntil: Instant, now: Instant): boolean => {
    const place = { tenantId: row.tenantId, conversationId: row.placeKey }
    const at = deps.budget.take(place, now)
    if (at <= now) return true
    held.set(row.id, { row, at, until: claimedUntil })
    return false
  }

  /** A wait longer than the claim goes back into the outbox. */
  const releaseLong = async (now: Instant) => {
    for (const [id, { row, at, until }] of held) {
      if (until <= now) held.delete(id)
      else if (at >= until) {
        held.delete(id)
        await deps.store.outbox.retry(row.id, at, 'paced')
      }
    }
  }

  return {
    async round(now) {
      const began = performance.now()
      let done = 0
      for (;;) {
        const waiting = [...held.values()].filter(({ at, until }) => at <= now && now < until)
        for (const { row } of waiting) held.delete(row.id)
        const claimed = await deps.store.outbox.claim(deps.holder, now, CLAIM_LEASE_MS, CLAIM_LIMIT)
        const due = [
          ...waiting.filter(({ row, until }) => ready(row, until, now)).map(({ row }) => row),
          ...claimed.filter((row) => ready(row, now + CLAIM_LEASE_MS, now)),
        ]
        await releaseLong(now)
        if (due.length === 0) return done
        // One place after the other would let a slow one hold up all.
        const results = await Promise.allSettled(due.map((row) => deliverRow(deps, row, now)))
        const failed = results.find((result) => result.status === 'rejected')
        if (failed) throw failed.reason
        done += due.length
        if (performance.now() - began > ROUND_MS) return done
      }
    },
  }
}
