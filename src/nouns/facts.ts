// What is known, and what is not: a value with time and source, or the reason why there is none.

/** Milliseconds since 1970-01-01 UTC. */
export type Instant = number

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Why something is not known. `unavailable`: down, or no answer in time. */
export type Because =
  | 'notPermitted'
  | 'notSignedIn'
  | 'notConfigured'
  | 'licence'
  | 'throttled'
  | 'unavailable'
  | 'notFound'

/** A thing we looked at: its value with time and source, or the reason why it is unknown. Never a guess. */
export type Fact<T> =
  | { readonly known: true; readonly value: T; readonly asOf: Instant; readonly source: string }
  | { readonly known: false; readonly because: Because; readonly source: string; readonly detail?: string }

export function known<T>(value: T, asOf: Instant, source: string): Fact<T> {
  return { known: true, value, asOf, source }
}

export function unknown<T>(because: Because, source: string, detail?: string): Fact<T> {
  return detail === undefined ? { known: false, because, source } : { known: false, because, source, detail }
}

export function mapFact<A, B>(fact: Fact<A>, change: (value: A) => B): Fact<B> {
  return fact.known ? { ...fact, value: change(fact.value) } : fact
}
