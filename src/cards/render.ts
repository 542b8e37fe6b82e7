// Reply -> RenderedMessage: 1 sheet, 2 hide names outside one-to-one chats, 3 clean, 4 fit, 5 draw card and text.
import type { Instant, Reply, Scope } from '../nouns.ts'
import type { RenderedMessage } from '../ports.ts'
import { abstainSheet, answerSheet, boundarySheet, declineSheet } from './answer.ts'
import { BUDGET_BYTES, bytesOf, withinBudget } from './budget.ts'
import { cleanSheet, cut } from './clean.ts'
import { type DrawOptions, drawCard, mentionText } from './draw.ts'
import { findingSheet } from './finding.ts'
import { hidePersonal } from './hide.ts'
import { incidentSheet } from './incident.ts'
import { errorSheet, noticeSheet } from './notice.ts'
import { proposalSheet } from './proposal.ts'
import { questionSheet } from './question.ts'
import type { Sheet } from './sheet.ts'
import { summaryLine, writeText } from './text.ts'

export type RenderOptions = DrawOptions & {
  readonly scope: Scope
  readonly now: Instant
}

function sheetOf(reply: Reply, now: Instant): Sheet {
  switch (reply.kind) {
    case 'answer':
      return answerSheet(reply)
    case 'abstain':
      return abstainSheet(reply)
    case 'boundary':
      return boundarySheet(reply)
    case 'decline':
      return declineSheet(reply)
    case 'finding':
      return findingSheet(reply, now)
    case 'question':
      return questionSheet(reply)
    case 'proposal':
      return proposalSheet(reply)
    case 'incident':
      return incidentSheet(reply, now)
    case 'notice':
      return noticeSheet(reply)
    case 'error':
      return errorSheet(reply)
  }
}

/** Answers that a person can find good or bad. */
const judged: ReadonlySet<Reply['kind']> = new Set(['answer', 'abstain', 'boundary', 'finding'])

function cardActivity(sheet: Sheet, options: DrawOptions) {
  const summary = summaryLine(sheet, options.now)
  const content = drawCard(sheet, options)
  return {
    type: 'message',
    summary,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
    // The thumbs below an answer.
    channelData: { feedbackLoop: { type: 'default' } },
  }
}

/** The text alone is an activity as well, and escapes make it longer than it looks. */
function boundedText(text: string): string {
  let out = cut(text, BUDGET_BYTES / 2)
  while (bytesOf(out) > BUDGET_BYTES) out = cut(out, Math.floor(out.length * 0.9))
  return out
}

/**
 * The card and the same content as plain text. Send one of the two: `bytes` (UTF-16, at most 40 KB) is the size
 * of an activity that carries the card and the summary, and the text alone stays within the same limit.
 */
export function render(reply: Reply, options: RenderOptions): RenderedMessage {
  const told = sheetOf(reply, options.now)
  const shown = cleanSheet(options.scope === 'personal' ? told : hidePersonal(told))
  const sheet = withinBudget(shown, (one) => bytesOf(cardActivity(one, options)))
  // With the names as they stand on the card, so that the edge finds its tags there.
  const mentions = (options.mentions ?? []).slice(0, 5).map((person) => ({
    objectId: person.objectId,
    name: mentionText(person.name).slice('<at>'.length, -'</at>'.length),
  }))
  const names = mentions.map((person) => person.name)
  const card = drawCard(sheet, options)
  return {
    card,
    text: boundedText(writeText(sheet, options.now, names)),
    summary: summaryLine(sheet, options.now),
    bytes: bytesOf(cardActivity(sheet, options)),
    ...(judged.has(reply.kind) ? { feedback: true as const } : {}),
    ...(mentions.length > 0 ? { mentions } : {}),
  }
}
