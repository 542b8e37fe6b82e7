// The lint finds what the published schema does not notice.
import { describe, expect, it } from 'vitest'
import { lint, render } from '../../src/cards/index.ts'
import { now, replies } from '../support/replies.ts'

type Card = Record<string, unknown>
const good = () =>
  JSON.parse(JSON.stringify(render(replies.incident, { scope: 'personal', now }).card)) as Card
const withBody = (...items: readonly object[]): Card => ({ ...good(), body: items })
const text = (words: string) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: words }] })
const submit = { type: 'Action.Submit', title: 'x' }
const input = { type: 'Input.Text', id: 'a', label: 'A' }

describe('lint', () => {
  it('is content with a card of ours', () => {
    expect(lint(good())).toEqual([])
  })

  it.each<readonly [string, Card, RegExp]>([
    ['no version', { ...good(), version: undefined }, /version/],
    ['another version', { ...good(), version: '1.6' }, /version/],
    ['no fallbackText', { ...good(), fallbackText: '' }, /fallbackText/],
    ['an empty body', withBody(), /no body/],
    ['seven actions', { ...good(), actions: Array(7).fill(submit) }, /7 actions/],
    [
      'seven actions in a row of the body',
      withBody({ type: 'ActionSet', actions: Array(7).fill(submit) }),
      /7 actions/,
    ],
    [
      'a script as link',
      { ...good(), actions: [{ type: 'Action.OpenUrl', title: 'x', url: 'javascript:alert(1)' }] },
      /allow-list/,
    ],
    [
      'a foreign link behind a text',
      withBody({
        type: 'RichTextBlock',
        inlines: [
          {
            type: 'TextRun',
            text: 'x',
            selectAction: { type: 'Action.OpenUrl', url: 'https://evil.example' },
          },
        ],
      }),
      /allow-list/,
    ],
    [
      'a hidden submit behind a text',
      withBody({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'x', selectAction: submit }] }),
      /selectAction/,
    ],
    [
      'an execute without fallback',
      { ...good(), actions: [{ type: 'Action.Execute', verb: 'x', title: 'x' }] },
      /fallback/,
    ],
    [
      'a table without fallback',
      withBody({ type: 'Table', columns: [], rows: [] }),
      /Table without fallback/,
    ],
    ['the same input twice', withBody(input, input), /twice/],
    ['an input without label', withBody({ type: 'Input.Text', id: 'a' }), /label/],
    ['a required input without error message', withBody({ ...input, isRequired: true }), /errorMessage/],
    ['words of others in a TextBlock', withBody({ type: 'TextBlock', text: 'Jane [x](y)' }), /not ours/],
    ['a mention with markup', withBody({ type: 'TextBlock', text: '<at>*x*</at>' }), /not ours/],
    ['a fact set', withBody({ type: 'FactSet', facts: [] }), /FactSet/],
    ['an image', withBody({ type: 'Image', url: 'https://learn.microsoft.com/x.png' }), /Image/],
    ['61 people to refresh for', { ...good(), refresh: { userIds: Array(61).fill('x') } }, /60 userIds/],
    ['too large a card', withBody(...Array.from({ length: 30 }, () => text('x'.repeat(1000)))), /bytes/],
    ['an empty text', withBody({ type: 'RichTextBlock', inlines: [] }), /no text/],
    ['something else', [] as unknown as Card, /not an object/],
  ])('finds %s', (_name, card, problem) => {
    expect(lint(card).join('\n')).toMatch(problem)
  })
})
