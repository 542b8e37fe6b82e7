// A reference model of an incident's life, and a runner that plays random histories against the machine and it.
// The suite runs a few thousand; `npm run chaos` imports `playHistories` and runs many more.
import fc from 'fast-check'
import {
  defaultPolicy,
  type MachineEvent,
  type Policy,
  type Step,
  transition,
} from '../../src/alerts/index.ts'
import type { Incident, IncidentState } from '../../src/nouns.ts'
import { HOUR, MINUTE, observation, person, T0 } from './alerts-builders.ts'

type Severity = 'info' | 'warning' | 'critical'
const rank = { info: 0, warning: 1, critical: 2 }

type Word =
  | { kind: 'bad'; severity: Severity }
  | { kind: 'good' | 'unknown' | 'jobRemoved' | 'handover' | 'delivered' | 'deliveryFailed' }
  | { kind: 'acknowledge' | 'unacknowledge' | 'note' | 'resolve'; operator: boolean; empty: boolean }
  | { kind: 'snooze'; operator: boolean; minutes: number }
  | { kind: 'stepDue' | 'ackExpired' | 'snoozeEnded' | 'repeatDue' | 'closeDue' }

export type Turn = {
  readonly afterMinutes: number
  readonly word: Word
  readonly inhibited: boolean
  readonly blind: boolean
}

/** The life of one fingerprint as the specification tells it: state and flags only, no timers of escalation. */
class ReferenceModel {
  state: IncidentState | 'none' = 'none'
  severity: Severity = 'info'
  stale = false
  held = false
  flapping = false
  flips: number[] = []
  goods = 0
  goodSince = 0
  fails = 0
  bads = 0
  resolvedAt = 0
  byHand = false
  until = 0
  readonly polls: number

  constructor(polls: number) {
    this.polls = polls
  }

  get active() {
    return this.state === 'open' || this.state === 'acked' || this.state === 'snoozed'
  }

  private flip(now: number) {
    this.flips = [...this.flips.filter((t) => now - t < HOUR), now]
    if (this.flips.length >= 4) this.flapping = true
  }

  private open(inhibited: boolean) {
    this.state = 'open'
    this.held = inhibited
  }

  private resolve(now: number, byHand: boolean) {
    this.flip(now)
    Object.assign(this, {
      state: 'resolved',
      resolvedAt: now,
      byHand,
      stale: false,
      held: false,
      goods: 0,
      fails: 0,
    })
  }

  private bad(now: number, severity: Severity, inhibited: boolean) {
    if (this.state === 'resolved' && now - this.resolvedAt >= 30 * MINUTE) this.reset()
    if (this.state === 'none' || this.state === 'closed') Object.assign(this, { state: 'pending', bads: 0 })
    if (this.state === 'pending') {
      this.bads += 1
      this.severity = this.bads === 1 ? severity : this.severity
      if (this.bads < this.polls) return
      this.flip(now)
      return this.open(inhibited)
    }
    if (this.state === 'resolved') {
      if (this.byHand && now - this.resolvedAt < 15 * MINUTE) return
      this.flip(now)
      this.severity = severity
      return this.open(inhibited)
    }
    if (this.goods > 0) this.flip(now)
    Object.assign(this, { goods: 0, fails: 0, stale: false })
    const worse = rank[severity] > rank[this.severity]
    if (worse) this.severity = severity
    if (worse) this.open(inhibited)
    else if (this.state === 'open') this.held = inhibited
  }

  private good(now: number) {
    if (this.state === 'pending') return this.reset()
    if (!this.active) return
    if (this.goods === 0) this.goodSince = now
    Object.assign(this, { goods: this.goods + 1, fails: 0, stale: false })
    if (this.goods >= 2 && now - this.goodSince >= 5 * MINUTE * (this.flapping ? 3 : 1))
      this.resolve(now, false)
  }

  private unknown(inhibited: boolean, blind: boolean) {
    if (!this.active) return
    if (this.stale && this.fails >= 3) {
      if (this.held && !inhibited && !blind) this.held = false
      return
    }
    Object.assign(this, { goods: 0, fails: Math.min(3, this.fails + 1) })
    this.stale = this.fails >= 3
  }

