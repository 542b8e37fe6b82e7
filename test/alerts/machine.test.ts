import { describe, expect, it } from 'vitest'
import { defaultPolicy, type MachineEvent, type Policy, transition } from '../../src/alerts/index.ts'
import type { Incident, IncidentState } from '../../src/nouns.ts'
import { HOUR, MINUTE, observation, person, T0 } from '../support/alerts-builders.ts'

const quick: Policy = { ...defaultPolicy, forPolls: 1 }
const ada = person('Ada')
const bob = person('Bob')

type Moment = { readonly now?: number; readonly policy?: Policy }
const step = (
  incident: Incident | undefined,
  event: MachineEvent,
  { now = T0, policy = quick }: Moment = {},
) => transition(incident, event, { now, policy })
const bad = (changes: Partial<Parameters<typeof observation>[0]> = {}): MachineEvent => ({
  kind: 'bad',
  observation: observation(changes),
})
const good: MachineEvent = { kind: 'good', observation: observation({ state: 'good' }) }
const blindly: MachineEvent = { kind: 'unknown', observation: observation({ state: 'unknown' }) }

/** Plays events from nothing; each at its time after T0. */
function play(...events: readonly (readonly [number, MachineEvent, Policy?])[]): Incident {
  let incident: Incident | undefined
  for (const [after, event, policy] of events)
    incident = step(incident, event, { now: T0 + after, ...(policy ? { policy } : {}) }).incident
  if (!incident) throw new Error('the events left no incident')
  return incident
}

const open = () => play([0, bad()])
const acked = () => play([0, bad()], [MINUTE, { kind: 'acknowledge', by: ada }])
const snoozed = (forMs = HOUR) => play([0, bad()], [MINUTE, { kind: 'snooze', by: ada, forMs }])
const resolved = () => play([0, bad()], [MINUTE, good], [6 * MINUTE, good])
const byHand = () => play([0, bad()], [MINUTE, { kind: 'resolve', by: ada, reason: 'known outage' }])
const told = (result: ReturnType<typeof step>) =>
  result.effects.flatMap((e) => (e.kind === 'announce' || e.kind === 'reply' ? [`${e.kind} ${e.what}`] : []))
const kinds = (result: ReturnType<typeof step>) => result.effects.map((e) => e.kind)

