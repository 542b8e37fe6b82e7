// The accounts and groups of both sides, built once. What exists in Entra at a given time is in world.ts.
import { containersInScope, type Domain, SEASONAL_COUNT, SEASONAL_OU } from './configurations.ts'
import { givenNames, plain, surnames } from './names.ts'
import { guid, pick, roll } from './noise.ts'
import { people } from './people.ts'

/** An error that comes back at every attempt until somebody corrects the object. */
export type Trouble = { readonly code: string; readonly reason: string; readonly recommendedAction: string }

export type Account = {
  /** sam@domain, or the UPN of a cloud-only account. */
  readonly key: string
  /** Object id in Entra, also for those not there yet. */
  readonly id: string
  /** objectGUID in AD; its bytes are the immutable id. */
  readonly guid: string
  readonly domain: Domain | undefined
  readonly given: string
  readonly surname: string
  readonly displayName: string
  readonly sam: string
  readonly upn: string
  readonly mail: string | null
  readonly proxies: readonly string[]
  readonly container: string
  readonly dn: string
  readonly sid: string
  readonly department: string
  readonly title: string
  readonly city: string
  readonly employeeType: 'Employee' | 'External' | 'Seasonal'
  readonly enabled: boolean
  /**
   * Why it is in AD and not in Entra. full: its change was missed, a full run or an on-demand run brings it;
   * conflict: an address belongs to somebody else; cycle: made after fabrikam.com stopped.
   */
  readonly waits?: 'full' | 'conflict' | 'cycle'
  readonly outOfScope?: 'container' | 'group' | 'clause'
  readonly trouble?: Trouble
  /** Entra kept the account and dropped this address of it. */
  readonly droppedProxy?: string
  readonly deletedDaysAgo?: number
}

const cities = ['Munich', 'Lyon', 'Oslo', 'Kraków', 'Porto', 'Nairobi'] as const
const departments = ['Sales', 'Finance', 'Engineering', 'Research', 'Logistics', 'People', 'Legal'] as const
const titles = ['Analyst', 'Engineer', 'Manager', 'Specialist', 'Coordinator', 'Consultant'] as const

const suffixOf: Readonly<Record<Domain, string>> = {
  'contoso.com': 'DC=contoso,DC=com',
  'fabrikam.com': 'DC=fabrikam,DC=com',
}

