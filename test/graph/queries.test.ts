import { describe, expect, it } from 'vitest'
import {
  appIdentity,
  applicationGrants,
  delegatedReadGrants,
  delegatedWriteGrants,
  queries,
} from '../../src/graph/index.ts'
import { createTelemetry } from '../../src/telemetry.ts'
import { graphOn, list, refusal, startGraph } from '../support/graph-server.ts'

describe('the table of questions', () => {
  it('asks for exactly these permissions', () => {
    expect(applicationGrants).toEqual([
      'Application.Read.All',
      'AuditLog.Read.All',
      'GroupMember.Read.All',
      'Organization.Read.All',
      'ServiceHealth.Read.All',
      'Synchronization.Read.All',
      'User.Read.All',
    ])
    expect(delegatedReadGrants).toEqual([
      'OnPremDirectorySynchronization.Read.All',
      'Policy.Read.HybridAuthentication',
    ])
    expect(delegatedWriteGrants).toEqual(['Synchronization.ReadWrite.All'])
  })

  it('never lets the app write', () => {
    for (const query of queries) {
      if (query.method === 'POST') expect(query.identity).toBe('delegated')
      if (query.identity === 'application') expect(query.grant).not.toContain('ReadWrite')
    }
  })

  it('names a permission that Graph accepts for that identity, once per question', () => {
    expect(new Set(queries.map(({ id }) => id)).size).toBe(queries.length)
    for (const query of queries) expect(query.permissions[query.identity], query.id).toContain(query.grant)
  })

  it('uses beta for agents and the last password synchronization only', () => {
    const beta = queries.filter(({ version }) => version === 'beta').map(({ id }) => id)
    expect(beta.sort()).toEqual(['listAgentGroups', 'listAgents', 'readPasswordSync'])
  })
})

describe('identity', () => {
  it('sends no real token to loopback, and the word "app" nowhere else', async () => {
    const managed = { kind: 'managedIdentity', clientId: 'c' } as const
    expect(await appIdentity(managed, 'http://127.0.0.1:8080/graph').token()).toBe('app')
    expect(() => appIdentity({ kind: 'loopback' }, 'https://graph.microsoft.com')).toThrow(TypeError)
  })
})

describe('telemetry', () => {
  it('counts and logs without addresses, names or sentences', async () => {
    const lines: string[] = []
    const telemetry = createTelemetry({
      level: 'debug',
      pseudonymKey: 'k',
      destination: { write: (line) => lines.push(line) },
    })
    const fake = await startGraph((_, n) =>
      n === 1
        ? refusal(429, 'TooManyRequests', 'jane.doe is busy', { 'retry-after': '2' })
        : list([{ name: 'no id' }]),
    )
    const { reads } = graphOn(fake, { telemetry })
    await reads.findUsers({ by: 'upn', value: 'jane.doe@contoso.com' })
    await fake.close()
    const metrics = telemetry.metrics.text()
    expect(metrics).toContain('graph_requests_total{route="findUsers",status="429"} 1')
    expect(metrics).toContain('graph_requests_total{route="findUsers",status="200"} 1')
    expect(metrics).toContain('graph_throttled_total 1')
    expect(metrics).toContain('graph_retry_after_seconds 2')
    expect(lines.join('')).toContain('SM_GRAPH_UNEXPECTED')
    expect(lines.join('')).not.toMatch(/jane|contoso/)
  })
})
