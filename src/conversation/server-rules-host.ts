// Rules on the server itself: prerequisites of the agent, and advice that stops nothing.
import { prose } from '../nouns.ts'
import {
  BUILD_2016,
  DOTNET_471,
  is,
  number,
  OLD_VERSION,
  older,
  RAM_MB,
  REPORT_ARTICLE,
  type Rule,
  step,
} from './server-rules.ts'

export const hostRules: readonly Rule[] = [
  {
    id: 'server.not-domain-joined',
    severity: 'critical',
    article: REPORT_ARTICLE,
    read: (v) =>
      is(v['os.domainjoined'], 'false')
        ? {
            title: ['The server is not joined to a domain'],
            cause: 'The agent needs a server that is a member of the AD domain.',
            steps: [step('AD', 'Install the agent on a domain-joined server.')],
            keys: ['os.domainjoined'],
          }
        : undefined,
  },
  {
    id: 'server.os-unsupported',
    severity: 'warning',
    article: REPORT_ARTICLE,
    read: (v) => {
      const core = is(v['os.type'], 'Server Core')
      const build = number(v['os.build'])
      const old = build !== undefined && build < BUILD_2016
      if (!core && !old) return undefined
      return {
        title: core ? ['Server Core is not supported'] : ['Windows is older than Server 2016'],
        cause: core
          ? 'The agent needs a server with the desktop experience.'
          : 'The agent needs Windows Server 2016 or newer; 2022 or 2025 is recommended.',
        steps: [
          step(
            'AD',
            'Move the agent to a supported server: install a second agent there, then remove this one.',
          ),
        ],
        keys: ['os.name', 'os.type', 'os.build'],
      }
    },
  },
  {
    id: 'server.dotnet-old',
    severity: 'warning',
    article: REPORT_ARTICLE,
    read: (v) => {
      const release = number(v['dotnet.release'])
      if (release === undefined || release >= DOTNET_471) return undefined
      return {
        title: ['.NET Framework is older than 4.7.1'],
        cause: 'The agent needs .NET Framework 4.7.1 or later.',
        steps: [step('AD', 'Install a current .NET Framework and restart the server.')],
        keys: ['dotnet.release'],
      }
    },
  },
  {
    id: 'server.execution-policy',
    severity: 'warning',
    article: REPORT_ARTICLE,
    read: (v) => {
      const bad = ['policy.MachinePolicy', 'policy.UserPolicy'].filter((k) =>
        is(v[k], 'Unrestricted', 'AllSigned', 'Restricted'),
      )
      if (bad.length === 0) return undefined
      return {
        title: ['A group policy sets an execution policy that stops registration'],
        cause:
          'Registering the agent fails with a security error unless the policy is Undefined or RemoteSigned.',
        steps: [
          step(
            'AD',
            'Change the group policy for this server to RemoteSigned or not configured.',
            'Get-ExecutionPolicy -List',
          ),
        ],
        keys: bad,
      }
    },
  },
  {
    id: 'server.vault-disabled',
    severity: 'warning',
    article: REPORT_ARTICLE,
    read: (v) =>
      is(v['vault.start'], 'disabled')
        ? {
            title: ['Credential Manager (VaultSvc) is disabled'],
            cause: 'The installer of the agent needs it; a hardening baseline often disables it.',
            steps: [step('AD', 'Set the start type of VaultSvc to manual.')],
            keys: ['vault.start'],
          }
        : undefined,
  },
  {
    id: 'server.fips',
    severity: 'warning',
    article: 'password-hash-rights-and-fips',
    read: (v) =>
      is(v.fips, '1')
        ? {
            title: ['FIPS mode is on'],
            cause:
              'Password hash synchronization needs MD5, which FIPS mode forbids unless the agent is told otherwise.',
            steps: [
              step(
                'AD',
                'Put <enforceFIPSPolicy enabled="false"/> into the runtime part of AADConnectProvisioningAgent.exe.config and restart the service.',
              ),
            ],
            keys: ['fips'],
            likely: true,
          }
        : undefined,
  },
  {
    id: 'server.updater-stopped',
    severity: 'info',
    article: 'agent-service-stopped',
    read: (v) =>
      v['updater.state'] !== undefined && !is(v['updater.state'], 'running', 'unknown')
        ? {
            title: prose`The updater service is ${v['updater.state'].toLowerCase()}`,
            cause: 'The agent works without it, but does not upgrade itself.',
            steps: [step('AD', 'Start the updater service.', 'Start-Service AzureADConnectAgentUpdater')],
            keys: ['updater.state'],
          }
        : undefined,
  },
  {
    id: 'server.ram-low',
    severity: 'info',
    article: REPORT_ARTICLE,
    read: (v) => {
      const mb = number(v['ram.mb'])
      if (mb === undefined || mb >= RAM_MB) return undefined
      return {
        title: prose`The server has only ${Math.round(mb / 102.4) / 10} GB of memory`,
        cause: 'At least 4 GB are required.',
        steps: [step('AD', 'Give the server 4 GB or more.')],
        keys: ['ram.mb'],
      }
    },
  },
  {
    id: 'server.ntlm-allowed',
    severity: 'info',
    article: REPORT_ARTICLE,
    read: (v) =>
      is(v['ntlm.outgoing'], '0', '1', 'missing')
        ? {
            title: ['Outgoing NTLM is not denied'],
            cause:
              'The hardening advice for agent servers is to deny NTLM. It does not stop synchronization.',
            steps: [
              step('AD', 'Deny outgoing NTLM by policy; with an agent older than 1.1.1365.0 upgrade first.'),
            ],
            keys: ['ntlm.outgoing'],
          }
        : undefined,
  },
  {
    id: 'server.version-old',
    severity: 'info',
    article: REPORT_ARTICLE,
    read: (v) =>
      /^\d+(\.\d+){2,3}$/.test(v['agent.version'] ?? '') && older(v['agent.version'] ?? '', OLD_VERSION)
        ? {
            title: prose`The agent is old: ${v['agent.version'] ?? ''}`,
            cause:
              'Releases before 1.1.1365.0 lose their proxy setting on upgrade and send wrong credentials where NTLM is denied.',
            steps: [
              step(
                'AD',
                'Download the current agent from the portal and install it over this one; then check the proxy setting.',
              ),
            ],
            keys: ['agent.version'],
          }
        : undefined,
  },
]
