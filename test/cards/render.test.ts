// Every kind of reply: parsed by the official renderer, linted, and the same content in card and text.
import { createRequire } from 'node:module'
import type * as AdaptiveCards from 'adaptivecards'
import { describe, expect, it } from 'vitest'
import { parseVerb } from '../../src/access/index.ts'
import { BUDGET_BYTES, HIDDEN_NAME, lint, render } from '../../src/cards/index.ts'
import type { Reply, Scope } from '../../src/nouns.ts'
import { nodesOf, textsOf } from '../support/card-texts.ts'
import { incidentLife, now, proposal, replies } from '../support/replies.ts'

// The package's main entry does not load in ES modules; its distribution file does.
const official = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js') as typeof AdaptiveCards

const all: readonly (readonly [string, Reply])[] = [
  ...Object.entries(replies),
  ...incidentLife.map(
    (reply) => [`incident ${reply.incident.state} v${reply.incident.version}`, reply] as const,
  ),
  ...(
    ['confirmed', 'executing', 'watching', 'succeeded', 'failed', 'unknown', 'cancelled', 'expired'] as const
  ).map(
    (state) =>
      [
        `proposal ${state}`,
        {
          ...replies.proposal,
          proposal: { ...proposal, state, outcome: { title: 'T', detail: ['D'] } },
          buttons: [],
        },
      ] as const,
  ),
]
const scopes: readonly Scope[] = ['personal', 'groupChat', 'channel']
const names = ['Jane Doe', 'jane.doe', 'Jana Dorn', 'jana.dorn']
const squash = (text: string) => text.replace(/\s+/g, ' ')

describe.each(all)('%s', (_name, reply) => {
  it('is a valid card for the official parser and for our lint, in every place', () => {
    for (const scope of scopes) {
      const { card, bytes } = render(reply, { scope, now })
      expect(lint(card)).toEqual([])
      const context = new official.SerializationContext()
      const parsed = new official.AdaptiveCard()
      parsed.parse(JSON.parse(JSON.stringify(card)), context)
      const events = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message)
      expect(events).toEqual([])
      expect(parsed.validateProperties().validationEvents).toEqual([])
      expect(parsed.getItemCount()).toBeGreaterThan(0)
      expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES)
    }
  })

  it('says the same as text and on one line', () => {
    for (const scope of scopes) {
      const { card, text, summary } = render(reply, { scope, now })
      const plain = squash(text)
      for (const shown of textsOf(card)) {
        const words = squash(shown).trim().replace(/^•$/, '-')
        expect(plain, `text of ${scope}`).toContain(words)
      }
      expect(summary).not.toContain('\n')
      expect(summary.length).toBeGreaterThan(5)
    }
  })

  it('names nobody outside one-to-one chats, not even in what a button carries', () => {
    for (const scope of ['groupChat', 'channel'] as const) {
      const message = JSON.stringify(render(reply, { scope, now })).toLowerCase()
      for (const name of names) expect(message).not.toContain(name.toLowerCase())
    }
  })

  it('has buttons whose data the table of rights accepts', () => {
    const { card } = render(reply, { scope: 'personal', now })
    const forms = new Set(
      nodesOf(card)
        .filter((n) => n.type === 'Action.ShowCard')
        .flatMap((n) => nodesOf(n.card)),
    )
    for (const node of nodesOf(card)) {
      if (node.type !== 'Action.Execute' || forms.has(node)) continue
      expect(parseVerb(node.verb, node.data), String(node.verb)).toMatchObject({ ok: true })
    }
  })
})

