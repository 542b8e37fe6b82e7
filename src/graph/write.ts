// A write: always with the token of the person who confirmed it, never repeated when its fate is unknown.
import type { z } from 'zod'
import type { UserToken, WriteOutcome } from '../ports.ts'
import type { GraphClient } from './client.ts'
import { failedWrite } from './failure.ts'
import { address } from './odata.ts'
import type { Query } from './query.ts'

export type Write = {
  readonly token: UserToken
  readonly path: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Default 30 s; on-demand provisioning takes longer. */
  readonly timeoutMs?: number
}

const PATIENCE_MS = 30_000

/** The body of the answer, or why there is none. */
export async function write(
  client: GraphClient,
  query: Query<z.ZodType>,
  { token, path, body, timeoutMs = PATIENCE_MS }: Write,
): Promise<WriteOutcome<string>> {
  const target = address(query.path, path)
  if (target === undefined || token.value === '')
    return { ok: false, kind: 'notSent', code: target ? 'noToken' : 'badAddress', message: '' }
  const sent = await client.send({
    query,
    url: `${client.baseUrl}/${query.version}${target}`,
    priority: 'user',
    deadline: client.time.now() + timeoutMs,
    timeoutMs,
    token,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!sent.ok) return failedWrite(sent.failure, sent.toldToWait)
  return { ok: true, value: sent.body, ...(sent.requestId ? { requestId: sent.requestId } : {}) }
}

/** For writes whose answer says nothing. */
export async function writeOnly(
  client: GraphClient,
  query: Query<z.ZodType>,
  asked: Write,
): Promise<WriteOutcome<null>> {
  const outcome = await write(client, query, asked)
  return outcome.ok ? { ...outcome, value: null } : outcome
}

export type JobAddress = { readonly configurationId: string; readonly jobId: string }

/** What every write of ours needs. */
export const writeBasics = {
  method: 'POST',
  version: 'v1.0',
  identity: 'delegated',
  permissions: {
    application: ['Application.ReadWrite.OwnedBy', 'Synchronization.ReadWrite.All'],
    delegated: ['Synchronization.ReadWrite.All'],
  },
  grant: 'Synchronization.ReadWrite.All',
} as const
