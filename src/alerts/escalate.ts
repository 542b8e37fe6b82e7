// Timers of incidents: escalation steps, ends of acknowledgements and snoozes, repeats, closing.
import type { Incident, Instant } from '../nouns.ts'
import { MINUTE } from '../time.ts'
import { apply, type ChangeDeps } from './change.ts'
import type { MachineEvent } from './events.ts'

type Timer = Extract<
  MachineEvent['kind'],
  'ackExpired' | 'snoozeEnded' | 'stepDue' | 'repeatDue' | 'closeDue'
>

const REOPEN_MS = 30 * MINUTE
const over = (time: Instant | undefined, now: Instant) => time !== undefined && time <= now

/** The timers of an incident that have run out, most pressing first. */
export function dueTimers(incident: Incident, now: Instant): readonly Timer[] {
  const timers: Timer[] = []
  if (incident.state === 'open' && over(incident.nextStepAt, now)) timers.push('stepDue')
  if (incident.state === 'acked' && over(incident.ackUntil, now)) timers.push('ackExpired')
  if (incident.state === 'snoozed' && over(incident.snoozeUntil, now)) timers.push('snoozeEnded')
  if (incident.state === 'resolved' && over((incident.resolvedAt ?? now) + REOPEN_MS, now))
    timers.push('closeDue')
  if ((incident.state === 'open' || incident.state === 'acked') && over(incident.repeatAt, now))
    timers.push('repeatDue')
  return timers
}

/** Fires what is due. One timer of an incident per round: a step that was late is taken, not skipped. */
export async function fireTimers(deps: ChangeDeps, now: Instant): Promise<void> {
  const incidents = (await deps.store.incidents.due(now)).filter((i) => i.tenantId === deps.tenantId)
  const overdue = incidents.map((i) => (i.state === 'open' ? now - (i.nextStepAt ?? now) : 0))
  deps.telemetry.metrics.set('escalation_overdue_seconds', Math.max(0, ...overdue) / 1000)
  for (const incident of incidents) {
    const [kind] = dueTimers(incident, now)
    if (kind) await apply(deps, { target: { incidentId: incident.id }, event: { kind }, now })
  }
}
