// Runs a script on Node 24 or newer: the Node at hand if it is new enough, else the one pinned in
// tools/node, fetched from npm on first use. Plain JavaScript, so that an old Node can run it.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const WANTED_MAJOR = 24
const home = join(dirname(fileURLToPath(import.meta.url)), 'node')

function pinnedNode() {
  const modules = join(home, 'node_modules')
  if (!existsSync(modules)) return undefined
  for (const name of readdirSync(modules)) {
    for (const file of ['bin/node', 'bin/node.exe', 'node.exe']) {
      const path = join(modules, name, file)
      if (name.startsWith('node-') && existsSync(path)) return path
    }
  }
  return undefined
}

function bringNode() {
  process.stderr.write(
    `Node ${process.versions.node} is too old; bringing Node ${WANTED_MAJOR} from npm (once)…\n`,
  )
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const options = { cwd: home, stdio: ['ignore', 'ignore', 'inherit'], shell: npm === 'npm.cmd' }
  const done = spawnSync(
    npm,
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    options,
  )
  const path = done.status === 0 ? pinnedNode() : undefined
  if (path) return path
  process.stderr.write(
    `Could not bring Node ${WANTED_MAJOR} for ${process.platform} ${process.arch}. Install Node ${WANTED_MAJOR} LTS from nodejs.org and run the command again.\n`,
  )
  return process.exit(69)
}

const newEnough = Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR
const node = newEnough ? process.execPath : (pinnedNode() ?? bringNode())
// `npm ci` and `node` found by child processes must be the same Node.
const path = `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`
const child = spawn(node, process.argv.slice(2), { stdio: 'inherit', env: { ...process.env, PATH: path } })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  process.stderr.write(`Could not start ${node}: ${error.message}\n`)
  process.exit(69)
})
child.on('exit', (code, signal) =>
  process.exit(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1)),
)
