// Kill -9 at a moment chosen by the seed: any statement of the store, any request to the Connector or to Graph. The
// scene goes on with whatever is left, sometimes to be killed once more.
import { seededRandom } from '../support/random.ts'
import { type Outcome, playQuarantine } from './quarantine.ts'
import type { Rig } from './rig.ts'

/** About as many statements as a scene has; a death that comes later than the scene's end does not come. */
const STATEMENTS = 2000
const CHAT_REQUESTS = 8
const GRAPH_REQUESTS = 60

/** Of this process's own requests to Graph those of the health checks are none: all count. */
export async function killAnywhere(rig: Rig, seed: number): Promise<Outcome & { readonly where: string }> {
  const random = seededRandom(seed)
  const roll = random.below(10)
  const when = random.pick(['before', 'after'] as const)
  let seen = 0
  const nth = (limit: number) => 1 + random.below(limit)
  if (roll < 6) {
    const death = { when, nth: nth(STATEMENTS) }
    const outcome = await playQuarantine(rig, { anywhere: death })
    return { ...outcome, where: `${when} statement ${death.nth}` }
  }
  const limit = roll < 8 ? CHAT_REQUESTS : GRAPH_REQUESTS
  const at = nth(limit)
  const fits = () => {
    seen += 1
    return seen === at
  }
  if (roll < 8) rig.chat.rule(fits, { kill: when }, 1)
  else rig.graph.rule(fits, { kill: when }, 1)
  const outcome = await playQuarantine(rig)
  return { ...outcome, where: `${when} request ${at} to ${roll < 8 ? 'the Connector' : 'Graph'}` }
}
