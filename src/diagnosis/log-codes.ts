// Error codes of single provisioning log entries: what each means for one object, and who acts. One table.
import type { Step } from './quarantine-causes.ts'

export type LogCause = { readonly short: string; readonly cause: string; readonly steps: readonly Step[] }

const retry: Step = {
  who: 'on-call',
  text: 'The service repeats it by itself; look again after the next cycles.',
}
const rights: LogCause = {
  short: 'the target refused the change for lack of rights',
  cause:
    'The account that writes may not change this object: inheritance is off, the object is protected (AdminCount 1), or permissions of the gMSA are missing.',
  steps: [
    { who: 'AD', text: 'Enable inheritance on the path of the object; is it in a protected group?' },
    { who: 'AD', text: 'Give the gMSA the missing permission type with Set-AADCloudSyncPermissions.' },
  ],
}
const missing: LogCause = {
  short: 'a required value is empty in AD',
  cause: 'An attribute that Entra ID needs has no value in AD, or the mapping turns it into nothing.',
  steps: [
    { who: 'AD', text: 'Fill the attribute named in the entry.' },
    { who: 'identity', text: 'If AD has a value, test the mapping expression of that attribute.' },
  ],
}
const invalid: LogCause = {
  short: 'a value breaks the rules of Entra ID',
  cause: 'Entra ID refused a value, mostly the UPN: characters, format or an unverified suffix.',
  steps: [{ who: 'AD', text: 'Correct the value named in the entry; IdFix finds such values in bulk.' }],
}
const large: LogCause = {
  short: 'the object is too large',
  cause:
    'One attribute has too many or too long values: at most 15 certificates and about 300 proxy addresses.',
  steps: [{ who: 'AD', text: 'Remove expired certificates and addresses that are not needed.' }],
}
const hardMatch: LogCause = {
  short: 'a hard match was blocked to protect the cloud account',
  cause:
    'The account in the cloud holds a privileged role, already carries another on-premises identifier, or the tenant blocks taking over accounts by hard match.',
  steps: [
    {
      who: 'identity',
      text: 'Make sure that both are the same person; privileged accounts should stay cloud-only.',
    },
    {
      who: 'identity',
      text: 'If it must match: take the role away, or clear onPremisesObjectIdentifier, sync once, give the role back. Needs approval.',
    },
  ],
}
const transient: LogCause = {
  short: 'the target did not take the change in time',
  cause: 'The service had a passing problem with the target (load, time-out or an internal error).',
  steps: [retry, { who: 'Microsoft', text: 'If it repeats for a day, open a case with the change id.' }],
}
const duplicates: LogCause = {
  short: 'several objects match',
  cause: 'The matching attribute fits more than one object, so the service cannot tell which is meant.',
  steps: [{ who: 'AD', text: 'Make the matching value unique: remove the duplicate or correct it.' }],
}

/** Exact spelling matters, as in quarantine-causes.ts. */
const causes: Readonly<Record<string, LogCause>> = {
  InsufficientRights: rights,
  MethodNotAllowed: rights,
  NotPermitted: rights,
  Unauthorized: rights,
  'InsufficientAccessRights-SecErr': rights,
  HybridSynchronizationActiveDirectoryInsufficientAccessRights: rights,
  MandatoryFieldsMissing: missing,
  MissingValues: missing,
  ImportSkipped: missing,
  InvalidDomain: {
    short: 'the domain of a value is not allowed',
    cause: 'A value, mostly the UPN, uses a suffix that is no verified domain of the tenant.',
    steps: [
      { who: 'identity', text: 'Verify the domain in the tenant,' },
      { who: 'AD', text: 'or change the UPN suffix of the account to a verified one.' },
    ],
  },
  IdentityDataValidationFailed: invalid,
  DataValidationFailed: invalid,
  'InvalidAttributeSyntax-LdapErr': {
    short: 'AD refused an attribute value',
    cause: 'The mapping passes an empty or malformed value that does not fit the syntax of the AD attribute.',
    steps: [
      {
        who: 'identity',
        text: 'Let the mapping ignore empty values (IgnoreFlowIfNullOrEmpty) or correct it.',
      },
    ],
  },
  LargeObject: large,
  ExceededAllowedLength: large,
  InvalidHardMatch: hardMatch,
  AttributeUpdateNotAllowed: hardMatch,
  InvalidAnchor: {
    short: 'the object it was linked to is gone',
    cause: 'An account that was created or matched before does not exist in the target any more.',
    steps: [{ who: 'identity', text: 'Restore the deleted object, or provision this one on demand.' }],
  },
  SchemaAttributeNotFound: {
    short: 'the mapping names an attribute that does not exist',
    cause: 'An attribute of the mapping is not in the target schema.',
    steps: [
      { who: 'identity', text: 'Correct or remove that mapping, then provision the object on demand.' },
    ],
  },
  HybridSynchronizationActiveDirectoryCannotFindAttribute: {
    short: 'the agent does not know an attribute of the mapping',
    cause: 'The agent keeps the AD schema from its start; an attribute added since is unknown to it.',
    steps: [
      {
        who: 'AD',
        text: 'Restart the agent service.',
        command: 'Restart-Service AADConnectProvisioningAgent',
      },
    ],
  },
  DuplicateSourceEntries: duplicates,
  SystemForCrossDomainIdentityManagementMultipleEntriesInResponse: duplicates,
  DeletingCloudOnlyObjectNotAllowed: {
    short: 'synchronization may not delete this object',
    cause:
      'The object in the cloud is cloud-only or was restored, so synchronization has no right to delete it.',
    steps: [{ who: 'identity', text: 'Decide who owns the object; delete it in the cloud if it must go.' }],
  },
  TooManyRequests: transient,
  InternalServerError: transient,
  InternalError: transient,
  Timeout: transient,
  WebExceptionProtocolError: transient,
}

export function logCause(code: string): LogCause | undefined {
  return Object.hasOwn(causes, code) ? causes[code] : undefined
}

/** Codes that say that another object already holds a value of this one, in any prefix of the service. */
export function isConflictCode(code: string): boolean {
  return /(AttributeValueMustBeUnique|^Conflict$|EntryConflict|InvalidSoftMatch|ObjectTypeMismatch|DuplicateTargetEntries|AdminRoleConflict|Admin Role Conflict|UserPrincipalNameNotUnique)/.test(
    code,
  )
}
