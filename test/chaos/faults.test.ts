// A few faults of the list; `npm run chaos -- --only faults` runs them all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faults, runFault } from './faults/index.ts'
import { openStage } from './quarantine.ts'
import type { Rig } from './rig.ts'

const TRIAL_MS = 60_000
const here: ReadonlySet<string> = new Set(['7', '12a', '19', '33', '35'])

describe('faults', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await openStage({ seed: 3 })
  })
  afterAll(() => rig.close())

  it.each(faults.filter((fault) => here.has(fault.id)))(
    '$id: $what',
    async (fault) => {
      expect(await runFault(rig, fault)).toEqual([])
    },
    TRIAL_MS,
  )

  it('has one row for each fault that fits one process', () => {
    const rows = new Set(faults.map((fault) => fault.id.replace(/[a-z.].*$/, '')))
    const wanted = '1 2 5 7 8 10 11 12 13 14 15 16 17 18 19 20 21 25 26 27 28 29 30 33 34 35 36 42'
    for (const row of wanted.split(' ')) expect(rows, row).toContain(row)
    expect(new Set(faults.map((fault) => fault.id)).size).toBe(faults.length)
  })
})
