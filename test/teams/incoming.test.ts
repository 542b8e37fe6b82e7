import { describe, expect, test } from 'vitest'
import { readActivity } from '../../src/teams/activity.ts'
import { toIncomingEvent } from '../../src/teams/incoming.ts'
import { tenantId } from '../support/bot-authority.ts'
import { botId, message } from '../support/teams.ts'

const identity = { tenantId, serviceUrl: 'https://smba.trafficmanager.net/teams/', authenticated: true }
const deployment = { botId, environment: 'test', now: 5 }

function read(fields: Record<string, unknown>) {
  const activity = readActivity(message(fields))
  if (!activity) throw new Error('the test built no activity')
  return toIncomingEvent(activity, identity, deployment)
}
function eventOf(fields: Record<string, unknown>) {
  const incoming = read(fields)
  return incoming.ok ? incoming.event : undefined
}

const channel = {
  conversation: { id: '19:abc@thread.tacv2;messageid=1700', conversationType: 'channel', tenantId },
  channelData: { tenant: { id: tenantId }, team: { id: '19:team' }, channel: { id: '19:abc@thread.tacv2' } },
}

describe('place and person', () => {
  test('one-to-one', () => {
    expect(eventOf({ id: 'm1' })).toEqual({
      kind: 'message',
      id: 'a:personal|message|m1',
      activityId: 'm1',
      at: 5,
      text: 'help',
      cut: false,
      person: { tenantId, objectId: '99999999-8888-4777-8666-555555555555', role: 'none', name: 'Jane Doe' },
      place: {
        conversationId: 'a:personal',
        serviceUrl: identity.serviceUrl,
        tenantId,
        botId,
        environment: 'test',
        scope: 'personal',
        userAadId: '99999999-8888-4777-8666-555555555555',
        updatedAt: 5,
      },
    })
  })

  test('channel: the thread is kept apart from the conversation', () => {
    expect(eventOf(channel)?.place).toMatchObject({
      conversationId: '19:abc@thread.tacv2',
      threadId: '1700',
      scope: 'channel',
      teamId: '19:team',
      channelId: '19:abc@thread.tacv2',
    })
  })

  test('group chat, and what says nothing about itself', () => {
    const scopeOf = (conversation: object, more: object = {}) =>
      eventOf({ conversation: { id: 'c', tenantId, ...conversation }, ...more })?.place.scope
    expect(scopeOf({ conversationType: 'groupChat' })).toBe('groupChat')
    expect(scopeOf({ isGroup: true })).toBe('groupChat')
    expect(scopeOf({})).toBe('personal')
    expect(scopeOf({ conversationType: '__proto__' }, { channelData: channel.channelData })).toBe('channel')
  })

  test('somebody without object id is nobody of the directory', () => {
    expect(eventOf({ from: { id: '29:guest' } })?.person).toEqual({
      tenantId,
      objectId: '29:guest',
      role: 'none',
    })
  })

  test('an activity without id is known again by its content', () => {
    const one = eventOf({ id: undefined, text: 'a' })?.id
    expect(one).toBe(eventOf({ id: null, text: 'a' })?.id)
    expect(one).not.toBe(eventOf({ id: undefined, text: 'b' })?.id)
  })
})

describe('buttons', () => {
  const execute = (action: unknown) =>
    read({
      type: 'invoke',
      name: 'adaptiveCard/action',
      replyToId: 'card-1',
      value: { action, trigger: 'manual' },
    })

  test('Action.Execute', () => {
    const incoming = execute({
      type: 'Action.Execute',
      verb: 'incident.acknowledge',
      data: { id: 'x', version: 3 },
    })
    expect(incoming).toMatchObject({
      ok: true,
      answer: 'card',
      event: {
        kind: 'cardAction',
        verb: 'incident.acknowledge',
        data: { id: 'x', version: 3 },
        invoke: true,
        cardActivityId: 'card-1',
      },
    })
  })

  test.each([
    ['Action.Submit', { verb: 'signOut', a: '1' }],
    ['inside msteams.value', { msteams: { type: 'messageBack', value: { verb: 'signOut', a: '1' } } }],
    ['inputs beside msteams', { a: '1', msteams: { value: { verb: 'signOut' } } }],
  ])('%s', (_name, value) => {
    expect(eventOf({ text: undefined, value })).toMatchObject({
      kind: 'cardAction',
      verb: 'signOut',
      data: { a: '1' },
      invoke: false,
    })
  })

  test('imBack of a client that does not know it is a text as if typed', () => {
    expect(
      eventOf({ text: undefined, value: { msteams: { type: 'imBack', value: 'which ports?' } } }),
    ).toMatchObject({
      kind: 'message',
      text: 'which ports?',
    })
  })

  test('C4 500 forged payloads: none reaches a handler', () => {
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, 1]))
    const badVerbs = [
      '',
      'X',
      'a b',
      'A.b',
      '../x',
      'a'.repeat(43),
      '__proto__',
      'say\n',
      7,
      null,
      {},
      ['say'],
      undefined,
    ]
    const badData = [
      'text',
      7,
      true,
      [],
      [1],
      many,
      { a: null },
      { a: true },
      { a: {} },
      { a: ['x'] },
      { a: 'x'.repeat(32_001) },
      { a: 'x'.repeat(5000), b: 'x'.repeat(5000) },
      { 'a b': 1 },
      { '': 1 },
      { '<b>': 1 },
      { ['k'.repeat(81)]: 1 },
      { a: Number.NaN },
      { a: Number.POSITIVE_INFINITY },
      { a: undefined },
      { a: { b: 1 } },
    ]
    const goodVerbs = ['say', 'incident.acknowledge', 'action.confirm']
    const forged: unknown[] = [
      ...badVerbs.flatMap((verb) => [{}, { id: '1' }, { version: 1 }].map((data) => ({ verb, data }))),
      ...goodVerbs.flatMap((verb) => badData.map((data) => ({ verb, data }))),
      null,
      7,
      'say',
      [],
      { type: 'Action.Execute' },
    ]
    let tried = 0
    while (tried < 500) {
      const action = forged[tried % forged.length]
      const asExecute =
        tried < 250 ||
        !(
          typeof action === 'object' &&
          action &&
          'data' in action &&
          typeof action.data === 'object' &&
          !Array.isArray(action.data) &&
          'verb' in action &&
          action.verb !== undefined
        )
      const incoming = asExecute
        ? execute(action)
        : read({
            text: undefined,
            value: { ...(action as { data: object }).data, verb: (action as { verb: unknown }).verb },
          })
      expect(incoming.ok, JSON.stringify(action)).toBe(false)
      tried++
    }
  })
})

