// A real PostgreSQL server for tests: Debian's binaries, an empty cluster in a temporary folder, on loopback only.
// The server ends with this process, however that ends: its keeper waits for the end of a pipe.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'

const HOME = '/usr/lib/postgresql'

export type PostgresServer = {
  readonly port: number
  /** Address of a database, as the superuser unless another user is named. */
  url(database: string, user?: string): string
  /** Creates a database, by default an empty one, and returns its address. */
  createDatabase(options?: { readonly template?: string }): Promise<string>
  /** Runs one statement as the superuser and returns its rows. */
  query(url: string, statement: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Ends the server (fast shutdown, or as by kill -9) and starts it again on the same port and data. */
  restart(how?: 'fast' | 'kill'): Promise<void>
  stop(): Promise<void>
}

function binaries(): string {
  const versions = existsSync(HOME) ? readdirSync(HOME).filter((name) => /^\d+$/.test(name)) : []
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0]
  const folder = newest && join(HOME, newest, 'bin')
  if (!folder || !existsSync(join(folder, 'postgres'))) {
    throw new Error(`no PostgreSQL server below ${HOME}: apt-get update && apt-get install -y postgresql`)
  }
  return folder
}

/** PostgreSQL refuses to run as root: then it runs as the account "postgres", else "nobody". */
function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const line = ['postgres', 'nobody'].map((name) => lines.find((l) => l.startsWith(`${name}:`))).find(Boolean)
  const [, , uid, gid] = line?.split(':') ?? []
  if (!uid || !gid)
    throw new Error('running as root, and no account "postgres" or "nobody" to run the server as')
  return { uid: Number(uid), gid: Number(gid) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

// Prints the server's process id, waits until its own input ends, then ends the server.
const KEEPER = '"$@" & pid=$!; echo $pid; cat >/dev/null; kill -INT $pid 2>/dev/null; wait $pid'

async function connectable(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end()
  }
}

export async function startPostgres(): Promise<PostgresServer> {
  const bin = binaries()
  const as = account()
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'sm-pg-'))
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid)
  const data = join(folder, 'data')
  const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', TZ: 'UTC' }
  const options = { ...as, env: environment, cwd: folder }
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    { ...options, stdio: 'pipe' },
  )
  writeFileSync(
    join(data, 'pg_hba.conf'),
    'host all with_password 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n',
  )

  let keeper: ChildProcess | undefined
  let serverPid = 0
  const url = (database: string, user = 'postgres') => `postgres://${user}@127.0.0.1:${port}/${database}`

  const start = async () => {
    const log = openSync(join(folder, 'server.log'), 'a')
    const flags = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder]
    const speed = ['-c', 'fsync=off', '-c', 'max_connections=120', '-c', 'timezone=UTC']
    keeper = spawn('sh', ['-c', KEEPER, 'sh', join(bin, 'postgres'), ...flags, ...speed], {
      ...options,
      stdio: ['pipe', 'pipe', log],
    })
    keeper.stdout?.once('data', (chunk: Buffer) => {
      serverPid = Number(chunk.toString().trim())
    })
    for (let i = 0; i < 200; i++) {
      if (await connectable(url('postgres'))) return
      if (keeper.exitCode !== null) break
      await wait(50)
    }
    throw new Error(
      `PostgreSQL did not start:\n${readFileSync(join(folder, 'server.log'), 'utf8').slice(-2000)}`,
    )
  }

  const end = async (how: 'fast' | 'kill') => {
    const running = keeper
    if (!running || running.exitCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    if (how === 'kill' && serverPid > 0) process.kill(serverPid, 'SIGKILL')
    running.stdin?.end()
    await gone
  }

  const query: PostgresServer['query'] = async (address, statement, values = []) => {
    const client = new Client({ connectionString: address })
    await client.connect()
    try {
      const answer = await client.query(statement, [...values])
      return answer.rows as Record<string, unknown>[]
    } finally {
      await client.end()
    }
  }

  let databases = 0
  await start()
  return {
    port,
    url,
    query,
    async createDatabase({ template = 'template0' } = {}) {
      databases += 1
      const name = `test_${databases}`
      await query(url('postgres'), `create database ${name} template ${template}`)
      return url(name)
    },
    async restart(how = 'fast') {
      await end(how)
      await start()
    },
    async stop() {
      await end('fast')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
