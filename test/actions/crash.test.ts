// The process dies at any step of an execution and starts again on the same database: at most one write, each with
// its intent on record, and an outcome for the person.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ActionName } from '../../src/nouns.ts'
import { known } from '../../src/nouns.ts'
import type { Repositories, Store } from '../../src/ports.ts'
import {
  buttonOf,
  MINUTE,
  newTenant,
  openBench,
  proposalOf,
  type Tenant,
  wishFor,
} from '../support/actions-bench.ts'

const folder = mkdtempSync(join(tmpdir(), 'sync-medic-crash-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

class Killed extends Error {}

/** A process that can die: from then on nothing it does reaches the database or the tenant. */
function mortal(store: Store) {
  let calls = 0
  let dead = false
  let killAt = Number.POSITIVE_INFINITY
  const step = () => {
    calls += 1
    if (dead || calls >= killAt) {
      dead = true
      throw new Killed()
    }
  }
  const guard = <T extends object>(object: T): T =>
    new Proxy(object, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        if (typeof value === 'object' && value !== null) return guard(value)
        if (typeof value !== 'function') return value
        return async (...args: unknown[]) => {
          step()
          if (key !== 'transaction') return Reflect.apply(value, target, args)
          const work = args[0] as (repositories: Repositories) => Promise<unknown>
          const result: unknown = await Reflect.apply(value, target, [
            (inner: Repositories) => work(guard(inner)),
          ])
          // After the commit, before anybody hears of it.
          step()
          return result
        }
      },
    })
  return {
    store: guard(store),
    step,
    calls: () => calls,
    killAfter: (more: number) => {
      killAt = calls + more
    },
  }
}

async function live(dataDir: string, action: ActionName, tenant: Tenant) {
  const plain = await openBench(action, { dataDir, tenant })
  const body = mortal(plain.store)
  const { writes } = plain.options
  const guarded = Object.fromEntries(
    Object.entries(writes).map(([name, write]) => [
      name,
      async (...args: unknown[]) => {
        body.step() // dies before the request leaves
        const answer: unknown = await Reflect.apply(write, writes, args)
        body.step() // dies before the answer arrives
        return answer
      },
    ]),
  ) as typeof writes
  const bench = await openBench(action, { store: body.store, tenant, options: { writes: guarded } })
  return { bench, steps: body.calls, killAfter: body.killAfter, die: () => plain.store.close() }
}

/** A life up to the click and its crash, and a second life that finds what is left. */
async function trial(action: ActionName, killAfter: number, name: string) {
  const dataDir = join(folder, name)
  const tenant = newTenant(action)
  const setup = await openBench(action, { dataDir, tenant })
  const card = await setup.actions.propose(
    await setup.click(setup.person('helpdesk', 'viewer')),
    wishFor(action),
  )
  const ann = setup.person('ann', 'operator')
  const click = await setup.click(ann)
  await setup.store.close()

  const doomed = await live(dataDir, action, tenant)
  await doomed.bench.signIn('ann', 'operator')
  const began = doomed.steps()
  doomed.killAfter(killAfter)
  await doomed.bench.actions.confirm(click, buttonOf(card, 'action.confirm')).catch(() => undefined)
  const steps = doomed.steps() - began
  await doomed.die()
  const sentBefore = tenant.sent.length

  if (action === 'provisionOnDemand' && sentBefore > 0) {
    tenant.events = [
      {
        id: 'e',
        at: tenant.sent[0]?.at ?? 0,
        jobId: '',
        configurationId: '',
        action: 'create',
        status: 'success',
        source: { details: {} },
        target: {},
        steps: [],
        changes: [],
      },
    ]
  }
  const last = await openBench(action, { dataDir, tenant })
  await last.actions.tick(await last.store.now())
  // The same card pressed again by the person who saw nothing happen.
  await last.signIn('ann', 'operator')
  const again = await last.actions.confirm(await last.click(ann), buttonOf(card, 'action.confirm'))
  for (let i = 0; i < 14; i += 1) {
    await last.store.moveClock(MINUTE)
    await last.actions.tick(await last.store.now())
  }
  const stored = await last.store.operations.get(proposalOf(card).id)
  const audit = await last.audit()
  await last.store.close()
  return { tenant, steps, sentBefore, again, state: stored?.state, audit }
}

