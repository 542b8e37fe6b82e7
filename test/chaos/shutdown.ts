// SIGTERM while people talk: every message that was taken is answered, ready says no before connections are refused,
// the process ends with 0, and its lease is free at once. And what nobody catches ends with 1.
import http from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { ask } from '../support/teams.ts'
import { textOf } from './reading.ts'
import { type Bot, messageFor, type Rig } from './rig.ts'

export type Shutdown = {
  readonly sent: number
  readonly answered: number
  /** Told to come back: 503, or the connection was refused. */
  readonly turnedAway: number
  /** Taken, and the answer never came to the conversation. */
  readonly lost: number
  /** Ended by a reset although nothing had been done with them. */
  readonly cut: number
  readonly code: number | null
  readonly saidNotReady: boolean
  readonly leaseFree: boolean
  readonly problems: readonly string[]
}

const TALKERS = 12

/** Health as a load balancer sees it: a new connection each time. */
async function probe(bot: Bot, seen: string[], going: () => boolean): Promise<void> {
  while (going()) {
    try {
      const { status } = await ask(bot.port, { method: 'GET', path: '/healthz/ready' })
      seen.push(String(status))
    } catch {
      seen.push('refused')
    }
    await wait(15)
  }
}

/** Those of the cut messages whose turn had begun. */
async function begunOf(rig: Rig, cut: readonly string[]): Promise<string[]> {
  const rows = cut.length === 0 ? [] : await rig.sql(`select id from seen where id like '%a:load-%'`)
  return cut.filter((conversation) => rows.some(({ id }) => String(id).startsWith(`${conversation}|`)))
}

export async function shutDownUnderLoad(rig: Rig, bot: Bot, round: number): Promise<Shutdown> {
  let going = true
  const health: string[] = []
  const tally = { sent: 0, answered: 0, turnedAway: 0, odd: 0 }
  const taken: string[] = []
  const odd = new Set<string>()
  const cut: string[] = []
  const agent = new http.Agent({ keepAlive: false, maxSockets: TALKERS })

  const talk = async (talker: number) => {
    for (let i = 0; going; i += 1) {
      const conversation = `a:load-${round}-${talker}-${i}`
      const { body, token } = messageFor(rig, conversation, 'who am i')
      tally.sent += 1
      try {
        const answer = await ask(bot.port, {
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify(body),
          agent,
        })
        if (answer.status === 200) {
          tally.answered += 1
          taken.push(conversation)
        } else if (answer.status === 503) {
          tally.turnedAway += 1
          await wait(20)
        } else {
          tally.odd += 1
          odd.add(String(answer.status))
        }
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code !== 'ECONNREFUSED') {
          // Cut before it was read, as when a connection is closed the moment it is made; or amid the turn.
          cut.push(conversation)
        } else {
          tally.turnedAway += 1
          await wait(20)
        }
      }
    }
  }

  const talking = [...Array(TALKERS).keys()].map(talk)
  const probing = probe(bot, health, () => going)
  await rig.until(() => (tally.answered >= 2 * TALKERS ? true : undefined), 'people are answered')
  await wait(rig.random.below(300))
  const code = await bot.term()
  await wait(30)
  going = false
  await Promise.all([...talking, probing])
  agent.destroy()
  const heard = new Set(rig.chat.log.filter((r) => r.taken && textOf(r) !== '').map((r) => r.conversationId))
  const [lease] = await rig.sql(`select until from lease where name = 'watch'`)
  const leaseFree = lease === undefined || Number(lease.until) <= (await rig.now())
  const begun = await begunOf(rig, cut)
  const lost = [...taken, ...begun].filter((conversation) => !heard.has(conversation)).length
  const lastOk = health.lastIndexOf('200')
  const saidNotReady = health.slice(lastOk + 1).indexOf('503') === 0
  const problems = [
    ...(lost > 0 ? [`${lost} turns were lost`] : []),
    ...(tally.odd > 0 ? [`${tally.odd} requests ended oddly: ${[...odd].join(', ')}`] : []),
    ...(code === 0 ? [] : [`ended with ${code}`]),
    ...(saidNotReady ? [] : ['connections were refused before ready said no']),
    ...(leaseFree ? [] : ['the lease was not given back']),
    ...(tally.answered === 0 ? ['no load: nothing was answered'] : []),
  ]
  return { ...tally, cut: cut.length - begun.length, lost, code, saidNotReady, leaseFree, problems }
}