describe('the state machine, row by row', () => {
  it('begins pending with a bad poll and tells nobody', () => {
    const result = step(undefined, bad(), { policy: defaultPolicy })
    expect(result.incident).toMatchObject({ state: 'pending', version: 1, number: 0, firstSeen: T0 })
    expect(result.effects).toEqual([])
  })

  it('opens a quarantine at the first bad poll', () => {
    const result = step(undefined, bad())
    expect(result.incident).toMatchObject({
      state: 'open',
      version: 1,
      step: 1,
      nextStepAt: T0 + 10 * MINUTE,
    })
    expect(kinds(result)).toEqual(['number', 'announce', 'page'])
    expect(result.effects[1]).toEqual({ kind: 'announce', what: 'opened', step: 0 })
  })

  it('opens others at the second bad poll, and not before their time', () => {
    const pending = play([0, bad(), defaultPolicy])
    expect(step(pending, bad(), { now: T0 + MINUTE, policy: defaultPolicy }).incident?.state).toBe('open')
    const slow = { ...defaultPolicy, forMs: 5 * MINUTE }
    const waiting = step(pending, bad(), { now: T0 + MINUTE, policy: slow }).incident
    expect(waiting?.state).toBe('pending')
    expect(step(waiting, bad(), { now: T0 + 5 * MINUTE, policy: slow }).incident?.state).toBe('open')
  })

  it('forgets a pending one at a good poll, without a word', () => {
    const result = step(play([0, bad(), defaultPolicy]), good)
    expect(result).toMatchObject({ incident: undefined, changed: true, effects: [] })
  })

  it('keeps a pending one when a poll fails', () => {
    expect(step(play([0, bad(), defaultPolicy]), blindly).changed).toBe(false)
  })

  it('acknowledges for four hours and stops the escalation', () => {
    const result = step(open(), { kind: 'acknowledge', by: ada }, { now: T0 + MINUTE })
    expect(result.incident).toMatchObject({
      state: 'acked',
      version: 2,
      ownerId: ada.objectId,
      ownerName: 'Ada',
      ackUntil: T0 + MINUTE + 4 * HOUR,
    })
    expect(result.incident?.nextStepAt).toBeUndefined()
    expect(kinds(result)).toEqual(['edit', 'reply', 'page'])
  })

  it.each(['none', 'viewer'] as const)('refuses every event of a %s', (role) => {
    const by = person('Eve', role)
    const events: MachineEvent[] = [
      { kind: 'acknowledge', by },
      { kind: 'unacknowledge', by },
      { kind: 'snooze', by, forMs: HOUR },
      { kind: 'resolve', by, reason: 'x' },
      { kind: 'note', by, text: 'x' },
    ]
    for (const event of events)
      expect(step(open(), event)).toMatchObject({ changed: false, refused: { kind: 'role' }, effects: [] })
  })

  it('takes the next step when it is due and not before', () => {
    expect(step(open(), { kind: 'stepDue' }, { now: T0 + 9 * MINUTE }).changed).toBe(false)
    const result = step(open(), { kind: 'stepDue' }, { now: T0 + 10 * MINUTE })
    expect(result.incident).toMatchObject({ state: 'open', step: 2, nextStepAt: T0 + 20 * MINUTE })
    expect(result.effects[0]).toEqual({ kind: 'announce', what: 'escalated', step: 1 })
  })

  it('runs the chain three times, then turns to the last resort and stops', () => {
    let incident: Incident = open()
    const steps: (number | string)[] = []
    for (let now = T0; !incident.exhausted && now < T0 + 5 * HOUR; now += MINUTE) {
      const result = step(incident, { kind: 'stepDue' }, { now })
      if (!result.incident || !result.changed) continue
      incident = result.incident
      const [effect] = result.effects
      if (effect?.kind === 'announce') steps.push(effect.step ?? effect.what)
    }
    expect(steps).toEqual([1, 2, 0, 1, 2, 0, 1, 2, 'exhausted'])
    expect(incident.nextStepAt).toBeUndefined()
    expect(incident.chainRuns).toBe(3)
  })

  it('takes one late step after an outage, and the next one at its distance', () => {
    const late = T0 + 3 * HOUR
    const result = step(open(), { kind: 'stepDue' }, { now: late })
    expect(result.incident).toMatchObject({ step: 2, nextStepAt: late + 10 * MINUTE })
  })

  it.each([
    ['open', open],
    ['acked', acked],
  ] as const)('snoozes from %s between five minutes and a day', (_name, from) => {
    const result = step(from(), { kind: 'snooze', by: ada, forMs: HOUR }, { now: T0 + 2 * MINUTE })
    expect(result.incident).toMatchObject({ state: 'snoozed', snoozeUntil: T0 + 2 * MINUTE + HOUR })
    expect(result.incident?.nextStepAt).toBeUndefined()
    expect(result.incident?.ackUntil).toBeUndefined()
    for (const forMs of [0, 5 * MINUTE - 1, 24 * HOUR + 1, Number.NaN])
      expect(step(from(), { kind: 'snooze', by: ada, forMs }).refused).toEqual({
        kind: 'invalid',
        why: 'duration',
      })
    for (const forMs of [5 * MINUTE, 24 * HOUR])
      expect(step(from(), { kind: 'snooze', by: ada, forMs }).incident?.state).toBe('snoozed')
  })

  it('opens again when an acknowledgement runs out', () => {
    const now = T0 + MINUTE + 4 * HOUR
    expect(step(acked(), { kind: 'ackExpired' }, { now: now - 1 }).changed).toBe(false)
    const result = step(acked(), { kind: 'ackExpired' }, { now })
    expect(result.incident).toMatchObject({ state: 'open', step: 1, nextStepAt: now + 10 * MINUTE })
    expect(result.incident?.ownerId).toBeUndefined()
    expect(told(result)).toEqual(['announce ackExpired'])
  })

  it('opens again when its owner gives it back', () => {
    const result = step(acked(), { kind: 'unacknowledge', by: ada }, { now: T0 + HOUR })
    expect(result.incident).toMatchObject({ state: 'open', step: 1 })
    expect(told(result)).toEqual(['announce unacknowledged'])
  })

  it('wakes up at the end of a snooze', () => {
    const now = T0 + MINUTE + HOUR
    expect(step(snoozed(), { kind: 'snoozeEnded' }, { now: now - 1 }).changed).toBe(false)
    const result = step(snoozed(), { kind: 'snoozeEnded' }, { now })
    expect(result.incident).toMatchObject({ state: 'open', stale: false, step: 1 })
  })

  it('wakes up as stale when the last poll failed', () => {
    const asleep = step(snoozed(), blindly, { now: T0 + 2 * MINUTE }).incident
    const result = step(asleep, { kind: 'snoozeEnded' }, { now: T0 + MINUTE + HOUR })
    expect(result.incident).toMatchObject({ state: 'open', stale: true })
    expect(told(result)).toEqual(['announce snoozeEnded'])
  })

  it('waits with waking up while a recovery is being proved, but not for ever', () => {
    const end = T0 + MINUTE + HOUR
    const asleep = step(snoozed(), good, { now: end - MINUTE }).incident
    expect(step(asleep, { kind: 'snoozeEnded' }, { now: end }).changed).toBe(false)
    expect(step(asleep, good, { now: end + 4 * MINUTE }).incident?.state).toBe('resolved')
    const late = step(asleep, { kind: 'snoozeEnded' }, { now: end + 10 * MINUTE })
    expect(late.incident).toMatchObject({ state: 'open', stale: true })
  })

  it.each([
    ['open', open, ['reply resolved']],
    ['acked', acked, ['reply resolved']],
    ['snoozed', snoozed, []],
  ] as const)('resolves from %s after two good polls over five minutes', (_name, from, said) => {
    const once = step(from(), good, { now: T0 + 2 * MINUTE }).incident
    expect(once?.state).not.toBe('resolved')
    const early = step(once, good, { now: T0 + 7 * MINUTE - 1 }).incident
    expect(early?.state).not.toBe('resolved')
    const result = step(early, good, { now: T0 + 7 * MINUTE })
    expect(result.incident).toMatchObject({ state: 'resolved', resolvedAt: T0 + 7 * MINUTE })
    expect(told(result)).toEqual(said)
    expect(kinds(result)).toContain('edit')
  })

  it('begins the proof anew after a bad or a failed poll', () => {
    for (const between of [bad(), blindly]) {
      const incident = play([0, bad()], [MINUTE, good], [2 * MINUTE, between], [3 * MINUTE, good])
      expect(step(incident, good, { now: T0 + 7 * MINUTE }).incident?.state).toBe('open')
      expect(step(incident, good, { now: T0 + 8 * MINUTE }).incident?.state).toBe('resolved')
    }
  })

  it.each([
    ['open', open],
    ['acked', acked],
    ['snoozed', snoozed],
  ] as const)('never resolves %s because polls fail; says stale after three', (state, from) => {
    let incident: Incident | undefined = from()
    for (let i = 1; i <= 50; i += 1) {
      const result = step(incident, blindly, { now: T0 + (i + 1) * MINUTE })
      incident = result.incident
      expect(incident?.state).toBe(state)
      expect(incident?.stale).toBe(i >= 3)
      expect(kinds(result)).toEqual(i === 3 ? ['edit'] : [])
    }
    expect(incident?.version).toBe(from().version + 3)
  })

  it.each([
    ['open', () => play([0, bad({ severity: 'warning' })])],
    ['acked', () => play([0, bad({ severity: 'warning' })], [1, { kind: 'acknowledge', by: ada }])],
    ['snoozed', () => play([0, bad({ severity: 'warning' })], [1, { kind: 'snooze', by: ada, forMs: HOUR }])],
  ] as const)('opens from %s when it gets worse', (_name, from) => {
    const result = step(from(), bad({ severity: 'critical' }), { now: T0 + 5 * MINUTE })
    expect(result.incident).toMatchObject({ state: 'open', severity: 'critical', step: 1 })
    expect(told(result)).toEqual(['announce worse'])
  })

  it('does not grow milder by itself', () => {
    expect(step(open(), bad({ severity: 'info' }), { now: T0 + MINUTE }).incident?.severity).toBe('critical')
  })

  it('resolves by hand with a reason, and only with one', () => {
    for (const from of [open(), acked(), snoozed()]) {
      expect(step(from, { kind: 'resolve', by: ada, reason: '  ' }).refused).toEqual({
        kind: 'invalid',
        why: 'reason',
      })
      const result = step(from, { kind: 'resolve', by: ada, reason: 'fixed' }, { now: T0 + 2 * MINUTE })
      expect(result.incident).toMatchObject({
        state: 'resolved',
        manual: true,
        resolvedBy: 'Ada',
        resolvedReason: 'fixed',
      })
    }
  })

  it('reopens within half an hour: same number, next episode', () => {
    const before = { ...resolved(), number: 42 }
    const result = step(before, bad(), { now: T0 + 20 * MINUTE })
    expect(result.incident).toMatchObject({ state: 'open', number: 42, episode: 2, id: before.id })
    expect(told(result)).toEqual(['announce reopened'])
    expect(result.incident?.resolvedAt).toBeUndefined()
  })

  it('reopens one that was resolved by hand only after the cool-down', () => {
    expect(step(byHand(), bad(), { now: T0 + 15 * MINUTE }).changed).toBe(false)
    expect(step(byHand(), bad(), { now: T0 + 16 * MINUTE }).incident).toMatchObject({
      state: 'open',
      episode: 2,
    })
  })

  it('closes after half an hour, and a later bad poll is about a new incident', () => {
    const at = (resolved().resolvedAt ?? 0) + 30 * MINUTE
    expect(step(resolved(), { kind: 'closeDue' }, { now: at - 1 }).changed).toBe(false)
    expect(step(resolved(), { kind: 'closeDue' }, { now: at }).incident).toMatchObject({
      state: 'closed',
      closedAt: at,
    })
    expect(step(resolved(), bad(), { now: at })).toMatchObject({ again: true, incident: { state: 'closed' } })
  })

  it('resolves what is active and forgets what is pending when the job was removed', () => {
    for (const from of [open(), acked(), snoozed()])
      expect(step(from, { kind: 'jobRemoved' }).incident).toMatchObject({
        state: 'resolved',
        resolvedReason: 'job removed',
      })
    expect(step(play([0, bad(), defaultPolicy]), { kind: 'jobRemoved' }).incident).toBeUndefined()
    expect(step(resolved(), { kind: 'jobRemoved' }).changed).toBe(false)
  })

  it('re-notifies only open ones at a change of shift', () => {
    expect(told(step(open(), { kind: 'handover' }))).toEqual(['announce handover'])
    for (const from of [acked(), snoozed(), resolved()])
      expect(step(from, { kind: 'handover' }).changed).toBe(false)
  })

  it('repeats an unacknowledged card every four hours', () => {
    expect(step(open(), { kind: 'repeatDue' }, { now: T0 + 4 * HOUR - 1 }).changed).toBe(false)
    const result = step(open(), { kind: 'repeatDue' }, { now: T0 + 4 * HOUR })
    expect(told(result)).toEqual(['announce repeat'])
    expect(result.incident?.repeatAt).toBe(T0 + 8 * HOUR)
  })

  it('keeps the state while a delivery fails, and says so once', () => {
    const result = step(acked(), { kind: 'deliveryFailed', code: '403' })
    expect(result.incident).toMatchObject({ state: 'acked', deliveryFailed: true })
    expect(step(result.incident, { kind: 'deliveryFailed', code: '403' }).changed).toBe(false)
    expect(step(result.incident, { kind: 'delivered' }).incident?.deliveryFailed).toBe(false)
  })

  it('notes change nothing but the version, in every visible state', () => {
    for (const from of [open(), acked(), snoozed(), resolved()]) {
      const result = step(from, { kind: 'note', by: ada, text: 'called the data centre' })
      expect(result).toMatchObject({
        changed: true,
        effects: [],
        incident: { state: from.state, version: from.version + 1 },
      })
    }
  })
})

