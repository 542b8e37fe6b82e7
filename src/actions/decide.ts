// Step two and three: somebody confirms, another one approves, rejects or cancels. Every check is made here and now,
// whatever the card showed: state, role of a fresh token, switch, hash, single-use number.

import { type Denied, includesRole, may, mayWrite, type Verdict } from '../access/index.ts'
import { sameName } from '../directory-names.ts'
import type { Person, Proposal, Reply } from '../nouns.ts'
import type { UserToken } from '../ports.ts'
import { type Click, type Kit, OFFER_MS } from './kit.ts'
import { expire, keepOffer, showElsewhere } from './offer.ts'
import { obstacleNow, refusal } from './propose.ts'
import { advance, audit, auditDenied, type Line, Overtaken, takeNonce } from './record.ts'
import { attention, blocksOf, cardOf, errorOf, standingCard } from './replies.ts'
import { hashOf } from './seal.ts'
import { carryOut } from './send.ts'
import { askToSignIn } from './sign-in.ts'
import { isOff, offReply } from './switch.ts'

export type Press = { readonly operation: string; readonly nonce: string }
export type Verb =
  | 'action.confirm'
  | 'action.approve'
  | 'action.reject'
  | 'action.cancel'
  | 'action.breakGlass'

type Opened = { readonly proposal: Proposal } | { readonly reply: Reply }

const openIn: Readonly<Record<Verb, readonly Proposal['state'][]>> = {
  'action.confirm': ['proposed'],
  'action.approve': ['confirmed'],
  'action.reject': ['confirmed'],
  'action.breakGlass': ['confirmed'],
  'action.cancel': ['proposed', 'confirmed'],
}

/** The operation, if it is in a state in which this verb means something. */
async function open(kit: Kit, click: Click, press: Press & { readonly verb: Verb }): Promise<Opened> {
  const proposal = await kit.store.operations.get(press.operation)
  if (!proposal || proposal.tenantId !== kit.tenantId || click.person.tenantId !== kit.tenantId) {
    await kit.store.audit.append({
      at: click.now,
      tenantId: kit.tenantId,
      who: click.person.objectId,
      what: press.verb,
      where: click.placeKey,
      outcome: 'denied',
      detail: 'unknown operation',
    })
    return { reply: errorOf('SM_CARD_INVALID') }
  }
  const deny = (detail: string) => auditDenied(kit, click, proposal, { what: press.verb, detail })
  if (!openIn[press.verb].includes(proposal.state)) {
    await deny(`state ${proposal.state}`)
    return { reply: standingCard(proposal) }
  }
  if (proposal.expiresAt <= click.now) {
    await deny('expired')
    const expired = await expire(kit, proposal, { now: click.now, origin: 'turn' })
    return { reply: standingCard(expired) }
  }
  if (hashOf(proposal) !== proposal.hash) {
    await deny('hash')
    return { reply: errorOf('SM_CARD_INVALID') }
  }
  return { proposal }
}

async function denied(
  kit: Kit,
  click: Click,
  about: { proposal: Proposal; what: string; verdict: Denied },
): Promise<Reply> {
  await auditDenied(kit, click, about.proposal, { what: about.what, detail: about.verdict.because })
  return errorOf('SM_ACCESS_DENIED', about.verdict.sentence)
}

type Signed = { readonly token: UserToken; readonly verdict: Verdict }

/** The person's own fresh token and what it allows; the role needed is that of the verb and of the action. */
async function signedIn(
  kit: Kit,
  click: Click,
  ask: { person: Person; verb: Verb; proposal: Proposal },
): Promise<Signed | undefined> {
  const { person, verb, proposal } = ask
  const got = await kit.signIn.token(person, click.place)
  if (!got.ok) return undefined
  const role = await kit.roleForWrite(person, got.token)
  const verdict = mayWrite(
    { person, name: verb, place: click.place },
    { token: got.token, role },
    await kit.store.now(),
  )
  // Approving is the second pair of eyes; only who confirms lends rights to the action itself.
  if (verdict.allowed && verb === 'action.confirm' && !includesRole(role, proposal.role)) {
    const sentence = `This action needs the role ${proposal.role}.`
    return { token: got.token, verdict: { allowed: false, because: 'role', needs: proposal.role, sentence } }
  }
  return { token: got.token, verdict }
}

