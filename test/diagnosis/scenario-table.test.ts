import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTrees } from '../../src/conversation/index.ts'
import { openScenarioBench, type ScenarioBench } from '../support/scenario-bench.ts'
import { type Row, rows } from './scenario-table.ts'

/** Older than the age at which a fault has done its work: a failing job is quarantined, a mended one is well. */
const MINUTES = 30
/** What no answer may ever hold. */
const nonsense = /(?:[:(=,] ?)undefined\b|\bNaN\b|\[object |: null\b/

let bench: ScenarioBench
beforeAll(async () => {
  bench = await openScenarioBench()
})
afterAll(() => bench.close())

const byState = Map.groupBy(rows, (row) => row.state.join(' + ') || 'as it is at the start')
const outcomes: {
  readonly row: Row
  readonly first: boolean
  readonly inThree: boolean
  readonly wrong: boolean
}[] = []

describe.each([...byState])('%s', (_state, mine) => {
  let tenant: Awaited<ReturnType<ScenarioBench['openTenant']>>
  beforeAll(async () => {
    tenant = await bench.openTenant(mine[0]?.state ?? [], { minutes: MINUTES })
  })
  afterAll(() => tenant.close())

  it.each(mine.map((row) => [row.say, row.cause, row] as const))('"%s" -> %s', async (_say, cause, row) => {
    const heard = await tenant.hear(row)
    const inThree = heard.causes.slice(0, 3).includes(cause)
    outcomes.push({
      row,
      first: heard.causes[0] === cause,
      inThree,
      wrong: heard.certain && heard.causes[0] !== cause,
    })
    expect(heard.causes[0], heard.text).toBe(cause)
    for (const other of row.also ?? []) expect(heard.causes.slice(0, 3), heard.text).toContain(other)
    expect(heard.questions).toBeLessThanOrEqual(row.mostQuestions ?? row.answers?.length ?? 0)
    if (row.shows) expect(heard.text).toMatch(row.shows)
    if (row.never) expect(heard.text).not.toMatch(row.never)
    expect(heard.text).not.toMatch(nonsense)
  })
})

describe('the table', () => {
  it('has at least 100 rows, every symptom, and two faults at once', () => {
    expect(rows.length).toBeGreaterThanOrEqual(100)
    const shown = new Set(rows.flatMap((row) => row.symptoms))
    const all = Array.from({ length: 76 }, (_, i) => `S${String(i + 1).padStart(2, '0')}`)
    expect(all.filter((symptom) => !shown.has(symptom))).toEqual([])
    expect(rows.filter((row) => (row.also ?? []).length > 0).length).toBeGreaterThanOrEqual(12)
  })

  it('walks every dialog', () => {
    const trees = loadTrees(join(import.meta.dirname, '../../dialogs'))
    const walked = new Set(rows.map(({ cause }) => cause.split('.')[1]))
    expect(trees.ids.filter((id) => !walked.has(id))).toEqual([])
  })

  it('asks at most six questions', () => {
    for (const row of rows)
      expect(row.mostQuestions ?? row.answers?.length ?? 0, row.say).toBeLessThanOrEqual(6)
  })

  it('names the right cause first in 95 % and among the first three always, and never a wrong one for certain', () => {
    const share = (of: (one: (typeof outcomes)[number]) => boolean) =>
      outcomes.filter(of).length / outcomes.length
    expect(outcomes.length).toBe(rows.length)
    expect(share((one) => one.first)).toBeGreaterThanOrEqual(0.95)
    expect(share((one) => one.inThree)).toBe(1)
    expect(outcomes.filter((one) => one.wrong).map((one) => one.row.say)).toEqual([])
  })
})
