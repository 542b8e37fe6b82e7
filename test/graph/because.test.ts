import { afterEach, describe, expect, it } from 'vitest'
import { readErrorBody } from '../../src/graph/failure.ts'
import {
  type Answer,
  type FakeGraph,
  graphOn,
  list,
  personToken,
  refusal,
  startGraph,
} from '../support/graph-server.ts'

let fake: FakeGraph | undefined
afterEach(async () => {
  await fake?.close()
  fake = undefined
})

const licenceText = "Neither tenant is B2C or tenant doesn't have premium license"

describe('why a fact is unknown', () => {
  const claims = { 'www-authenticate': 'Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="' }
  it.each<[string, Answer, string, string]>([
    ['401 with nothing said', refusal(401, 'UnknownError'), 'notPermitted', 'notPermitted'],
    [
      '401 for an old token',
      refusal(401, 'InvalidAuthenticationToken', 'expired'),
      'notPermitted',
      'notSignedIn',
    ],
    ['401 with a challenge', refusal(401, 'UnknownError', '', claims), 'notPermitted', 'notSignedIn'],
    [
      '403',
      refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges'),
      'notPermitted',
      'notPermitted',
    ],
    [
      '403 for the licence',
      refusal(403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', licenceText),
      'licence',
      'licence',
    ],
    ['403 for the licence in words', refusal(403, 'Forbidden', licenceText), 'licence', 'licence'],
    ['404', refusal(404, 'Request_ResourceNotFound'), 'notFound', 'notFound'],
    ['410', refusal(410, 'Gone'), 'notFound', 'notFound'],
    ['429', refusal(429, 'UnknownError'), 'throttled', 'throttled'],
    ['400', refusal(400, 'BadRequest'), 'unavailable', 'unavailable'],
    ['500', refusal(500, 'InternalServerError'), 'unavailable', 'unavailable'],
    ['an empty error', { status: 502, raw: '' }, 'unavailable', 'unavailable'],
    ['a page of HTML', { status: 403, raw: '<html>' }, 'notPermitted', 'notPermitted'],
    ['200 with an error inside', { body: { error: { code: 'x' } } }, 'unavailable', 'unavailable'],
    ['200 without ids', list([{ displayName: 'x' }]), 'unavailable', 'unavailable'],
    ['200 that is no object', { raw: '"fine"' }, 'unavailable', 'unavailable'],
    ['204', { status: 204 }, 'unavailable', 'unavailable'],
  ])('%s', async (_, answer, forApp, forPerson) => {
    fake = await startGraph(() => answer)
    const asApp = await graphOn(fake).reads.listJobs('sp-1')
    const asPerson = await graphOn(fake).reads.readTenantSync(personToken())
    expect(asApp).toMatchObject({ known: false, because: forApp })
    expect(asPerson).toMatchObject({ known: false, because: forPerson })
  })

  it('nobody signed in: nothing is asked', async () => {
    fake = await startGraph(() => list([]))
    const { reads } = graphOn(fake)
    expect(await reads.listAgents(undefined)).toMatchObject({ because: 'notSignedIn' })
    expect(await reads.readTenantSync(undefined)).toMatchObject({ because: 'notSignedIn' })
    expect(fake.asked).toEqual([])
  })

  it('no identity, and an identity that fails', async () => {
    fake = await startGraph(() => list([]))
    const failing = (name: string) => ({
      token: async () => {
        throw Object.assign(new Error('secret text'), { name })
      },
    })
    const unset = graphOn(fake, { identity: failing('CredentialUnavailableError') })
    const broken = graphOn(fake, { identity: failing('AuthenticationError') })
    expect(await unset.reads.listJobs('sp')).toMatchObject({ because: 'notConfigured' })
    expect(await broken.reads.listJobs('sp')).toMatchObject({ because: 'unavailable', detail: 'noToken' })
    expect(fake.asked).toEqual([])
  })

  it('a 401 is tried once more with a new token, with the claims asked for', async () => {
    fake = await startGraph((asked) =>
      asked.authorization === 'Bearer second' ? list([]) : refusal(401, 'UnknownError', '', claims),
    )
    const seen: (string | undefined)[] = []
    const identity = {
      token: async (wanted?: string) => {
        seen.push(wanted)
        return wanted ? 'second' : 'first'
      },
    }
    expect((await graphOn(fake, { identity }).reads.listJobs('sp')).known).toBe(true)
    expect(seen).toEqual([undefined, '{"a":1}'])
    expect(fake.asked.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer second'])
  })

  it('the same token again is not sent again', async () => {
    fake = await startGraph(() => refusal(401, 'UnknownError'))
    expect(await graphOn(fake).reads.listJobs('sp')).toMatchObject({ because: 'notPermitted' })
    expect(fake.asked).toHaveLength(1)
  })
})

describe('errors of the synchronization service', () => {
  const wrapped = (message: string) => JSON.stringify({ error: { code: 'UnknownError', message } })

  it('are found inside the message', () => {
    const inner = JSON.stringify({ error: { code: 'InvalidNotificationSettings', message: null } }, null, 2)
    expect(readErrorBody(wrapped(inner))).toEqual({ code: 'InvalidNotificationSettings', message: '' })
    expect(readErrorBody(wrapped('{"Message":"No HTTP resource was found"}'))).toEqual({
      code: 'UnknownError',
      message: 'No HTTP resource was found',
    })
  })

  it.each(['', 'null', '[]', '{', '{"error":7}', wrapped('{not json'), wrapped('')])(
    'or are nothing: %j',
    (body) => {
      expect(readErrorBody(body)).toMatchObject({ code: expect.any(String), message: expect.any(String) })
    },
  )

  it('carry the request id', () => {
    const body = JSON.stringify({ error: { code: 'a', message: 'b', innerError: { 'request-id': 'id-1' } } })
    expect(readErrorBody(body)).toEqual({ code: 'a', message: 'b', requestId: 'id-1' })
  })
})