/** Checks that hold for every verb that ends in a write; gives the token of the person who pressed. */
async function admit(
  kit: Kit,
  click: Click,
  press: Press & { readonly verb: 'action.confirm' | 'action.approve' | 'action.breakGlass' },
): Promise<{ readonly proposal: Proposal; readonly token: UserToken } | { readonly reply: Reply }> {
  const opened = await open(kit, click, press)
  if ('reply' in opened) return opened
  const { proposal } = opened
  if (await isOff(kit, kit.store, proposal.action)) {
    await auditDenied(kit, click, proposal, { what: press.verb, detail: 'off' })
    return { reply: offReply(kit, proposal) }
  }
  const signed = await signedIn(kit, click, { person: click.person, verb: press.verb, proposal })
  const expired = signed && !signed.verdict.allowed && signed.verdict.because === 'signInExpired'
  if (signed && !signed.verdict.allowed && !expired) {
    return { reply: await denied(kit, click, { proposal, what: press.verb, verdict: signed.verdict }) }
  }
  if (!(await takeNonce(kit, click, proposal.id, press.nonce))) {
    await auditDenied(kit, click, proposal, { what: press.verb, detail: 'nonce' })
    return { reply: errorOf('SM_CARD_INVALID') }
  }
  if (!signed || expired) {
    await auditDenied(kit, click, proposal, {
      what: press.verb,
      detail: expired ? 'signInExpired' : 'notSignedIn',
    })
    if (expired) await kit.signIn.signOut(click.person)
    return { reply: await askToSignIn(kit, click, proposal) }
  }
  return { proposal, token: signed.token }
}

/** The obstacle as it is now; what the person saw must still be what would happen. */
async function stillFits(kit: Kit, proposal: Proposal) {
  const found = await obstacleNow(kit, proposal)
  if (found.reply || !('job' in found)) return found
  if (found.held === undefined || found.held === proposal.target.count) return found
  const reply = attention('The number of held deletions has changed.', [
    `It was ${proposal.target.count}, now it is ${found.held}. Look at them and propose it again.`,
  ])
  return { job: found.job, reply }
}

/** Confirmed by one: now it is shown where others can see it, and waits for the second. */
async function awaitApproval(kit: Kit, click: Click, proposal: Proposal): Promise<Reply> {
  const change = {
    state: 'confirmed',
    confirmedBy: click.person.objectId,
    confirmedAt: click.now,
    expiresAt: click.now + OFFER_MS,
  } as const
  const { placeKey } = click
  const blocks = await blocksOf(kit, { ...proposal, ...change })
  const wanted = [proposal.placeKey, ...((await kit.approvalPlaces?.(proposal)) ?? [])]
  const placeKeys = [...new Set(wanted)].filter((key) => key !== placeKey)
  return kit.store.transaction(async (repositories) => {
    const next = await advance(repositories, proposal, change)
    const card = await cardOf(kit, repositories, { proposal: next, placeKey, blocks })
    await showElsewhere(kit, repositories, { proposal: next, placeKeys, blocks })
    const who = click.person.objectId
    const line = { at: click.now, where: placeKey, who, what: 'action.confirm', outcome: 'allowed' } as const
    await audit(repositories, next, line)
    return card
  })
}

async function confirmNow(kit: Kit, click: Click, press: Press): Promise<Reply> {
  const admitted = await admit(kit, click, { ...press, verb: 'action.confirm' })
  if ('reply' in admitted) return admitted.reply
  const { proposal, token } = admitted
  const found = await stillFits(kit, proposal)
  if (found.reply || !('job' in found)) {
    const reply = found.reply ?? errorOf('SM_GRAPH_UNEXPECTED')
    return keepOffer(kit, click, { proposal, reply, detail: 'obstacle', what: 'action.confirm' })
  }
  if (proposal.approvals > 0) return awaitApproval(kit, click, proposal)
  return carryOut(kit, click, {
    proposal,
    confirmer: click.person,
    token,
    job: found.job,
    change: { confirmedBy: click.person.objectId, confirmedAt: click.now },
    lines: [{ what: 'action.confirm', outcome: 'allowed' }],
  })
}

/** The rights of the one who confirmed, looked at again at the moment of execution. */
async function confirmerNow(
  kit: Kit,
  click: Click,
  proposal: Proposal,
): Promise<
  | { readonly confirmer: Person; readonly token: UserToken }
  | { readonly sentence: string; readonly detail: string }
