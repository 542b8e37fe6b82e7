// Time passes: offers expire, results are watched, lost answers are looked up. One failing operation holds up no other.
import { asMedicError } from '../errors.ts'
import type { Instant, Proposal } from '../nouns.ts'
import { type Kit, RECONCILE_MS, WATCH_MS } from './kit.ts'
import { expire } from './offer.ts'
import {
  evidenceInJob,
  evidenceInLog,
  lostAndNeverSeen,
  lostForGood,
  neverSeen,
  type Result,
  resultOfWatch,
} from './outcome.ts'
import { Overtaken } from './record.ts'
import { settle } from './send.ts'

async function expireOffer(kit: Kit, proposal: Proposal, now: Instant): Promise<void> {
  if (proposal.expiresAt <= now) await expire(kit, proposal, { now, origin: 'tick' })
}

const sentAt = (proposal: Proposal) => proposal.executedAt ?? proposal.proposedAt

async function lookUp(kit: Kit, proposal: Proposal): Promise<Result | undefined> {
  const { target } = proposal
  if (proposal.action === 'provisionOnDemand') {
    const log = await kit.watch.entriesOf(target, sentAt(proposal))
    return log.known ? evidenceInLog(proposal, log.value) : undefined
  }
  const job = await kit.watch.job(target.configurationId, target.jobId)
  return job.known ? evidenceInJob(proposal, job.value) : undefined
}

async function reconcile(kit: Kit, proposal: Proposal, now: Instant): Promise<void> {
  if (kit.inFlight.has(proposal.id)) return
  const result = await lookUp(kit, proposal)
  const late = now - sentAt(proposal) >= RECONCILE_MS
  if (result) await settle(kit, proposal, { result, origin: 'tick', who: 'system' })
  else if (late) await settle(kit, proposal, { result: lostForGood, origin: 'tick', who: 'system' })
}

async function follow(kit: Kit, proposal: Proposal, now: Instant): Promise<void> {
  const { target } = proposal
  const job = await kit.watch.job(target.configurationId, target.jobId)
  const result = job.known ? resultOfWatch(proposal, job.value) : undefined
  if (result)
    await settle(kit, proposal, { result: { ...kept(proposal), ...result }, origin: 'tick', who: 'system' })
  else if (now - sentAt(proposal) >= WATCH_MS) {
    await settle(kit, proposal, {
      result: { ...kept(proposal), ...(proposal.answerLost ? lostAndNeverSeen : neverSeen) },
      origin: 'tick',
      who: 'system',
    })
  }
}

const kept = (proposal: Proposal) =>
  proposal.outcome?.requestId === undefined ? {} : { requestId: proposal.outcome.requestId }

const steps = {
  proposed: expireOffer,
  confirmed: expireOffer,
  approved: expireOffer,
  executing: reconcile,
  watching: follow,
} as const
type Live = keyof typeof steps

export async function tick(kit: Kit, now: Instant): Promise<void> {
  const live = await kit.store.operations.list(kit.tenantId, Object.keys(steps) as readonly Live[])
  for (const proposal of live) {
    try {
      await steps[proposal.state as Live](kit, proposal, now)
    } catch (error) {
      // Somebody else moved it meanwhile: the next tick sees the new state.
      if (error instanceof Overtaken) continue
      kit.telemetry.log.error(
        { code: asMedicError(error).code, operation: proposal.id },
        'an operation could not be followed',
      )
    }
  }
}
