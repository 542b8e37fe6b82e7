// What can be pressed on an incident's card, by its state. Data is opaque: id and version, never an effect.
import type { Button, Incident } from '../nouns.ts'

type Verb = 'acknowledge' | 'unacknowledge' | 'snooze' | 'resolve' | 'why'

const make: Readonly<Record<Verb, (incident: Incident) => Button>> = {
  acknowledge: (i) => ({ label: 'Acknowledge', verb: 'incident.acknowledge', data: dataOf(i) }),
  unacknowledge: (i) => ({ label: 'Give back', verb: 'incident.unacknowledge', data: dataOf(i) }),
  snooze: (i) => ({
    label: 'Snooze',
    verb: 'incident.snooze',
    data: dataOf(i),
    inputs: [
      {
        id: 'minutes',
        label: 'For how long',
        kind: 'choice',
        required: true,
        choices: [
          { title: '30 minutes', value: '30' },
          { title: '1 hour', value: '60' },
          { title: '4 hours', value: '240' },
          { title: '12 hours', value: '720' },
          { title: '24 hours', value: '1440' },
        ],
      },
    ],
  }),
  resolve: (i) => ({
    label: 'Resolve',
    verb: 'incident.resolve',
    data: dataOf(i),
    inputs: [{ id: 'reason', label: 'Why it is over', kind: 'text', required: true }],
  }),
  why: (i) => ({ label: 'Why?', verb: 'incident.why', data: dataOf(i) }),
}

const dataOf = (incident: Incident) => ({ incident: incident.id, version: incident.version })

const byState: Readonly<Record<Incident['state'], readonly Verb[]>> = {
  pending: [],
  open: ['acknowledge', 'why', 'snooze', 'resolve'],
  acked: ['why', 'unacknowledge', 'snooze', 'resolve'],
  snoozed: ['why', 'resolve'],
  resolved: ['why'],
  closed: [],
}

export function buttonsOf(incident: Incident): readonly Button[] {
  return byState[incident.state].map((verb) => make[verb](incident))
}
