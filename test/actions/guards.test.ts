// Who may not, when not, and how often not: single-use numbers, two persons, rates, the switch, the audit.
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { hashOf, newNonce } from '../../src/actions/seal.ts'
import type { Reply, Role } from '../../src/nouns.ts'
import { known } from '../../src/nouns.ts'
import type { Store, UserToken } from '../../src/ports.ts'
import {
  type Bench,
  buttonOf,
  job,
  MINUTE,
  openBench,
  proposalOf,
  TENANT,
  wishFor,
} from '../support/actions-bench.ts'

const opened: Bench[] = []
async function bench(...args: Parameters<typeof openBench>): Promise<Bench> {
  const one = await openBench(...args)
  opened.push(one)
  return one
}
afterEach(async () => {
  for (const one of opened.splice(0)) await one.store.close()
})

async function proposed(b: Bench, action: Parameters<typeof wishFor>[0] = 'restart'): Promise<Reply> {
  return b.actions.propose(await b.click(b.person('helpdesk', 'viewer')), wishFor(action))
}
const last = async (b: Bench) => (await b.audit()).at(-1)

describe('the number on a button', () => {
  it('works once, in its conversation, for its operation, for 15 minutes', async () => {
    const b = await bench('restart')
    const card = buttonOf(await proposed(b), 'action.confirm')
    const other = buttonOf(await proposed(b), 'action.confirm')
    const ann = await b.signIn('ann', 'operator')
    const invalid = { kind: 'error', code: 'SM_CARD_INVALID' }
    expect(await b.actions.confirm(await b.click(ann), { ...card, nonce: newNonce() })).toMatchObject(invalid)
    expect(await last(b)).toMatchObject({
      who: 'ann',
      what: 'action.confirm',
      outcome: 'denied',
      detail: 'nonce',
    })
    expect(
      await b.actions.confirm(await b.click(ann), { operation: card.operation, nonce: other.nonce }),
    ).toMatchObject(invalid)
    expect(await b.actions.confirm(await b.click(ann), { ...card, operation: 'op-none' })).toMatchObject(
      invalid,
    )
    expect(await b.actions.confirm(await b.click(ann, 'channel', 'elsewhere'), card)).toMatchObject(invalid)
    expect(b.tenant.sent).toEqual([])
  })

  it('is used up by the click that acts; replays show the state and change nothing', async () => {
    const b = await bench('restart')
    const card = buttonOf(await proposed(b), 'action.confirm')
    const ann = await b.signIn('ann', 'operator')
    const bob = await b.signIn('bob', 'admin')
    expect(proposalOf(await b.actions.confirm(await b.click(ann), card)).state).toBe('watching')
    for (const who of [ann, bob]) {
      const again = await b.actions.confirm(await b.click(who), card)
      expect(again).toMatchObject({ kind: 'proposal', buttons: [] })
      expect(await last(b)).toMatchObject({ outcome: 'denied', detail: 'state watching' })
    }
    expect(b.tenant.sent).toHaveLength(1)
  })

  it('executes exactly once under twenty clicks at the same moment, on two instances that share the store', async () => {
    const first = await bench('restart')
    const second = await openBench('restart', { store: first.store, tenant: first.tenant })
    const card = buttonOf(await proposed(first), 'action.confirm')
    for (const b of [first, second]) for (const who of ['ann', 'bob']) await b.signIn(who, 'operator')
    const clicks = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const b = i % 2 === 0 ? first : second
        return b.actions.confirm(await b.click(b.person(i % 3 === 0 ? 'ann' : 'bob', 'operator')), card)
      }),
    )
    expect(first.tenant.sent).toHaveLength(1)
    expect(
      clicks.filter((reply) => reply.kind === 'proposal' && reply.proposal.state === 'watching').length,
    ).toBeGreaterThanOrEqual(1)
    expect((await first.audit()).filter((row) => row.outcome === 'intent')).toHaveLength(1)
  })

  it('has at least 128 bits and is kept as a hash only', async () => {
    const seen = new Set(Array.from({ length: 1000 }, newNonce))
    expect(seen.size).toBe(1000)
    for (const nonce of seen) expect(Buffer.from(nonce, 'base64url')).toHaveLength(16)
  })
})

