// propose → confirm → execute once → watch → audit, for every action; and what happens where it is refused.
import { afterEach, describe, expect, it } from 'vitest'
import { parseVerb } from '../../src/access/index.ts'
import { lint, render } from '../../src/cards/index.ts'
import type { ActionName, JobStatus } from '../../src/nouns.ts'
import { known, unknown } from '../../src/nouns.ts'
import type { WriteOutcome } from '../../src/ports.ts'
import {
  type Bench,
  buttonOf,
  job,
  jobFor,
  MINUTE,
  openBench,
  proposalOf,
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

const onePerson: readonly ActionName[] = ['provisionOnDemand', 'start', 'restart', 'pause']
const rowsOf = async (b: Bench) => (await b.audit()).map((row) => `${row.who} ${row.what} ${row.outcome}`)

describe.each(onePerson)('%s', (action) => {
  it('is proposed by a viewer, confirmed by an operator, sent once with the own token, watched and audited', async () => {
    const b = await bench(action)
    const card = await b.actions.propose(await b.click(b.person('helpdesk', 'viewer')), wishFor(action))
    expect(proposalOf(card).state).toBe('proposed')
    const message = render(card, { scope: 'channel', now: await b.store.now() })
    expect(lint(message.card)).toEqual([])
    expect(message.text).not.toContain('Jane')
    expect(parseVerb('action.confirm', buttonOf(card, 'action.confirm')).ok).toBe(true)
    expect(b.tenant.sent).toEqual([])

    const ann = await b.signIn('ann', 'operator')
    const done = proposalOf(await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm')))
    expect(done.state).toBe(action === 'provisionOnDemand' ? 'succeeded' : 'watching')
    expect(b.tenant.sent).toMatchObject([{ action, by: 'ann' }])
    await b.actions.tick((await b.store.now()) + MINUTE)
    const stored = await b.store.operations.get(done.id)
    expect(stored).toMatchObject({
      state: 'succeeded',
      confirmedBy: 'ann',
      proposedBy: 'helpdesk',
      outcome: { requestId: 'req-1' },
    })
    expect(b.news.at(-1)).toMatchObject({ proposal: { state: 'succeeded' }, placeKey: done.placeKey })
    expect(await rowsOf(b)).toEqual([
      'helpdesk action.propose allowed',
      'ann action.confirm allowed',
      `ann action:${action} intent`,
      `ann action:${action} succeeded`,
      ...(action === 'provisionOnDemand' ? [] : [`system action:${action} succeeded`]),
    ])
    const rows = await b.audit()
    expect(new Set(rows.map((row) => row.operationHash))).toEqual(new Set([done.hash]))
    expect(JSON.stringify(rows)).not.toContain('Jane')
  })
})

describe('a proposal', () => {
  const allowed: Readonly<Record<ActionName, readonly JobStatus[]>> = {
    provisionOnDemand: ['active', 'paused', 'quarantine', 'notConfigured', 'notRun', 'disabled', 'unknown'],
    start: ['paused', 'quarantine'],
    restart: ['active', 'paused', 'quarantine'],
    pause: ['active', 'quarantine'],
    allowDeletes: [],
  }
  it.each(Object.keys(allowed) as ActionName[])(
    'of %s is made only where it fits the state of the job',
    async (action) => {
      for (const status of [
        'active',
        'paused',
        'quarantine',
        'notConfigured',
        'notRun',
        'disabled',
        'unknown',
      ] as const) {
        const b = await bench(action)
        b.tenant.job = known({ ...job, status }, 0, 'test')
        const reply = await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor(action))
        expect(reply.kind, `${action} ${status}`).toBe(
          allowed[action].includes(status) ? 'proposal' : 'notice',
        )
      }
    },
  )

  it('needs the deletions to be held for allowing them, and is no way around them by a restart', async () => {
    const b = await bench('allowDeletes')
    const click = await b.click(b.person('h', 'viewer'))
    expect(proposalOf(await b.actions.propose(click, wishFor('allowDeletes')))).toMatchObject({
      approvals: 1,
      target: { count: 17 },
    })
    expect((await b.actions.propose(click, wishFor('restart'))).kind).toBe('notice')
    b.tenant.held = unknown('throttled', 'test')
    expect(await b.actions.propose(click, wishFor('allowDeletes'))).toMatchObject({
      code: 'SM_GRAPH_THROTTLED',
    })
  })

  it('needs the name and the rule of the person for on-demand provisioning', async () => {
    const b = await bench('provisionOnDemand')
    const click = await b.click(b.person('h', 'viewer'))
    const { target } = wishFor('provisionOnDemand')
    for (const missing of ['dn', 'ruleId'] as const) {
      const { [missing]: _gone, ...rest } = target
      expect((await b.actions.propose(click, { action: 'provisionOnDemand', target: rest })).kind).toBe(
        'notice',
      )
    }
  })

  it.each([
    ['notPermitted', 'SM_GRAPH_FORBIDDEN'],
    ['throttled', 'SM_GRAPH_THROTTLED'],
    ['unavailable', 'SM_GRAPH_UNAVAILABLE'],
  ] as const)('is not made when the job cannot be read: %s', async (because, code) => {
    const b = await bench('restart')
    b.tenant.job = unknown(because, 'test')
    expect(await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor('restart'))).toMatchObject(
      { kind: 'error', code },
    )
  })

  it('expires after 15 minutes, with its card', async () => {
    const b = await bench('restart')
    const card = await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor('restart'))
    await b.store.moveClock(15 * MINUTE + 1)
    await b.actions.tick(await b.store.now())
    expect(b.news.at(-1)).toMatchObject({ origin: 'tick', proposal: { state: 'expired' } })
    const ann = await b.signIn('ann', 'operator')
    expect(
      proposalOf(await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm'))).state,
    ).toBe('expired')
    expect(b.tenant.sent).toEqual([])
  })

  it('is cancelled by who made it or by an operator, not by another viewer', async () => {
    for (const [who, role, state] of [
      ['h', 'viewer', 'cancelled'],
      ['o', 'operator', 'cancelled'],
      ['v', 'viewer', 'proposed'],
    ] as const) {
      const b = await bench('restart')
      const card = await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor('restart'))
      await b.actions.cancel(await b.click(b.person(who, role)), buttonOf(card, 'action.cancel'))
      expect((await b.store.operations.get(proposalOf(card).id))?.state).toBe(state)
    }
  })
})

