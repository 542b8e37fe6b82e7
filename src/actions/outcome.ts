// What an answer, or a later look at the job, says about an operation. Pure.
import type { Instant, Job, Proposal, Prose, ProvisioningEvent } from '../nouns.ts'
import { prose } from '../nouns.ts'
import type { OnDemandVerdict, WriteOutcome } from '../ports.ts'
import { actions } from './table.ts'

export type Result = {
  readonly state: 'watching' | 'succeeded' | 'failed' | 'unknown'
  readonly title: string
  readonly detail: Prose
  readonly requestId?: string
  readonly answerLost?: true
}

const ROLE = 'Hybrid Identity Administrator'

const refusals: Readonly<
  Record<'denied' | 'throttled' | 'rejected' | 'notSent', { title: string; next: string }>
> = {
  denied: {
    title: 'Microsoft Graph refused it: your Entra role does not allow this.',
    next: `It needs the Entra role ${ROLE} (activate it if it is eligible only), then sign in again and propose it anew. Nothing was changed.`,
  },
  throttled: {
    title: 'Microsoft Graph is limiting requests.',
    next: 'Nothing was changed. Propose it again in a minute.',
  },
  rejected: { title: 'Microsoft Graph did not accept the request.', next: 'Nothing was changed.' },
  notSent: {
    title: 'The request could not be sent.',
    next: 'Nothing was changed. Propose it again in a minute.',
  },
}

function verdictResult(verdict: OnDemandVerdict): Omit<Result, 'requestId'> {
  const reason: Prose = [
    ...(verdict.errorCode ? [{ code: verdict.errorCode }, verdict.reason ? ': ' : ' '] : []),
    ...(verdict.reason ? [{ data: verdict.reason, personal: true } as const, ' '] : []),
    ...(verdict.recommendedAction ? [{ data: verdict.recommendedAction } as const] : []),
  ]
  const steps: Prose = verdict.steps.flatMap((step, i) => [
    i === 0 ? 'Steps: ' : ', ',
    { data: `${step.type || step.name} ${step.status}` } as const,
  ])
  const detail: Prose = [...reason, ...(reason.length > 0 && steps.length > 0 ? [' '] : []), ...steps]
  switch (verdict.status) {
    case 'success':
      return {
        state: 'succeeded',
        title: 'The person was provisioned.',
        detail: [
          `${verdict.changes.length === 1 ? '1 attribute was' : `${verdict.changes.length} attributes were`} written. `,
          ...detail,
        ],
      }
    case 'warning':
      return { state: 'succeeded', title: 'The person was provisioned, with a warning.', detail }
    case 'skipped':
      return { state: 'succeeded', title: 'It ran and changed nothing: the person was skipped.', detail }
    case 'failure':
      return { state: 'failed', title: 'It ran and failed for this person.', detail }
    case 'unknown':
      return {
        state: 'unknown',
        title: 'Microsoft accepted it, but I cannot read its answer.',
        detail: ['Look at the provisioning log of the person.'],
      }
  }
}

/** undefined: the answer was lost, and only a look at the job can tell. */
export function resultOfWrite(
  proposal: Proposal,
  outcome: WriteOutcome<OnDemandVerdict | null>,
): Result | undefined {
  const id = outcome.requestId === undefined ? {} : { requestId: outcome.requestId }
  if (outcome.ok) {
    if (outcome.value) return { ...verdictResult(outcome.value), ...id }
    const title = `Microsoft accepted it: ${actions[proposal.action].title.toLowerCase()}.`
    return { state: 'watching', title, detail: ['I watch the job and tell you what became of it.'], ...id }
  }
  if (outcome.kind === 'ambiguous') return undefined
  const { title, next } = refusals[outcome.kind]
  const code: Prose = outcome.code ? [' (', { code: outcome.code }, ')'] : []
  return { state: 'failed', title, detail: [next, ...code], ...id }
}

