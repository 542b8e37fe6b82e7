// A roster for the rehearsal tenant: two people who take turns by the week, and a third as last person.

import { MedicError } from '../errors.ts'
import { parseRoster, type Roster } from './roster.ts'

type SamplePerson = { readonly id: string; readonly name: string }

/** YAML as it would stand in ROSTER_FILE; ids are those of people the tenant knows. */
export function sampleRosterFile(people: {
  readonly first: SamplePerson
  readonly second: SamplePerson
  readonly lead: SamplePerson
  readonly fallback?: string
}): string {
  const quote = (text: string) => JSON.stringify(text)
  const { first, second, lead, fallback } = people
  return [
    'zone: Europe/Berlin',
    'people:',
    ...[first, second, lead].map((p) => `  - { id: ${quote(p.id)}, name: ${quote(p.name)} }`),
    'shifts:',
    '  - weekly:',
    '      from: 2026-01-05',
    '      startDay: monday',
    '      startTime: "09:00"',
    `      people: [${quote(first.id)}, ${quote(second.id)}]`,
    'escalation:',
    '  - { who: onCall, afterMinutes: 0 }',
    '  - { who: nextOnCall, afterMinutes: 10 }',
    `  - { person: ${quote(lead.id)}, afterMinutes: 10 }`,
    '  - { who: fallback, afterMinutes: 10 }',
    ...(fallback === undefined ? [] : [`fallback: ${quote(fallback)}`]),
    '',
  ].join('\n')
}

export function sampleRoster(people: Parameters<typeof sampleRosterFile>[0]): Roster {
  const result = parseRoster(sampleRosterFile(people))
  if (!result.ok) throw new MedicError('SM_CONFIG_INVALID', { problems: result.problems.join('; ') })
  return result.roster
}