describe.each(['restart', 'provisionOnDemand'] as const)('%s', (action) => {
  it('survives a crash at every step', async () => {
    const calm = await trial(action, Number.POSITIVE_INFINITY, `${action}-calm`)
    expect(calm.state).toBe('succeeded')
    expect(calm.steps).toBeGreaterThan(12)
    const seen = new Set<string>()
    for (let killAfter = 1; killAfter <= calm.steps; killAfter += 1) {
      const { tenant, sentBefore, state, audit } = await trial(action, killAfter, `${action}-${killAfter}`)
      const note = `killed at step ${killAfter}`
      expect(tenant.sent.length, note).toBeLessThanOrEqual(1)
      const intents = audit.filter((row) => row.outcome === 'intent')
      expect(intents.length, note).toBeGreaterThanOrEqual(tenant.sent.length)
      // Nothing is left hanging, and what was sent is told truly.
      if (sentBefore === 1) expect(['succeeded', 'unknown'], note).toContain(state)
      else expect(['expired', 'proposed', 'unknown', 'succeeded'], note).toContain(state)
      if (state === 'succeeded') expect(tenant.sent, note).toHaveLength(1)
      seen.add(`${tenant.sent.length} sent, ${state}`)
    }
    expect([...seen]).toContain('1 sent, succeeded')
    expect([...seen].some((one) => one.startsWith('0 sent'))).toBe(true)
  })
})

it('an intent without an answer, of a job that does not tell, ends as unknown after ten minutes and is not sent again', async () => {
  const tenant = newTenant('pause')
  tenant.effective = false
  tenant.answer = () => new Error('reset')
  const b = await openBench('pause', { tenant })
  const card = await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor('pause'))
  const ann = await b.signIn('ann', 'operator')
  await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm'))
  for (const [minutes, state] of [
    [9, 'executing'],
    [2, 'unknown'],
    [60, 'unknown'],
  ] as const) {
    await b.store.moveClock(minutes * MINUTE)
    await b.actions.tick(await b.store.now())
    expect((await b.store.operations.get(proposalOf(card).id))?.state).toBe(state)
  }
  expect(b.news.at(-1)).toMatchObject({ origin: 'tick', proposal: { state: 'unknown' } })
  expect(tenant.sent).toHaveLength(1)
  await b.store.close()
})

it('one operation that cannot be followed holds up no other', async () => {
  const tenant = newTenant('restart')
  const b = await openBench('restart', { tenant })
  const ann = await b.signIn('ann', 'operator')
  const cards = [
    await b.actions.propose(await b.click(ann), wishFor('restart')),
    await b.actions.propose(await b.click(ann), wishFor('restart')),
  ]
  await b.actions.confirm(await b.click(ann), buttonOf(cards[0], 'action.confirm'))
  tenant.job = new Proxy(known(null as never, 0, 'x'), {
    get: () => {
      throw new Error('broken')
    },
  })
  await b.store.moveClock(16 * MINUTE)
  await b.actions.tick(await b.store.now())
  const states = await Promise.all(
    cards.map(async (card) => (await b.store.operations.get(proposalOf(card).id))?.state),
  )
  expect(states).toEqual(['watching', 'expired'])
  await b.store.close()
})

it('a job that recovers by itself is no proof that a lost write arrived, and the person is told so', async () => {
  const tenant = newTenant('restart')
  tenant.effective = false
  tenant.answer = () => new Error('reset')
  const b = await openBench('restart', { tenant })
  const card = await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor('restart'))
  const ann = await b.signIn('ann', 'operator')
  await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm'))
  await b.store.moveClock(2 * MINUTE)
  const now = await b.store.now()
  const began = now - MINUTE
  tenant.job = known(
    {
      ...(tenant.job.known ? tenant.job.value : (undefined as never)),
      status: 'active' as const,
      lastExecution: { state: 'succeeded' as const, began, ended: now, counts: {} },
    },
    now,
    'x',
  )
  await b.actions.tick(now)
  const looksSo = await b.store.operations.get(proposalOf(card).id)
  expect(looksSo).toMatchObject({ state: 'watching', answerLost: true })
  await b.actions.tick(now)
  const ended = await b.store.operations.get(proposalOf(card).id)
  expect(ended?.state).toBe('succeeded')
  expect(JSON.stringify(ended?.outcome)).toContain('cannot be told')
  const audit = await b.audit()
  expect(audit.filter((row) => row.detail === 'accepted')).toEqual([])
  await b.store.close()
})
