// A proposed action: what it does, to what, whether it can be undone, who must agree. Cancel is the first button.
import type { Button, FactRow, Proposal, Prose, Reply } from '../nouns.ts'
import { personal } from '../nouns.ts'
import { factsSection, partOf, section } from './blocks.ts'
import type { Section, Sheet } from './sheet.ts'
import { actionTitles, operationWords, roleWords } from './words.ts'

function row(name: string, value: Prose): FactRow {
  return { name, value }
}

function mustAgree(proposal: Proposal): Prose {
  const first = `${roleWords[proposal.role]} confirms, with their own sign-in`
  return [proposal.approvals === 0 ? first : `${first}; then ${roleWords.approver}, another person, approves`]
}

function facts(proposal: Proposal): readonly FactRow[] {
  const { target } = proposal
  const waits = proposal.state === 'proposed' || proposal.state === 'confirmed'
  return [
    row('Domain', [{ data: target.domain }]),
    row('Job', [{ data: target.jobId }]),
    ...(target.dn === undefined ? [] : [row('Object', [personal(target.dn)])]),
    ...(target.count === undefined ? [] : [row('How many', [String(target.count)])]),
    row('Can be undone', [proposal.reversible ? 'yes' : 'no']),
    ...(waits ? [row('Who must agree', mustAgree(proposal))] : []),
    ...(proposal.confirmedAt === undefined ? [] : [row('Confirmed', [{ at: proposal.confirmedAt }])]),
    ...(proposal.approvedAt === undefined ? [] : [row('Approved', [{ at: proposal.approvedAt }])]),
    ...(proposal.executedAt === undefined ? [] : [row('Sent', [{ at: proposal.executedAt }])]),
    ...(waits ? [row('Offer ends', [{ at: proposal.expiresAt }])] : []),
  ]
}

function result(proposal: Proposal): readonly Section[] {
  const outcome = proposal.outcome
  if (!outcome) return []
  const id: Prose = outcome.requestId === undefined ? [] : [' Request id ', { code: outcome.requestId }]
  return section(9, 'Result', [
    { kind: 'text', prose: [{ strong: outcome.title }] },
    { kind: 'text', prose: [...outcome.detail, ...id] },
  ])
}

const isCancel = (button: Button) =>
  'verb' in button && (button.verb === 'action.cancel' || button.verb === 'action.reject')

export function proposalSheet(reply: Extract<Reply, { kind: 'proposal' }>): Sheet {
  const { proposal } = reply
  const { word, tone, sign } = operationWords[proposal.state]
  return {
    tone,
    strip: { sign, word },
    title: [actionTitles[proposal.action]],
    sections: [
      ...result(proposal),
      ...section(9, 'What will happen', [{ kind: 'text', prose: proposal.effect }]),
      ...factsSection(9, 'Facts', facts(proposal)),
      ...reply.blocks.map((block, i) => ({ keep: Math.max(4, 8 - i), parts: [partOf(block)] })),
    ],
    buttons: [...reply.buttons.filter(isCancel), ...reply.buttons.filter((button) => !isCancel(button))],
    footer: [`Operation ${proposal.id}`],
    dropped: 0,
    tables: true,
  }
}
