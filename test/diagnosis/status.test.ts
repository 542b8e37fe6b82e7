import { describe, expect, it } from 'vitest'
import { statusOf } from '../../src/diagnosis/index.ts'
import { unknown } from '../../src/nouns.ts'
import { HOUR, MINUTE } from '../../src/time.ts'
import { aJob, anAgent, aQuarantinedJob, contoso, NOW, sure } from '../support/snapshots.ts'

const fabrikam = { id: 'sp-fabrikam', domain: 'fabrikam.com' }
const agents = sure([anAgent('SRV1', 'active', ['contoso.com', 'fabrikam.com'])])
const input = (change: Partial<Parameters<typeof statusOf>[0]> = {}) => ({
  configurations: sure([contoso, fabrikam]),
  jobs: {
    [contoso.id]: sure([aJob()]),
    [fabrikam.id]: sure([aQuarantinedJob('HybridIdentityServiceNoActiveAgents')]),
  },
  agents,
  now: NOW,
  ...change,
})

describe('status of all configurations', () => {
  it('lists troubled ones first, with reason, since when and next attempt', () => {
    const [first, second] = statusOf(input())
    expect(first).toMatchObject({ domain: 'fabrikam.com', state: 'bad' })
    expect(second).toMatchObject({ domain: 'contoso.com', state: 'good' })
    const text = JSON.stringify(first)
    expect(text).toContain('the agents do not answer')
    expect(text).toContain(String(NOW - 6 * HOUR))
    expect(text).toContain(String(NOW + 6 * HOUR))
  })

  it('tells a running cycle, the last success and when the next one is due', () => {
    const idle = statusOf(input()).find((s) => s.domain === 'contoso.com')
    expect(JSON.stringify(idle?.rows)).toContain('no cycle running now')
    expect(JSON.stringify(idle?.rows)).toContain(String(NOW - 7 * MINUTE))
    expect(JSON.stringify(idle?.rows)).toContain(String(NOW - 7 * MINUTE + 2 * MINUTE))
    const busy = aJob({ lastExecution: { state: 'unknown', began: NOW - MINUTE, counts: {} } })
    const running = statusOf(input({ jobs: { [contoso.id]: sure([busy]) } })).find(
      (s) => s.domain === 'contoso.com',
    )
    expect(JSON.stringify(running?.rows)).toContain('Running since')
  })

  it('is unknown, never good, where the jobs could not be read', () => {
    const all = statusOf(input({ jobs: { [contoso.id]: unknown('throttled', 'jobs') } }))
    expect(all.map((s) => s.state)).toEqual(['unknown', 'unknown'])
    expect(JSON.stringify(all)).toContain('Microsoft Graph limits requests')
  })

  it('is bad where no agent of the domain is active, and says when agents are not known', () => {
    const down = statusOf(input({ agents: sure([anAgent('SRV1', 'inactive')]) })).find(
      (s) => s.domain === 'contoso.com',
    )
    expect(down?.state).toBe('bad')
    expect(JSON.stringify(down?.summary)).toContain('no agent of this domain is active')
    const unseen = statusOf(input({ agents: unknown('notSignedIn', 'agents') })).find(
      (s) => s.domain === 'contoso.com',
    )
    expect(unseen?.state).toBe('good')
    expect(JSON.stringify(unseen?.rows)).toContain('nobody has signed in')
  })

  it('gives rows of live facts their time and source', () => {
    for (const status of statusOf(input())) {
      for (const row of status.rows) expect(row.source).toBe('graph')
    }
  })
})
