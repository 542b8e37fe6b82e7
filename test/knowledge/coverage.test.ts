// Every fact, correction and error code has an article that says it and a question that finds it.
import { describe, expect, it } from 'vitest'
import { coveragePage, covered, readCoverage } from '../../src/knowledge/index.ts'
import { KNOWLEDGE_DIR, realKnowledge } from '../support/knowledge.ts'

const coverage = readCoverage(KNOWLEDGE_DIR)
const rows = covered(realKnowledge(), coverage)

describe('coverage', () => {
  it('has a row for each fact, correction and code, without gaps', () => {
    expect(coverage.facts.map((fact) => fact.id)).toEqual(
      Array.from({ length: 445 }, (_, i) => `F${String(i + 1).padStart(3, '0')}`),
    )
    expect(coverage.corrections.map((one) => one.id).toSorted()).toEqual(
      Array.from({ length: 51 }, (_, i) => `C-${String(i + 1).padStart(2, '0')}`),
    )
    expect(rows.codes).toHaveLength(135)
  })

  it.each(['facts', 'corrections', 'codes'] as const)(
    'finds all %s, with their figures in the answer',
    (kind) => {
      const bad = rows[kind].filter((one) => !one.found || one.lacks.length > 0)
      expect(
        bad.map((one) => `${one.id} ${one.article} "${one.ask}" lacks: ${one.lacks.join(', ')}`),
      ).toEqual([])
    },
  )

  it('is shown as a page that says 100 % and how old the oldest review is', () => {
    const page = coveragePage(realKnowledge(), KNOWLEDGE_DIR)
    expect(page).toContain('| facts | 445 | 445 | 100 % |')
    expect(page).toContain('| error codes | 135 | 135 | 100 % |')
    expect(page).toMatch(/Oldest review: 20\d\d-\d\d-\d\d/)
    expect(page).toMatch(/median answer: \d+ words/)
  })

  it('notices a fact whose figure is gone', () => {
    const [fact] = coverage.facts
    if (!fact) throw new Error('no facts')
    const spoilt = { ...coverage, facts: [{ ...fact, terms: [...fact.terms, 'a figure that nobody wrote'] }] }
    expect(covered(realKnowledge(), spoilt).facts[0]?.lacks).toEqual(['a figure that nobody wrote'])
  })
})
