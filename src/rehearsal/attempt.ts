// What one attempt to synchronize one account looks like, step by step; log and on-demand answers both tell it.

import { type Account, immutableId } from './account.ts'
import type { Domain } from './configurations.ts'
import { accountOf, HOLDER, JANES_ADDRESS } from './directory.ts'
import { type FaultName, faults } from './faults.ts'

export type Step = {
  readonly name: string
  readonly type: 'import' | 'scoping' | 'matching' | 'export'
  readonly status: 'success' | 'failure' | 'skipped'
  readonly description: string
  readonly details: Readonly<Record<string, string>>
}

export type AttemptError = {
  readonly code: string
  readonly reason: string
  readonly additionalDetails: string | null
  readonly recommendedAction: string | null
}

export type Attempt = {
  readonly action: 'create' | 'update' | 'delete' | 'stagedDelete' | 'other'
  readonly status: 'success' | 'failure' | 'skipped'
  readonly error?: AttemptError
  readonly steps: readonly Step[]
  readonly changes: readonly {
    readonly property: string
    readonly from: string | null
    readonly to: string | null
  }[]
  /** The agent filtered the object: nothing is known but the id it has in AD. */
  readonly sourceOnly?: true
}

/** The AD attributes of an account as the agent sends them; unset ones are empty texts. */
export function attributesOf(account: Account): Readonly<Record<string, string>> {
  return {
    distinguishedName: account.dn,
    cn: account.displayName,
    sAMAccountName: account.sam,
    givenName: account.given,
    sn: account.surname,
    displayName: account.displayName,
    userPrincipalName: account.upn,
    mail: account.mail ?? '',
    proxyAddresses: account.proxies.join(';'),
    objectGUID: immutableId(account.guid),
    objectSid: account.sid,
    department: account.department,
    title: account.title,
    l: account.city,
    employeeType: account.employeeType,
    accountDisabled: account.enabled ? 'False' : 'True',
    company: '',
    description: '',
    manager: '',
    telephoneNumber: '',
  }
}

const inScope: Step = {
  name: 'EntrySynchronizationScoping',
  type: 'scoping',
  status: 'success',
  description: 'Evaluated the scoping filters for this user',
  details: { 'Active in the source system': 'True', 'Scoping filter evaluation passed': 'True' },
}

function imported(account: Account, change: 'Add' | 'Update' | 'Delete'): Step {
  return {
    name: `EntryImport${change}`,
    type: 'import',
    status: 'success',
    description: `Received user '${account.upn}' change of type (${change}) from Active Directory`,
    details: attributesOf(account),
  }
}

function exported(account: Account, change: 'Add' | 'Update' | 'Delete', error?: AttemptError): Step {
  const done = { Add: 'created', Update: 'updated', Delete: 'deleted' }[change]
  return {
    name: `EntryExport${change}`,
    type: 'export',
    status: error ? 'failure' : 'success',
    description: error
      ? `User '${account.upn}' could not be ${done} in Azure Active Directory`
      : `User '${account.upn}' was ${done} in Azure Active Directory`,
    details: { ReportableIdentifier: account.upn, ...(error ? { ErrorCode: error.code } : {}) },
  }
}

const noMatch = (account: Account): Step => ({
  name: 'EntrySynchronizationAdd',
  type: 'matching',
  status: 'success',
  description: `User '${account.upn}' will be created: nobody in Azure Active Directory matches`,
  details: {},
})

/** Two objects may not hold one address: says which value and who has it. */
export const addressConflict: AttemptError = {
  code: 'AttributeValueMustBeUnique',
  reason: `Another object already holds the value 'SMTP:${JANES_ADDRESS}' of the attribute proxyAddresses.`,
  additionalDetails: `AttributeConflictName=ProxyAddresses;AttributeConflictValues=SMTP:${JANES_ADDRESS};ConflictingObjectId=${accountOf(HOLDER)?.id ?? ''}`,
  recommendedAction: 'Change one of the two addresses in Active Directory.',
}

