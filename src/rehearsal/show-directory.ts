// Users, groups, service principals and the organization in Graph's shapes.
import type { Instant, Json } from '../nouns.ts'
import { DAY, HOUR } from '../time.ts'
import { type Account, immutableId } from './account.ts'
import { type Domain, jobOf, jobs, provisioningJob, type ServicePrincipal } from './configurations.ts'
import { deletedGroup, type Group, groups } from './groups.ts'
import { guid, roll } from './noise.ts'
import { tenantId } from './people.ts'
import { lastSuccessOf, type Obj } from './show-job.ts'
import { everybody, hasEffect, type Present, proxiesOf, type World } from './world.ts'

const seconds = (time: Instant) => `${new Date(time).toISOString().slice(0, 19)}Z`

const noAttributes: Obj = Object.fromEntries(
  Array.from({ length: 15 }, (_, i) => [`extensionAttribute${i + 1}`, null]),
)

function lastTakeOver(world: World, domain: Domain): Instant {
  return lastSuccessOf(world, jobOf(provisioningJob[domain])) ?? Number.POSITIVE_INFINITY
}

function onPremisesOf(world: World, account: Account, since: Instant | undefined): Record<string, Json> {
  if (account.domain === undefined)
    return {
      onPremisesDistinguishedName: null,
      onPremisesDomainName: null,
      onPremisesExtensionAttributes: noAttributes,
      onPremisesImmutableId: null,
      onPremisesLastSyncDateTime: null,
      onPremisesProvisioningErrors: [],
      onPremisesSamAccountName: null,
      onPremisesSecurityIdentifier: null,
      onPremisesSyncEnabled: null,
      onPremisesUserPrincipalName: null,
    }
  const usual = since ?? world.state.born - 6 * HOUR - roll(60, 'synced', account.key) * HOUR
  // Nothing is taken over while its job does not run; what no configuration covers is somebody else's.
  const last =
    account.formerDomain === undefined ? Math.min(usual, lastTakeOver(world, account.domain)) : usual
  const dropped = account.droppedProxy
  return {
    onPremisesDistinguishedName: account.dn,
    onPremisesDomainName: account.formerDomain ?? account.domain,
    onPremisesExtensionAttributes: noAttributes,
    onPremisesImmutableId: immutableId(account.guid),
    onPremisesLastSyncDateTime: seconds(last),
    onPremisesProvisioningErrors: dropped
      ? [
          {
            category: 'PropertyConflict',
            occurredDateTime: seconds(world.state.born - 40 * HOUR),
            propertyCausingError: 'ProxyAddresses',
            value: dropped,
          },
        ]
      : [],
    onPremisesSamAccountName: account.sam,
    onPremisesSecurityIdentifier: account.sid,
    onPremisesSyncEnabled: true,
    onPremisesUserPrincipalName: account.upn,
  }
}

/** A user with everything one may select; a deleted one carries its id before its name, as Entra does it. */
export function showUser(world: World, { account, presence }: Present): Obj {
  const deletedAt = presence.is === 'deleted' ? presence.at : undefined
  const since = presence.is === 'there' ? presence.since : undefined
  const upn =
    deletedAt === undefined
      ? (account.cloudUpn ?? account.upn)
      : `${account.id.replaceAll('-', '')}${account.upn}`
  return {
    businessPhones: [],
    displayName: account.displayName,
    givenName: account.given,
    jobTitle: account.title,
    mail: account.mail,
    mobilePhone: null,
    officeLocation: account.city,
    preferredLanguage: null,
    surname: account.surname,
    userPrincipalName: upn,
    id: account.id,
    accountEnabled: account.enabled,
    city: account.city,
    companyName: account.domain === 'fabrikam.com' ? 'Fabrikam' : 'Contoso',
    country: null,
    createdDateTime: seconds(
      since ?? Date.UTC(2021, roll(40, 'made', account.key), 1 + roll(28, account.key), 7),
    ),
    deletedDateTime: deletedAt === undefined ? null : seconds(deletedAt),
    department: account.department,
    employeeId: null,
    employeeType: account.employeeType,
    mailNickname: account.upn.split('@')[0] ?? '',
    otherMails: [],
    ...onPremisesOf(world, account, since),
    proxyAddresses: proxiesOf(world, account),
    serviceProvisioningErrors: [],
    usageLocation: null,
    userType: 'Member',
  }
}

/** What a user consists of without $select: nothing of the on-premises set. */
export const userDefaults: readonly string[] = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
]

export function users(world: World): readonly Obj[] {
  return everybody(world)
    .filter(({ presence }) => presence.is === 'there')
    .map((each) => showUser(world, each))
}

/** The object an account had before it was deleted and made anew. */
function firstLife(world: World, account: Account): readonly Present[] {
  if (account.recreatedDaysAgo === undefined) return []
  const at = world.state.born - account.recreatedDaysAgo * DAY
  return [{ account: { ...account, id: guid('first life', account.upn) }, presence: { is: 'deleted', at } }]
}

