import type { Instant } from '../nouns.ts'

/** [store] The store's time plus, outside production, an offset kept in the store. */
export type Clock = { now(): Promise<Instant> }
