// What a turn works with, and what it leaves behind.
import type { IncomingEvent, Instant, Json, Person, Place, Reply, Subject } from '../nouns.ts'

/** Kept per person and place between turns, as plain JSON. */
export type Session = {
  /** The dialog in progress: id of its tree and the reducer's state. */
  readonly dialog?: { readonly treeId: string; readonly state: Json }
  /** Article of the last answer, for "why?" and "and for gov?". */
  readonly article?: string
  /** What the last live answer was about, for "provision on demand" without a name. */
  readonly subject?: Subject
}

export type Turn = {
  readonly event: IncomingEvent
  readonly person: Person
  readonly place: Place
  readonly now: Instant
  readonly session: Session
}

/**
 * A turn's result. `replace` takes the place of the pressed card, for everybody; `answer` only for who pressed it,
 * because the card itself is kept up to date by the outbox.
 */
export type Response = {
  readonly replies: readonly Reply[]
  readonly replace?: Reply
  readonly answer?: Reply
  readonly session?: Session
}

export function say(...replies: readonly Reply[]): Response {
  return { replies }
}

export function notice(title: string, ...lines: readonly string[]): Extract<Reply, { kind: 'notice' }> {
  return {
    kind: 'notice',
    title,
    tone: 'neutral',
    blocks: lines.map((line) => ({ kind: 'text', prose: [line] })),
    offers: [],
  }
}

/** "1 agent", "3 agents". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}
