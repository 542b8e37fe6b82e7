// The ways in which a job can be ill, and what Graph then says about it.

export type FaultName =
  | 'noActiveAgents'
  | 'noAgentsAssigned'
  | 'invalidResource'
  | 'signaling'
  | 'timeOut'
  | 'authorizationFailed'
  | 'expiredCredential'
  | 'serverBusy'
  | 'duplicateGroups'
  | 'tooManyFailures'
  | 'nothingListed'
  | 'invalidCredential'
  | 'tooManyDeletes'
  | 'replicationDenied'
  | 'brokenMapping'
  | 'late'

export type Fault = {
  /** fail: cycles fail as a whole; entries: cycles run and many objects fail; late: no cycle takes place. */
  readonly how: 'fail' | 'entries' | 'late'
  /** Failed cycles until quarantine; after a start or restart it is always the first. */
  readonly quarantineAfter: number
  readonly reason: string
  readonly code: string
  readonly message: string
}

/** Cycles that fail as a whole until the job is quarantined for it. */
function quarantined(code: string, message: string): Fault {
  return { how: 'fail', quarantineAfter: 3, reason: 'EncounteredQuarantineException', code, message }
}

/** When several are at work, the first of this table is the one that shows. */
export const faults: Readonly<Record<FaultName, Fault>> = {
  noActiveAgents: {
    how: 'fail',
    quarantineAfter: 3,
    reason: 'EncounteredQuarantineException',
    code: 'HybridIdentityServiceNoActiveAgents',
    message: 'No agent that serves this domain is listening at the moment.',
  },
  noAgentsAssigned: quarantined(
    'HybridIdentityServiceNoAgentsAssigned',
    'No agent is registered for this domain.',
  ),
  invalidResource: quarantined(
    'HybridIdentityServiceInvalidResource',
    'The resource that links this configuration with its agents was not found.',
  ),
  signaling: quarantined(
    'HybridIdentityServiceAgentSignalingError',
    'The request was accepted and could not be handed to an agent.',
  ),
  timeOut: quarantined('TimeOut', 'The agent did not answer within ten minutes.'),
  authorizationFailed: quarantined(
    'AzureDirectoryServiceAuthorizationFailed',
    'The synchronization service is not authorized to write to this directory.',
  ),
  expiredCredential: quarantined(
    'AzureActiveDirectoryExpiredCredentials',
    'AADSTS50055: The password of the synchronization account has expired.',
  ),
  serverBusy: quarantined(
    'AzureDirectoryServiceServerBusy',
    'The directory is busy and repeats the work by itself (error code 81).',
  ),
  duplicateGroups: quarantined(
    'HybridSynchronizationActiveDirectoryUnexpectedDuplicateEntriesFound',
    'A search that must find one object found several.',
  ),
  // Quarantines by the share of failures carry a reason and no error; some carry neither.
  tooManyFailures: { ...quarantined('None', ''), reason: 'EncounteredEscrowProportionThreshold' },
  nothingListed: { ...quarantined('None', ''), reason: 'None' },
  invalidCredential: {
    how: 'fail',
    quarantineAfter: 3,
    reason: 'EncounteredQuarantineException',
    code: 'AzureActiveDirectoryInvalidCredential',
    message: 'AADSTS50034: The synchronization account was not found in the directory.',
  },
  tooManyDeletes: {
    how: 'fail',
    quarantineAfter: 1,
    reason: 'TooManyDeletes',
    code: 'TooManyDeletes',
    message: 'The number of deletions in this cycle is above the threshold of the job; they were held back.',
  },
  replicationDenied: {
    how: 'fail',
    quarantineAfter: 30,
    reason: 'EncounteredQuarantineException',
    code: 'HybridSynchronizationActiveDirectoryInternalServerError',
    message: 'The agent could not read password changes: replication access was denied (8453).',
  },
  brokenMapping: {
    how: 'entries',
    quarantineAfter: Number.POSITIVE_INFINITY,
    reason: '',
    code: 'SchemaAttributeNotFound',
    message: 'An attribute used by a mapping does not exist in the target.',
  },
  late: {
    how: 'late',
    quarantineAfter: Number.POSITIVE_INFINITY,
    reason: '',
    code: '',
    message: '',
  },
}
