// A process of its own on a database of a test: what it has acknowledged must be there, however it ends.
// Arguments: address (JSON) and a task. Prints one line per acknowledged step.
import { setTimeout as wait } from 'node:timers/promises'
import { type OpenedStore, openPostgres, openSqlite } from '../../src/store/index.ts'
import { AUDIT_KEY } from './backend.ts'
import { aMessage, anAuditEntry, anIncident, TENANT } from './builders.ts'

const [address = '{}', task = '', holder = 'child'] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)

type Address = { engine: 'sqlite'; dataDir: string } | { engine: 'postgres'; url: string }

function open(): Promise<OpenedStore> {
  const where = JSON.parse(address) as Address
  const options = { auditKey: AUDIT_KEY, allowClockMoves: true }
  return where.engine === 'sqlite'
    ? openSqlite({ dataDir: where.dataDir, ...options })
    : openPostgres({ url: where.url, poolSize: 4, pausedTransactionMs: 1_000, ...options })
}

/** Incident, message and audit row in one transaction, for ever. */
async function writeLoop(store: OpenedStore): Promise<never> {
  for (;;) {
    const number = await store.transaction(async (repositories) => {
      const n = await repositories.incidents.nextNumber(TENANT)
      const incident = anIncident({ id: `i${n}`, fingerprint: `f${n}`, number: n, state: 'open' })
      await repositories.incidents.insert(incident)
      await repositories.outbox.add(aMessage({ id: `o${n}`, incidentId: incident.id, kind: 'post' }))
      await repositories.audit.append(anAuditEntry({ detail: String(n) }))
      return n
    })
    say(`done ${number}`)
  }
}

const LEASE_MS = 600

/** Works under a short lease and writes its epoch, fenced, for ever. */
async function fencedLoop(store: OpenedStore): Promise<never> {
  for (;;) {
    // Paused amid a statement's transaction a process loses its connection: that call rejects, and it goes on.
    const lease = await store.leases.acquire('work', holder, LEASE_MS).catch(() => undefined)
    if (!lease) {
      await wait(20)
      continue
    }
    for (let going = true, first = true; going; first = false) {
      going = await store
        .transaction(async (repositories) => {
          await repositories.leases.fence('work', holder, lease.epoch)
          const n = await repositories.incidents.nextNumber('writes')
          await repositories.settings.put(TENANT, `write ${n}`, { holder, epoch: lease.epoch })
          return true
        })
        .catch(() => false)
      if (going && first) say(`wrote ${lease.epoch}`)
      if (going) await store.leases.renew('work', holder, lease.epoch, LEASE_MS).catch(() => false)
    }
    say(`lost ${lease.epoch}`)
  }
}

async function holdOpen(): Promise<never> {
  say('open')
  for (;;) await wait(1000)
}

const tasks: Readonly<Record<string, (store: OpenedStore) => Promise<never>>> = {
  write: writeLoop,
  fenced: fencedLoop,
  hold: holdOpen,
}

const run = tasks[task]
if (!run) throw new Error(`unknown task ${task}`)
await run(await open())
