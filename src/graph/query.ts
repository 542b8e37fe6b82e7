// What one question to Graph looks like. The table of them all is the source of docs/permissions.md, of the
// permissions granted in infra/, and of what `doctor` tries.
import type { z } from 'zod'
import type { Family } from './limiter.ts'

export type Query<T extends z.ZodType = z.ZodType> = {
  readonly id: string
  readonly method: 'GET' | 'POST'
  /** With {names} of path segments. */
  readonly path: string
  readonly version: 'v1.0' | 'beta'
  readonly family: Family
  /** Whose token it is asked with. */
  readonly identity: 'application' | 'delegated'
  /** What Graph accepts, least privileged first; empty: not supported. */
  readonly permissions: { readonly application: readonly string[]; readonly delegated: readonly string[] }
  /** The one permission that we ask for. */
  readonly grant: string
  /** What stays unknown or undone without it, for the documentation. */
  readonly purpose: string
  /** One entity: of the answer, or of its `value`. */
  readonly schema: T
}

export function declare<T extends z.ZodType>(query: Query<T>): Query<T> {
  return query
}