/** A value inside a distinguished name: the characters with a meaning there are escaped. */
function escapeDn(text: string): string {
  return text.replace(/[,\\#+<>;"=]/g, (mark) => `\\${mark}`)
}

type Sketch = {
  readonly given: string
  readonly surname: string
  readonly local: string
  readonly domain: Domain
} & Partial<Pick<Account, 'displayName' | 'container' | 'employeeType' | 'enabled' | 'waits' | 'outOfScope' | 'trouble' | 'droppedProxy' | 'deletedDaysAgo'>> & {
    readonly moreProxies?: readonly string[]
  }

function account({ moreProxies, ...sketch }: Sketch): Account {
  const { given, surname, local, domain } = sketch
  const upn = `${local}@${domain}`
  const sam = local.replaceAll('.', '').slice(0, 20)
  const displayName = sketch.displayName ?? `${given} ${surname}`
  const city = pick(cities, 'city', upn)
  const container = sketch.container ?? `OU=${city},OU=Staff,${suffixOf[domain]}`
  const proxies = sketch.droppedProxy ? [`SMTP:${upn}`] : [`SMTP:${upn}`, ...(moreProxies ?? [])]
  return {
    ...sketch,
    key: `${sam}@${domain}`,
    id: guid('user', upn),
    guid: guid('objectGUID', upn),
    displayName,
    sam,
    upn,
    mail: upn,
    proxies,
    container,
    dn: `CN=${escapeDn(displayName)},${container}`,
    sid: `S-1-5-21-${domain === 'contoso.com' ? '1004336348-1177238915' : '2052111302-484763869'}-682003330-${1_100 + roll(60_000, upn)}`,
    department: pick(departments, 'department', upn),
    title: pick(titles, 'title', upn),
    city,
    employeeType: sketch.employeeType ?? 'Employee',
    enabled: sketch.enabled ?? true,
  }
}

/** The address of jane.doe belongs to a colleague who kept it after a change of name. */
export const JANE = 'janedoe@contoso.com'
export const JANES_ADDRESS = 'jane.doe@contoso.com'
export const HOLDER = 'janetdoerr@contoso.com'

const contoso = 'contoso.com'
const fabrikam = 'fabrikam.com'

const told: readonly Account[] = [
  account({ given: 'Jane', surname: 'Doe', local: 'jane.doe', domain: contoso, waits: 'conflict' }),
  account({
    given: 'Janet',
    surname: 'Doerr',
    local: 'janet.doerr',
    domain: contoso,
    moreProxies: [`smtp:${JANES_ADDRESS}`],
  }),
  // In scope, nothing wrong, and not there: a restart or an on-demand run creates him.
  account({ given: 'Noah', surname: 'Lindqvist', local: 'noah.lindqvist', domain: contoso, waits: 'full' }),
  account({ given: 'Anna', surname: 'Schmidt', local: 'anna.schmidt', domain: contoso }),
  account({ given: 'Anna', surname: 'Schmidt', local: 'anna.schmidt2', domain: contoso, displayName: 'Anna Schmidt (Finance)' }),
  account({ given: 'Anna', surname: 'Schmidt', local: 'anna.schmidt', domain: fabrikam }),
  account({ given: 'Sven', surname: 'Müller', local: 'sven.mueller', domain: contoso, displayName: 'Müller, Sven' }),
  account({ given: 'Pat', surname: "O'Brien", local: "pat.o'brien", domain: contoso }),
  // Names that would be markup if anybody let them.
  account({ given: 'Max', surname: 'Muster', local: 'max.muster', domain: contoso, displayName: '<b>Max Muster</b> [extern](https://example.invalid)' }),
  account({ given: 'Zoë', surname: 'Stern', local: 'zoe.stern', domain: contoso, displayName: 'Zoë *Stern* _IT_ <at>everyone</at>' }),
  account({ given: 'Viktor', surname: 'Åkesson', local: 'svc.viktor', domain: contoso, container: 'OU=Service Accounts,DC=contoso,DC=com', outOfScope: 'container' }),
  account({ given: 'Backup', surname: 'Service', local: 'svc.backup', domain: contoso, container: 'OU=Service Accounts,DC=contoso,DC=com', outOfScope: 'container' }),
  account({ given: 'Elena', surname: 'Popescu', local: 'elena.popescu', domain: contoso, employeeType: 'External', outOfScope: 'clause' }),
  account({ given: 'Tariq', surname: 'Aziz', local: 'tariq.aziz', domain: fabrikam, outOfScope: 'group' }),
  account({ given: 'Signe', surname: 'Holm', local: 'signe.holm', domain: contoso, enabled: false }),
  account({
    given: 'Lu',
    surname: 'Wei',
    local: 'lu.wei',
    domain: contoso,
    trouble: {
      code: 'IdentityDataValidationFailed',
      reason: 'The value of userPrincipalName holds a character that is not allowed in the cloud.',
      recommendedAction: 'Correct the value in Active Directory; the next cycle takes it over.',
    },
  }),
  account({
    given: 'Marek',
    surname: 'Horák',
    local: 'marek.horak',
    domain: contoso,
    trouble: {
      code: 'LargeObject',
      reason: 'The object holds more values in proxyAddresses than the directory takes.',
      recommendedAction: 'Remove addresses that are not used any more.',
    },
  }),
  account({ given: 'Ines', surname: 'Duarte', local: 'ines.duarte', domain: contoso, droppedProxy: 'smtp:info@contoso.com' }),
  account({ given: 'Info', surname: 'Desk', local: 'info', domain: contoso, displayName: 'Information desk' }),
  account({ given: 'Olu', surname: 'Adeyemi', local: 'olu.adeyemi', domain: contoso, deletedDaysAgo: 2 }),
  account({ given: 'Bruno', surname: 'Keller', local: 'bruno.keller', domain: contoso, deletedDaysAgo: 9 }),
  account({ given: 'Chantal', surname: 'Dupré', local: 'chantal.dupre', domain: contoso, deletedDaysAgo: 16 }),
  account({ given: 'Mikko', surname: 'Nieminen', local: 'mikko.nieminen', domain: fabrikam, deletedDaysAgo: 5 }),
  account({ given: 'Rosa', surname: 'Vidal', local: 'rosa.vidal', domain: fabrikam, waits: 'cycle' }),
  account({ given: 'Tomasz', surname: 'Wrona', local: 'tomasz.wrona', domain: fabrikam, waits: 'cycle' }),
] // biome-ignore format: one person per line

function crowd(domain: Domain, count: number): Account[] {
  const taken = new Set(told.map((each) => each.upn))
  const out: Account[] = []
  for (let i = 0; out.length < count; i++) {
    const given = givenNames[(i * 7 + (domain === fabrikam ? 3 : 0)) % givenNames.length] ?? ['Kim']
    const surname = pick(surnames, 'surname', domain, i)
    const stem = `${plain(given)}.${plain(surname)}`
    const local = taken.has(`${stem}@${domain}`) ? `${stem}${i}` : stem
    taken.add(`${local}@${domain}`)
    out.push(account({ given: given[0], surname: surname[0], local, domain }))
  }
  return out
}

/** Those who come for the season and share one OU: the ones whose deletion is held back. */
const seasonal: readonly Account[] = Array.from({ length: SEASONAL_COUNT }, (_, i) => {
  const number = String(i + 1).padStart(3, '0')
  return account({
    given: 'Seasonal',
    surname: `Worker ${number}`,
    local: `seasonal.${number}`,
    domain: contoso,
    container: SEASONAL_OU,
    employeeType: 'Seasonal',
  })
})

export const inActiveDirectory: readonly Account[] = [
  ...told,
  ...crowd(contoso, 176),
  ...crowd(fabrikam, 48),
  ...seasonal,
]

export const cloudOnly: readonly Account[] = Object.values(people).map((person) => {
  const [given = '', surname = ''] = person.name.split(' ')
  const made = account({ given, surname, local: person.upn.split('@')[0] ?? '', domain: contoso })
  return { ...made, id: person.objectId, key: person.upn, domain: undefined, title: person.jobTitle, department: 'IT' }
})

export function isSeasonal(each: Account): boolean {
  return each.employeeType === 'Seasonal'
}

/** Accounts of a domain that ordinary changes happen to. */
export function ordinary(domain: Domain): readonly Account[] {
  return ordinaryByDomain[domain]
}

const healthy = (each: Account) =>
  !(each.waits || each.outOfScope || each.trouble || each.deletedDaysAgo || isSeasonal(each))
const ordinaryByDomain: Readonly<Record<Domain, readonly Account[]>> = {
  'contoso.com': inActiveDirectory.filter((each) => each.domain === contoso && healthy(each)),
  'fabrikam.com': inActiveDirectory.filter((each) => each.domain === fabrikam && healthy(each)),
}

const byKey = new Map([...inActiveDirectory, ...cloudOnly].map((each) => [each.key, each]))
export function accountOf(key: string): Account | undefined {
  return byKey.get(key)
}

/** Distinguished names are compared without case, as a domain controller does. */
const byDn = new Map(inActiveDirectory.map((each) => [each.dn.toLowerCase(), each]))
export function accountByDn(dn: string): Account | undefined {
  return byDn.get(dn.toLowerCase())
}

/** The 16 bytes of an objectGUID as AD stores them (first three fields little-endian), in base64. */
export function immutableId(objectGuid: string): string {
  const [a = '', b = '', c = '', d = '', e = ''] = objectGuid.split('-')
  const turned = [a, b, c].map((part) => Buffer.from(part, 'hex').reverse().toString('hex'))
  return Buffer.from([...turned, d, e].join(''), 'hex').toString('base64')
}

export function isInContainers(each: Account, containers: readonly string[]): boolean {
  const dn = each.dn.toLowerCase()
  return containers.length === 0 || containers.some((container) => dn.endsWith(`,${container.toLowerCase()}`))
}

export function inDefaultScope(each: Account): boolean {
  return each.domain !== undefined && isInContainers(each, containersInScope[each.domain]) && !each.outOfScope
}
