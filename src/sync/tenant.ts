// The tenant as a whole, Microsoft's incidents, and who changed what.
import {
  compact,
  type GraphDirectoryAudit,
  type GraphOrganization,
  type GraphServiceIssue,
} from '../graph/index.ts'
import type { Instant, ServiceIssue, TenantSync } from '../nouns.ts'

export function toTenantSync(raw: GraphOrganization): TenantSync {
  const { onPremisesSyncEnabled: syncEnabled, onPremisesLastPasswordSyncDateTime: lastPasswordSync } = raw
  return {
    tenantName: raw.displayName ?? '',
    syncEnabled,
    ...compact({ lastSync: raw.onPremisesLastSyncDateTime, lastPasswordSync }),
  }
}

/** An issue that does not say since when has been there since we saw it. */
export function toServiceIssue(raw: GraphServiceIssue, seenAt: Instant): ServiceIssue {
  return {
    id: raw.id,
    title: raw.title ?? raw.id,
    service: raw.service ?? '',
    status: raw.status,
    since: raw.startDateTime ?? seenAt,
    resolved: raw.isResolved === true,
  }
}

/** An entry of the tenant's audit log. `by` is a person's name or principal name: personal data. */
export type TenantChange = {
  readonly id: string
  readonly at: Instant
  readonly activity: string
  readonly service: string
  readonly result: string
  readonly by?: string
  readonly byApp?: string
  readonly targets: readonly { readonly id?: string; readonly name?: string; readonly type?: string }[]
  readonly details: Readonly<Record<string, string>>
}

export function toTenantChanges(raw: readonly GraphDirectoryAudit[]): readonly TenantChange[] {
  return raw.flatMap((one) =>
    one.activityDateTime === undefined
      ? []
      : [
          compact({
            id: one.id,
            at: one.activityDateTime,
            activity: one.activityDisplayName ?? '',
            service: one.loggedByService ?? '',
            result: one.result,
            by: one.initiatedBy?.user?.userPrincipalName ?? one.initiatedBy?.user?.displayName,
            byApp: one.initiatedBy?.app?.displayName,
            targets: one.targetResources.map(({ id, displayName, type }) =>
              compact({ id, name: displayName, type }),
            ),
            details: Object.fromEntries(
              one.additionalDetails.flatMap(({ key, value }) => (key && value ? [[key, value]] : [])),
            ),
          }),
        ],
  )
}
