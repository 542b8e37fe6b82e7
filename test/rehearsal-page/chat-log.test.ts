// The chat log survives restarts, also a bad one, and stays small.
import { appendFileSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ChatEntry, openChatLog } from '../../src/rehearsal/chat-log.ts'

const fileIn = () => join(mkdtempSync(join(tmpdir(), 'chat-log-')), 'chat.jsonl')

const entry = (fields: Partial<ChatEntry>): ChatEntry => ({
  conversationId: 'a',
  activityId: '1',
  change: 'posted',
  at: 1,
  activity: { text: 'one' },
  ...fields,
})

it('folds edits into their message and drops deleted ones when it is opened again', () => {
  const file = fileIn()
  const log = openChatLog(file)
  log.append(entry({ activityId: 'root' }))
  log.append(entry({ activityId: '2', threadId: 'root', at: 2 }))
  log.append(entry({ activityId: '2', change: 'edited', at: 3, activity: { text: 'two' } }))
  log.append(entry({ activityId: '3', at: 4 }))
  log.append(entry({ activityId: '3', change: 'deleted', at: 5, activity: {} }))
  expect(log.all()).toHaveLength(5)
  const again = openChatLog(file)
  expect(again.all()).toEqual([
    entry({ activityId: 'root' }),
    // It stays in its thread and at its place; what is said is the newest.
    entry({ activityId: '2', threadId: 'root', at: 2, editedAt: 3, activity: { text: 'two' } }),
  ])
  expect(openChatLog(file).all()).toEqual(again.all())
})

it('knows which messages there are, deleted ones no more', () => {
  const log = openChatLog(undefined)
  log.append(entry({}))
  expect([log.has('a', '1'), log.has('b', '1'), log.has('a', '2')]).toEqual([true, false, false])
  log.append(entry({ change: 'deleted' }))
  expect(log.has('a', '1')).toBe(false)
  log.append(entry({}))
  expect(log.has('a', '1')).toBe(true)
})

it('loses only the last line when that was cut by a kill, and goes on after it', () => {
  const file = fileIn()
  const log = openChatLog(file)
  log.append(entry({}))
  log.append(entry({ activityId: '2' }))
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.slice(0, -20))
  const again = openChatLog(file)
  expect(again.all().map((one) => one.activityId)).toEqual(['1'])
  again.append(entry({ activityId: '3' }))
  expect(
    openChatLog(file)
      .all()
      .map((one) => one.activityId),
  ).toEqual(['1', '3'])
})

it('passes over lines that are no entries', () => {
  const file = fileIn()
  openChatLog(file).append(entry({}))
  appendFileSync(file, '7\nnull\n"text"\n[]\n{}\n{"conversationId":"a","activityId":"9"}\n')
  appendFileSync(file, `${JSON.stringify({ ...entry({ activityId: '8' }), change: 'invented' })}\n`)
  expect(openChatLog(file).all()).toEqual([entry({})])
})

it('keeps the newest 200 messages of each conversation', () => {
  const file = fileIn()
  const log = openChatLog(file)
  for (let i = 0; i < 350; i++) log.append(entry({ activityId: `${i}`, at: i }))
  log.append(entry({ conversationId: 'b', activityId: 'quiet' }))
  const again = openChatLog(file).all()
  expect(again).toHaveLength(201)
  expect(again[0]?.activityId).toBe('150')
  expect(again.at(-1)?.conversationId).toBe('b')
})

it('stays small in memory and on disk while one card is edited again and again', () => {
  const file = fileIn()
  const log = openChatLog(file)
  log.append(entry({}))
  for (let i = 0; i < 9000; i++) log.append(entry({ change: 'edited', at: i, activity: { text: `${i}` } }))
  expect(log.all().length).toBeLessThan(4100)
  expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(4100)
  expect(openChatLog(file).all()).toEqual([entry({ editedAt: 8999, activity: { text: '8999' } })])
})

it('is for nobody else on the machine to read, and can be emptied', () => {
  const file = fileIn()
  const log = openChatLog(file)
  log.append(entry({}))
  expect(statSync(file).mode & 0o777).toBe(0o600)
  log.clear()
  expect(readFileSync(file, 'utf8')).toBe('')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it('tells listeners of each entry until they stop', () => {
  const log = openChatLog(undefined)
  const heard: string[] = []
  const stop = log.listen((one) => heard.push(one.activityId))
  log.append(entry({ activityId: '1' }))
  stop()
  log.append(entry({ activityId: '2' }))
  expect(heard).toEqual(['1'])
})

it('shows the same after any history, whether it was reopened or not', () => {
  const change = fc.constantFrom('posted' as const, 'edited' as const, 'deleted' as const)
  const step = fc.record({ activityId: fc.constantFrom('1', '2', '3'), change, text: fc.string() })
  /** What a page shows: the newest words of each message that is there. */
  const shown = (entries: readonly ChatEntry[]) => {
    const now = new Map<string, unknown>()
    for (const one of entries)
      if (one.change === 'deleted') now.delete(one.activityId)
      else now.set(one.activityId, one.activity.text)
    return [...now]
  }
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const file = fileIn()
      const log = openChatLog(file)
      steps.forEach(({ text, ...fields }, at) => {
        log.append(entry({ ...fields, at, activity: { text } }))
      })
      expect(shown(openChatLog(file).all())).toEqual(shown(log.all()))
    }),
    { numRuns: 40 },
  )
})
