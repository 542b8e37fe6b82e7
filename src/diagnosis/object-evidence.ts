// What the log and the directory say about one object, in the shape the object checks need.
import { isBelow } from '../directory-names.ts'
import type { DirectoryObject, FactRow, ProvisioningEvent, ScopeFilter, Snapshot } from '../nouns.ts'
import { at, personal, prose } from '../nouns.ts'
import { row } from './check.ts'

/** Entries of the object, newest first, without those of password hash jobs. */
export function objectEvents(snapshot: Snapshot): readonly ProvisioningEvent[] {
  if (!snapshot.events.known) return []
  const passwordJobs = new Set<string>()
  for (const fact of Object.values(snapshot.jobs)) {
    if (fact.known) for (const job of fact.value) if (job.kind === 'passwordHash') passwordJobs.add(job.id)
  }
  return snapshot.events.value
    .filter((e) => !passwordJobs.has(e.jobId) && !e.jobId.startsWith('AD2AADPasswordHash'))
    .sort((a, b) => b.at - a.at)
}

/** Skipped because source and target already agree: no trouble. */
export function nothingToDo(event: ProvisioningEvent): boolean {
  const texts = [
    event.error?.code,
    event.error?.reason,
    ...event.steps.flatMap((s) => Object.values(s.details)),
  ]
  return event.status === 'skipped' && texts.some((t) => t?.includes('RedundantExport'))
}

/** The newest entry that says something: skips without a change are passed over. */
export function newestEvent(snapshot: Snapshot): ProvisioningEvent | undefined {
  return objectEvents(snapshot).find((e) => !nothingToDo(e))
}

export function eventRows(snapshot: Snapshot, event: ProvisioningEvent): readonly FactRow[] {
  const from = snapshot.events.known ? { asOf: snapshot.events.asOf, source: snapshot.events.source } : {}
  const rows: FactRow[] = [
    row('Newest log entry', prose`${at(event.at)}: ${event.action}, ${event.status}`, from),
  ]
  if (event.error?.code) rows.push(row('Error code', [{ code: event.error.code }], from))
  if (event.error?.reason) rows.push(row('Reason given', [personal(event.error.reason)], from))
  if (event.error?.recommendedAction) {
    rows.push(row('Recommended by the service', [personal(event.error.recommendedAction)], from))
  }
  for (const s of event.steps.filter((e) => e.status !== 'success' && e.description !== '')) {
    rows.push(row(`Step ${s.type || s.name}`, prose`${s.status}: ${personal(s.description)}`, from))
  }
  if (event.changeId) rows.push(row('Change id', [{ code: event.changeId }], from))
  return rows
}

/** The object's distinguished name: as typed, from the directory, or from the log. */
export function distinguishedName(snapshot: Snapshot): string | undefined {
  const { subject, object } = snapshot
  if (object.known && object.value.onPremises.dn) return object.value.onPremises.dn
  if (subject.kind === 'object' && subject.name.by === 'dn') return subject.name.value
  for (const event of objectEvents(snapshot)) {
    for (const [key, value] of Object.entries(event.source.details)) {
      if (/^(dn|distinguishedname)$/i.test(key) && value.includes('=')) return value
    }
  }
  return undefined
}

/** `unclear`: a rule limits by AD group, and only AD knows the members. */
export function scopeVerdict(dn: string, filters: readonly ScopeFilter[]): 'in' | 'out' | 'unclear' {
  let unclear = false
  for (const filter of filters) {
    if (filter.containers.length === 0 && filter.groups.length === 0) return 'in'
    if (filter.containers.some((c) => isBelow(dn, c))) return 'in'
    if (filter.groups.length > 0) unclear = true
  }
  return unclear || filters.length === 0 ? 'unclear' : 'out'
}

export function directoryRows(
  object: DirectoryObject,
  from: { asOf?: number; source?: string },
): readonly FactRow[] {
  const { onPremises: op } = object
  const rows: FactRow[] = [row('Object', prose`${object.type} ${object.id}`, from)]
  if (object.upn) rows.push(row('UPN', [personal(object.upn)], from))
  const synced = op.syncEnabled === undefined ? 'no (cloud-only)' : op.syncEnabled ? 'yes' : 'no longer'
  rows.push(row('Synchronized from AD', [synced], from))
  if (op.domain) rows.push(row('AD domain', [{ data: op.domain }], from))
  if (op.dn) rows.push(row('Distinguished name', [personal(op.dn)], from))
  if (op.lastSync !== undefined) rows.push(row('Last taken over', [at(op.lastSync)], from))
  return rows
}
