// Entries of the provisioning log in our words, and whom they are about.
import { compact, type GraphProvisioningEvent, guidOf } from '../graph/index.ts'
import type { DirectoryObject, ObjectName, ProvisioningEvent } from '../nouns.ts'

const statuses = ['success', 'failure', 'skipped', 'warning'] as const

function errorOf(raw: GraphProvisioningEvent): ProvisioningEvent['error'] {
  const info = raw.provisioningStatusInfo?.errorInformation
  if (!info?.errorCode && !info?.reason) return undefined
  return compact({
    code: info.errorCode ?? '',
    reason: info.reason ?? info.additionalDetails,
    recommendedAction: info.recommendedAction,
    category: info.errorCategory,
  })
}

/** Entries without a time are of no use and are left out by `toEvents`. */
function toEvent(raw: GraphProvisioningEvent & { activityDateTime: number }): ProvisioningEvent {
  const { sourceIdentity: source, targetIdentity: target } = raw
  return compact({
    id: raw.id,
    at: raw.activityDateTime,
    jobId: raw.jobId ?? '',
    configurationId: raw.servicePrincipal?.id ?? '',
    cycleId: raw.cycleId,
    changeId: raw.changeId,
    action: raw.provisioningAction,
    status: statuses.find((status) => status === raw.provisioningStatusInfo?.status) ?? 'unknown',
    source: {
      ...compact({ id: source?.id, name: source?.displayName, type: source?.identityType }),
      details: source?.details ?? {},
    },
    target: compact({ id: target?.id, name: target?.displayName, type: target?.identityType }),
    error: errorOf(raw),
    steps: raw.provisioningSteps.map((step) => ({
      name: step.name ?? '',
      type: step.provisioningStepType,
      status: step.status,
      description: step.description ?? '',
      details: step.details,
    })),
    changes: raw.modifiedProperties.map((change) =>
      compact({ property: change.displayName ?? '', from: change.oldValue, to: change.newValue }),
    ),
  })
}

/** Newest first. */
export function toEvents(raw: readonly GraphProvisioningEvent[]): readonly ProvisioningEvent[] {
  return raw
    .flatMap((one) => {
      const { activityDateTime } = one
      return activityDateTime === undefined ? [] : [toEvent({ ...one, activityDateTime })]
    })
    .sort((a, b) => b.at - a.at)
}

/** Everything by which a person or group may be called, in lower case. */
export function namesOf(name: ObjectName, objects: readonly DirectoryObject[]): ReadonlySet<string> {
  const all = [
    name.by === 'sam' ? name.value.slice(name.value.lastIndexOf('\\') + 1) : name.value,
    ...objects.flatMap((object) => [
      object.id,
      object.upn,
      object.onPremises.upn,
      object.onPremises.dn,
      object.onPremises.sam,
      object.mail,
      // The AD side of an entry is known by its object GUID.
      object.onPremises.immutableId && guidOf(object.onPremises.immutableId),
    ]),
  ]
  return new Set(all.flatMap((one) => (one ? [one.trim().toLowerCase()] : [])))
}

/** Attributes by which an entry calls its object, spelled without case. */
const naming =
  /^(userPrincipalName|distinguishedName|onPremisesDistinguishedName|sAMAccountName|onPremisesSamAccountName|onPremisesUserPrincipalName|mail|objectId|objectGUID|id|reportableIdentifier|displayName|cn)$/i

function namingValues(map: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(map).flatMap(([key, value]) => (naming.test(key) ? [value] : []))
}

/** Whether the entry is about an object with one of these names (lower case). Mentions in sentences do not count. */
export function isAbout(event: ProvisioningEvent, names: ReadonlySet<string>): boolean {
  const called = [
    event.source.id,
    event.source.name,
    event.target.id,
    event.target.name,
    ...namingValues(event.source.details),
    ...event.steps.flatMap((step) => namingValues(step.details)),
    ...event.changes.flatMap((change) => (naming.test(change.property) ? [change.from, change.to] : [])),
  ]
  return called.some((one) => one !== undefined && names.has(unquoted(one).toLowerCase()))
}

/** Values of changes are written with their quotes now and then. */
function unquoted(text: string): string {
  return text.trim().replace(/^"(.*)"$/s, '$1')
}

/** Deletions that wait for a decision: the newest entry per object, as each cycle stages them anew. */
export function heldDeletionsIn(events: readonly ProvisioningEvent[]): readonly ProvisioningEvent[] {
  const newest = new Map<string, ProvisioningEvent>()
  for (const event of events) {
    const key = event.source.id ?? event.target.id ?? event.id
    if (!newest.has(key)) newest.set(key, event)
  }
  return [...newest.values()].filter((event) => event.action === 'stagedDelete')
}