  /** The recovery under way may prove itself before an ended silence is broken. */
  private patient(now: number, blind: boolean) {
    return this.goods > 0 && !blind && now < this.until + 10 * MINUTE * (this.flapping ? 3 : 1)
  }

  reset() {
    const fresh = new ReferenceModel(this.polls)
    Object.assign(this, fresh)
  }

  next({ word, inhibited, blind }: Turn, now: number) {
    if ('operator' in word && !word.operator) return
    if (blind && (word.kind === 'bad' || word.kind === 'good' || word.kind === 'closeDue')) return
    switch (word.kind) {
      case 'bad':
        return this.bad(now, word.severity, inhibited)
      case 'good':
        return this.good(now)
      case 'unknown':
        return this.unknown(inhibited, blind)
      case 'acknowledge':
        if (this.state === 'open') Object.assign(this, { state: 'acked', held: false, until: now + 4 * HOUR })
        return
      case 'unacknowledge':
        if (this.state === 'acked') this.open(inhibited)
        return
      case 'snooze': {
        const allowed = word.minutes >= 5 && word.minutes <= 1440
        if (allowed && (this.state === 'open' || this.state === 'acked'))
          Object.assign(this, { state: 'snoozed', held: false, until: now + word.minutes * MINUTE })
        return
      }
      case 'resolve':
        if (this.active && !word.empty) this.resolve(now, true)
        return
      case 'jobRemoved':
        if (this.state === 'pending') this.reset()
        else if (this.active) this.resolve(now, false)
        return
      case 'ackExpired':
        if (this.state === 'acked' && now >= this.until && !this.patient(now, blind)) this.open(inhibited)
        return
      case 'snoozeEnded':
        if (this.state !== 'snoozed' || now < this.until || this.patient(now, blind)) return
        this.stale = this.stale || this.fails > 0 || this.goods > 0 || blind
        return this.open(inhibited)
      case 'closeDue':
        if (this.state === 'resolved' && now - this.resolvedAt >= 30 * MINUTE) this.reset()
        return
      default:
        return
    }
  }
}

