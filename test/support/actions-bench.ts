// A bench for actions: the real SQLite store, a scripted tenant behind our own ports, people with and without sign-in.
import {
  type Actions,
  type ActionsOptions,
  type Click,
  createActions,
  type News,
  type Wish,
} from '../../src/actions/index.ts'
import type {
  ActionName,
  Fact,
  Instant,
  Job,
  Person,
  Place,
  Proposal,
  ProvisioningEvent,
  Reply,
  Role,
  Scope,
} from '../../src/nouns.ts'
import { known } from '../../src/nouns.ts'
import type {
  AuditRow,
  OnDemandVerdict,
  Store,
  SyncWrites,
  UserToken,
  WriteOutcome,
} from '../../src/ports.ts'
import { openSqlite } from '../../src/store/index.ts'
import { createTelemetry } from '../../src/telemetry.ts'

export const TENANT = 't-contoso'
export const MINUTE = 60_000
export const verdict: OnDemandVerdict = {
  status: 'success',
  steps: [],
  changes: [{ property: 'mail', to: 'x' }],
}

export type Sent = { readonly action: ActionName; readonly by: string; readonly at: Instant }

/** The tenant behind the ports: one job, what was sent to it, and how it answers next. */
export type Tenant = {
  job: Fact<Job>
  events: readonly ProvisioningEvent[]
  held: Fact<number>
  sent: Sent[]
  answer: (action: ActionName) => WriteOutcome<OnDemandVerdict | null> | Error
  /** Whether a write changes the job; by default it does. */
  effective: boolean
}

export const job: Job = {
  id: 'AD2AADProvisioning.1',
  configurationId: 'sp-1',
  domain: 'contoso.com',
  kind: 'provisioning',
  templateId: 'AD2AADProvisioning',
  status: 'quarantine',
  schedule: { state: 'active' },
  quarantine: { reason: 'EncounteredQuarantineException', seriesCount: 3 },
  successiveFailures: 3,
  entryCounts: {},
}
export const jobFor: Readonly<Record<ActionName, Job>> = {
  provisionOnDemand: { ...job, status: 'active' },
  start: { ...job, status: 'paused' },
  restart: job,
  pause: { ...job, status: 'active' },
  allowDeletes: { ...job, quarantine: { reason: 'TooManyDeletes', seriesCount: 1 } },
}

function afterWrite(action: ActionName, now: Instant): Job {
  const ran = { state: 'succeeded', began: now + 1000, ended: now + 60_000, counts: {} } as const
  const { quarantine: _lifted, ...free } = job
  if (action === 'pause') return { ...free, status: 'paused' }
  return { ...free, status: 'active', lastExecution: ran }
}

export function newTenant(action: ActionName): Tenant {
  return {
    job: known(jobFor[action], 0, 'test'),
    events: [],
    held: known(17, 0, 'test'),
    sent: [],
    answer: (name) => ({
      ok: true,
      value: name === 'provisionOnDemand' ? verdict : null,
      requestId: 'req-1',
    }),
    effective: true,
  }
}

export function writesOf(tenant: Tenant, now: () => Promise<Instant>): SyncWrites {
  const write = async (action: ActionName, token: UserToken): Promise<WriteOutcome<never>> => {
    const at = await now()
    const answer = tenant.answer(action)
    tenant.sent.push({ action, by: token.objectId, at })
    if (tenant.effective && action !== 'provisionOnDemand')
      tenant.job = known(afterWrite(action, at), at, 'test')
    if (answer instanceof Error) throw answer
    return answer as WriteOutcome<never>
  }
  return {
    provisionOnDemand: (token) => write('provisionOnDemand', token),
    start: (token) => write('start', token),
    restart: (token) => write('restart', token),
    pause: (token) => write('pause', token),
    allowDeletes: (token) => write('allowDeletes', token),
  }
}

export type Bench = Awaited<ReturnType<typeof openBench>>

