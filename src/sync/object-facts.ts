// Facts about one person or group: which of the hits is meant, what the log says of it, who is in its way.
import { sameName } from '../directory-names.ts'
import { type GraphReads, guidOf, plainAddress } from '../graph/index.ts'
import {
  type Configuration,
  type DirectoryObject,
  type Fact,
  type Instant,
  known,
  type ObjectName,
  type ProvisioningEvent,
  type Snapshot,
  type Subject,
  unknown,
} from '../nouns.ts'
import { DAY } from '../time.ts'
import { toDirectoryObject } from './directory-object.ts'
import { isAbout, namesOf } from './provisioning-event.ts'
import type { askEvents } from './questions.ts'

const LOG_WINDOW_MS = 7 * DAY

type Found = Pick<Snapshot, 'object' | 'candidates' | 'deletedObject'>
type Parts = {
  readonly reads: GraphReads
  readonly log: (window: Parameters<typeof askEvents>[1]) => ReturnType<typeof askEvents>
  readonly subject: Subject & { kind: 'object' }
  readonly now: Instant
}

/** One hit is the object; of several by name the one whose name is exactly that; else the person must choose. */
export function pickObject(
  hits: Fact<readonly DirectoryObject[]>,
  name: ObjectName,
): Pick<Found, 'object' | 'candidates'> {
  if (!hits.known) return { object: hits, candidates: [] }
  const exact =
    name.by === 'name' ? hits.value.filter((hit) => sameName(hit.displayName, name.value.trim())) : []
  const meant = exact.length === 1 ? exact : hits.value
  const [only] = meant
  if (only && meant.length === 1) return { object: known(only, hits.asOf, hits.source), candidates: [] }
  const detail = meant.length > 1 ? 'several' : name.by === 'dn' ? 'searchedByCommonName' : undefined
  return { object: unknown('notFound', hits.source, detail), candidates: hits.value }
}

function objectsOf(found: Found): readonly DirectoryObject[] {
  return [found.object, found.deletedObject].flatMap((fact) => (fact.known ? [fact.value] : []))
}

/** Ids by which the log can be filtered exactly; the AD side's is hidden in the immutable id. */
function idsOf(objects: readonly DirectoryObject[], name: ObjectName) {
  const [object] = objects
  const immutable = object?.onPremises.immutableId
  const objectId = object?.id
  const sourceId = immutable ? guidOf(immutable) : name.by === 'id' ? name.value : undefined
  if (!objectId && !sourceId) return undefined
  return { ...(objectId ? { objectId } : {}), ...(sourceId ? { sourceId } : {}) }
}

type Log = Awaited<ReturnType<typeof askEvents>>

/** Where to look when the newest page says nothing: exactly by id, or one page further back. */
function lookOn(
  { log }: Parts,
  window: Parameters<typeof askEvents>[1],
  read: readonly ProvisioningEvent[],
): Promise<Log> {
  const oldest = read.at(-1)?.at
  const { objectId, sourceId } = window
  if (objectId || sourceId || oldest === undefined) return log({ ...window, mostPages: 1 })
  return log({ ...window, until: oldest + 1, mostPages: 1 })
}

/**
 * Entries about the object, newest first. The newest 500 entries of the past week are read and searched here, as the
 * log's own filters mind case; they decide if they name the object. If not, and there are more, one more look
 * follows. What that leaves unread may hold the object, so then finding nothing is unknown and not "nothing".
 */
export async function objectLog(
  parts: Parts,
  owner: Fact<Configuration>,
  found: Found,
): Promise<Fact<readonly ProvisioningEvent[]>> {
  const objects = objectsOf(found)
  const names = namesOf(parts.subject.name, objects)
  const window = {
    since: parts.now - LOG_WINDOW_MS,
    ...(owner.known ? { configurationId: owner.value.id } : {}),
  }
  const log = await parts.log({ ...window, mostPages: 1 })
  if (!log.known) return log
  const about = log.value.events.filter((event) => isAbout(event, names))
  if (log.value.complete || about.length > 0) return known(about, log.asOf, log.source)
  const ids = idsOf(objects, parts.subject.name)
  const more = await lookOn(parts, { ...window, ...ids }, log.value.events)
  if (!more.known) return more
  const older = ids ? more.value.events : more.value.events.filter((event) => isAbout(event, names))
  return older.length > 0 || more.value.complete
    ? known(older, more.asOf, more.source)
    : unknown('unavailable', more.source, 'logTooLong')
}

/** Addresses and principal names that somebody else could hold; those that Graph already calls conflicts first. */
function addressesOf(name: ObjectName, objects: readonly DirectoryObject[]): readonly string[] {
  const all = [
    ...objects.flatMap((object) => object.provisioningErrors.map(({ value }) => value)),
    name.by === 'upn' ? name.value : undefined,
    ...objects.flatMap((object) => [object.upn, object.mail, ...object.proxyAddresses]),
  ]
  const plain = all.flatMap((one) => (one?.includes('@') ? [plainAddress(one).toLowerCase()] : []))
  return [...new Set(plain)]
}

/** Addresses that the log names, for people of whom only the distinguished name or account name is known. */
function addressesIn(log: Fact<readonly ProvisioningEvent[]>): readonly string[] {
  const [newest] = log.known ? log.value : []
  if (!newest) return []
  const texts = [newest.source.name, newest.target.name, newest.error?.reason]
  const found = texts.flatMap(
    (text) => text?.match(/(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}.-]{1,255}/gu) ?? [],
  )
  return [...new Set(found.map((one) => plainAddress(one.replace(/^'|[.']{1,5}$/g, '')).toLowerCase()))]
}

/** Others who hold an address of the object. */
export async function objectConflicts(
  { reads, subject }: Parts,
  found: Found,
  log: Promise<Fact<readonly ProvisioningEvent[]>>,
): Promise<Fact<readonly DirectoryObject[]>> {
  const objects = objectsOf(found)
  const named = addressesOf(subject.name, objects)
  const addresses = named.length > 0 ? named : addressesIn(await log)
  // Nothing to compare is not "no conflict".
  if (addresses.length === 0) return unknown('notFound', 'address of the object', 'noAddress')
  const holders = await reads.findOwnerOf(addresses)
  if (!holders.known) return holders
  const own = new Set(objects.map(({ id }) => id))
  const others = holders.value.filter((holder) => !own.has(holder.id))
  return { ...holders, value: others.map((holder) => toDirectoryObject(holder, 'user')) }
}
