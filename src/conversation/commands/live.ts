// Live state: every configuration, the agents, the log of one object, errors by code, service health.

import {
  type ConfigurationStatus,
  diagnose as findingsOf,
  runChecks,
  statusOf,
  uncheckedOf,
} from '../../diagnosis/index.ts'
import { sameName } from '../../directory-names.ts'
import type {
  Because,
  Block,
  Button,
  FactRow,
  Inline,
  Prose,
  ProvisioningEvent,
  Reply,
  Snapshot,
  Subject,
  Unchecked,
} from '../../nouns.ts'
import { at, personal, prose } from '../../nouns.ts'
import type { UserToken } from '../../ports.ts'
import { DAY } from '../../time.ts'
import { becauseWords, uncheckedLines } from '../../words.ts'
import type { Services } from '../services.ts'
import { count as counted, notice, type Response, say, type Turn } from '../turn.ts'
import { chooseCandidate } from './dialog-replies.ts'

/** The asking person's own token, if they signed in; agents are visible only with it. */
export async function tokenOf(turn: Turn, services: Services): Promise<UserToken | undefined> {
  const signed = await services.signIn.token(turn.person, turn.place)
  return signed.ok ? signed.token : undefined
}

async function snapshot(turn: Turn, services: Services, subject: Subject): Promise<Snapshot> {
  const token = await tokenOf(turn, services)
  return services.sync.snapshotOf(subject, { now: turn.now, ...(token ? { token } : {}) })
}

function headline(all: readonly ConfigurationStatus[]): Prose {
  const bad = all.filter((one) => one.state === 'bad').length
  const unknown = all.filter((one) => one.state === 'unknown').length
  const [only] = all
  if (bad === 0 && unknown === 0)
    return only && all.length === 1
      ? prose`${only.domain} synchronizes.`
      : [`All ${all.length} domains synchronize.`]
  if (only && all.length === 1 && bad === 1) return prose`${only.domain} needs attention.`
  const parts = [
    ...(bad > 0
      ? [`${bad} of ${counted(all.length, 'domain')} ${bad === 1 ? 'needs' : 'need'} attention`]
      : []),
    ...(unknown > 0
      ? [
          bad > 0
            ? `${unknown} could not be read`
            : `${unknown} of ${counted(all.length, 'domain')} could not be read`,
        ]
      : []),
  ]
  return [`${parts.join('; ')}.`]
}

function statusBlocks(all: readonly ConfigurationStatus[]): Block[] {
  const mark = { good: 'OK', bad: 'Attention', unknown: 'Unknown' } as const
  return all.flatMap((one): Block[] => [
    { kind: 'text', prose: [{ strong: `${mark[one.state]}: ` }, ...one.summary] },
    { kind: 'facts', rows: one.rows },
  ])
}

function uncheckedBlocks(unchecked: readonly Unchecked[]): Block[] {
  if (unchecked.length === 0) return []
  return [
    { kind: 'heading', text: 'What I could not check' },
    { kind: 'list', ordered: false, items: uncheckedLines(unchecked) },
  ]
}

/** `domain` limits it to one configuration. */
export async function status(turn: Turn, services: Services, domain?: string): Promise<Response> {
  const snap = await snapshot(turn, services, { kind: 'tenant' })
  if (!snap.configurations.known)
    return say({
      kind: 'error',
      code: 'SM_GRAPH_UNAVAILABLE',
      title: `I cannot see the configurations: ${becauseWords[snap.configurations.because]}.`,
      next: 'Repeat in a minute. If it stays, whoever runs the bot finds the reason with `npm run doctor`.',
      offers: [],
    })
  const all = statusOf({
    configurations: snap.configurations,
    jobs: snap.jobs,
    agents: snap.agents,
    now: turn.now,
  })
  const shown = domain === undefined ? all : all.filter((one) => sameName(one.domain, domain))
  if (domain !== undefined && shown.length === 0)
    return say(
      unknownDomain(
        domain,
        all.map((one) => one.domain),
      ),
    )
  const troubled = shown.find((one) => one.state === 'bad')
  const unchecked = uncheckedOf(runChecks(snap))
  const tenant = snap.tenant.known && snap.tenant.value.lastSync !== undefined ? [tenantRow(snap)] : []
  return say({
    kind: 'notice',
    title: textOf(headline(shown)),
    tone: shown.every((one) => one.state === 'good') ? 'good' : 'attention',
    blocks: [
      ...statusBlocks(shown),
      ...(tenant.length > 0 ? [{ kind: 'facts' as const, rows: tenant }] : []),
      ...uncheckedBlocks(unchecked),
    ],
    offers: [
      ...(troubled
        ? [{ label: `Why is ${troubled.domain} in trouble?`, say: `why is ${troubled.domain} in quarantine` }]
        : []),
      { label: 'Agents', say: 'agents' },
      { label: 'Open incidents', say: 'incidents' },
    ],
  })
}

