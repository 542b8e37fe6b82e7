import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorBodies } from '../../src/teams/answers.ts'
import { type EdgeProcess, startEdgeProcess } from '../support/edge-process.ts'
import { ask, message } from '../support/teams.ts'

const body = () => JSON.stringify(message())

describe('in a process of its own', () => {
  let child: EdgeProcess
  const post = (headers: Record<string, string | string[]>, content: string | Buffer) =>
    ask(child.port, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${child.token}`, ...headers },
      body: content,
    })

  beforeAll(async () => {
    child = await startEdgeProcess()
  })
  afterAll(() => child.stop())

  test('a good message is taken', async () => {
    expect((await post({}, body())).status).toBe(200)
  })

  const gzip = gzipSync(JSON.stringify(message()))
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, 32))
  const encodings: [string, string, string | Buffer][] = [
    ['gzip header, plain body', 'gzip', JSON.stringify(message())],
    ['truncated gzip', 'gzip', gzip.subarray(0, 20)],
    ['honest gzip', 'gzip', gzip],
    ['a bomb', 'gzip', bomb],
    ['brotli', 'br', brotliCompressSync(JSON.stringify(message()))],
    ['x-gzip', 'x-gzip', gzip],
    ['deflate', 'deflate', deflateSync(JSON.stringify(message()))],
    ['stacked', 'identity, gzip', gzip],
    ['upper case', 'GZIP', gzip],
  ]
  test.each(encodings)('A1 %s is refused and the process lives', async (_name, encoding, content) => {
    const before = await child.state()
    const answer = await post({ 'content-encoding': encoding }, content)
    expect(answer.status).toBe(415)
    expect(answer.text).toBe(errorBodies.unsupported)
    expect(child.isAlive()).toBe(true)
    expect((await child.state()).events).toBe(before.events)
  })

  test('A1 identity is no encoding', async () => {
    expect((await post({ 'content-encoding': 'identity' }, body())).status).toBe(200)
  })

  test('A2 more than 256 KB is refused, declared or counted, and not kept', async () => {
    const before = await child.state()
    const big = Buffer.alloc(1024 * 1024, 0x20)
    expect((await post({ 'content-length': String(big.length) }, big)).status).toBe(413)
    const counted = await post({ 'transfer-encoding': 'chunked' }, big).catch(() => undefined)
    expect(counted?.status ?? 413).toBe(413)
    // What is much larger is cut off while it is still being sent; the answer may be lost with it.
    const huge = Buffer.alloc(50 * 1024 * 1024, 0x20)
    for (const headers of [{ 'content-length': String(huge.length) }, { 'transfer-encoding': 'chunked' }]) {
      const answer = await post(headers, huge).catch(() => undefined)
      expect(answer?.status ?? 413).toBe(413)
    }
    expect(child.isAlive()).toBe(true)
    const after = await child.state()
    expect(after.events).toBe(before.events)
    expect(after.rss - before.rss).toBeLessThan(32 * 1024 * 1024)
  })

  test('A2 the limit itself is allowed, one byte more is not', async () => {
    const rest = 256 * 1024 - Buffer.byteLength(JSON.stringify(message({ id: 'exact', filler: '' })))
    const exact = JSON.stringify(message({ id: 'exact', filler: 'x'.repeat(rest) }))
    expect(Buffer.byteLength(exact)).toBe(256 * 1024)
    expect((await post({}, exact)).status).toBe(200)
    expect((await post({ 'transfer-encoding': 'chunked' }, exact)).status).toBe(200)
    expect((await post({}, `${exact} `)).status).toBe(413)
    expect((await post({ 'transfer-encoding': 'chunked' }, `${exact} `)).status).toBe(413)
  })

  test.each([
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/jsonx',
    'application/json; charset=utf-16',
    'application/ld+json',
    'application/json, text/plain',
    '',
  ])('A3 content type %j is refused, nothing is written to disk', async (type) => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('upload'))
    const form = '--x\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n\r\nhello\r\n--x--\r\n'
    expect((await post({ 'content-type': type }, form)).status).toBe(415)
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('upload'))).toEqual(before)
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8'])(
    'A3 content type %j is taken',
    async (type) => {
      expect((await post({ 'content-type': type }, body())).status).toBe(200)
    },
  )

  test.each([
    ['20,000 levels', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['20,000 open levels', '{"a":'.repeat(20_000)],
    ['65 levels', `{"type":"message","x":${'['.repeat(64)}${']'.repeat(64)}}`],
    ['__proto__', '{"type":"message","__proto__":{"polluted":true}}'],
    ['__proto__ with escapes', '{"type":"message","\\u005f_proto__":{"polluted":true}}'],
    [
      'constructor, deep inside',
      '{"type":"message","value":{"a":[{"constructor":{"prototype":{"polluted":1}}}]}}',
    ],
    ['no JSON', '{"type":'],
    ['an array', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['nothing', ''],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ])('A5 %s is a bad request', async (_name, content) => {
    const answer = await post({}, content)
    expect(answer.status).toBe(400)
    expect(answer.text).toBe(errorBodies.badRequest)
    expect(await child.state()).toMatchObject({ polluted: false })
  })

  test('A5 brackets inside texts are no levels; of duplicate keys the last wins', async () => {
    const text = JSON.stringify(message({ text: `${'['.repeat(500)}\\"{{` }))
    expect((await post({}, text)).status).toBe(200)
    const twice = JSON.stringify(message()).replace('{', '{"channelId":"emulator",')
    expect((await post({}, twice)).status).toBe(200)
  })

  test('the process is still the same one', async () => {
    expect(child.isAlive()).toBe(true)
    expect((await post({}, body())).status).toBe(200)
  })
})
