// The facts one diagnosis looks at, gathered in two rounds: who and where, then what became of it.
import { domainOfDn, domainOfUpn } from '../directory-names.ts'
import type { GraphReads } from '../graph/index.ts'
import {
  type Agent,
  type Configuration,
  type DirectoryObject,
  type Fact,
  type Instant,
  type Job,
  known,
  mapFact,
  type ProvisioningEvent,
  type ScopeFilter,
  type Snapshot,
  type Subject,
  unknown,
} from '../nouns.ts'
import type { UserToken } from '../ports.ts'
import { DAY } from '../time.ts'
import { toAgents } from './agent.ts'
import { ownerOf } from './configuration.ts'
import { objectConflicts, objectLog, pickObject } from './object-facts.ts'
import {
  askDeleted,
  type askEvents,
  askForDomain,
  askJobs,
  askObjects,
  askScope,
  askServiceIssues,
  askTenant,
} from './questions.ts'

/** Without an owner the jobs of so many configurations are read; the whole tenant is read whatever it has. */
const MOST_CONFIGURATIONS = 3

export type Log = { readonly events: readonly ProvisioningEvent[]; readonly complete: boolean }

export type SnapshotParts = {
  readonly reads: GraphReads
  /** Entries of the provisioning log, perhaps some seconds old; `asOf` tells. */
  readonly log: (window: Parameters<typeof askEvents>[1]) => Promise<Fact<Log>>
  readonly configurations: () => Promise<Fact<readonly Configuration[]>>
  readonly subject: Subject
  readonly token: UserToken | undefined
  readonly now: Instant
}

type Configurations = Fact<readonly Configuration[]>
type Found = Pick<Snapshot, 'object' | 'candidates' | 'deletedObject'>

const noObject: Found = {
  object: unknown('notFound', 'not about an object'),
  candidates: [],
  deletedObject: unknown('notFound', 'not about an object'),
}

async function findObject({ reads, subject }: SnapshotParts): Promise<Found> {
  if (subject.kind !== 'object') return noObject
  const [hits, deletedObject] = await Promise.all([
    askObjects(reads, subject.type, subject.name),
    askDeleted(reads, subject.type, subject.name),
  ])
  return { ...pickObject(hits, subject.name), deletedObject }
}

/** Domains that may own the object, the surest first. A sign-in suffix is only a hint. */
function ownerByName(
  subject: Subject & { kind: 'object' },
  object: DirectoryObject | undefined,
  configurations: readonly Configuration[],
): Configuration | undefined {
  const { name } = subject
  const dn = object?.onPremises.dn ?? (name.by === 'dn' ? name.value : undefined)
  const upn = object?.onPremises.upn ?? object?.upn ?? (name.by === 'upn' ? name.value : undefined)
  // A DN names its domain for certain: no near miss is taken then.
  const certain = object?.onPremises.domain ?? (dn && domainOfDn(dn))
  if (certain) return ownerOf(configurations, certain, { exact: true })
  return ownerOf(configurations, upn && domainOfUpn(upn))
}

async function ownerOfDomain(
  { reads }: SnapshotParts,
  domain: string,
  configurations: Configurations,
): Promise<Fact<Configuration>> {
  if (!configurations.known) return configurations
  const found = ownerOf(configurations.value, domain)
  return found ? known(found, configurations.asOf, configurations.source) : askForDomain(reads, domain)
}

async function findOwner(
  parts: SnapshotParts,
  configurations: Configurations,
  found: Found,
): Promise<Fact<Configuration>> {
  const { subject } = parts
  if (subject.kind === 'tenant') return unknown('notFound', 'the whole tenant')
  if (subject.kind === 'configuration') return ownerOfDomain(parts, subject.domain, configurations)
  if (!configurations.known) return configurations
  const object = found.object.known ? found.object.value : deletedOf(found)
  const owner = ownerByName(subject, object, configurations.value)
  const { asOf, source } = configurations
  return owner ? known(owner, asOf, source) : unknown('notFound', source)
}

function deletedOf(found: Found): DirectoryObject | undefined {
  return found.deletedObject.known ? found.deletedObject.value : undefined
}

/** The job that provisions people and groups; of several the one that runs. */
function provisioningJob(jobs: readonly Job[]): Job | undefined {
  const fitting = jobs.filter((job) => job.kind === 'provisioning')
  return fitting.find((job) => job.status !== 'disabled' && job.status !== 'notRun') ?? fitting[0]
}

type OwnFacts = { readonly jobs: Snapshot['jobs']; readonly scope: Fact<readonly ScopeFilter[]> }

async function factsOfOwner(reads: GraphReads, owner: Configuration): Promise<OwnFacts> {
  const jobs = await askJobs(reads, owner)
  const byId = { [owner.id]: jobs }
  if (!jobs.known) return { jobs: byId, scope: jobs }
  const job = provisioningJob(jobs.value)
  if (!job) return { jobs: byId, scope: unknown('notFound', jobs.source, 'noProvisioningJob') }
  return { jobs: byId, scope: await askScope(reads, owner, job.id) }
}

