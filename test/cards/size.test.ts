// Whatever is asked for, the message fits, is whole, and says what it left out.
import { describe, expect, it } from 'vitest'
import type { Block, Button, FactRow, Inline, Reply } from '../../src/nouns.ts'
import { drawReplies, drawThatFits, times } from '../support/card-sizes.ts'
import { nodesOf } from '../support/card-texts.ts'
import { conflictFinding, incident, now, proposal, replies } from '../support/replies.ts'

const table = (rows: number, width: number, cell: string): Block => ({
  kind: 'table',
  columns: times(width, (i) => `Column ${i}`),
  rows: times(rows, (r) => times(width, (c) => [{ data: `${cell} ${r}.${c}` }])),
})

describe('size', () => {
  it('shows 50 rows of a usual list of jobs, and says how many more there are', () => {
    const { card, text } = drawThatFits({
      ...replies.answer,
      blocks: [table(120, 2, 'contoso.com')],
      citations: [],
    })
    const rows = nodesOf(card).filter((node) => node.type === 'TableRow').length - 1
    expect(rows).toBeGreaterThanOrEqual(40)
    expect(rows).toBeLessThanOrEqual(50)
    expect(text).toContain(`… and ${120 - rows} more`)
  })

  it('gives up the least important first: the cause and the next steps stay', () => {
    const rows: readonly FactRow[] = times(200, (i) => ({
      name: `Fact ${i}`,
      value: [{ data: 'x'.repeat(200) }],
      asOf: now - i * 60_000,
      source: 'Graph',
    }))
    const finding = { ...conflictFinding, evidence: rows }
    const { text } = drawThatFits({ ...replies.finding, findings: times(40, () => finding), facts: rows })
    for (const words of [
      'AttributeValueMustBeUnique',
      '1. AD team:',
      '2. Helpdesk:',
      'Could not be checked',
      'Sources',
      '… and',
    ])
      expect(text).toContain(words)
  })

  it.each<readonly [string, Reply]>([
    [
      'one endless sentence',
      {
        ...replies.answer,
        title: 'x'.repeat(100_000),
        blocks: [{ kind: 'text', prose: ['y'.repeat(500_000)] }],
      },
    ],
    [
      'a sentence of countless pieces',
      {
        ...replies.notice,
        blocks: times(500, () => ({
          kind: 'text',
          prose: times(2000, (i): Inline => (i % 2 ? { data: `d${i}` } : { strong: 's' })),
        })),
      },
    ],
    [
      'endless code',
      {
        ...replies.answer,
        blocks: [{ kind: 'code', language: 'x', text: `${'z'.repeat(3000)}\n`.repeat(3000) }],
      },
    ],
    ['a wide table', { ...replies.answer, blocks: times(20, () => table(500, 30, '"\\'.repeat(200))) }],
    [
      'many choices',
      {
        ...replies.question,
        choices: times(400, (i) => ({
          label: `Choice ${i}`,
          verb: 'dialog.choose',
          data: { choice: 'c'.repeat(199) },
        })),
      },
    ],
    [
      'large buttons',
      { ...replies.notice, offers: times(50, (i): Button => ({ label: `${i}`, say: 's'.repeat(1900) })) },
    ],
    [
      'an incident with 300 members',
      {
        ...replies.incident,
        incident: {
          ...incident,
          facts: times(300, (i) => ({
            name: `domain${i}.example`,
            value: [{ data: 'q'.repeat(300) }],
            asOf: now - i,
            source: `source ${i}`,
          })),
        },
      },
    ],
    [
      'a proposal with all names',
      {
        ...replies.proposal,
        proposal: { ...proposal, effect: times(300, () => ({ data: 'n'.repeat(500) })) },
        blocks: [table(500, 4, 'n'.repeat(300))],
      },
    ],
    [
      'quotes, backslashes and controls',
      {
        ...replies.answer,
        blocks: times(80, () => ({
          kind: 'list',
          ordered: false,
          items: times(80, () => [{ data: '"\\\u0001\ud800'.repeat(200) }]),
        })),
      },
    ],
  ])('%s fits', (_name, reply) => {
    const { text } = drawThatFits(reply)
    expect(text.length).toBeGreaterThan(100)
  })

  it('holds for replies of any shape', () => {
    expect(() => drawReplies({ runs: 60 })).not.toThrow()
  })
})
