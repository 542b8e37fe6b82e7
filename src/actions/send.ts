// The one place that writes to the tenant, once: 1 the intent is committed, 2 the request is sent, 3 its answer is
// committed. What is found between 1 and 3 after a crash is looked up, never sent again.
import { takeRate } from '../access/index.ts'
import { asMedicError } from '../errors.ts'
import type { Job, Person, Proposal, Reply } from '../nouns.ts'
import type { OnDemandVerdict, Repositories, UserToken, WriteOutcome } from '../ports.ts'
import type { Click, Kit } from './kit.ts'
import { keepOffer, show } from './offer.ts'
import { type Result, resultOfWrite } from './outcome.ts'
import { beforeOf, refusal, tooSoon } from './propose.ts'
import { rateUse, readRates, writeRates } from './rates.ts'
import { advance, audit, type Line, Overtaken } from './record.ts'
import { attention, errorOf, standingCard } from './replies.ts'
import { hashOf } from './seal.ts'
import { isOff, offReply } from './switch.ts'

export type Order = {
  readonly proposal: Proposal
  /** Who confirmed it: the write carries this person's token and rights. */
  readonly confirmer: Person
  readonly token: UserToken
  readonly job: Job
  /** Fields of this very step: who confirmed or approved, and when. */
  readonly change: Partial<Proposal>
  readonly lines: readonly Line[]
}

/** Commits state `executing`, the intent in the audit and the counted use, or says why not. */
async function commitIntent(kit: Kit, click: Click, order: Order): Promise<Proposal | Reply> {
  const { proposal } = order
  return kit.store.transaction(async (repositories) => {
    if (await isOff(kit, repositories, proposal.action)) return offReply(kit, proposal)
    if (hashOf(proposal) !== proposal.hash) return errorOf('SM_CARD_INVALID')
    const verdict = takeRate(
      rateUse(proposal, order.confirmer),
      await readRates(kit, repositories),
      click.now,
    )
    if (!verdict.ok) return tooSoon(proposal.action, verdict.retryAfterMs)
    await writeRates(kit, repositories, { state: verdict.state, now: click.now })
    const next = await advance(repositories, proposal, {
      ...order.change,
      state: 'executing',
      executedAt: click.now,
      before: beforeOf(order.job),
    })
    const common = { at: click.now, where: click.placeKey, who: click.person.objectId }
    for (const line of order.lines) await audit(repositories, next, { ...common, ...line })
    const intent = {
      what: `action:${next.action}`,
      outcome: 'intent',
      who: order.confirmer.objectId,
    } as const
    await audit(repositories, next, { ...common, ...intent })
    return next
  })
}

async function request(kit: Kit, order: Order): Promise<WriteOutcome<OnDemandVerdict | null>> {
  const { action, target } = order.proposal
  const { configurationId, jobId, ruleId, dn } = target
  const job = { configurationId, jobId }
  if (action !== 'provisionOnDemand') return kit.writes[action](order.token, job)
  if (!ruleId || !dn) return { ok: false, kind: 'notSent', code: 'incomplete', message: '' }
  return kit.writes.provisionOnDemand(order.token, { ...job, ruleId, dn })
}

function auditedAs(state: Result['state'], lost: boolean) {
  if (state !== 'watching') return { outcome: state, detail: state }
  return lost
    ? ({ outcome: 'unknown', detail: 'answer lost, watched' } as const)
    : ({ outcome: 'succeeded', detail: 'accepted' } as const)
}

/** Commits what became of it: state, audit row and the card's change in one transaction. */
export async function settle(
  kit: Kit,
  proposal: Proposal,
  told: {
    readonly result: Result
    readonly origin: 'turn' | 'tick'
    readonly who: string
    readonly cardActivityId?: string | undefined
  },
): Promise<Proposal> {
  const { result, origin, who } = told
  const now = await kit.store.now()
  const { state, title, detail, requestId } = result
  const lost = result.answerLost ? { answerLost: true as const } : {}
  const settled = await kit.store.transaction(async (repositories: Repositories) => {
    const next = await advance(repositories, proposal, {
      state,
      outcome: { title, detail, ...(requestId === undefined ? {} : { requestId }) },
      ...lost,
      ...(state === 'watching' ? {} : { finishedAt: now }),
    })
    const reply = standingCard(next)
    const cardActivityId = told.cardActivityId ?? next.cardActivityId
    const { placeKey } = next
    await show(kit, repositories, { proposal: next, reply, placeKey, cardActivityId, origin })
    await audit(repositories, next, {
      at: now,
      where: next.placeKey,
      who,
      what: `action:${next.action}`,
      ...auditedAs(state, result.answerLost === true),
      ...(requestId === undefined ? {} : { requestId }),
    })
    return next
  })
  kit.telemetry.metrics.count('privileged_ops_total', { op: settled.action, outcome: settled.state })
  return settled
}

const lookingUp = (proposal: Proposal): Proposal => ({
  ...proposal,
  outcome: {
    title: 'No answer came from Microsoft.',
    detail: ['I look up whether it took effect, for up to 10 minutes, and do not send it again.'],
  },
})

/** Sends the confirmed operation once. Never throws. */
export async function carryOut(kit: Kit, click: Click, order: Order): Promise<Reply> {
  let sent = false
  kit.inFlight.add(order.proposal.id)
  let current = order.proposal
  try {
    const intent = await commitIntent(kit, click, order)
    if ('kind' in intent) {
      const { proposal } = order
      return await keepOffer(kit, click, {
        proposal,
        reply: intent,
        detail: 'limit or switch',
        what: 'action.execute',
      })
    }
    current = intent
    sent = true
    const outcome = await request(kit, order).catch((thrown: unknown) => {
      kit.telemetry.log.error({ err: thrown, operation: current.id }, 'a write ended without an answer')
      return { ok: false, kind: 'ambiguous', code: 'thrown', message: '' } as const
    })
    const result = resultOfWrite(current, outcome)
    if (!result) return standingCard(lookingUp(current))
    // The card that was pressed may be another one than the first, in another conversation.
    const cardActivityId = click.placeKey === current.placeKey ? click.cardActivityId : undefined
    const who = order.confirmer.objectId
    // Where it was proposed somebody else may wait for the result of what was confirmed or approved here.
    const origin = click.placeKey === current.placeKey ? 'turn' : 'tick'
    return standingCard(await settle(kit, current, { result, origin, who, cardActivityId }))
  } catch (error) {
    return afterFailure(kit, current, { error, sent })
  } finally {
    kit.inFlight.delete(order.proposal.id)
  }
}

async function afterFailure(
  kit: Kit,
  proposal: Proposal,
  what: { readonly error: unknown; readonly sent: boolean },
): Promise<Reply> {
  if (what.error instanceof Overtaken) {
    const now = await kit.store.operations.get(proposal.id)
    return now ? standingCard(now) : attention('Somebody was faster.', ['This operation is gone.'])
  }
  if (!what.sent) return refusal(kit, what.error)
  // It was sent and the store does not take the answer: the next tick looks it up.
  kit.telemetry.log.error(
    { code: asMedicError(what.error).code, operation: proposal.id },
    'a result could not be kept',
  )
  return standingCard(lookingUp(proposal))
}
