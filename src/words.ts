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
