// What a route is, and how a path finds its route.
import type { Instant, Json } from '../nouns.ts'
import type { Change } from './changes.ts'
import type { Identity } from './identity.ts'
import type { Query } from './odata.ts'
import type { Family } from './scenarios.ts'
import type { Bucket } from './throttle.ts'
import type { World } from './world.ts'

export type Version = 'v1.0' | 'beta'

export type Context = {
  readonly world: World
  readonly version: Version
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Json | undefined
  readonly identity: Identity
  readonly now: Instant
}

export type RouteAnswer = { readonly status: number; readonly body?: Json; readonly change?: Change }

export type Route = {
  readonly method: 'GET' | 'POST'
  /** Segments; `:name` takes any. */
  readonly path: string
  readonly family: Family
  readonly versions?: readonly Version[]
  /** Needs a signed-in person: write also needs the role. */
  readonly delegated?: 'read' | 'write'
  readonly bucket?: Bucket
  answer(context: Context): RouteAnswer
}

export function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((each) => each !== '')
}

/** The parameters of a path that fits, or undefined. Fixed segments are compared without case. */
export function match(
  route: Route,
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const wanted = segmentsOf(route.path)
  if (wanted.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, want] of wanted.entries()) {
    const given = segments[i] ?? ''
    if (want.startsWith(':')) params[want.slice(1)] = decodeURIComponent(given)
    else if (want.toLowerCase() !== given.toLowerCase()) return undefined
  }
  return params
}
