// Writing to the journal: audit rows, state changes, single-use numbers. Without an audit row nothing happens.
import { asMedicError, MedicError } from '../errors.ts'
import type { Button, Instant, Proposal } from '../nouns.ts'
import type { AuditEntry, Repositories } from '../ports.ts'
import type { Click, Kit } from './kit.ts'
import { newNonce, sha256 } from './seal.ts'

export type Line = Pick<AuditEntry, 'what' | 'outcome'> &
  Partial<Pick<AuditEntry, 'who' | 'detail' | 'requestId'>>

/** The subject is the job or the object id, never a name. */
function subjectOf(proposal: Proposal): string {
  return proposal.target.objectId ?? proposal.target.jobId
}

export async function audit(
  repositories: Repositories,
  proposal: Proposal,
  line: Line & { readonly at: Instant; readonly where: string },
): Promise<void> {
  try {
    await repositories.audit.append({
      tenantId: proposal.tenantId,
      who: 'system',
      subject: subjectOf(proposal),
      operationHash: proposal.hash,
      ...line,
    })
  } catch (cause) {
    throw new MedicError('SM_AUDIT_UNAVAILABLE', { operation: proposal.id }, cause)
  }
}

/** Somebody was faster: the state on the card is not the state any more. */
export class Overtaken extends Error {}

/** The next version, or `Overtaken`. Only inside a transaction, so that it falls with everything else. */
export async function advance(
  repositories: Repositories,
  proposal: Proposal,
  change: Partial<Proposal>,
): Promise<Proposal> {
  const next = { ...proposal, ...change, version: proposal.version + 1 }
  if (!(await repositories.operations.update(next, proposal.version))) throw new Overtaken()
  return next
}

/** A refused click, with its reason. A failing audit does not make a refusal an error: nothing was done. */
export async function auditDenied(kit: Kit, click: Click, proposal: Proposal, line: Omit<Line, 'outcome'>) {
  const entry = {
    ...line,
    who: click.person.objectId,
    outcome: 'denied',
    at: click.now,
    where: click.placeKey,
  } as const
  try {
    await audit(kit.store, proposal, entry)
  } catch (error) {
    kit.telemetry.log.error(
      { code: asMedicError(error).code, operation: proposal.id },
      'a refusal could not be audited',
    )
  }
}

async function issue(repositories: Repositories, proposal: Proposal, placeKey: string): Promise<string> {
  const nonce = newNonce()
  const { id: operationId, expiresAt } = proposal
  await repositories.operations.issueNonce({ hash: sha256(nonce), operationId, placeKey, expiresAt })
  return nonce
}

/** The buttons that fit the state, with a fresh single-use number that is good in this conversation only. */
export async function buttonsFor(
  kit: Kit,
  repositories: Repositories,
  proposal: Proposal,
  placeKey: string,
): Promise<readonly Button[]> {
  if (proposal.state !== 'proposed' && proposal.state !== 'confirmed') return []
  const data = { operation: proposal.id, nonce: await issue(repositories, proposal, placeKey) }
  if (proposal.state === 'proposed') {
    return [
      { label: 'Cancel', verb: 'action.cancel', data },
      { label: 'Confirm', verb: 'action.confirm', data },
    ]
  }
  const reason = {
    id: 'reason',
    label: 'Why can no second person approve?',
    kind: 'text',
    required: true,
  } as const
  return [
    { label: 'Cancel', verb: 'action.cancel', data },
    { label: 'Reject', verb: 'action.reject', data },
    { label: 'Approve', verb: 'action.approve', data },
    ...(kit.breakGlass ? [{ label: 'Break glass', verb: 'action.breakGlass', data, inputs: [reason] }] : []),
  ]
}

/** True when the number was issued for this operation and conversation, is not expired, and was not used before. */
export async function takeNonce(
  kit: Kit,
  click: Click,
  operationId: string,
  nonce: string,
): Promise<boolean> {
  const used = await kit.store.operations.useNonce(sha256(nonce), click.now)
  return (
    used !== undefined &&
    used.operationId === operationId &&
    used.placeKey === click.placeKey &&
    used.expiresAt > click.now
  )
}
