import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOTE_RANK } from '../../src/diagnosis/diagnose.ts'
import { checkById, diagnose, runChecks, scopeVerdict, uncheckedOf } from '../../src/diagnosis/index.ts'
import type { Fact, ScopeFilter, Snapshot } from '../../src/nouns.ts'
import { unknown } from '../../src/nouns.ts'
import { scenarios } from './scenarios.ts'

const because = fc.constantFrom(
  'notPermitted',
  'notSignedIn',
  'licence',
  'throttled',
  'unavailable',
  'notFound',
) as fc.Arbitrary<'notPermitted' | 'notSignedIn' | 'licence' | 'throttled' | 'unavailable' | 'notFound'>
const facts = [
  'agents',
  'conflicts',
  'events',
  'scope',
  'tenant',
  'serviceIssues',
  'object',
  'deletedObject',
  'owner',
  'configurations',
] as const

/** Any scenario mixed with facts of any other, some of them blinded. */
const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    base: fc.constantFrom(...scenarios),
    other: fc.constantFrom(...scenarios),
    taken: fc.subarray([...facts, 'jobs' as const]),
    blinded: fc.subarray([...facts]),
    because,
  })
  .map(({ base, other, taken, blinded, because: why }) => {
    const mixed: Record<string, unknown> = { ...base.snapshot }
    for (const key of taken) mixed[key] = other.snapshot[key]
    for (const key of blinded) mixed[key] = unknown(why, key) satisfies Fact<never>
    return mixed as Snapshot
  })

describe('diagnose', () => {
  it('is deterministic, complete and keeps its order on every mixture of facts', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const findings = diagnose(snapshot)
        expect(diagnose(snapshot)).toEqual(findings)
        const failed = runChecks(snapshot).flatMap((r) => (r.result === 'fail' ? r.findings : []))
        expect(findings.length).toBe(failed.length)
        expect(new Set(findings.map((f) => f.fingerprint)).size).toBe(findings.length)
        expect(() => JSON.stringify(findings)).not.toThrow()
        const causes = findings.filter((f) => (checkById(f.ruleId)?.rank ?? 0) < NOTE_RANK)
        const likely = causes.findIndex((f) => f.confidence === 'likely')
        if (likely >= 0) expect(causes.slice(likely).every((f) => f.confidence === 'likely')).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('never says all is well about a person it could not see', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        if (snapshot.object.known) return
        expect(diagnose(snapshot).map((f) => f.ruleId)).not.toContain('object.synced')
      }),
      { numRuns: 200 },
    )
  })

  it('names what it could not check on every finding', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const unchecked = uncheckedOf(runChecks(snapshot))
        for (const f of diagnose(snapshot)) expect(f.unchecked).toEqual(unchecked)
      }),
      { numRuns: 100 },
    )
  })
})

describe('scope', () => {
  const filter = (more: Partial<ScopeFilter>): ScopeFilter => ({
    ruleId: 'r',
    ruleName: '',
    containers: [],
    groups: [],
    clauses: [],
    mappings: 0,
    ...more,
  })
  const jane = 'CN=Doe\\, Jane,OU=Sales,OU=Staff,DC=contoso,DC=com'
  it.each<[string, readonly ScopeFilter[], string]>([
    ['below an included container', [filter({ containers: ['ou=staff, dc=contoso,dc=com'] })], 'in'],
    ['elsewhere', [filter({ containers: ['OU=Lab,DC=contoso,DC=com'] })], 'out'],
    ['a container whose name only ends alike', [filter({ containers: ['OU=aff,DC=contoso,DC=com'] })], 'out'],
    [
      'a name that holds a comma is one part',
      [filter({ containers: ['Jane,OU=Sales,OU=Staff,DC=contoso,DC=com'] })],
      'out',
    ],
    ['by group', [filter({ groups: ['CN=Pilot,DC=contoso,DC=com'] })], 'unclear'],
    [
      'container of one rule, group of another',
      [filter({ groups: ['g'] }), filter({ containers: [jane] })],
      'in',
    ],
    ['no limits', [filter({})], 'in'],
    ['no rule', [], 'unclear'],
    [
      'out of one, by group in another',
      [filter({ containers: ['OU=Lab'] }), filter({ groups: ['g'] })],
      'unclear',
    ],
  ])('%s', (_, filters, verdict) => {
    expect(scopeVerdict(jane, filters)).toBe(verdict)
  })
})
