// Agents, their groups and resources (beta, delegated only), and the tenant synchronization object.
import {
  type AgentDefinition,
  type AgentGroup,
  agentGroups,
  agents,
  type Domain,
  publishedResources,
} from './configurations.ts'
import { tenantId } from './people.ts'
import type { Obj } from './show-job.ts'
import { agentInactive, agentsGone, type World } from './world.ts'

const type = { publishingType: 'provisioning' }

// The schema spells the status in lower case, the service is seen to write it with a capital: both occur here.
function agent(world: World, each: AgentDefinition, index: number): Obj {
  const status = agentInactive(world, each.domain, each.machineName) ? 'inactive' : 'active'
  return {
    id: each.id,
    externalIp: each.externalIp,
    machineName: each.machineName,
    status: index % 2 === 0 ? `${status.charAt(0).toUpperCase()}${status.slice(1)}` : status,
    supportedPublishingTypes: ['provisioning'],
  }
}

const group = (each: AgentGroup): Obj => ({
  id: each.id,
  displayName: each.displayName,
  isDefault: each.domain === undefined,
  ...type,
})

const resource = (domain: Domain): readonly Obj[] =>
  publishedResources
    .filter((each) => each.resourceName === domain)
    .map(({ id, displayName, resourceName }) => ({ id, displayName, resourceName, ...type }))

export function showAgents(world: World): readonly Obj[] {
  return agents.flatMap((each, i) =>
    agentsGone(world, each.domain)
      ? []
      : [
          {
            ...agent(world, each, i),
            agentGroups: agentGroups.filter((one) => one.domain === each.domain).map(group),
          },
        ],
  )
}

export function showAgentGroups(world: World): readonly Obj[] {
  return agentGroups.map((each) => ({
    ...group(each),
    agents: agents.flatMap((one, i) =>
      one.domain === each.domain && !agentsGone(world, one.domain) ? [agent(world, one, i)] : [],
    ),
    publishedResources: each.domain ? resource(each.domain) : [],
  }))
}

export function showResources(): readonly Obj[] {
  return publishedResources.map(({ resourceName, ...each }) => ({
    ...each,
    resourceName,
    ...type,
    agentGroups: agentGroups.filter((one) => one.domain === resourceName).map(group),
  }))
}

export function showProfile(world: World): Obj {
  return {
    id: 'provisioning',
    isDefaultAccessEnabled: false,
    isEnabled: true,
    hybridAgentUpdaterConfiguration: {
      allowUpdateConfigurationOverride: false,
      deferUpdateDateTime: null,
      updateWindow: null,
    },
    agents: showAgents(world),
    agentGroups: showAgentGroups(world),
    publishedResources: showResources(),
  }
}

const features = [
  'blockCloudObjectTakeoverThroughHardMatchEnabled',
  'blockSoftMatchEnabled',
  'bypassDirSyncOverridesEnabled',
  'cloudPasswordPolicyForPasswordSyncedUsersEnabled',
  'concurrentCredentialUpdateEnabled',
  'concurrentOrgIdProvisioningEnabled',
  'deviceWritebackEnabled',
  'directoryExtensionsEnabled',
  'fopeConflictResolutionEnabled',
  'groupWriteBackEnabled',
  'passwordSyncEnabled',
  'passwordWritebackEnabled',
  'quarantineUponProxyAddressesConflictEnabled',
  'quarantineUponUpnConflictEnabled',
  'softMatchOnUpnEnabled',
  'synchronizeUpnForManagedUsersEnabled',
  'unifiedGroupWritebackEnabled',
  'userForcePasswordChangeOnLogonEnabled',
  'userWritebackEnabled',
] as const
const switchedOn: ReadonlySet<string> = new Set([
  'passwordSyncEnabled',
  'quarantineUponProxyAddressesConflictEnabled',
  'quarantineUponUpnConflictEnabled',
  'softMatchOnUpnEnabled',
  'synchronizeUpnForManagedUsersEnabled',
])

/** The deletion threshold here belongs to the tenant, not to the jobs of Cloud Sync. */
export const tenantSynchronization: Obj = {
  id: tenantId,
  configuration: {
    accidentalDeletionPrevention: { synchronizationPreventionType: 'enabledForCount', alertThreshold: 500 },
  },
  features: Object.fromEntries(features.map((name) => [name, switchedOn.has(name)])),
}
