import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnose, isBelow, runChecks, scopeVerdict, timing, uncheckedOf } from '../../src/diagnosis/index.ts'
import type { Fact, Snapshot } from '../../src/nouns.ts'
import { unknown } from '../../src/nouns.ts'
import { aJob, NOW } from '../support/snapshots.ts'
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
        const causes = findings.filter(
          (f) => !['object.synced', 'agents.single-point', 'delete-threshold.off'].includes(f.ruleId),
        )
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

const part = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{0,8}[A-Za-z0-9]$/)

describe('scope', () => {
  it('an object lies below every container its name ends with, in any spelling', () => {
    fc.assert(
      fc.property(part, fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean(), (cn, ous, loud) => {
        const container = [...ous.map((o) => `OU=${o}`), 'DC=contoso', 'DC=com'].join(',')
        const dn = `CN=${cn}, ${loud ? container.toUpperCase() : container}`
        expect(isBelow(dn, container)).toBe(true)
        expect(isBelow(container, dn)).toBe(false)
        expect(isBelow(dn, `OU=X${container.slice(3)}`)).toBe(false)
      }),
    )
  })

  it('is unclear where a group decides, and open where nothing limits', () => {
    const rule = { ruleId: 'r', ruleName: 'r', clauses: [], mappings: 1 }
    expect(scopeVerdict('CN=A,DC=x', [{ ...rule, containers: [], groups: ['CN=G,DC=x'] }])).toBe('unclear')
    expect(scopeVerdict('CN=A,DC=x', [{ ...rule, containers: [], groups: [] }])).toBe('in')
    expect(scopeVerdict('CN=A,DC=x', [{ ...rule, containers: ['OU=B,DC=x'], groups: [] }])).toBe('out')
  })
})

describe('timing', () => {
  it('is late exactly when the last sign of life is older than allowed, never negative', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 * 86_400_000 }),
        fc.integer({ min: 60_000, max: 86_400_000 }),
        (age, interval) => {
          const run = { state: 'succeeded' as const, began: NOW - age, ended: NOW - age, counts: {} }
          const job = aJob({
            lastExecution: run,
            lastSuccess: run,
            schedule: { state: 'Active', intervalMs: interval },
          })
          const { lateMs, running } = timing(job, NOW)
          expect(running).toBe(false)
          expect(lateMs > 0).toBe(age > Math.max(30 * 60_000, 3 * interval))
          expect(lateMs).toBeGreaterThanOrEqual(0)
          expect(timing({ ...job, status: 'paused' }, NOW).lateMs).toBe(0)
        },
      ),
    )
  })
})
