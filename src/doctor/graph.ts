// Microsoft Graph as this deployment sees it: reachable, the clock right, each permission tried. Reads only.

import { type AppIdentity, type GraphReads, graphDate, type Query, queries } from '../graph/index.ts'
import type { Because, Fact } from '../nouns.ts'
import { HOUR, MINUTE } from '../time.ts'
import { fail, ok, type Subject, skipped, type Verdict, warn } from './verdict.ts'

const MOST_SKEW_MS = MINUTE
/** Tokens are refused beyond this. */
const FATAL_SKEW_MS = 5 * MINUTE

/** An address that nobody has: the permission is tried, and no person is looked at. */
const nobody = 'sync-medic-doctor@invalid.example'

type Job = { readonly configurationId: string; readonly jobId: string }
type Probe = (reads: GraphReads, given: { readonly now: number } & Partial<Job>) => Promise<Fact<unknown>>

/** One read per query that the bot's own identity asks; `needs`: something that must be found first. */
const probes: Readonly<
  Record<string, { readonly needs?: 'configuration' | 'job'; readonly ask: Probe } | undefined>
> = {
  listConfigurations: { ask: (reads) => reads.listConfigurations() },
  listJobs: {
    needs: 'configuration',
    ask: (reads, { configurationId = '' }) => reads.listJobs(configurationId),
  },
  readJob: {
    needs: 'job',
    ask: (reads, { configurationId = '', jobId = '' }) => reads.readJob(configurationId, jobId),
  },
  readSchema: {
    needs: 'job',
    ask: (reads, { configurationId = '', jobId = '' }) => reads.readSchema(configurationId, jobId),
  },
  listProvisioningEvents: {
    ask: (reads, { now }) => reads.listProvisioningEvents({ since: now - HOUR, mostPages: 1 }),
  },
  listDirectoryAudits: {
    ask: (reads, { now }) => reads.listDirectoryAudits({ since: now - HOUR, mostPages: 1 }),
  },
  findUsers: { ask: (reads) => reads.findUsers({ by: 'upn', value: nobody }) },
  findDeletedUsers: { ask: (reads) => reads.findDeletedUsers({ by: 'upn', value: nobody }) },
  findOwnerOf: { ask: (reads) => reads.findOwnerOf([nobody]) },
  findGroups: { ask: (reads) => reads.findGroups({ by: 'name', value: 'sync-medic-doctor' }) },
  readOrganization: { ask: (reads) => reads.readOrganization() },
  readPasswordSync: { ask: (reads) => reads.readPasswordSync() },
  listServiceIssues: { ask: (reads) => reads.listServiceIssues() },
}

/** Permissions without which only a part is missing: granted with a feature. */
const optional: readonly string[] = ['GroupMember.Read.All', 'ServiceHealth.Read.All']

const subjectOf = (query: Query): Subject => ({
  id: `permission.${query.id}`,
  what: `${query.grant}: ${query.purpose}`,
})

const fixes: Readonly<Partial<Record<Because, string>>> = {
  licence: 'The tenant needs a Microsoft Entra ID P1 licence for this log.',
  throttled: 'Graph limits requests at the moment: run the doctor again in a minute.',
  notFound: 'This address does not exist there: check CLOUD and GRAPH_BASE_URL.',
  unavailable:
    'Graph did not answer this: run the doctor again; look at the Microsoft 365 service health page.',
}

function judge(query: Query, fact: Fact<unknown>): Verdict {
  const subject = subjectOf(query)
  if (fact.known) return ok(subject, 'answered')
  // One job may have gone in between; a list that does not exist is another server's.
  if (fact.because === 'notFound' && query.path.includes('{')) return ok(subject, 'answered')
  if (fact.because === 'notPermitted') {
    const fix = `Grant the application permission ${query.grant} to the bot's identity (infra/graph-grants.bicep, docs/deploy.md) and wait some minutes.`
    const seen = `refused: ${query.grant} is missing`
    return optional.includes(query.grant) ? warn(subject, seen, fix) : fail(subject, seen, fix)
  }
  return warn(subject, fact.because, fixes[fact.because] ?? 'See docs/permissions.md.')
}

function whyNotTried(query: Query): string | undefined {
  if (query.method !== 'GET') return 'a write is never tried; it runs with the rights of whoever confirms it'
  if (query.identity === 'delegated')
    return 'delegated: needs a signed-in person, who sees the answer in the chat'
  return undefined
}

/** The first job that can be read, so that the questions about one job can be tried. */
async function firstJob(reads: GraphReads): Promise<Partial<Job>> {
  const configurations = await reads.listConfigurations()
  const configurationId = configurations.known ? configurations.value[0]?.id : undefined
  if (configurationId === undefined) return {}
  const jobs = await reads.listJobs(configurationId)
  const jobId = jobs.known ? jobs.value[0]?.id : undefined
  return jobId === undefined ? { configurationId } : { configurationId, jobId }
}

async function tryQuery(
  query: Query,
  reads: GraphReads,
  given: { now: number } & Partial<Job>,
): Promise<Verdict> {
  const because = whyNotTried(query)
  if (because) return skipped(subjectOf(query), because)
  const probe = probes[query.id]
  if (!probe)
    return fail(subjectOf(query), 'the doctor has no probe for it', 'Add one to src/doctor/graph.ts.')
  if (probe.needs && given.configurationId === undefined)
    return skipped(subjectOf(query), 'no configuration of Cloud Sync could be read')
  if (probe.needs === 'job' && given.jobId === undefined)
    return skipped(subjectOf(query), 'no job could be read')
  return judge(query, await probe.ask(reads, given))
}

export async function checkPermissions(reads: GraphReads, now: number): Promise<Verdict[]> {
  const given = { now, ...(await firstJob(reads)) }
  const verdicts: Verdict[] = []
  // One after the other: the log allows few requests at a time.
  for (const query of queries) verdicts.push(await tryQuery(query, reads, given))
  return verdicts
}

export async function checkIdentity(identity: AppIdentity): Promise<Verdict> {
  const subject: Subject = { id: 'identity', what: 'the bot gets a token for Microsoft Graph' }
  try {
    await identity.token()
    return ok(subject, 'a token was issued')
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.name : 'error'
    return fail(
      subject,
      `no token (${name})`,
      'A managed identity works only on the Azure host it is assigned to; elsewhere set AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret or certificate.',
    )
  }
}

export async function checkClock(baseUrl: string, machineNow: () => number): Promise<Verdict> {
  const subject: Subject = { id: 'clock', what: "this machine's clock agrees with Graph's" }
  const before = machineNow()
  const told = await graphDate(baseUrl)
  if (told === undefined)
    return fail(
      subject,
      'Graph does not answer at all',
      'Check outbound HTTPS to the address of Graph (proxy, firewall, DNS), and GRAPH_BASE_URL.',
    )
  const skew = Math.abs((before + machineNow()) / 2 - told)
  const seen = `${Math.round(skew / 1000)} s apart`
  const fix = 'Correct the clock (NTP): tokens are refused when it is more than five minutes off.'
  if (skew > FATAL_SKEW_MS) return fail(subject, seen, fix)
  // The header has whole seconds only.
  return skew > MOST_SKEW_MS ? warn(subject, seen, fix) : ok(subject, seen)
}
