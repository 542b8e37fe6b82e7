import { describe, expect, it } from 'vitest'
import { defaultPolicy, transition } from '../../src/alerts/index.ts'
import { render } from '../../src/cards/index.ts'
import type { Finding, Incident } from '../../src/nouns.ts'
import { createOnCall, handover, handoverReply, sampleRoster, triageSheet } from '../../src/oncall/index.ts'
import { HOUR, MINUTE, observation, T0 } from '../support/alerts-builders.ts'

function incident(changes: Partial<Incident> = {}): Incident {
  const policy = { ...defaultPolicy, forPolls: 1 }
  const made = transition(
    undefined,
    { kind: 'bad', observation: observation() },
    { now: T0, policy },
  ).incident
  if (!made) throw new Error('nothing was made')
  return { ...made, number: 7, ...changes }
}

const oncall = createOnCall(
  sampleRoster({
    first: { id: 'a', name: 'Ada' },
    second: { id: 'b', name: 'Bob' },
    lead: { id: 'c', name: 'Cleo' },
  }),
)
const text = (reply: ReturnType<typeof handoverReply>, scope: 'personal' | 'channel' = 'personal') =>
  render(reply, { scope, now: T0 + HOUR }).text

describe('the hand-over sheet', () => {
  it('puts the worst and oldest first, with owner and age, and what closed since', async () => {
    const sheet = await handover({
      oncall,
      since: T0,
      now: T0 + HOUR,
      incidents: [
        incident({ id: 'w', number: 9, severity: 'warning', openedAt: T0 - HOUR }),
        incident({ id: 'n', number: 8, openedAt: T0 + 30 * MINUTE, state: 'acked', ownerName: 'Dora' }),
        incident({ id: 'o', number: 7, openedAt: T0 }),
        incident({
          id: 's',
          number: 6,
          openedAt: T0,
          state: 'snoozed',
          snoozeUntil: T0 + 3 * HOUR,
          severity: 'info',
        }),
        incident({ id: 'r', number: 5, state: 'resolved', resolvedAt: T0 + MINUTE }),
        incident({ id: 'x', number: 4, state: 'closed', resolvedAt: T0 - HOUR }),
      ],
    })
    expect(sheet.open.map((i) => i.number)).toEqual([7, 8, 9, 6])
    expect(sheet.resolved.map((i) => i.number)).toEqual([5])
    expect(sheet.snoozesEnding.map((i) => i.number)).toEqual([6])
    const drawn = text(handoverReply(sheet))
    for (const part of ['Bob', 'Dora', '30 min', '2 h', '#5']) expect(drawn).toContain(part)
    // Who is on call and who owns what is for everybody who reads the channel.
    for (const name of ['Bob', 'Dora']) expect(text(handoverReply(sheet), 'channel')).toContain(name)
  })

  it('says that no roster is set up, and where nobody is on call', async () => {
    const none = await handover({ oncall: createOnCall(undefined), incidents: [], since: T0, now: T0 })
    expect(text(handoverReply(none))).toContain('no roster is set up')
    const gap = { ...none, gaps: [{ from: T0, to: T0 + HOUR }] }
    expect(handoverReply(gap)).toMatchObject({ tone: 'attention' })
    expect(text(handoverReply(gap))).toContain('Nobody is on call')
  })
})

describe('the triage sheet', () => {
  const finding: Finding = {
    ruleId: 'agents.all-inactive',
    severity: 'critical',
    subject: { kind: 'configuration', domain: 'fabrikam.com' },
    fingerprint: 'f',
    title: ['No agent answers'],
    cause: ['The agent service is stopped.'],
    evidence: [{ name: 'Error', value: [{ data: 'HybridIdentityServiceNoActiveAgents' }] }],
    nextSteps: [{ who: 'AD', prose: ['Start the agent service.'] }],
    article: 'check-agents-all-inactive',
    offers: [],
    unchecked: [{ what: 'the agents', because: 'notSignedIn' }],
    confidence: 'likely',
  }
  const draw = (given: Parameters<typeof triageSheet>[0]) =>
    render(triageSheet(given), { scope: 'channel', now: T0 }).text

  it('leads from owner over cause and doubt to the step and its proof', () => {
    const sheet = draw({ incident: incident(), finding, now: T0 + 5 * MINUTE, offers: [] })
    const parts = [
      'Minute 1',
      'Nobody has owned it for 5 min',
      'Likely',
      'HybridIdentityServiceNoActiveAgents',
      'Could not check the agents',
      'AD',
      'Start the agent service',
      'Minute 5',
    ]
    const places = parts.map((part) => sheet.indexOf(part))
    expect(
      places.every((at) => at >= 0),
      sheet,
    ).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  it('does not pretend to know without a finding', () => {
    const sheet = draw({ incident: incident({ stale: true }), now: T0, offers: [] })
    expect(sheet).toContain('not known yet')
    expect(sheet).toContain('no fresh data')
    expect(sheet).toContain('No step is certain')
  })
})
