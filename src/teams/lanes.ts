// Work that must not run side by side: each piece names its lanes and starts when everything before it in any of them
// has ended. All lanes are taken at once, so two pieces never wait for each other.
export type Lanes = { run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> }

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<unknown>>()
  return {
    run(keys, work) {
      const before = keys.flatMap((key) => tails.get(key) ?? [])
      const result = Promise.allSettled(before).then(work)
      const tail = result.then(
        () => undefined,
        () => undefined,
      )
      for (const key of keys) tails.set(key, tail)
      void tail.then(() => {
        for (const key of keys) if (tails.get(key) === tail) tails.delete(key)
      })
      return result
    },
  }
}