describe('people at the same time', () => {
  const events = {
    acknowledge: { kind: 'acknowledge', by: bob },
    unacknowledge: { kind: 'unacknowledge', by: bob },
    snooze: { kind: 'snooze', by: bob, forMs: HOUR },
    resolve: { kind: 'resolve', by: bob, reason: 'fixed' },
  } as const satisfies Record<string, MachineEvent>
  const already: readonly (readonly [IncidentState, () => Incident, keyof typeof events])[] = [
    ['acked', acked, 'acknowledge'],
    ['snoozed', snoozed, 'acknowledge'],
    ['resolved', resolved, 'acknowledge'],
    ['open', open, 'unacknowledge'],
    ['snoozed', snoozed, 'unacknowledge'],
    ['resolved', resolved, 'unacknowledge'],
    ['snoozed', snoozed, 'snooze'],
    ['resolved', resolved, 'snooze'],
    ['resolved', byHand, 'resolve'],
  ]
  it.each(already)('%s: a second word changes nothing (%#: %s)', (_state, from, event) => {
    const before = from()
    expect(step(before, events[event])).toEqual({
      incident: before,
      changed: false,
      effects: [],
      refused: { kind: 'already' },
    })
  })
})

describe('held back by something else', () => {
  const inhibited: Policy = { ...quick, inhibitedBy: 'agents.all_inactive' }

  it('opens silently, with a number, and is told when the inhibitor ends and it is still bad', () => {
    const silent = step(undefined, bad(), { policy: inhibited })
    expect(silent.incident).toMatchObject({ state: 'open', suppressedBy: 'agents.all_inactive' })
    expect(silent.incident?.nextStepAt).toBeUndefined()
    expect(kinds(silent)).toEqual(['number', 'edit'])
    const lifted = step(silent.incident, bad(), { now: T0 + HOUR })
    expect(told(lifted)).toEqual(['announce lifted'])
    expect(lifted.incident).toMatchObject({ state: 'open', step: 1, nextStepAt: T0 + HOUR + 10 * MINUTE })
    expect(lifted.incident?.suppressedBy).toBeUndefined()
  })

  it('resolves without a message when it was never told', () => {
    const silent = play([0, bad(), inhibited], [MINUTE, good, inhibited])
    expect(told(step(silent, good, { now: T0 + 6 * MINUTE }))).toEqual([])
  })

  it('stops the escalation of one that was told before', () => {
    for (const event of [bad(), { kind: 'stepDue' } as const]) {
      const result = step(open(), event, { now: T0 + 10 * MINUTE, policy: inhibited })
      expect(result.incident?.suppressedBy).toBe('agents.all_inactive')
      expect(result.incident?.nextStepAt).toBeUndefined()
      expect(told(result)).toEqual([])
    }
  })

  it('speaks up when nobody can see any more whether it is over', () => {
    const silent = play(
      [0, bad(), inhibited],
      [1, blindly, inhibited],
      [2, blindly, inhibited],
      [3, blindly, inhibited],
    )
    expect(step(silent, blindly, { now: T0 + MINUTE, policy: inhibited }).changed).toBe(false)
    expect(told(step(silent, blindly, { now: T0 + MINUTE }))).toEqual(['announce lifted'])
  })

  it('leaves an owner alone', () => {
    expect(step(acked(), bad(), { now: T0 + 2 * MINUTE, policy: inhibited }).changed).toBe(false)
  })
})

