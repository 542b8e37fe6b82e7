// Why something is not known, in words that end a sentence.
import type { Because } from '../nouns.ts'

export const becauseWords: Readonly<Record<Because, string>> = {
  notPermitted: 'a permission or Entra role is missing',
  notSignedIn: 'nobody has signed in here',
  notConfigured: 'it is not set up',
  licence: 'the tenant has no licence for it',
  throttled: 'Graph limits requests at the moment',
  unavailable: 'no answer came in time',
  notFound: 'it was not found',
}
