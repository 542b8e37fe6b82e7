import { afterEach, describe, expect, test } from 'vitest'
import { MedicError } from '../../src/errors.ts'
import type { IncomingEvent } from '../../src/nouns.ts'
import type { TurnOutcome } from '../../src/teams/index.ts'
import { tenantId } from '../support/bot-authority.ts'
import { memorySeen, message, startEdge, type TestEdge, type TestEdgeOptions } from '../support/teams.ts'

const open: TestEdge[] = []
async function start(options: TestEdgeOptions = {}): Promise<TestEdge> {
  const edge = await startEdge(options)
  open.push(edge)
  return edge
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((edge) => edge.close()))
})

/** A handler that waits for the test to let it go. */
function gated() {
  const waiting: { readonly event: IncomingEvent; readonly go: (outcome?: TurnOutcome) => void }[] = []
  const arrivals: (() => void)[] = []
  return {
    waiting,
    async arrived(count: number) {
      while (waiting.length < count) await new Promise<void>((resolve) => arrivals.push(resolve))
    },
    handle: (event: IncomingEvent) =>
      new Promise<TurnOutcome>((resolve) => {
        waiting.push({ event, go: (outcome = {}) => resolve(outcome) })
        for (const tell of arrivals.splice(0)) tell()
      }),
  }
}

const card = { type: 'AdaptiveCard', version: '1.5', body: [] }
const rendered = { card, text: 'acknowledged', summary: 'acknowledged', bytes: 100 }
const click = (fields: object = {}) =>
  message({
    type: 'invoke',
    name: 'adaptiveCard/action',
    text: undefined,
    value: { action: { type: 'Action.Execute', verb: 'incident.acknowledge', data: { id: '1' } } },
    ...fields,
  })

describe('what an invoke is answered with', () => {
  test('a card replaces the pressed card', async () => {
    const t = await start({ handle: async () => ({ invokeAnswer: rendered }) })
    expect((await t.say(click())).json).toEqual({
      statusCode: 200,
      type: 'application/vnd.microsoft.card.adaptive',
      value: card,
    })
  })

  test('a sentence', async () => {
    const t = await start({ handle: async () => ({ invokeAnswer: { title: 'No', text: 'your role' } }) })
    expect((await t.say(click())).json).toMatchObject({
      type: 'application/vnd.microsoft.activity.message',
      value: 'No\nyour role',
    })
  })

  test('card data no card sends: one sentence, no handler', async () => {
    const t = await start()
    const answer = await t.say(click({ value: { action: { verb: 'x'.repeat(99), data: {} } } }))
    expect(answer).toMatchObject({ status: 200, json: { value: 'I cannot use this button any more.' } })
    expect(t.events).toEqual([])
  })

  test('other invokes get an empty object', async () => {
    const t = await start()
    const answer = await t.say(message({ type: 'invoke', name: 'message/submitAction', value: {} }))
    expect(answer).toMatchObject({ status: 200, text: '{}' })
  })

  test('the words of the catalogue when the handler fails, without its own', async () => {
    const t = await start({
      handle: async (event) => {
        if (event.activityId === 'known') throw new MedicError('SM_GRAPH_THROTTLED')
        throw new Error('jane.doe@contoso.com')
      },
    })
    expect((await t.say(click({ id: 'known' }))).json).toMatchObject({
      value: 'Microsoft Graph is limiting requests at the moment.',
    })
    const other = await t.say(click())
    expect(other.json).toMatchObject({ value: 'Something went wrong on my side. Nothing was changed.' })
    expect(other.text + t.logLines.join('')).not.toContain('jane.doe')
  })

  test('TEAMS 12 one that takes too long is answered in time, and its result is kept', async () => {
    const work = gated()
    const t = await start({ handle: work.handle, limits: { invokeMs: 50 } })
    const slow = click({ id: 'slow' })
    expect((await t.say(slow)).json).toMatchObject({ value: expect.stringContaining('still working') })
    work.waiting[0]?.go({ invokeAnswer: rendered })
    expect((await t.say(slow)).json).toMatchObject({ value: card })
    expect(t.events).toHaveLength(1)
  })
})

