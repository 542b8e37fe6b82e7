// Rules on the agent of a server and its way to the service: what stops synchronization, nearest cause first.
import { prose } from '../nouns.ts'
import {
  eventCounts,
  is,
  number,
  REPORT_ARTICLE,
  type ReportValues,
  type Rule,
  type Said,
  SKEW_SECONDS,
  step,
} from './server-rules.ts'

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

export const agentRules: readonly Rule[] = [
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
]
