// The two bots that are compared, each a process of its own, with how long it took to be ready and what it weighs.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const START_MS = 60_000

export type Running = {
  readonly address: string
  readonly startMs: number
  /** Resident memory in MB; undefined where this system does not tell. */
  memory(): number | undefined
  stop(): Promise<void>
}

function residentMb(pid: number): number | undefined {
  const file = `/proc/${pid}/status`
  const text = existsSync(file)
    ? (/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? '')
    : spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  const kb = Number.parseInt(text, 10)
  return Number.isNaN(kb) ? undefined : kb / 1024
}

function whenSeen(child: ChildProcess, sign: RegExp): Promise<string> {
  let output = ''
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`a bot did not start:\n${output}`))
    const timer = setTimeout(fail, START_MS)
    const take = (chunk: Buffer) => {
      output += chunk.toString('utf8')
      const found = sign.exec(output)
      if (!found) return
      clearTimeout(timer)
      resolve(found[1] ?? '')
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.once('exit', fail)
  })
}

async function isReady(address: string): Promise<void> {
  for (const until = performance.now() + START_MS; performance.now() < until; ) {
    const answer = await fetch(`${address}/healthz/ready`).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`${address} did not get ready`)
}

async function start(
  file: string,
  sign: RegExp,
  ready: (address: string) => Promise<void>,
): Promise<Running> {
  const { PATH = '', HOME = '' } = process.env
  const began = performance.now()
  const child = spawn(process.execPath, [file], {
    cwd: root,
    env: {
      PATH,
      HOME,
      PORT: '0',
      LOG_LEVEL: 'warn',
      DATA_DIR: mkdtempSync(join(tmpdir(), 'sync-medic-bench-')),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const address = `http://127.0.0.1:${await whenSeen(child, sign)}`
  await ready(address)
  const startMs = performance.now() - began
  return {
    address,
    startMs,
    memory: () => residentMb(child.pid ?? 0),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}

export const startOurs = () => start('src/main.ts', /http:\/\/127\.0\.0\.1:(\d+)/, isReady)
export const startEcho = () => start('test/bench/echo-bot.ts', /listening (\d+)/, async () => undefined)