describe('everything else', () => {
  test('TEAMS 3 installing fires two events, and both are the same kind', () => {
    const first = eventOf({ type: 'installationUpdate', action: 'add' })
    const second = eventOf({ type: 'conversationUpdate', membersAdded: [{ id: botId }, { id: '29:jane' }] })
    expect([first?.kind, second?.kind]).toEqual(['installed', 'installed'])
    expect(first).toMatchObject({ by: 'Jane Doe' })
    expect(first?.place.conversationId).toBe(second?.place.conversationId)
  })

  test.each([
    [{ type: 'installationUpdate', action: 'remove' }, { kind: 'uninstalled' }],
    [{ type: 'installationUpdate', action: 'add-upgrade' }, { kind: 'installed' }],
    [
      { type: 'installationUpdate', action: 'remove-upgrade' },
      { kind: 'other', type: 'installationUpdate' },
    ],
    [{ type: 'conversationUpdate', membersRemoved: [{ id: botId }] }, { kind: 'uninstalled' }],
    [
      {
        type: 'conversationUpdate',
        membersAdded: [{ id: '29:a', aadObjectId: 'oid-a' }],
        membersRemoved: [{ id: '29:b' }],
      },
      { kind: 'membersChanged', added: ['oid-a'], removed: ['29:b'] },
    ],
    [
      { type: 'installationUpdate', action: 'constructor' },
      { kind: 'other', type: 'installationUpdate' },
    ],
    [{ type: 'conversationUpdate' }, { kind: 'other', type: 'conversationUpdate' }],
    [
      { type: 'messageReaction', reactionsAdded: [{ type: 'like' }] },
      { kind: 'other', type: 'messageReaction' },
    ],
    [{ type: 'messageUpdate' }, { kind: 'other', type: 'messageUpdate' }],
    [{ type: 'messageDelete' }, { kind: 'other', type: 'messageDelete' }],
    [{ type: 'neverHeardOf' }, { kind: 'other', type: 'neverHeardOf' }],
    [{ type: 'constructor' }, { kind: 'other', type: 'constructor' }],
    [
      { type: 'invoke', name: 'task/fetch', value: {} },
      { kind: 'other', type: 'invoke task/fetch' },
    ],
    [
      {
        type: 'invoke',
        name: 'message/submitAction',
        replyToId: 'm7',
        value: {
          actionName: 'feedback',
          actionValue: { reaction: 'dislike', feedback: '{"feedbackText":"wrong \\u202eport"}' },
        },
      },
      { kind: 'feedback', reaction: 'dislike', comment: 'wrong port', aboutActivityId: 'm7' },
    ],
    [
      {
        type: 'invoke',
        name: 'message/submitAction',
        value: { actionValue: { reaction: 'like', feedback: 'no json' } },
      },
      { kind: 'feedback', reaction: 'like' },
    ],
    [{ type: 'invoke', name: 'message/submitAction', value: 7 }, { kind: 'other' }],
  ])('%j', (fields, expected) => {
    expect(eventOf(fields)).toMatchObject(expected)
  })

  test.each([
    ['no type', { type: undefined }],
    ['no conversation', { conversation: undefined }],
    ['no sender', { from: undefined }],
    ['no service URL', { serviceUrl: undefined }],
    ['an endless id', { id: 'x'.repeat(300) }],
    ['a conversation that is a text', { conversation: 'c' }],
    ['a text that is none', { text: { a: 1 } }],
    ['a length that is none', { conversation: { id: { length: { toString: {} } } } }],
    ['too many members', { membersAdded: Array.from({ length: 2001 }, () => ({ id: 'x' })) }],
  ])('C1 %s is no activity', (_name, fields) => {
    expect(readActivity(message(fields))).toBeUndefined()
  })
})
