import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/nouns.ts'
import { alertsWorld, emptySnapshot, MINUTE, person, quarantinedJob, T0 } from '../support/alerts-builders.ts'

const finding = (ruleId: string, cause: string): Finding => ({
  ruleId,
  severity: 'critical',
  subject: { kind: 'configuration', domain: 'fabrikam.com' },
  fingerprint: ruleId,
  title: ['found'],
  cause: [cause],
  evidence: [],
  nextSteps: [{ who: 'AD', prose: ['Start the agent service.'] }],
  article: 'check-agents-all-inactive',
  offers: [],
  unchecked: [{ what: 'agents', because: 'notSignedIn' }],
  confidence: 'likely',
})

describe('the explanation of an incident', () => {
  it('is on its card: the first finding that can be its cause, with what to do', async () => {
    const world = await alertsWorld({
      diagnose: () => [
        finding('delete-threshold.off', 'Something else.'),
        finding('agents.all-inactive', 'The agents of fabrikam.com do not answer.'),
        finding('job.quarantined', 'Less precise.'),
      ],
    })
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    const card = world.port.posts()[0]?.message.text ?? ''
    for (const part of ['do not answer', 'Start the agent service', 'agents']) expect(card).toContain(part)
    for (const part of ['Something else', 'Less precise']) expect(card).not.toContain(part)
    expect((await world.one()).finding?.ruleId).toBe('agents.all-inactive')
  })

  it('never holds up or loses the alert when it cannot be made', async () => {
    const world = await alertsWorld({
      diagnose: () => {
        throw new Error('broken check')
      },
    })
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    expect(world.port.posts()).toHaveLength(1)
    expect((await world.one()).finding).toBeUndefined()
    expect(await world.alerts.why(1, T0)).toMatchObject({
      kind: 'finding',
      findings: [],
      unchecked: [{ what: 'the cause' }],
    })
  })

  it('is made anew when somebody asks why', async () => {
    let causes: Finding[] = []
    const world = await alertsWorld({ diagnose: () => causes })
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    causes = [finding('agents.all-inactive', 'Known now.')]
    expect(await world.alerts.why(1, T0)).toMatchObject({ findings: [{ cause: ['Known now.'] }] })
    expect(emptySnapshot(T0).agents).toMatchObject({ because: 'notSignedIn' })
  })
})

describe('a paging system', () => {
  it('hears of opening, escalation, acknowledgement and end; its failure disturbs nothing', async () => {
    const heard: string[] = []
    const pager = {
      name: 'test',
      page: async (_incident: unknown, what: string) => {
        heard.push(what)
        return { ok: what !== 'open', code: '500' }
      },
    }
    const world = await alertsWorld({ pagers: [pager] })
    world.sync.setJobs(T0, quarantinedJob(T0))
    await world.tick()
    await world.tick(10 * MINUTE)
    const by = person('Ada')
    await world.alerts.act({ verb: 'acknowledge', incident: 1, person: by, now: world.clock.now })
    await world.alerts.act({
      verb: 'resolve',
      incident: 1,
      reason: 'fixed',
      person: by,
      now: world.clock.now,
    })
    expect(heard).toEqual(['open', 'escalated', 'acked', 'resolved'])
    expect(world.port.posts()).toHaveLength(1)
  })
})