describe('a write', () => {
  const answers: readonly (readonly [string, WriteOutcome<null> | Error, string, string])[] = [
    ['403', { ok: false, kind: 'denied', code: '403', message: '', requestId: 'r' }, 'failed', 'failed'],
    ['429', { ok: false, kind: 'throttled', code: '429', message: '' }, 'failed', 'failed'],
    ['400', { ok: false, kind: 'rejected', code: '400', message: '' }, 'failed', 'failed'],
    ['no connection', { ok: false, kind: 'notSent', code: 'ECONNREFUSED', message: '' }, 'failed', 'failed'],
    ['a lost answer', { ok: false, kind: 'ambiguous', code: 'timeout', message: '' }, 'executing', 'unknown'],
    ['a crash of the client', new Error('boom'), 'executing', 'unknown'],
  ]
  it.each(answers)('answered with %s is told and never repeated', async (_name, answer, first, last) => {
    const b = await bench('restart')
    b.tenant.effective = false
    b.tenant.answer = () => answer as WriteOutcome<null>
    const card = await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor('restart'))
    const ann = await b.signIn('ann', 'operator')
    const reply = await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm'))
    expect(proposalOf(reply)).toMatchObject({ state: first })
    for (let i = 0; i < 12; i += 1) {
      await b.store.moveClock(MINUTE)
      await b.actions.tick(await b.store.now())
    }
    expect((await b.store.operations.get(proposalOf(reply).id))?.state).toBe(last)
    expect(b.tenant.sent).toHaveLength(1)
    expect((await rowsOf(b)).at(-1)).toBe(`${first === last ? 'ann' : 'system'} action:restart ${last}`)
  })

  it('whose answer is lost is found again in the job, and then watched', async () => {
    const b = await bench('restart')
    b.tenant.answer = () => new Error('reset')
    const card = await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor('restart'))
    const ann = await b.signIn('ann', 'operator')
    const { id } = proposalOf(await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm')))
    await b.actions.tick(await b.store.now())
    expect((await b.store.operations.get(id))?.state).toBe('watching')
    await b.actions.tick(await b.store.now())
    expect((await b.store.operations.get(id))?.state).toBe('succeeded')
    expect(b.tenant.sent).toHaveLength(1)
  })

  it.each([
    ['success', 'succeeded'],
    ['warning', 'succeeded'],
    ['skipped', 'succeeded'],
    ['failure', 'failed'],
    ['unknown', 'unknown'],
  ] as const)('on demand ends at once with its verdict: %s', async (status, state) => {
    const b = await bench('provisionOnDemand')
    b.tenant.answer = () => ({
      ok: true,
      value: { status, errorCode: 'E1', reason: 'Jane is out of scope', steps: [], changes: [] },
    })
    const card = await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor('provisionOnDemand'))
    const ann = await b.signIn('ann', 'operator')
    const reply = await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm'))
    expect(proposalOf(reply).state).toBe(state)
    expect(render(reply, { scope: 'channel', now: await b.store.now() }).text).not.toContain('Jane')
    const personalText = render(reply, { scope: 'personal', now: await b.store.now() }).text
    if (status === 'skipped' || status === 'failure') expect(personalText).toContain('Jane is out of scope')
  })

  it('is failed when the job goes back into quarantine, and unknown when nothing happens for an hour', async () => {
    for (const [after, state] of [
      [
        { ...jobFor.restart, lastExecution: { state: 'failed', began: Number.MAX_SAFE_INTEGER, counts: {} } },
        'failed',
      ],
      [jobFor.restart, 'unknown'],
    ] as const) {
      const b = await bench('restart')
      b.tenant.effective = false
      const card = await b.actions.propose(await b.click(b.person('h', 'viewer')), wishFor('restart'))
      const ann = await b.signIn('ann', 'operator')
      const { id } = proposalOf(await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm')))
      b.tenant.job = known(after, 0, 'test')
      await b.store.moveClock(61 * MINUTE)
      await b.actions.tick(await b.store.now())
      expect((await b.store.operations.get(id))?.state).toBe(state)
    }
  })
})

