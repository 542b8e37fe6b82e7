// The outbox against a model of thirty lines: any sequence of calls gives the same claims.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type OpenedStore, openSqlite } from '../../src/store/index.ts'
import { aMessage, T0 } from '../store/builders.ts'

const LEASE = 100

type ModelRow = {
  id: string
  place: string
  priority: number
  notBefore: number
  leasedUntil: number
  done: boolean
}

/** The rules as one would say them: of each place the first row that is not done, if free; by priority, then age. */
function claimOf(rows: readonly ModelRow[], now: number, limit: number): ModelRow[] {
  const heads = rows.filter(
    (row, i) =>
      !row.done && !rows.slice(0, i).some((earlier) => !earlier.done && earlier.place === row.place),
  )
  return heads
    .filter((row) => row.notBefore <= now && row.leasedUntil <= now)
    .sort((a, b) => a.priority - b.priority)
    .slice(0, limit)
}

const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('add' as const), place: fc.nat(3), priority: fc.nat(2) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('sent', 'dead', 'retry'), pick: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 50, 100) }) },
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

async function runBoth(store: OpenedStore, commands: readonly Command[], run: number): Promise<void> {
  const rows: ModelRow[] = []
  // Each run has places of its own, so that one database serves them all.
  const place = (n: number) => `${run}-${n}`
  let now = T0
  for (const step of commands) {
    if ('place' in step) {
      const id = `${run}-${rows.length}`
      const { priority } = step
      rows.push({ id, place: place(step.place), priority, notBefore: now, leasedUntil: 0, done: false })
      await store.outbox.add(aMessage({ id, placeKey: place(step.place), priority, notBefore: now }))
    } else if ('limit' in step) {
      const expected = claimOf(rows, now, step.limit)
      const claimed = await store.outbox.claim('model', now, LEASE, step.limit)
      assert.deepEqual(
        claimed.map((row) => row.id),
        expected.map((row) => row.id),
      )
      for (const row of expected) row.leasedUntil = now + LEASE
    } else if ('ms' in step) {
      now += step.ms
    } else {
      const row = rows[step.pick]
      if (!row || row.leasedUntil <= now) continue
      if (step.do === 'sent') await store.outbox.sent(row.id, now)
      if (step.do === 'dead') await store.outbox.dead(row.id, '403', now)
      if (step.do === 'retry') await store.outbox.retry(row.id, now + 70, '503')
      if (row.done) continue
      row.done = step.do !== 'retry'
      row.leasedUntil = 0
      if (step.do === 'retry') row.notBefore = now + 70
    }
  }
  for (const row of rows) await store.outbox.dead(row.id, 'end of run', now)
}

/** Random sequences of calls; rejects with the seed and the shortest one that differs. */
export async function playOutbox(options: { readonly runs: number; readonly seed?: number }): Promise<void> {
  const store = await openSqlite({ memory: true, auditKey: 'model' })
  let run = 0
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 60 }), async (commands) => {
        run += 1
        await runBoth(store, commands, run)
      }),
      {
        numRuns: options.runs,
        endOnFailure: true,
        ...(options.seed === undefined ? {} : { seed: options.seed }),
      },
    )
  } finally {
    await store.close()
  }
}
