// Checks on values that must be unique: another object holds an address or UPN of this one.
import type { DirectoryObject, FactRow, ProvisioningEvent, Snapshot } from '../nouns.ts'
import { at, personal, prose } from '../nouns.ts'
import { articleOf } from './articles.ts'
import {
  aboutObject,
  blind,
  type Check,
  fail,
  type Outcome,
  pass,
  row,
  step,
  subjectName,
  words,
} from './check.ts'
import { isConflictCode } from './log-codes.ts'
import { eventRows, newestEvent } from './object-evidence.ts'

function holders(snapshot: Snapshot): readonly DirectoryObject[] {
  if (!snapshot.conflicts.known) return []
  const own = snapshot.object.known ? snapshot.object.value.id : undefined
  return snapshot.conflicts.value.filter((o) => o.id !== own)
}

function holderRows(snapshot: Snapshot, others: readonly DirectoryObject[]): readonly FactRow[] {
  const from = snapshot.conflicts.known
    ? { asOf: snapshot.conflicts.asOf, source: snapshot.conflicts.source }
    : {}
  return others.map((o) =>
    row(
      'Held by',
      prose`${o.type} ${personal(o.upn ?? o.displayName)}, ${[o.onPremises.syncEnabled ? 'synchronized from AD' : 'cloud-only']}, object ${o.id}`,
      from,
    ),
  )
}

const steps = [
  step(
    'helpdesk',
    words('Find out whether both are the same person and which account should keep the address.'),
  ),
  step('AD', words('Different people: change one of the two addresses (UPN, mail or proxyAddresses) in AD.')),
  step(
    'identity',
    words(
      'Same person, account created anew in AD: set mS-DS-ConsistencyGuid to the ImmutableId of the cloud account.',
    ),
  ),
]

/** The log lags behind: an object that was taken over after the refusal is refused no more. */
function isOutlived({ object }: Snapshot, refused: ProvisioningEvent): boolean {
  const last = object.known ? object.value.onPremises.lastSync : undefined
  return last !== undefined && last > refused.at
}

function run(snapshot: Snapshot): Outcome {
  const others = holders(snapshot)
  const event = newestEvent(snapshot)
  const refused = event?.status === 'failure' && isConflictCode(event.error?.code ?? '') ? event : undefined
  const failing = refused && !isOutlived(snapshot, refused) ? refused : undefined
  const kept = others[0]
  const verify = words('Provision on demand, or the next cycle: its log entry says success.')
  const offers = [{ label: 'Provision on demand', say: 'provision on demand' }]
  if (failing) {
    return fail({
      title: kept
        ? prose`An address of ${subjectName(snapshot)} already belongs to ${personal(kept.upn ?? kept.displayName)}`
        : prose`An address or identifier of ${subjectName(snapshot)} already belongs to another object`,
      cause: prose`Entra ID refused the change of ${at(failing.at)} with ${{ code: failing.error?.code ?? 'an error' }}: a value that must be unique is held by ${[
        kept
          ? 'the object below'
          : snapshot.conflicts.known
            ? 'an object that a search by this address does not find: look for the anchor or the SID'
            : 'another object; which one could not be looked up',
      ]}.`,
      evidence: [...eventRows(snapshot, failing), ...holderRows(snapshot, others)],
      nextSteps: steps,
      verify,
      confidence: 'certain',
      offers,
    })
  }
  if (kept && !(snapshot.object.known && snapshot.object.value.onPremises.syncEnabled)) {
    return fail({
      title: prose`An address of ${subjectName(snapshot)} is also held by ${personal(kept.upn ?? kept.displayName)}`,
      cause: words(
        'Inferred from the directory: no log entry says so yet, but Entra ID will refuse an object whose address another one holds.',
      ),
      evidence: holderRows(snapshot, others),
      nextSteps: steps,
      verify,
      confidence: 'likely',
      offers,
    })
  }
  if (!snapshot.conflicts.known && !event)
    return blind(snapshot.conflicts, 'whether another object holds the address')
  return pass
}

export const objectAttributeConflict: Check = {
  id: 'object.attribute-conflict',
  title: 'No other object holds its addresses',
  article: articleOf('object.attribute-conflict'),
  severity: 'warning',
  rank: 100,
  applies: aboutObject,
  run,
}

export const objectProvisioningError: Check = {
  id: 'object.provisioning-error',
  title: 'Entra ID lists no provisioning error for the object',
  article: articleOf('object.provisioning-error'),
  severity: 'warning',
  rank: 105,
  applies: aboutObject,
  run: (snapshot) => {
    const { object } = snapshot
    if (!object.known) {
      return object.because === 'notFound' ? pass : blind(object, 'provisioning errors of the object')
    }
    const errors = object.value.provisioningErrors
    if (errors.length === 0) return pass
    return fail({
      title: prose`Entra ID keeps back ${errors.map((e) => e.property).join(', ')} of ${subjectName(snapshot)}`,
      cause: words(
        'The object exists, but a value collides with another object (PropertyConflict). Entra ID left the value out and tries again about once an hour.',
      ),
      evidence: [
        ...errors.map((e) =>
          row(
            e.property,
            prose`${personal(e.value)}, ${e.category}${e.at === undefined ? [] : prose`, since ${at(e.at)}`}`,
            object,
          ),
        ),
        ...holderRows(snapshot, holders(snapshot)),
      ],
      nextSteps: steps,
      verify: words('The list of provisioning errors of the object is empty.'),
      confidence: 'certain',
    })
  },
}