function tenantRow(snap: Snapshot): FactRow {
  const { tenant } = snap
  if (!tenant.known) return { name: 'Tenant', value: [becauseWords[tenant.because]] }
  return {
    name: 'Tenant: last synchronization',
    value: [at(tenant.value.lastSync ?? snap.takenAt)],
    asOf: tenant.asOf,
    source: tenant.source,
  }
}

function textOf(line: Prose): string {
  return line.map((part) => (typeof part === 'string' ? part : 'data' in part ? part.data : '')).join('')
}

export function unknownDomain(domain: string, known: readonly string[]): Reply {
  return {
    kind: 'notice',
    title: 'I do not watch a configuration of that name.',
    tone: 'attention',
    blocks: [{ kind: 'text', prose: prose`Asked for: ${domain}. I see: ${known.join(', ') || 'none'}.` }],
    offers: known.slice(0, 3).map((name) => ({ label: name, say: `status of ${name}` })),
  }
}

export async function agents(turn: Turn, services: Services): Promise<Response> {
  const token = await tokenOf(turn, services)
  const seen = await services.sync.agents(token)
  if (!seen.known) return inferredAgents(turn, services, { because: seen.because, token })
  const rows = seen.value.map((agent): Prose[] => [
    [{ data: agent.machine }],
    [agent.status],
    [{ data: agent.domains.join(', ') || 'not known' }],
  ])
  const active = seen.value.filter((agent) => agent.status === 'active').length
  const lonely =
    active === 1
      ? ['Only one agent is active: if it stops, nothing is synchronized. Microsoft recommends three.']
      : []
  return say({
    kind: 'notice',
    title:
      active === 0
        ? `None of ${seen.value.length} agents is active.`
        : `${active} of ${seen.value.length} agents are active.`,
    tone: active === 0 ? 'attention' : 'good',
    blocks: [
      { kind: 'table', columns: ['Server', 'Status', 'Domains'], rows },
      ...lonely.map((text): Block => ({ kind: 'text', prose: [text] })),
      {
        kind: 'facts',
        rows: [
          {
            name: 'Agents',
            value: ['as listed by Graph; it has no agent version'],
            asOf: seen.asOf,
            source: seen.source,
          },
        ],
      },
    ],
    offers: active < seen.value.length ? [{ label: 'Check a server', say: 'server report' }] : [],
  })
}

/** Graph shows agents to signed-in people only; without one, the errors of the jobs are the best evidence. */
async function inferredAgents(
  turn: Turn,
  services: Services,
  unseen: { readonly because: Because; readonly token: UserToken | undefined },
): Promise<Response> {
  const { because, token } = unseen
  const given = { now: turn.now, ...(token ? { token } : {}) }
  const snap = await services.sync.snapshotOf({ kind: 'tenant' }, given)
  const findings = findingsOf(snap).filter((finding) => finding.ruleId.startsWith('agents.'))
  const why = becauseWords[because]
  const offers: Button[] = [
    // Signing in helps only where nobody has.
    ...(because === 'notSignedIn' ? [{ label: 'Sign in', say: 'sign in' }] : []),
    { label: 'Check a server', say: 'server report' },
  ]
  if (findings.length === 0) return say({ ...noSignOfTrouble(snap, why), offers })
  return say({
    kind: 'finding',
    title: prose`I could not see the agents: ${[why]}.`,
    findings,
    facts: [],
    unchecked: uncheckedOf(runChecks(snap)),
    asOf: turn.now,
    citations: findings.map((f) => services.knowledge.cite(f.article)).slice(0, 3),
    offers,
  })
}

