// Random choices that can be repeated: the same seed gives the same run.
export type Random = {
  /** 0 ≤ n < limit */
  below(limit: number): number
  pick<T>(from: readonly T[]): T
  chance(share: number): boolean
  text(longest: number): string
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
    chance: (share) => next() < share,
    text: (longest) =>
      String.fromCharCode(...Array.from({ length: below(longest + 1) }, () => below(0xffff))),
  }
}
