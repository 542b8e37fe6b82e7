// The scene "Quarantine" from the first poll to the green card, played by people who do not give up: when the bot dies
// under their hands they wait until it is back and look again. The points at which it is made to die are data.
import type { Message } from './chat-service.ts'
import type { Death } from './inside.ts'
import { brokenInvariants, drain } from './invariants.ts'
import { cardsOf, hasButton, press } from './reading.ts'
import { ALERTS, alertsChannel, type Bot, chatOf, type Rig, type RigOptions, say, startRig } from './rig.ts'

export type Phase = 'poll' | 'acknowledge' | 'propose' | 'confirm' | 'recover'
export const phases: readonly Phase[] = ['poll', 'acknowledge', 'propose', 'confirm', 'recover']

export type Point = {
  readonly name: string
  /** When it is armed. */
  readonly phase: Phase
  readonly at:
    | { readonly store: Death }
    | { readonly chat: 'before' | 'after'; readonly method: 'POST' | 'PUT'; readonly to: string }
    | { readonly graph: 'before' | 'after'; readonly path: RegExp; readonly method?: 'POST' }
}

const store = (when: Death['when'], touching: string, nth = 1) => ({ store: { when, touching, nth } })
const incidentRow = '(insert into|update) "incident" '
const operator = chatOf('operator').id

/** The steps of the walk-through "One poll", then the eight points of an operation. */
export const points: readonly Point[] = [
  { name: '1 lease taken', phase: 'poll', at: store('after', 'update "lease"') },
  { name: '1 configurations asked', phase: 'poll', at: { graph: 'before', path: /\/servicePrincipals$/ } },
  { name: '2 jobs answered', phase: 'poll', at: { graph: 'after', path: /\/synchronization\/jobs$/ } },
  { name: '7 enrichment asked', phase: 'poll', at: { graph: 'before', path: /\/organization/ } },
  {
    name: '9 before the incident is committed',
    phase: 'poll',
    at: store('before', 'insert into "incident" '),
  },
  {
    name: '9 incident committed, nothing sent',
    phase: 'poll',
    at: store('after', 'insert into "incident" '),
  },
  { name: '10 row claimed', phase: 'poll', at: store('after', '"leased_by" = .*"seq" in') },
  { name: '11 Connector reached', phase: 'poll', at: { chat: 'before', method: 'POST', to: ALERTS } },
  {
    name: '11 Connector took it, no answer',
    phase: 'poll',
    at: { chat: 'after', method: 'POST', to: ALERTS },
  },
  { name: '11 before the receipt is committed', phase: 'poll', at: store('before', 'into "incident_shown"') },
  { name: '11 receipt committed', phase: 'poll', at: store('after', 'into "incident_shown"') },
  { name: '12 click taken', phase: 'acknowledge', at: store('after', 'insert into "seen"') },
  {
    name: '15 before the acknowledgement is committed',
    phase: 'acknowledge',
    at: store('before', incidentRow),
  },
  { name: '15 acknowledgement committed', phase: 'acknowledge', at: store('after', incidentRow) },
  {
    name: '16 before the card is edited',
    phase: 'acknowledge',
    at: { chat: 'before', method: 'PUT', to: ALERTS },
  },
  {
    name: '16 card edited, no answer',
    phase: 'acknowledge',
    at: { chat: 'after', method: 'PUT', to: ALERTS },
  },
  {
    name: '16 before the result is kept',
    phase: 'acknowledge',
    at: store('before', `insert into "seen".*do update`),
  },
  {
    name: '16 note in the thread, no answer',
    phase: 'acknowledge',
    at: { chat: 'after', method: 'POST', to: ALERTS },
  },
  { name: 'before the offer is committed', phase: 'propose', at: store('before', 'insert into "operation"') },
  { name: 'offer committed', phase: 'propose', at: store('after', 'insert into "operation"') },
  {
    name: 'offer reached the Connector',
    phase: 'propose',
    at: { chat: 'before', method: 'POST', to: operator },
  },
  { name: 'offer shown, no answer', phase: 'propose', at: { chat: 'after', method: 'POST', to: operator } },
  { name: 'a single-use number is used', phase: 'confirm', at: store('after', 'update "nonce"') },
  { name: 'before the intent is committed', phase: 'confirm', at: store('before', 'update "operation"') },
  { name: 'intent committed', phase: 'confirm', at: store('after', 'update "operation"') },
  {
    name: 'Graph reached',
    phase: 'confirm',
    at: { graph: 'before', path: /\/jobs\/[^/]+\/restart$/, method: 'POST' },
  },
  {
    name: 'Graph has done it, no answer',
    phase: 'confirm',
    at: { graph: 'after', path: /\/jobs\/[^/]+\/restart$/, method: 'POST' },
  },
  { name: 'before the outcome is committed', phase: 'confirm', at: store('before', 'update "operation"', 2) },
  { name: 'outcome committed', phase: 'confirm', at: store('after', 'update "operation"', 2) },
  { name: 'outcome shown, no answer', phase: 'confirm', at: { chat: 'after', method: 'PUT', to: operator } },
  { name: '17 before a good poll is committed', phase: 'recover', at: store('before', incidentRow) },
  { name: '17 before the recovery is committed', phase: 'recover', at: store('before', incidentRow, 2) },
  { name: '17 recovery committed', phase: 'recover', at: store('after', incidentRow, 2) },
  { name: '17 green card, no answer', phase: 'recover', at: { chat: 'after', method: 'PUT', to: ALERTS } },
]

