// The rehearsal's Microsoft Graph in this process, so that it lives on when a bot dies; with rules for single requests,
// a journal of what was written, and further configurations for runs that need many incidents.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CLOUD_SYNC_TEMPLATE, principalOf } from '../../src/rehearsal/configurations.ts'
import { createTenant, type Tenant } from '../../src/rehearsal/index.ts'

export type GraphRequest = {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly authorization: string
  readonly bot: string
  /** Milliseconds of this machine. */
  readonly at: number
}

export type GraphTrick =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | { readonly instead: 'cut' }
  | { readonly kill: 'before' | 'after' }
  /** Answered as usual, once this has come to pass. */
  | { readonly until: Promise<void> }

export type GraphRule = {
  readonly fits: (request: GraphRequest) => boolean
  readonly trick: GraphTrick
  times?: number
  hits: number
}

export type Written = GraphRequest & { readonly status: number }

export type Extra = {
  readonly domain: string
  ill: boolean
  /** One unless it says more. */
  readonly jobs?: number
}

export type SimulatedGraph = {
  readonly url: string
  readonly tenant: Tenant
  /** Writes that were carried out, in order. */
  readonly written: Written[]
  /** Writes that arrived without an intent on record. */
  readonly unannounced: string[]
  readonly asked: GraphRequest[]
  /** Extra configurations by id; all jobs of one are ill or well together. */
  readonly extra: Map<string, Extra>
  rule(fits: GraphRule['fits'], trick: GraphTrick, times?: number): GraphRule
  behave(): void
  close(): Promise<void>
}

const jobsPath = /\/servicePrincipals\/([^/]+)\/synchronization\/jobs(?:\/([^/]+))?$/

const isWrite = ({ method, path }: GraphRequest) => method === 'POST' && /\/jobs\/[^/]+\/\w+$/.test(path)

type Bag = Record<string, unknown>

function sendJson(res: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers })
  res.end(JSON.stringify(body ?? {}))
}

export function jobIdsOf(configurationId: string, { jobs = 1 }: Extra): string[] {
  const name = `AD2AADProvisioning.${configurationId.replaceAll('-', '')}`
  return Array.from({ length: jobs }, (_, i) => (i === 0 ? name : `${name}.${i}`))
}

/** A job in Graph's shape, as small as one that the bot reads can be. */
function jobOf(id: string, ill: boolean, now: number): Bag {
  const activityIdentifier = id
  const at = (ms: number) => new Date(now - ms).toISOString()
  const run = { activityIdentifier, timeBegan: at(150_000), timeEnded: at(120_000), error: null }
  const lost = { code: 'AzureActiveDirectoryInvalidCredential', message: 'The account was not found.' }
  return {
    id,
    templateId: 'AD2AADProvisioning',
    schedule: { expiration: null, interval: 'PT2M', state: 'Active' },
    status: {
      code: ill ? 'Quarantine' : 'Active',
      countSuccessiveCompleteFailures: 0,
      escrowsPruned: false,
      steadyStateFirstAchievedTime: at(86_400_000),
      steadyStateLastAchievedTime: at(600_000),
      lastExecution: ill ? { ...run, state: 'Failed', error: lost } : { ...run, state: 'Succeeded' },
      lastSuccessfulExecution: { ...run, state: 'Succeeded' },
      lastSuccessfulExecutionWithExports: null,
      progress: [],
      quarantine: ill
        ? {
            currentBegan: at(120_000),
            seriesBegan: at(120_000),
            seriesCount: 1,
            nextAttempt: at(-3_600_000),
            reason: 'EncounteredQuarantineException',
            error: lost,
          }
        : null,
      synchronizedEntryCountByType: [],
      troubleshootingUrl: '',
    },
    synchronizationJobSettings: [],
  }
}

