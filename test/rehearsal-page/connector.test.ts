// The loopback connector answers as the Bot Connector does, good and bad.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { begin, startRoutes } from '../support/chat-routes.ts'

let routes: Awaited<ReturnType<typeof startRoutes>>
beforeAll(async () => {
  routes = await startRoutes()
})
afterAll(() => routes.close())
beforeEach(() => routes.log.clear())

const channel = encodeURIComponent('19:alerts@thread.tacv2')
const at = (conversation: string, rest = '') =>
  `/connector/v3/conversations/${conversation}/activities${rest}`

async function posted(conversation: string, body: unknown = { type: 'message', text: 'one' }) {
  const answer = await routes.ask('POST', at(conversation), { body })
  expect(answer.status).toBe(201)
  return String(answer.body.id)
}

describe('messages', () => {
  it('get an id and a time and are kept as they are', async () => {
    const activity = { type: 'message', text: 'one', attachments: [{ content: { deep: [1] } }] }
    const id = await posted(channel, activity)
    expect(id).toMatch(/^bot-/)
    const [entry] = routes.log.all()
    expect(entry).toMatchObject({
      conversationId: '19:alerts@thread.tacv2',
      activityId: id,
      change: 'posted',
      activity: { ...activity, id },
    })
    expect(entry?.at).toBeGreaterThan(begin)
  })

  it('know their thread from the conversation id', async () => {
    const root = await posted(channel)
    await posted(`${channel}${encodeURIComponent(`;messageid=${root}`)}`)
    expect(routes.log.all().map((entry) => [entry.conversationId, entry.threadId])).toEqual([
      ['19:alerts@thread.tacv2', undefined],
      ['19:alerts@thread.tacv2', root],
    ])
  })

  it('may be replies to another one', async () => {
    const answer = await routes.ask('POST', at('a', '/page-1'), { body: { type: 'message', text: 'reply' } })
    expect(answer.status).toBe(201)
    expect(routes.log.all()).toHaveLength(1)
  })

  it('are edited and deleted by id', async () => {
    const id = await posted('a')
    const edited = await routes.ask('PUT', at('a', `/${id}`), { body: { type: 'message', text: 'two' } })
    expect(edited).toMatchObject({ status: 200, body: { id } })
    const deleted = await routes.ask('DELETE', at('a', `/${id}`))
    expect(deleted.status).toBe(200)
    expect(routes.log.all().map((entry) => entry.change)).toEqual(['posted', 'edited', 'deleted'])
  })

  it('that are a typing sign are heard and not kept', async () => {
    const page = await routes.listen()
    await page.until(1)
    const answer = await routes.ask('POST', at('a'), { body: { type: 'typing' } })
    expect(answer.status).toBe(201)
    expect((await page.until(2))[1]).toEqual({ event: 'typing', data: { conversationId: 'a' } })
    await page.close()
    expect(routes.log.all()).toEqual([])
  })
})

describe('refusals', () => {
  it.each(['PUT', 'DELETE'])(
    '%s of a message that is not there is 404 ActivityNotFoundInConversation',
    async (method) => {
      const other = await posted('b')
      for (const id of ['unknown', other]) {
        const answer = await routes.ask(method, at('a', `/${id}`), { body: { type: 'message' } })
        expect(answer).toMatchObject({
          status: 404,
          body: { error: { code: 'ActivityNotFoundInConversation' } },
        })
      }
    },
  )

  it('a deleted message cannot be edited', async () => {
    const id = await posted('a')
    await routes.ask('DELETE', at('a', `/${id}`))
    const answer = await routes.ask('PUT', at('a', `/${id}`), { body: { type: 'message' } })
    expect(answer.status).toBe(404)
  })

  it.each(['no json', '[]', '{"cut":', '7'])('a body %s is 400 BadSyntax', async (body) => {
    const answer = await routes.ask('POST', at('a'), { body })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BadSyntax' } } })
    expect(routes.log.all()).toEqual([])
  })

  it('a body that is too large is refused and the next one is taken', async () => {
    const answer = await routes.ask('POST', at('a'), { body: { text: 'x'.repeat(600_000) } })
    expect(answer.status).toBe(400)
    await posted('a')
  })

  it.each([
    ['GET', at('a')],
    ['PUT', at('a')],
    ['PATCH', at('a', '/x')],
    ['POST', '/connector/v3/conversations/a/members'],
  ])('%s %s is 405', async (method, path) => {
    const answer = await routes.ask(method, path, method === 'GET' ? {} : { body: {} })
    expect(answer).toMatchObject({ status: 405, body: { error: { code: 'MethodNotAllowed' } } })
  })

  it.each(['/connector/v3/conversations', '/connector/v3/conversations/%ff/activities', '/connector/v4/x'])(
    '%s is no route of it',
    async (path) => {
      expect((await routes.ask('POST', path, { body: {} })).status).toBe(404)
    },
  )
})

it('names members as an empty conversation does', async () => {
  expect((await routes.ask('GET', '/connector/v3/conversations/a/members')).text).toBe('[]')
  expect((await routes.ask('GET', at('a', '/x/members'))).text).toBe('[]')
  expect((await routes.ask('GET', '/connector/v3/conversations/a/pagedmembers')).body).toEqual({
    members: [],
  })
})
