// Checks on agents: none answers, only one is left.

import { sameName } from '../directory-names.ts'
import { noAgentError } from '../jobs.ts'
import type { Agent, Fact, FactRow, Snapshot } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import { articleOf } from './articles.ts'
import {
  blind,
  type Check,
  type CheckOptions,
  type Diagnosis,
  jobsSeen,
  type Outcome,
  pass,
  row,
  step,
  words,
} from './check.ts'

const nextSteps = [
  step('AD', words('On each agent server: is it on, and do both agent services run?'), {
    command: 'Get-Service AADConnectProvisioningAgent, AzureADConnectAgentUpdater',
  }),
  step('AD', words('Run the read-only server report there and paste its output here ("agent is down").')),
  step(
    'network',
    words('Allow outbound 443 to *.servicebus.windows.net and *.msappproxy.net, without TLS inspection.'),
  ),
  step('on-call', words('When an agent is active again and the job is in quarantine, restart provisioning.')),
]
const verify = words('An agent of the domain is active and the next cycle succeeds.')

function domainsInView(snapshot: Snapshot): readonly string[] {
  if (snapshot.owner.known) return [snapshot.owner.value.domain]
  const { configurations, jobs } = snapshot
  if (!configurations.known) return []
  const shown = configurations.value.filter((c) => c.id in jobs)
  return (shown.length > 0 ? shown : configurations.value).map((c) => c.domain)
}

/** Agents that serve a domain; those whose domains are not known count as possible. */
function serving(
  agents: readonly Agent[],
  domain: string,
): { sure: readonly Agent[]; possible: readonly Agent[] } {
  return {
    sure: agents.filter((a) => a.domains.some((d) => sameName(d, domain))),
    possible: agents.filter((a) => a.domains.length === 0),
  }
}

function agentRows(agents: readonly Agent[], fact: Fact<readonly Agent[]>): readonly FactRow[] {
  const from = fact.known ? { asOf: fact.asOf, source: fact.source } : {}
  return agents.map((a) => row('Agent', prose`${a.machine}: ${a.status}`, from))
}

function fromList(snapshot: Snapshot): readonly Diagnosis[] {
  const { agents } = snapshot
  if (!agents.known) return []
  return domainsInView(snapshot).flatMap((domain): readonly Diagnosis[] => {
    const { sure, possible } = serving(agents.value, domain)
    const mine = [...sure, ...possible]
    const common = {
      nextSteps,
      verify,
      subject: { kind: 'configuration', domain } as const,
      key: domain.toLowerCase(),
    }
    if (mine.length === 0) {
      return [
        {
          ...common,
          title: prose`No agent is assigned to ${domain}`,
          cause: words('The tenant lists no agent that serves this domain, so nothing of it can be read.'),
          evidence: agentRows(agents.value, agents),
          nextSteps: [
            step('AD', words('Install an agent, or add the domain in the agent wizard on an existing one.')),
            ...nextSteps.slice(-1),
          ],
          confidence: 'certain',
        },
      ]
    }
    if (mine.some((a) => a.status !== 'inactive')) return []
    return [
      {
        ...common,
        title: prose`No agent of ${domain} answers: ${[mine.length === 1 ? 'its only agent is' : `all ${mine.length} are`]} inactive`,
        cause: words(
          'An agent becomes inactive about an hour after it stopped reporting: service stopped, server off, or network blocked. After about ten days it vanishes from the list.',
        ),
        evidence: agentRows(mine, agents),
        confidence: 'certain',
      },
    ]
  })
}

function inferred(snapshot: Snapshot): readonly Diagnosis[] {
  // Signing in helps only where nobody has; else a role or a permission is missing, which is said elsewhere.
  const canSignIn = !snapshot.agents.known && snapshot.agents.because === 'notSignedIn'
  const hint = canSignIn ? ' Sign in so that I can read them.' : ''
  const byDomain = new Map<string, Diagnosis>()
  for (const seen of jobsSeen(snapshot).jobs) {
    const error = noAgentError(seen.job)
    if (!error || byDomain.has(seen.job.domain)) continue
    const began = seen.job.quarantine?.since
    byDomain.set(seen.job.domain, {
      subject: { kind: 'configuration', domain: seen.job.domain },
      key: seen.job.domain.toLowerCase(),
      title: prose`No agent of ${seen.job.domain} seems to answer`,
      cause: prose`Inferred from the job's error ${{ code: error.code }}${
        began === undefined ? [] : prose` since ${at(began)}`
      }; the agents themselves could not be looked at.${[hint]}`,
      evidence: [row('Error of the job', prose`${{ code: error.code }} ${error.message}`, seen)],
      nextSteps,
      verify,
      confidence: 'likely',
      offers: canSignIn ? [{ label: 'Sign in', say: 'sign in' }] : [],
    })
  }
  return [...byDomain.values()]
}

