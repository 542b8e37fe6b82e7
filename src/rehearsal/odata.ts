// Query options of a collection or an entity: $filter, $select, $orderby, $top, $expand, $count and paging.
import { createHash } from 'node:crypto'
import type { Instant, Json } from '../nouns.ts'
import { badRequest } from './graph-error.ts'
import { type FilterRules, parseFilter } from './odata-filter.ts'
import type { Obj } from './show-job.ts'

export type Collection = FilterRules & {
  /** What follows `$metadata#`. */
  readonly context: string
  readonly pageSize: number
  readonly maxTop: number
  readonly orderBy: readonly string[]
  /** Properties returned without $select; all when absent. */
  readonly defaults?: readonly string[]
  /** Properties that come on $expand only. */
  readonly expand?: readonly string[]
  readonly count?: boolean
  /** $count and endsWith need the header ConsistencyLevel: eventual. */
  readonly advanced?: boolean
}

export type Query = {
  readonly params: URLSearchParams
  readonly now: Instant
  /** Address of this collection, without query. */
  readonly address: string
  /** Root of this version, e.g. http://127.0.0.1:1/graph/v1.0 */
  readonly root: string
  readonly eventual: boolean
}

const options = new Set(['$filter', '$select', '$orderby', '$top', '$expand', '$count', '$skiptoken'])
const TOKEN_LIFE = 3600_000

function checkOptions(params: URLSearchParams): void {
  for (const name of params.keys())
    if (name.startsWith('$') && !options.has(name))
      throw badRequest(`The query option '${name}' is not supported here.`, 'Request_UnsupportedQuery')
}

// ---------------------------------------------------------------- paging

type SkipToken = { readonly from: number; readonly asOf: Instant; readonly of: string }

function fingerprint(params: URLSearchParams): string {
  const rest = [...params].filter(([name]) => name !== '$skiptoken').sort()
  return createHash('sha256').update(JSON.stringify(rest)).digest('base64url').slice(0, 12)
}

/** The token of a later page, or undefined for the first. Later pages look at the moment of the first. */
export function readSkipToken(params: URLSearchParams, now: Instant): SkipToken | undefined {
  const text = params.get('$skiptoken')
  if (text === null) return undefined
  const invalid = badRequest('Invalid Skip Token, skip token is null.', 'Directory_ExpiredPageToken')
  const [from = '', asOf = '', of = ''] = Buffer.from(text, 'base64url').toString('latin1').split('~')
  const token = { from: Number(from), asOf: Number(asOf), of }
  const sound =
    Number.isInteger(token.from) && token.from > 0 && token.asOf <= now && now - token.asOf < TOKEN_LIFE
  if (!sound || of !== fingerprint(params)) throw invalid
  return token
}

function nextLink(query: Query, from: number, asOf: Instant): string {
  const params = new URLSearchParams(query.params)
  const text = `${from}~${asOf}~${fingerprint(query.params)}`
  params.set('$skiptoken', Buffer.from(text, 'latin1').toString('base64url'))
  return `${query.address}?${params.toString().replaceAll('%24', '$')}`
}

// ---------------------------------------------------------------- shape of one item

/** `a,b($select=c;$expand=d),e` split at the commas outside of brackets. */
function splitList(text: string): readonly string[] {
  const out: string[] = []
  let depth = 0
  let word = ''
  for (const letter of text) {
    if (letter === '(') depth++
    if (letter === ')') depth--
    if (letter === ',' && depth === 0) {
      out.push(word)
      word = ''
    } else word += letter
  }
  return [...out, word].map((each) => each.trim()).filter((each) => each !== '')
}

