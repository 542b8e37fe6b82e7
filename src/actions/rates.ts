// How often an action may run. Counted in the store, in the transaction that starts it, so every replica counts alike.

import { z } from 'zod'
import { pruneRates, type RateState } from '../access/index.ts'
import type { Instant, Person, Proposal } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import { HOUR } from '../time.ts'
import type { Kit } from './kit.ts'
import { rightOfAction } from './table.ts'

const NAME = 'actions.rates'
const schema = z.record(z.string(), z.array(z.number()))

/** An unreadable count is an error, never "nothing was counted". */
export async function readRates(kit: Kit, repositories: Repositories): Promise<RateState> {
  const stored = await repositories.settings.get(kit.tenantId, NAME)
  return stored === undefined ? {} : schema.parse(stored)
}

export async function writeRates(
  kit: Kit,
  repositories: Repositories,
  counted: { readonly state: RateState; readonly now: Instant },
): Promise<void> {
  await repositories.settings.put(kit.tenantId, NAME, pruneRates(counted.state, counted.now, HOUR))
}

export function rateUse(proposal: Proposal, person: Pick<Person, 'objectId'>) {
  return {
    name: proposal.action,
    limits: rightOfAction(proposal.action).rate,
    keys: {
      person: person.objectId.toLowerCase(),
      tenant: proposal.tenantId,
      job: `${proposal.target.configurationId}/${proposal.target.jobId}`,
    },
  }
}
