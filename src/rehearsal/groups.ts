// Groups: from both domains, a few made in the cloud.

import type { Account } from './account.ts'
import type { Domain } from './configurations.ts'
import { ordinary } from './directory.ts'
import { guid, roll } from './noise.ts'

export type Group = {
  readonly id: string
  readonly displayName: string
  readonly description: string
  readonly domain: Domain | undefined
  readonly dn: string | null
  readonly sam: string | null
  readonly sid: string
  readonly mail: string | null
  readonly unified: boolean
  readonly members: readonly Account[]
}

// biome-ignore format: one per line would be several screens
const contosoGroups = [
  'All Staff', 'Sales', 'Finance', 'Engineering', 'Research', 'Logistics', 'People', 'Legal', 'Munich office',
  'Lyon office', 'Oslo office', 'Kraków office', 'Porto office', 'Nairobi office', 'VPN users', 'CRM users',
  'ERP approvers', 'Project Ægir', 'Travel bookers', 'First aiders', 'Works council', 'Interns', 'Printers Łódź',
  'Board assistants',
]
// biome-ignore format: one per line would be several screens
const fabrikamGroups = [
  'Cloud Sync Pilot', 'Fabrikam Staff', 'Assembly', 'Paint shop', 'Quality', 'Dispatch', 'Apprentices', 'Canteen',
  'Shift A', 'Shift B',
]
const cloudGroups = [
  'Sync Medic operators',
  'Sync Medic approvers',
  'Intranet editors',
  'Crème de la CRM',
] as const

function membersOf(name: string, domain: Domain): readonly Account[] {
  const all = ordinary(domain)
  if (name === 'All Staff' || name === 'Fabrikam Staff' || name === 'Cloud Sync Pilot') return all
  return all.filter((each) => roll(9, 'member', name, each.key) === 0)
}

function onPremises(name: string, domain: Domain): Group {
  const suffix = domain === 'contoso.com' ? 'DC=contoso,DC=com' : 'DC=fabrikam,DC=com'
  return {
    id: guid('group', domain, name),
    displayName: name,
    description: `${name} of ${domain}`,
    domain,
    dn: `CN=${name},OU=Groups,${suffix}`,
    sam: name.replaceAll(' ', '-'),
    sid: `S-1-5-21-1004336348-1177238915-682003330-${70_000 + roll(9_000, name)}`,
    mail: null,
    unified: false,
    members: membersOf(name, domain),
  }
}

function inCloud(name: string): Group {
  const nickname = name.toLowerCase().replace(/[^a-z]/g, '')
  return {
    id: guid('group', 'cloud', name),
    displayName: name,
    description: `${name}, made in the cloud`,
    domain: undefined,
    dn: null,
    sam: null,
    sid: `S-1-12-1-${roll(2 ** 31, name)}-1319449225`,
    mail: `${nickname}@contoso.com`,
    unified: true,
    members: ordinary('contoso.com').filter((each) => roll(20, 'cloud', name, each.key) === 0),
  }
}

export const groups: readonly Group[] = [
  ...contosoGroups.map((name) => onPremises(name, 'contoso.com')),
  ...fabrikamGroups.map((name) => onPremises(name, 'fabrikam.com')),
  ...cloudGroups.map(inCloud),
]

/** Deleted three days before the tenant was born, restorable for the rest of the month. */
export const deletedGroup: Group = onPremises('Summer party 2024', 'contoso.com')
