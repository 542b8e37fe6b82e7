// The catalogue of everything that can go wrong: one stable code each. docs/errors.md is generated from it.

/** Who must act: the person in the chat, the one on call, the administrator, Microsoft's platform, or us. */
export type Actor = 'user' | 'on-call' | 'administrator' | 'platform' | 'developers'

export type ErrorEntry = {
  readonly actor: Actor
  /** Shown in the chat. */
  readonly user: string
  /** For the log and docs/errors.md. */
  readonly operator: string
  readonly next: string
}

export const catalogue = {
  SM_CONFIG_INVALID: {
    actor: 'administrator',
    user: 'The bot is not set up correctly.',
    operator: 'One or more settings are missing or malformed; all of them are listed at start.',
    next: 'Correct the settings listed, see docs/configuration.md, and start again.',
  },
  SM_STORE_UNAVAILABLE: {
    actor: 'on-call',
    user: 'My memory is not reachable at the moment. Nothing was changed.',
    operator: 'The database did not answer or refused the statement.',
    next: 'Repeat in a minute; if it stays, check the database and the disk of DATA_DIR.',
  },
  SM_STORE_LOCKED: {
    actor: 'administrator',
    user: 'The bot is not set up correctly.',
    operator: 'Another server process already uses this DATA_DIR.',
    next: 'Stop the other process, or give this one a DATA_DIR of its own, or use DATABASE_URL for several replicas.',
  },
  SM_STORE_LEASE_LOST: {
    actor: 'developers',
    user: 'Another instance of the bot has taken over this work.',
    operator:
      'A lease was lost while its holder was paused; its work was refused and is redone by the new holder.',
    next: 'Nothing to do; if it is frequent, look for long pauses of the process.',
  },
  SM_STORE_TOO_LARGE: {
    actor: 'developers',
    user: 'That is more than I can keep.',
    operator: 'A value is over the size limit of the store.',
    next: 'Shorten the input; report it if it was not pasted by a person.',
  },
  SM_STORE_CONFLICT: {
    actor: 'developers',
    user: 'Somebody else was faster. Nothing was changed.',
    operator:
      'A row with the same key exists already: two processes created the same thing at the same moment.',
    next: 'Read again and decide on what is there now.',
  },
  SM_STORE_MISUSED: {
    actor: 'developers',
    user: 'Something went wrong on my side. Nothing was changed.',
    operator: 'The store was used in a way it forbids; the field "why" names it.',
    next: 'Report it with the time and the code.',
  },
  SM_GRAPH_FORBIDDEN: {
    actor: 'administrator',
    user: 'Microsoft Graph refused this: a permission or an Entra role is missing.',
    operator:
      'Graph answered 403, or 401 after a fresh token: scope or role is missing (Graph says 401 UnknownError for that).',
    next: 'Run `npm run doctor`; it tries each permission and names the missing one. See docs/permissions.md.',
  },
  SM_GRAPH_THROTTLED: {
    actor: 'platform',
    user: 'Microsoft Graph is limiting requests at the moment.',
    operator: 'Graph answered 429; the whole family of calls waits for the given time.',
    next: 'Repeat in a minute.',
  },
  SM_GRAPH_UNAVAILABLE: {
    actor: 'platform',
    user: 'Microsoft Graph does not answer at the moment.',
    operator: 'Graph answered 5xx, the connection failed, or no answer came in time.',
    next: 'Repeat in a few minutes; check the Microsoft 365 service health page.',
  },
  SM_GRAPH_UNEXPECTED: {
    actor: 'developers',
    user: 'Microsoft Graph answered something I do not understand.',
    operator:
      'The answer of Graph does not fit the schema of the query; the log has the query and the path that failed.',
    next: 'Report it with the time and the code.',
  },
  SM_KNOWLEDGE_INVALID: {
    actor: 'developers',
    user: 'My knowledge could not be loaded.',
    operator: 'An article or fact table does not fit its schema; file and field are named.',
    next: 'Correct the file named in the log; `npm test` checks all of them.',
  },
  SM_DIALOG_INVALID: {
    actor: 'developers',
    user: 'A guided diagnosis could not be loaded.',
    operator: 'A tree in dialogs/ does not fit its schema; file and step are named.',
    next: 'Correct the file named in the log; `npm test` checks all of them.',
  },
  SM_TURN_FAILED: {
    actor: 'developers',
    user: 'Something went wrong on my side. Nothing was changed.',
    operator: 'A turn ended with an unexpected error.',
    next: 'Repeat once; if it stays, hand this code and the time to whoever runs the bot.',
  },
  SM_TURN_BUSY: {
    actor: 'user',
    user: 'I am busy at the moment.',
    operator: 'Too many turns at once; new ones are refused until some end.',
    next: 'Repeat in a moment.',
  },
  SM_ACCESS_DENIED: {
    actor: 'user',
    user: 'Your role does not allow this.',
    operator: 'The table of rights refused a command or a button.',
    next: 'Ask somebody with the role named, or hand over to the person on call.',
  },
  SM_CARD_STALE: {
    actor: 'user',
    user: 'This card is out of date.',
    operator: 'A button of an old card was pressed; the current card was sent.',
    next: 'Use the current card.',
  },
  SM_CARD_INVALID: {
    actor: 'user',
    user: 'I cannot use this button any more.',
    operator:
      'Card data did not fit the schema of its verb, or its one-time id was used, expired or belongs elsewhere.',
    next: 'Ask again and use the new card.',
  },
  SM_ACTION_OFF: {
    actor: 'administrator',
    user: 'This action is switched off here.',
    operator: 'The action is not in ACTIONS, or an admin has stopped all actions.',
    next: 'Use the portal, or ask an administrator to switch it on.',
  },
  SM_ACTION_UNKNOWN: {
    actor: 'on-call',
    user: 'I do not know whether the action was carried out.',
    operator:
      'The process or the connection ended between sending a write and its answer; it was not repeated.',
    next: 'Look at the job in the portal before doing anything again.',
  },
  SM_AUDIT_UNAVAILABLE: {
    actor: 'on-call',
    user: 'I cannot write the audit record, so I do not act.',
    operator: 'The audit row could not be committed; writes are refused, reads go on.',
    next: 'Check the database; then try again.',
  },
  SM_DELIVERY_FAILED: {
    actor: 'administrator',
    user: 'A message could not be delivered.',
    operator: 'Teams refused a message for good; the next destination was used.',
    next: 'See the code in docs/operate.md: usually the app is missing from that team or channel.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof catalogue

/** An error with a code of the catalogue. `fields` hold ids and codes for the log, never personal data. */
export class MedicError extends Error {
  readonly code: ErrorCode
  readonly fields: Readonly<Record<string, string | number>>

  constructor(code: ErrorCode, fields: Readonly<Record<string, string | number>> = {}, cause?: unknown) {
    super(`${code}: ${catalogue[code].operator}`, cause === undefined ? undefined : { cause })
    this.name = 'MedicError'
    this.code = code
    this.fields = fields
  }
}

/** Any thrown thing as a MedicError; what is not ours becomes SM_TURN_FAILED with its cause. */
export function asMedicError(thrown: unknown): MedicError {
  return thrown instanceof MedicError ? thrown : new MedicError('SM_TURN_FAILED', {}, thrown)
}
