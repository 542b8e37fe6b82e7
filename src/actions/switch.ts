// The kill switch: one row in the store that every write looks at, on every replica, in its own transaction.
import { may } from '../access/index.ts'
import { MedicError } from '../errors.ts'
import type { ActionName, Proposal, Reply } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import type { Click, Kit } from './kit.ts'
import { errorOf } from './replies.ts'

const SWITCH = 'actions.stopped'

export async function isOff(kit: Kit, repositories: Repositories, action: ActionName): Promise<boolean> {
  if (!kit.offered.includes(action)) return true
  return (await repositories.settings.get(kit.tenantId, SWITCH)) !== undefined
}

/** Stops every action, or allows them again. Only an admin; audited with the change. */
export async function turnSwitch(kit: Kit, click: Click, to: 'stop' | 'allow'): Promise<Reply> {
  const what = to === 'stop' ? 'stopActions' : 'allowActions'
  const verdict = may(click.person, what, click.place)
  const entry = {
    at: click.now,
    tenantId: kit.tenantId,
    who: click.person.objectId,
    what,
    where: click.placeKey,
  }
  if (!verdict.allowed) {
    await kit.store.audit.append({ ...entry, outcome: 'denied', detail: verdict.because })
    return errorOf('SM_ACCESS_DENIED', verdict.sentence)
  }
  await kit.store.transaction(async (repositories) => {
    if (to === 'stop') {
      await repositories.settings.put(kit.tenantId, SWITCH, { at: click.now, by: click.person.objectId })
    } else await repositories.settings.remove(kit.tenantId, SWITCH)
    try {
      await repositories.audit.append({ ...entry, outcome: 'succeeded' })
    } catch (cause) {
      throw new MedicError('SM_AUDIT_UNAVAILABLE', {}, cause)
    }
  })
  const title = to === 'stop' ? 'All actions are stopped.' : 'Actions are allowed again.'
  const detail =
    to === 'stop'
      ? 'What was already sent is still watched; nothing new is sent.'
      : `Offered: ${kit.offered.join(', ') || 'none'}.`
  return {
    kind: 'notice',
    title,
    tone: to === 'stop' ? 'attention' : 'good',
    blocks: [{ kind: 'text', prose: [detail] }],
    offers: [],
  }
}

export function offReply(kit: Kit, proposal: Pick<Proposal, 'action'>): Reply {
  return kit.offered.includes(proposal.action)
    ? errorOf('SM_ACTION_OFF', 'An admin has stopped all actions. Nothing was changed.')
    : errorOf('SM_ACTION_OFF')
}
