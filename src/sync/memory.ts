// Remembers one answer for a short while, so that a burst of questions costs one call.
import type { Fact, Instant } from '../nouns.ts'

/**
 * Failures are not kept, and whoever asks while a question is under way shares its answer. The way to ask is the
 * caller's, so that the cost is counted where it arises.
 */
export function remember<T>(keepMs: number) {
  let kept: { readonly at: Instant; readonly fact: Fact<T> } | undefined
  let underWay: Promise<Fact<T>> | undefined
  return async (now: Instant, ask: () => Promise<Fact<T>>): Promise<Fact<T>> => {
    if (kept && now >= kept.at && now - kept.at < keepMs) return kept.fact
    underWay ??= ask()
      .then((fact) => {
        kept = fact.known ? { at: now, fact } : undefined
        return fact
      })
      .finally(() => {
        underWay = undefined
      })
    return underWay
  }
}

/** One memory for each key; old ones are dropped, so that it does not grow. */
export function rememberEach<T>(keepMs: number) {
  const byKey = new Map<string, { readonly ask: ReturnType<typeof remember<T>>; used: Instant }>()
  return (key: string, now: Instant, ask: () => Promise<Fact<T>>): Promise<Fact<T>> => {
    for (const [old, { used }] of byKey) if (now - used >= keepMs || now < used) byKey.delete(old)
    const memory = byKey.get(key) ?? { ask: remember<T>(keepMs), used: now }
    memory.used = now
    byKey.set(key, memory)
    return memory.ask(now, ask)
  }
}
