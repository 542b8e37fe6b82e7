// The facts around a diagnosis: who it is about, how the job stands, what the log and the scope say, what was not seen.
import { type CheckResult, rank, uncheckedOf } from '../../diagnosis/index.ts'
import type { Block, FactRow, Prose, Snapshot } from '../../nouns.ts'
import { at, personal, prose } from '../../nouns.ts'
import { becauseWords } from '../../words.ts'

const MOST_SEEN = 2
const MOST_IN_SCOPE = 8

export type Look = { readonly snapshot: Snapshot; readonly results: readonly CheckResult[] }

function objectRows({ subject, object }: Snapshot): FactRow[] {
  if (subject.kind !== 'object') return []
  const name = subject.type === 'group' ? 'Group' : 'Person'
  const { source } = object
  if (!object.known)
    return [
      {
        name,
        value: [object.because === 'notFound' ? 'not in the tenant' : becauseWords[object.because]],
        source,
      },
    ]
  const last = object.value.onPremises.lastSync
  return [
    { name, value: [personal(object.value.displayName)], source, asOf: object.asOf },
    ...(last === undefined
      ? []
      : [{ name: 'Last taken over from AD', value: [at(last)], source, asOf: object.asOf }]),
  ]
}

function jobRows({ owner, jobs: byId }: Snapshot): FactRow[] {
  if (!owner.known) return []
  const configuration = { name: 'Configuration', value: prose`${owner.value.domain}` }
  const rows: FactRow[] = [{ ...configuration, asOf: owner.asOf, source: owner.source }]
  const jobs = byId[owner.value.id]
  const job = jobs?.known ? jobs.value.find((one) => one.kind === 'provisioning') : undefined
  if (!jobs?.known || !job) return rows
  const ended = job.lastSuccess?.ended ?? job.lastSuccess?.began
  const last = ended === undefined ? [', no success recorded'] : prose`, last success ${at(ended)}`
  const value = [job.status === 'quarantine' ? 'in quarantine' : job.status, ...last]
  return [...rows, { name: 'Job', value, asOf: jobs.asOf, source: jobs.source }]
}

/** Who or what it is about, and how its job stands. */
export function contextRows(snapshot: Snapshot): FactRow[] {
  return [...objectRows(snapshot), ...jobRows(snapshot)]
}

function newestEntryRow({ subject, events }: Snapshot): FactRow[] {
  if (subject.kind !== 'object') return []
  const { source } = events
  if (!events.known) {
    const isTooLong = events.detail === 'logTooLong'
    return isTooLong ? [{ name: 'Newest log entry', value: ['none about it among the newest'], source }] : []
  }
  const [newest] = events.value
  const code = newest?.error ? prose` (${{ code: newest.error.code }})` : []
  const value = newest
    ? prose`${at(newest.at)}: ${[newest.action]}, ${[newest.status]}${code}`
    : ['none about it in 7 days']
  return [{ name: 'Newest log entry', value, asOf: events.asOf, source }]
}

function scopeRows({ subject, scope }: Snapshot): FactRow[] {
  if (subject.kind !== 'object' || !scope.known) return []
  const inside = scope.value.flatMap(({ containers, groups }) => [...containers, ...groups])
  const value =
    inside.length > 0
      ? prose`${inside.slice(0, MOST_IN_SCOPE).join('; ')}${[inside.length > MOST_IN_SCOPE ? '; …' : '']}`
      : ['the whole domain']
  return [{ name: 'In scope', value, asOf: scope.asOf, source: scope.source }]
}

/** What the checks already say, above a question that they could not decide, and what they could not see. */
export function seenSoFar(look: Look | undefined): Block[] {
  if (!look) return []
  const { snapshot, results } = look
  const titles = rank(results)
    .slice(0, MOST_SEEN)
    .map(({ title }) => title)
  const rows = [...contextRows(snapshot), ...newestEntryRow(snapshot), ...scopeRows(snapshot)]
  const unchecked = uncheckedOf(results).map((one): Prose => [`${one.what}: ${becauseWords[one.because]}`])
  return [
    ...(titles.length > 0
      ? [
          { kind: 'heading' as const, text: 'What I see' },
          { kind: 'list' as const, ordered: false, items: titles },
        ]
      : []),
    ...(rows.length > 0 ? [{ kind: 'facts' as const, rows }] : []),
    ...(unchecked.length > 0
      ? [
          { kind: 'heading' as const, text: 'Could not be checked' },
          { kind: 'list' as const, ordered: false, items: unchecked },
        ]
      : []),
  ]
}
