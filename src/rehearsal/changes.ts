// The tenant's only memory: when it was born, and everything that was switched or written since.
import { z } from 'zod'
import type { Instant } from '../nouns.ts'
import { DAY } from '../time.ts'
import { brokenFromTheStart, scenarioOf } from './scenarios.ts'

const changeSchema = z.discriminatedUnion('what', [
  z.object({ what: z.enum(['apply', 'clear']), at: z.number(), scenario: z.string() }),
  z.object({
    what: z.enum(['start', 'pause', 'restart']),
    at: z.number(),
    job: z.string(),
    by: z.string(),
    resetScope: z.string().optional(),
  }),
  z.object({
    what: z.literal('provision'),
    at: z.number(),
    job: z.string(),
    by: z.string(),
    account: z.string(),
    status: z.enum(['Success', 'Skipped', 'Failure']),
    code: z.string().optional(),
  }),
])
const stateSchema = z.object({ version: z.literal(1), born: z.number(), changes: z.array(changeSchema) })

export type Change = z.infer<typeof changeSchema>
export type State = { readonly version: 1; readonly born: Instant; readonly changes: readonly Change[] }
export type Interval = { readonly from: Instant; readonly to: Instant }

export function newState(now: Instant): State {
  return { version: 1, born: now, changes: [] }
}

/** What was saved, or undefined when it is none of ours. */
export function parseState(saved: unknown): State | undefined {
  const parsed = stateSchema.safeParse(saved)
  return parsed.success ? parsed.data : undefined
}

/** A tenant nobody touched is as good as new, so that its quarantine is always of today. */
export function isOutworn(state: State, now: Instant): boolean {
  return state.changes.length === 0 && now - state.born > DAY
}

/** 02:12:30 UTC of the day of birth, of the day before when that has hardly begun: its next cycle ends at 02:14. */
export function onsetOf(born: Instant): Instant {
  const midnight = Math.floor(born / DAY) * DAY
  const onset = midnight + (2 * 60 + 12.5) * 60_000
  return born - onset >= 15 * 60_000 ? onset : onset - DAY
}

/** When a scenario was in force, oldest first; the last interval may be open (`to` infinite). */
export function intervalsOf(state: State, scenario: string): readonly Interval[] {
  const out: Interval[] = []
  let since: Instant | undefined = brokenFromTheStart.includes(scenario) ? onsetOf(state.born) : undefined
  for (const change of state.changes) {
    if ((change.what !== 'apply' && change.what !== 'clear') || change.scenario !== scenario) continue
    if (change.what === 'apply') since ??= change.at
    else if (since !== undefined) {
      out.push({ from: since, to: change.at })
      since = undefined
    }
  }
  if (since !== undefined) out.push({ from: since, to: Number.POSITIVE_INFINITY })
  return out
}

export function isActive(state: State, scenario: string, at: Instant): boolean {
  return intervalsOf(state, scenario).some(({ from, to }) => from <= at && at < to)
}

/** The changes that switch a scenario on or off, its opposite with it; none when it already is so. */
export function switching(state: State, id: string, on: boolean, at: Instant): readonly Change[] {
  const opposite = scenarioOf(id)?.opposite
  const out: Change[] = []
  if (isActive(state, id, at) !== on) out.push({ what: on ? 'apply' : 'clear', at, scenario: id })
  if (opposite !== undefined && isActive(state, opposite, at) === on)
    out.push({ what: on ? 'clear' : 'apply', at, scenario: opposite })
  return out
}
