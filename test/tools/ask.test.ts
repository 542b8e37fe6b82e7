import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runTool } from './run-tool.ts'

type Answered = { id: unknown; kind: string; answer: string; articles: string[] }

async function lines(input: string, ...args: string[]): Promise<Answered[]> {
  const ran = await runTool('ask', { args: ['--jsonl', ...args], input })
  expect(ran.err).toBe('')
  expect(ran.code).toBe(0)
  return ran.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const asJson = (questions: Readonly<Record<string, string>>) =>
  Object.entries(questions)
    .map(([id, text]) => JSON.stringify({ id, text }))
    .join('\n')

describe('ask', () => {
  test('answers one question in plain text, keeps nothing on the disk, and ends', async () => {
    const dataDir = join(mkdtempSync(join(tmpdir(), 'sync-medic-ask-')), 'data')
    const ran = await runTool('ask', { args: ['which', 'ports?'], env: { DATA_DIR: dataDir } })
    expect(ran).toMatchObject({ code: 0, err: '' })
    expect(ran.out).toMatch(/443/)
    expect(ran.out).toMatch(/8080/)
    expect(ran.out).toContain('Sources')
    expect(ran.out).not.toMatch(/AdaptiveCard|"type"/)
    expect(existsSync(dataDir)).toBe(false)
  })

  test('--jsonl: one answer per line, each kind, articles named, and a bad line stops nothing', async () => {
    const questions = asJson({
      ports: 'which ports does the agent need?',
      jane: 'jane.doe@contoso.com is not synced',
      tree: 'diagnose agent-down',
      adfs: 'how do I renew the AD FS token signing certificate?',
      sheep: 'how many sheep fit into a lighthouse',
      off: 'tell me a joke',
    })
    const bad = ['not json', '{"id":"no-text"}', '{"text":"no id"}', '[]', '']
    const answers = await lines(`${bad.join('\n')}\n${questions}`)
    const kinds = answers.map(({ id, kind }) => [id, kind])
    expect(kinds.slice(0, 4)).toEqual([
      [null, 'error'],
      ['no-text', 'error'],
      [null, 'error'],
      [null, 'error'],
    ])
    expect(Object.fromEntries(kinds.slice(4))).toMatchObject({
      ports: 'answer',
      jane: 'finding',
      tree: 'question',
      adfs: 'boundary',
    })
    const of = (id: string) => answers.find((one) => one.id === id)
    expect(['abstain', 'decline']).toContain(of('sheep')?.kind)
    expect(['abstain', 'decline']).toContain(of('off')?.kind)
    expect(of('ports')?.articles).toContain('agent-ports')
    expect(of('jane')?.articles.length).toBeGreaterThan(0)
    expect(of('jane')?.answer).toContain('janet.doerr@contoso.com')
    for (const { kind, answer } of answers) if (kind !== 'decline') expect(answer).not.toBe('')
  })

  test('each line is a conversation of its own: a follow-up does not lean on the line before', async () => {
    const [, alone] = await lines(
      asJson({ first: 'which ports does the agent need?', second: 'where does that come from?' }),
    )
    expect(alone?.articles).not.toContain('agent-ports')
  })

  test('the role decides: helpdesk may propose and not acknowledge, an operator may', async () => {
    const both = asJson({ a: 'acknowledge 1', b: 'restart fabrikam.com' })
    const [helpdesk, proposal] = await lines(both, '--as', 'helpdesk')
    const [operator] = await lines(asJson({ a: 'acknowledge 1' }), '--as', 'operator')
    expect(helpdesk?.kind).toBe('error')
    expect(proposal?.kind).toBe('proposal')
    expect(operator?.kind).toBe('answer')
    expect(operator?.answer).toContain('Acknowledged')
  })

  test('the place decides: names one-to-one, none in a channel', async () => {
    const text = asJson({ a: 'jane.doe@contoso.com is not synced' })
    const [personal] = await lines(text)
    const [channel] = await lines(text, '--place', 'channel')
    expect(personal?.answer).toContain('janet.doerr@contoso.com')
    expect(channel?.answer).not.toMatch(/jane\.doe|janet/)
  })

  test('wrong use and a broken configuration end with their own codes', async () => {
    expect(await runTool('ask')).toMatchObject({ code: 64, out: '' })
    expect(await runTool('ask', { args: ['--as', 'king', 'x'] })).toMatchObject({ code: 64 })
    const broken = await runTool('ask', { args: ['ports?'], env: { PORT: 'x', POLLSECONDS: '5' } })
    expect(broken.code).toBe(78)
    expect(broken.err).toContain('PORT must be a port number')
    expect(broken.err).toContain('did you mean POLL_SECONDS')
  })
})