export type Outcome = {
  readonly number: number
  readonly deaths: number
  readonly executions: number
  readonly operationStates: readonly string[]
  readonly problems: readonly string[]
}

function arm(rig: Rig, bot: Bot, { at }: Point): void {
  if ('store' in at) bot.arm(at.store)
  else if ('chat' in at)
    rig.chat.rule((r) => r.method === at.method && r.conversationId === at.to, { kill: at.chat }, 1)
  else
    rig.graph.rule(
      (r) => at.path.test(r.path) && (at.method === undefined || r.method === at.method),
      { kill: at.graph },
      1,
    )
}

const isBack = (rig: Rig) => rig.rounds()

/** Tries until it is done; between two tries the bot may have come back from the dead. */
async function insist(rig: Rig, what: string, work: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 8; i += 1) {
    if (await work()) return
    await isBack(rig)
  }
  throw new Error(`given up: ${what}\n${rig.bots.map((bot) => bot.output().slice(-2000)).join('\n')}`)
}

const stateOf = async (rig: Rig, number: number) =>
  String((await rig.sql(`select state from incident where number = ${number}`))[0]?.state)

export async function awaitCard(rig: Rig, after: number): Promise<Message> {
  for (let minute = 0; minute < 15; minute += 1) {
    const card = cardsOf(rig, ALERTS).findLast((one) => (numberOf(one) ?? 0) > after)
    if (card) return card
    await rig.pass(1)
  }
  throw new Error('no card of the quarantine came')
}

const numberOf = (message: Message) => {
  const found = /Incident (\d+) · version/.exec(JSON.stringify(message.activity))
  return found ? Number(found[1]) : undefined
}

export async function acknowledge(rig: Rig, number: number): Promise<void> {
  await insist(rig, 'acknowledge', async () => {
    const state = await stateOf(rig, number)
    if (state !== 'open') return true
    const card = cardsOf(rig, ALERTS, number).findLast((one) => hasButton(one, 'Acknowledge'))
    if (!card) return false
    const seen = { ...card }
    const by = { as: 'operator', where: alertsChannel } as const
    const first = await press(rig, seen, 'Acknowledge', by)
    // Teams repeats what was not answered in time under the same id.
    if (first.status === 200) await press(rig, seen, 'Acknowledge', { ...by, id: first.id })
    return first.status === 200 && (await stateOf(rig, number)) === 'acked'
  })
}

export type Operation = { readonly id: string; readonly state: string }
export const operations = async (rig: Rig): Promise<Operation[]> =>
  (await rig.sql('select id, state from operation')) as unknown as Operation[]

const offerOf = (rig: Rig, id: string) =>
  rig.chat.shown(operator).findLast((one) => JSON.stringify(one.activity).includes(id))

export async function propose(rig: Rig, before: ReadonlySet<string>): Promise<void> {
  await insist(rig, 'propose', async () => {
    const offered = (await operations(rig)).filter((one) => !before.has(one.id) && one.state === 'proposed')
    // An offer whose card was never shown runs out by itself.
    if (offered.some((one) => offerOf(rig, one.id) !== undefined)) return true
    await say(rig, 'restart fabrikam.com', { as: 'operator' })
    return false
  })
}

export async function confirm(rig: Rig, before: ReadonlySet<string>): Promise<void> {
  const begun = new Set(['executing', 'watching', 'succeeded', 'failed', 'unknown'])
  await insist(rig, 'confirm', async () => {
    const mine = (await operations(rig)).filter((one) => !before.has(one.id))
    if (mine.some((one) => begun.has(one.state))) return true
    const offers = mine.filter((one) => one.state === 'proposed').map((one) => offerOf(rig, one.id))
    const card = offers.findLast((one) => one !== undefined && hasButton(one, 'Confirm'))
    // A number that was used up by a click whose bot died is lost; the person asks for a new offer.
    if (card) await press(rig, card, 'Confirm', { as: 'operator', where: chatOf('operator') })
    const after = (await operations(rig)).filter((one) => !before.has(one.id))
    if (after.some((one) => begun.has(one.state))) return true
    await isBack(rig)
    await say(rig, 'restart fabrikam.com', { as: 'operator' })
    return false
  })
}

async function recover(rig: Rig, number: number, before: ReadonlySet<string>): Promise<void> {
  const live = new Set(['proposed', 'confirmed', 'approved', 'executing', 'watching'])
  for (let minute = 0; minute < 90; minute += 1) {
    const open = (await operations(rig)).filter((one) => !before.has(one.id) && live.has(one.state))
    const state = await stateOf(rig, number)
    if (open.length === 0 && (state === 'resolved' || state === 'closed')) return
    await rig.pass(1)
  }
}

