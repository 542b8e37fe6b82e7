// Child processes of a test; none outlives it.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const program = fileURLToPath(new URL('child.ts', import.meta.url))

export type Child = {
  readonly pid: number
  /** Lines printed so far. */
  readonly lines: readonly string[]
  /** Resolves when a line fits, also one printed before; rejects when the process ends first. */
  line(fits: (line: string) => boolean): Promise<string>
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  readonly ended: Promise<void>
}

export function startChild(address: string, task: string, holder = 'child'): Child {
  const child = spawn(process.execPath, [program, address, task, holder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const watchers = new Set<() => void>()
  const tell = () => {
    for (const watcher of watchers) watcher()
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    tell()
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  let over = false
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      over = true
      tell()
      resolve()
    })
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    signal: (name) => {
      child.kill(name)
    },
    line: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find(fits)
          if (found === undefined && !over) return
          watchers.delete(look)
          if (found !== undefined) resolve(found)
          else reject(new Error(`the child ended: ${errors.slice(-1500)}`))
        }
        watchers.add(look)
        look()
      }),
  }
}
