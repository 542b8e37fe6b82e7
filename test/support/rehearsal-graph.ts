// A simulated tenant on loopback with a clock that only moves when told to.
import { onTestFinished } from 'vitest'
import type { Json } from '../../src/nouns.ts'
import { people, startRehearsalGraph, type Tenant, type TenantOptions } from '../../src/rehearsal/index.ts'

/** 08:05:10 UTC of a Monday: six hours after fabrikam.com went into quarantine. */
export const MORNING = Date.UTC(2026, 8, 14, 8, 5, 10)
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

export const asOperator = `user:${people.operator.objectId}`
export const asHelpdesk = `user:${people.helpdesk.objectId}`

// Bodies are looked into freely by tests; a wrong path fails the expectation that follows.
type Body = { readonly [key: string]: Json } & {
  readonly value: readonly Record<string, Json>[]
  readonly error: {
    readonly code: string
    readonly message: string
    readonly innerError: Record<string, string>
  }
}
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Body }

export type TestGraph = {
  readonly tenant: Tenant
  readonly url: string
  readonly now: () => number
  pass(ms: number): void
  get(path: string, options?: { as?: string | null; headers?: Record<string, string> }): Promise<Answer>
  post(path: string, options?: { as?: string | null; body?: Json }): Promise<Answer>
  /** Address of a job below the version, and the job as it is now. */
  job(
    domain: string,
    kind?: 'Provisioning' | 'PasswordHash',
  ): Promise<{ path: string; job: ShownJob; ruleId: string }>
}

export type ShownJob = {
  readonly id: string
  readonly templateId: string
  readonly schedule: { readonly state: string; readonly interval: string }
  readonly synchronizationJobSettings: readonly { readonly name: string; readonly value: string }[]
  readonly status: {
    readonly code: string
    readonly countSuccessiveCompleteFailures: number
    readonly lastExecution: Execution
    readonly lastSuccessfulExecution: Execution | null
    readonly quarantine: null | {
      readonly currentBegan: string
      readonly seriesBegan: string
      readonly seriesCount: number
      readonly nextAttempt: string
      readonly reason: string
      readonly error: { readonly code: string }
    }
  }
}
type Execution = {
  readonly state: string
  readonly timeBegan: string
  readonly timeEnded: string
  readonly countEscrowed: number
  readonly error: { readonly code: string } | null
}

export async function startTestGraph(
  options: Partial<TenantOptions> & { readonly at?: number } = {},
): Promise<TestGraph> {
  let now = options.at ?? MORNING
  const clock = { now: async () => now }
  const graph = await startRehearsalGraph({ clock, ...options, host: '127.0.0.1', port: 0 })
  onTestFinished(() => graph.close())

  const send = async (
    method: string,
    path: string,
    as: string | null,
    more: RequestInit,
  ): Promise<Answer> => {
    const headers = { ...(as === null ? {} : { authorization: `Bearer ${as}` }), ...(more.headers as object) }
    const response = await fetch(path.startsWith('http') ? path : `${graph.url}/${path}`, {
      ...more,
      method,
      headers,
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : {}) as Body,
    }
  }
  const test: TestGraph = {
    tenant: graph.tenant,
    url: graph.url,
    now: () => now,
    pass: (ms) => {
      now += ms
    },
    get: (path, { as = 'app', headers = {} } = {}) => send('GET', path, as, { headers }),
    post: (path, { as = asOperator, body } = {}) =>
      send('POST', path, as, {
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async job(domain, kind = 'Provisioning') {
      const found = await test.get(`v1.0/servicePrincipals?$filter=displayName eq '${domain}'`)
      const jobs = `v1.0/servicePrincipals/${found.body.value[0]?.id}/synchronization/jobs`
      const all = (await test.get(jobs)).body.value as unknown as readonly ShownJob[]
      const job = all.find((each) => each.id.startsWith(`AD2AAD${kind}.`)) as ShownJob
      const path = `${jobs}/${encodeURIComponent(job.id)}`
      const schema = (await test.get(`${path}/schema`)).body
      return { path, job, ruleId: (schema.synchronizationRules as unknown as { id: string }[])[0]?.id ?? '' }
    },
  }
  return test
}
