import { describe, expect, it } from 'vitest'
import {
  articleIds,
  checkById,
  checks,
  diagnose,
  errorCauses,
  knownCause,
  reasonCauses,
  runChecks,
} from '../../src/diagnosis/index.ts'
import type { Inline, Prose, ProvisioningEvent, Snapshot } from '../../src/nouns.ts'
import { unknown } from '../../src/nouns.ts'
import { DAY, HOUR } from '../../src/time.ts'
import {
  aBlindSnapshot,
  aJob,
  anAgent,
  anEvent,
  aQuarantinedJob,
  aSnapshot,
  aUser,
  contosoSubject,
  jane,
  NOW,
  sure,
  withJobs,
} from '../support/snapshots.ts'
import { scenarios } from './scenarios.ts'

function textOf(prose: Prose): string {
  return prose
    .map((i: Inline) => {
      if (typeof i === 'string') return i
      if ('data' in i) return i.data
      if ('strong' in i) return i.strong
      if ('code' in i) return i.code
      if ('link' in i) return i.link
      return new Date(i.at).toISOString()
    })
    .join('')
}

const required = [
  'object.attribute-conflict',
  'object.deleted',
  'object.not-in-scope',
  'object.skipped-by-scoping',
  'object.export-failed',
  'object.no-log-entry',
  'object.cloud-only',
  'object.synced-by-connect',
  'object.synced',
  'object.provisioning-error',
  'job.quarantined',
  'job.quarantined-without-error',
  'job.paused',
  'job.disabled-after-28-days',
  'job.not-run',
  'job.stale',
  'job.failing',
  'job.deletes-held',
  'job.missing',
  'agents.all-inactive',
  'agents.single-point',
  'password-hash.job-unhealthy',
  'tenant.sync-disabled',
  'tenant.service-incident',
  'delete-threshold.off',
]

describe('the table of checks', () => {
  it('has every check once, each with an article and a title', () => {
    const ids = checks.map((c) => c.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(required))
    for (const check of checks) {
      expect(check.article).toMatch(/^[a-z0-9-]+$/)
      expect(check.title.length).toBeGreaterThan(10)
      expect(checkById(check.id)).toBe(check)
    }
    expect(new Set(articleIds).size).toBe(articleIds.length)
  })

  it('can fail: each check leads or appears in some scenario', () => {
    const asked = checks.map((c) => c.id)
    const failed = new Set(scenarios.flatMap((s) => diagnose(s.snapshot, { asked }).map((f) => f.ruleId)))
    expect(checks.map((c) => c.id).filter((id) => !failed.has(id))).toEqual([])
  })

  it('passes on a healthy configuration, with nothing skipped', () => {
    const results = runChecks(aSnapshot())
    expect(results.filter((r) => r.result !== 'pass')).toEqual([])
  })
})

