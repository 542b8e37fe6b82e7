import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportHostsOf } from '../../src/conversation/report-hosts.ts'
import { serverFindingIds, serverFindings } from '../../src/conversation/server-findings.ts'
import { isServerReport, readServerReport } from '../../src/conversation/server-report.ts'
import { REPORT_BEGIN, REPORT_END, serverReportBlock } from '../../src/conversation/server-report-block.ts'
import { loadKnowledge } from '../../src/knowledge/index.ts'

const addresses = loadKnowledge({ dir: join(import.meta.dirname, '../../knowledge') }).table('urls')
if (!addresses) throw new Error('the fact table of addresses is missing')

/** Commands of the block that only read. Nothing else may occur in it. */
const allowed = new Set([
  'New-Object',
  'Get-ItemProperty',
  'Get-CimInstance',
  'Join-Path',
  'Get-Item',
  'Get-NetTCPConnection',
  'Get-ExecutionPolicy',
  'Select-String',
  'Invoke-WebRequest',
  'Get-Date',
  'Get-WinEvent',
  'Where-Object',
  'Group-Object',
  'ForEach-Object',
])
const allowedTypes = new Set([
  'void',
  'string',
  'DateTime',
  'Math',
  'Uri',
  'System.Collections.ArrayList',
  'System.Net.Sockets.TcpClient',
  'System.Net.Security.SslStream',
  'System.Net.Dns',
  'System.Net.WebRequest',
])

