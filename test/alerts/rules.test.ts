import { describe, expect, it } from 'vitest'
import { backoffMs, isGivenUp } from '../../src/alerts/backoff.ts'
import {
  defaultRules,
  fingerprint,
  observe,
  parseRules,
  type Reading,
  ruleIds,
} from '../../src/alerts/index.ts'
import { quietUntil } from '../../src/alerts/route.ts'
import { known, unknown } from '../../src/nouns.ts'
import {
  FABRIKAM,
  HOUR,
  healthyJob,
  job,
  MINUTE,
  observation,
  quarantinedJob,
  T0,
  TENANT,
} from '../support/alerts-builders.ts'

const reading = (changes: Partial<Reading>): Reading => ({
  tenantId: TENANT,
  configuration: FABRIKAM,
  jobs: known([], T0, 'test'),
  known: [],
  ...changes,
})
const saw = (changes: Partial<Reading>, now = T0) =>
  Object.fromEntries(observe(reading(changes), defaultRules, now).map((o) => [o.ruleId, o.state]))
const ofJob = (one: ReturnType<typeof job>, now = T0) => saw({ jobs: known([one], now, 'test') }, now)

describe('observe', () => {
  it('takes a healthy job as positive evidence for every rule', () => {
    expect(ofJob(healthyJob(T0))).toEqual({
      'deletes.held': 'good',
      'agents.all_inactive': 'good',
      'job.quarantined': 'good',
      'job.failing': 'good',
      'job.stale': 'good',
      'job.paused': 'good',
    })
  })

  it('takes a failed reading as unknown for everything it knew, and as nothing good', () => {
    for (const because of ['unavailable', 'throttled', 'notPermitted', 'notFound'] as const) {
      const states = saw({
        jobs: unknown(because, 'test'),
        known: [{ id: 'job-1', kind: 'provisioning', domain: 'fabrikam.com' }],
      })
      expect(new Set(Object.values(states))).toEqual(new Set(['unknown']))
      expect(Object.keys(states)).toContain('job.missing')
    }
  })

  it.each([
    ['quarantine', quarantinedJob(T0), 'job.quarantined'],
    [
      'deletions held',
      quarantinedJob(T0, { quarantine: { reason: 'tooManyDeletes', seriesCount: 1 } }),
      'deletes.held',
    ],
    ['paused', healthyJob(T0, { status: 'paused' }), 'job.paused'],
    ['disabled', healthyJob(T0, { status: 'disabled' }), 'job.paused'],
    ['three failures', healthyJob(T0, { successiveFailures: 3 }), 'job.failing'],
    ['silence of 31 minutes', healthyJob(T0 - 30 * MINUTE), 'job.stale'],
  ])('sees %s', (_name, one, rule) => {
    expect(ofJob(one)[rule]).toBe('bad')
  })

  it('is not late after two missed cycles of a slow job, nor once a day in quarantine', () => {
    const slow = healthyJob(T0 - 2 * HOUR, { schedule: { state: 'active', intervalMs: HOUR } })
    expect(ofJob(slow)['job.stale']).toBe('good')
    expect(ofJob(quarantinedJob(T0 - 20 * HOUR))['job.stale']).toBe('good')
  })

  it('judges nothing from states it does not know', () => {
    const states = ofJob(job({ status: 'unknown' }))
    for (const rule of ['deletes.held', 'job.quarantined', 'job.stale', 'job.failing', 'job.paused'])
      expect(states[rule], rule).toBe('unknown')
  })

  it('says of a job that is not listed that it is missing, and nothing about its health', () => {
    const states = saw({ known: [{ id: 'job-9', kind: 'provisioning', domain: 'fabrikam.com' }] })
    expect(states['job.missing']).toBe('bad')
    expect(states['job.quarantined']).toBe('unknown')
  })

  it('infers silent agents from two jobs that blame them, and their return from a cycle that ran', () => {
    const two = [quarantinedJob(T0), quarantinedJob(T0, { id: 'job-2' })]
    expect(saw({ jobs: known(two, T0, 'test') })['agents.all_inactive']).toBe('bad')
    expect(saw({ jobs: known(two.slice(1), T0, 'test') })['agents.all_inactive']).toBe('unknown')
    expect(saw({ jobs: known([job()], T0, 'test') })['agents.all_inactive']).toBe('unknown')
  })

  it('names the domain as data, never as markup', () => {
    const hostile = quarantinedJob(T0, { domain: '[x](https://evil) *b*' })
    for (const o of observe(reading({ jobs: known([hostile], T0, 'test') }), defaultRules, T0))
      expect(o.title.filter((part) => typeof part === 'string').join('')).not.toContain('evil')
  })
})