/** Neither agents nor errors that point at them: said only as far as the jobs could be read. */
function noSignOfTrouble(
  { configurations, jobs }: Snapshot,
  why: string,
): Extract<Reply, { kind: 'notice' }> {
  const unread = configurations.known ? Object.values(jobs).find((fact) => !fact.known) : configurations
  const rest =
    unread && !unread.known
      ? `Nor could I read the jobs, from whose errors I could tell: ${becauseWords[unread.because]}.`
      : 'No job reports an error that points at the agents; that is no proof that they are well.'
  return { ...notice('I could not see the agents.', `Reason: ${why}.`, rest), tone: 'attention' }
}

const MOST_LINES = 15
type Run = { readonly newest: ProvisioningEvent; readonly oldest: ProvisioningEvent; readonly times: number }

const saysOf = ({ action, status, error, source, target }: ProvisioningEvent) =>
  [action, status, error?.code, source.id ?? source.name, target.id ?? target.name].join('|')

/** Entries that say the same one after the other: a retry every hour is one line, not a screen of them. */
function runsOf(events: readonly ProvisioningEvent[]): readonly Run[] {
  const runs: Run[] = []
  for (const event of events) {
    const last = runs.at(-1)
    if (last && saysOf(last.oldest) === saysOf(event))
      runs[runs.length - 1] = { ...last, oldest: event, times: last.times + 1 }
    else runs.push({ newest: event, oldest: event, times: 1 })
  }
  return runs
}

function runLine({ newest, oldest, times }: Run): Prose {
  const who: Inline = personal(newest.source.name ?? newest.target.name ?? newest.source.id ?? 'unknown')
  const why = newest.error ? prose` – ${{ code: newest.error.code }}` : []
  const again = times > 1 ? prose`; ${times} times since ${at(oldest.at)}` : []
  return prose`${at(newest.at)}: ${newest.action}, ${newest.status}, ${who}${why}${again}`
}

export async function objectLog(turn: Turn, services: Services, subject: Subject): Promise<Response> {
  const snap = await snapshot(turn, services, subject)
  if (snap.candidates.length > 1)
    return say(chooseCandidate(turn.place, snap.candidates, (name) => `log of ${name}`))
  if (!snap.events.known)
    return say(
      notice('I could not read the provisioning log.', `Reason: ${becauseWords[snap.events.because]}.`),
    )
  const runs = runsOf(snap.events.value)
  const shown = runs.slice(0, MOST_LINES)
  const blocks: Block[] =
    shown.length > 0
      ? [{ kind: 'list', ordered: false, items: shown.map(runLine) }]
      : [{ kind: 'text', prose: ['Cloud Sync has not reported this object in the time I looked at.'] }]
  return {
    replies: [
      {
        kind: 'notice',
        title:
          shown.length > 0
            ? `${counted(snap.events.value.length, 'log entry', 'log entries')}, newest first`
            : 'No log entry',
        tone: 'neutral',
        blocks: [
          ...blocks,
          {
            kind: 'facts',
            rows: [
              {
                name: 'Provisioning log',
                value: [shown.length < runs.length ? `the newest ${shown.length} lines` : 'all that I found'],
                asOf: snap.events.asOf,
                source: snap.events.source,
              },
            ],
          },
        ],
        offers: [],
      },
    ],
    session: { ...turn.session, subject },
  }
}

/** Failures of the last 24 hours by code, against the day before. */
export async function errors(turn: Turn, services: Services): Promise<Response> {
  const seen = await services.sync.events({ since: turn.now - 2 * DAY, mostPages: 4 })
  if (!seen.known)
    return say(notice('I could not read the provisioning log.', `Reason: ${becauseWords[seen.because]}.`))
  const failures = seen.value.filter((event) => event.status === 'failure')
  const count = (since: number, until: number) => {
    const byCode = new Map<string, number>()
    for (const event of failures)
      if (event.at >= since && event.at < until)
        byCode.set(event.error?.code ?? 'no code', (byCode.get(event.error?.code ?? 'no code') ?? 0) + 1)
    return byCode
  }
  const today = count(turn.now - DAY, turn.now + 1)
  const before = count(turn.now - 2 * DAY, turn.now - DAY)
  if (today.size === 0)
    return say(
      notice(
        'No failed entry in 24 hours.',
        'As of the provisioning log; entries can arrive some minutes late.',
      ),
    )
  const rows = [...today.entries()]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 20)
    .map(([code, n]): Prose[] => [[{ code }], [String(n)], [String(before.get(code) ?? 0)]])
  const worst = [...today.entries()].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ''
  return say({
    kind: 'notice',
    title: `${[...today.values()].reduce((a, b) => a + b, 0)} failed entries in 24 hours, ${counted(today.size, 'code')}`,
    tone: 'attention',
    blocks: [
      { kind: 'table', columns: ['Code', 'Last 24 h', '24 h before'], rows },
      {
        kind: 'facts',
        rows: [{ name: 'Provisioning log', value: ['newest entries'], asOf: seen.asOf, source: seen.source }],
      },
    ],
    offers: services.knowledge.code(worst) ? [{ label: `What is ${worst}?`, say: worst }] : [],
  })
}

