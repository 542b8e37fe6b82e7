// The provisioning agents. Beta only, and only with the rights of a signed-in person.
import { z } from 'zod'
import { type Fact, mapFact, unknown } from '../nouns.ts'
import type { UserToken } from '../ports.ts'
import { type Asker, askWhole, sourceOf } from './ask.ts'
import { id, listOf, oneOf, text } from './normalise.ts'
import { declare } from './query.ts'

const agentStatus = oneOf('active', 'inactive')

const agent = z.object({
  id,
  machineName: text,
  status: agentStatus,
  externalIp: text,
  agentGroups: listOf(z.object({ id, displayName: text })),
})

const agentGroup = z.object({
  id,
  displayName: text,
  agents: listOf(z.object({ id })),
  publishedResources: listOf(z.object({ resourceName: text })),
})

export type GraphAgent = z.output<typeof agent>
export type GraphAgentGroup = z.output<typeof agentGroup>
/** `groups` are missing when Graph does not expand them for this person; agents then have no domain. */
export type GraphAgents = {
  readonly agents: readonly GraphAgent[]
  readonly groups: readonly GraphAgentGroup[]
}

const permissions = {
  application: [],
  delegated: [
    'Policy.Read.HybridAuthentication',
    'Policy.ReadWrite.HybridAuthentication',
    'Directory.ReadWrite.All',
  ],
}

export const listAgents = declare({
  id: 'listAgents',
  method: 'GET',
  path: '/onPremisesPublishingProfiles/provisioning/agents',
  version: 'beta',
  family: 'publishing',
  identity: 'delegated',
  permissions,
  grant: 'Policy.Read.HybridAuthentication',
  purpose: 'which agents exist and whether they are active',
  schema: agent,
})

export const listAgentGroups = declare({
  id: 'listAgentGroups',
  method: 'GET',
  path: '/onPremisesPublishingProfiles/provisioning/agentGroups',
  version: 'beta',
  family: 'publishing',
  identity: 'delegated',
  permissions,
  grant: 'Policy.Read.HybridAuthentication',
  purpose: 'which AD domain an agent serves',
  schema: agentGroup,
})

/** Both lists at once. The groups may fail alone: agents without a domain are better than none. */
export async function runListAgents(asker: Asker, token: UserToken | undefined): Promise<Fact<GraphAgents>> {
  if (!token) return unknown('notSignedIn', sourceOf(listAgents))
  const [agents, groups] = await Promise.all([
    askWhole(asker, listAgents, { token, query: { $expand: 'agentGroups' } }),
    askWhole(asker, listAgentGroups, { token, query: { $expand: 'agents,publishedResources' } }),
  ])
  return mapFact(agents, (found) => ({ agents: found, groups: groups.known ? groups.value : [] }))
}