describe('blind', () => {
  const blind: Policy = { ...quick, blind: true }
  it('freezes what observations and closing would do, not people and escalations', () => {
    for (const event of [bad(), good])
      expect(step(open(), event, { now: T0 + HOUR, policy: blind }).changed).toBe(false)
    expect(step(resolved(), { kind: 'closeDue' }, { now: T0 + 3 * HOUR, policy: blind }).changed).toBe(false)
    expect(step(undefined, bad(), { policy: blind }).incident).toBeUndefined()
    expect(step(open(), { kind: 'acknowledge', by: ada }, { policy: blind }).incident?.state).toBe('acked')
    expect(told(step(open(), { kind: 'stepDue' }, { now: T0 + HOUR, policy: blind }))).toEqual([
      'announce escalated',
    ])
    const woken = step(snoozed(), { kind: 'snoozeEnded' }, { now: T0 + 2 * HOUR, policy: blind })
    expect(woken.incident).toMatchObject({ state: 'open', stale: true })
  })
})

describe('quiet hours', () => {
  const until = T0 + 5 * HOUR
  const quiet: Policy = { ...quick, quietUntil: until }
  it('post the card without calling anybody, and escalate when they end', () => {
    const result = step(undefined, bad({ severity: 'warning' }), { policy: quiet })
    expect(result.effects).toContainEqual({ kind: 'announce', what: 'opened' })
    expect(result.incident).toMatchObject({ step: 0, nextStepAt: until })
    const woken = step(result.incident, { kind: 'stepDue' }, { now: until })
    expect(woken.effects[0]).toEqual({ kind: 'announce', what: 'escalated', step: 0 })
  })

  it('move a step that would fall into them', () => {
    const before = play([0, bad({ severity: 'warning' })])
    const result = step(before, { kind: 'stepDue' }, { now: T0 + 10 * MINUTE, policy: quiet })
    expect(result.effects).toEqual([])
    expect(result.incident).toMatchObject({ nextStepAt: until, step: 1 })
  })

  it('do not hold back what is critical', () => {
    const result = step(undefined, bad(), { policy: quiet })
    expect(result.incident?.nextStepAt).toBe(T0 + 10 * MINUTE)
    expect(result.effects).toContainEqual({ kind: 'announce', what: 'opened', step: 0 })
  })
})

