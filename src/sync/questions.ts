// Each question about Cloud Sync, in our words: ask Graph, convert, keep the reason when it fails.
import type { GraphReads } from '../graph/index.ts'
import {
  type Configuration,
  type DirectoryObject,
  type Fact,
  type Instant,
  type Job,
  known,
  mapFact,
  type ObjectName,
  type ProvisioningEvent,
  type ScopeFilter,
  type ServiceIssue,
  type TenantSync,
  unknown,
} from '../nouns.ts'
import { DAY, MINUTE } from '../time.ts'
import { isDomainName, ownerOf, toConfiguration } from './configuration.ts'
import { toDirectoryObject } from './directory-object.ts'
import { domainOf, kindOf, toJob } from './job.ts'
import { heldDeletionsIn, toEvents } from './provisioning-event.ts'
import { toScope } from './scope.ts'
import { toServiceIssue, toTenantSync } from './tenant.ts'

/** Of an old configuration the name is no domain; its jobs know it. */
async function namedByJobs(
  reads: GraphReads,
  raw: Parameters<typeof toConfiguration>[0],
): Promise<Configuration> {
  if (isDomainName(raw.displayName ?? '')) return toConfiguration(raw)
  const jobs = await reads.listJobs(raw.id)
  return toConfiguration(raw, jobs.known ? jobs.value.map(domainOf).find(Boolean) : undefined)
}

export async function askConfigurations(reads: GraphReads): Promise<Fact<readonly Configuration[]>> {
  const found = await reads.listConfigurations()
  if (!found.known) return found
  const all = await Promise.all(found.value.map((raw) => namedByJobs(reads, raw)))
  return { ...found, value: all.sort((a, b) => a.domain.localeCompare(b.domain)) }
}

/** A configuration that bears its domain's name but not the template: taken for one if its jobs are Cloud Sync's. */
export async function askForDomain(reads: GraphReads, domain: string): Promise<Fact<Configuration>> {
  const found = await reads.findConfigurations(domain)
  if (!found.known) return found
  const candidate = ownerOf(
    found.value.map((raw) => toConfiguration(raw)),
    domain,
    { exact: true },
  )
  const jobs = candidate && (await reads.listJobs(candidate.id))
  const confirmed = jobs?.known && jobs.value.some((job) => kindOf(job.id, job.templateId) !== 'other')
  if (jobs && !jobs.known && jobs.because !== 'notFound') return jobs
  return candidate && confirmed
    ? known(candidate, found.asOf, found.source)
    : unknown('notFound', found.source)
}

export async function askJobs(
  reads: GraphReads,
  configuration: Pick<Configuration, 'id' | 'domain'>,
): Promise<Fact<readonly Job[]>> {
  return mapFact(await reads.listJobs(configuration.id), (jobs) =>
    jobs.map((job) => toJob(job, configuration)),
  )
}

export async function askScope(
  reads: GraphReads,
  configuration: Pick<Configuration, 'id'>,
  jobId: string,
): Promise<Fact<readonly ScopeFilter[]>> {
  return mapFact(await reads.readSchema(configuration.id, jobId), toScope)
}

/** With the last password synchronization where beta tells it; without, the rest stands. */
export async function askTenant(
  reads: GraphReads,
  options: { readonly passwords: boolean },
): Promise<Fact<TenantSync>> {
  const [plain, passwords] = await Promise.all([
    reads.readOrganization(),
    options.passwords ? reads.readPasswordSync() : undefined,
  ])
  const last = passwords?.known ? passwords.value.onPremisesLastPasswordSyncDateTime : undefined
  return mapFact(plain, (organization) =>
    toTenantSync({ ...organization, onPremisesLastPasswordSyncDateTime: last }),
  )
}

export async function askServiceIssues(reads: GraphReads): Promise<Fact<readonly ServiceIssue[]>> {
  const issues = await reads.listServiceIssues()
  return issues.known
    ? { ...issues, value: issues.value.map((issue) => toServiceIssue(issue, issues.asOf)) }
    : issues
}

export async function askObjects(
  reads: GraphReads,
  type: DirectoryObject['type'],
  name: ObjectName,
): Promise<Fact<readonly DirectoryObject[]>> {
  const found = await (type === 'user' ? reads.findUsers(name) : reads.findGroups(name))
  return mapFact(found, (objects) => objects.map((object) => toDirectoryObject(object, type)))
}

export async function askDeleted(
  reads: GraphReads,
  type: DirectoryObject['type'],
  name: ObjectName,
): Promise<Fact<DirectoryObject>> {
  if (type === 'group') return unknown('notConfigured', 'deleted groups', 'notLookedUp')
  const found = await reads.findDeletedUsers(name)
  if (!found.known) return found
  const newest = found.value.toSorted((a, b) => (b.deletedDateTime ?? 0) - (a.deletedDateTime ?? 0))[0]
  return newest
    ? known(toDirectoryObject(newest, type), found.asOf, found.source)
    : unknown('notFound', found.source)
}

/** The log of one configuration. `complete` is false when the window holds more than was read. */
export async function askEvents(
  reads: GraphReads,
  window: Parameters<GraphReads['listProvisioningEvents']>[0],
): Promise<Fact<{ readonly events: readonly ProvisioningEvent[]; readonly complete: boolean }>> {
  const pages = await reads.listProvisioningEvents(window)
  return mapFact(pages, ({ items, complete }) => ({ events: toEvents(items), complete }))
}

/**
 * Deletions held back by the threshold, one entry per object. As people decide by their number, a log too long to
 * read whole makes the answer unknown rather than short.
 */
export async function askHeldDeletions(
  reads: GraphReads,
  job: Job,
  now: Instant,
): Promise<Fact<readonly ProvisioningEvent[]>> {
  const began = job.quarantine?.since
  // The cycle that held them ended before the quarantine began.
  const since = Math.max(began === undefined ? now - DAY : began - DAY, now - 30 * DAY)
  const window = { since, configurationId: job.configurationId, jobId: job.id }
  const log = await askEvents(reads, { ...window, mostPages: 10, patienceMs: MINUTE })
  if (!log.known) return log
  if (!log.value.complete) return unknown('unavailable', log.source, 'logTooLong')
  return known(heldDeletionsIn(log.value.events), log.asOf, log.source)
}