describe('sign-in', () => {
  it('one-to-one: asks for it, keeps the proposal, and the new button works', async () => {
    const b = await bench('restart')
    const ann = b.person('ann', 'viewer')
    const card = await b.actions.propose(await b.click(ann, 'personal'), wishFor('restart'))
    const asked = await b.actions.confirm(await b.click(ann, 'personal'), buttonOf(card, 'action.confirm'))
    expect(asked).toMatchObject({ kind: 'notice', tone: 'attention' })
    expect(b.signIns).toEqual(['ann'])
    expect(parseVerb('signIn', { operation: proposalOf(card).id }).ok).toBe(true)
    await b.signIn('ann', 'operator')
    const old = await b.actions.confirm(await b.click(ann, 'personal'), buttonOf(card, 'action.confirm'))
    expect(old).toMatchObject({ code: 'SM_CARD_INVALID' })
    const done = await b.actions.confirm(await b.click(ann, 'personal'), buttonOf(asked, 'action.confirm'))
    expect(proposalOf(done).state).toBe('watching')
    expect(b.tenant.sent).toHaveLength(1)
  })

  it('from a channel: goes on one-to-one, and the card in the channel stays alive for others', async () => {
    const b = await bench('restart')
    const ann = b.person('ann', 'viewer')
    await b.store.places.upsert(b.place('personal', 'ann'))
    const card = await b.actions.propose(await b.click(ann), wishFor('restart'))
    await b.actions.confirm(await b.click(ann), buttonOf(card, 'action.confirm'))
    const [inChannel, inChat] = b.news
    expect(inChannel?.placeKey).toBe((await b.click(ann)).placeKey)
    expect(inChat?.placeKey).toBe((await b.click(ann, 'personal')).placeKey)
    // Nobody waits for it there: it has to be posted.
    expect(inChat).toMatchObject({ origin: 'tick' })
    await b.signIn('ann', 'operator')
    const wrongPlace = await b.actions.confirm(await b.click(ann), buttonOf(inChat?.reply, 'action.confirm'))
    expect(wrongPlace).toMatchObject({ code: 'SM_CARD_INVALID' })
    const bob = await b.signIn('bob', 'operator')
    expect(
      proposalOf(await b.actions.confirm(await b.click(bob), buttonOf(inChannel?.reply, 'action.confirm')))
        .state,
    ).toBe('watching')
    expect(b.tenant.sent).toMatchObject([{ by: 'bob' }])
  })

  it('older than an hour does not carry a write', async () => {
    const b = await bench('restart')
    const ann = await b.signIn('ann', 'operator', { issuedAt: (await b.store.now()) - 61 * MINUTE })
    const card = await b.actions.propose(await b.click(ann, 'personal'), wishFor('restart'))
    const asked = await b.actions.confirm(await b.click(ann, 'personal'), buttonOf(card, 'action.confirm'))
    expect(asked.kind).toBe('notice')
    expect(b.tokens.has('ann')).toBe(false)
    expect(b.tenant.sent).toEqual([])
  })
})
