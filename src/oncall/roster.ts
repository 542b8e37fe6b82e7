// ROSTER_FILE: who is on call, who is told when nobody answers, and where to go when nobody is left.
import { parse } from 'yaml'
import { z } from 'zod'
import type { OnCallPerson } from '../nouns.ts'
import { isZone } from './zoned-time.ts'

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const dayName = z.enum(days)
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM')
const date = z.iso.date()
const localDateTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, 'expected YYYY-MM-DDTHH:MM')

const weekly = z.strictObject({
  /** First day of the rotation: people[0] starts in this week. */
  from: date,
  startDay: dayName,
  startTime: clockTime,
  /** When the shift of a week ends; without it the shift lasts until the next one starts. */
  endDay: dayName.optional(),
  endTime: clockTime.optional(),
  people: z.array(z.string()).min(1),
})

const shift = z.union([
  z.strictObject({ weekly }),
  z.strictObject({ person: z.string(), from: localDateTime, to: localDateTime }),
])

const step = z.union([
  z.strictObject({
    who: z.enum(['onCall', 'nextOnCall', 'fallback']),
    afterMinutes: z.number().min(0).max(1440).default(10),
  }),
  z.strictObject({ person: z.string(), afterMinutes: z.number().min(0).max(1440).default(10) }),
])

const schema = z.strictObject({
  zone: z.string().refine(isZone, 'not an IANA time zone'),
  people: z.array(z.strictObject({ id: z.string().min(1), name: z.string().min(1) })).min(1),
  shifts: z.array(shift),
  escalation: z.array(step).min(1).max(20).optional(),
  /** Conversation id of the place that is told when nobody else is left. */
  fallback: z.string().optional(),
})

type RosterFile = z.infer<typeof schema>

export type WeeklyShift = {
  readonly kind: 'weekly'
  readonly from: string
  /** 0 is Monday. */
  readonly startDay: number
  readonly startTime: string
  readonly endDay?: number
  readonly endTime?: string
  readonly people: readonly OnCallPerson[]
}
export type FixedShift = {
  readonly kind: 'fixed'
  readonly person: OnCallPerson
  readonly from: string
  readonly to: string
}

export type EscalationStep =
  | { readonly who: 'onCall' | 'nextOnCall' | 'fallback'; readonly afterMinutes: number }
  | { readonly who: 'person'; readonly person: OnCallPerson; readonly afterMinutes: number }

export type Roster = {
  readonly zone: string
  readonly people: readonly OnCallPerson[]
  /** A fixed shift stands in for the weekly ones while it lasts. */
  readonly shifts: readonly (WeeklyShift | FixedShift)[]
  readonly escalation: readonly EscalationStep[]
  readonly fallback?: string
}

export type RosterResult =
  | { readonly ok: true; readonly roster: Roster }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Used without ROSTER_FILE and by rosters that name no chain. */
export const defaultChain: readonly EscalationStep[] = [
  { who: 'onCall', afterMinutes: 0 },
  { who: 'nextOnCall', afterMinutes: 10 },
  { who: 'fallback', afterMinutes: 10 },
]

function referenceProblems(file: RosterFile): string[] {
  const ids = new Set(file.people.map((person) => person.id))
  const problems: string[] = []
  const need = (id: string, where: string) => {
    if (!ids.has(id)) problems.push(`${where}: person "${id}" is not listed under people`)
  }
  if (ids.size !== file.people.length) problems.push('people: an id is listed twice')
  file.shifts.forEach((entry, i) => {
    const where = `shifts.${i}`
    if ('person' in entry) {
      need(entry.person, where)
      if (entry.to <= entry.from) problems.push(`${where}: ends before it starts`)
    } else {
      for (const id of entry.weekly.people) need(id, `${where}.weekly`)
      if ((entry.weekly.endDay === undefined) !== (entry.weekly.endTime === undefined))
        problems.push(`${where}.weekly: endDay and endTime belong together`)
    }
  })
  file.escalation?.forEach((entry, i) => {
    if ('person' in entry) need(entry.person, `escalation.${i}`)
  })
  return problems
}

function toRoster(file: RosterFile): Roster {
  const byId = new Map(file.people.map(({ id, name }) => [id, { objectId: id, name }]))
  const find = (id: string): OnCallPerson => byId.get(id) ?? { objectId: id, name: id }
  const shifts = file.shifts.map((entry): WeeklyShift | FixedShift => {
    if ('person' in entry)
      return { kind: 'fixed', person: find(entry.person), from: entry.from, to: entry.to }
    const { from, startDay, startTime, endDay, endTime, people } = entry.weekly
    return {
      kind: 'weekly',
      from,
      startDay: days.indexOf(startDay),
      startTime,
      ...(endDay && endTime ? { endDay: days.indexOf(endDay), endTime } : {}),
      people: people.map(find),
    }
  })
  const escalation = file.escalation?.map(
    (entry): EscalationStep =>
      'person' in entry
        ? { who: 'person', person: find(entry.person), afterMinutes: entry.afterMinutes }
        : entry,
  )
  return {
    zone: file.zone,
    people: [...byId.values()],
    shifts,
    escalation: escalation ?? defaultChain,
    ...(file.fallback === undefined ? {} : { fallback: file.fallback }),
  }
}

/** Reads ROSTER_FILE's text. All problems are listed at once. */
export function parseRoster(yaml: string): RosterResult {
  let raw: unknown
  try {
    raw = parse(yaml)
  } catch (error) {
    return { ok: false, problems: [`not YAML: ${error instanceof Error ? error.message : 'unreadable'}`] }
  }
  const result = schema.safeParse(raw)
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`)
    return { ok: false, problems }
  }
  const problems = referenceProblems(result.data)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, roster: toRoster(result.data) }
}