export async function startSimulatedGraph(options: {
  readonly now: () => Promise<number>
  /** Intent rows on record. */
  readonly intents: () => Promise<number>
  readonly kill: (bot: string) => void
  readonly slowMs?: number
}): Promise<SimulatedGraph> {
  const tenant = createTenant({
    clock: { now: options.now },
    ...(options.slowMs === undefined ? {} : { slowMs: options.slowMs }),
  })
  let rules: GraphRule[] = []
  const extra: SimulatedGraph['extra'] = new Map()
  const written: Written[] = []
  const unannounced: string[] = []
  const asked: GraphRequest[] = []

  /** The tenant's own configurations and the extra ones, as one list. */
  const configurations = (query: string) => {
    const own = (['contoso.com', 'fabrikam.com'] as const).map((domain) => ({
      id: principalOf(domain).id,
      domain: domain as string,
    }))
    const all = [...own, ...[...extra].map(([id, { domain }]) => ({ id, domain }))]
    const prefix = /startswith\(displayName,'([^']*)'\)/.exec(query)?.[1] ?? ''
    return all
      .filter(({ domain }) => domain.startsWith(prefix))
      .map(({ id, domain }) => ({
        id,
        appId: id,
        displayName: domain,
        applicationTemplateId: CLOUD_SYNC_TEMPLATE,
      }))
  }

  const serveExtra = async (request: GraphRequest, res: ServerResponse): Promise<boolean> => {
    const { path, query } = request
    if (extra.size === 0 || request.method !== 'GET') return false
    const [, id, jobId] = jobsPath.exec(path) ?? []
    const one = id === undefined ? undefined : extra.get(id)
    if (id !== undefined && one) {
      const now = await options.now()
      const jobs = jobIdsOf(id, one).map((name) => jobOf(name, one.ill, now))
      const asked = jobs.find((job) => job.id === decodeURIComponent(jobId ?? ''))
      if (jobId === undefined) sendJson(res, 200, { value: jobs })
      else sendJson(res, asked ? 200 : 404, asked ?? { error: { code: 'NotFound', message: 'no such job' } })
      return true
    }
    if (!path.endsWith('/servicePrincipals')) return false
    sendJson(res, 200, { value: configurations(query) })
    return true
  }

  /** Looks at each answer as it leaves: keeps what was written, and lets the tricks come after the work is done. */
  const followAnswer = (request: GraphRequest, res: ServerResponse, trick: GraphTrick | undefined) => {
    const head = res.writeHead.bind(res) as (...given: unknown[]) => ServerResponse
    let answered = false
    res.writeHead = ((status: number, ...more: unknown[]) => {
      // Ending an answer that was cut would write its head once more.
      if (answered) return res
      answered = true
      if (isWrite(request) && status < 300) written.push({ ...request, status })
      if (!trick || 'status' in trick || 'until' in trick) return head(status, ...more)
      if ('kill' in trick) options.kill(request.bot)
      return res.destroy()
    }) as typeof res.writeHead
  }

  const server = createServer(async (req, res) => {
    const [path = '', query = ''] = (req.url ?? '').split('?')
    const request: GraphRequest = {
      method: req.method ?? '',
      path,
      query: decodeURIComponent(query.replaceAll('+', ' ')),
      at: performance.now(),
      authorization: req.headers.authorization ?? '',
      bot: String(req.headers['x-chaos-bot'] ?? ''),
    }
    asked.push(request)
    const rule = rules.find((one) => (one.times === undefined || one.hits < one.times) && one.fits(request))
    if (rule) rule.hits += 1
    const trick = rule?.trick
    if (trick && 'kill' in trick && trick.kill === 'before') {
      options.kill(request.bot)
      return void res.destroy()
    }
    if (trick && 'until' in trick) await trick.until
    if (trick && 'status' in trick) return sendJson(res, trick.status, trick.body, trick.headers)
    // The bot must have its intent on record before it asks for a write.
    if (isWrite(request) && (await options.intents()) <= written.length) unannounced.push(path)
    followAnswer(request, res, trick)
    try {
      if (await serveExtra(request, res)) return
      if (!(await tenant.handle(req, res))) res.writeHead(404).end()
    } catch {
      res.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${tenant.prefix}`,
    tenant,
    written,
    unannounced,
    asked,
    extra,
    rule(fits, trick, times) {
      const rule: GraphRule = { fits, trick, hits: 0, ...(times === undefined ? {} : { times }) }
      rules.push(rule)
      return rule
    },
    behave() {
      rules = []
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
