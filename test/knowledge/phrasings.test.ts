// Large sets of questions as people type them. The figures when each set was first measured, before anything was
// changed for it: first set 402 of 537, second 125 of 182, third 73 of 110, shorthand 70 of 96, fresh 48 of 60.
import { describe, expect, it } from 'vitest'
import type { Reply } from '../../src/nouns.ts'
import { citedBy, realKnowledge } from '../support/knowledge.ts'
import {
  AGENTS,
  ELSEWHERE,
  FOLLOW_UPS,
  GROUNDWORK,
  OPERATION,
  PASTES,
  type Row,
  SYNC,
} from './phrasings-heldout.ts'
import { HELPDESK_CHAT, ISSUE_REPORTS, OUTSIDE } from './phrasings-second.ts'
import { FRESH, LAST, SHORTHAND } from './phrasings-third.ts'

const knowledge = realKnowledge()

function fits(want: string, reply: Reply): boolean {
  const cited = citedBy(reply)
  if (want.includes(' & ')) return want.split(' & ').every((id) => cited.includes(id))
  return want.split('|').some((one) => {
    if (one === 'none') return reply.kind !== 'answer'
    return one === 'decline' ? reply.kind === 'decline' : cited[0] === one
  })
}

/** Share of rows that are answered as wanted, and the others for the message of a failing test. */
function measure(rows: readonly Row[]): { readonly share: number; readonly missed: string } {
  const missed = rows.filter(([want, text]) => !fits(want, knowledge.ask(text)))
  const lines = missed.map(([want, text]) => `${want}: ${text} => ${citedBy(knowledge.ask(text)).join(', ')}`)
  return { share: 1 - missed.length / rows.length, missed: lines.join('\n') }
}

const OURS = [...GROUNDWORK, ...AGENTS, ...SYNC, ...OPERATION, ...PASTES]

describe('phrasings', () => {
  it('are many, and none stands twice', () => {
    const texts = [
      ...OURS,
      ...ELSEWHERE,
      ...HELPDESK_CHAT,
      ...ISSUE_REPORTS,
      ...OUTSIDE,
      ...LAST,
      ...SHORTHAND,
      ...FRESH,
    ].map(([, text]) => text)
    expect(texts.length).toBeGreaterThanOrEqual(800)
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('name articles and codes that exist', () => {
    const unknown = [...OURS, ...HELPDESK_CHAT, ...ISSUE_REPORTS, ...LAST]
      .flatMap(([want]) => want.split(/\||\s&\s/))
      .filter((id) => !/^(none|decline|boundary:.*)$/.test(id))
      .filter((id) => !(id.startsWith('code:') ? knowledge.code(id.slice(5)) : knowledge.article(id)))
    expect(unknown).toEqual([])
  })

  it.each([
    ['first', OURS, 0.94],
    ['second', [...HELPDESK_CHAT, ...ISSUE_REPORTS], 0.92],
    ['third', LAST, 0.88],
    ['shorthand', SHORTHAND, 0.9],
    ['fresh', FRESH, 0.8],
  ] as const)('of the %s set are answered by the right article first', (_, rows, wanted) => {
    const { share, missed } = measure(rows)
    expect(share, missed).toBeGreaterThanOrEqual(wanted)
  })

  it('of other products and subjects are never answered as ours', () => {
    const answered = [...ELSEWHERE, ...OUTSIDE, ...LAST.filter(([want]) => /^(none|boundary:)/.test(want))]
      .filter(
        ([want, text]) =>
          !want.split('|').some((id) => knowledge.article(id)) && knowledge.ask(text).kind === 'answer',
      )
      .map(([, text]) => text)
    expect(answered).toEqual([])
  })

  it('after an answer relate to it', () => {
    const missed = FOLLOW_UPS.filter(
      ([previous, want, text]) => !fits(want, knowledge.ask(text, { previous })),
    )
    expect(missed.length, JSON.stringify(missed)).toBeLessThanOrEqual(2)
  })
})
