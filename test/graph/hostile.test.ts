import { afterEach, describe, expect, it } from 'vitest'
import { type FakeGraph, graphOn, list, noon, startGraph } from '../support/graph-server.ts'

let fake: FakeGraph | undefined
afterEach(async () => {
  await fake?.close()
  fake = undefined
})

function logEntry(n: number) {
  return {
    id: `event-${n}`,
    activityDateTime: new Date(noon - n * 1_000).toISOString(),
    provisioningAction: 'Update',
  }
}

describe('pages', () => {
  it('are followed to the end, and an entity on two pages is one', async () => {
    fake = await startGraph(({ query }, _, url) =>
      query.$skip
        ? list([{ id: 'b' }, { id: 'c' }])
        : list([{ id: 'a' }, { id: 'b' }], `${url}/v1.0/x?$skip=2`),
    )
    const fact = await graphOn(fake).reads.listJobs('sp')
    expect(fact.known && fact.value.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  it('a failed one discards the whole answer', async () => {
    fake = await startGraph((_, n, url) =>
      n === 1
        ? list([{ id: 'a' }], `${url}/v1.0/x?$skip=1`)
        : { status: 403, body: { error: { code: 'Forbidden' } } },
    )
    expect(await graphOn(fake).reads.listJobs('sp')).toMatchObject({ known: false, because: 'notPermitted' })
  })

  it('a broken one discards the whole answer', async () => {
    fake = await startGraph((_, n, url) =>
      n === 1 ? list([{ id: 'a' }], `${url}/v1.0/x?$skip=1`) : list(['what']),
    )
    expect(await graphOn(fake).reads.listJobs('sp')).toMatchObject({ known: false, because: 'unavailable' })
  })

  it('in a circle end, as unknown', async () => {
    fake = await startGraph((_, n, url) => list([{ id: `a${n}` }], `${url}/v1.0/x?page=${n % 2}`))
    expect(await graphOn(fake).reads.listJobs('sp')).toMatchObject({ known: false, detail: 'cyclicPages' })
    expect(fake.asked.length).toBeLessThanOrEqual(3)
  })

  it('without end are given up, as unknown', async () => {
    fake = await startGraph((_, n, url) => list([{ id: `a${n}` }], `${url}/v1.0/x?page=${n}`))
    expect(await graphOn(fake).reads.listJobs('sp')).toMatchObject({ known: false, detail: 'tooManyPages' })
    expect(fake.asked.length).toBe(10)
  })

  it.each([
    ['another host', (other: string) => `${other}/v1.0/x`],
    ['a path outside of Graph', (_: string, own: string) => `${new URL(own).origin}/elsewhere/x`],
    ['a path out of Graph', (_: string, own: string) => `${own}/../elsewhere`],
    ['a host in front of ours', (other: string, own: string) => `${other}/${own}`],
    ['names and passwords', (_: string, own: string) => own.replace('http://', 'http://a:b@')],
    ['no address', () => 'not an address'],
    ['a script', () => 'javascript:alert(1)'],
  ])('that lead to %s are not followed', async (_, link) => {
    const other = await startGraph(() => list([]))
    fake = await startGraph((_asked, n, own) =>
      n === 1 ? list([{ id: 'a' }], link(other.url, own)) : list([]),
    )
    expect(await graphOn(fake).reads.listJobs('sp')).toMatchObject({ known: false, because: 'unavailable' })
    expect(other.asked).toEqual([])
    expect(fake.asked).toHaveLength(1)
    await other.close()
  })

  it('whose query holds another address still go to ours', async () => {
    fake = await startGraph((_, n, url) =>
      n === 1 ? list([{ id: 'a' }], `${url}/v1.0/evil.example/?t=https://`) : list([{ id: 'b' }]),
    )
    expect(await graphOn(fake).reads.listJobs('sp')).toMatchObject({ known: true })
    expect(fake.asked[1]?.path).toBe('/graph/v1.0/evil.example/')
  })
})

describe('answers', () => {
  it('of 5,000 log entries are read in pages and within the limit of the log', async () => {
    fake = await startGraph(({ query }, _, url) => {
      const from = Number(query.$skiptoken ?? 0)
      const entries = Array.from({ length: 500 }, (_v, i) => logEntry(from + i))
      return list(
        entries,
        from + 500 < 5_000 ? `${url}/v1.0/auditLogs/provisioning?$skiptoken=${from + 500}` : undefined,
      )
    })
    const { watch, time } = graphOn(fake)
    const fact = await watch.listProvisioningEvents({ since: 0, mostPages: 20 })
    expect(fact).toMatchObject({ known: true, value: { complete: true } })
    expect(fact.known && fact.value.items.length).toBe(5_000)
    // Ten requests, four in any ten seconds.
    expect(time.now()).toBeGreaterThanOrEqual(20_000)
  })

  it('of a window that is too long say that they are not complete', async () => {
    fake = await startGraph((_, n, url) =>
      list([logEntry(n)], `${url}/v1.0/auditLogs/provisioning?$skiptoken=${n}`),
    )
    const fact = await graphOn(fake).reads.listProvisioningEvents({ since: 0 })
    expect(fact).toMatchObject({ known: true, value: { complete: false } })
    expect(fake.asked).toHaveLength(2)
  })

  it('with huge and odd values are cut, not refused', async () => {
    const huge = 'Z'.repeat(300_000)
    fake = await startGraph(() =>
      list([
        {
          ...logEntry(1),
          provisioningAction: 'TeleportedSideways',
          sourceIdentity: { id: '', displayName: huge, details: { [huge]: huge, odd: [1, { a: null }] } },
          targetIdentity: null,
          provisioningStatusInfo: { status: 'PERHAPS', errorInformation: null },
          provisioningSteps: [null, { name: null, provisioningStepType: 'Import', status: 'Success' }],
          modifiedProperties: null,
          surprise: { nested: true },
        },
      ]),
    )
    const fact = await graphOn(fake).reads.listProvisioningEvents({ since: 0 })
    const [event] = fact.known ? fact.value.items : []
    expect(event).toMatchObject({
      provisioningAction: 'teleportedSideways',
      provisioningStatusInfo: { status: 'pERHAPS' },
      provisioningSteps: [{ provisioningStepType: 'import', status: 'success' }],
      modifiedProperties: [],
    })
    expect(event?.sourceIdentity?.displayName?.length).toBe(1_024)
    expect(JSON.stringify(event).length).toBeLessThan(15_000)
  })

  it('cut off in the middle never pass for complete', async () => {
    const whole = JSON.stringify({ value: [{ id: 'a' }, { id: 'b' }] })
    for (const length of [1, 9, 20, whole.length - 1]) {
      fake = await startGraph(() => ({ raw: whole.slice(0, length) }))
      expect(await graphOn(fake).reads.listJobs('sp')).toMatchObject({ known: false, because: 'unavailable' })
      await fake.close()
    }
  })

  it('that never end are given up', async () => {
    fake = await startGraph(() => ({ raw: `{"value":["${'x'.repeat(33 * 1024 * 1024)}"]}` }))
    expect(await graphOn(fake).reads.listJobs('sp')).toMatchObject({ known: false, detail: 'tooLarge' })
  })

  it.each(['', '.', '..'])('an id that is no segment is not asked for: %j', async (id) => {
    fake = await startGraph(() => list([]))
    expect(await graphOn(fake).reads.listJobs(id)).toMatchObject({ known: false, because: 'notFound' })
    expect(fake.asked).toEqual([])
  })
})
