// What the lines of a server report mean: one rule per finding, nearest cause first.
import { createHash } from 'node:crypto'
import type { FactRow, Finding, NextStep, Prose, Severity, Who } from '../nouns.ts'
import { prose } from '../nouns.ts'

export type ReportValues = Readonly<Record<string, string>>

type Said = {
  readonly title: Prose
  readonly cause: string
  readonly steps: readonly NextStep[]
  /** Keys of the lines that show it. */
  readonly keys: readonly string[]
  readonly likely?: true
}

type Rule = {
  readonly id: string
  readonly severity: Severity
  readonly article: string
  readonly read: (values: ReportValues) => Said | undefined
}

const REPORT_ARTICLE = 'agent-server-report'
/** .NET Framework 4.7.1. */
const DOTNET_471 = 461_308
/** Windows Server 2016. */
const BUILD_2016 = 14_393
/** 4 GB less what firmware may keep. */
const RAM_MB = 3_900
/** Kerberos and token checks fail beyond five minutes. */
const SKEW_SECONDS = 300
const OLD_VERSION = [1, 1, 1365, 0]

function step(who: Who, text: string, command?: string): NextStep {
  return { who, prose: [text], ...(command === undefined ? {} : { command }) }
}

function number(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?\d+(\.\d+)?$/.test(text)) return undefined
  return Number(text)
}

function is(text: string | undefined, ...wanted: readonly string[]): boolean {
  return text !== undefined && wanted.some((w) => w.toLowerCase() === text.toLowerCase())
}

/** Counts of events by id, from "7041x2 7038x1". */
export function eventCounts(text: string | undefined): ReadonlyMap<number, number> {
  const out = new Map<number, number>()
  for (const part of (text ?? '').split(/\s+/)) {
    const match = /^(\d{1,6})x(\d{1,6})$/.exec(part)
    if (match) out.set(Number(match[1]), Number(match[2]))
  }
  return out
}

function older(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number)
  for (const [i, limit] of than.entries()) {
    const part = parts[i] ?? 0
    if (Number.isNaN(part) || part > limit) return false
    if (part < limit) return true
  }
  return false
}

function hostsWith(values: ReportValues, prefix: string, verdict: string): readonly string[] {
  return Object.entries(values)
    .filter(([key, value]) => key.startsWith(prefix) && value === verdict)
    .map(([key]) => key.slice(prefix.length))
}

function hostRule(port: 443 | 80): (values: ReportValues) => Said | undefined {
  return (values) => {
    const prefix = `host${port}.`
    const [blocked, unresolved] = [hostsWith(values, prefix, 'blocked'), hostsWith(values, prefix, 'dns')]
    const bad = [...blocked, ...unresolved]
    if (bad.length === 0) return undefined
    const proxied = is(values['proxy.agent'], 'set')
    const what = unresolved.length > blocked.length ? 'cannot be resolved' : 'cannot be reached'
    return {
      title: prose`${bad.length} required host(s) ${[what]} on port ${port}: ${bad.slice(0, 3).join(', ')}`,
      cause: proxied
        ? 'The test went past the proxy that the agent is set to use, so the hosts may still be reachable through it. If they are not, the agent cannot work.'
        : port === 443
          ? 'A firewall, a missing proxy setting or DNS keeps the server from the service.'
          : 'Without port 80 the server cannot check certificates for revocation, and TLS connections fail.',
      steps: [
        step(
          'network',
          `Allow outbound ${port} from this server to the hosts named, without TLS inspection.`,
        ),
        step(
          'AD',
          'If the server must use a proxy: set it in AADConnectProvisioningAgent.exe.config, then restart the agent service.',
        ),
      ],
      keys: bad.map((h) => prefix + h),
      ...(proxied ? { likely: true as const } : {}),
    }
  }
}

const knownIssuers = /(microsoft|digicert|baltimore|globalsign|entrust|sectigo)/i

