// The directory audit log: who changed what on the configurations, and quarantines as the service reports them.
import type { Instant } from '../nouns.ts'
import { type Interval, intervalsOf } from './changes.ts'
import { type JobDefinition, jobs, principalOf } from './configurations.ts'
import { lastCycleBefore } from './cycles.ts'
import { faults } from './faults.ts'
import { guid } from './noise.ts'
import { people } from './people.ts'
import { LOG_KEPT } from './provisioning-log.ts'
import { DELETES_HELD, MASS_FAILURES } from './scenarios.ts'
import type { Obj } from './show-job.ts'
import type { World } from './world.ts'

type Line = {
  readonly at: Instant
  readonly job: JobDefinition
  readonly activity: string
  readonly result: 'success' | 'failure'
  readonly detail: string
  readonly code?: string
  /** Object id of a person; the service itself when absent. */
  readonly by?: string
}

function initiator(by: string | undefined): Obj {
  if (by === undefined)
    return {
      user: null,
      app: {
        appId: null,
        displayName: 'Azure AD Cloud Sync',
        servicePrincipalId: null,
        servicePrincipalName: null,
      },
    }
  const person = Object.values(people).find((each) => each.objectId === by)
  return {
    app: null,
    user: {
      id: by,
      displayName: person?.name ?? null,
      userPrincipalName: person?.upn ?? null,
      ipAddress: null,
    },
  }
}

function write(line: Line): Obj {
  const owner = principalOf(line.job.domain)
  const id = guid('audit', line.job.id, line.at, line.activity)
  return {
    id: `Sync_${id}`,
    category: 'ProvisioningManagement',
    correlationId: guid('correlation', id),
    result: line.result,
    resultReason: line.detail,
    activityDisplayName: line.activity,
    activityDateTime: new Date(line.at).toISOString(),
    loggedByService: 'Account Provisioning',
    operationType: '',
    initiatedBy: initiator(line.by),
    targetResources: [
      {
        id: owner.id,
        displayName: owner.displayName,
        type: 'ServicePrincipal',
        userPrincipalName: null,
        groupType: null,
        modifiedProperties: [],
      },
    ],
    additionalDetails: [
      { key: 'Details', value: line.detail },
      { key: 'ErrorCode', value: line.code ?? '' },
      { key: 'EventName', value: line.activity.replaceAll(' ', '') },
      { key: 'JobId', value: line.job.id },
    ],
  }
}

const writeNames = {
  start: 'Enable/start provisioning configuration',
  restart: 'Enable/restart provisioning configuration',
  pause: 'Disable/pause provisioning configuration',
} as const

function writeLines(world: World): readonly Line[] {
  return world.state.changes.flatMap((change): readonly Line[] => {
    if (!('job' in change)) return []
    const job = jobs.find(({ id }) => id === change.job)
    if (!job) return []
    if (change.what === 'provision') {
      const result = change.status === 'Failure' ? 'failure' : 'success'
      return [
        {
          at: change.at,
          job,
          activity: 'User Provisioning',
          result,
          detail: 'Provision on demand',
          by: change.by,
        },
      ]
    }
    const detail = change.resetScope ? `Reset scope: ${change.resetScope}` : ''
    return [
      { at: change.at, job, activity: writeNames[change.what], result: 'success', detail, by: change.by },
    ]
  })
}

function quarantineLines(world: World): readonly Line[] {
  return jobs.flatMap((job) =>
    world.phases[job.key].flatMap((phase, i, all): readonly Line[] => {
      if (phase.mode !== 'quarantine' || !phase.fault || all[i - 1]?.mode === 'quarantine') return []
      const { reason, code, message } = faults[phase.fault]
      return [
        {
          at: phase.from,
          job,
          activity: 'Quarantine',
          result: 'failure',
          detail: `${reason}: ${message}`,
          code,
        },
      ]
    }),
  )
}

/** Somebody narrowed the scope, or changed a mapping, shortly before what followed from it. */
function causeLines(world: World): readonly Line[] {
  const job = jobs[0] as JobDefinition
  const activity = 'Update attribute mappings or scope'
  const by = people.admin.objectId
  const before = (scenario: string, detail: string) =>
    intervalsOf(world.state, scenario).map(({ from }: Interval) => ({
      at: from - 12 * 60_000,
      job,
      activity,
      result: 'success' as const,
      detail,
      by,
    }))
  return [
    ...before(DELETES_HELD, 'Removed OU=Seasonal,DC=contoso,DC=com from the containers in scope'),
    ...before(MASS_FAILURES, 'Added a mapping from extensionAttribute7 to costCentreCode'),
  ]
}

/** The service writes a line per export run now and again; one each two hours is kept here. */
function routineLines(world: World): readonly Line[] {
  const step = 2 * 3600_000
  const first = Math.ceil((world.now - LOG_KEPT) / step)
  const count = Math.floor(world.now / step) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step).flatMap((at) =>
    jobs.flatMap((job): readonly Line[] => {
      const phase = world.phases[job.key].findLast((each) => each.from <= at)
      if (job.kind !== 'provisioning' || phase?.mode !== 'running') return []
      return [{ at, job, activity: 'Export', result: 'success', detail: `Cycle ${lastCycleBefore(job, at)}` }]
    }),
  )
}

/** Newest first. */
export function directoryAudits(world: World): readonly Obj[] {
  return [...writeLines(world), ...quarantineLines(world), ...causeLines(world), ...routineLines(world)]
    .filter(({ at }) => at <= world.now && at > world.now - 30 * 24 * 3600_000)
    .sort((a, b) => b.at - a.at)
    .map(write)
}
