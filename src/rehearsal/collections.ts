// What may be asked of each collection. Where Graph's documentation names no filter, none is accepted.
import type { Collection } from './odata.ts'
import type { Fields } from './odata-filter.ts'
import { userDefaults } from './show-directory.ts'

const named = ['eq', 'in', 'startswith'] as const
const text = ['eq', 'in', 'startswith', 'ge', 'le'] as const
const found = ['eq', 'contains'] as const

const userFields: Fields = {
  id: ['eq', 'in'],
  accountEnabled: ['eq'],
  city: named,
  createdDateTime: ['eq', 'ge', 'le', 'in'],
  department: named,
  displayName: text,
  employeeType: named,
  givenName: named,
  jobTitle: named,
  mail: [...text, 'endswith'],
  mailNickname: named,
  'onPremisesProvisioningErrors/any/category': ['eq'],
  onPremisesImmutableId: ['eq', 'in', 'ge', 'le'],
  onPremisesLastSyncDateTime: ['eq', 'ge', 'le', 'in'],
  onPremisesSamAccountName: text,
  onPremisesSecurityIdentifier: ['eq'],
  onPremisesSyncEnabled: ['eq', 'in'],
  onPremisesUserPrincipalName: text,
  'otherMails/any': ['eq', 'startswith'],
  'proxyAddresses/any': ['eq', 'startswith'],
  surname: named,
  userPrincipalName: [...text, 'endswith'],
  userType: ['eq', 'in'],
}

const directory = { caseSensitive: false, pageSize: 100, maxTop: 999, count: true, advanced: true } as const

export const userCollection: Collection = {
  ...directory,
  context: 'users',
  fields: userFields,
  orderBy: ['displayName', 'userPrincipalName', 'createdDateTime'],
  defaults: userDefaults,
}

export const deletedUserCollection: Collection = {
  ...userCollection,
  context: 'directory/deletedItems/microsoft.graph.user',
  orderBy: ['deletedDateTime', 'displayName', 'userPrincipalName'],
  defaults: [...userDefaults, 'deletedDateTime'],
}

export const groupCollection: Collection = {
  ...directory,
  context: 'groups',
  fields: {
    id: ['eq', 'in'],
    displayName: text,
    mail: text,
    mailEnabled: ['eq'],
    mailNickname: named,
    onPremisesLastSyncDateTime: ['eq', 'ge', 'le', 'in'],
    'onPremisesProvisioningErrors/any/category': ['eq'],
    onPremisesSamAccountName: ['eq', 'startswith'],
    onPremisesSecurityIdentifier: ['eq'],
    onPremisesSyncEnabled: ['eq', 'in'],
    'proxyAddresses/any': ['eq', 'startswith'],
    securityEnabled: ['eq', 'in'],
  },
  orderBy: ['displayName'],
}

export const deletedGroupCollection: Collection = {
  ...groupCollection,
  context: 'directory/deletedItems/microsoft.graph.group',
  orderBy: ['deletedDateTime', 'displayName'],
}

export const principalCollection: Collection = {
  ...directory,
  context: 'servicePrincipals',
  fields: {
    id: ['eq', 'in'],
    appId: named,
    applicationTemplateId: ['eq'],
    displayName: text,
    servicePrincipalType: ['eq', 'in'],
    'servicePrincipalNames/any': ['eq', 'startswith'],
    'tags/any': ['eq', 'startswith'],
  },
  orderBy: ['displayName'],
}

export const memberCollection: Collection = {
  ...directory,
  context: 'directoryObjects',
  fields: {},
  orderBy: [],
  defaults: userDefaults,
}

const plain = { caseSensitive: true, fields: {}, orderBy: [], pageSize: 100, maxTop: 999 } as const

export const organizationCollection: Collection = { ...plain, context: 'organization' }

export const jobCollection: Collection = {
  ...plain,
  context: 'servicePrincipals/synchronization/jobs',
  expand: ['schema'],
}
export const schemaCollection: Collection = {
  ...plain,
  context: 'servicePrincipals/synchronization/jobs/schema',
}
export const templateCollection: Collection = {
  ...plain,
  context: 'servicePrincipals/synchronization/templates',
}

const identityFields = (name: string): Fields => ({
  [`${name}/displayName`]: found,
  [`${name}/id`]: found,
  [`${name}/identityType`]: found,
})

const provisioningFields: Fields = {
  activityDateTime: ['eq', 'gt', 'lt'],
  changeId: found,
  cycleId: found,
  jobId: found,
  tenantId: found,
  provisioningAction: found,
  'initiatedBy/displayName': found,
  'initiatedBy/id': found,
  'initiatedBy/initiatorType': found,
  'servicePrincipal/displayName': found,
  'servicePrincipal/id': found,
  'sourceSystem/displayName': found,
  'targetSystem/displayName': found,
  ...identityFields('sourceIdentity'),
  ...identityFields('targetIdentity'),
}

/** Filters of the provisioning log mind the case; the status can be filtered in beta only. */
export function provisioningCollection(version: 'v1.0' | 'beta'): Collection {
  const status: Fields = version === 'beta' ? { 'provisioningStatusInfo/status': found } : {}
  return {
    context: 'auditLogs/provisioning',
    caseSensitive: true,
    fields: { ...provisioningFields, ...status },
    pageSize: 100,
    maxTop: 1000,
    orderBy: ['activityDateTime'],
  }
}

export const auditCollection: Collection = {
  context: 'auditLogs/directoryAudits',
  caseSensitive: true,
  fields: {
    activityDateTime: ['eq', 'ge', 'le'],
    activityDisplayName: ['eq', 'startswith'],
    category: ['eq'],
    correlationId: ['eq'],
    'initiatedBy/app/displayName': ['eq', 'startswith'],
    'initiatedBy/user/displayName': ['eq', 'startswith'],
    'initiatedBy/user/id': ['eq'],
    'initiatedBy/user/userPrincipalName': ['eq', 'startswith'],
    loggedByService: ['eq'],
    result: ['eq'],
    'targetResources/any/displayName': ['eq', 'startswith'],
    'targetResources/any/id': ['eq'],
  },
  pageSize: 100,
  maxTop: 999,
  orderBy: ['activityDateTime'],
}

export const healthCollection: Collection = {
  ...plain,
  context: 'admin/serviceAnnouncement/healthOverviews',
  expand: ['issues'],
}
export const issueCollection: Collection = {
  ...plain,
  context: 'admin/serviceAnnouncement/issues',
  fields: {
    isResolved: ['eq'],
    lastModifiedDateTime: ['gt', 'lt', 'ge', 'le'],
    service: ['eq'],
    startDateTime: ['gt', 'lt', 'ge', 'le'],
    status: ['eq'],
  },
  orderBy: ['lastModifiedDateTime', 'startDateTime'],
}

const published = (name: string, expand: readonly string[]): Collection => ({
  ...plain,
  context: `onPremisesPublishingProfiles('provisioning')/${name}`,
  expand,
})
export const profileCollection: Collection = {
  ...plain,
  context: 'onPremisesPublishingProfiles',
  expand: ['agents', 'agentGroups', 'publishedResources'],
}
export const agentCollection = published('agents', ['agentGroups'])
export const agentGroupCollection = published('agentGroups', ['agents', 'publishedResources'])
export const resourceCollection = published('publishedResources', ['agentGroups'])
export const tenantSyncCollection: Collection = { ...plain, context: 'directory/onPremisesSynchronization' }
