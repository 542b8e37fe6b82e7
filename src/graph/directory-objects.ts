// Users and groups as Graph gives them, and the filters by which people name them.
import { z } from 'zod'
import { sameDn } from '../directory-names.ts'
import type { ObjectName } from '../nouns.ts'
import { flag, id, instant, listOf, longText, oneOf, text } from './normalise.ts'
import { literal } from './odata.ts'

const provisioningError = z.object({
  category: oneOf('propertyConflict'),
  occurredDateTime: instant,
  propertyCausingError: text,
  value: longText,
})

export const directoryObject = z.object({
  id,
  displayName: text,
  userPrincipalName: text,
  mail: text,
  proxyAddresses: listOf(z.string()),
  accountEnabled: flag,
  deletedDateTime: instant,
  onPremisesSyncEnabled: flag,
  onPremisesImmutableId: text,
  onPremisesDistinguishedName: longText,
  onPremisesDomainName: text,
  onPremisesSamAccountName: text,
  onPremisesUserPrincipalName: text,
  onPremisesSecurityIdentifier: text,
  onPremisesLastSyncDateTime: instant,
  onPremisesProvisioningErrors: listOf(provisioningError),
})

export type GraphDirectoryObject = z.output<typeof directoryObject>

/** On-premises properties come only when they are asked for. */
export const userSelect = [
  'id',
  'displayName',
  'userPrincipalName',
  'mail',
  'proxyAddresses',
  'accountEnabled',
  'onPremisesSyncEnabled',
  'onPremisesImmutableId',
  'onPremisesDistinguishedName',
  'onPremisesDomainName',
  'onPremisesSamAccountName',
  'onPremisesUserPrincipalName',
  'onPremisesLastSyncDateTime',
  'onPremisesProvisioningErrors',
].join(',')

export const groupSelect = [
  'id',
  'displayName',
  'mail',
  'proxyAddresses',
  'onPremisesSyncEnabled',
  'onPremisesDomainName',
  'onPremisesSamAccountName',
  'onPremisesSecurityIdentifier',
  'onPremisesLastSyncDateTime',
  'onPremisesProvisioningErrors',
].join(',')

/** More than this is no answer but a directory listing; the person is asked to be more precise. */
export const MOST_HITS = 20

/** Some properties are filtered by an index that wants this said, and a count. */
export const advanced = { headers: { ConsistencyLevel: 'eventual' }, query: { $count: 'true' } } as const

/** First CN of a DN, unescaped: 'CN=Doe\, Jane,OU=x' -> 'Doe, Jane'. Undefined when the DN starts otherwise. */
export function commonNameOf(dn: string): string | undefined {
  const first = /^\s*CN\s*=\s*((?:\\.|[^,\\])*)/i.exec(dn)?.[1]
  // Escaped bytes are UTF-8 and belong together; anything else that is escaped is itself.
  return first?.replace(/((?:\\[0-9A-Fa-f]{2})+)|\\(.)/g, (_, bytes?: string, plain?: string) =>
    bytes ? Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8') : (plain ?? ''),
  )
}

/** AD's object GUID as its immutable id: base64 of its little-endian bytes. */
export function immutableIdOf(guid: string): string | undefined {
  const hex = guid.replace(/[{}-]/g, '')
  if (!/^[0-9a-f]{32}$/i.test(hex)) return undefined
  const bytes = Buffer.from(hex, 'hex')
  return Buffer.concat([
    bytes.subarray(0, 4).reverse(),
    bytes.subarray(4, 6).reverse(),
    bytes.subarray(6, 8).reverse(),
    bytes.subarray(8),
  ]).toString('base64')
}

/** The opposite: undefined when the immutable id is no GUID. */
export function guidOf(immutableId: string): string | undefined {
  const bytes = Buffer.from(immutableId, 'base64')
  if (bytes.length !== 16) return undefined
  const part = (from: number, to: number) => bytes.subarray(from, to)
  return [
    Buffer.from(part(0, 4)).reverse().toString('hex'),
    Buffer.from(part(4, 6)).reverse().toString('hex'),
    Buffer.from(part(6, 8)).reverse().toString('hex'),
    part(8, 10).toString('hex'),
    part(10, 16).toString('hex'),
  ].join('-')
}

export type Search = {
  readonly filter: string
  readonly advanced: boolean
  readonly keep?: (dn: string) => boolean
}

/** 'CONTOSO\jdoe' -> 'jdoe' */
function accountName(value: string): string {
  return value.slice(value.lastIndexOf('\\') + 1)
}

/** How Graph is asked for users of that name. There is no filter on the DN: its common name is, and the rest here. */
export function searchOf(name: ObjectName): Search {
  const value = literal(name.value)
  switch (name.by) {
    case 'upn':
      return {
        filter: `userPrincipalName eq ${value} or onPremisesUserPrincipalName eq ${value}`,
        advanced: true,
      }
    case 'sam':
      return { filter: `onPremisesSamAccountName eq ${literal(accountName(name.value))}`, advanced: true }
    case 'name':
      return { filter: `startswith(displayName,${value})`, advanced: false }
    case 'id': {
      const immutable = immutableIdOf(name.value)
      const alternative = immutable ? ` or onPremisesImmutableId eq ${literal(immutable)}` : ''
      return { filter: `id eq ${value}${alternative}`, advanced: false }
    }
    case 'dn': {
      const filter = `displayName eq ${literal(commonNameOf(name.value) ?? name.value)}`
      return { filter, advanced: false, keep: (dn) => sameDn(dn, name.value) }
    }
  }
}
