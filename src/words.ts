// Words for the closed lists of nouns.ts that more than one room says to people.
import type { Because, Inline, JobKind, Prose, Unchecked, Who } from './nouns.ts'

/** Why something is not known; ends a sentence or follows a colon. */
export const becauseWords: Readonly<Record<Because, string>> = {
  notPermitted: 'a permission or Entra role is missing',
  notSignedIn: 'nobody has signed in',
  notConfigured: 'it is not set up',
  licence: 'the tenant has no licence for it',
  throttled: 'Microsoft Graph limits requests at the moment',
  unavailable: 'no answer came in time',
  notFound: 'it was not found',
}

/** Who must take a step. */
export const whoWords: Readonly<Record<Who, string>> = {
  helpdesk: 'Helpdesk',
  AD: 'AD team',
  network: 'Network team',
  identity: 'Identity team',
  Microsoft: 'Microsoft',
  'on-call': 'On-call',
}

/** "the … job of contoso.com" */
export const jobKindWords: Readonly<Record<JobKind, string>> = {
  provisioning: 'provisioning',
  passwordHash: 'password hash',
  groupWriteback: 'group provisioning to AD',
  exchangeWriteback: 'Exchange writeback',
  other: 'synchronization',
}

const causesTold: Readonly<Record<string, string>> = {
  'agents.all_inactive': 'no agent of the domain answers',
  'deletes.held': 'the job holds deletions back',
  'job.quarantined': 'the job is in quarantine',
}

/** Why nobody is called for an incident: `by` is a rule id or "maintenance". */
export function heldBackWords(by: string): string {
  if (by === 'maintenance')
    return 'Held back during the announced maintenance; nobody is called before it ends.'
  const cause = causesTold[by]
  return cause === undefined
    ? 'Held back: another incident explains this one. Nobody is called twice.'
    : `Held back: ${cause}, and that incident explains this one. Nobody is called twice.`
}

/** What could not be checked, one line for each reason: when Graph is down everything has the same. */
export function uncheckedLines(unchecked: readonly Unchecked[]): readonly Prose[] {
  return [...Map.groupBy(unchecked, ({ because }) => because)].map(([because, all]): Prose => {
    const what = [...new Set(all.map((one) => one.what))]
    const listed = what.flatMap((one, i): Inline[] => [...(i > 0 ? [', '] : []), { data: one }])
    return [...listed, `: ${becauseWords[because]}`]
  })
}
