// Starts test/teams/fixtures/edge-process.ts and talks to it.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type EdgeState = { readonly rss: number; readonly events: number; readonly polluted: boolean }
export type EdgeProcess = {
  readonly port: number
  readonly token: string
  readonly pid: number
  isAlive(): boolean
  state(): Promise<EdgeState>
  stop(): Promise<void>
}

function next<T>(child: ChildProcess, kind: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('the edge process ended'))
    const onMessage = (message: { readonly kind: string }) => {
      if (message.kind !== kind) return
      child.off('message', onMessage).off('exit', onExit)
      resolve(message as T)
    }
    child.on('message', onMessage).once('exit', onExit)
  })
}

export async function startEdgeProcess(): Promise<EdgeProcess> {
  const file = fileURLToPath(new URL('../teams/fixtures/edge-process.ts', import.meta.url))
  const child = fork(file, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
  const { port, token } = await next<{ port: number; token: string }>(child, 'ready')
  return {
    port,
    token,
    pid: child.pid ?? 0,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async state() {
      const answer = next<EdgeState>(child, 'state')
      child.send('state')
      return answer
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.disconnect()
      await ended
    },
  }
}
