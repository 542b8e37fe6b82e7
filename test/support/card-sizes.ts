// Replies of any shape, drawn as cards: each must fit, be whole and pass the lint. The suite draws a few, `npm run fuzz`
// very many.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { BUDGET_BYTES, lint, render } from '../../src/cards/index.ts'
import type { Block, Inline, Prose, Reply } from '../../src/nouns.ts'
import { now, replies } from './replies.ts'

/** The activity as it would be sent, in bytes of UTF-16. */
const sent = (content: unknown, summary: string) =>
  2 *
  JSON.stringify({
    type: 'message',
    summary,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  }).length

export function drawThatFits(reply: Reply): ReturnType<typeof render> {
  const message = render(reply, { scope: 'personal', now })
  assert.deepEqual(lint(message.card), [])
  const bytes = sent(message.card, message.summary)
  assert.ok(bytes <= message.bytes, `${bytes} bytes sent, ${message.bytes} said`)
  assert.ok(message.bytes <= BUDGET_BYTES, `${message.bytes} bytes`)
  assert.ok(2 * JSON.stringify(message.text).length <= BUDGET_BYTES, 'the text is too long')
  return message
}

export const times = <T>(count: number, make: (i: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i))

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
const shape = fc.record({
  title: words,
  blocks: fc.array(block, { maxLength: 6 }),
  copies: fc.integer({ min: 1, max: 12 }),
})

/** Throws with the seed and the smallest reply that does not fit. */
export function drawReplies(options: { readonly runs: number; readonly seed?: number }): void {
  fc.assert(
    fc.property(shape, ({ title, blocks, copies }) => {
      drawThatFits({ ...replies.answer, title, blocks: times(copies, () => blocks).flat() })
    }),
    { numRuns: options.runs, ...(options.seed === undefined ? {} : { seed: options.seed }) },
  )
}