async function jobsAndScope(
  { reads, subject }: SnapshotParts,
  owner: Fact<Configuration>,
  configurations: Configurations,
): Promise<OwnFacts> {
  if (owner.known) return factsOfOwner(reads, owner.value)
  const scope = unknown<readonly ScopeFilter[]>(owner.because, 'scope of the owning configuration')
  const all = configurations.known ? configurations.value : []
  if (subject.kind !== 'tenant' && all.length > MOST_CONFIGURATIONS) return { jobs: {}, scope }
  const jobs = await Promise.all(all.map(async (one) => [one.id, await askJobs(reads, one)] as const))
  return { jobs: Object.fromEntries(jobs), scope }
}

/** The log of a configuration, or of all of them, over the past day. */
async function recentLog(
  { log: read, now }: SnapshotParts,
  owner: Fact<Configuration>,
  configurations: Configurations,
): Promise<Fact<readonly ProvisioningEvent[]>> {
  const all = configurations.known ? configurations.value : []
  const wanted = new Set(owner.known ? [owner.value.id] : all.map(({ id }) => id))
  const log = await read({
    since: now - DAY,
    mostPages: 1,
    ...(owner.known ? { configurationId: owner.value.id } : {}),
  })
  return mapFact(log, ({ events }) => events.filter((event) => wanted.has(event.configurationId)))
}

async function agentsOf({ reads, token }: SnapshotParts): Promise<Fact<readonly Agent[]>> {
  return mapFact(await reads.listAgents(token), toAgents)
}

/** The owner as the log knows it, for names that do not tell: whose job wrote about the object. */
function ownerByLog(
  events: Fact<readonly ProvisioningEvent[]>,
  configurations: Configurations,
): Fact<Configuration> | undefined {
  if (!events.known || !configurations.known) return undefined
  const byId = new Map(configurations.value.map((one) => [one.id, one]))
  const owner = events.value.map((event) => byId.get(event.configurationId)).find(Boolean)
  return owner && known(owner, events.asOf, events.source)
}

/** People whose names Graph cannot find, but the log has the id under which they arrived. */
async function findByLog(
  { reads, subject }: SnapshotParts,
  found: Found,
  events: Fact<readonly ProvisioningEvent[]>,
): Promise<Found> {
  const lost = !found.object.known && found.object.because === 'notFound' && found.candidates.length === 0
  if (subject.kind !== 'object' || !lost || !events.known) return found
  const target = events.value.find((event) => event.target.id && event.status === 'success')?.target.id
  if (!target || deletedOf(found)?.id === target) return found
  const name = { by: 'id' as const, value: target }
  return { ...found, ...pickObject(await askObjects(reads, subject.type, name), name) }
}

type SecondRound = OwnFacts &
  Pick<Snapshot, 'events' | 'conflicts' | 'agents' | 'owner'> & { readonly found: Found }

async function objectRound(
  parts: SnapshotParts & { readonly subject: Subject & { kind: 'object' } },
  owner: Fact<Configuration>,
  configurations: Configurations,
  found: Found,
): Promise<SecondRound> {
  const log = objectLog(parts, owner, found)
  const own = owner.known
    ? jobsAndScope(parts, owner, configurations)
    : log.then((events) => jobsAndScope(parts, ownerByLog(events, configurations) ?? owner, configurations))
  const [events, ownFacts, conflicts, agents, foundNow] = await Promise.all([
    log,
    own,
    objectConflicts(parts, found, log),
    agentsOf(parts),
    log.then((entries) => findByLog(parts, found, entries)),
  ])
  const named = owner.known ? owner : (ownerByLog(events, configurations) ?? owner)
  return { ...ownFacts, events, conflicts, agents, owner: named, found: foundNow }
}

/** Several people fit the name: until one is chosen, nothing more can be asked about "the" object. */
function undecidedRound(owner: Fact<Configuration>, found: Found): SecondRound {
  const why = unknown<never>('notFound', 'several objects fit the name', 'several')
  return { jobs: {}, scope: why, events: why, conflicts: why, agents: why, owner, found }
}

async function otherRound(
  parts: SnapshotParts,
  owner: Fact<Configuration>,
  configurations: Configurations,
  found: Found,
): Promise<SecondRound> {
  const nothingToRead = !owner.known && parts.subject.kind === 'configuration'
  const [own, events, agents] = await Promise.all([
    jobsAndScope(parts, owner, configurations),
    nothingToRead
      ? unknown<readonly ProvisioningEvent[]>('notFound', owner.source)
      : recentLog(parts, owner, configurations),
    agentsOf(parts),
  ])
  const conflicts = unknown<readonly DirectoryObject[]>('notFound', 'not about an object')
  return { ...own, events, conflicts, agents, owner, found }
}

/** Gathers everything a diagnosis of `subject` needs. What could not be read is in it as a reason. */
export async function takeSnapshot(parts: SnapshotParts): Promise<Omit<Snapshot, 'calls'>> {
  const { reads, subject, now } = parts
  const [configurations, found, tenant, serviceIssues] = await Promise.all([
    parts.configurations(),
    findObject(parts),
    askTenant(reads, { passwords: subject.kind !== 'object' }),
    askServiceIssues(reads),
  ])
  const owner = await findOwner(parts, configurations, found)
  const second =
    found.candidates.length > 1
      ? undecidedRound(owner, found)
      : subject.kind === 'object'
        ? await objectRound({ ...parts, subject }, owner, configurations, found)
        : await otherRound(parts, owner, configurations, found)
  const { found: object, ...facts } = second
  return { takenAt: now, subject, configurations, tenant, serviceIssues, ...facts, ...object }
}