function allInactive(snapshot: Snapshot, options: CheckOptions): Outcome {
  const { agents } = snapshot
  if (agents.known) {
    const diagnoses = fromList(snapshot)
    if (diagnoses.length > 0) return { result: 'fail', diagnoses }
    const vague = agents.value.some((a) => a.status === 'unknown')
    return vague
      ? blind({ known: false, because: 'notFound', source: agents.source }, 'the status of some agents')
      : pass
  }
  const diagnoses = options.inferAgents === false ? [] : inferred(snapshot)
  if (diagnoses.length > 0) {
    return { result: 'fail', diagnoses, blind: [{ what: 'the agents', because: agents.because }] }
  }
  return blind(agents, 'the agents')
}

export const agentsAllInactive: Check = {
  id: 'agents.all-inactive',
  title: 'An agent of each domain answers',
  article: articleOf('agents.all-inactive'),
  severity: 'critical',
  rank: 250,
  run: allInactive,
}

export const agentsSinglePoint: Check = {
  id: 'agents.single-point',
  title: 'Each domain has more than one active agent',
  article: articleOf('agents.single-point'),
  severity: 'warning',
  rank: 710,
  run: (snapshot) => {
    const { agents } = snapshot
    if (!agents.known) return blind(agents, 'the agents')
    const diagnoses = domainsInView(snapshot).flatMap((domain): readonly Diagnosis[] => {
      const { sure, possible } = serving(agents.value, domain)
      const active = [...sure, ...possible].filter((a) => a.status === 'active')
      const first = active[0]
      if (active.length !== 1 || !first) return []
      return [
        {
          subject: { kind: 'configuration', domain },
          key: domain.toLowerCase(),
          title: prose`Only one agent of ${domain} is active: ${first.machine}`,
          cause: words(
            'If this server fails, nothing of the domain syncs. Three active agents are recommended.',
          ),
          evidence: agentRows([...sure, ...possible], agents),
          nextSteps: [
            step(
              'AD',
              words('Repair the inactive agents or install another one on a second server, one at a time.'),
            ),
          ],
          verify: words('At least two agents of the domain are active.'),
          confidence: 'certain',
        },
      ]
    })
    return diagnoses.length > 0 ? { result: 'fail', diagnoses } : pass
  },
}

/** Fewer agents than there were, but more than one left: no outage, lost redundancy. */
export const agentsSomeInactive: Check = {
  id: 'agents.some-inactive',
  title: 'Every agent that is listed answers',
  article: articleOf('agents.some-inactive'),
  severity: 'info',
  rank: 720,
  run: (snapshot) => {
    const { agents } = snapshot
    if (!agents.known) return blind(agents, 'the agents')
    const diagnoses = domainsInView(snapshot).flatMap((domain): readonly Diagnosis[] => {
      const { sure, possible } = serving(agents.value, domain)
      const mine = [...sure, ...possible]
      const silent = mine.filter((a) => a.status === 'inactive')
      if (silent.length === 0 || mine.length - silent.length < 2) return []
      return [
        {
          subject: { kind: 'configuration', domain },
          key: domain.toLowerCase(),
          title: prose`${silent.length} of ${mine.length} agents of ${domain} do not answer: ${silent.map((a) => a.machine).join(', ')}`,
          cause: words(
            'The others do the work, so this is no outage: one agent is active at a time and another takes over when it fails.',
          ),
          evidence: agentRows(mine, agents),
          nextSteps: [
            step(
              'AD',
              words('Was it taken out of service on purpose? Then it vanishes after about ten days.'),
            ),
            step('AD', words('If not: look at its service and server at normal priority.'), {
              command: 'Get-Service AADConnectProvisioningAgent, AzureADConnectAgentUpdater',
            }),
          ],
          verify: words('All agents of the domain are active.'),
          confidence: 'certain',
        },
      ]
    })
    return diagnoses.length > 0 ? { result: 'fail', diagnoses } : pass
  },
}
