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
  /** Incidents of each round: jobs that fall ill, spread over the configurations. */
  readonly jobs: number
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

/** One configuration for each channel: Graph is asked once for all of its jobs. */
async function spread(rig: Rig, jobs: number): Promise<void> {
  await rig.store.subscriptions.remove(tenantId, rig.placeKey(ALERTS))
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
    const domain = `storm-${channel}.example`
    const share = Math.floor(jobs / CHANNELS)
    rig.graph.extra.set(randomUUID(), { domain, ill: false, jobs: share })
    const placeKey = await rig.store.places.upsert(place)
    await rig.store.subscriptions.put({ tenantId, placeKey, domains: [domain], minSeverity: 'info' })
  }
}

const countOf = async (rig: Rig, where: string) =>
  Number((await rig.sql(`select count(*) as n from incident where ${where}`))[0]?.n)

export async function storm(rig: Rig, options: StormOptions): Promise<StormResult> {
  const random = seededRandom(options.seed)
  const deathsBefore = rig.bots.reduce((sum, bot) => sum + bot.deaths, 0)
  await spread(rig, options.jobs)
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

  /** Short steps first, for the pace of the channels; then longer ones, for the waits of what failed. */
  const passUntil = async (reached: () => Promise<boolean>, what: string) => {
    for (let step = 0; step < 200; step += 1) {
      if (await reached()) return
      perhapsKill(0.35)
      const minutes = step < 12 ? 0.2 : 1
      await rig.pass(minutes, minutes)
    }
    throw new Error(`the storm got stuck: ${what} (seed ${options.seed})`)
  }
  const waiting = async () =>
    Number((await rig.sql(`select count(*) as n from outbox where state = 'pending'`))[0]?.n)

  for (let round = 0; round < options.rounds; round += 1) {
    planned = options.killsPerRound
    rig.chat.chances = chances
    for (const one of rig.graph.extra.values()) one.ill = true
    await passUntil(
      async () => (await countOf(rig, `state in ('open', 'acked')`)) >= options.jobs,
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
    options.onRound?.(done, await countDuplicates(rig))
    if (options.enough?.()) break
  }
  const problems = await brokenInvariants(rig)
  const incidents = await countOf(rig, `number > 0`)
  const kills = rig.bots.reduce((sum, bot) => sum + bot.deaths, 0) - deathsBefore
  return { ...(await countDuplicates(rig)), incidents, kills, rounds: done, problems }
}