function eventOf(word: Word): MachineEvent {
  const by = person('Ada', 'operator' in word && !word.operator ? 'viewer' : 'operator')
  switch (word.kind) {
    case 'bad':
      return { kind: 'bad', observation: observation({ severity: word.severity }) }
    case 'good':
    case 'unknown':
      return { kind: word.kind, observation: observation({ state: word.kind }) }
    case 'snooze':
      return { kind: 'snooze', by, forMs: word.minutes * MINUTE }
    case 'resolve':
      return { kind: 'resolve', by, reason: word.empty ? ' ' : 'fixed' }
    case 'note':
      return { kind: 'note', by, text: word.empty ? '' : 'looked at it' }
    case 'acknowledge':
    case 'unacknowledge':
      return { kind: word.kind, by }
    case 'deliveryFailed':
      return { kind: 'deliveryFailed', code: '403' }
    default:
      return { kind: word.kind }
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

/** What holds for every step, whatever the specification's details. */
function checkStep(before: Incident | undefined, step: Step, word: Word): void {
  const { incident, effects, changed } = step
  const told = effects.filter((e) => e.kind === 'announce' || e.kind === 'reply' || e.kind === 'page')
  must(changed || told.length === 0, 'a notification without a change')
  must(changed || incident === before, 'unchanged, but not the same')
  if (!incident) return
  if (changed) must(incident.version === (before?.version ?? 0) + 1, 'the version rises by one')
  must(told.filter((e) => e.kind !== 'page').length <= 1, 'one event notifies once')
  const waits =
    Number.isFinite(incident.nextStepAt) || incident.exhausted || incident.suppressedBy !== undefined
  if (incident.state === 'open') must(waits, 'an open incident without a next step')
  if (incident.state === 'acked') must(Number.isFinite(incident.ackUntil), 'acknowledged without an end')
  if (incident.state === 'snoozed') must(Number.isFinite(incident.snoozeUntil), 'snoozed without an end')
  if (incident.state !== 'open') must(incident.suppressedBy === undefined, 'held back, but not open')
  if (incident.state === 'resolved' && before?.state !== 'resolved')
    must(['good', 'resolve', 'jobRemoved'].includes(word.kind), `resolved by ${word.kind}`)
  if (before && before.state !== incident.state && word.kind === 'unknown')
    throw new Error('a failed poll changed the state')
  if (before?.suppressedBy !== undefined && incident.suppressedBy !== undefined)
    must(told.length === 0, 'held back, but told')
}

/** Plays one history against both; throws where they part or an invariant breaks. */
export function playHistory(history: readonly Turn[], polls: number): void {
  const model = new ReferenceModel(polls)
  const all = new Map<string, Incident>()
  let now = T0
  let live: Incident | undefined
  for (const turn of history) {
    now += turn.afterMinutes * MINUTE
    const policy: Policy = {
      ...defaultPolicy,
      forPolls: polls,
      blind: turn.blind,
      ...(turn.inhibited ? { inhibitedBy: 'agents.all_inactive' } : {}),
    }
    let step = transition(live, eventOf(turn.word), { now, policy })
    checkStep(live, step, turn.word)
    if (step.incident) all.set(step.incident.id, step.incident)
    else if (live) all.delete(live.id)
    if (step.again) {
      step = transition(undefined, eventOf(turn.word), { now, policy })
      checkStep(undefined, step, turn.word)
      if (step.incident) all.set(step.incident.id, step.incident)
    }
    live = step.incident?.state === 'closed' ? undefined : step.incident
    model.next(turn, now)
    must([...all.values()].filter((i) => i.state !== 'closed').length <= 1, 'two live incidents')
    must((live?.state ?? 'none') === model.state, `${live?.state ?? 'none'}, expected ${model.state}`)
    if (!live || live.state === 'pending') continue
    must(live.stale === model.stale, `stale ${live.stale}`)
    // The model knows no escalation timers; one that is due meets the inhibitor too.
    const timer = turn.word.kind === 'stepDue' || turn.word.kind === 'repeatDue'
    if (timer && turn.inhibited && live.suppressedBy !== undefined) model.held = true
    must((live.suppressedBy !== undefined) === model.held, `held back: ${live.suppressedBy}`)
    must(live.severity === model.severity, `severity ${live.severity}, expected ${model.severity}`)
    // The machine may call it calm at a timer the model does not know; it must never flap unnoticed.
    if (live.flapping !== model.flapping) {
      must(turn.word.kind === 'repeatDue' && model.flapping, `flapping ${live.flapping}`)
      Object.assign(model, { flapping: false, flips: [] })
    }
  }
}

const word: fc.Arbitrary<Word> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('bad' as const),
      severity: fc.constantFrom('info' as const, 'warning' as const, 'critical' as const),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('good' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'unknown' as const,
        'jobRemoved' as const,
        'handover' as const,
        'delivered' as const,
        'deliveryFailed' as const,
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'acknowledge' as const,
        'unacknowledge' as const,
        'note' as const,
        'resolve' as const,
      ),
      operator: fc.boolean(),
      empty: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('snooze' as const),
      operator: fc.boolean(),
      minutes: fc.constantFrom(4, 5, 60, 1440, 1441),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'stepDue' as const,
        'ackExpired' as const,
        'snoozeEnded' as const,
        'repeatDue' as const,
        'closeDue' as const,
      ),
    }),
  },
)

const turn: fc.Arbitrary<Turn> = fc.record({
  afterMinutes: fc.constantFrom(0, 1, 1, 1, 2, 4, 5, 10, 15, 29, 30, 60, 240),
  word,
  inhibited: fc.boolean(),
  blind: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})

/** Random histories of up to 60 events; throws with the seed and the shortest history that fails. */
export function playHistories(options: { readonly runs: number; readonly seed?: number }): void {
  const property = fc.property(
    fc.array(turn, { maxLength: 60, size: 'max' }),
    fc.constantFrom(1, 2),
    (history, polls) => playHistory(history, polls),
  )
  fc.assert(property, {
    numRuns: options.runs,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
}
