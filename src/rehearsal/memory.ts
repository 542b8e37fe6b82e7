// Keeps the tenant's list of changes: in memory, and where it is told to keep it.
import type { Instant, Json } from '../nouns.ts'
import { type Change, isOutworn, newState, parseState, type State } from './changes.ts'

export type Persist = { load(): Promise<Json | undefined>; save(json: Json): Promise<void> }

export type Memory = {
  read(now: Instant): Promise<State>
  /** Adds what `next` makes of the newest state; one at a time. */
  add(now: Instant, next: (state: State) => readonly Change[]): Promise<readonly Change[]>
  reset(now: Instant): Promise<void>
}

export function createMemory(persist?: Persist): Memory {
  let current: State | undefined
  let text = ''
  let waiting: Promise<unknown> = Promise.resolve()

  const save = async (state: State) => {
    current = state
    text = JSON.stringify(state)
    await persist?.save(JSON.parse(text) as Json)
  }
  // Read anew each time: another process may share what is kept. The same content stays the same object.
  const load = async (now: Instant): Promise<State> => {
    const first = current === undefined
    const saved = persist ? await persist.load() : undefined
    if (saved !== undefined && JSON.stringify(saved) !== text) {
      const parsed = parseState(saved)
      if (parsed && !(first && isOutworn(parsed, now))) {
        current = parsed
        text = JSON.stringify(saved)
      }
    }
    if (current === undefined) await save(newState(now))
    return current as unknown as State
  }
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = waiting.then(work, work)
    waiting = mine
    return mine
  }

  return {
    read: (now) => inTurn(() => load(now)),
    add: (now, next) =>
      inTurn(async () => {
        const state = await load(now)
        const changes = next(state)
        if (changes.length > 0) await save({ ...state, changes: [...state.changes, ...changes] })
        return changes
      }),
    reset: (now) => inTurn(() => save(newState(now))),
  }
}
