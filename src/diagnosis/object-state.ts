// Checks on the object itself: deleted, out of scope, cloud-only, owned by Connect Sync, all well.
import { sameName } from '../directory-names.ts'
import { at, personal, prose, type Snapshot } from '../nouns.ts'
import { DAY, HOUR } from '../time.ts'
import { articleOf } from './articles.ts'
import {
  aboutObject,
  blind,
  type Check,
  type Diagnosis,
  fail,
  jobsSeen,
  type Outcome,
  pass,
  row,
  skipped,
  step,
  subjectName,
  words,
} from './check.ts'
import {
  directoryRows,
  distinguishedName,
  eventRows,
  newestEvent,
  objectEvents,
  scopeVerdict,
} from './object-evidence.ts'

/** Users stay in the recycle bin this long. */
const RECYCLE_BIN_DAYS = 30
/** A last sync this much newer than the job's last success was not made by that job. */
const FOREIGN_SYNC_MS = HOUR

export const objectDeleted: Check = {
  id: 'object.deleted',
  title: 'The object is not in the recycle bin',
  article: articleOf('object.deleted'),
  severity: 'warning',
  rank: 90,
  applies: aboutObject,
  run: (snapshot) => {
    const { deletedObject, object } = snapshot
    if (object.known) return pass
    if (!deletedObject.known) {
      return deletedObject.because === 'notFound' ? pass : blind(deletedObject, 'the recycle bin')
    }
    const gone = deletedObject.value
    const when = gone.deletedAt
    const event = objectEvents(snapshot).find((e) => e.action === 'delete')
    return fail({
      title: prose`${subjectName(snapshot)} was deleted in Entra ID${when === undefined ? [] : prose` ${at(when)}`} and lies in the recycle bin`,
      cause: words(
        event
          ? 'Cloud Sync deleted it: it left the scope, or it was deleted in AD.'
          : 'It was deleted: by synchronization, when it left the scope or was deleted in AD, or by a person in the cloud.',
      ),
      evidence: [
        ...directoryRows(gone, deletedObject),
        ...(when === undefined
          ? []
          : [row('Can be restored until', [at(when + RECYCLE_BIN_DAYS * DAY)], deletedObject)]),
        ...(event ? eventRows(snapshot, event) : []),
      ],
      nextSteps: [
        step('AD', words('Does the account still exist in AD, and in an OU that is in the scope?')),
        step(
          'identity',
          words('If it does: bring it back into the scope; the next cycle restores or joins it.'),
        ),
        step(
          'identity',
          words('If it must come back at once: restore it from the recycle bin within 30 days.'),
        ),
      ],
      verify: words('The object is found in Entra ID and its last sync is newer than the restore.'),
      confidence: 'certain',
    })
  },
}

export const objectNotInScope: Check = {
  id: 'object.not-in-scope',
  title: 'The object lies in the scope of its configuration',
  article: articleOf('object.not-in-scope'),
  severity: 'warning',
  rank: 140,
  applies: aboutObject,
  run: (snapshot) => {
    const { scope } = snapshot
    const dn = distinguishedName(snapshot)
    if (dn === undefined) {
      return skipped('notFound', 'whether it is in the scope, as its distinguished name is not known')
    }
    if (!scope.known) return blind(scope, 'the scope of the configuration')
    const verdict = scopeVerdict(dn, scope.value)
    if (verdict === 'in') return pass
    if (verdict === 'unclear') return skipped('notFound', 'who is a member of the scope group: only AD knows')
    const containers = [...new Set(scope.value.flatMap((f) => f.containers))]
    const shown = containers.slice(0, 10)
    const exists = snapshot.object.known && snapshot.object.value.onPremises.syncEnabled === true
    return fail({
      title: prose`${subjectName(snapshot)} is outside the scope of the configuration`,
      cause: words(
        exists
          ? 'Its OU is none of the included ones nor below one. It was synchronized before, so the next cycle will want to delete it.'
          : 'Its OU is none of the included ones nor below one, so Cloud Sync does not read it.',
      ),
      evidence: [
        row('Distinguished name', [personal(dn)]),
        ...shown.map((c) => row('Included', prose`${c}`, scope)),
        ...(containers.length > shown.length
          ? [row('Included', prose`and ${containers.length - shown.length} more`, scope)]
          : []),
      ],
      nextSteps: [
        step('AD', words('Move the account into an included OU, if it belongs there,')),
        step(
          'identity',
          words('or add its OU to the scope of the configuration. A renamed OU must be entered anew.'),
        ),
      ],
      verify: words('The next cycle writes a log entry for the object.'),
      confidence: 'certain',
    })
  },
}

