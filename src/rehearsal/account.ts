// One account, in AD and as it will be in Entra, made from little more than a name.
import type { Domain } from './configurations.ts'
import { guid, pick, roll } from './noise.ts'

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
  /** The name Entra gave it, where that is not the one of AD. */
  readonly cloudUpn?: string
  /** AD domain that has no configuration (any more). */
  readonly formerDomain?: string
  /** An older object of the same name lies in the recycle bin. */
  readonly recreatedDaysAgo?: number
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
} & Partial<
  Pick<
    Account,
    | 'displayName'
    | 'container'
    | 'employeeType'
    | 'enabled'
    | 'waits'
    | 'outOfScope'
    | 'trouble'
    | 'droppedProxy'
    | 'deletedDaysAgo'
    | 'cloudUpn'
    | 'formerDomain'
    | 'recreatedDaysAgo'
  >
> & {
    readonly moreProxies?: readonly string[]
  }

export function account({ moreProxies, ...sketch }: Sketch): Account {
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

/** The 16 bytes of an objectGUID as AD stores them (first three fields little-endian), in base64. */
export function immutableId(objectGuid: string): string {
  const [a = '', b = '', c = '', d = '', e = ''] = objectGuid.split('-')
  const turned = [a, b, c].map((part) => Buffer.from(part, 'hex').reverse().toString('hex'))
  return Buffer.from([...turned, d, e].join(''), 'hex').toString('base64')
}