describe('the fingerprint', () => {
  it('differs by every part and by nothing else', () => {
    const base = fingerprint(observation())
    const others = [
      observation({ tenantId: 'x' }),
      observation({ configurationId: 'x' }),
      observation({ jobId: 'x' }),
      observation({ ruleId: 'x' }),
      observation({ subject: 'x' }),
    ].map(fingerprint)
    expect(new Set([base, ...others]).size).toBe(6)
    expect(fingerprint(observation({ asOf: 1, severity: 'info', title: ['y'] }))).toBe(base)
    expect(base).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('RULES_FILE', () => {
  it('changes severities, thresholds and times, and leaves the rest', () => {
    const result = parseRules(
      'rules:\n  job.stale: { severity: critical, forMinutes: 5, clearMinutes: 10, thresholds: { cycles: 6 } }\n',
    )
    if (!result.ok) throw new Error(result.problems.join())
    expect(result.rules['job.stale']).toMatchObject({
      severity: 'critical',
      forMs: 5 * MINUTE,
      clearMs: 10 * MINUTE,
      thresholds: { cycles: 6, floorMinutes: 30 },
    })
    for (const id of ruleIds.filter((one) => one !== 'job.stale'))
      expect(result.rules[id]).toEqual(defaultRules[id])
  })

  it('lists all of its problems at once', () => {
    const result = parseRules(
      'rules:\n  job.stael: {}\n  job.stale: { severity: bad, colour: red, thresholds: { cycles: -1, moon: 2 } }\n  job.failing: { forPolls: 0 }\nmore: 1\n',
    )
    expect(result.ok).toBe(false)
    const text = result.ok ? '' : result.problems.join('\n')
    for (const part of ['job.stael', 'severity', 'colour', 'cycles', 'moon', 'forPolls', 'more'])
      expect(text).toContain(part)
  })

  it.each(['', '[]', 'rules: 7', ': :', 'a: [', '- x'])('refuses %j', (text) => {
    expect(parseRules(text).ok).toBe(false)
  })
})

describe('waiting', () => {
  it('is 2 s × 2ⁿ ± 20 %, at most five minutes, and never less than was asked', () => {
    expect([0, 0.5, 0.999].map((r) => backoffMs(0, r))).toEqual([1600, 2000, 2399])
    expect(backoffMs(3, 0.5)).toBe(16_000)
    expect(backoffMs(1000, 0.5)).toBe(300_000)
    expect(backoffMs(0, 0.5, 7_000)).toBe(7_000)
    expect(isGivenUp(T0, T0 + 24 * HOUR)).toBe(true)
    expect(isGivenUp(T0, T0 + 24 * HOUR - 1)).toBe(false)
  })
})

describe('quiet hours', () => {
  const hours = { zone: 'Europe/Berlin', from: '22:00', to: '07:00' }
  it.each([
    ['before', '2026-03-10T20:59:00Z', undefined],
    ['at the start', '2026-03-10T21:00:00Z', '2026-03-11T06:00:00Z'],
    ['after midnight', '2026-03-11T02:00:00Z', '2026-03-11T06:00:00Z'],
    ['at the end', '2026-03-11T06:00:00Z', undefined],
    ['the night the clocks go forward', '2026-03-28T23:00:00Z', '2026-03-29T05:00:00Z'],
    ['the night the clocks go back', '2026-10-24T23:00:00Z', '2026-10-25T06:00:00Z'],
  ])('%s', (_name, now, end) => {
    expect(quietUntil(hours, Date.parse(now))).toBe(end === undefined ? undefined : Date.parse(end))
  })

  it('within one day, and none when both bounds are the same', () => {
    const noon = Date.parse('2026-03-10T12:00:00Z')
    expect(quietUntil({ zone: 'UTC', from: '11:00', to: '13:00' }, noon)).toBe(
      Date.parse('2026-03-10T13:00:00Z'),
    )
    expect(quietUntil({ zone: 'UTC', from: '11:00', to: '11:00' }, noon)).toBeUndefined()
    expect(quietUntil(undefined, noon)).toBeUndefined()
  })
})