describe('the token of who confirms', () => {
  const bad: readonly (readonly [string, Role, Partial<UserToken>, string])[] = [
    ['a viewer', 'viewer', {}, 'SM_ACCESS_DENIED'],
    ['nobody', 'none', {}, 'SM_ACCESS_DENIED'],
    ['another account', 'operator', { objectId: 'eve' }, 'SM_ACCESS_DENIED'],
    ['another tenant', 'operator', { tenantId: 't-other' }, 'SM_ACCESS_DENIED'],
  ]
  it.each(bad)('of %s does not carry it', async (_name, role, change, code) => {
    const b = await bench('restart')
    const card = buttonOf(await proposed(b), 'action.confirm')
    await b.signIn('ann', role, change)
    // What the chat remembers of a role does not count for a write.
    expect(await b.actions.confirm(await b.click(b.person('ann', 'admin')), card)).toMatchObject({
      kind: 'error',
      code,
    })
    expect(b.tenant.sent).toEqual([])
    expect(await last(b)).toMatchObject({ who: 'ann', outcome: 'denied' })
    // A refused person does not use the number up for the others.
    const bob = await b.signIn('bob', 'operator')
    expect(proposalOf(await b.actions.confirm(await b.click(bob), card)).state).toBe('watching')
  })

  it('of a person of another organisation never gets that far', async () => {
    const b = await bench('restart')
    const card = buttonOf(await proposed(b), 'action.confirm')
    const click = await b.click(b.person('guest', 'admin', 't-other'))
    expect(await b.actions.confirm(click, card)).toMatchObject({ code: 'SM_CARD_INVALID' })
    expect(await b.actions.propose(click, wishFor('restart'))).toMatchObject({ code: 'SM_ACCESS_DENIED' })
  })
})

type Approver = 'self' | 'self in capitals' | 'approver' | 'admin' | 'operator' | 'signed out' | 'old sign-in'
type Confirmer = 'operator' | 'lost the role' | 'signed out' | 'old sign-in'
type World = 'same' | 'expired' | 'edited' | 'stopped' | 'more deletions' | 'no longer held'
const approvers: readonly Approver[] = [
  'self',
  'self in capitals',
  'approver',
  'admin',
  'operator',
  'signed out',
  'old sign-in',
]
const confirmers: readonly Confirmer[] = ['operator', 'lost the role', 'signed out', 'old sign-in']
const worlds: readonly World[] = ['same', 'expired', 'edited', 'stopped', 'more deletions', 'no longer held']

async function changeWorld(b: Bench, world: World, id: string): Promise<void> {
  if (world === 'expired') await b.store.moveClock(16 * MINUTE)
  if (world === 'more deletions') b.tenant.held = known(18, 0, 'test')
  if (world === 'no longer held') b.tenant.job = known({ ...job, status: 'active' }, 0, 'test')
  if (world === 'stopped') await b.actions.stop(await b.click(b.person('root', 'admin')))
  if (world !== 'edited') return
  const proposal = await b.store.operations.get(id)
  if (!proposal) throw new Error('gone')
  const target = { ...proposal.target, jobId: 'AD2AADProvisioning.other' }
  await b.store.operations.update({ ...proposal, target, version: proposal.version + 1 }, proposal.version)
}

async function signInAs(b: Bench, approver: Approver, confirmer: Confirmer): Promise<string> {
  const old = { issuedAt: (await b.store.now()) - 61 * MINUTE }
  if (confirmer === 'operator') await b.signIn('ann', 'operator')
  else if (confirmer === 'lost the role') await b.signIn('ann', 'viewer')
  else if (confirmer === 'old sign-in') await b.signIn('ann', 'operator', old)
  else b.tokens.delete('ann')
  if (approver === 'self' || approver === 'self in capitals') {
    if (confirmer === 'operator') await b.signIn('ann', 'admin')
    const id = approver === 'self' ? 'ann' : 'ANN'
    if (id === 'ANN') await b.signIn('ANN', 'admin')
    return id
  }
  if (approver === 'old sign-in') await b.signIn('bea', 'approver', old)
  else if (approver !== 'signed out') await b.signIn('bea', approver)
  return 'bea'
}