const rules: readonly Rule[] = [
  {
    id: 'server.agent-missing',
    severity: 'critical',
    article: 'agent-removed',
    read: (v) =>
      is(v['agent.state'], 'missing')
        ? {
            title: ['The agent is not installed on this server'],
            cause:
              'The service AADConnectProvisioningAgent does not exist: this is another server, or the agent was uninstalled.',
            steps: [
              step('AD', 'Check that this is the agent server.'),
              step('AD', 'If it is: install the agent again and register it for the domain.'),
            ],
            keys: ['agent.state'],
          }
        : undefined,
  },
  {
    id: 'server.agent-account',
    severity: 'critical',
    article: 'agent-service-account',
    read: (v) => {
      const events = eventCounts(v['events.service'])
      const logon = events.has(7041) || events.has(7038)
      const wrong = is(v['agent.account'], 'user', 'system')
      if (!logon && !wrong) return undefined
      return {
        title: logon
          ? ['The agent service cannot log on with its account']
          : ['The agent service does not run as its gMSA'],
        cause: logon
          ? 'Events 7041 or 7038: a group policy took away "Log on as a service", or Windows does not treat the account as managed.'
          : 'The service should run as the gMSA made for it; another account lacks its rights, and its password can expire.',
        steps: [
          step(
            'AD',
            'Give the gMSA (or NT SERVICE\\ALL SERVICES) the right "Log on as a service" by group policy.',
          ),
          step(
            'AD',
            'Event 7038: mark the account as managed, then start the service.',
            'sc.exe managedaccount AADConnectProvisioningAgent true',
          ),
          step('AD', 'Check that this host may use the gMSA.', 'Test-ADServiceAccount provAgentgMSA'),
        ],
        keys: ['agent.account', 'events.service'],
        ...(logon ? {} : { likely: true as const }),
      }
    },
  },
  {
    id: 'server.agent-stopped',
    severity: 'critical',
    article: 'agent-service-stopped',
    read: (v) =>
      v['agent.state'] !== undefined && !is(v['agent.state'], 'running', 'missing', 'unknown')
        ? {
            title: prose`The agent service is ${v['agent.state'].toLowerCase()}`,
            cause: is(v['agent.start'], 'disabled')
              ? 'Its start type is Disabled: somebody or a policy switched it off.'
              : 'The service AADConnectProvisioningAgent is not running, so this agent answers nothing.',
            steps: [
              ...(is(v['agent.start'], 'disabled')
                ? [step('AD', 'Find out who disabled it; set its start type to automatic.')]
                : []),
              step(
                'AD',
                'Start the service and see that it still runs after ten minutes.',
                'Start-Service AADConnectProvisioningAgent',
              ),
            ],
            keys: ['agent.state', 'agent.start'],
          }
        : undefined,
  },
  {
    id: 'server.clock-skew',
    severity: 'critical',
    article: REPORT_ARTICLE,
    read: (v) => {
      const skew = number(v['time.skewseconds'])
      if (skew === undefined || Math.abs(skew) <= SKEW_SECONDS) return undefined
      return {
        title: prose`The clock of the server is wrong by ${Math.abs(skew)} s`,
        cause: 'More than five minutes off, Kerberos and certificates are refused.',
        steps: [
          step(
            'AD',
            'Correct the time source of the server and of its domain controller.',
            'w32tm /query /status',
          ),
        ],
        keys: ['time.skewseconds'],
      }
    },
  },
  { id: 'server.network-443', severity: 'critical', article: 'agent-network-path', read: hostRule(443) },
  {
    id: 'server.tls-inspection',
    severity: 'critical',
    article: 'agent-network-path',
    read: (v) => {
      const issuer = v['tls.issuer']
      if (!issuer || issuer === 'unknown' || knownIssuers.test(issuer)) return undefined
      return {
        title: ['TLS to Microsoft is inspected on the way'],
        cause:
          'The certificate of the sign-in host was issued by neither Microsoft nor a public authority it uses: a proxy or firewall breaks the connection open, which the agent does not support.',
        steps: [step('network', 'Exempt the agent traffic from TLS inspection.')],
        keys: ['tls.issuer'],
      }
    },
  },
  {
    id: 'server.tls12-off',
    severity: 'critical',
    article: REPORT_ARTICLE,
    read: (v) => {
      const off = ['Client', 'Server'].flatMap((r) => [
        ...(is(v[`tls12.${r}.enabled`], '0') ? [`tls12.${r}.enabled`] : []),
        ...(is(v[`tls12.${r}.disabledbydefault`], '1') ? [`tls12.${r}.disabledbydefault`] : []),
      ])
      if (off.length === 0) return undefined
      return {
        title: ['TLS 1.2 is switched off on this server'],
        cause: 'The agent needs TLS 1.2; the registry turns it off.',
        steps: [
          step(
            'AD',
            'Under SCHANNEL\\Protocols\\TLS 1.2, for Client and Server: Enabled 1, DisabledByDefault 0; then restart the server.',
          ),
        ],
        keys: off,
      }
    },
  },
  {
    id: 'server.no-connection',
    severity: 'critical',
    article: 'agent-network-path',
    read: (v) =>
      is(v['agent.state'], 'running') && is(v['agent.connections443'], '0')
        ? {
            title: ['The agent service runs, but has no connection to the service'],
            cause:
              'A working agent keeps connections on 443 to *.servicebus.windows.net. It has none: blocked names, TLS inspection, or a start only moments ago.',
            steps: [
              step(
                'network',
                'Allow outbound 443 to *.servicebus.windows.net and *.msappproxy.net; look into the firewall log for this server.',
              ),
              step(
                'AD',
                'Restart the agent service and look again after ten minutes.',
                'Restart-Service AADConnectProvisioningAgent',
              ),
            ],
            keys: ['agent.state', 'agent.connections443'],
            likely: true,
          }
        : undefined,
  },
  { id: 'server.network-80', severity: 'warning', article: 'agent-network-path', read: hostRule(80) },
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

/** Ids of all findings a server report can give, nearest cause first. */
export const serverFindingIds: readonly string[] = rules.map((r) => r.id)

/** Articles that server findings cite. */
export const serverArticles: readonly string[] = [...new Set(rules.map((r) => r.article))]

function rowsOf(keys: readonly string[], values: ReportValues): readonly FactRow[] {
  return keys
    .filter((k) => values[k] !== undefined)
    .slice(0, 12)
    .map((k) => ({ name: k, value: [{ data: values[k] ?? '' }], source: 'server report' }))
}

/** Findings of a report: what stops synchronization first, advice last. */
export function serverFindings(values: ReportValues): readonly Finding[] {
  return rules.flatMap((rule): readonly Finding[] => {
    const said = rule.read(values)
    if (!said) return []
    return [
      {
        ruleId: rule.id,
        severity: rule.severity,
        subject: { kind: 'tenant' },
        fingerprint: createHash('sha256').update(rule.id).digest('hex').slice(0, 32),
        title: said.title,
        cause: [said.cause],
        evidence: rowsOf(said.keys, values),
        nextSteps: said.steps,
        verify: [
          'Run the report again: this point is gone, and the agent becomes active within ten minutes.',
        ],
        article: rule.article,
        offers: [],
        unchecked: [],
        confidence: said.likely ? 'likely' : 'certain',
      },
    ]
  })
}