> {
  const confirmer: Person = { tenantId: kit.tenantId, objectId: proposal.confirmedBy ?? '', role: 'none' }
  const stored = await kit.store.places.personal(kit.tenantId, confirmer.objectId)
  const there = { ...click, place: stored?.place ?? click.place }
  const signed = await signedIn(kit, there, { person: confirmer, verb: 'action.confirm', proposal })
  if (!signed)
    return {
      sentence: 'The person who confirmed is not signed in any more and must confirm a new proposal.',
      detail: 'confirmer not signed in',
    }
  if (signed.verdict.allowed) return { confirmer, token: signed.token }
  return {
    sentence: 'The person who confirmed may not do this any more. Nothing was changed.',
    detail: `confirmer ${signed.verdict.because}`,
  }
}

async function approveNow(
  kit: Kit,
  click: Click,
  press: Press & { readonly reason?: string },
): Promise<Reply> {
  const verb = press.reason === undefined ? 'action.approve' : 'action.breakGlass'
  if (verb === 'action.breakGlass' && !kit.breakGlass) return errorOf('SM_ACTION_OFF')
  const before = await kit.store.operations.get(press.operation)
  if (verb === 'action.approve' && before && sameName(before.confirmedBy, click.person.objectId)) {
    await auditDenied(kit, click, before, { what: verb, detail: 'own confirmation' })
    return errorOf('SM_ACCESS_DENIED', 'You confirmed this yourself; another person must approve it.')
  }
  const admitted = await admit(kit, click, { ...press, verb })
  if ('reply' in admitted) return admitted.reply
  const { proposal } = admitted
  const keep = (reply: Reply, detail: string) =>
    keepOffer(kit, click, { proposal, reply, detail, what: verb })
  const found = await stillFits(kit, proposal)
  if (found.reply || !('job' in found)) return keep(found.reply ?? errorOf('SM_GRAPH_UNEXPECTED'), 'obstacle')
  const other = await confirmerNow(kit, click, proposal)
  if ('sentence' in other) return keep(errorOf('SM_ACCESS_DENIED', other.sentence), other.detail)
  const { reason } = press
  if (reason !== undefined) {
    await kit.store.transaction(async (repositories) => {
      await kit.tellApprovers?.(proposal, reason, click.person, repositories)
    })
  }
  return carryOut(kit, click, {
    proposal,
    ...other,
    job: found.job,
    change: { approvedBy: click.person.objectId, approvedAt: click.now },
    lines: [{ what: verb, outcome: 'allowed', ...(reason === undefined ? {} : { detail: reason }) }],
  })
}

/** Ends an offer. No token is needed: nothing is written to the tenant. */
async function endNow(
  kit: Kit,
  click: Click,
  press: Press & { readonly verb: 'action.cancel' | 'action.reject' },
): Promise<Reply> {
  const opened = await open(kit, click, press)
  if ('reply' in opened) return opened.reply
  const { proposal } = opened
  const isOwn =
    sameName(proposal.proposedBy, click.person.objectId) ||
    sameName(proposal.confirmedBy, click.person.objectId)
  const role = press.verb === 'action.cancel' && !isOwn ? 'action.confirm' : press.verb
  const verdict = may(click.person, role, click.place)
  if (!verdict.allowed) return denied(kit, click, { proposal, what: press.verb, verdict })
  if (!(await takeNonce(kit, click, proposal.id, press.nonce))) {
    await auditDenied(kit, click, proposal, { what: press.verb, detail: 'nonce' })
    return errorOf('SM_CARD_INVALID')
  }
  return kit.store.transaction(async (repositories) => {
    const next = await advance(repositories, proposal, { state: 'cancelled', finishedAt: click.now })
    const line: Line = { what: press.verb, outcome: 'succeeded', who: click.person.objectId }
    await audit(repositories, next, { ...line, at: click.now, where: click.placeKey })
    return standingCard(next)
  })
}

async function safely(kit: Kit, operation: string, work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Overtaken)) return refusal(kit, error)
    const now = await kit.store.operations.get(operation)
    return now ? standingCard(now) : errorOf('SM_CARD_STALE')
  }
}

export function decisions(kit: Kit) {
  return {
    confirm: (click: Click, press: Press) =>
      safely(kit, press.operation, () => confirmNow(kit, click, press)),
    approve: (click: Click, press: Press) =>
      safely(kit, press.operation, () =>
        approveNow(kit, click, { operation: press.operation, nonce: press.nonce }),
      ),
    breakGlass: (click: Click, press: Press & { readonly reason: string }) =>
      safely(kit, press.operation, () => approveNow(kit, click, press)),
    reject: (click: Click, press: Press) =>
      safely(kit, press.operation, () => endNow(kit, click, { ...press, verb: 'action.reject' })),
    cancel: (click: Click, press: Press) =>
      safely(kit, press.operation, () => endNow(kit, click, { ...press, verb: 'action.cancel' })),
  }
}
