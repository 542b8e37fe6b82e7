// Step one: show what would happen. Nothing is sent to Microsoft Graph but reads.
import { may, takeRate } from '../access/index.ts'
import { asMedicError } from '../errors.ts'
import type { ActionName, Fact, Job, Proposal, Reply } from '../nouns.ts'
import { MINUTE } from '../time.ts'
import { type Click, type Kit, OFFER_MS } from './kit.ts'
import { rateUse, readRates } from './rates.ts'
import { audit } from './record.ts'
import { attention, blocksOf, cardOf, errorOf, unreadable } from './replies.ts'
import { hashOf, newOperationId } from './seal.ts'
import { isOff, offReply } from './switch.ts'
import { actions, rightOfAction, type Target } from './table.ts'

export type Wish = {
  readonly action: ActionName
  readonly target: Target
  readonly incidentId?: string
}

export function beforeOf(job: Job): NonNullable<Proposal['before']> {
  return {
    status: job.status,
    ...(job.lastExecution?.began === undefined ? {} : { lastBegan: job.lastExecution.began }),
  }
}

/** The obstacle that stands in the way now, read fresh: state of the job, number of held deletions. */
export async function obstacleNow(
  kit: Kit,
  wish: Wish,
): Promise<
  { readonly job: Job; readonly reply?: Reply; readonly held?: number } | { readonly reply: Reply }
> {
  const { target, action } = wish
  const job: Fact<Job> = await kit.watch.job(target.configurationId, target.jobId)
  if (!job.known) return { reply: unreadable(job.because) }
  const obstacle = actions[action].obstacle(job.value, target)
  if (obstacle)
    return { job: job.value, reply: attention('This does not fit the state of the job.', obstacle) }
  if (action !== 'allowDeletes') return { job: job.value }
  const held = await kit.watch.heldDeletions(target.configurationId, target.jobId)
  if (!held.known) return { job: job.value, reply: unreadable(held.because) }
  return { job: job.value, held: held.value }
}

function tooSoon(action: ActionName, retryAfterMs: number): Reply {
  const minutes = Math.max(1, Math.ceil(retryAfterMs / MINUTE))
  return attention('Not again so soon.', [
    `${actions[action].title}: the limit is reached; it is possible again in ${minutes} min.`,
  ])
}

function newProposal(kit: Kit, click: Click, wish: Wish, held: number | undefined): Proposal {
  const target = held === undefined ? wish.target : { ...wish.target, count: held }
  const action = actions[wish.action]
  const right = rightOfAction(wish.action)
  return {
    id: newOperationId(),
    tenantId: kit.tenantId,
    action: wish.action,
    target,
    effect: action.effect(target),
    reversible: action.reversible,
    role: right.role,
    approvals: right.approvals,
    state: 'proposed',
    version: 1,
    hash: hashOf({ tenantId: kit.tenantId, action: wish.action, target }),
    proposedBy: click.person.objectId,
    proposedAt: click.now,
    expiresAt: click.now + OFFER_MS,
    ...(wish.incidentId === undefined ? {} : { incidentId: wish.incidentId }),
    placeKey: click.placeKey,
    ...(click.cardActivityId === undefined ? {} : { cardActivityId: click.cardActivityId }),
  }
}

export async function propose(kit: Kit, click: Click, wish: Wish): Promise<Reply> {
  const draft = newProposal(kit, click, wish, undefined)
  const by = { who: click.person.objectId, at: click.now, where: click.placeKey, what: 'action.propose' }
  const verdict = may(click.person, 'action.propose', click.place)
  try {
    if (!verdict.allowed) {
      await audit(kit.store, draft, { ...by, outcome: 'denied', detail: verdict.because })
      return errorOf('SM_ACCESS_DENIED', verdict.sentence)
    }
    if (await isOff(kit, kit.store, wish.action)) {
      await audit(kit.store, draft, { ...by, outcome: 'denied', detail: 'off' })
      return offReply(kit, wish)
    }
    const found = await obstacleNow(kit, wish)
    if (found.reply || !('job' in found)) return found.reply ?? errorOf('SM_GRAPH_UNEXPECTED')
    const rate = takeRate(rateUse(draft, click.person), await readRates(kit, kit.store), click.now)
    // Only limits per job are told already here; the person who confirms may be another one.
    if (!rate.ok && rate.limit.per === 'job') return tooSoon(wish.action, rate.retryAfterMs)
    const proposal = newProposal(kit, click, wish, found.held)
    const blocks = await blocksOf(kit, proposal)
    return await kit.store.transaction(async (repositories) => {
      await repositories.operations.insert(proposal)
      const card = await cardOf(kit, repositories, { proposal, placeKey: click.placeKey, blocks })
      await audit(repositories, proposal, { ...by, outcome: 'allowed' })
      return card
    })
  } catch (error) {
    return refusal(kit, error)
  }
}

export { tooSoon }

/** A failing store or audit means no; the log has the rest. */
export function refusal(kit: Kit, thrown: unknown): Reply {
  const error = asMedicError(thrown)
  kit.telemetry.log.error(
    { err: error.cause ?? error, code: error.code, fields: error.fields },
    'an action was refused',
  )
  return errorOf(error.code)
}