describe('messages', () => {
  test('a slow one is answered with 200 while its turn goes on', async () => {
    const work = gated()
    const t = await start({ handle: work.handle, limits: { messageMs: 50 } })
    expect((await t.say(message())).status).toBe(200)
    expect(work.waiting).toHaveLength(1)
    work.waiting[0]?.go()
    expect(await t.edge.close(2000)).toBe(0)
  })

  test('closing waits for running turns and counts those it had to leave', async () => {
    const work = gated()
    const t = await start({ handle: work.handle, limits: { messageMs: 20 } })
    await t.say(message())
    expect(await t.edge.close(50)).toBe(1)
    work.waiting[0]?.go()
  })

  test('TEAMS 20 one that arrives during another of the same conversation is queued, not lost', async () => {
    const work = gated()
    const t = await start({ handle: work.handle })
    const answers = ['one', 'two', 'three'].map((text) => t.say(message({ text })))
    await work.arrived(1)
    const seenTexts: string[] = []
    for (let i = 0; i < 3; i++) {
      await work.arrived(i + 1)
      expect(work.waiting).toHaveLength(i + 1)
      const { event, go } = work.waiting[i] ?? {}
      if (event?.kind === 'message') seenTexts.push(event.text)
      go?.()
    }
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(seenTexts.toSorted()).toEqual(['one', 'three', 'two'])
  })

  test('other conversations, and a button another person presses, do not wait', async () => {
    const work = gated()
    const t = await start({ handle: work.handle })
    const other = { id: 'a:other', conversationType: 'personal', tenantId }
    const john = { id: '29:john', aadObjectId: '77777777-8888-4777-8666-555555555555' }
    const answers = [t.say(message()), t.say(message({ conversation: other })), t.say(click({ from: john }))]
    await work.arrived(3)
    for (const { go } of work.waiting) go()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
  })

  test('a turn that never ends does not hold up its conversation for ever', async () => {
    let first = true
    const t = await start({
      limits: { turnMs: 50 },
      handle: () => {
        if (!first) return Promise.resolve({})
        first = false
        return new Promise(() => undefined)
      },
    })
    expect((await t.say(message())).status).toBe(503)
    expect((await t.say(message())).status).toBe(200)
  })

  test('more turns at once than there is room for are refused until some end', async () => {
    const work = gated()
    const t = await start({ handle: work.handle, limits: { inFlight: 2, messageMs: 20 } })
    const said = (id: string) =>
      t.say(message({ conversation: { id, conversationType: 'personal', tenantId } }))
    await Promise.all([said('a'), said('b')])
    const refused = await said('c')
    expect(refused.status).toBe(503)
    expect(refused.headers['retry-after']).toBe('1')
    for (const { go } of work.waiting.slice()) go()
    await expect.poll(async () => (await said('d')).status).toBe(200)
    for (const { go } of work.waiting) go()
  })

  test('the place of every message is handed on, without its thread; one that leaves is not', async () => {
    const t = await start()
    await t.say(
      message({
        conversation: { id: '19:x@thread.tacv2;messageid=5', conversationType: 'channel', tenantId },
        channelData: { tenant: { id: tenantId }, team: { id: '19:t' } },
      }),
    )
    await t.say(message({ type: 'installationUpdate', action: 'remove' }))
    expect(t.places).toHaveLength(1)
    expect(t.places[0]).toMatchObject({ conversationId: '19:x@thread.tacv2', scope: 'channel' })
    expect(t.places[0]).not.toHaveProperty('threadId')
    expect(t.events[0]?.place.threadId).toBe('5')
  })

  test('a place that cannot be stored costs no answer', async () => {
    const t = await start({ onPlace: () => Promise.reject(new Error('disk full')) })
    expect((await t.say(message())).status).toBe(200)
    expect(t.events).toHaveLength(1)
  })
})

describe('B9 TEAMS 2 the same activity more than once', () => {
  test('100 copies at once on two replicas with one memory: one effect, the same answer for all', async () => {
    const seen = memorySeen()
    let runs = 0
    const handle = async () => {
      runs++
      await new Promise((resolve) => setTimeout(resolve, 100))
      return { invokeAnswer: rendered }
    }
    // A token says which service URL it is for, not which replica it goes to; each has its own authority here.
    const replicas = await Promise.all([start({ seen, handle }), start({ seen, handle })])
    const copy = click({ id: 'twice' })
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => (replicas[i % 2] as TestEdge).say(copy)),
    )
    expect(runs).toBe(1)
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers[0]?.json).toMatchObject({ value: card })
    const later = await (replicas[1] as TestEdge).say(copy)
    expect(later.json).toMatchObject({ value: card })
    expect(runs).toBe(1)
  })

  test('a repeat does not wait longer than three seconds for a first delivery that hangs', async () => {
    const work = gated()
    const t = await start({ handle: work.handle, limits: { invokeMs: 20, duplicateMs: 200 } })
    const hanging = click({ id: 'hangs' })
    await t.say(hanging)
    expect((await t.say(hanging)).json).toMatchObject({ value: expect.stringContaining('still working') })
    expect(t.events).toHaveLength(1)
    work.waiting[0]?.go()
  })

  test('after a failure a repeat may try again', async () => {
    let runs = 0
    const t = await start({
      handle: async () => {
        runs++
        if (runs === 1) throw new Error('first try')
        return {}
      },
    })
    const copy = message({ id: 'again' })
    expect((await t.say(copy)).status).toBe(503)
    expect((await t.say(copy)).status).toBe(200)
    expect((await t.say(copy)).status).toBe(200)
    expect(runs).toBe(2)
  })

  test('same id in another conversation or of another type is another event', async () => {
    const t = await start()
    await t.say(message({ id: 'same' }))
    await t.say(message({ id: 'same', conversation: { id: 'b', conversationType: 'personal', tenantId } }))
    await t.say(message({ id: 'same', type: 'messageUpdate' }))
    expect(t.events).toHaveLength(3)
  })

  test('without its memory the bot is busy rather than careless', async () => {
    const down = () => Promise.reject(new MedicError('SM_STORE_UNAVAILABLE'))
    const t = await start({ seen: { begin: down, finish: down, forget: down } })
    expect((await t.say(message())).status).toBe(503)
    expect((await t.say(click())).json).toMatchObject({ value: 'I am busy at the moment.' })
    expect(t.events).toEqual([])
  })

  test('a result that cannot be kept is still given', async () => {
    const seen = { ...memorySeen(), finish: () => Promise.reject(new MedicError('SM_STORE_UNAVAILABLE')) }
    const t = await start({ seen, handle: async () => ({ invokeAnswer: rendered }) })
    expect((await t.say(click())).json).toMatchObject({ value: card })
  })
})
