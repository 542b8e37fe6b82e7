// The accounts of both domains and of the cloud, built once. What exists in Entra at a given time is in world.ts.
import { type Account, account } from './account.ts'
import { type Domain, SEASONAL_COUNT, SEASONAL_OU } from './configurations.ts'
import { givenNames, plain, surnames } from './names.ts'
import { pick } from './noise.ts'
import { people } from './people.ts'

/** The address of jane.doe belongs to a colleague who kept it after a change of name. */
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
  account({
    given: 'Anna',
    surname: 'Schmidt',
    local: 'anna.schmidt2',
    domain: contoso,
    displayName: 'Anna Schmidt (Finance)',
  }),
  account({ given: 'Anna', surname: 'Schmidt', local: 'anna.schmidt', domain: fabrikam }),
  account({
    given: 'Sven',
    surname: 'Müller',
    local: 'sven.mueller',
    domain: contoso,
    displayName: 'Müller, Sven',
  }),
  account({ given: 'Pat', surname: "O'Brien", local: "pat.o'brien", domain: contoso }),
  // Names that would be markup if anybody let them.
  account({
    given: 'Max',
    surname: 'Muster',
    local: 'max.muster',
    domain: contoso,
    displayName: '<b>Max Muster</b> [extern](https://example.invalid)',
  }),
  account({
    given: 'Zoë',
    surname: 'Stern',
    local: 'zoe.stern',
    domain: contoso,
    displayName: 'Zoë *Stern* _IT_ <at>everyone</at>',
  }),
  account({
    given: 'Viktor',
    surname: 'Åkesson',
    local: 'svc.viktor',
    domain: contoso,
    container: 'OU=Service Accounts,DC=contoso,DC=com',
    outOfScope: 'container',
  }),
  account({
    given: 'Backup',
    surname: 'Service',
    local: 'svc.backup',
    domain: contoso,
    container: 'OU=Service Accounts,DC=contoso,DC=com',
    outOfScope: 'container',
  }),
  account({
    given: 'Elena',
    surname: 'Popescu',
    local: 'elena.popescu',
    domain: contoso,
    employeeType: 'External',
    outOfScope: 'clause',
  }),
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
  account({
    given: 'Ines',
    surname: 'Duarte',
    local: 'ines.duarte',
    domain: contoso,
    droppedProxy: 'smtp:info@contoso.com',
  }),
  account({
    given: 'Greta',
    surname: 'Olsen',
    local: 'greta.olsen',
    domain: contoso,
    trouble: {
      code: 'InsufficientAccessRights-SecErr',
      reason: 'The directory refused the change: insufficient access rights on this object.',
      recommendedAction: 'Check inheritance and AdminCount of the object and the rights of the gMSA.',
    },
  }),
  account({
    given: 'Hugo',
    surname: 'Brandt',
    local: 'hugo.brandt',
    domain: contoso,
    trouble: {
      code: 'InvalidHardMatch',
      reason: 'The cloud account holds a privileged role and cannot be taken over by hard match.',
      recommendedAction: 'Keep privileged accounts in the cloud only, or take the role away first.',
    },
  }),
  account({
    given: 'Paula',
    surname: 'Reyes',
    local: 'paula.reyes',
    domain: contoso,
    cloudUpn: 'paula.reyes@contosorehearsal.onmicrosoft.com',
  }),
  account({ given: 'Emil', surname: 'Strand', local: 'emil.strand', domain: contoso, recreatedDaysAgo: 3 }),
  account({
    given: 'Olga',
    surname: 'Petrova',
    local: 'olga.petrova',
    domain: contoso,
    formerDomain: 'legacy.contoso.com',
  }),
  account({
    given: 'Info',
    surname: 'Desk',
    local: 'info',
    domain: contoso,
    displayName: 'Information desk',
  }),
  account({ given: 'Olu', surname: 'Adeyemi', local: 'olu.adeyemi', domain: contoso, deletedDaysAgo: 2 }),
  account({ given: 'Bruno', surname: 'Keller', local: 'bruno.keller', domain: contoso, deletedDaysAgo: 9 }),
  account({
    given: 'Chantal',
    surname: 'Dupré',
    local: 'chantal.dupre',
    domain: contoso,
    deletedDaysAgo: 16,
  }),
  account({
    given: 'Mikko',
    surname: 'Nieminen',
    local: 'mikko.nieminen',
    domain: fabrikam,
    deletedDaysAgo: 5,
  }),
  account({ given: 'Rosa', surname: 'Vidal', local: 'rosa.vidal', domain: fabrikam, waits: 'cycle' }),
  account({ given: 'Tomasz', surname: 'Wrona', local: 'tomasz.wrona', domain: fabrikam, waits: 'cycle' }),
]

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
  return {
    ...made,
    id: person.objectId,
    key: person.upn,
    domain: undefined,
    title: person.jobTitle,
    department: 'IT',
  }
})

export function isSeasonal(each: Account): boolean {
  return each.employeeType === 'Seasonal'
}

/** Accounts of a domain that ordinary changes happen to. */
export function ordinary(domain: Domain): readonly Account[] {
  return ordinaryByDomain[domain]
}

const healthy = (each: Account) =>
  !(
    each.waits ||
    each.outOfScope ||
    each.trouble ||
    each.deletedDaysAgo ||
    each.cloudUpn ||
    each.formerDomain ||
    each.recreatedDaysAgo ||
    isSeasonal(each)
  )
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

export function isInContainers(each: Account, containers: readonly string[]): boolean {
  const dn = each.dn.toLowerCase()
  return containers.length === 0 || containers.some((container) => dn.endsWith(`,${container.toLowerCase()}`))
}
