// The synchronization schema of a job: one rule with its mappings, and the scope in containers, groups and a clause.

import { isActive } from './changes.ts'
import { CLOUD_SYNC_TEMPLATE, groupsInScope, type JobDefinition } from './configurations.ts'
import { MASS_FAILURES } from './scenarios.ts'
import type { Obj } from './show-job.ts'
import { containersOf, type World } from './world.ts'

const SOURCE = 'Active Directory'
const TARGET = 'Azure Active Directory'

type Flow = readonly [target: string, source: string, matching?: number]

const userFlows: readonly Flow[] = [
  ['onPremisesObjectIdentifier', 'objectGUID', 1],
  ['userPrincipalName', 'userPrincipalName'],
  ['displayName', 'displayName'],
  ['givenName', 'givenName'],
  ['surname', 'sn'],
  ['mail', 'mail'],
  ['proxyAddresses', 'proxyAddresses'],
  ['mailNickname', 'mailNickname'],
  ['department', 'department'],
  ['jobTitle', 'title'],
  ['city', 'l'],
  ['employeeType', 'employeeType'],
  ['onPremisesDistinguishedName', 'distinguishedName'],
  ['onPremisesSamAccountName', 'sAMAccountName'],
  ['onPremisesSecurityIdentifier', 'objectSid'],
]
const groupFlows: readonly Flow[] = [
  ['onPremisesObjectIdentifier', 'objectGUID', 1],
  ['displayName', 'displayName'],
  ['description', 'description'],
  ['members', 'member'],
]

function mapping([target, source, matching]: Flow): Obj {
  return {
    defaultValue: null,
    exportMissingReferences: false,
    flowBehavior: 'FlowWhenChanged',
    flowType: 'Always',
    matchingPriority: matching ?? 0,
    targetAttributeName: target,
    source: { expression: `[${source}]`, name: source, type: 'Attribute', parameters: [] },
  }
}

const enabledMapping: Obj = {
  ...mapping(['accountEnabled', 'userAccountControl']),
  source: {
    expression: 'Not([accountDisabled])',
    name: 'Not',
    type: 'Function',
    parameters: [
      {
        key: 'source',
        value: {
          expression: '[accountDisabled]',
          name: 'accountDisabled',
          type: 'Attribute',
          parameters: [],
        },
      },
    ],
  },
}

const noExternals: Obj = {
  groups: [
    {
      name: 'No external people',
      clauses: [
        {
          operatorName: 'NOT EQUALS',
          sourceOperandName: 'employeeType',
          targetOperand: { values: ['External'] },
        },
      ],
    },
  ],
  inputFilterGroups: [],
  categoryFilterGroups: [],
}

type ObjectFlow = {
  name: string
  source: string
  target: string
  scope: Obj | null
  mappings: readonly Obj[]
}

function objectMapping({ name, source, target, scope, mappings }: ObjectFlow): Obj {
  return {
    enabled: true,
    flowTypes: 'Add, Update, Delete',
    name,
    sourceObjectName: source,
    targetObjectName: target,
    scope,
    metadata: [{ key: 'EscrowBehavior', value: 'Default' }],
    attributeMappings: mappings,
  }
}

function objectMappings(world: World, job: JobDefinition): readonly Obj[] {
  if (job.kind === 'passwordHash') {
    const flows: readonly Flow[] = [
      ['onPremisesObjectIdentifier', 'objectGUID', 1],
      ['credentialData', 'PasswordHash'],
    ]
    return [
      objectMapping({
        name: 'Provision Active Directory user credentials',
        source: 'user',
        target: 'User',
        scope: null,
        mappings: flows.map(mapping),
      }),
    ]
  }
  const broken = job.domain === 'contoso.com' && isActive(world.state, MASS_FAILURES, world.now)
  const users = [...userFlows, ...(broken ? ([['costCentreCode', 'extensionAttribute7']] as const) : [])]
  const mappings = [...users.map(mapping), enabledMapping]
  const scope = job.domain === 'contoso.com' ? noExternals : null
  return [
    objectMapping({
      name: 'Provision Active Directory Users',
      source: 'user',
      target: 'User',
      scope,
      mappings,
    }),
    objectMapping({
      name: 'Provision Active Directory inetOrgPersons',
      source: 'inetOrgPerson',
      target: 'User',
      scope,
      mappings,
    }),
    objectMapping({
      name: 'Provision Active Directory Groups',
      source: 'group',
      target: 'Group',
      scope: null,
      mappings: groupFlows.map(mapping),
    }),
  ]
}

function attribute(name: string, more: Obj = {}): Obj {
  return {
    anchor: name === 'objectGUID' || name === 'onPremisesObjectIdentifier',
    apiExpressions: [],
    caseExact: false,
    defaultValue: null,
    metadata: [],
    multivalued: name === 'proxyAddresses' || name === 'member' || name === 'members',
    mutability: 'ReadWrite',
    name,
    referencedObjects: [],
    required: false,
    type: 'String',
    ...more,
  }
}

function directory(world: World, job: JobDefinition, side: 0 | 1): Obj {
  const names = [
    ['user', 'inetOrgPerson', 'group'],
    ['User', 'User', 'Group'],
  ][side] as readonly string[]
  const flows = [userFlows, userFlows, groupFlows]
  const objects = names.map((name, i) => ({
    name,
    metadata: [],
    supportedApis: [],
    attributes: (flows[i] ?? []).map((flow) => attribute(flow[side === 0 ? 1 : 0])),
  }))
  return {
    id: `${job.id.split('.')[1] ?? job.id}-${side}`,
    name: side === 0 ? SOURCE : TARGET,
    discoverabilities: side === 0 ? 'AttributeNames' : 'None',
    discoveryDateTime: side === 0 ? '2024-02-06T09:14:00Z' : null,
    readOnly: false,
    version: `v1.${containersOf(world, job.domain).length}`,
    objects: side === 1 ? objects.slice(1) : objects,
  }
}

/** The schema of a job; `version` changes when scope or mappings do. */
export function showSchema(world: World, job: JobDefinition): Obj {
  const containers = containersOf(world, job.domain)
  const groups = groupsInScope[job.domain]
  const mappings = objectMappings(world, job)
  const provisioning = job.kind === 'provisioning'
  const flows = mappings.reduce((sum, each) => sum + (each.attributeMappings as readonly unknown[]).length, 0)
  return {
    id: job.id,
    version: `v1.${containers.length}.${flows}`,
    synchronizationRules: [
      {
        id: job.ruleId,
        name: provisioning ? 'AD2AADProvisioning' : 'AD2AADPasswordHash',
        priority: 1,
        editable: true,
        sourceDirectoryName: SOURCE,
        targetDirectoryName: TARGET,
        metadata: provisioning ? [{ key: 'supportsProvisionOnDemand', value: 'True' }] : [],
        containerFilter: provisioning && containers.length > 0 ? { includedContainers: containers } : null,
        groupFilter: provisioning && groups.length > 0 ? { includedGroups: groups } : null,
        objectMappings: mappings,
      },
    ],
    directories: [directory(world, job, 0), directory(world, job, 1)],
  }
}

export function showTemplates(jobs: readonly JobDefinition[]): readonly Obj[] {
  return jobs.map((job) => ({
    id: job.templateId,
    applicationId: CLOUD_SYNC_TEMPLATE,
    default: job.kind === 'provisioning',
    description:
      job.kind === 'provisioning'
        ? 'Users and groups from Active Directory'
        : 'Password hashes from Active Directory',
    discoverable: true,
    factoryTag: job.id.split('.')[0] ?? '',
    metadata: [],
  }))
}