export async function serviceHealth(services: Services): Promise<Response> {
  const seen = await services.sync.serviceIssues()
  if (!seen.known)
    return say(notice('I could not read the service health.', `Reason: ${becauseWords[seen.because]}.`))
  const open = seen.value.filter((issue) => !issue.resolved)
  const items = open.map(
    (issue): Prose =>
      prose`${{ strong: issue.id }} ${issue.title} (${issue.service}, since ${at(issue.since)}, ${issue.status})`,
  )
  return say({
    kind: 'notice',
    title:
      open.length === 0
        ? 'Microsoft reports no open incident for the identity service.'
        : `Microsoft reports ${counted(open.length, 'open incident')}.`,
    tone: open.length === 0 ? 'good' : 'attention',
    blocks: [
      ...(items.length > 0 ? [{ kind: 'list' as const, ordered: false, items }] : []),
      {
        kind: 'facts',
        rows: [
          {
            name: 'Service health',
            value: [`${open.length} open, ${seen.value.length - open.length} resolved`],
            asOf: seen.asOf,
            source: seen.source,
          },
        ],
      },
    ],
    offers: [],
  })
}

/** Ids, times and findings for a support case, without names. */
export async function supportBundle(
  turn: Turn,
  services: Services,
  subject: Subject | undefined,
): Promise<Response> {
  const snap = await snapshot(turn, services, subject ?? { kind: 'tenant' })
  const time = (value: number | undefined) => (value === undefined ? '-' : new Date(value).toISOString())
  const jobs = Object.values(snap.jobs).flatMap((fact) => (fact.known ? fact.value : []))
  const jobLines = jobs.flatMap((job) => [
    `job ${job.id} (${job.kind}) of configuration ${job.configurationId}: ${job.status}`,
    `  last execution ${time(job.lastExecution?.began)} .. ${time(job.lastExecution?.ended)} ${job.lastExecution?.state ?? '-'} ${job.lastExecution?.error?.code ?? ''}`.trimEnd(),
    ...(job.quarantine
      ? [
          `  quarantine ${job.quarantine.reason} since ${time(job.quarantine.seriesSince ?? job.quarantine.since)} error ${job.quarantine.error?.code ?? '-'}`,
        ]
      : []),
  ])
  const events = snap.events.known && subject?.kind === 'object' ? snap.events.value.slice(0, 10) : []
  const eventLines = events.map((event) =>
    `entry ${time(event.at)} id ${event.id} change ${event.changeId ?? '-'} cycle ${event.cycleId ?? '-'} ${event.action} ${event.status} ${event.error?.code ?? ''}`.trimEnd(),
  )
  const results = runChecks(snap)
  const failed = results.flatMap((result) =>
    result.result === 'fail'
      ? [`check ${result.id}: failed`]
      : result.result === 'skipped'
        ? [`check ${result.id}: not possible (${result.because})`]
        : [],
  )
  const object = snap.object.known ? [`object ${snap.object.value.id}`] : []
  const text = [
    `Sync Medic support bundle, ${time(turn.now)}`,
    `tenant ${turn.place.tenantId}`,
    ...object,
    ...jobLines,
    ...eventLines,
    ...failed,
  ].join('\n')
  return say({
    kind: 'notice',
    title: 'Support bundle',
    tone: 'neutral',
    blocks: [
      { kind: 'text', prose: ['Ids, times and findings; no names. Copy it into the case.'] },
      { kind: 'code', language: 'text', text },
    ],
    offers: [],
  })
}
