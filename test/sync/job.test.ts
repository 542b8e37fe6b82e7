import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { queries } from '../../src/graph/index.ts'
import { job as jobSchema } from '../../src/graph/list-jobs.ts'
import { domainOf, kindOf, toExecution, toJob, toJobError } from '../../src/sync/job.ts'

const contoso = { id: 'sp-1', domain: 'contoso.com' }
const zero = '0001-01-01T00:00:00Z'

function read(raw: unknown) {
  return toJob(jobSchema.parse(raw), contoso)
}

const counts = { countEntitled: 0, countEscrowed: 15, countExported: '5', countImportedDeltas: null }

const running = {
  id: 'AD2AADProvisioning.0a1b',
  templateId: 'AD2AADProvisioning',
  schedule: { expiration: null, interval: 'PT2M', state: 'Active' },
  status: {
    code: 'Active',
    countSuccessiveCompleteFailures: 0,
    lastExecution: {
      ...counts,
      state: 'Succeeded',
      error: null,
      timeBegan: '2026-05-12T08:02:00.116098Z',
      timeEnded: '2026-05-12T08:04:00.7488681Z',
    },
    lastSuccessfulExecution: {
      ...counts,
      state: 'Succeeded',
      timeBegan: zero,
      timeEnded: '2026-05-12T08:04:00Z',
    },
    lastSuccessfulExecutionWithExports: null,
    quarantine: null,
    steadyStateFirstAchievedTime: '2026-04-01T00:00:00Z',
    steadyStateLastAchievedTime: zero,
    synchronizedEntryCountByType: [
      { key: 'user to User', value: 312 },
      { key: null, value: 4 },
    ],
    troubleshootingUrl: '',
  },
  synchronizationJobSettings: [
    { name: 'domainfqdn', value: 'CONTOSO.com' },
    { name: 'QuarantineTooManyDeletesThreshold', value: '500' },
  ],
}

describe('a job', () => {
  it('that runs', () => {
    expect(read(running)).toMatchObject({
      id: 'AD2AADProvisioning.0a1b',
      configurationId: 'sp-1',
      domain: 'contoso.com',
      kind: 'provisioning',
      status: 'active',
      schedule: { state: 'active', intervalMs: 120_000 },
      lastExecution: {
        state: 'succeeded',
        counts: { countEscrowed: 15, countExported: 5, countImportedDeltas: 0 },
      },
      lastSuccess: { ended: Date.UTC(2026, 4, 12, 8, 4) },
      deleteThreshold: 500,
      entryCounts: { 'user to User': 312 },
      successiveFailures: 0,
    })
    expect(read(running)).not.toHaveProperty('quarantine')
    expect(read(running).lastSuccess).not.toHaveProperty('began')
    expect(domainOf(jobSchema.parse(running))).toBe('contoso.com')
  })

  it('that never ran has not failed', () => {
    const error = { code: 'None', message: '', tenantActionable: false }
    const never = { ...counts, state: 'Failed', timeBegan: zero, timeEnded: zero, error }
    const job = read({
      ...running,
      schedule: { interval: 'P10675199DT2H48M5.4775807S', state: 'Active' },
      status: { code: 'NotRun', lastExecution: never, steadyStateFirstAchievedTime: zero },
    })
    expect(job.status).toBe('notRun')
    for (const absent of ['lastExecution', 'lastSuccess', 'steadyStateSince', 'quarantine'])
      expect(job).not.toHaveProperty(absent)
    expect(job.schedule).toEqual({ state: 'active' })
  })

  it('in quarantine', () => {
    const quarantine = {
      reason: 'EncounteredQuarantineException',
      currentBegan: '2026-05-12T02:14:00Z',
      seriesBegan: '',
      nextAttempt: zero,
      seriesCount: 2,
      error: { code: 'HybridIdentityServiceNoActiveAgents', message: 'None answers', tenantActionable: true },
    }
    const job = read({ ...running, status: { ...running.status, code: 'QUARANTINE', quarantine } })
    expect(job.status).toBe('quarantine')
    expect(job.quarantine).toEqual({
      reason: 'EncounteredQuarantineException',
      since: Date.UTC(2026, 4, 12, 2, 14),
      seriesCount: 2,
      error: { code: 'HybridIdentityServiceNoActiveAgents', message: 'None answers', tenantActionable: true },
    })
    expect(read({ ...running, status: { ...running.status, quarantine } })).not.toHaveProperty('quarantine')
  })

  it('switched off after four weeks is disabled, a paused one is paused', () => {
    const schedule = { interval: 'PT2M', state: 'Disabled' }
    expect(read({ ...running, schedule }).status).toBe('disabled')
    expect(read({ ...running, schedule, status: { code: 'Paused' } }).status).toBe('paused')
  })

  it('of which nearly nothing is told is unknown, not well', () => {
    expect(read({ id: 'x' })).toMatchObject({
      status: 'unknown',
      kind: 'other',
      schedule: { state: 'unknown' },
    })
    expect(read({ id: 'x', status: { code: 'Hibernating' } }).status).toBe('unknown')
    expect(read({ id: 'x', status: null, schedule: null }).successiveFailures).toBe(0)
  })

  it.each([
    ['AD2AADProvisioning.a.b', 'whatever', 'provisioning'],
    ['ad2aadpasswordhash.a', undefined, 'passwordHash'],
    ['AAD2ADGroupProvisioning.a', undefined, 'groupWriteback'],
    ['AAD2ADExchangeHybridWriteback.a', undefined, 'exchangeWriteback'],
    ['5c291d3c-d29f-4570-9d6b-f0c2fa3d5926', 'ADDCInPassthrough', 'provisioning'],
    ['AD2AADPasswordHash.a', 'ADDCInPassthrough', 'passwordHash'],
    ['AD2AADProvisioningX.a', 'Azure2Azure', 'other'],
    ['', undefined, 'other'],
  ])('%s of template %s is %s', (id, template, kind) => {
    expect(kindOf(id, template)).toBe(kind)
  })

  it('never invents times, whatever comes', () => {
    const time = fc.constantFrom(zero, '', null, undefined, 'soon', '2026-05-12T08:04:00Z', 7)
    const schema = queries.find(({ id }) => id === 'listJobs')?.schema
    fc.assert(
      fc.property(time, time, time, fc.anything(), (a, b, c, odd) => {
        const raw = {
          id: 'x',
          status: {
            lastExecution: { timeBegan: a, timeEnded: b, state: 'Failed' },
            steadyStateFirstAchievedTime: c,
          },
        }
        const job = toJob(jobSchema.parse(raw), contoso)
        const times = [job.lastExecution?.began, job.lastExecution?.ended, job.steadyStateSince]
        for (const one of times) if (one !== undefined) expect(one).toBe(Date.UTC(2026, 4, 12, 8, 4))
        expect(schema?.safeParse(odd)).toBeDefined()
      }),
    )
  })

  it('has an error only if there is one', () => {
    const error = (code: string | undefined, message: string | undefined) => ({
      code,
      message,
      tenantActionable: undefined,
    })
    expect(toJobError(undefined)).toBeUndefined()
    expect(toJobError(error('NONE', 'x'))).toBeUndefined()
    expect(toJobError(error(undefined, undefined))).toBeUndefined()
    expect(toJobError(error('TimeOut', undefined))).toEqual({ code: 'TimeOut', message: '' })
    expect(toExecution(undefined)).toBeUndefined()
  })
})
