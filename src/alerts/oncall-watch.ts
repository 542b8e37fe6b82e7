// Watches the roster: a gap is an incident, a change of shift re-notifies what is open and has no owner.
import type { Instant, Observation } from '../nouns.ts'
import { prose } from '../nouns.ts'
import { HOUR } from '../time.ts'
import { apply, type ChangeDeps } from './change.ts'

const ON_CALL = 'alerts.onCall'

function gapObservation(deps: ChangeDeps, now: Instant): Observation {
  const rule = deps.rules['oncall.gap']
  const horizon = now + (rule.thresholds.hours ?? 24) * HOUR
  const gap = deps.oncall.gaps(now).find(({ from }) => from <= horizon)
  return {
    ruleId: rule.id,
    tenantId: deps.tenantId,
    subject: 'roster',
    state: gap ? 'bad' : 'good',
    severity: rule.severity,
    asOf: now,
    title: gap && gap.from > now ? ['Soon nobody is on call'] : ['Nobody is on call'],
    facts: gap
      ? [
          {
            name: 'Gap',
            value: prose`${{ at: gap.from }} to ${{ at: gap.to }}`,
            asOf: now,
            source: deps.oncall.name,
          },
        ]
      : [],
  }
}

async function handOver(deps: ChangeDeps, now: Instant): Promise<void> {
  const current = await deps.oncall.now(now)
  if (!current.known) return
  const ids = current.value.map((person) => person.objectId).sort()
  const before = await deps.store.settings.get(deps.tenantId, ON_CALL)
  const names = ids.join(' ')
  if (before === names) return
  // Nobody is no hand-over: there is no one to tell, and the gap has an incident of its own.
  if (typeof before === 'string' && ids.length > 0)
    for (const incident of await deps.store.incidents.list(deps.tenantId, ['open']))
      await apply(deps, { target: { incidentId: incident.id }, event: { kind: 'handover' }, now })
  await deps.store.transaction(async (r) => {
    await deps.fence(r)
    await r.settings.put(deps.tenantId, ON_CALL, names)
  })
}

export async function watchRoster(deps: ChangeDeps, now: Instant): Promise<void> {
  if (!deps.oncall.configured) return
  if (deps.rules['oncall.gap'].enabled) {
    const observation = gapObservation(deps, now)
    await apply(deps, {
      target: { observation },
      event: { kind: observation.state as 'good' | 'bad', observation },
      now,
    })
  }
  await handOver(deps, now)
}