describe('render', () => {
  it('shows the names in a one-to-one chat', () => {
    const { text } = render(replies.finding, { scope: 'personal', now })
    expect(text).toContain('jane.doe@contoso.com')
    expect(text).not.toContain(HIDDEN_NAME)
    expect(render(replies.finding, { scope: 'channel', now }).text).toContain(HIDDEN_NAME)
  })

  it('keeps tables off the alert card and gives every other table a fallback with the same words', () => {
    const incident = { ...replies.incident, note: 'x' }
    expect(
      nodesOf(render(incident, { scope: 'channel', now }).card).some((node) => node.type === 'Table'),
    ).toBe(false)
    const table = nodesOf(render(replies.answer, { scope: 'personal', now }).card).find(
      (node) => node.type === 'Table',
    )
    const fallback = textsOf(table?.fallback).join('')
    for (const cell of ['80', '443', '8080', 'Certificate revocation lists']) expect(fallback).toContain(cell)
  })

  it('puts Cancel first and the effect, target, count and reversibility on a proposal', () => {
    const { card, text } = render(replies.proposal, { scope: 'personal', now })
    const actions = card?.actions as readonly { title: string }[]
    expect(actions.map((action) => action.title)).toEqual(['Cancel', 'Confirm'])
    for (const words of [
      'written to Entra ID now',
      'contoso.com',
      'How many: 1',
      'Can be undone: no',
      'an operator confirms',
      'POST /servicePrincipals',
    ]) {
      expect(text).toContain(words)
    }
  })

  it('shows a sign and a word for every state of an incident', () => {
    const heads = incidentLife.map((reply) => render(reply, { scope: 'channel', now }).text.split('\n')[0])
    expect(heads).toEqual([
      '✖ Detected · Critical · Incident 42',
      '▲ Escalated · Critical · Incident 42',
      '● Acknowledged · Critical · Incident 42',
      '◷ Snoozed · Critical · Incident 42',
      '✔ Resolved · Critical · Incident 42',
      '■ Closed · Critical · Incident 42',
      '◷ Held back · Critical · Incident 42',
      '◷ Held back · Critical · Incident 42',
    ])
  })

  it('mentions people by a cleaned name and a matching entity only', () => {
    const mentions = [{ objectId: 'o-1', name: 'Ann *B* [x](https://evil.example) </at><at>All</at>' }]
    const { card, text, mentions: told } = render(replies.incident, { scope: 'channel', now, mentions })
    expect(told).toHaveLength(1)
    expect(JSON.stringify(card)).toContain(`<at>${told?.[0]?.name}</at>`)
    expect(lint(card)).toEqual([])
    const block = nodesOf(card).find(
      (node) => node.type === 'TextBlock' && String(node.text).startsWith('<at>'),
    )
    const entities = (card as unknown as { msteams: { entities: readonly { text: string }[] } }).msteams
      .entities
    expect(entities).toHaveLength(1)
    expect(block?.text).toBe(entities[0]?.text)
    expect(String(block?.text).match(/<at>/g)).toHaveLength(1)
    expect(text).toContain('Ann B')
  })

  it('carries a refresh for at most 60 people', () => {
    const userIds = Array.from({ length: 90 }, (_, i) => `29:${i}`)
    const refresh = { userIds, verb: 'incident.refresh', data: { incident: 'i-42', version: 1 } }
    const { card } = render(replies.incident, { scope: 'channel', now, refresh })
    expect(card).toHaveProperty('refresh.userIds', userIds.slice(0, 60))
    expect(lint(card)).toEqual([])
  })

  it('gives every input of a form the name its verb understands', () => {
    const { card } = render(replies.incident, { scope: 'channel', now })
    const snooze = nodesOf(card).find((node) => node.type === 'Action.ShowCard' && node.title === 'Snooze')
    const input = nodesOf(snooze).find((node) => node.type === 'Input.ChoiceSet')
    const execute = nodesOf(snooze).find((node) => node.type === 'Action.Execute')
    const sent = { ...(execute?.data as object), [String(input?.id)]: '240' }
    expect(parseVerb(execute?.verb, sent)).toEqual({
      ok: true,
      verb: 'incident.snooze',
      data: { incident: 'i-42', version: 1, minutes: 240 },
    })
  })
})