describe('allowing held deletions', () => {
  for (const approver of approvers) {
    it(`approved by ${approver}: only another person with the role, while the confirmer still may and nothing changed`, async () => {
      for (const confirmer of confirmers) {
        for (const world of worlds) {
          const b = await openBench('allowDeletes')
          const ann = await b.signIn('ann', 'operator')
          const card = await proposed(b, 'allowDeletes')
          const waiting = await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm'))
          expect(proposalOf(waiting).state).toBe('confirmed')
          expect(b.tenant.sent).toEqual([])
          await changeWorld(b, world, proposalOf(card).id)
          const who = await signInAs(b, approver, confirmer)
          const reply = await b.actions.approve(
            await b.click(b.person(who, 'admin')),
            buttonOf(waiting, 'action.approve'),
          )
          const fits =
            (approver === 'approver' || approver === 'admin') && confirmer === 'operator' && world === 'same'
          expect(b.tenant.sent.length, `${approver}, ${confirmer}, ${world}`).toBe(fits ? 1 : 0)
          if (fits) {
            expect(b.tenant.sent[0]?.by).toBe('ann')
            expect(proposalOf(reply)).toMatchObject({
              state: 'watching',
              confirmedBy: 'ann',
              approvedBy: 'bea',
            })
          } else
            expect(
              (await b.audit()).some((row) => row.outcome === 'denied'),
              `${confirmer}, ${world}`,
            ).toBe(true)
          await b.store.close()
        }
      }
    })
  }

  it('is executed once when two approve at the same moment', async () => {
    const b = await bench('allowDeletes')
    for (const who of ['bea', 'cem']) await b.signIn(who, 'approver')
    const ann = await b.signIn('ann', 'operator')
    const waiting = await b.actions.confirm(
      await b.click(ann),
      buttonOf(await proposed(b, 'allowDeletes'), 'action.confirm'),
    )
    const press = buttonOf(waiting, 'action.approve')
    await Promise.all(
      ['bea', 'cem', 'bea', 'cem'].map(async (who) =>
        b.actions.approve(await b.click(b.person(who, 'approver')), press),
      ),
    )
    expect(b.tenant.sent).toHaveLength(1)
  })

  it('is shown to approvers elsewhere, each card with a number of its own', async () => {
    const b = await bench('allowDeletes', { options: { approvalPlaces: async () => ['place-approvers'] } })
    const ann = await b.signIn('ann', 'operator')
    const card = await b.actions.propose(await b.click(ann, 'personal'), wishFor('allowDeletes'))
    const here = await b.actions.confirm(await b.click(ann, 'personal'), buttonOf(card, 'action.confirm'))
    expect(b.news.map((one) => one.placeKey)).toEqual(['place-approvers'])
    expect(buttonOf(b.news[0]?.reply, 'action.approve').nonce).not.toBe(
      buttonOf(here, 'action.approve').nonce,
    )
  })

  it('may be rejected by an approver, without sign-in, and then is over', async () => {
    const b = await bench('allowDeletes')
    const ann = await b.signIn('ann', 'operator')
    const waiting = await b.actions.confirm(
      await b.click(ann),
      buttonOf(await proposed(b, 'allowDeletes'), 'action.confirm'),
    )
    const press = buttonOf(waiting, 'action.reject')
    expect(await b.actions.reject(await b.click(b.person('olga', 'operator')), press)).toMatchObject({
      code: 'SM_ACCESS_DENIED',
    })
    expect(proposalOf(await b.actions.reject(await b.click(b.person('bea', 'approver')), press)).state).toBe(
      'cancelled',
    )
    await b.signIn('bea', 'approver')
    await b.actions.approve(await b.click(b.person('bea', 'approver')), buttonOf(waiting, 'action.approve'))
    expect(b.tenant.sent).toEqual([])
  })

  it.each([
    [false, 'admin', 0],
    [true, 'approver', 0],
    [true, 'admin', 1],
  ] as const)('break-glass %s, pressed by the confirming %s: %i sent', async (breakGlass, role, count) => {
    const told: string[] = []
    const b = await bench('allowDeletes', {
      options: {
        breakGlass,
        tellApprovers: async (_proposal, reason, by) => void told.push(`${by.objectId}: ${reason}`),
      },
    })
    const ann = await b.signIn('ann', role)
    const waiting = await b.actions.confirm(
      await b.click(ann),
      buttonOf(await proposed(b, 'allowDeletes'), 'action.confirm'),
    )
    const press = buttonOf(waiting, 'action.approve')
    expect(waiting.kind === 'proposal' && waiting.buttons.some((one) => one.label === 'Break glass')).toBe(
      breakGlass,
    )
    await b.actions.breakGlass(await b.click(ann), { ...press, reason: 'night, nobody else' })
    expect(b.tenant.sent).toHaveLength(count)
    expect(told).toEqual(count === 1 ? ['ann: night, nobody else'] : [])
    if (count === 1)
      expect((await b.audit()).find((row) => row.what === 'action.breakGlass')).toMatchObject({
        outcome: 'allowed',
        detail: 'night, nobody else',
      })
  })
})

