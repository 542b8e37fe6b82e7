// Whatever is asked for, the message fits, is whole, and says what it left out.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUDGET_BYTES, lint, render } from '../../src/cards/index.ts'
import type { Block, Button, FactRow, Inline, Prose, Reply } from '../../src/nouns.ts'
import { nodesOf } from '../support/card-texts.ts'
import { conflictFinding, incident, now, proposal, replies } from '../support/replies.ts'

/** The activity as it would be sent, in bytes of UTF-16. */
const sent = (content: unknown, summary: string) =>
  2 *
  JSON.stringify({
    type: 'message',
    summary,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  }).length

function expectFits(reply: Reply): ReturnType<typeof render> {
  const message = render(reply, { scope: 'personal', now })
  expect(lint(message.card)).toEqual([])
  expect(sent(message.card, message.summary)).toBeLessThanOrEqual(message.bytes)
  expect(message.bytes).toBeLessThanOrEqual(BUDGET_BYTES)
  expect(2 * JSON.stringify(message.text).length).toBeLessThanOrEqual(BUDGET_BYTES)
  return message
}

const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))
const table = (rows: number, width: number, cell: string): Block => ({
  kind: 'table',
  columns: times(width, (i) => `Column ${i}`),
  rows: times(rows, (r) => times(width, (c) => [{ data: `${cell} ${r}.${c}` }])),
})

describe('size', () => {
  it('shows 50 rows of a usual list of jobs, and says how many more there are', () => {
    const { card, text } = expectFits({
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
    const { text } = expectFits({ ...replies.finding, findings: times(40, () => finding), facts: rows })
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
    const { text } = expectFits(reply)
    expect(text.length).toBeGreaterThan(100)
  })

  it('holds for replies of any shape', () => {
    const words = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.string({ unit: 'binary', minLength: 100, maxLength: 900 }),
    )
    const inline: fc.Arbitrary<Inline> = fc.oneof(
      words,
      words.map((data) => ({ data })),
      words.map((code) => ({ code })),
      words.map((link) => ({ link, url: 'https://learn.microsoft.com/x' })),
      fc.double().map((time) => ({ at: time })),
      fc.date({ noInvalidDate: true }).map((date) => ({ at: date.getTime() })),
    )
    const sentence: fc.Arbitrary<Prose> = fc.array(inline, { maxLength: 8 })
    const block: fc.Arbitrary<Block> = fc.oneof(
      sentence.map((prose): Block => ({ kind: 'text', prose })),
      fc.array(sentence, { maxLength: 70 }).map((items): Block => ({ kind: 'list', ordered: true, items })),
      fc.record({
        kind: fc.constant('table' as const),
        columns: fc.array(words, { maxLength: 8 }),
        rows: fc.array(fc.array(sentence, { maxLength: 8 }), { maxLength: 70 }),
      }),
      fc.record({ kind: fc.constant('code' as const), language: fc.constant('x'), text: words }),
      fc
        .array(fc.record({ name: words, value: sentence, source: words }), { maxLength: 70 })
        .map((rows): Block => ({ kind: 'facts', rows })),
    )
    const reply = fc.record({
      title: words,
      blocks: fc.array(block, { maxLength: 6 }),
      copies: fc.integer({ min: 1, max: 12 }),
    })
    fc.assert(
      fc.property(reply, ({ title, blocks, copies }) => {
        expectFits({ ...replies.answer, title, blocks: times(copies, () => blocks).flat() })
      }),
      { numRuns: 60 },
    )
  })
})
