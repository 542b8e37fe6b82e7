// Words for the closed lists of nouns.ts that more than one room says to people.
import type { Because, JobKind } from './nouns.ts'

/** Why something is not known; ends a sentence or follows a colon. */
export const becauseWords: Readonly<Record<Because, string>> = {
  notPermitted: 'a permission or Entra role is missing',
  notSignedIn: 'nobody has signed in for it',
  notConfigured: 'it is not set up',
  licence: 'the tenant has no licence for it',
  throttled: 'Microsoft Graph limits requests at the moment',
  unavailable: 'no answer came in time',
  notFound: 'it was not found',
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
