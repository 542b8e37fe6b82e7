// Runs an entry point of tools/ as people do: a process of its own, with nothing of our environment but what is given.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }

export function runTool(
  tool: string,
  options: {
    readonly args?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    readonly input?: string
  } = {},
): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env
  const dataDir = join(mkdtempSync(join(tmpdir(), 'sync-medic-tool-')), 'data')
  const child = spawn(process.execPath, [`tools/${tool}.ts`, ...(options.args ?? [])], {
    cwd: root,
    env: { PATH, HOME, DATA_DIR: dataDir, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString('utf8')
  })
  child.stdin.end(options.input ?? '')
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}
