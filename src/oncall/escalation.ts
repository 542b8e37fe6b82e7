// The escalation chain: whom a step reaches, resolved when the step is due and not when the incident opened.
import type { Fact, Instant, OnCallPerson } from '../nouns.ts'
import { known, unknown } from '../nouns.ts'
import type { OnCallSource } from '../ports.ts'
import { defaultChain, type EscalationStep, type Roster } from './roster.ts'
import { type Gap, gaps, nextShift, whoIsOnCall } from './who.ts'

export type OnCall = OnCallSource & {
  readonly zone: string
  readonly chain: readonly EscalationStep[]
  /** Conversation id of the last resort. */
  readonly fallback?: string
  /** Without a roster there is no schedule that could have a gap. */
  readonly configured: boolean
  gaps(now: Instant, days?: number): readonly Gap[]
}

/** ROSTER_FILE as a source; without one every question is answered "not configured". */
export function createOnCall(roster: Roster | undefined): OnCall {
  const source = 'roster file'
  if (!roster)
    return {
      name: 'none',
      zone: 'UTC',
      chain: defaultChain,
      configured: false,
      now: async () => unknown('notConfigured', source),
      next: async () => unknown('notConfigured', source),
      gaps: () => [],
    }
  return {
    name: source,
    zone: roster.zone,
    chain: roster.escalation,
    configured: true,
    ...(roster.fallback === undefined ? {} : { fallback: roster.fallback }),
    now: async (time) => known(whoIsOnCall(roster, time), time, source),
    next: async (time) => known(nextShift(roster, time), time, source),
    gaps: (now, days) => gaps(roster, now, days),
  }
}

export type StepTarget = {
  readonly people: readonly OnCallPerson[]
  /** The card must also reach the fallback place: the step says so, or it found nobody. */
  readonly fallback: boolean
}

/** Whom a step reaches. An empty or unreadable schedule never ends in silence: it falls back. */
export async function resolveStep(
  step: EscalationStep,
  source: OnCallSource,
  now: Instant,
): Promise<StepTarget> {
  if (step.who === 'person') return { people: [step.person], fallback: false }
  if (step.who === 'fallback') return { people: [], fallback: true }
  const people: Fact<readonly OnCallPerson[]> =
    step.who === 'onCall' ? await source.now(now) : await nextPeople(source, now)
  return people.known && people.value.length > 0
    ? { people: people.value, fallback: false }
    : { people: [], fallback: true }
}

async function nextPeople(source: OnCallSource, now: Instant): Promise<Fact<readonly OnCallPerson[]>> {
  const next = await source.next(now)
  return next.known ? known(next.value?.people ?? [], next.asOf, next.source) : next
}
