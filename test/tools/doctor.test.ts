import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startTestGraph } from '../support/rehearsal-graph.ts'
import { runTool } from './run-tool.ts'

type Line = { readonly result: string; readonly rest: string }

/** Rule id → result and words. */
function read(out: string): Map<string, Line> {
  const found = [...out.matchAll(/^(ok|warn|FAIL|skipped) +([\w.-]+): (.*)$/gm)]
  return new Map(found.map(([, result = '', id = '', rest = '']) => [id, { result, rest }]))
}

function file(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sync-medic-doctor-')), name)
  writeFileSync(path, text)
  return path
}

/** Against a tenant in which some scenarios are on. */
async function examine(scenarios: readonly string[], env: Record<string, string> = {}) {
  const graph = await startTestGraph({ at: Date.now() })
  for (const id of scenarios) expect(await graph.tenant.scenarios.apply(id), id).toBe(true)
  const ran = await runTool('doctor', { env: { GRAPH_BASE_URL: graph.url, ...env } })
  return { ...ran, rules: read(ran.out), graph }
}

describe('doctor on a tenant', () => {
  test('a healthy one: every application permission is tried, nothing written, exit 0', async () => {
    const { code, rules, graph, err } = await examine([])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const results = [...rules.values()].map(({ result }) => result)
    expect(results).not.toContain('FAIL')
    for (const id of ['knowledge', 'dialogs', 'cards', 'store', 'clock', 'identity', 'configuration'])
      expect(rules.get(id)?.result, id).toBe('ok')
    const tried = [...rules].filter(([id, { result }]) => id.startsWith('permission.') && result === 'ok')
    expect(tried.length).toBeGreaterThanOrEqual(12)
    expect(rules.get('permission.listAgents')?.rest).toContain('signed-in person')
    expect(graph.tenant.requests().every(({ method }) => method === 'GET')).toBe(true)
    expect(graph.tenant.requests().some(({ identity }) => identity === 'app')).toBe(true)
  })

  test.each([
    [
      'no-audit-permission',
      ['listProvisioningEvents', 'listDirectoryAudits'],
      'AuditLog.Read.All',
      'FAIL',
      1,
    ],
    ['no-sync-permission', ['listJobs'], 'Synchronization.Read.All', 'FAIL', 1],
    [
      'no-directory-permission',
      ['listConfigurations', 'findUsers', 'readOrganization'],
      'All is missing',
      'FAIL',
      1,
    ],
    ['no-health-permission', ['listServiceIssues'], 'ServiceHealth.Read.All', 'warn', 0],
  ])('%s is named with the permission and the fix', async (scenario, queries, words, result, exit) => {
    const { code, rules, out } = await examine([scenario])
    expect(code).toBe(exit)
    for (const query of queries) expect(rules.get(`permission.${query}`)?.result, query).toBe(result)
    expect(out).toContain(words)
    expect(out).toMatch(/fix: Grant the application permission/)
  })

  test('what cannot be tried without the one before is skipped with its reason, never passed', async () => {
    const { rules } = await examine(['no-sync-permission'])
    expect(rules.get('permission.readJob')).toMatchObject({ result: 'skipped' })
    expect(rules.get('permission.readSchema')?.rest).toContain('because no job could be read')
  })

  test('a Graph that is not there, and one that knows none of the addresses', async () => {
    const server = createServer((_req, res) => res.writeHead(404).end('{}'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const stranger = await runTool('doctor', { env: { GRAPH_BASE_URL: url } })
    expect(read(stranger.out).get('permission.listConfigurations')?.result).toBe('warn')
    expect(stranger.out).toContain('check CLOUD and GRAPH_BASE_URL')
    await new Promise((resolve) => server.close(resolve))
    const absent = await runTool('doctor', { env: { GRAPH_BASE_URL: url } })
    expect(absent.code).toBe(1)
    expect(read(absent.out).get('clock')?.result).toBe('FAIL')
    expect(read(absent.out).get('permission')?.rest).toContain('because Graph does not answer')
  })

  test('a clock that is far off', async () => {
    const told = () => new Date(Date.now() - 20 * 60_000).toUTCString()
    const server = createServer((_req, res) => res.writeHead(401, { date: told() }).end('{}'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { out, code } = await runTool('doctor', { env: { GRAPH_BASE_URL: url } })
    expect(code).toBe(1)
    expect(read(out).get('clock')).toMatchObject({
      result: 'FAIL',
      rest: expect.stringMatching(/ 1[12]\d\d s apart$/),
    })
  })
})

describe('doctor on settings and files', () => {
  const bad = { MicrosoftAppId: 'my-bot', ROSTERFILE: 'x', POLL_SECONDS: '1' }

  test('--config lists every problem without values and looks at nothing else', async () => {
    const { code, out } = await runTool('doctor', { args: ['--config'], env: bad })
    expect(code).toBe(1)
    expect(out).toContain('MicrosoftAppId must be a GUID')
    expect(out).toContain('did you mean ROSTER_FILE')
    expect(out).toContain('POLL_SECONDS')
    expect(out).not.toContain('my-bot')
    expect(out).not.toContain('knowledge')
    expect(await runTool('doctor', { args: ['--config'] })).toMatchObject({ code: 0 })
  })

  test('with a broken configuration everything else is skipped, not passed', async () => {
    const { code, out } = await runTool('doctor', { env: bad })
    expect(code).toBe(1)
    expect(read(out).get('rest')).toMatchObject({ result: 'skipped' })
  })

  test('roster, rules and roles files that are broken or missing, and a database that is none', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sync-medic-broken-'))
    mkdirSync(dataDir, { recursive: true })
    writeFileSync(join(dataDir, 'sync-medic.sqlite'), 'this is no database'.repeat(100))
    writeFileSync(join(dataDir, 'keys.json'), '{')
    const { code, rules } = await examine([], {
      DATA_DIR: dataDir,
      ROSTER_FILE: file('roster.yaml', 'people: 7'),
      RULES_FILE: file('rules.yaml', 'rules:\n  job.stale:\n    severity: huge\n'),
      ROLES_FILE: join(dataDir, 'absent.yaml'),
    })
    expect(code).toBe(1)
    expect(rules.get('file.ROSTER_FILE')?.result).toBe('FAIL')
    expect(rules.get('file.RULES_FILE')?.rest).toContain('job.stale')
    expect(rules.get('file.ROLES_FILE')?.rest).toContain('cannot be read')
    expect(rules.get('store')).toMatchObject({ result: 'FAIL', rest: expect.stringContaining('SM_STORE') })
    expect(rules.get('keys')?.result).toBe('FAIL')
  })
})
