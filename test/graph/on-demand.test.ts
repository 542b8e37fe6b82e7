import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { readVerdict } from '../../src/graph/provision-on-demand.ts'
import { type FakeGraph, graphOn, personToken, startGraph } from '../support/graph-server.ts'

let fake: FakeGraph | undefined
afterEach(async () => {
  await fake?.close()
  fake = undefined
})

const steps = [
  {
    name: 'EntryImportAdd',
    type: 'Import',
    status: 'Success',
    description: 'Received it',
    details: { cn: 'Jane', co: '' },
  },
  {
    name: 'EntrySynchronizationScoping',
    type: 'Scoping',
    status: 'Success',
    description: 'In scope',
    details: {},
  },
]
const done = {
  action: 'Update',
  statusInfo: { status: 'Success', errorCode: '', reason: null },
  provisioningSteps: steps,
  modifiedProperties: [{ displayName: 'City', oldValue: null, newValue: 'Ghent' }],
}
const typeName = 'Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo'
const answer = (key: unknown, value: unknown) => JSON.stringify({ '@odata.context': 'x', key, value })
const result = (word: string, details = {}) => JSON.stringify({ result: word, details })

describe('the verdict', () => {
  it('of an object under a JSON key', () => {
    expect(readVerdict(answer(result('Success'), JSON.stringify(done)))).toEqual({
      status: 'success',
      steps: [
        {
          name: 'EntryImportAdd',
          type: 'import',
          status: 'success',
          description: 'Received it',
          details: { cn: 'Jane' },
        },
        {
          name: 'EntrySynchronizationScoping',
          type: 'scoping',
          status: 'success',
          description: 'In scope',
          details: {},
        },
      ],
      changes: [{ property: 'City', to: 'Ghent' }],
    })
  })

  it('of a list under the name of a type', () => {
    const verdict = readVerdict(answer(typeName, JSON.stringify([done])))
    expect(verdict).toMatchObject({ status: 'success', steps: [{ type: 'import' }, { type: 'scoping' }] })
  })

  it('is that of the value where key and value disagree', () => {
    const failed = {
      statusInfo: { status: 'Failure', errorCode: 'AttributeValueMustBeUnique', reason: 'taken' },
    }
    expect(readVerdict(answer(result('Success'), JSON.stringify(failed)))).toMatchObject({
      status: 'failure',
      errorCode: 'AttributeValueMustBeUnique',
      reason: 'taken',
    })
  })

  it('of a skip is no error', () => {
    const skipped = { statusInfo: { status: 'Skipped', errorCode: 'RedundantExport' }, provisioningSteps: [] }
    expect(readVerdict(answer(result('Skipped'), JSON.stringify(skipped)))).toMatchObject({
      status: 'skipped',
      errorCode: 'RedundantExport',
    })
  })

  it('of an empty value is that of the key', () => {
    const details = { errorCode: 'E1', errorMessage: 'why' }
    expect(readVerdict(answer(result('Skipped', details), '{}'))).toEqual({
      status: 'skipped',
      errorCode: 'E1',
      reason: 'why',
      steps: [],
      changes: [],
    })
  })

  it('of steps alone is unknown: a step is not the outcome', () => {
    const verdict = readVerdict(answer(typeName, JSON.stringify([{ provisioningSteps: steps }])))
    expect(verdict).toMatchObject({ status: 'unknown', steps: [{ name: 'EntryImportAdd' }, {}] })
  })

  it.each([
    '',
    'null',
    '[]',
    '{}',
    'text',
    answer(typeName, ''),
    answer(null, null),
    answer(typeName, '{"cut'),
    answer(7, '[]'),
  ])('of %j is unknown', (body) => {
    expect(readVerdict(body)).toEqual({ status: 'unknown', steps: [], changes: [] })
  })

  it('never fails, whatever comes', () => {
    const statuses = ['success', 'skipped', 'failure', 'warning', 'unknown']
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.oneof(fc.json(), fc.string()), (key, value) => {
        expect(statuses).toContain(readVerdict(answer(key, value)).status)
      }),
      { numRuns: 300 },
    )
  })
})

describe('an answer', () => {
  const token = personToken()
  const job = { configurationId: 'sp', jobId: 'job', ruleId: 'r', dn: 'CN=x,DC=y' }

  it('that is cut off leaves the outcome open and is not asked for again', async () => {
    fake = await startGraph(() => ({ cut: 'within', raw: '{"key":' }))
    expect(await graphOn(fake).writes.provisionOnDemand(token, job)).toMatchObject({
      ok: false,
      kind: 'ambiguous',
    })
    expect(fake.asked).toHaveLength(1)
  })

  it('that is whole but unreadable was an execution nevertheless', async () => {
    fake = await startGraph(() => ({ raw: 'done' }))
    const outcome = await graphOn(fake).writes.provisionOnDemand(token, job)
    expect(outcome).toMatchObject({ ok: true, value: { status: 'unknown' } })
  })

  it('that refuses the rule is a refusal with the service’s own code', async () => {
    const message = JSON.stringify({ error: { code: 'RequestParameterInvalid', message: 'no such rule' } })
    fake = await startGraph(() => ({ status: 400, body: { error: { code: 'UnknownError', message } } }))
    expect(await graphOn(fake).writes.provisionOnDemand(token, job)).toMatchObject({
      ok: false,
      kind: 'rejected',
      code: 'RequestParameterInvalid',
    })
  })
})