describe('flapping', () => {
  function flip(times: number) {
    let incident: Incident | undefined
    const said: string[] = []
    for (let i = 0; i < times; i += 1) {
      const result = step(incident, i % 2 === 0 ? bad() : good, { now: T0 + i * MINUTE })
      incident = result.incident
      said.push(...told(result))
    }
    if (!incident) throw new Error('no incident')
    return { incident, said }
  }

  it('is noticed at the fourth change within an hour, and held to the pace of an hour', () => {
    expect(flip(6).incident.flapping).toBe(false)
    const { incident, said } = flip(7)
    expect(incident).toMatchObject({ flapping: true, nextStepAt: T0 + 6 * MINUTE + HOUR })
    expect(said).toEqual(['announce opened', 'reply flapping'])
  })

  it('needs three times the proof to resolve', () => {
    const { incident } = flip(7)
    const once = step(incident, good, { now: T0 + 7 * MINUTE }).incident
    expect(step(once, good, { now: T0 + 13 * MINUTE }).incident?.state).toBe('open')
    const result = step(once, good, { now: T0 + 22 * MINUTE })
    expect(result.incident?.state).toBe('resolved')
    expect(told(result)).toEqual([])
  })

  it('reopens silently, keeping the hour of the escalation', () => {
    const { incident } = flip(7)
    const well = play([0, bad()])
    expect(well.flapping).toBe(false)
    const once = step(incident, good, { now: T0 + 7 * MINUTE }).incident
    const over = step(once, good, { now: T0 + 22 * MINUTE }).incident
    const again = step(over, bad(), { now: T0 + 25 * MINUTE })
    expect(told(again)).toEqual([])
    expect(again.incident).toMatchObject({ state: 'open', flapping: true, nextStepAt: T0 + 66 * MINUTE })
  })

  it('is over after an hour without a change', () => {
    const { incident } = flip(7)
    const result = step(incident, { kind: 'repeatDue' }, { now: T0 + 67 * MINUTE })
    expect(result.incident).toMatchObject({ flapping: false, changes: [] })
    expect(result.incident?.nextStepAt).toBeGreaterThan(0)
  })
})