describe('scenarios', () => {
  it.each(scenarios)('$name', ({ snapshot, first, confidence, says }) => {
    const findings = diagnose(snapshot)
    expect(findings[0]?.ruleId).toBe(first)
    const finding = findings[0]
    if (!finding) return
    if (confidence) expect(finding.confidence).toBe(confidence)
    if (says) expect(`${textOf(finding.title)} ${textOf(finding.cause)}`).toMatch(says)
    for (const f of findings) {
      expect(f.evidence.length, `${f.ruleId} shows evidence`).toBeGreaterThan(0)
      expect(f.nextSteps.length, `${f.ruleId} says what to do`).toBeGreaterThan(0)
      expect(textOf(f.title)).not.toMatch(/undefined|NaN|\[object/)
      expect(textOf(f.cause)).not.toMatch(/undefined|NaN|\[object/)
      for (const r of f.evidence) expect(textOf(r.value)).not.toMatch(/undefined|NaN|\[object/)
    }
  })

  it('says that agents could not be seen, whatever it found', () => {
    const snapshot = aSnapshot({
      agents: unknown('notSignedIn', 'agents'),
      ...withJobs(aQuarantinedJob('TimeOut')),
    })
    for (const finding of diagnose(snapshot)) {
      expect(finding.unchecked).toContainEqual({ what: 'the agents', because: 'notSignedIn' })
    }
  })
})

describe('a log that lags behind', () => {
  const refused = anEvent({
    status: 'failure',
    target: {},
    error: { code: 'AttributeValueMustBeUnique', reason: 'value in use' },
  })
  const takenOver = (lastSync: number) =>
    aSnapshot({
      subject: jane,
      object: sure(aUser({ onPremises: { syncEnabled: true, lastSync } })),
      events: sure([refused]),
    })

  it('does not call a conflict what was taken over after the refusal', () => {
    const ids = (snapshot: Snapshot) => diagnose(snapshot).map((finding) => finding.ruleId)
    expect(ids(takenOver(refused.at - 1))).toContain('object.attribute-conflict')
    expect(ids(takenOver(refused.at + 1))).not.toContain('object.attribute-conflict')
  })
})

describe('a log too long to read whole', () => {
  it('is not said to have given no answer', () => {
    const tooLong = unknown<readonly ProvisioningEvent[]>('unavailable', 'log', 'logTooLong')
    const skipped = runChecks(aSnapshot({ subject: jane, events: tooLong })).filter(
      (one) => one.result === 'skipped' && one.what.includes('provisioning log'),
    )
    expect(skipped.length).toBeGreaterThan(0)
    for (const one of skipped)
      expect(one).toMatchObject({ what: 'the older part of the provisioning log', because: 'throttled' })
  })
})

describe('blindness', () => {
  it.each([jane, contosoSubject])('finds nothing and passes nothing when nothing can be read', (subject) => {
    const results = runChecks(aBlindSnapshot(subject))
    expect(results.filter((r) => r.result === 'pass').map((r) => r.id)).toEqual([])
    expect(diagnose(aBlindSnapshot(subject))).toEqual([])
  })

  const reasons = [
    'notPermitted',
    'notSignedIn',
    'notConfigured',
    'licence',
    'throttled',
    // Down, or too slow to wait for.
    'unavailable',
  ] as const

  describe.each(reasons)('because of %s', (because) => {
    const asked = checks.map((c) => c.id)
    const results = [jane, contosoSubject].flatMap((subject) => [
      ...runChecks(aBlindSnapshot(subject, because), { asked }),
    ])

    it.each(checks.map((c) => [c.id] as const))('%s says what it could not see', (id) => {
      const mine = results.filter((r) => r.id === id)
      expect(mine.length).toBeGreaterThan(0)
      for (const r of mine) {
        expect(r.result).toBe('skipped')
        if (r.result !== 'skipped') continue
        expect(r.what.length).toBeGreaterThan(5)
        // Without a distinguished name there is nothing to compare, whatever could be read.
        if (id !== 'object.not-in-scope') expect(r.because).toBe(because)
      }
    })
  })

  it('does not call a domain healthy when another one could not be read', () => {
    const snapshot = aSnapshot({
      subject: { kind: 'tenant' },
      owner: unknown('notFound', 'configurations'),
      configurations: sure([
        { id: 'sp-contoso', domain: 'contoso.com' },
        { id: 'sp-fabrikam', domain: 'fabrikam.com' },
      ]),
      jobs: { 'sp-contoso': sure([aJob()]), 'sp-fabrikam': unknown('throttled', 'jobs') },
    })
    const result = runChecks(snapshot).find((r) => r.id === 'job.quarantined')
    expect(result).toMatchObject({ result: 'skipped', because: 'throttled' })
  })

  it('runs no object checks while it is not clear who is meant', () => {
    const two = [aUser(), aUser({ id: 'second' })]
    const ids = runChecks(aSnapshot({ subject: jane, candidates: two })).map((r) => r.id)
    expect(ids.filter((id) => id.startsWith('object.'))).toEqual([])
  })
})

describe('features a tenant need not use', () => {
  const features = checks.filter((c) => c.whenAsked === true)
  const asked = features.map((c) => c.id)
  const jobsOf = (snapshot: Parameters<typeof runChecks>[0]) =>
    Object.fromEntries(runChecks(snapshot, { asked }).map((r) => [r.id, r.result]))

  it('are no part of a general look', () => {
    expect(features.length).toBeGreaterThan(3)
    expect(runChecks(aSnapshot()).filter((r) => asked.includes(r.id))).toEqual([])
  })

  it('are off without a job of their kind, and on with one', () => {
    expect(jobsOf(aSnapshot())).toMatchObject({
      'feature.device-sync-off': 'fail',
      'feature.exchange-writeback-off': 'fail',
      'feature.groups-to-ad-off': 'fail',
      'feature.password-hash-off': 'pass',
    })
    const all = withJobs(
      aJob(),
      aJob({ id: 'AD2AADDeviceSync.1', kind: 'other' }),
      aJob({ id: 'AAD2ADExchangeHybridWriteback.1', kind: 'exchangeWriteback' }),
      aJob({ id: 'AAD2ADGroupProvisioning.1', kind: 'groupWriteback' }),
    )
    expect(jobsOf(aSnapshot(all))).toMatchObject({
      'feature.device-sync-off': 'pass',
      'feature.exchange-writeback-off': 'pass',
      'feature.groups-to-ad-off': 'pass',
      'feature.password-hash-off': 'fail',
    })
  })

  it('that were never finished are off, and the job is shown', () => {
    const left = withJobs(aJob(), aJob({ id: 'AD2AADDeviceSync.1', kind: 'other', status: 'notRun' }))
    const [result] = runChecks(aSnapshot(left), { asked: ['feature.device-sync-off'] }).filter(
      (r) => r.id === 'feature.device-sync-off',
    )
    expect(result?.result).toBe('fail')
    if (result?.result === 'fail')
      expect(textOf(result.findings[0]?.title ?? [])).toContain('never switched on')
  })
})

describe('agents', () => {
  const noAgents = aSnapshot({
    agents: unknown('notSignedIn', 'agents'),
    ...withJobs(aQuarantinedJob('HybridIdentityServiceNoActiveAgents')),
  })

  it('are inferred from the error of the job, and the finding says so', () => {
    const finding = diagnose(noAgents).find((f) => f.ruleId === 'agents.all-inactive')
    expect(finding?.confidence).toBe('likely')
    expect(textOf(finding?.cause ?? [])).toContain('Inferred from the job')
  })

  it('are not inferred when told so', () => {
    expect(diagnose(noAgents, { inferAgents: false }).map((f) => f.ruleId)).not.toContain(
      'agents.all-inactive',
    )
  })

  it('that are seen to be active outweigh an old error of the job', () => {
    const seen = { ...noAgents, agents: sure([anAgent('SRV1'), anAgent('SRV2')]) }
    expect(diagnose(seen).map((f) => f.ruleId)).not.toContain('agents.all-inactive')
  })

  it('with an unknown status are neither well nor inactive', () => {
    const seen = aSnapshot({ agents: sure([anAgent('SRV1', 'unknown')]) })
    expect(runChecks(seen).find((r) => r.id === 'agents.all-inactive')?.result).toBe('skipped')
  })
})

describe('quarantine', () => {
  it.each([...Object.keys(errorCauses)])('explains the code %s with cause, steps and actor', (code) => {
    const finding = diagnose(aSnapshot(withJobs(aQuarantinedJob(code)))).find(
      (f) => f.ruleId === 'job.quarantined',
    )
    expect(textOf(finding?.title ?? [])).toMatch(/^Quarantined since [^(]+: /)
    expect(finding?.nextSteps.length).toBeGreaterThan(0)
  })

  it.each([...Object.keys(reasonCauses)])('explains the reason %s', (reason) => {
    const ids = diagnose(aSnapshot(withJobs(aQuarantinedJob(undefined, reason)))).map((f) => f.ruleId)
    expect(ids[0]).toBe(reason === 'TooManyDeletes' ? 'job.deletes-held' : 'job.quarantined')
  })

  it('keeps the letter case of TimeOut and accepts both spellings of QuarantinedOnDemand', () => {
    expect(knownCause('TimeOut', '')?.short).toContain('ten minutes')
    expect(knownCause('Timeout', '')).toBeUndefined()
    expect(knownCause(undefined, 'QuarantineOnDemand')).toBe(knownCause(undefined, 'QuarantinedOnDemand'))
    expect(knownCause('AADSTS50034', '')).toBe(errorCauses.AzureActiveDirectoryInvalidCredential)
    expect(knownCause('constructor', 'toString')).toBeUndefined()
  })

  it('warns when the 28 days are nearly over', () => {
    const old = aQuarantinedJob('TimeOut', '', {
      quarantine: {
        reason: '',
        since: NOW - 25 * DAY,
        seriesSince: NOW - 25 * DAY,
        seriesCount: 25,
        error: { code: 'TimeOut', message: '' },
      },
    })
    expect(textOf(diagnose(aSnapshot(withJobs(old)))[0]?.cause ?? [])).toContain('escalate now')
  })

  it('offers no restart where waiting is the fix', () => {
    const busy = diagnose(aSnapshot(withJobs(aQuarantinedJob('AzureDirectoryServiceServerBusy'))))[0]
    expect(busy?.offers).toEqual([])
  })
})

describe('objects', () => {
  it('an error that was followed by a success is over', () => {
    const events = sure([
      anEvent({ at: NOW - HOUR, status: 'failure', error: { code: 'InvalidDomain' } }),
      anEvent({ at: NOW - HOUR / 2, status: 'success', action: 'update' }),
    ])
    const findings = diagnose(aSnapshot({ subject: jane, object: sure(aUser()), events }))
    expect(findings.map((f) => f.ruleId)).toEqual(['object.synced'])
  })

  it('a skip because nothing was to do is no trouble', () => {
    const events = sure([
      anEvent({
        status: 'skipped',
        steps: [
          {
            name: 'EntrySynchronizationSkip',
            type: 'export',
            status: 'skipped',
            description: '',
            details: { SkipReason: 'RedundantExport' },
          },
        ],
      }),
    ])
    const findings = diagnose(aSnapshot({ subject: jane, object: sure(aUser()), events }))
    expect(findings.map((f) => f.ruleId)).toEqual(['object.synced'])
  })

  it('entries of the password hash job do not count as entries of the object', () => {
    const events = sure([anEvent({ jobId: 'AD2AADPasswordHash.1', status: 'failure', error: { code: 'X' } })])
    expect(diagnose(aSnapshot({ subject: jane, events }))[0]?.ruleId).toBe('object.no-log-entry')
  })

  it('synchronized and now outside the scope: says that it will be deleted', () => {
    const object = sure(
      aUser({ onPremises: { ...aUser().onPremises, dn: 'CN=Jane,OU=Left,DC=contoso,DC=com' } }),
    )
    const finding = diagnose(aSnapshot({ subject: jane, object }))[0]
    expect(finding?.ruleId).toBe('object.not-in-scope')
    expect(textOf(finding?.cause ?? [])).toContain('will want to delete it')
  })

  it('marks names and addresses as personal everywhere', () => {
    const leak = /[jJ]ane|\bDoe\b|jdoe/
    for (const { snapshot } of scenarios.filter((s) => s.snapshot.subject.kind === 'object')) {
      for (const f of diagnose(snapshot)) {
        const all = [
          f.title,
          f.cause,
          ...f.evidence.map((r) => r.value),
          ...f.nextSteps.map((s) => s.prose),
        ].flat()
        const open = all.filter((i) => typeof i === 'string' || ('data' in i && !i.personal) || 'code' in i)
        for (const i of open) expect(textOf([i])).not.toMatch(leak)
        for (const offer of f.offers) expect(JSON.stringify(offer)).not.toMatch(leak)
      }
    }
  })
})