/** A stage on which scenes and faults can be played: the bots live, the operator is signed in, everything is well. */
export async function openStage(options: RigOptions): Promise<Rig> {
  const rig = await startRig(options)
  try {
    for (const bot of rig.bots) await bot.start()
    await say(rig, 'sign in', { as: 'operator' })
    await rig.rounds()
    return rig
  } catch (error) {
    await rig.close()
    throw error
  }
}

export type Scene = {
  readonly point?: Point
  /** Any statement of the whole scene, counted from its beginning. */
  readonly anywhere?: Death
  readonly bot?: Bot
}

/** One quarantine from its beginning to its end. */
export async function playQuarantine(rig: Rig, scene: Scene = {}): Promise<Outcome> {
  const bot = scene.bot ?? rig.bots[0]
  if (!bot) throw new Error('no bot')
  for (const each of rig.bots) each.revive = true
  const { scenarios } = rig.graph.tenant
  const deathsBefore = rig.bots.reduce((sum, one) => sum + one.deaths, 0)
  const writtenBefore = rig.graph.written.length
  const before = new Set((await operations(rig)).map((one) => one.id))
  const last = Number((await rig.sql('select max(number) as n from incident'))[0]?.n ?? 0)
  if (scene.anywhere) bot.arm(scene.anywhere)
  const enter = (phase: Phase) => {
    if (scene.point?.phase === phase) arm(rig, bot, scene.point)
  }

  enter('poll')
  await scenarios.apply('fabrikam-quarantine')
  const card = await awaitCard(rig, last)
  const number = numberOf(card) ?? 0
  await rig.rounds()
  enter('acknowledge')
  await acknowledge(rig, number)
  await rig.rounds()
  enter('propose')
  await propose(rig, before)
  await scenarios.apply('fabrikam-fixed')
  enter('confirm')
  await confirm(rig, before)
  await rig.rounds()
  enter('recover')
  await recover(rig, number, before)
  await drain(rig)

  bot.arm(null)
  rig.chat.behave()
  rig.graph.behave()
  const mine = (await operations(rig)).filter((one) => !before.has(one.id))
  const deaths = rig.bots.reduce((sum, one) => sum + one.deaths, 0) - deathsBefore
  const executions = rig.graph.written.length - writtenBefore
  const problems = [
    ...(await brokenInvariants(rig)),
    ...(await judge(rig, { last, number, mine, executions })),
  ]
  if (scene.point && deaths === 0) problems.push(`${scene.point.name}: never reached`)
  // Until the next scene this incident is history.
  for (let left = 40; left > 0; left -= 8) await rig.pass(8, 8)
  return { number, deaths, executions, operationStates: mine.map((one) => one.state), problems }
}

async function saysLost(rig: Rig, id: string): Promise<boolean> {
  const [row] = await rig.sql(`select doc from operation where id = '${id}'`)
  return /"answerLost":true/.test(String(row?.doc)) && /cannot be told/.test(String(row?.doc))
}

type Judged = {
  readonly last: number
  readonly number: number
  readonly mine: readonly Operation[]
  readonly executions: number
}

async function judge(rig: Rig, { last, number, mine, executions }: Judged): Promise<string[]> {
  const problems: string[] = []
  const opened = (
    await rig.sql(`select number, doc from incident where number > ${last} order by number`)
  ).map((row) => ({
    number: Number(row.number),
    rule: String((JSON.parse(String(row.doc)) as { ruleId: string }).ruleId),
  }))
  const quarantines = opened.filter((one) => one.rule === 'job.quarantined')
  if (quarantines.length !== 1 || quarantines[0]?.number !== number)
    problems.push(`one quarantine became incidents ${quarantines.map((one) => one.number).join(', ')}`)
  const others = opened.filter((one) => one.rule !== 'job.quarantined')
  if (others.length > 0) problems.push(`besides it: ${others.map((one) => one.rule).join(', ')}`)
  const state = await stateOf(rig, number)
  if (state !== 'resolved' && state !== 'closed') problems.push(`incident ${number} ended ${state}`)
  const events = mine.filter((one) => !['proposed', 'cancelled', 'expired', 'confirmed'].includes(one.state))
  if (executions > events.length || executions > 1) problems.push(`${executions} restarts were carried out`)
  for (const { id, state: ended } of events) {
    // What recovers by itself looks the same; then the answer must be said to be lost.
    if (ended === 'succeeded' && executions === 0 && !(await saysLost(rig, id)))
      problems.push(`operation ${id} succeeded, but nothing was sent`)
    if (ended === 'executing' || ended === 'watching') problems.push(`operation ${id} is still ${ended}`)
  }
  if (executions === 1 && events.length === 0)
    problems.push('a restart was carried out and nobody knows of it')
  const newest = cardsOf(rig, ALERTS, number)
  if (newest.length === 0) problems.push(`incident ${number} has no card`)
  return problems
}
