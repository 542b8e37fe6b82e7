// provisionOnDemand: a real attempt for one account, told in both shapes that are documented for its answer.
import { z } from 'zod'
import type { Instant, Json } from '../nouns.ts'
import type { Account } from './account.ts'
import {
  type Attempt,
  addressConflict,
  createAttempt,
  failedUpdate,
  outOfScope,
  redundant,
  troubleOf,
  unreachable,
} from './attempt.ts'
import { type Change, isActive } from './changes.ts'
import { groupsInScope, type JobDefinition } from './configurations.ts'
import { accountByDn, isInContainers } from './directory.ts'
import { badRequest } from './graph-error.ts'
import { guid } from './noise.ts'
import { JANE_FIXED } from './scenarios.ts'
import { type Obj, stamp } from './show-job.ts'
import { agentsInactive, containersOf, presenceOf, type World } from './world.ts'

const bodySchema = z.object({
  parameters: z
    .array(
      z.object({
        ruleId: z.string(),
        subjects: z.array(z.object({ objectId: z.string().min(1), objectTypeName: z.string() })).length(1),
      }),
    )
    .length(1),
})

type Request = { readonly ruleId: string; readonly dn: string; readonly type: string }

function readBody(body: Json | undefined): Request {
  const parsed = bodySchema.safeParse(body)
  const parameter = parsed.success ? parsed.data.parameters[0] : undefined
  const subject = parameter?.subjects[0]
  if (!parameter || !subject)
    throw badRequest(
      'The request needs one parameter with a ruleId and one subject.',
      'RequestParameterInvalid',
    )
  return { ruleId: parameter.ruleId, dn: subject.objectId, type: subject.objectTypeName }
}

function attemptFor(world: World, job: JobDefinition, account: Account): Attempt {
  if (agentsInactive(world, job.domain)) return unreachable(account, job.domain, 'noActiveAgents')
  if (account.outOfScope) return outOfScope(account, account.outOfScope, true)
  const containers = containersOf(world, job.domain)
  if (groupsInScope[job.domain].length === 0 && !isInContainers(account, containers))
    return outOfScope(account, 'container', true)
  if (account.waits === 'conflict' && !isActive(world.state, JANE_FIXED, world.now))
    return createAttempt(account, addressConflict)
  const trouble = troubleOf(account)
  if (trouble) return failedUpdate(account, trouble)
  return presenceOf(world, account).is === 'there' ? redundant(account) : createAttempt(account)
}

function unknownObject(dn: string): Attempt {
  return {
    action: 'other',
    status: 'failure',
    // What the service calls this is not documented; the code is this tenant's own.
    error: {
      code: 'ObjectNotFound',
      reason: 'No object with this distinguished name was found in Active Directory.',
      additionalDetails: null,
      recommendedAction: null,
    },
    steps: [
      {
        name: 'EntryImport',
        type: 'import',
        status: 'failure',
        description: `Nothing was received for '${dn}'`,
        details: {},
      },
    ],
    changes: [],
  }
}

const capital = <T extends string>(text: T) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}` as Capitalize<T>

function decoded(attempt: Attempt, account: Account | undefined, at: Instant): Obj {
  const { error } = attempt
  const exported = attempt.status === 'success'
  return {
    action: capital(attempt.action),
    changeId: guid('on demand', account?.key ?? '', at),
    startTime: stamp(at),
    endTime: stamp(at + 1_400),
    reportableIdentifier: account?.upn ?? '',
    provisioningSteps: attempt.steps.map((step, i) => ({
      name: step.name,
      type: capital(step.type),
      status: capital(step.status),
      description: step.description,
      timestamp: stamp(at + i * 350),
      details: step.details,
    })),
    modifiedProperties: exported
      ? attempt.changes.map(({ property, from, to }) => ({
          displayName: capital(property),
          ...(from === null ? {} : { oldValue: from }),
          newValue: to,
        }))
      : [],
    statusInfo: {
      status: capital(attempt.status),
      errorCode: error?.code ?? skipReason(attempt),
      reason: error?.reason ?? null,
      additionalDetails: error?.additionalDetails ?? null,
      errorCategory: error ? 'NonServiceFailure' : 'Success',
      recommendedAction: error?.recommendedAction ?? null,
    },
    sourceIdentity: {
      id: account?.guid ?? '',
      type: 'user',
      displayName: account?.displayName ?? '',
      details: {},
    },
    sourceSystem: { name: 'Active Directory' },
    targetIdentity: { id: exported ? (account?.id ?? '') : '', type: 'User', details: {} },
    targetSystem: { name: 'Azure Active Directory' },
  }
}

function skipReason(attempt: Attempt): string | null {
  const last = attempt.steps.at(-1)
  return attempt.status === 'skipped' ? (last?.details.SkipReason ?? null) : null
}

function answer(job: JobDefinition, attempt: Attempt, body: Obj): Obj {
  // fabrikam.com answers as in the documentation of Entra, contoso.com as in that of Graph.
  if (job.domain === 'fabrikam.com')
    return {
      key: 'Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo',
      value: JSON.stringify([body]),
    }
  const details = attempt.error ? { errorCode: attempt.error.code, errorMessage: attempt.error.reason } : {}
  return {
    key: JSON.stringify({ result: capital(attempt.status), details }),
    value: JSON.stringify(body),
  }
}

export type OnDemand = { readonly body: Obj; readonly change?: Change }

/** `by`: who asks. Throws RequestParameterInvalid as the service does; everything else is an answer 200. */
export function provisionOnDemand(
  world: World,
  job: JobDefinition,
  ask: { body: Json | undefined; by: string },
): OnDemand {
  const { ruleId, dn, type } = readBody(ask.body)
  if (ruleId !== job.ruleId)
    throw badRequest(
      `The request identified this synchronization job: ${job.id}.  The request also identified this synchronization rule: ${ruleId}.  However, the job does not include the rule.`,
      'RequestParameterInvalid',
    )
  if (job.kind !== 'provisioning')
    throw badRequest('The rule does not support provisioning on demand.', 'RequestParameterInvalid')
  if (type !== 'user')
    throw badRequest(`The object type '${type}' is not part of this rule.`, 'RequestParameterInvalid')
  const account = accountByDn(dn)
  if (account?.domain !== job.domain) {
    const attempt = unknownObject(dn)
    return { body: answer(job, attempt, decoded(attempt, undefined, world.now)) }
  }
  const attempt = attemptFor(world, job, account)
  const code = attempt.error?.code ?? skipReason(attempt) ?? undefined
  return {
    body: answer(job, attempt, decoded(attempt, account, world.now)),
    change: {
      what: 'provision',
      at: world.now,
      job: job.id,
      by: ask.by,
      account: account.key,
      status: capital(attempt.status),
      ...(code === undefined ? {} : { code }),
    },
  }
}
