// Answers from the knowledge: what is known, what is not, what belongs elsewhere.
import type { Reply } from '../nouns.ts'
import { sectionsOf, sourcesSection } from './blocks.ts'
import type { Sheet } from './sheet.ts'
import { signs } from './words.ts'

const plain = { tone: 'neutral', dropped: 0, tables: true } as const

export function answerSheet(reply: Extract<Reply, { kind: 'answer' }>): Sheet {
  return {
    ...plain,
    title: [reply.title],
    sections: [...sectionsOf(reply.blocks), ...sourcesSection(reply.citations)],
    buttons: reply.offers,
  }
}

export function abstainSheet(reply: Extract<Reply, { kind: 'abstain' }>): Sheet {
  const nearest = reply.nearest.map((topic) => ({ label: topic.title, say: topic.say }))
  return {
    ...plain,
    strip: { sign: signs.question, word: 'I do not know this' },
    title: [reply.title],
    sections: [
      ...sectionsOf(reply.blocks),
      ...(nearest.length > 0
        ? [
            {
              keep: 8,
              title: 'Nearest topics' as const,
              parts: [{ kind: 'choices' as const, buttons: nearest, more: 0 }],
            },
          ]
        : []),
    ],
    buttons: reply.offers,
  }
}

export function boundarySheet(reply: Extract<Reply, { kind: 'boundary' }>): Sheet {
  return {
    ...plain,
    tone: 'info',
    strip: { sign: signs.info, word: 'Belongs to another product', right: reply.product },
    title: [reply.title],
    sections: [...sectionsOf(reply.blocks), ...sourcesSection(reply.citations)],
    buttons: reply.offers,
  }
}

export function declineSheet(reply: Extract<Reply, { kind: 'decline' }>): Sheet {
  return { ...plain, title: [reply.title], sections: [], buttons: [] }
}
