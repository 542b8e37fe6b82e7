// `npm run playground`: the rehearsal bot and Microsoft's Agents Playground in front of it. The Playground is no
// dependency of ours (its licence is for evaluation): npm brings it on demand. Arguments go on to it, e.g. `-- -p 56151`.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { loadConfig } from '../src/config.ts'

const PLAYGROUND = '@microsoft/m365agentsplayground@0.2.28'
const READY_MS = 30_000
const root = join(import.meta.dirname, '..')
const windows = process.platform === 'win32'

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/**
 * Brings the package into npm's cache and gives its entry point. It is then started without npm, which would not hand
 * on the signal that ends it.
 */
function fetchPlayground(): string | undefined {
  say(`Fetching ${PLAYGROUND} (npm keeps it in its cache)…`)
  const done = spawnSync(
    windows ? 'npm.cmd' : 'npm',
    ['exec', '--yes', '--ignore-scripts', `--package=${PLAYGROUND}`, '--', 'node', '-p', 'process.env.PATH'],
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', shell: windows },
  )
  if (done.status !== 0) return undefined
  return done.stdout
    .trim()
    .split(delimiter)
    .map((folder) => join(folder, '..', '@microsoft', 'm365agentsplayground', 'cli.js'))
    .find((file) => existsSync(file))
}

async function ready(address: string, bot: ChildProcess): Promise<boolean> {
  const until = performance.now() + READY_MS
  while (performance.now() < until && bot.exitCode === null) {
    const answer = await fetch(`${address}/healthz/ready`).catch(() => undefined)
    if (answer?.ok) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 0)))
}

async function main(): Promise<number> {
  const loaded = loadConfig()
  if (!loaded.ok) {
    process.stderr.write(`${loaded.problems.join('\n')}\n`)
    return 78
  }
  const { config } = loaded
  if (!config.anonymous || config.port === 0) {
    process.stderr.write(
      'The Playground sends no tokens: unset MicrosoftAppId (and PORT=0), so that the bot runs as a rehearsal.\n',
    )
    return 78
  }
  const cli = fetchPlayground()
  if (cli === undefined) {
    process.stderr.write(
      `${PLAYGROUND} could not be fetched. It needs the npm registry once: check the network, the proxy and \`npm config get registry\`. Without it \`npm start\` shows the same bot on its own chat page.\n`,
    )
    return 69
  }
  const address = `http://127.0.0.1:${config.port}`
  const bot = spawn(process.execPath, ['src/main.ts'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (!(await ready(address, bot))) {
    bot.kill()
    process.stderr.write(`The bot did not start on ${address}. Is the port taken? Set PORT.\n`)
    return 69
  }
  const playground = spawn(
    process.execPath,
    [cli, '-e', `${address}/api/messages`, '-c', 'msteams', ...process.argv.slice(2)],
    // It keeps a log in a folder of its own beside where it runs.
    { cwd: config.dataDir, stdio: 'inherit' },
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      playground.kill(signal)
      bot.kill('SIGTERM')
    })
  const code = await Promise.race([ended(playground), ended(bot)])
  playground.kill()
  bot.kill()
  return code
}

process.exitCode = await main()
