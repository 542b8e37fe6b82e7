import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clouds } from '../../src/clouds.ts'
import { reportHostsOf } from '../../src/conversation/report-hosts.ts'
import { loadKnowledge } from '../../src/knowledge/index.ts'

const knowledge = loadKnowledge({ dir: join(import.meta.dirname, '../../knowledge') })
const table = knowledge.table('urls')
if (!table) throw new Error('the fact table of addresses is missing')

test('the hosts of the server check are those of the fact table, for the cloud in use', () => {
  const hosts = reportHostsOf(table, 'global')
  expect(hosts.probe).toBe('login.microsoftonline.com')
  expect(hosts.tls).toEqual(
    expect.arrayContaining(['login.microsoftonline.com', 'login.windows.net', 'management.azure.com']),
  )
  expect(hosts.plain).toEqual(expect.arrayContaining(['crl.microsoft.com', 'ocsp.msocsp.com']))
  const us = reportHostsOf(table, 'gcchigh')
  expect(us.tls).toEqual(expect.arrayContaining(['login.microsoftonline.us', 'login.windows.us']))
  expect(us.plain).toContain('mscrl.microsoft.us')
  expect(us.plain).toContain('ctldl.windowsupdate.us')
  expect(reportHostsOf(table, 'gcc')).toEqual(hosts)
})

test.each(Object.keys(clouds) as (keyof typeof clouds)[])(
  '%s: names alone, once each, no wildcard',
  (cloud) => {
    const { tls, plain, probe } = reportHostsOf(table, cloud)
    expect(tls).toContain(probe)
    for (const host of [...tls, ...plain]) expect(host).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
    expect(new Set(tls).size).toBe(tls.length)
    expect(new Set(plain).size).toBe(plain.length)
    expect(tls.join()).not.toContain('passwordreset')
  },
)
