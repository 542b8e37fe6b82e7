// Checks on what the provisioning log says about the object.
import { at, personal, prose, type Snapshot } from '../nouns.ts'
import { articleOf } from './articles.ts'
import { aboutObject, blind, type Check, fail, pass, row, step, subjectName, words } from './check.ts'
import { isConflictCode, logCause } from './log-codes.ts'
import { eventRows, newestEvent, nothingToDo, objectEvents } from './object-evidence.ts'

const onDemand = [{ label: 'Provision on demand', say: 'provision on demand' }]
const verify = words('The next log entry of the object says success.')

export const objectExportFailed: Check = {
  id: 'object.export-failed',
  title: 'The newest log entry is no failure',
  article: articleOf('object.export-failed'),
  severity: 'warning',
  rank: 110,
  applies: aboutObject,
  run: (snapshot) => {
    if (!snapshot.events.known) return blind(snapshot.events, 'the provisioning log')
    const event = newestEvent(snapshot)
    const code = event?.error?.code ?? ''
    if (event?.status !== 'failure' || isConflictCode(code)) return pass
    const cause = logCause(code)
    return fail({
      title: prose`The last attempt for ${subjectName(snapshot)} failed ${at(event.at)}: ${
        cause ? [cause.short] : { code: code || 'no code given' }
      }`,
      cause: words(
        cause?.cause ?? 'The log entry names an error; its own reason and recommendation are below.',
      ),
      evidence: eventRows(snapshot, event),
      nextSteps: cause
        ? cause.steps.map((s) => step(s.who, words(s.text), s.command ? { command: s.command } : {}))
        : [
            step(
              'identity',
              words('Follow the recommendation of the entry, then provision the object on demand.'),
            ),
            step('Microsoft', words('If it stays, open a case with the change id and the time.')),
          ],
      verify,
      confidence: 'certain',
      offers: onDemand,
    })
  },
}

function skippedByScope(snapshot: Snapshot) {
  const event = newestEvent(snapshot)
  if (event?.status !== 'skipped' || nothingToDo(event)) return undefined
  const scoping = event.steps.find((s) => /scoping/i.test(`${s.type} ${s.name}`) && s.status !== 'success')
  // The agent leaves objects out before the service sees them: then the entry has a source and no target.
  const byAgent =
    event.source.id !== undefined &&
    event.target.id === undefined &&
    event.steps.every((s) => !/export/i.test(s.type))
  return scoping || byAgent ? event : undefined
}

export const objectSkipped: Check = {
  id: 'object.skipped-by-scoping',
  title: 'The object is not skipped by the scope',
  article: articleOf('object.skipped-by-scoping'),
  severity: 'warning',
  rank: 120,
  applies: aboutObject,
  run: (snapshot) => {
    if (!snapshot.events.known) return blind(snapshot.events, 'the provisioning log')
    const event = skippedByScope(snapshot)
    if (!event) return pass
    return fail({
      title: prose`${subjectName(snapshot)} was skipped ${at(event.at)}: out of scope`,
      cause: words(
        'Cloud Sync read the object and left it out: a scoping filter, an OU or group outside the scope, or a built-in object that is never synchronized.',
      ),
      evidence: eventRows(snapshot, event),
      nextSteps: [
        step('identity', words('Compare the entry with the scoping filters of the configuration.')),
        step(
          'AD',
          words('Move the object into an included OU, or add it directly (not nested) to the scope group.'),
        ),
      ],
      verify,
      confidence: 'certain',
      offers: onDemand,
    })
  },
}

export const objectNoLogEntry: Check = {
  id: 'object.no-log-entry',
  title: 'Cloud Sync has reported the object',
  article: articleOf('object.no-log-entry'),
  severity: 'warning',
  rank: 400,
  applies: aboutObject,
  run: (snapshot) => {
    const { object, deletedObject, events, owner } = snapshot
    if (object.known || deletedObject.known) return pass
    if (object.because !== 'notFound') return blind(object, 'the directory')
    if (!events.known) return blind(events, 'the provisioning log')
    if (objectEvents(snapshot).length > 0) return pass
    return fail({
      title: prose`${subjectName(snapshot)} is not in Entra ID, and Cloud Sync has never reported it`,
      cause: words(
        'No log entry names the object, so the agent has not handed it over: it lies outside the scope, is only a nested member of the scope group, is too new or not yet on the domain controller the agent asks, or is spelled differently in AD.',
      ),
      evidence: [
        row('Entra ID', words('no such object'), { source: object.source }),
        row('Log entries that name it', words('none'), events),
        ...(owner.known ? [row('Configuration', prose`${owner.value.domain}`, owner)] : []),
      ],
      nextSteps: [
        step('helpdesk', words('Check the spelling, and ask when the account was created in AD.')),
        step(
          'AD',
          words('Look up its OU and whether that is in the scope; members of scope groups must be direct.'),
        ),
        step('identity', words('Provision it on demand: the first step that fails names the reason.')),
      ],
      verify,
      confidence: 'likely',
      offers: onDemand,
    })
  },
}

export const objectOtherName: Check = {
  id: 'object.other-name',
  title: 'The object has the expected name in Entra ID',
  article: articleOf('object.other-name'),
  severity: 'warning',
  rank: 130,
  applies: aboutObject,
  run: (snapshot) => {
    const { object, events } = snapshot
    if (object.known) return pass
    if (object.because !== 'notFound') return blind(object, 'the directory')
    if (!events.known) return blind(events, 'the provisioning log')
    const event = newestEvent(snapshot)
    const gone = event?.action === 'delete' || event?.action === 'disable' || event?.action === 'stagedDelete'
    if (event?.status !== 'success' || gone || !event.target.id) return pass
    return fail({
      title: prose`${subjectName(snapshot)} was taken over under another name${
        event.target.name ? prose`: ${personal(event.target.name)}` : []
      }`,
      cause: words(
        'The log says success, but no object has the name you gave. Entra ID gives an onmicrosoft.com name when the UPN suffix is not verified, and adds four digits when the UPN is taken.',
      ),
      evidence: [
        ...eventRows(snapshot, event),
        row('Object in Entra ID', [{ code: event.target.id }], events),
      ],
      nextSteps: [
        step('helpdesk', words('Look the object up by the id above and compare its UPN.')),
        step('identity', words('Verify the UPN suffix in the tenant, or remove the duplicate UPN.')),
      ],
      verify: words('After the next cycle the UPN in Entra ID is the one of AD.'),
      confidence: 'certain',
    })
  },
}
