// Provisioning agents. Graph says neither version nor last contact; the domain comes from their groups.
import { compact, type GraphAgents } from '../graph/index.ts'
import type { Agent } from '../nouns.ts'

/** 'srv1.corp.contoso.com' -> 'corp.contoso.com'; a short name tells nothing. */
function domainOfMachine(machine: string): string | undefined {
  const dot = machine.indexOf('.')
  return dot > 0 && dot < machine.length - 1 ? machine.slice(dot + 1).toLowerCase() : undefined
}

/** Domains by agent id, through the groups both belong to. */
function domainsByAgent({ agents, groups }: GraphAgents): ReadonlyMap<string, ReadonlySet<string>> {
  const domainsOfGroup = new Map(
    groups.map((group) => [
      group.id,
      group.publishedResources.flatMap(({ resourceName }) =>
        resourceName ? [resourceName.toLowerCase()] : [],
      ),
    ]),
  )
  const found = new Map<string, Set<string>>()
  const add = (agentId: string, groupId: string) => {
    const domains = found.get(agentId) ?? new Set<string>()
    for (const domain of domainsOfGroup.get(groupId) ?? []) domains.add(domain)
    found.set(agentId, domains)
  }
  for (const group of groups) for (const member of group.agents) add(member.id, group.id)
  for (const agent of agents) for (const group of agent.agentGroups) add(agent.id, group.id)
  return found
}

export function toAgents(raw: GraphAgents): readonly Agent[] {
  const domains = domainsByAgent(raw)
  return raw.agents.map((agent) => {
    const machine = agent.machineName ?? agent.id
    const published = [...(domains.get(agent.id) ?? [])]
    const fromName = domainOfMachine(machine)
    return compact({
      id: agent.id,
      machine,
      status: agent.status === 'active' || agent.status === 'inactive' ? agent.status : ('unknown' as const),
      domains: published.length > 0 ? published : fromName ? [fromName] : [],
      externalIp: agent.externalIp,
    })
  })
}