describe('rates', () => {
  const confirmNew = async (b: Bench, action: 'restart' | 'provisionOnDemand', who: string) => {
    const reply = await proposed(b, action)
    if (reply.kind !== 'proposal') return reply
    await b.signIn(who, 'operator')
    return b.actions.confirm(await b.click(b.person(who, 'operator')), buttonOf(reply, 'action.confirm'))
  }

  it('restart a job once in 30 minutes', async () => {
    const b = await bench('restart')
    for (const [wait, total] of [
      [0, 1],
      [1, 1],
      [28, 1],
      [2, 2],
      [0, 2],
    ] as const) {
      await b.store.moveClock(wait * MINUTE)
      await confirmNew(b, 'restart', 'ann')
      expect(b.tenant.sent).toHaveLength(total)
    }
  })

  it('provision on demand 5 times in 10 seconds per tenant and 20 times an hour per person', async () => {
    const b = await bench('provisionOnDemand')
    for (let i = 0; i < 8; i += 1) await confirmNew(b, 'provisionOnDemand', i % 2 === 0 ? 'ann' : 'bob')
    expect(b.tenant.sent).toHaveLength(5)
    for (let i = 0; i < 30; i += 1) {
      await b.store.moveClock(11_000)
      await confirmNew(b, 'provisionOnDemand', 'ann')
    }
    expect(b.tenant.sent.filter((one) => one.by === 'ann')).toHaveLength(20)
    await confirmNew(b, 'provisionOnDemand', 'bob')
    expect(b.tenant.sent.at(-1)?.by).toBe('bob')
  })

  it('refused by a rate keeps the offer with a fresh number', async () => {
    const b = await bench('restart')
    const [one, two] = [await proposed(b), await proposed(b)]
    const ann = await b.signIn('ann', 'operator')
    await b.actions.confirm(await b.click(ann), buttonOf(one, 'action.confirm'))
    b.tenant.job = known(job, 0, 'test')
    expect((await b.actions.confirm(await b.click(ann), buttonOf(two, 'action.confirm'))).kind).toBe('notice')
    await b.store.moveClock(14 * MINUTE)
    expect((await b.store.operations.get(proposalOf(two).id))?.state).toBe('proposed')
    expect(buttonOf(b.news.at(-1)?.reply, 'action.confirm').nonce).not.toBe(
      buttonOf(two, 'action.confirm').nonce,
    )
    expect(b.tenant.sent).toHaveLength(1)
  })
})

