// What the person is told.
import { catalogue, type ErrorCode } from '../errors.ts'
import type { Because, Block, Button, Proposal, Prose, Reply } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import type { Kit } from './kit.ts'
import { buttonsFor } from './record.ts'
import { actions, requestPreview } from './table.ts'

export function errorOf(code: ErrorCode, because?: string): Reply {
  const { user, next } = catalogue[code]
  return { kind: 'error', code, title: because ?? user, next, offers: [] }
}

export function attention(title: string, prose: Prose, offers: readonly Button[] = []): Reply {
  return { kind: 'notice', title, tone: 'attention', blocks: [{ kind: 'text', prose }], offers }
}

const codeOf: Readonly<Record<Because, ErrorCode>> = {
  notPermitted: 'SM_GRAPH_FORBIDDEN',
  notSignedIn: 'SM_GRAPH_FORBIDDEN',
  notConfigured: 'SM_GRAPH_UNEXPECTED',
  licence: 'SM_GRAPH_FORBIDDEN',
  throttled: 'SM_GRAPH_THROTTLED',
  unavailable: 'SM_GRAPH_UNAVAILABLE',
  notFound: 'SM_GRAPH_UNEXPECTED',
}

/** The job could not be read, so nothing is proposed or done on its behalf. */
export function unreadable(because: Because): Reply {
  if (because === 'notFound') {
    return attention('I cannot find this synchronization job.', [
      'It may have been removed since. Nothing was changed.',
    ])
  }
  return errorOf(codeOf[because])
}

async function evidenceOf(kit: Kit, proposal: Proposal): Promise<readonly Block[]> {
  const open = proposal.state === 'proposed' || proposal.state === 'confirmed'
  return open && kit.evidence ? kit.evidence(proposal) : []
}

/** Evidence is read outside of transactions: it may take Microsoft Graph some time. */
export async function blocksOf(kit: Kit, proposal: Proposal): Promise<readonly Block[]> {
  const evidence = await evidenceOf(kit, proposal)
  if (proposal.state !== 'proposed' && proposal.state !== 'confirmed') return evidence
  return [
    ...evidence,
    { kind: 'heading', text: 'Exact request, sent with the rights of the person who confirms' },
    { kind: 'code', language: 'http', text: requestPreview(proposal.action, proposal.target) },
    { kind: 'text', prose: [`Needs ${actions[proposal.action].permission}.`] },
  ]
}

/** The card of an operation as it stands, with the buttons that fit. */
export async function cardOf(
  kit: Kit,
  repositories: Repositories,
  shown: { readonly proposal: Proposal; readonly placeKey: string; readonly blocks?: readonly Block[] },
): Promise<Reply> {
  const { proposal, placeKey, blocks = [] } = shown
  return {
    kind: 'proposal',
    proposal,
    blocks,
    buttons: await buttonsFor(kit, repositories, proposal, placeKey),
  }
}

/** The card without buttons: for a click that came too late. */
export function standingCard(proposal: Proposal): Reply {
  return { kind: 'proposal', proposal, blocks: [], buttons: [] }
}
