// The offer itself while nothing is decided: kept after a refusal, shown where it must be seen, ended when it is old.
import type { Instant, Proposal, Reply } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import type { Click, Kit, News } from './kit.ts'
import { advance, audit, auditDenied } from './record.ts'
import { blocksOf, cardOf, standingCard } from './replies.ts'

type Shown = Omit<News, 'in' | 'cardActivityId'> & { readonly cardActivityId?: string | undefined }

export async function show(kit: Kit, repositories: Repositories, shown: Shown): Promise<void> {
  const { cardActivityId, ...news } = shown
  const card = cardActivityId === undefined ? {} : { cardActivityId }
  await kit.announce({ ...news, ...card, in: repositories })
}

/** A refusal after which the offer stays: the number of the pressed button is used up, so the card gets a new one. */
export async function keepOffer(
  kit: Kit,
  click: Click,
  about: {
    readonly proposal: Proposal
    readonly reply: Reply
    readonly detail: string
    readonly what: string
  },
): Promise<Reply> {
  const { proposal, reply } = about
  await auditDenied(kit, click, proposal, { what: about.what, detail: about.detail })
  const blocks = await blocksOf(kit, proposal)
  const { placeKey, cardActivityId } = click
  await kit.store.transaction(async (repositories) => {
    const card = await cardOf(kit, repositories, { proposal, placeKey, blocks })
    await show(kit, repositories, { proposal, reply: card, placeKey, cardActivityId, origin: 'turn' })
  })
  return reply
}

/** Puts the offer into other conversations, each with a number of its own. */
export async function showElsewhere(
  kit: Kit,
  repositories: Repositories,
  about: {
    readonly proposal: Proposal
    readonly placeKeys: readonly string[]
    readonly blocks: Awaited<ReturnType<typeof blocksOf>>
  },
): Promise<void> {
  const { proposal, blocks } = about
  for (const placeKey of about.placeKeys) {
    const reply = await cardOf(kit, repositories, { proposal, placeKey, blocks })
    const cardActivityId = placeKey === proposal.placeKey ? proposal.cardActivityId : undefined
    // Nobody is waiting there, so it must be posted.
    await show(kit, repositories, { proposal, reply, placeKey, cardActivityId, origin: 'tick' })
  }
}

/** Its 15 minutes are over. */
export async function expire(
  kit: Kit,
  proposal: Proposal,
  at: { readonly now: Instant; readonly origin: News['origin'] },
): Promise<Proposal> {
  return kit.store.transaction(async (repositories) => {
    const next = await advance(repositories, proposal, { state: 'expired', finishedAt: at.now })
    const { placeKey, cardActivityId } = next
    const reply = standingCard(next)
    await show(kit, repositories, { proposal: next, reply, placeKey, cardActivityId, origin: at.origin })
    await audit(repositories, next, {
      at: at.now,
      where: placeKey,
      what: 'action.expire',
      outcome: 'succeeded',
    })
    return next
  })
}