describe('the switch', () => {
  it('stops every write on every instance at once, and only an admin turns it', async () => {
    const b = await bench('restart')
    const other = await openBench('restart', { store: b.store, tenant: b.tenant })
    const card = buttonOf(await proposed(other), 'action.confirm')
    expect(await b.actions.stop(await b.click(b.person('o', 'approver')))).toMatchObject({
      code: 'SM_ACCESS_DENIED',
    })
    expect((await b.actions.stop(await b.click(b.person('root', 'admin')))).kind).toBe('notice')
    const ann = await other.signIn('ann', 'operator')
    expect(await other.actions.confirm(await other.click(ann), card)).toMatchObject({ code: 'SM_ACTION_OFF' })
    expect(await proposed(other)).toMatchObject({ code: 'SM_ACTION_OFF' })
    await b.actions.allow(await b.click(b.person('root', 'admin')))
    expect(proposalOf(await other.actions.confirm(await other.click(ann), card)).state).toBe('watching')
    const rows = (await b.audit()).map((row) => `${row.who} ${row.what} ${row.outcome}`)
    for (const row of ['o stopActions denied', 'root stopActions succeeded', 'root allowActions succeeded'])
      expect(rows).toContain(row)
  })

  it('is not needed where nothing is offered', async () => {
    const b = await bench('restart', { options: { offered: ['start'] } })
    expect(await proposed(b)).toMatchObject({ code: 'SM_ACTION_OFF' })
  })
})

describe('without audit', () => {
  it('nothing is written, and what was offered stays', async () => {
    const good = await bench('restart')
    const broken = (repositories: Store): Store =>
      new Proxy(repositories, {
        get(target, key) {
          if (key === 'audit')
            return { ...target.audit, append: async () => Promise.reject(new Error('disk full')) }
          if (key === 'transaction') {
            return (work: (r: Store) => Promise<unknown>) =>
              target.transaction((inner) => work(broken(inner as Store)))
          }
          return Reflect.get(target, key)
        },
      })
    const bad = await openBench('restart', { store: broken(good.store), tenant: good.tenant })
    expect(await proposed(bad)).toMatchObject({ code: 'SM_AUDIT_UNAVAILABLE' })
    const card = await proposed(good)
    const ann = await bad.signIn('ann', 'operator')
    expect(await bad.actions.confirm(await bad.click(ann), buttonOf(card, 'action.confirm'))).toMatchObject({
      code: 'SM_AUDIT_UNAVAILABLE',
    })
    expect(await bad.actions.stop(await bad.click(bad.person('root', 'admin')))).toMatchObject({
      code: 'SM_AUDIT_UNAVAILABLE',
    })
    expect(good.tenant.sent).toEqual([])
    expect((await good.store.operations.get(proposalOf(card).id))?.state).toBe('proposed')
    expect(await good.store.settings.get(TENANT, 'actions.stopped')).toBeUndefined()
  })
})

describe('the hash', () => {
  it('does not depend on the order of fields and differs for anything else', () => {
    const target = fc.record({
      configurationId: fc.string(),
      domain: fc.string(),
      jobId: fc.string(),
      dn: fc.string(),
      count: fc.nat(),
    })
    fc.assert(
      fc.property(target, target, (a, b) => {
        const reversed = Object.fromEntries(Object.entries(a).toReversed()) as typeof a
        const hash = (one: typeof a) => hashOf({ tenantId: 't', action: 'restart', target: one })
        expect(hash(reversed)).toBe(hash(a))
        expect(hash(a) === hash(b)).toBe(
          JSON.stringify(Object.values(a)) === JSON.stringify(Object.values(b)),
        )
        expect(hashOf({ tenantId: 't', action: 'start', target: a })).not.toBe(hash(a))
        expect(hashOf({ tenantId: 'u', action: 'restart', target: a })).not.toBe(hash(a))
      }),
    )
  })
})