export async function openBench(
  action: ActionName,
  change: {
    readonly store?: Store
    readonly tenant?: Tenant
    readonly dataDir?: string
    readonly options?: Partial<ActionsOptions>
  } = {},
) {
  const auditKey = 'k'.repeat(32)
  const store =
    change.store ??
    (await openSqlite({
      ...(change.dataDir ? { dataDir: change.dataDir } : { memory: true as const }),
      auditKey,
      allowClockMoves: true,
    }))
  const tenant = change.tenant ?? newTenant(action)
  const tokens = new Map<string, UserToken>()
  const news: News[] = []
  const signIns: string[] = []
  const place = (scope: Scope, person = 'chat'): Place => ({
    conversationId: `19:${scope}:${person}`,
    serviceUrl: 'https://smba.trafficmanager.net/emea/',
    tenantId: TENANT,
    botId: '28:b',
    environment: 'test',
    scope,
    ...(scope === 'personal' ? { userAadId: person } : {}),
    updatedAt: 0,
  })
  const options: ActionsOptions = {
    tenantId: TENANT,
    store,
    writes: writesOf(tenant, () => store.now()),
    signIn: {
      token: async (person) => {
        const token = tokens.get(person.objectId)
        return token ? { ok: true, token } : { ok: false, because: 'notSignedIn' }
      },
      signIn: async (person) => {
        signIns.push(person.objectId)
      },
      signOut: async (person) => {
        tokens.delete(person.objectId)
      },
    },
    watch: {
      job: async () => tenant.job,
      entriesOf: async () => known(tenant.events, 0, 'test'),
      heldDeletions: async () => tenant.held,
    },
    offered: ['provisionOnDemand', 'start', 'restart', 'pause', 'allowDeletes'],
    breakGlass: false,
    roleForWrite: async (_person, token) => token.roles[0] ?? 'none',
    announce: async (one) => {
      news.push(one)
    },
    telemetry: createTelemetry({ level: 'silent', pseudonymKey: 'p' }),
    ...change.options,
  }
  const actions: Actions = createActions(options)
  const person = (objectId: string, role: Role, tenantId = TENANT): Person => ({ tenantId, objectId, role })
  return {
    store,
    tenant,
    actions,
    options,
    news,
    signIns,
    tokens,
    person,
    place,
    async signIn(objectId: string, role: Role, with_: Partial<UserToken> = {}): Promise<Person> {
      const issuedAt = await store.now()
      tokens.set(objectId, {
        value: `token of ${objectId}`,
        objectId,
        tenantId: TENANT,
        roles: [role],
        issuedAt,
        ...with_,
      })
      return person(objectId, role)
    },
    async click(who: Person, scope: Scope = 'channel', room?: string): Promise<Click> {
      const there = place(scope, room ?? (scope === 'personal' ? who.objectId : 'chat'))
      return { person: who, place: there, placeKey: await store.places.upsert(there), now: await store.now() }
    },
    audit: async (): Promise<readonly AuditRow[]> => store.audit.page(0, 1000),
  }
}

export function wishFor(action: ActionName): Wish {
  const target = { configurationId: 'sp-1', domain: 'contoso.com', jobId: job.id }
  if (action !== 'provisionOnDemand') return { action, target }
  return {
    action,
    target: { ...target, objectId: 'o-1', dn: 'CN=Jane Doe,DC=contoso,DC=com', ruleId: 'rule-1' },
  }
}

/** Operation and number of the button with this verb on a card. */
export function buttonOf(reply: Reply | undefined, verb: string): { operation: string; nonce: string } {
  const buttons = reply?.kind === 'proposal' ? reply.buttons : reply && 'offers' in reply ? reply.offers : []
  for (const button of buttons) {
    if ('verb' in button && button.verb === verb) {
      return { operation: String(button.data.operation), nonce: String(button.data.nonce) }
    }
  }
  throw new Error(`no button ${verb} on ${reply?.kind}`)
}

export function proposalOf(reply: Reply): Proposal {
  if (reply.kind !== 'proposal') throw new Error(`not a proposal: ${JSON.stringify(reply)}`)
  return reply.proposal
}
