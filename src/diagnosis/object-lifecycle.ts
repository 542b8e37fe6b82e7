// Checks on what became of an object that is, or was, in Entra ID: held deletion, second life, name, switched off.
import { at, personal, prose, type Snapshot } from '../nouns.ts'
import { articleOf } from './articles.ts'
import { aboutObject, blind, type Check, fail, pass, row, step, subjectName, words } from './check.ts'
import { directoryRows, eventRows, objectEvents } from './object-evidence.ts'

/** The object is there, synchronized, and all is read that these checks need; else what to answer instead. */
function present(snapshot: Snapshot) {
  const { object } = snapshot
  if (object.known) return { object: object.value, from: object }
  return object.because === 'notFound' ? pass : blind(object, 'the directory')
}

export const objectDeleteHeld: Check = {
  id: 'object.delete-held',
  title: 'The deletion of the object is not held back',
  article: articleOf('object.delete-held'),
  severity: 'warning',
  rank: 95,
  applies: aboutObject,
  run: (snapshot) => {
    if (!snapshot.events.known) return blind(snapshot.events, 'the provisioning log')
    const [newest] = objectEvents(snapshot)
    if (newest?.action !== 'stagedDelete') return pass
    return fail({
      title: prose`${subjectName(snapshot)} is about to be deleted: the deletion of ${at(newest.at)} is held back`,
      cause: words(
        'Cloud Sync wants to delete the object, because it left the scope or was deleted in AD. The cycle had more deletions than the threshold allows, so all of them wait for a decision.',
      ),
      evidence: eventRows(snapshot, newest),
      nextSteps: [
        step(
          'helpdesk',
          words('Find out whether the account should go, and tell the owner of the decision.'),
        ),
        step('AD', words('Should stay: put its OU or group back into the scope, or restore it in AD.')),
        step('identity', words('Only then restart; allowing the deletions deletes all of them.')),
      ],
      verify: words('The newest log entry of the object is no staged delete any more.'),
      confidence: 'certain',
      offers: [{ label: 'Who would be deleted?', say: 'held deletions' }],
    })
  },
}

export const objectRecreated: Check = {
  id: 'object.recreated',
  title: 'The object was not deleted and made anew',
  article: articleOf('object.recreated'),
  severity: 'warning',
  rank: 155,
  applies: aboutObject,
  run: (snapshot) => {
    const seen = present(snapshot)
    if ('result' in seen) return seen
    const { deletedObject } = snapshot
    if (!deletedObject.known)
      return deletedObject.because === 'notFound' ? pass : blind(deletedObject, 'the recycle bin')
    const old = deletedObject.value
    if (old.id === seen.object.id || old.deletedAt === undefined) return pass
    return fail({
      title: prose`${subjectName(snapshot)} is a new object: the old one was deleted ${at(old.deletedAt)}`,
      cause: words(
        'Two objects had this name, one after the other. The new one has none of what hung on the old one: mailbox, licences given to the person, group memberships made in the cloud. Usually the person was moved out of the scope and back, or between Connect Sync and Cloud Sync.',
      ),
      evidence: [
        ...directoryRows(seen.object, seen.from),
        row('Deleted object', prose`${{ code: old.id }}, deleted ${at(old.deletedAt)}`, deletedObject),
      ],
      nextSteps: [
        step('helpdesk', words('Ask what the person misses before anything is changed.')),
        step('AD', words('Was the account moved between OUs, or made anew in AD?')),
        step(
          'identity',
          words('The old object can be restored for 30 days; decide with the owner which one is kept.'),
        ),
      ],
      verify: words('One object is left, and its anchor is the one of the AD account.'),
      confidence: 'certain',
    })
  },
}

const inOnmicrosoft = (upn: string) => /\.onmicrosoft\.(?:com|us|cn)$/i.test(upn)

export const objectOnmicrosoftName: Check = {
  id: 'object.onmicrosoft-name',
  title: 'The object has the UPN of AD',
  article: articleOf('object.onmicrosoft-name'),
  severity: 'warning',
  rank: 135,
  applies: aboutObject,
  run: (snapshot) => {
    const seen = present(snapshot)
    if ('result' in seen) return seen
    const { upn, onPremises } = seen.object
    const inAd = onPremises.upn
    if (onPremises.syncEnabled !== true || !upn || !inAd || !inOnmicrosoft(upn) || inOnmicrosoft(inAd))
      return pass
    const numbered = /\d{4}@/.test(upn)
    return fail({
      title: prose`${subjectName(snapshot)} has an onmicrosoft.com name, in AD it is ${personal(inAd)}`,
      cause: words(
        numbered
          ? 'The UPN of AD was taken when the account arrived, so Entra ID added four digits and used its own domain.'
          : 'The UPN suffix of AD is no verified domain of the tenant, so Entra ID used its own domain instead.',
      ),
      evidence: [
        row('UPN in Entra ID', [personal(upn)], seen.from),
        row('UPN in AD', [personal(inAd)], seen.from),
      ],
      nextSteps: numbered
        ? [step('AD', words('Find who else has this UPN and change one of the two.'))]
        : [
            step('identity', words('Verify the domain of the suffix in the tenant,')),
            step('AD', words('or change the UPN suffix of the account to a verified domain.')),
          ],
      verify: words('After the next cycle the UPN in Entra ID is the one of AD.'),
      confidence: 'certain',
    })
  },
}

export const objectDisabled: Check = {
  id: 'object.disabled',
  title: 'The account is enabled',
  article: articleOf('object.disabled'),
  severity: 'info',
  rank: 170,
  applies: aboutObject,
  run: (snapshot) => {
    const seen = present(snapshot)
    if ('result' in seen) return seen
    if (seen.object.accountEnabled !== false) return pass
    const synced = seen.object.onPremises.syncEnabled === true
    return fail({
      title: prose`${subjectName(snapshot)} is disabled, so nobody can sign in with it`,
      cause: words(
        synced
          ? 'The account is in Entra ID and disabled there. For a synchronized account that comes from AD: it is disabled in AD, or has expired and was disabled.'
          : 'The account is in Entra ID and disabled there.',
      ),
      evidence: [row('Account enabled', words('no'), seen.from), ...directoryRows(seen.object, seen.from)],
      nextSteps: [
        step('helpdesk', words('Find out whether the person should have access at all.')),
        step('AD', words('If so, enable the account in AD; the next cycle takes it over.')),
      ],
      verify: words('The account in Entra ID is enabled and the person signs in.'),
      confidence: 'certain',
    })
  },
}
