import { describe, expect, it } from 'vitest'
import { playHistories, playHistory } from '../support/incident-model.ts'

describe('random histories', () => {
  it('agree with the reference model and keep every invariant', () => {
    expect(() => playHistories({ runs: 3_000 })).not.toThrow()
  })

  it('would be told apart: a model that is off by one poll does not agree', () => {
    const bad = {
      afterMinutes: 1,
      word: { kind: 'bad' as const, severity: 'critical' as const },
      inhibited: false,
      blind: false,
    }
    expect(() => playHistory([bad, bad], 2)).not.toThrow()
    expect(() => playHistory([bad, { ...bad, word: { kind: 'nonsense' as 'good' } }], 2)).toThrow()
  })
})