const quarantined = (job: Job): Result => ({
  state: 'failed',
  title: 'It ran, and the job is in quarantine again.',
  detail: prose`Reason: ${{ code: job.quarantine?.reason || 'not given' }}. The cause is not removed yet.`,
})

const cannotBeTold =
  ' The answer to the request was lost: whether this came about by it or without it cannot be told.'

/** What became of a job whose write was accepted, or may have been; undefined: nothing yet. */
export function resultOfWatch(proposal: Proposal, job: Job): Result | undefined {
  const seen = seenInJob(proposal, job)
  if (!seen || !proposal.answerLost) return seen
  return { ...seen, detail: [...seen.detail, cannotBeTold] }
}

function seenInJob(proposal: Proposal, job: Job): Result | undefined {
  const sent = proposal.executedAt ?? proposal.proposedAt
  const last = job.lastExecution
  const isNew = last?.began !== undefined && last.began >= sent
  if (proposal.action === 'pause') {
    if (job.status !== 'paused') return undefined
    return {
      state: 'succeeded',
      title: 'The job is paused.',
      detail: ['It stays so until somebody starts it.'],
    }
  }
  if (!isNew) {
    // A started job is known to run before its first cycle ends.
    const runs =
      proposal.action === 'start' && job.status === 'active' && proposal.before?.status !== 'active'
    return runs
      ? {
          state: 'succeeded',
          title: 'The job is active again.',
          detail: ['Its first cycle has not ended yet.'],
        }
      : undefined
  }
  if (job.status === 'quarantine') return quarantined(job)
  if (job.status !== 'active') return undefined
  const began: Instant = last.began ?? sent
  if (last.state === 'failed') {
    return {
      state: 'failed',
      title: 'A new cycle began and failed.',
      detail: prose`It began ${{ at: began }}${last.error ? prose`: ${{ code: last.error.code }}` : []}.`,
    }
  }
  const errors = last.state === 'entryLevelErrors' ? ' Some objects had errors.' : ''
  return {
    state: 'succeeded',
    title: 'A new cycle ran.',
    detail: prose`It began ${{ at: began }}.${{ strong: errors }}`,
  }
}

/** The job is now as a write whose answer was lost would have left it; undefined: it is not (yet). */
export function evidenceInJob(proposal: Proposal, job: Job): Result | undefined {
  const took = actions[proposal.action].tookEffect
  if (!took || !proposal.before || !took(job, proposal.before)) return undefined
  return {
    state: 'watching',
    title: 'The answer of Microsoft was lost; the job looks as if it took effect.',
    // A quarantine also ends by itself once its cause is gone.
    detail: ['I watch the job and tell you what became of it.', cannotBeTold],
    answerLost: true,
  }
}

export function evidenceInLog(proposal: Proposal, events: readonly ProvisioningEvent[]): Result | undefined {
  const sent = proposal.executedAt ?? proposal.proposedAt
  const event = events.find((one) => one.at >= sent)
  if (!event) return undefined
  return {
    state: event.status === 'failure' ? 'failed' : 'succeeded',
    title: `The answer was lost; the provisioning log shows: ${event.action}, ${event.status}.`,
    detail: prose`Logged ${{ at: event.at }}. Whether this run or a regular cycle wrote it cannot be told.`,
  }
}

export const lostForGood: Result = {
  state: 'unknown',
  title: 'I do not know whether it was carried out.',
  detail: [
    'The answer was lost and the job does not tell. It was not sent again. Look at the job in the portal before doing anything.',
  ],
}

export const neverSeen: Result = {
  state: 'unknown',
  title: 'Microsoft accepted it, but no effect was seen for an hour.',
  detail: ['Look at the job in the portal.'],
}

export const lostAndNeverSeen: Result = {
  ...neverSeen,
  title: 'The answer of Microsoft was lost, and no new cycle was seen for an hour.',
}
