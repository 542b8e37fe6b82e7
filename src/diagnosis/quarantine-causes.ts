// Error codes of synchronization jobs and quarantine reasons: what each means and who does what. One table.
import type { Who } from '../nouns.ts'

export type Step = { readonly who: Who; readonly text: string; readonly command?: string }

export type KnownCause = {
  /** Completes "Quarantined since …: ". */
  readonly short: string
  readonly cause: string
  readonly steps: readonly Step[]
  /** The agents of the domain are the trouble. */
  readonly agents?: true
  /** Microsoft's side: waiting is the fix, restarting is not. */
  readonly wait?: true
}

const clear: Step = {
  who: 'on-call',
  text: 'When the cause is gone, restart provisioning; the next good cycle ends the quarantine.',
}
const support: Step = { who: 'Microsoft', text: 'If it comes back, open a support case with the job id.' }
const services =
  'Get-Service AADConnectProvisioningAgent, AzureADConnectAgentUpdater | Format-Table Name, Status, StartType'

/** Exact spelling matters: TimeOut is the agent's side, Timeout the target's. */
export const errorCauses: Readonly<Record<string, KnownCause>> = {
  HybridIdentityServiceNoActiveAgents: {
    short: 'the agents do not answer',
    cause:
      'Agents are registered for the domain, but none of them is connected to the service: the service is stopped, the server is off, or the firewall, a proxy or TLS inspection blocks *.servicebus.windows.net on 443.',
    steps: [
      {
        who: 'AD',
        text: 'On each agent server: is it on, and are both agent services running?',
        command: services,
      },
      {
        who: 'network',
        text: 'Allow outbound 443 to *.servicebus.windows.net and *.msappproxy.net and 80 to the certificate hosts, without TLS inspection.',
      },
      clear,
    ],
    agents: true,
  },
  HybridIdentityServiceNoAgentsAssigned: {
    short: 'no agent is assigned to the domain',
    cause:
      'No agent is registered for this domain: all were uninstalled, their registration expired about ten days after they stopped, or the domain was never added to the agents that are left.',
    steps: [
      {
        who: 'AD',
        text: 'Install an agent, or run the agent wizard on an existing one and add this domain.',
      },
      clear,
    ],
    agents: true,
  },
  HybridIdentityServiceInvalidResource: {
    short: 'the service does not know which agent to ask',
    cause:
      'The link between the configuration and an agent is missing: the registration is damaged, or the configuration is older than the agent.',
    steps: [
      { who: 'AD', text: 'Run the agent wizard for the domain up to its last page to register it again.' },
      clear,
      support,
    ],
    agents: true,
  },
  HybridIdentityServiceAgentSignalingError: {
    short: 'Service Bus could not reach the agent',
    cause:
      'Service Bus accepted the request but could not hand it to the agent: an outage, an overloaded agent, or a network path that breaks now and then.',
    steps: [
      { who: 'on-call', text: 'Look at Azure and Microsoft 365 service health first.' },
      {
        who: 'AD',
        text: 'Restart the agent service; look at processor and memory of the server.',
        command: 'Restart-Service AADConnectProvisioningAgent',
      },
      support,
    ],
    agents: true,
  },
  TimeOut: {
    short: 'the agent did not answer within ten minutes',
    cause:
      'The service waited ten minutes for the agent and gave up: a slow domain controller, a search on an attribute that is not indexed, an overloaded server, or a network path that drops long connections.',
    steps: [
      {
        who: 'AD',
        text: 'Look in the agent trace for LdapException with a client-side timeout; index the attribute, or raise LdapConnectionTimeoutInMilliseconds on every agent.',
      },
      { who: 'network', text: 'Look for a firewall or proxy that closes long idle connections.' },
      clear,
    ],
  },
  HybridSynchronizationActiveDirectoryInternalServerError: {
    short: 'the agent failed while searching AD',
    cause:
      'The agent broke off while it turned the request into an AD search. The inner HTTP answer in the provisioning log or the agent trace holds the real reason.',
    steps: [
      { who: 'identity', text: 'Provision one affected object on demand to see which step fails.' },
      { who: 'AD', text: 'Upgrade the agent, then read the trace of the failing cycle.' },
      support,
    ],
  },
  HybridSynchronizationActiveDirectoryUnexpectedDuplicateEntriesFound: {
    short: 'one AD search found several objects',
    cause:
      'A search that must find one AD object found several. Usually two groups carry the same msDS-ExternalDirectoryObjectId after a copy, a restore or a group writeback migration.',
    steps: [
      {
        who: 'AD',
        text: 'List groups by msDS-ExternalDirectoryObjectId beginning with Group_ and remove the wrong copy.',
        command:
          "Get-ADGroup -LDAPFilter '(msDS-ExternalDirectoryObjectId=Group_*)' -Properties msDS-ExternalDirectoryObjectId | Group-Object msDS-ExternalDirectoryObjectId | Where-Object Count -gt 1",
      },
      clear,
    ],
  },
  HybridSynchronizationActiveDirectoryInsufficientAccessRights: {
    short: 'AD refused the agent account',
    cause:
      'The gMSA of the agent may not do this in AD: inheritance is off along the path, the object is protected (AdminCount 1), or the permissions were not given after an upgrade or for a custom gMSA.',
    steps: [
      { who: 'AD', text: 'Enable inheritance on the path; leave protected accounts out.' },
      {
        who: 'AD',
        text: 'Give the gMSA the permission it lacks with Set-AADCloudSyncPermissions and the matching PermissionType.',
      },
    ],
  },
  HybridSynchronizationActiveDirectoryCannotFindAttribute: {
    short: 'the agent does not know an attribute of the mapping',
    cause:
      'The attribute was added to AD after the agent started (it keeps the schema), or its name is wrong.',
    steps: [
      {
        who: 'AD',
        text: 'Restart the agent service so that it reads the schema again.',
        command: 'Restart-Service AADConnectProvisioningAgent',
      },
      { who: 'identity', text: 'Check the spelling of the attribute in the mapping.' },
    ],
  },
  AzureDirectoryServiceAuthorizationFailed: {
    short: 'Entra ID refuses the synchronization service',
    cause:
      'The tenant has no usable service principal "Microsoft Entra AD Synchronization Service"; somebody may have removed it while cleaning up enterprise applications.',
    steps: [
      {
        who: 'identity',
        text: 'Look for the service principal "Microsoft Entra AD Synchronization Service"; if it is missing, set onPremisesSyncEnabled to true on the organization again (a tenant change that needs approval) and wait up to 24 hours.',
      },
      support,
    ],
  },
  AzureDirectoryServiceServerBusy: {
    short: 'Entra ID is busy',
    cause: 'The directory service was under load (error code 81). It repeats the work by itself.',
    steps: [
      { who: 'on-call', text: 'Wait for the automatic retry; do not restart, that adds load.' },
      { who: 'Microsoft', text: 'After 24 hours open a case with the tracking id of the message.' },
    ],
    wait: true,
  },
  AzureActiveDirectoryInvalidCredential: {
    short: 'the cloud service account is missing',
    cause:
      'The account ADToAADSyncServiceAccount, which older deployments sign in with, does not exist any more (AADSTS50034).',
    steps: [
      {
        who: 'AD',
        text: 'With an agent older than 1.1.2505.0: repair the account on the agent server.',
        command: 'Connect-AADCloudSyncTools; Repair-AADCloudSyncToolsAccount',
      },
      {
        who: 'identity',
        text: 'With a newer agent: check the service principal "Microsoft Entra AD Synchronization Service".',
      },
      support,
    ],
  },
  AzureActiveDirectoryExpiredCredentials: {
    short: 'the password of the cloud service account has expired',
    cause:
      'The account ADToAADSyncServiceAccount of an older deployment has an expired password (AADSTS50055).',
    steps: [
      {
        who: 'AD',
        text: 'With an agent older than 1.1.2505.0: repair the account on the agent server.',
        command: 'Connect-AADCloudSyncTools; Repair-AADCloudSyncToolsAccount',
      },
      support,
    ],
  },
  AzureActiveDirectoryAuthenticationFailed: {
    short: 'signing in to Entra ID failed',
    cause: 'Entra ID reported an unspecified sign-in error for the synchronization service.',
    steps: [
      {
        who: 'identity',
        text: 'Check the service principal "Microsoft Entra AD Synchronization Service".',
      },
      clear,
      support,
    ],
  },
}