export const objectCloudOnly: Check = {
  id: 'object.cloud-only',
  title: 'The object is no cloud-only account',
  article: articleOf('object.cloud-only'),
  severity: 'warning',
  rank: 150,
  applies: aboutObject,
  run: (snapshot) => {
    const { object } = snapshot
    if (!object.known) return object.because === 'notFound' ? pass : blind(object, 'the directory')
    const { syncEnabled } = object.value.onPremises
    if (syncEnabled === true) return pass
    const once = syncEnabled === false
    return fail({
      title: once
        ? prose`${subjectName(snapshot)} is in Entra ID but is no longer synchronized`
        : prose`${subjectName(snapshot)} is in Entra ID as a cloud-only account`,
      cause: words(
        once
          ? 'The account was synchronized once and is now managed in the cloud; changes in AD do not reach it.'
          : 'The account was created in the cloud and is not linked to an AD account: there is none in scope, or the two did not match on UPN, primary address or anchor.',
      ),
      evidence: directoryRows(object.value, object),
      nextSteps: [
        step(
          'AD',
          words('Is there an AD account for this person, in scope, with the same UPN or primary address?'),
        ),
        step(
          'identity',
          words('If both should be one: make them match, then provision the AD account on demand.'),
        ),
      ],
      verify: words('The account in Entra ID says that it is synchronized from AD.'),
      confidence: 'certain',
      offers: [{ label: 'Provision on demand', say: 'provision on demand' }],
    })
  },
}

/** Why the object seems to be kept by another engine; undefined when Cloud Sync fits. */
function foreignEngine(snapshot: Snapshot): string | undefined {
  const { object, configurations, owner, events } = snapshot
  if (!object.known || object.value.onPremises.syncEnabled !== true) return undefined
  const { domain, lastSync } = object.value.onPremises
  if (configurations.known && domain) {
    const covered = configurations.value.some((c) => sameName(c.domain, domain))
    if (!covered) return 'its AD domain has no Cloud Sync configuration'
  }
  if (!owner.known || !events.known || objectEvents(snapshot).length > 0 || lastSync === undefined)
    return undefined
  const jobs = jobsSeen(snapshot).jobs.filter((s) => s.job.kind === 'provisioning')
  const successes = jobs.map(
    (s) => s.job.lastSuccess?.ended ?? s.job.lastExecution?.ended ?? s.job.lastExecution?.began,
  )
  const newest = Math.max(...successes.map((t) => t ?? Number.POSITIVE_INFINITY))
  return jobs.length > 0 && lastSync - newest > FOREIGN_SYNC_MS
    ? 'it was taken over after the last cycle of its Cloud Sync job, which has no entry for it'
    : undefined
}

export const objectByConnect: Check = {
  id: 'object.synced-by-connect',
  title: 'The object is kept by Cloud Sync',
  article: articleOf('object.synced-by-connect'),
  severity: 'info',
  rank: 160,
  applies: aboutObject,
  run: (snapshot) => {
    const { object, configurations } = snapshot
    if (!object.known) return object.because === 'notFound' ? pass : blind(object, 'the directory')
    if (!configurations.known) return blind(configurations, 'the configurations')
    const why = foreignEngine(snapshot)
    if (!why) return pass
    return fail({
      title: prose`${subjectName(snapshot)} is synchronized, but it seems by Connect Sync and not by Cloud Sync`,
      cause: prose`Inferred: ${[why]}. Graph does not say which engine owns an object.`,
      evidence: directoryRows(object.value, object),
      nextSteps: [
        step('identity', words('Look on the Connect Sync server whether its OU is in the scope there.')),
        step('identity', words('Keep each OU with one of the two tools only.')),
      ],
      confidence: 'likely',
    })
  },
}

function wellDiagnosis(snapshot: Snapshot): Diagnosis | undefined {
  const { object } = snapshot
  if (!object.known) return undefined
  const { lastSync } = object.value.onPremises
  const event = newestEvent(snapshot)
  const success = event?.status === 'success' ? event : undefined
  return {
    title:
      lastSync === undefined
        ? prose`${subjectName(snapshot)} is in Entra ID and synchronized from AD`
        : prose`${subjectName(snapshot)} is synchronized: last taken over ${at(lastSync)}`,
    cause: words(
      'The object exists, is linked to AD and its newest log entry shows no error. If something is still missing, it is a single attribute, a membership, a password or a licence.',
    ),
    evidence: [...directoryRows(object.value, object), ...(success ? eventRows(snapshot, success) : [])],
    nextSteps: [
      step('helpdesk', words('Ask what exactly is missing: attribute, group, password, mailbox or licence.')),
    ],
    confidence: 'certain',
    offers: [{ label: 'What is missing?', say: 'diagnose user-not-synced' }],
  }
}

function runSynced(snapshot: Snapshot): Outcome {
  const { object } = snapshot
  if (!object.known) return object.because === 'notFound' ? pass : blind(object, 'the directory')
  const troubled =
    object.value.onPremises.syncEnabled !== true ||
    object.value.provisioningErrors.length > 0 ||
    newestEvent(snapshot)?.status === 'failure' ||
    foreignEngine(snapshot) !== undefined
  const well = troubled ? undefined : wellDiagnosis(snapshot)
  return well ? fail(well) : pass
}

/** Not a fault: its finding says that the object is well, with the evidence for it. */
export const objectSynced: Check = {
  id: 'object.synced',
  title: 'Whether the object is synchronized',
  article: articleOf('object.synced'),
  severity: 'info',
  rank: 900,
  applies: aboutObject,
  run: runSynced,
}
