// What a room needs from the outside, in our words. Each port has one owner room (in brackets).
export type * from './ports/clock.ts'
export type * from './ports/conversation.ts'
export type * from './ports/on-call.ts'
export type * from './ports/store.ts'
export type * from './ports/sync-writes.ts'