/** Reasons of a quarantine, for when no error code is given. */
export const reasonCauses: Readonly<Record<string, KnownCause>> = {
  EncounteredQuarantineException: {
    short: 'credentials or the connection were refused',
    cause:
      'The service could not connect source and target: an agent that cannot be reached, or missing credentials or service principal. No error code was given with it.',
    steps: [
      { who: 'AD', text: 'Check that the agent services run.', command: services },
      {
        who: 'identity',
        text: 'Check the service principal "Microsoft Entra AD Synchronization Service".',
      },
      clear,
    ],
  },
  EncounteredEscrowProportionThreshold: {
    short: 'more than 40 % of the changes failed',
    cause:
      'Too large a share of all changes failed (judged from 5,000 failures on): usually one error that hits most objects, such as a bad mapping, missing rights or a bulk import with bad data.',
    steps: [
      {
        who: 'identity',
        text: 'Group the failures of the provisioning log by error code and fix the largest group first.',
      },
      clear,
    ],
  },
  EncounteredBaseEscrowThreshold: {
    short: 'too many objects failed',
    cause: 'The number of failed objects passed the absolute limit (about 40,000 without references).',
    steps: [
      {
        who: 'identity',
        text: 'Group the failures of the provisioning log by error code and fix the largest group first.',
      },
      clear,
    ],
  },
  EncounteredTotalEscrowThreshold: {
    short: 'too many objects and references failed',
    cause:
      'The number of failures passed the absolute limit (about 60,000 with references, such as managers and members).',
    steps: [
      {
        who: 'identity',
        text: 'Look at failed references first: members or managers that are out of scope.',
      },
      clear,
    ],
  },
  TooManyDeletes: {
    short: 'deletions are held back',
    cause:
      'One cycle wanted to delete more objects than the accidental-delete threshold allows: an OU or group left the scope, was renamed, or many objects were deleted in AD.',
    steps: [
      {
        who: 'identity',
        text: 'Look at the staged deletions first. Wanted: have them allowed, with approval. Not wanted: put the objects back in scope, only then restart. Unknown: change nothing.',
      },
    ],
  },
  QuarantinedOnDemand: {
    short: 'Microsoft has put the job into quarantine',
    cause: 'The service side saw a problem and stopped the job by hand.',
    steps: [{ who: 'Microsoft', text: 'Look for a message of Microsoft, then open a case with the job id.' }],
    wait: true,
  },
  IngestionInterrupted: {
    short: 'reading from AD was interrupted',
    cause:
      'The import from AD broke off. The documents do not spell out why; most often the agent lost its connection.',
    steps: [{ who: 'AD', text: 'Check agent and network path.', command: services }, clear, support],
  },
}

const spellings: Readonly<Record<string, string>> = {
  QuarantineOnDemand: 'QuarantinedOnDemand',
  AADSTS50034: 'AzureActiveDirectoryInvalidCredential',
  AADSTS50055: 'AzureActiveDirectoryExpiredCredentials',
}

/** The cause of an error code, else of a quarantine reason; undefined when neither says anything. */
export function knownCause(code: string | undefined, reason: string): KnownCause | undefined {
  const spelled = (text: string) => spellings[text] ?? text
  if (code && Object.hasOwn(errorCauses, spelled(code))) return errorCauses[spelled(code)]
  if (Object.hasOwn(reasonCauses, spelled(reason))) return reasonCauses[spelled(reason)]
  return undefined
}