function pickFrom(item: Obj, names: readonly string[], type: string): Obj {
  const out: Record<string, Json> = {}
  for (const [name, value] of Object.entries(item)) if (name.startsWith('@')) out[name] = value
  for (const name of names) {
    const value = item[name]
    if (value === undefined)
      throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`)
    out[name] = value
  }
  return out
}

function expansion(
  each: string,
  spec: Collection,
): readonly [name: string, inner: readonly string[] | undefined] {
  const found = /^([A-Za-z]+)(?:\(\$select=([^()]*)\))?$/.exec(each)
  if (!found?.[1] || !spec.expand?.includes(found[1]))
    throw badRequest(`Could not find a property named '${each}' to expand, or it cannot be expanded.`)
  return [found[1], found[2]?.split(',').map((name) => name.trim())]
}

/** One item as asked for by $select and $expand. */
export function shape(item: Obj, spec: Collection, params: URLSearchParams): Obj {
  const navigations = new Set(spec.expand ?? [])
  const plain = Object.fromEntries(Object.entries(item).filter(([name]) => !navigations.has(name)))
  const selected = params.get('$select')
  const names = selected === null ? spec.defaults : selected.split(',').map((name) => name.trim())
  const known = names === undefined || names.includes('*') ? plain : pickFrom(plain, names, spec.context)
  const expanded = splitList(params.get('$expand') ?? '').map((each) => {
    const [name, inner] = expansion(each, spec)
    const value = item[name] ?? []
    const shown =
      inner && Array.isArray(value) ? value.map((one) => pickFrom(one as Obj, inner, name)) : value
    return [name, shown] as const
  })
  return { ...known, ...Object.fromEntries(expanded) }
}

// ---------------------------------------------------------------- the whole answer

function ordered(items: readonly Obj[], spec: Collection, text: string | null): readonly Obj[] {
  if (text === null) return items
  const [name = '', direction = 'asc', more] = text.trim().split(/\s+/)
  if (!spec.orderBy.includes(name) || more !== undefined || !/^(asc|desc)$/i.test(direction))
    throw badRequest(`$orderby=${text} is not supported here.`, 'Request_UnsupportedQuery')
  const key = (item: Obj) => String(item[name] ?? '')
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1
  return items.toSorted((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0))
}

function topOf(spec: Collection, text: string | null): number {
  if (text === null) return spec.pageSize
  const top = Number(text)
  if (!Number.isInteger(top) || top < 1 || top > spec.maxTop)
    throw badRequest(
      `Invalid page size specified: '${text}'. Must be between 1 and ${spec.maxTop} inclusive.`,
    )
  return top
}

function wantsCount(spec: Collection, query: Query): boolean {
  const filter = query.params.get('$filter') ?? ''
  const count = query.params.get('$count')
  if (count !== null && spec.count !== true)
    throw badRequest('$count is not supported on this collection.', 'Request_UnsupportedQuery')
  const needed = spec.advanced === true && (count === 'true' || /endswith\(/i.test(filter))
  const given = query.eventual && (count === 'true' || !/endswith\(/i.test(filter))
  if (needed && !given)
    throw badRequest(
      'This needs $count=true and the header ConsistencyLevel: eventual.',
      'Request_UnsupportedQuery',
    )
  return count === 'true'
}

export function answerCollection(items: readonly Obj[], spec: Collection, query: Query): Obj {
  const { params } = query
  checkOptions(params)
  const token = readSkipToken(params, query.now)
  const filter = params.get('$filter')
  const counted = wantsCount(spec, query)
  const found = filter === null ? items : items.filter(parseFilter(filter, spec))
  const all = ordered(found, spec, params.get('$orderby'))
  const from = token?.from ?? 0
  const to = from + topOf(spec, params.get('$top'))
  const page = all.slice(from, to).map((item) => shape(item, spec, params))
  const selected = params.get('$select')
  return {
    '@odata.context': `${query.root}/$metadata#${spec.context}${selected === null ? '' : `(${selected})`}`,
    ...(counted ? { '@odata.count': all.length } : {}),
    ...(to < all.length ? { '@odata.nextLink': nextLink(query, to, token?.asOf ?? query.now) } : {}),
    value: page,
  }
}

export function answerEntity(item: Obj, spec: Collection, query: Query): Obj {
  for (const name of query.params.keys())
    if (name.startsWith('$') && name !== '$select' && name !== '$expand')
      throw badRequest(`The query option '${name}' is not supported on a single entity.`)
  return {
    '@odata.context': `${query.root}/$metadata#${spec.context}/$entity`,
    ...shape(item, spec, query.params),
  }
}