export function createAttempt(account: Account, error?: AttemptError): Attempt {
  const steps = [imported(account, 'Add'), inScope, noMatch(account), exported(account, 'Add', error)]
  const shown = { displayName: account.displayName, userPrincipalName: account.upn, mail: account.mail }
  const changes = Object.entries(shown).map(([property, to]) => ({ property, from: null, to }))
  return error
    ? { action: 'create', status: 'failure', error, steps, changes }
    : { action: 'create', status: 'success', steps, changes }
}

export function updateAttempt(
  account: Account,
  property: string,
  values: readonly [string, string],
): Attempt {
  return {
    action: 'update',
    status: 'success',
    steps: [imported(account, 'Update'), inScope, exported(account, 'Update')],
    changes: [{ property, from: values[0], to: values[1] }],
  }
}

export function failedUpdate(account: Account, error: AttemptError): Attempt {
  return {
    action: 'update',
    status: 'failure',
    error,
    steps: [imported(account, 'Update'), inScope, exported(account, 'Update', error)],
    changes: [],
  }
}

export function troubleOf(account: Account): AttemptError | undefined {
  const trouble = account.trouble
  return trouble && { ...trouble, additionalDetails: null }
}

export function faultError(name: FaultName): AttemptError {
  return {
    code: faults[name].code,
    reason: faults[name].message,
    additionalDetails: null,
    recommendedAction: null,
  }
}

export function deleteAttempt(account: Account): Attempt {
  return {
    action: 'delete',
    status: 'success',
    steps: [imported(account, 'Delete'), exported(account, 'Delete')],
    changes: [],
  }
}

export function stagedDelete(account: Account): Attempt {
  return {
    action: 'stagedDelete',
    status: 'success',
    steps: [
      imported(account, 'Delete'),
      {
        name: 'EntryExportDelete',
        type: 'export',
        status: 'skipped',
        description: `The deletion of user '${account.upn}' is held back: this cycle has more than the threshold allows`,
        details: { ReportableIdentifier: account.upn },
      },
    ],
    changes: [],
  }
}

const because = {
  container: 'The container of the user is not in the list of containers',
  group: 'The user is no direct member of a group in the list of groups',
  clause: "The clause employeeType NOT EQUALS 'External' is not met",
} as const

export function outOfScope(account: Account, why: keyof typeof because, onDemand = false): Attempt {
  // Containers and groups are filtered by the agent; only a clause is looked at in the cloud.
  const byAgent = why !== 'clause' && !onDemand
  const scoping: Step = {
    name: 'EntrySynchronizationScoping',
    type: 'scoping',
    status: 'skipped',
    description: because[why],
    details: {
      'Active in the source system': 'True',
      'Scoping filter evaluation passed': 'False',
      SkipReason: 'NotEffectivelyEntitled',
      ...(why === 'clause'
        ? { ScopeEvaluationResult: '{"No external people.employeeType NOT EQUALS \'External\'":false}' }
        : {}),
    },
  }
  const steps = byAgent ? [scoping] : [imported(account, 'Add'), scoping]
  const attempt: Attempt = { action: 'other', status: 'skipped', steps, changes: [] }
  return byAgent ? { ...attempt, sourceOnly: true } : attempt
}

export function redundant(account: Account): Attempt {
  return {
    action: 'other',
    status: 'skipped',
    steps: [
      imported(account, 'Add'),
      inScope,
      {
        name: 'EntrySynchronizationSkip',
        type: 'export',
        status: 'skipped',
        description: `User '${account.upn}' is the same in both directories`,
        details: { SkipReason: 'RedundantExport' },
      },
    ],
    changes: [],
  }
}

export function unreachable(account: Account, domain: Domain, fault: FaultName): Attempt {
  const error = faultError(fault)
  return {
    action: 'other',
    status: 'failure',
    error,
    steps: [
      {
        name: 'EntryImport',
        type: 'import',
        status: 'failure',
        description: `User '${account.upn}' could not be read from ${domain}`,
        details: { ErrorCode: error.code },
      },
    ],
    changes: [],
  }
}
