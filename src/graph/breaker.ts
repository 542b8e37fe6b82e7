// Stops asking a part of Graph that keeps failing, and tries again with one request after a while.
import type { Time } from './time.ts'

const FAILURES = 5
const WITHIN_MS = 30_000
const OPEN_MS = 30_000

export type Breaker = {
  /** False: do not ask. While half open exactly one caller gets true. */
  admits(dependency: string): boolean
  note(dependency: string, outcome: 'good' | 'bad' | 'neither'): void
}

type Circuit = { failures: number[]; openedAt?: number; probing: boolean }

export function createBreaker(
  time: Time,
  onChange: (dependency: string, open: boolean) => void = () => undefined,
): Breaker {
  const circuits = new Map<string, Circuit>()

  function circuitOf(dependency: string): Circuit {
    const found = circuits.get(dependency) ?? { failures: [], probing: false }
    circuits.set(dependency, found)
    return found
  }

  function open(dependency: string, circuit: Circuit): void {
    circuit.openedAt = time.now()
    circuit.probing = false
    circuit.failures = []
    onChange(dependency, true)
  }

  function close(dependency: string, circuit: Circuit): void {
    const wasOpen = circuit.openedAt !== undefined
    circuits.set(dependency, { failures: [], probing: false })
    if (wasOpen) onChange(dependency, false)
  }

  return {
    admits(dependency) {
      const circuit = circuitOf(dependency)
      if (circuit.openedAt === undefined) return true
      if (circuit.probing || time.now() - circuit.openedAt < OPEN_MS) return false
      circuit.probing = true
      return true
    },
    note(dependency, outcome) {
      const circuit = circuitOf(dependency)
      if (outcome === 'good') return close(dependency, circuit)
      if (outcome === 'neither') {
        circuit.probing = false
        return
      }
      if (circuit.openedAt !== undefined) return open(dependency, circuit)
      const now = time.now()
      circuit.failures = [...circuit.failures.filter((then) => now - then < WITHIN_MS), now]
      if (circuit.failures.length >= FAILURES) open(dependency, circuit)
    },
  }
}
