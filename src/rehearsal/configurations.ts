// What is set up in the tenant: two Cloud Sync configurations with their jobs, and the agents that serve them.
import { guid } from './noise.ts'

export type Domain = 'contoso.com' | 'fabrikam.com'
export type JobKey =
  | 'contoso.provisioning'
  | 'contoso.passwordHash'
  | 'fabrikam.provisioning'
  | 'fabrikam.passwordHash'

/** Application template of Cloud Sync; older configurations carry it as their appId. */
export const CLOUD_SYNC_TEMPLATE = '1a4721b3-e57f-4451-ae87-ef078703ec94'

export type ServicePrincipal = {
  readonly id: string
  readonly appId: string
  readonly displayName: string
  readonly appDisplayName: string
  readonly applicationTemplateId: string | null
  readonly domain?: Domain
  readonly tags: readonly string[]
}

const principal = (name: string, more: Partial<ServicePrincipal> = {}): ServicePrincipal => ({
  id: guid('principal', name),
  appId: guid('application', name),
  displayName: name,
  appDisplayName: name,
  applicationTemplateId: null,
  tags: ['WindowsAzureActiveDirectoryIntegratedApp'],
  ...more,
})

/** One found by its template, one the old way by its appId, and neighbours that must not be taken for either. */
export const servicePrincipals: readonly ServicePrincipal[] = [
  principal('contoso.com', { domain: 'contoso.com', applicationTemplateId: CLOUD_SYNC_TEMPLATE }),
  principal('fabrikam.com', {
    domain: 'fabrikam.com',
    appId: CLOUD_SYNC_TEMPLATE,
    appDisplayName: 'Active Directory to Azure Active Directory Provisioning',
  }),
  principal('contoso.com travel portal'),
  principal('Fabrikam Expenses', { applicationTemplateId: guid('template', 'expenses') }),
  principal('Sync Medic', { tags: [] }),
]

export function principalOf(domain: Domain): ServicePrincipal {
  return servicePrincipals.find((each) => each.domain === domain) as ServicePrincipal
}

export type JobDefinition = {
  readonly key: JobKey
  readonly id: string
  readonly templateId: string
  readonly domain: Domain
  readonly kind: 'provisioning' | 'passwordHash'
  readonly ruleId: string
  /** Milliseconds by which its cycles lie behind the even minute. */
  readonly phase: number
  /** Never started: Graph then shows zero dates and a failure that is none. */
  readonly neverRun?: true
}

const hex = (...words: string[]) => guid(...words).replaceAll('-', '')

// Ids come in several forms; nothing but the part before the first dot may be read from them.
export const jobs: readonly JobDefinition[] = [
  {
    key: 'contoso.provisioning',
    id: `AD2AADProvisioning.${hex('job', 'contoso')}.${guid('job', 'contoso', 'tail')}`,
    templateId: 'AD2AADProvisioning',
    domain: 'contoso.com',
    kind: 'provisioning',
    ruleId: guid('rule', 'contoso'),
    phase: 3_000,
  },
  {
    key: 'contoso.passwordHash',
    id: `AD2AADPasswordHash.${hex('job', 'contoso', 'hash')}`,
    templateId: 'AD2AADPasswordHash',
    domain: 'contoso.com',
    kind: 'passwordHash',
    ruleId: guid('rule', 'contoso', 'hash'),
    phase: 47_000,
  },
  {
    key: 'fabrikam.provisioning',
    id: `AD2AADProvisioning.${hex('job', 'fabrikam')}`,
    templateId: 'ADDCInPassthrough',
    domain: 'fabrikam.com',
    kind: 'provisioning',
    ruleId: `${guid('rule', 'fabrikam')}#V2`,
    phase: 5_000,
  },
  {
    key: 'fabrikam.passwordHash',
    id: `AD2AADPasswordHash.${hex('job', 'fabrikam', 'hash')}`,
    templateId: 'AD2AADPasswordHash',
    domain: 'fabrikam.com',
    kind: 'passwordHash',
    ruleId: guid('rule', 'fabrikam', 'hash'),
    phase: 61_000,
    neverRun: true,
  },
]

export function jobOf(key: JobKey): JobDefinition {
  return jobs.find((job) => job.key === key) as JobDefinition
}

export const provisioningJob: Readonly<Record<Domain, JobKey>> = {
  'contoso.com': 'contoso.provisioning',
  'fabrikam.com': 'fabrikam.provisioning',
}

export type AgentDefinition = {
  readonly id: string
  readonly machineName: string
  readonly externalIp: string
  readonly domain: Domain
}

const agent = (machineName: string, externalIp: string, domain: Domain): AgentDefinition => ({
  id: guid('agent', machineName),
  machineName,
  externalIp,
  domain,
})

// The second is a bare machine name: only its agent group tells which domain it serves.
export const agents: readonly AgentDefinition[] = [
  agent('sync01.contoso.com', '203.0.113.21', 'contoso.com'),
  agent('SYNC02', '203.0.113.22', 'contoso.com'),
  agent('sync03.contoso.com', '203.0.113.23', 'contoso.com'),
  agent('fab-dc1.fabrikam.com', '198.51.100.7', 'fabrikam.com'),
]

export type AgentGroup = {
  readonly id: string
  readonly displayName: string
  readonly domain: Domain | undefined
}

export const agentGroups: readonly AgentGroup[] = [
  { id: guid('group of agents', 'default'), displayName: 'Default', domain: undefined },
  { id: guid('group of agents', 'contoso'), displayName: 'Group-contoso.com', domain: 'contoso.com' },
  { id: guid('group of agents', 'fabrikam'), displayName: 'Group-fabrikam.com', domain: 'fabrikam.com' },
]

export type Resource = { readonly id: string; readonly displayName: string; readonly resourceName: Domain }

export const publishedResources: readonly Resource[] = [
  { id: guid('resource', 'contoso'), displayName: 'Contoso', resourceName: 'contoso.com' },
  { id: guid('resource', 'fabrikam'), displayName: 'Fabrikam', resourceName: 'fabrikam.com' },
]

/** Containers and groups in scope when nothing is broken. */
export const SEASONAL_OU = 'OU=Seasonal,DC=contoso,DC=com'
export const containersInScope: Readonly<Record<Domain, readonly string[]>> = {
  'contoso.com': ['OU=Staff,DC=contoso,DC=com', SEASONAL_OU, 'OU=Groups,DC=contoso,DC=com'],
  'fabrikam.com': [],
}
export const groupsInScope: Readonly<Record<Domain, readonly string[]>> = {
  'contoso.com': [],
  'fabrikam.com': ['CN=Cloud Sync Pilot,OU=Groups,DC=fabrikam,DC=com'],
}

export const DELETE_THRESHOLD = 500
export const SEASONAL_COUNT = 612
