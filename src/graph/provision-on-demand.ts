// Provisions one person now: a real export. The answer has two documented shapes and is 200 in any case;
// the verdict is inside.
import { z } from 'zod'
import type { OnDemandVerdict, UserToken, WriteOutcome } from '../ports.ts'
import type { GraphClient } from './client.ts'
import { compact, details, listOf, longText, maybe, oneOf, text } from './normalise.ts'
import { declare } from './query.ts'
import { type JobAddress, write, writeBasics } from './write.ts'

/** Usually below 30 s; the agent may take ten minutes, which nobody waits for. */
const TIMEOUT_MS = 100_000

const answer = z.object({ key: z.unknown().optional(), value: z.unknown().optional() })
const status = oneOf('success', 'skipped', 'failure', 'warning')

const step = z.object({
  name: text,
  type: oneOf('import', 'scoping', 'matching', 'processing', 'referenceResolution', 'export'),
  status,
  description: longText,
  details,
})

const statusInfo = z.object({
  status,
  errorCode: text,
  reason: longText,
  additionalDetails: longText,
  recommendedAction: longText,
})

const decoded = z.object({
  statusInfo: maybe(statusInfo),
  provisioningSteps: listOf(step),
  modifiedProperties: listOf(z.object({ displayName: text, oldValue: longText, newValue: longText })),
})

const keyed = z.object({
  result: status,
  details: maybe(z.object({ errorCode: text, errorMessage: longText })),
})

export const provisionOnDemand = declare({
  ...writeBasics,
  id: 'provisionOnDemand',
  path: '/servicePrincipals/{configurationId}/synchronization/jobs/{jobId}/provisionOnDemand',
  family: 'provisionOnDemand',
  purpose: 'provision one person now and see each step',
  schema: answer,
})

/** Text that holds JSON -> that JSON; anything else as it is; undefined when it cannot be read. */
function decode(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

function parseOr<T extends z.ZodType>(schema: T, value: unknown): z.output<T> | undefined {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

function known(verdict: string | undefined): OnDemandVerdict['status'] {
  return verdict === 'success' || verdict === 'skipped' || verdict === 'failure' || verdict === 'warning'
    ? verdict
    : 'unknown'
}

/**
 * The body of a 200 as a verdict. `value` holds the truth, as an object or a list of them, of which the first
 * counts; `key` is a summary in one shape and the name of a type in the other. Unreadable: status unknown.
 */
export function readVerdict(body: string): OnDemandVerdict {
  const outer = parseOr(answer, decode(body))
  const value = decode(outer?.value)
  const found = parseOr(decoded, Array.isArray(value) ? value[0] : value)
  const summary = parseOr(keyed, decode(outer?.key))
  const failed = summary?.details
  return compact({
    status: known(found?.statusInfo?.status ?? summary?.result),
    errorCode: found?.statusInfo?.errorCode ?? failed?.errorCode,
    reason: found?.statusInfo?.reason ?? found?.statusInfo?.additionalDetails ?? failed?.errorMessage,
    recommendedAction: found?.statusInfo?.recommendedAction,
    steps: (found?.provisioningSteps ?? []).map((one) => ({
      name: one.name ?? '',
      type: one.type,
      status: one.status,
      description: one.description ?? '',
      details: one.details,
    })),
    changes: (found?.modifiedProperties ?? []).map((change) =>
      compact({ property: change.displayName ?? '', from: change.oldValue, to: change.newValue }),
    ),
  })
}

export async function runProvisionOnDemand(
  client: GraphClient,
  token: UserToken,
  { configurationId, jobId, ruleId, dn }: JobAddress & { readonly ruleId: string; readonly dn: string },
): Promise<WriteOutcome<OnDemandVerdict>> {
  const body = {
    parameters: [{ ruleId, subjects: [{ objectId: dn, objectTypeName: 'user' }] }],
  }
  const asked = { token, path: { configurationId, jobId }, body, timeoutMs: TIMEOUT_MS }
  const outcome = await write(client, provisionOnDemand, asked)
  return outcome.ok ? { ...outcome, value: readVerdict(outcome.value) } : outcome
}
