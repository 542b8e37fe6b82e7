// The provisioning log of the past three days, entry by entry the same whenever and wherever it is asked for.
import type { Instant } from '../nouns.ts'
import { HOUR } from '../time.ts'
import type { Account } from './account.ts'
import {
  type Attempt,
  addressConflict,
  createAttempt,
  deleteAttempt,
  failedUpdate,
  faultError,
  outOfScope,
  redundant,
  stagedDelete,
  troubleOf,
  unreachable,
  updateAttempt,
} from './attempt.ts'
import { intervalsOf } from './changes.ts'
import { type JobDefinition, jobOf, jobs, principalOf, provisioningJob } from './configurations.ts'
import { beginOf, endOf, firstCycleAfter, lastCycleBefore } from './cycles.ts'
import { accountOf, inActiveDirectory, isSeasonal, ordinary } from './directory.ts'
import { guid, pick, roll } from './noise.ts'
import { tenantId } from './people.ts'
import { JANE_FIXED, MASS_FAILURES } from './scenarios.ts'
import { MASS_COUNT, type Obj } from './show-job.ts'
import { arrivalOf, holdsOf, presenceOf, type World } from './world.ts'

export const LOG_KEPT = 72 * HOUR

/** One line of the log before it is written out. */
type Line = {
  readonly job: JobDefinition
  readonly at: Instant
  readonly account: Account
  readonly attempt: Attempt
  /** Tells lines of one moment and account apart. */
  readonly mark: string
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

function identity(account: Account, type: string, id: string, known: boolean): Obj {
  return {
    id,
    displayName: known ? account.displayName : '',
    identityType: type,
    details: known
      ? {
          id,
          odatatype: 'User',
          DisplayName: account.displayName,
          UserPrincipalName: account.upn,
          DistinguishedName: account.dn,
        }
      : {},
  }
}

function write({ job, at, account, attempt, mark }: Line): Obj {
  const { error } = attempt
  const owner = principalOf(job.domain)
  const cycle = lastCycleBefore(job, at)
  const succeeded = attempt.status === 'success'
  const inEntra = succeeded || attempt.action === 'update'
  return {
    id: guid('log', job.id, at, account.key, mark),
    activityDateTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
    tenantId,
    jobId: job.id,
    cycleId: guid('cycle', job.id, cycle),
    changeId: guid('change', job.id, at, account.key, mark),
    provisioningAction: attempt.action,
    durationInMilliseconds: 180 + roll(2_400, 'took', account.key, at),
    initiatedBy: { id: '', displayName: 'Azure AD Provisioning Service', initiatorType: 'system' },
    servicePrincipal: { id: owner.id, displayName: owner.displayName },
    sourceSystem: {
      id: guid('system', job.domain),
      displayName: 'Active Directory',
      details: { DomainFQDN: job.domain },
    },
    targetSystem: {
      id: guid('system', 'entra'),
      displayName: 'Azure Active Directory',
      details: { ServicePrincipalId: owner.id, ServicePrincipalDisplayName: owner.displayName },
    },
    sourceIdentity: identity(account, 'user', account.guid, !attempt.sourceOnly),
    targetIdentity: inEntra
      ? identity(account, 'User', account.id, true)
      : { id: '', displayName: '', identityType: attempt.sourceOnly ? '' : 'User', details: {} },
    provisioningStatusInfo: {
      status: attempt.status,
      errorInformation: error
        ? {
            errorCode: error.code,
            reason: error.reason,
            additionalDetails: error.additionalDetails,
            errorCategory: 'nonServiceFailure',
            recommendedAction: error.recommendedAction,
          }
        : null,
    },
    // As in Microsoft's samples, successes spell the type of a step with a capital and failures do not.
    provisioningSteps: attempt.steps.map((step) => ({
      name: step.name,
      provisioningStepType: succeeded ? capital(step.type) : step.type,
      status: step.status,
      description: step.description,
      details: step.details,
    })),
    modifiedProperties: attempt.changes.map(({ property, from, to }) => ({
      displayName: property,
      oldValue: from,
      newValue: to,
    })),
  }
}

const ordinaryChanges: readonly (readonly [property: string, from: string, to: string])[] = [
  ['JobTitle', 'Analyst', 'Senior Analyst'],
  ['Department', 'Sales', 'Finance'],
  ['City', 'Oslo', 'Lyon'],
  ['TelephoneNumber', '', '+47 555 0100'],
  ['LastPasswordChangeTimestamp', '20260101080000.0Z', '20260801080000.0Z'],
]

/** What stands in the way of an account now and again: its hour of the day differs from account to account. */
const recurring: readonly Account[] = inActiveDirectory.filter(
  (each) => each.trouble || each.outOfScope || each.waits === 'conflict',
)

function recurringLine(
  world: World,
  job: JobDefinition,
  cycle: number,
  account: Account,
): Attempt | undefined {
  const every = account.outOfScope ? 180 : 30
  if (cycle % every !== roll(every, 'recurs', account.key)) return undefined
  if (account.outOfScope) return outOfScope(account, account.outOfScope)
  const trouble = troubleOf(account)
  if (trouble) return failedUpdate(account, trouble)
  const freed = intervalsOf(world.state, JANE_FIXED).some(
    ({ from, to }) => from <= beginOf(job, cycle) && beginOf(job, cycle) < to,
  )
  return freed ? undefined : createAttempt(account, addressConflict)
}

function cycleLines(world: World, job: JobDefinition, cycle: number): readonly Line[] {
  const lines: Line[] = []
  const at = (nth: number) => beginOf(job, cycle) + 4_000 + nth * 1_700
  const busy = roll(100, 'busy', job.key, cycle) < (job.domain === 'contoso.com' ? 22 : 9)
  const count = busy ? 1 + roll(2, 'how many', job.key, cycle) : 0
  for (let n = 0; n < count; n++) {
    const account = pick(ordinary(job.domain), 'who', job.key, cycle, n)
    const [property, from, to] = pick(ordinaryChanges, 'what', job.key, cycle, n)
    lines.push({
      job,
      at: at(n),
      account,
      attempt: updateAttempt(account, property, [from, to]),
      mark: 'cycle',
    })
  }
  for (const account of recurring) {
    if (account.domain !== job.domain) continue
    const attempt = recurringLine(world, job, cycle, account)
    if (attempt) lines.push({ job, at: at(4 + lines.length), account, attempt, mark: 'recurring' })
  }
  return lines
}

/** Everything the regular cycles did while the job was running. */
function regularLines(world: World): readonly Line[] {
  const oldest = world.now - LOG_KEPT
  return jobs
    .filter((job) => job.kind === 'provisioning')
    .flatMap((job) =>
      world.phases[job.key].flatMap((phase) => {
        if (phase.mode !== 'running' && phase.mode !== 'entries') return []
        const lines: Line[] = []
        const last = lastCycleBefore(job, phase.to)
        for (let cycle = firstCycleAfter(job, Math.max(phase.from, oldest)); cycle <= last; cycle++)
          lines.push(...cycleLines(world, job, cycle))
        return lines
      }),
    )
}

const contosoJob = jobOf('contoso.provisioning')
const seasonalAccounts = inActiveDirectory.filter(isSeasonal)
const massAccounts = [...ordinary('contoso.com'), ...seasonalAccounts].slice(0, MASS_COUNT)

function heldLines(world: World): readonly Line[] {
  return holdsOf(world).flatMap((hold) =>
    seasonalAccounts.flatMap((account, i) => {
      const staged = {
        job: contosoJob,
        at: hold.stagedAt - 15_000 + i * 20,
        account,
        attempt: stagedDelete(account),
        mark: 'staged',
      }
      if (hold.executedAt === undefined) return [staged]
      const at = hold.executedAt - 15_000 + i * 20
      return [staged, { job: contosoJob, at, account, attempt: deleteAttempt(account), mark: 'executed' }]
    }),
  )
}

/** Failed objects are tried again ever more rarely. */
const massRetries = [0, HOUR, 6 * HOUR, 24 * HOUR] as const

function massLines(world: World): readonly Line[] {
  const error = faultError('brokenMapping')
  return intervalsOf(world.state, MASS_FAILURES).flatMap(({ from, to }) =>
    massRetries.flatMap((wait) => {
      const end = endOf(contosoJob, firstCycleAfter(contosoJob, from - 600_000 + wait))
      if (end > Math.min(to, world.now)) return []
      return massAccounts.map((account, i) => ({
        job: contosoJob,
        at: end - 15_000 + i * 40,
        account,
        attempt: failedUpdate(account, error),
        mark: 'mass',
      }))
    }),
  )
}

function singleLines(world: World): readonly Line[] {
  const onDemand = world.state.changes.flatMap((change): readonly Line[] => {
    if (change.what !== 'provision') return []
    const account = accountOf(change.account)
    const job = jobs.find(({ id }) => id === change.job)
    if (!account || !job) return []
    return [{ job, at: change.at, account, attempt: retell(account, job, change), mark: 'on demand' }]
  })
  const told = new Set(onDemand.map((line) => `${line.at}|${line.account.key}`))
  const moved = inActiveDirectory.flatMap((account): readonly Line[] => {
    if (!account.domain || !(account.waits || account.deletedDaysAgo)) return []
    const job = jobOf(provisioningJob[account.domain])
    const arrived = arrivalOf(world, account)
    const presence = presenceOf(world, account)
    const created = arrived !== undefined && !told.has(`${arrived}|${account.key}`)
    return [
      ...(created
        ? [{ job, at: arrived - 6_000, account, attempt: createAttempt(account), mark: 'arrived' }]
        : []),
      ...(presence.is === 'deleted'
        ? [{ job, at: presence.at, account, attempt: deleteAttempt(account), mark: 'deleted' }]
        : []),
    ]
  })
  return [...onDemand, ...moved]
}

type Provisioned = Extract<World['state']['changes'][number], { what: 'provision' }>

function retell(account: Account, job: JobDefinition, change: Provisioned): Attempt {
  if (change.status === 'Success')
    return account.waits
      ? createAttempt(account)
      : updateAttempt(account, 'DisplayName', ['', account.displayName])
  if (change.status === 'Skipped')
    return change.code === 'RedundantExport'
      ? redundant(account)
      : outOfScope(account, account.outOfScope ?? 'container', true)
  if (change.code === addressConflict.code) return createAttempt(account, addressConflict)
  const trouble = troubleOf(account)
  return trouble && trouble.code === change.code
    ? failedUpdate(account, trouble)
    : unreachable(account, job.domain, 'noActiveAgents')
}

let newest: { readonly world: World; readonly entries: readonly Obj[] } | undefined

/** Newest first. The last answer is kept: pages of one query ask for the same moment. */
export function provisioningLog(world: World): readonly Obj[] {
  if (newest && newest.world.state === world.state && newest.world.now === world.now) return newest.entries
  const oldest = world.now - LOG_KEPT
  const lines = [...regularLines(world), ...heldLines(world), ...massLines(world), ...singleLines(world)]
  const entries = lines
    .filter(({ at }) => at > oldest && at <= world.now)
    .sort((a, b) => b.at - a.at)
    .map(write)
  newest = { world, entries }
  return entries
}
