// From a question to a Fact: address, request, pages, schema, normalisation, and the reason when it fails.
import { z } from 'zod'
import { type Because, type Fact, known, unknown } from '../nouns.ts'
import type { Clock, UserToken } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Meter } from './call.ts'
import type { GraphClient } from './client.ts'
import { becauseOf, type Failure } from './failure.ts'
import type { Priority } from './limiter.ts'
import { address } from './odata.ts'
import type { Query } from './query.ts'

/** Who asks, and how long they wait. */
export type Asker = {
  readonly client: GraphClient
  readonly clock: Clock
  readonly priority: Priority
  /** For one question with all its pages and repeats. */
  readonly patienceMs: number
  readonly timeoutMs: number
  readonly telemetry?: Telemetry
  readonly meter?: Meter
}

export type Asked = {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: UserToken
  readonly patienceMs?: number
}

/** Pages of a list. `complete` is false when more pages exist than were asked for. */
export type Pages<T> = { readonly items: readonly T[]; readonly complete: boolean }

type Got<T> = { ok: true; value: T } | { ok: false; because: Because; detail: string }

const envelope = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().optional() })

export function sourceOf(query: Query): string {
  return `Graph ${query.version} ${query.path}`
}

function failed(failure: Failure, asked: Asked): { ok: false; because: Because; detail: string } {
  return { ok: false, because: becauseOf(failure, asked.token !== undefined), detail: failure.code }
}

function unexpected(asker: Asker, query: Query, error: z.ZodError) {
  const path = error.issues[0]?.path.map(String).join('.') ?? ''
  asker.telemetry?.log.error(
    { code: 'SM_GRAPH_UNEXPECTED', query: query.id, path },
    'graph answer does not fit',
  )
  return { ok: false as const, because: 'unavailable' as const, detail: 'SM_GRAPH_UNEXPECTED' }
}

type Page = { readonly asked: Asked; readonly url: string; readonly deadline: number }

async function fetchJson(asker: Asker, query: Query, { asked, url, deadline }: Page): Promise<Got<unknown>> {
  const sent = await asker.client.send({
    query,
    url,
    deadline,
    priority: asker.priority,
    timeoutMs: asker.timeoutMs,
    ...(asked.headers ? { headers: asked.headers } : {}),
    ...(asked.token ? { token: asked.token } : {}),
    ...(asker.meter ? { meter: asker.meter } : {}),
  })
  return sent.ok ? { ok: true, value: JSON.parse(sent.body) } : failed(sent.failure, asked)
}

function firstPage(asker: Asker, query: Query, asked: Asked): Page | undefined {
  const path = address(query.path, asked.path, asked.query)
  const deadline = asker.client.time.now() + (asked.patienceMs ?? asker.patienceMs)
  return path === undefined
    ? undefined
    : { asked, deadline, url: `${asker.client.baseUrl}/${query.version}${path}` }
}

/** A question with one entity as its answer. */
export async function askOne<T extends z.ZodType>(
  asker: Asker,
  query: Query<T>,
  asked: Asked = {},
): Promise<Fact<z.output<T>>> {
  const page = firstPage(asker, query, asked)
  const source = sourceOf(query)
  if (!page) return unknown('notFound', source, 'badAddress')
  const got = await fetchJson(asker, query, page)
  if (!got.ok) return unknown(got.because, source, got.detail)
  const parsed = query.schema.safeParse(got.value)
  if (parsed.success) return known(parsed.data, await asker.clock.now(), source)
  const bad = unexpected(asker, query, parsed.error)
  return unknown(bad.because, source, bad.detail)
}

function parsePage<T extends z.ZodType>(asker: Asker, query: Query<T>, body: unknown) {
  const outer = envelope.safeParse(body)
  if (!outer.success) return unexpected(asker, query, outer.error)
  const inner = z.array(query.schema).safeParse(outer.data.value)
  if (!inner.success) return unexpected(asker, query, inner.error)
  return { ok: true as const, items: inner.data, next: outer.data['@odata.nextLink'] }
}

/** An entity seen on two pages is one entity: windows move while we read. */
function withoutRepeats<T>(items: readonly T[]): readonly T[] {
  const byId = new Map<unknown, T>()
  for (const item of items) {
    const key = typeof item === 'object' && item !== null && 'id' in item ? item.id : item
    if (!byId.has(key)) byId.set(key, item)
  }
  return [...byId.values()]
}

/**
 * A question with a list as its answer, of at most `mostPages` pages. A page that fails discards the whole: half
 * a list looks like a complete one. A link that was followed before, or leads elsewhere, counts as failed.
 */
export async function askAll<T extends z.ZodType>(
  asker: Asker,
  query: Query<T>,
  asked: Asked & { readonly mostPages?: number } = {},
): Promise<Fact<Pages<z.output<T>>>> {
  const source = sourceOf(query)
  const first = firstPage(asker, query, asked)
  if (!first) return unknown('notFound', source, 'badAddress')
  const items: z.output<T>[] = []
  const seen = new Set<string>()
  let url: string | undefined = first.url
  while (url !== undefined && seen.size < (asked.mostPages ?? 10)) {
    if (seen.has(url)) return unknown('unavailable', source, 'cyclicPages')
    seen.add(url)
    const got = await fetchJson(asker, query, { ...first, url })
    if (!got.ok) {
      // A link to elsewhere is not "no such thing".
      const because = seen.size > 1 && got.because === 'notFound' ? 'unavailable' : got.because
      return unknown(because, source, got.detail)
    }
    const page = parsePage(asker, query, got.value)
    if (!page.ok) return unknown(page.because, source, page.detail)
    items.push(...page.items)
    url = page.next
  }
  const value = { items: withoutRepeats(items), complete: url === undefined }
  return known(value, await asker.clock.now(), source)
}

/** For lists that are only of use when complete: more pages than asked for make the answer unknown. */
export async function askWhole<T extends z.ZodType>(
  asker: Asker,
  query: Query<T>,
  asked: Asked & { readonly mostPages?: number } = {},
): Promise<Fact<readonly z.output<T>[]>> {
  const pages = await askAll(asker, query, asked)
  if (!pages.known) return pages
  if (!pages.value.complete) return unknown('unavailable', pages.source, 'tooManyPages')
  return known(pages.value.items, pages.asOf, pages.source)
}
