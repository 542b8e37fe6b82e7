// A user or group of the tenant in our words.
import { compact, type GraphDirectoryObject, originalUpn } from '../graph/index.ts'
import type { DirectoryObject } from '../nouns.ts'

export function toDirectoryObject(raw: GraphDirectoryObject, type: DirectoryObject['type']): DirectoryObject {
  const upn = raw.userPrincipalName
  return compact({
    id: raw.id,
    type,
    displayName: raw.displayName ?? '',
    upn: upn && raw.deletedDateTime !== undefined ? originalUpn(upn) : upn,
    mail: raw.mail,
    proxyAddresses: raw.proxyAddresses,
    accountEnabled: raw.accountEnabled,
    deletedAt: raw.deletedDateTime,
    onPremises: compact({
      syncEnabled: raw.onPremisesSyncEnabled,
      immutableId: raw.onPremisesImmutableId,
      dn: raw.onPremisesDistinguishedName,
      domain: raw.onPremisesDomainName?.toLowerCase(),
      sam: raw.onPremisesSamAccountName,
      upn: raw.onPremisesUserPrincipalName,
      lastSync: raw.onPremisesLastSyncDateTime,
    }),
    provisioningErrors: raw.onPremisesProvisioningErrors.map((error) =>
      compact({
        property: error.propertyCausingError ?? '',
        value: error.value ?? '',
        at: error.occurredDateTime,
        category: error.category,
      }),
    ),
  })
}
