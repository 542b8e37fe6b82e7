import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createRateLimiter,
  includesRole,
  parseRolesFile,
  type RateLimit,
  type RateState,
  roleOf,
  roleOrder,
  rolesOfClaim,
  takeRate,
} from '../../src/access/index.ts'

const group = '11111111-2222-3333-4444-555555555555'
const ann = 'AAAAAAAA-2222-3333-4444-555555555555'

describe('roles', () => {
  it('come from the token first, then the file, then the default', () => {
    const rolesFile = parseRolesFile(`operator:\n  - ${group}\napprover:\n  - ${ann}\n`)
    const who = { rolesFile, defaultRole: 'viewer', objectId: ann } as const
    expect(roleOf({ ...who, tokenRoles: ['viewer', 'operator'] })).toBe('operator')
    expect(roleOf(who)).toBe('approver')
    expect(roleOf({ ...who, objectId: ann.toLowerCase() })).toBe('approver')
    expect(roleOf({ ...who, objectId: 'x', groups: [group] })).toBe('operator')
    expect(roleOf({ ...who, objectId: 'x' })).toBe('viewer')
    expect(roleOf({ defaultRole: 'none', objectId: 'x', tokenRoles: ['none'] })).toBe('none')
  })

  it('each include the ones before', () => {
    roleOrder.forEach((held, i) => {
      roleOrder.forEach((needed, j) => {
        expect(includesRole(held, needed)).toBe(i >= j)
      })
    })
  })

  it('are read from the claim by exact value', () => {
    expect(rolesOfClaim(['SyncMedic.Admin', 'syncmedic.admin', 'Other.Admin', 'toString', ''])).toEqual([
      'admin',
    ])
  })

  it.each([
    ['not YAML', 'a: [1'],
    ['a list', '- a'],
    ['an unknown role', `root:\n  - ${group}`],
    ['a name instead of an id', 'admin:\n  - Ann'],
    ['an alias bomb', 'a: &a [x]\nb: *a'],
  ])('file with %s is refused without quoting it', (_name, text) => {
    try {
      parseRolesFile(text)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'SM_CONFIG_INVALID', fields: { setting: 'ROLES_FILE' } })
      expect(JSON.stringify((error as { fields: unknown }).fields)).not.toContain('Ann')
    }
  })

  it('file may be empty', () => {
    expect(parseRolesFile('# nobody yet\n')).toEqual({ viewer: [], operator: [], approver: [], admin: [] })
  })
})

const limits: readonly RateLimit[] = [
  { per: 'tenant', limit: 5, windowMs: 10_000 },
  { per: 'person', limit: 20, windowMs: 3_600_000 },
]

describe('rates', () => {
  it('never allow more than the limit in any window, and allow what a plain count allows', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 8000 }), fc.constantFrom('ann', 'bob')), {
      maxLength: 120,
    })
    fc.assert(
      fc.property(steps, (uses) => {
        let now = 0
        let state: RateState = {}
        const accepted: { at: number; person: string }[] = []
        for (const [wait, person] of uses) {
          now += wait
          const verdict = takeRate({ name: 'x', limits, keys: { person, tenant: 't', job: 'j' } }, state, now)
          const inTenant = accepted.filter((use) => use.at > now - 10_000).length
          const ofPerson = accepted.filter((use) => use.person === person && use.at > now - 3_600_000).length
          expect(verdict.ok).toBe(inTenant < 5 && ofPerson < 20)
          if (verdict.ok) {
            state = verdict.state
            accepted.push({ at: now, person })
          } else expect(verdict.retryAfterMs).toBeGreaterThan(0)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('tell when it is possible again, and a clock set back does not lock anybody out', () => {
    const limiter = createRateLimiter()
    const restart = {
      name: 'restart',
      limits: [{ per: 'job', limit: 1, windowMs: 1_800_000 }],
      keys: { person: 'p', tenant: 't', job: 'j' },
    } as const
    expect(limiter.take(restart, 10_000_000)).toEqual({ ok: true })
    expect(limiter.take(restart, 10_600_000)).toMatchObject({ ok: false, retryAfterMs: 1_200_000 })
    expect(limiter.take({ ...restart, keys: { ...restart.keys, job: 'k' } }, 10_600_000)).toEqual({
      ok: true,
    })
    expect(limiter.take(restart, 11_800_000)).toEqual({ ok: true })
    expect(limiter.take(restart, 5_000_000)).toMatchObject({ ok: false, retryAfterMs: 1_800_000 })
  })
})
