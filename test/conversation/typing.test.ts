import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { withTyping } from '../../src/conversation/index.ts'
import type { Place } from '../../src/nouns.ts'
import type { ConversationPort } from '../../src/ports.ts'

const place: Place = {
  conversationId: 'c',
  serviceUrl: 'http://127.0.0.1:1/',
  tenantId: 't',
  botId: 'b',
  environment: 'test',
  scope: 'personal',
  updatedAt: 0,
}

let shown = 0
function portThat(typing: () => Promise<void>): ConversationPort {
  const never = () => Promise.reject(new Error('only typing is expected'))
  return {
    reply: never,
    edit: never,
    post: never,
    typing: () => {
      shown++
      return typing()
    },
  }
}

beforeEach(() => {
  shown = 0
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const nineSeconds = () => new Promise<void>((resolve) => setTimeout(resolve, 9000))

describe('TEAMS 13 typing', () => {
  test('is shown soon and every four seconds, until the work ends', async () => {
    const done = withTyping(
      portThat(async () => undefined),
      place,
      async () => {
        await nineSeconds()
        return 'answer'
      },
    )
    await vi.advanceTimersByTimeAsync(9000)
    expect(await done).toBe('answer')
    expect(shown).toBe(3)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(shown).toBe(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('stops when the handler throws, and the error goes on', async () => {
    const done = withTyping(
      portThat(async () => undefined),
      place,
      async () => {
        await nineSeconds()
        throw new Error('boom')
      },
    )
    const caught = done.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(9000)
    expect(await caught).toEqual(new Error('boom'))
    expect(vi.getTimerCount()).toBe(0)
  })

  test('one that cannot be shown is no failure, and one that hangs is not repeated', async () => {
    const failing = withTyping(
      portThat(() => Promise.reject(new Error('no'))),
      place,
      nineSeconds,
    )
    await vi.advanceTimersByTimeAsync(9000)
    await failing
    expect(shown).toBe(3)
    const hanging = withTyping(
      portThat(() => new Promise(() => undefined)),
      place,
      nineSeconds,
    )
    await vi.advanceTimersByTimeAsync(9000)
    await hanging
    expect(shown).toBe(4)
  })
})