describe.each([
  ['public', reportHostsOf(addresses, 'global')],
  ['US Government', reportHostsOf(addresses, 'gcchigh')],
] as const)('the block for the %s cloud', (_name, hosts) => {
  const block = serverReportBlock(hosts)
  const code = block.replace(/'[^'\n]*'/g, "''")
  const own = [...code.matchAll(/function ([A-Z][a-z]+-[A-Z][A-Za-z]+)/g)].map((m) => m[1])

  it('uses only commands that read', () => {
    const used = new Set(
      [...code.matchAll(/(?<![\w.$-])([A-Z][a-z]+-[A-Z][A-Za-z]+)\b/g)].map((m) => m[1] ?? ''),
    )
    expect([...used].filter((c) => !allowed.has(c) && !own.includes(c))).toEqual([])
    expect(used.size).toBeGreaterThan(10)
  })

  it('uses only types that read', () => {
    const types = [
      ...code.matchAll(/\[([A-Z][\w.]+|void|string)\]/g),
      ...code.matchAll(/New-Object ([\w.]+)/g),
    ].map((m) => m[1] ?? '')
    expect(types.filter((t) => !allowedTypes.has(t))).toEqual([])
  })

  it('asks the web only for headers, redirects nothing, runs no program', () => {
    expect(block.match(/Invoke-WebRequest/g)).toHaveLength(1)
    expect(block).toContain('Invoke-WebRequest -Method Head')
    expect(code).not.toMatch(
      /(?<![-\w$])(>>|[12]>|\biex\b|\bicm\b|Start-Process|\bsc\.exe|\breg(\.exe)? |\bnetsh|\bcmd\b|Invoke-Expression)/,
    )
    expect(code.replace(/->|=>/g, '')).not.toMatch(/\s>\s/)
  })

  it('is one paste: balanced braces, quotes closed on their line', () => {
    for (const [open, close] of ['{}', '()', '[]'] as const) {
      expect(code.split(open ?? '').length).toBe(code.split(close ?? '').length)
    }
    for (const line of block.split('\n')) expect((line.match(/'/g) ?? []).length % 2, line).toBe(0)
    expect(block.startsWith('& {')).toBe(true)
    expect(block.endsWith('}')).toBe(true)
  })

  it('prints no names of people, accounts or machines', () => {
    expect(code).not.toMatch(/UserName|COMPUTERNAME|USERNAME|whoami|\$env:USER|\.Message\s*}/i)
    expect(block).not.toContain("Add-Line ($s[0] + '.account') $v.StartName")
  })

  it('is not mistaken for its own output', () => {
    expect(readServerReport(block)).toEqual({
      kind: 'other',
      looksLike: 'the commands themselves, not their output',
    })
  })
})

describe('hosts', () => {
  it('that are no host names cannot enter the block', () => {
    const block = serverReportBlock({
      tls: ["x'; Remove-Item C:\\ #", 'ok.example'],
      plain: [],
      probe: 'ok.example',
    })
    expect(block).not.toContain('Remove-Item')
    expect(block).toContain("'ok.example'")
  })
})

const well: Record<string, string> = {
  'time.utc': '2026-11-20T08:12:00Z',
  'agent.state': 'Running',
  'agent.start': 'Auto',
  'agent.account': 'gmsa',
  'updater.state': 'Running',
  'updater.start': 'Auto',
  'updater.account': 'system',
  'agent.version': '1.1.2505.0',
  'agent.connections443': '6',
  'os.name': 'Microsoft Windows Server 2022 Standard',
  'os.build': '20348',
  'os.type': 'Server',
  'os.domainjoined': 'True',
  'ram.mb': '8192',
  'dotnet.release': '528449',
  'policy.MachinePolicy': 'Undefined',
  'policy.UserPolicy': 'Undefined',
  'policy.LocalMachine': 'RemoteSigned',
  'tls12.Client.enabled': '1',
  'tls12.Client.disabledbydefault': '0',
  'ntlm.outgoing': '2',
  fips: '0',
  'vault.start': 'Manual',
  'proxy.agent': 'none',
  'host443.login.windows.net': 'ok',
  'host80.crl.microsoft.com': 'ok',
  'tls.issuer': 'CN:DigiCert Global G2 TLS RSA SHA256 2020 CA1, O:DigiCert Inc, C:US',
  'time.skewseconds': '1',
  'events.service': '',
  'events.application': '',
}

function report(
  change: Record<string, string> = {},
  options: { end?: boolean; begin?: boolean } = {},
): string {
  const lines = Object.entries({ ...well, ...change }).map(([k, v]) => `${k}=${v}`)
  return [
    ...(options.begin === false ? [] : [REPORT_BEGIN]),
    ...lines,
    ...(options.end === false ? [] : [`${REPORT_END} lines=${lines.length}`]),
  ].join('\n')
}

function ids(change: Record<string, string>): readonly string[] {
  const read = readServerReport(report(change))
  return read.kind === 'report' ? read.findings.map((f) => f.ruleId) : []
}

describe('a pasted report', () => {
  it('of a healthy server gives facts and no finding', () => {
    const read = readServerReport(report())
    expect(read).toMatchObject({ kind: 'report', complete: true, cut: false, lost: 0, findings: [] })
    expect(read.kind === 'report' && read.facts.map((f) => f.name)).toContain('Agent version')
  })

  it.each<[string, Record<string, string>]>([
    ['server.agent-missing', { 'agent.state': 'missing' }],
    ['server.agent-stopped', { 'agent.state': 'Stopped' }],
    ['server.agent-account', { 'agent.account': 'user' }],
    ['server.agent-account', { 'events.service': '7041x2 7000x2' }],
    ['server.clock-skew', { 'time.skewseconds': '-900' }],
    ['server.network-443', { 'host443.login.windows.net': 'blocked' }],
    ['server.network-443', { 'host443.login.windows.net': 'dns' }],
    ['server.network-80', { 'host80.crl.microsoft.com': 'blocked' }],
    ['server.tls-inspection', { 'tls.issuer': 'CN:Contoso Proxy CA' }],
    ['server.tls12-off', { 'tls12.Client.enabled': '0' }],
    ['server.no-connection', { 'agent.connections443': '0' }],
    ['server.not-domain-joined', { 'os.domainjoined': 'False' }],
    ['server.os-unsupported', { 'os.type': 'Server Core' }],
    ['server.os-unsupported', { 'os.build': '9600' }],
    ['server.dotnet-old', { 'dotnet.release': '394802' }],
    ['server.execution-policy', { 'policy.MachinePolicy': 'AllSigned' }],
    ['server.vault-disabled', { 'vault.start': 'Disabled' }],
    ['server.fips', { fips: '1' }],
    ['server.updater-stopped', { 'updater.state': 'Stopped' }],
    ['server.ram-low', { 'ram.mb': '2048' }],
    ['server.ntlm-allowed', { 'ntlm.outgoing': 'missing' }],
    ['server.version-old', { 'agent.version': '1.1.977.0' }],
  ])('finds %s', (id, change) => {
    expect(ids(change)).toEqual([id])
  })

  it('covers every finding there is', () => {
    const all = serverFindings({
      ...well,
      'agent.state': 'Stopped',
      'agent.account': 'user',
      'time.skewseconds': '900',
      fips: '1',
    })
    for (const f of all) {
      expect(serverFindingIds).toContain(f.ruleId)
      expect(f.evidence.length).toBeGreaterThan(0)
      expect(f.nextSteps.length).toBeGreaterThan(0)
    }
  })

  it('with a proxy: a blocked direct test is only likely', () => {
    const read = readServerReport(report({ 'proxy.agent': 'set', 'host443.login.windows.net': 'blocked' }))
    expect(read.kind === 'report' && read.findings[0]?.confidence).toBe('likely')
  })

  it('survives quoting, indentation and Windows line ends', () => {
    const quoted = report({ 'agent.state': 'Stopped' })
      .split('\n')
      .map((l) => `  > ${l}`)
      .join('\r\n')
    const read = readServerReport(`Here it is:\r\n${quoted}\r\nthanks`)
    expect(read).toMatchObject({ kind: 'report', complete: true })
    expect(read.kind === 'report' && read.findings[0]?.ruleId).toBe('server.agent-stopped')
  })

  it('that was cut is read as far as it goes, and says so', () => {
    const cut = report({ 'agent.state': 'Stopped' }, { end: false }).slice(0, 200)
    expect(readServerReport(cut)).toMatchObject({ kind: 'report', complete: false, cut: true })
    const lost = report().replace('os.build=20348\n', '').replace('fips=0\n', '')
    expect(readServerReport(lost)).toMatchObject({ kind: 'report', complete: false, cut: false, lost: 2 })
    expect(readServerReport(report({}, { begin: false }))).toMatchObject({ kind: 'report', complete: false })
  })

  it('names what the server could not tell', () => {
    const read = readServerReport(report({ 'tls.issuer': 'unknown', 'time.skewseconds': 'unknown' }))
    expect(read.kind === 'report' && read.unknown).toEqual(['tls.issuer', 'time.skewseconds'])
    expect(read.kind === 'report' && read.findings).toEqual([])
  })

  it.each([
    [
      'Status   Name               DisplayName\n------   ----               -----------\nRunning  AADConnect',
      'the output of Get-Service',
    ],
    ['ComputerName     : x\nTcpTestSucceeded : True', 'the output of Test-NetConnection'],
    [
      '        Scope ExecutionPolicy\n        ----- ---------------',
      'the output of Get-ExecutionPolicy -List',
    ],
    [
      "Get-Foo : The term 'Get-Foo' is not recognized as the name of a cmdlet",
      'an error message of PowerShell',
    ],
  ])('of another tool is told apart', (text, looksLike) => {
    expect(readServerReport(text)).toEqual({ kind: 'other', looksLike })
  })

  it('is recognised by either marker', () => {
    expect(isServerReport(report())).toBe(true)
    expect(isServerReport(report({}, { begin: false }))).toBe(true)
    expect(isServerReport('agent is down')).toBe(false)
  })

  it('never throws, whatever is pasted', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), fc.nat(400), (noise, at) => {
        const mixed = report().slice(0, at) + noise + report().slice(at)
        expect(['report', 'other']).toContain(readServerReport(mixed).kind)
        expect(['report', 'other']).toContain(readServerReport(noise).kind)
      }),
    )
  })
})