export function deletedUsers(world: World): readonly Obj[] {
  return everybody(world)
    .flatMap(({ account, presence }) =>
      presence.is === 'deleted' ? [{ account, presence }] : firstLife(world, account),
    )
    .map((each) => showUser(world, each))
}

export function showGroup(world: World, group: Group, deletedAt?: Instant): Obj {
  const synced = group.domain !== undefined
  return {
    id: group.id,
    deletedDateTime: deletedAt === undefined ? null : seconds(deletedAt),
    classification: null,
    createdDateTime: seconds(Date.UTC(2022, roll(12, group.id), 3, 9)),
    description: group.description,
    displayName: group.displayName,
    expirationDateTime: null,
    groupTypes: group.unified ? ['Unified'] : [],
    mail: group.mail,
    mailEnabled: group.mail !== null,
    mailNickname: group.displayName.toLowerCase().replace(/[^a-z0-9]/g, ''),
    membershipRule: null,
    onPremisesDomainName: group.domain ?? null,
    onPremisesLastSyncDateTime: synced
      ? seconds(world.state.born - 8 * HOUR - roll(50, group.id) * HOUR)
      : null,
    onPremisesNetBiosName: group.domain?.split('.')[0]?.toUpperCase() ?? null,
    onPremisesProvisioningErrors: [],
    onPremisesSamAccountName: group.sam,
    onPremisesSecurityIdentifier: synced ? group.sid : null,
    onPremisesSyncEnabled: synced ? true : null,
    proxyAddresses: group.mail === null ? [] : [`SMTP:${group.mail}`],
    securityEnabled: !group.unified,
    securityIdentifier: group.sid,
    serviceProvisioningErrors: [],
    visibility: null,
  }
}

export function allGroups(world: World): readonly Obj[] {
  return groups.map((group) => showGroup(world, group))
}

export function deletedGroups(world: World): readonly Obj[] {
  return [showGroup(world, deletedGroup, world.state.born - 72 * HOUR)]
}

export function membersOf(world: World, groupId: string): readonly Obj[] | undefined {
  const group = groups.find((each) => each.id === groupId)
  if (!group) return undefined
  const wanted = new Set(group.members.map((each) => each.key))
  return everybody(world)
    .filter(({ account, presence }) => wanted.has(account.key) && presence.is === 'there')
    .map((each) => ({ '@odata.type': '#microsoft.graph.user', ...showUser(world, each) }))
}

export function groupsOfUser(userId: string): readonly Group[] {
  return groups.filter((group) => group.members.some((each) => each.id === userId))
}

export function showPrincipal(each: ServicePrincipal): Obj {
  return {
    id: each.id,
    deletedDateTime: null,
    accountEnabled: true,
    appDisplayName: each.appDisplayName,
    appId: each.appId,
    applicationTemplateId: each.applicationTemplateId,
    appOwnerOrganizationId: tenantId,
    appRoleAssignmentRequired: false,
    displayName: each.displayName,
    homepage: each.domain
      ? 'https://account.activedirectory.windowsazure.com:444/applications/default.aspx?metadata=AD2AADProvisioning|ISV9.1|primary|z'
      : null,
    loginUrl: null,
    logoutUrl: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    replyUrls: [],
    servicePrincipalNames: [each.appId],
    servicePrincipalType: 'Application',
    signInAudience: 'AzureADMultipleOrgs',
    tags: each.tags,
  }
}

function lastOf(world: World, kind: 'provisioning' | 'passwordHash'): string | null {
  const times = jobs
    .filter((job) => job.kind === kind)
    .map((job) => lastSuccessOf(world, job))
    .filter((time) => time !== undefined)
  return times.length > 0 ? seconds(Math.max(...times)) : null
}

/** Beta adds the time of the last password synchronization. */
export function organization(world: World, version: 'v1.0' | 'beta'): Obj {
  return {
    id: tenantId,
    deletedDateTime: null,
    businessPhones: [],
    city: null,
    countryLetterCode: 'NO',
    createdDateTime: '2021-01-11T08:00:00Z',
    displayName: 'Contoso (rehearsal)',
    onPremisesLastSyncDateTime: lastOf(world, 'provisioning'),
    onPremisesSyncEnabled: !hasEffect(world, 'tenantSyncOff'),
    ...(version === 'beta' ? { onPremisesLastPasswordSyncDateTime: lastOf(world, 'passwordHash') } : {}),
    preferredLanguage: 'en',
    technicalNotificationMails: ['aiko.tanaka@contoso.com'],
    tenantType: 'AAD',
    verifiedDomains: (['contoso.com', 'fabrikam.com'] as const).map((name) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: name === 'contoso.com',
      isInitial: false,
      name,
      type: 'Managed',
    })),
  }
}
