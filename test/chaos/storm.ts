// Promise P1 at full load: many configurations fall ill and recover again and again, the Connector refuses and resets
// a share of all requests, bots are killed at random statements, the database is restarted. Nothing may be lost.
import { randomUUID } from 'node:crypto'
import type { Place } from '../../src/nouns.ts'
import { appId } from '../support/bot-authority.ts'
import { seededRandom } from '../support/random.ts'
import { brokenInvariants, countDuplicates, drain, type Figures } from './invariants.ts'
import { ALERTS, type Rig, tenantId } from './rig.ts'

export type StormOptions = {
  readonly seed: number
  readonly rounds: number
  /** Configurations that fall ill in each round. */
  readonly domains: number
  readonly killsPerRound: number
  /** Ends and restarts the database server in these rounds. */
  readonly restartDatabase?: () => Promise<void>
  readonly restartIn?: readonly number[]
  readonly onRound?: (round: number, figures: Figures) => void
  /** Stops after the round in which this turns true. */
  readonly enough?: () => boolean
}

export type StormResult = Figures & {
  readonly incidents: number
  readonly kills: number
  readonly rounds: number
  readonly problems: readonly string[]
}

const CHANNELS = 4
const chances = { tooMany: 0.05, down: 0.05, reset: 0.04 }

async function spread(rig: Rig, domains: number): Promise<void> {
  await rig.store.subscriptions.remove(tenantId, rig.placeKey(ALERTS))
  const names = Array.from({ length: domains }, (_, i) => `storm-${i}.example`)
  for (const domain of names) rig.graph.extra.set(randomUUID(), { domain, ill: false })
  for (let channel = 0; channel < CHANNELS; channel += 1) {
    const conversationId = `19:storm-${channel}@thread.tacv2`
    const place: Place = {
      conversationId,
      serviceUrl: rig.chat.url,
      tenantId,
      botId: `28:${appId}`,
      environment: 'rehearsal',
      scope: 'channel',
      teamId: '19:team@thread.tacv2',
      channelId: conversationId,
      updatedAt: await rig.now(),
    }
    const mine = names.filter((_, i) => i % CHANNELS === channel)
    const placeKey = await rig.store.places.upsert(place)
    await rig.store.subscriptions.put({ tenantId, placeKey, domains: mine, minSeverity: 'info' })
  }
}

const countOf = async (rig: Rig, where: string) =>
  Number((await rig.sql(`select count(*) as n from incident where ${where}`))[0]?.n)

export async function storm(rig: Rig, options: StormOptions): Promise<StormResult> {
  const random = seededRandom(options.seed)
  const deathsBefore = rig.bots.reduce((sum, bot) => sum + bot.deaths, 0)
  await spread(rig, options.domains)
  for (const bot of rig.bots) bot.revive = true
  await rig.pass(2)
  let planned = 0
  let done = 0

  /** Now and then arms one bot to die at one of its next statements. */
  const perhapsKill = (share: number) => {
    if (planned === 0 || !random.chance(share)) return
    planned -= 1
    const when = random.pick(['before', 'after'] as const)
    // Mostly right at what matters, else anywhere.
    const touching = random.pick(['"outbox"', '"incident"', '"incident_shown"', undefined])
    const nth = 1 + random.below(touching === undefined ? 150 : 6)
    random.pick(rig.bots).arm({ when, nth, ...(touching === undefined ? {} : { touching }) })
  }

  const passUntil = async (reached: () => Promise<boolean>, what: string) => {
    for (let step = 0; step < 400; step += 1) {
      if (await reached()) return
      perhapsKill(0.35)
      await rig.pass(0.25, 0.25)
    }
    throw new Error(`the storm got stuck: ${what} (seed ${options.seed})`)
  }
  const waiting = async () =>
    Number((await rig.sql(`select count(*) as n from outbox where state = 'pending'`))[0]?.n)

  for (let round = 0; round < options.rounds; round += 1) {
    const before = await countOf(rig, `state = 'closed'`)
    planned = options.killsPerRound
    rig.chat.chances = chances
    for (const one of rig.graph.extra.values()) one.ill = true
    await passUntil(
      async () => (await countOf(rig, `state in ('open', 'acked')`)) >= options.domains,
      'not all incidents opened',
    )
    if (options.restartIn?.includes(round)) await options.restartDatabase?.()
    await passUntil(async () => (await waiting()) === 0, 'the outbox does not drain')
    for (const one of rig.graph.extra.values()) one.ill = false
    await rig.pass(6, 1)
    await passUntil(
      async () => (await countOf(rig, `state in ('open', 'acked', 'pending')`)) === 0,
      'not all incidents were resolved',
    )
    for (const bot of rig.bots) bot.arm(null)
    rig.chat.behave()
    await drain(rig)
    await rig.pass(40, 8)
    done = round + 1
    const closed = await countOf(rig, `state = 'closed'`)
    if (closed < before + options.domains) await rig.pass(4)
    options.onRound?.(done, await countDuplicates(rig))
    if (options.enough?.()) break
  }
  const problems = await brokenInvariants(rig)
  const incidents = await countOf(rig, `number > 0`)
  const kills = rig.bots.reduce((sum, bot) => sum + bot.deaths, 0) - deathsBefore
  return { ...(await countDuplicates(rig)), incidents, kills, rounds: done, problems }
}
