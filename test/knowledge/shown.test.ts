// What is said is what is shown: the plain text of a message holds every sentence, row and command of the answer.
import { describe, expect, it } from 'vitest'
import { lint, render } from '../../src/cards/index.ts'
import type { Block, Reply } from '../../src/nouns.ts'
import { plainProse, realKnowledge } from '../support/knowledge.ts'

const knowledge = realKnowledge()
const NOW = Date.parse('2026-11-20T08:00:00Z')
const folded = (text: string) => text.replace(/[\s\\`*_|]+/g, ' ')

function pieces(block: Block): string[] {
  if (block.kind === 'text') return [plainProse(block.prose)]
  if (block.kind === 'list') return block.items.map(plainProse)
  if (block.kind === 'table') return block.rows.slice(0, 5).map((row) => plainProse(row[0] ?? []))
  return block.kind === 'code' ? block.text.split('\n').slice(0, 3) : []
}

describe('an answer', () => {
  it('is the same as text and as card, and the card is sound', () => {
    const lost: string[] = []
    for (const id of knowledge.articleIds()) {
      const reply: Reply = knowledge.show(id)
      if (reply.kind !== 'answer') throw new Error(id)
      const message = render(reply, { scope: 'personal', now: NOW })
      const text = folded(message.text)
      const card = folded(JSON.stringify(message.card).replaceAll('\\"', '"').replaceAll('\\\\', '\\'))
      for (const piece of reply.blocks.flatMap(pieces).map(folded)) {
        if (!text.includes(piece.trim())) lost.push(`${id} text: ${piece}`)
        if (piece.length < 60 && !card.includes(piece.trim()) && !/["\u2019<>]/.test(piece)) {
          // A sentence with bold or code words is several runs on the card.
          const words = piece.split(' ').filter((word) => /^[A-Za-z]{4,}$/.test(word))
          if (words.some((word) => !card.includes(word))) lost.push(`${id} card: ${piece}`)
        }
      }
      expect(lint(message.card ?? {}), id).toEqual([])
    }
    expect(lost).toEqual([])
  })
})
