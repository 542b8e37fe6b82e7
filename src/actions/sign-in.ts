// A confirmation without sign-in: the offer is kept and goes on where the person can sign in.
import type { Button, Proposal, Reply } from '../nouns.ts'
import type { Click, Kit } from './kit.ts'
import { show, showElsewhere } from './offer.ts'
import { buttonsFor } from './record.ts'
import { attention, blocksOf, cardOf } from './replies.ts'

const WHY = 'The write carries your own rights and appears under your name in the audit log of the tenant.'

/** Outside one-to-one chats nobody can sign in: the sign-in and the offer go to the person's own chat. */
async function moveToPersonal(kit: Kit, click: Click, proposal: Proposal): Promise<Reply> {
  const own = await kit.store.places.personal(kit.tenantId, click.person.objectId)
  const blocks = await blocksOf(kit, proposal)
  await kit.store.transaction(async (repositories) => {
    // The number of the pressed button is used up; the card here gets a new one for whoever comes next.
    const here = await cardOf(kit, repositories, { proposal, placeKey: click.placeKey, blocks })
    const { placeKey, cardActivityId } = click
    await show(kit, repositories, { proposal, reply: here, placeKey, cardActivityId, origin: 'turn' })
    if (own) await showElsewhere(kit, repositories, { proposal, placeKeys: [own.key], blocks })
  })
  if (!own) {
    return attention('Please write to me one-to-one first.', [
      'You have to sign in for this, which is possible only in a one-to-one chat. Say hello to me there, then confirm here again.',
    ])
  }
  await kit.signIn.signIn(click.person, own.place, 'needed')
  return attention('Please sign in, in our one-to-one chat.', [
    `I sent the sign-in and this proposal there. ${WHY}`,
  ])
}

export async function askToSignIn(kit: Kit, click: Click, proposal: Proposal): Promise<Reply> {
  if (click.place.scope !== 'personal') return moveToPersonal(kit, click, proposal)
  await kit.signIn.signIn(click.person, click.place, 'needed')
  const [cancel, ...others] = await buttonsFor(kit, kit.store, proposal, click.placeKey)
  const signIn: Button = { label: 'Sign in', verb: 'signIn', data: { operation: proposal.id } }
  const buttons = [...(cancel ? [cancel] : []), signIn, ...others]
  return attention(
    'Please sign in, then confirm again.',
    [`${WHY} The proposal is kept until `, { at: proposal.expiresAt }, '.'],
    buttons,
  )
}
