// One good example of each thing the bot can say, about an invented tenant. For tests and for the screenshot script.
import type { Finding, Incident, Instant, Proposal, Reply } from '../../src/nouns.ts'
import { at, personal, prose } from '../../src/nouns.ts'

export const now: Instant = Date.UTC(2026, 10, 20, 8, 14)
const minutes = (n: number) => n * 60_000
const hours = (n: number) => n * 3_600_000

const citation = {
  articleId: 'attribute-conflict',
  title: 'Two objects want the same address',
  source: 'Microsoft Learn, Error codes, AttributeValueMustBeUnique',
  url: 'https://learn.microsoft.com/en-us/entra/identity/hybrid/cloud-sync/reference-error-codes',
  reviewed: '2026-10-02',
}

export const conflictFinding: Finding = {
  ruleId: 'object.attribute-conflict',
  severity: 'warning',
  subject: { kind: 'object', type: 'user', name: { by: 'upn', value: 'jane.doe@contoso.com' } },
  fingerprint: 'f1',
  title: prose`${personal('jane.doe@contoso.com')} is not in Entra ID: her mail address already belongs to somebody else.`,
  cause: prose`The last attempt to create her failed with ${{ code: 'AttributeValueMustBeUnique' }}. The address ${personal('jane.doe@contoso.com')} is a proxy address of ${personal('Jana Dorn')}.`,
  evidence: [
    {
      name: 'Provisioning log',
      value: prose`create, failure at ${at(now - minutes(10))}`,
      asOf: now - minutes(1),
      source: 'Graph provisioning log',
    },
    {
      name: 'Holder of the address',
      value: [personal('jana.dorn@contoso.com')],
      asOf: now - minutes(1),
      source: 'Graph users',
    },
    {
      name: 'Job of contoso.com',
      value: prose`active, last cycle ${at(now - minutes(10))}`,
      asOf: now - minutes(1),
      source: 'Graph jobs',
    },
  ],
  nextSteps: [
    {
      who: 'AD',
      prose: prose`Change the ${{ code: 'proxyAddresses' }} of one of the two, then wait for the next cycle (about 2 minutes).`,
      command: `Get-ADUser -Filter "mail -eq 'jane.doe@contoso.com'" -Properties proxyAddresses`,
    },
    {
      who: 'helpdesk',
      prose: ['Tell her that the account appears after the change.'],
      url: 'https://entra.microsoft.com/#view/Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade',
    },
  ],
  verify: prose`Ask me again: her entry in the log must read ${{ strong: 'create, success' }}.`,
  article: 'attribute-conflict',
  offers: [
    {
      label: 'Provision on demand',
      verb: 'action.propose',
      data: { action: 'provisionOnDemand', configuration: 'sp-contoso', object: 'o-0001' },
    },
    { label: 'Hand over', say: 'hand over' },
  ],
  unchecked: [{ what: 'the provisioning agents', because: 'notSignedIn' }],
  confidence: 'certain',
}

export const quarantineFinding: Finding = {
  ruleId: 'agents.all-inactive',
  severity: 'critical',
  subject: { kind: 'configuration', domain: 'fabrikam.com' },
  fingerprint: 'f2',
  title: ['No agent of ', { data: 'fabrikam.com' }, ' answers.'],
  cause: prose`Microsoft stopped the job after ${{ code: 'HybridIdentityServiceNoActiveAgents' }}: every provisioning agent of the domain is silent.`,
  evidence: [
    { name: 'Quarantined', value: prose`since ${at(now - hours(6))}`, asOf: now, source: 'Graph jobs' },
  ],
  nextSteps: [
    {
      who: 'on-call',
      prose: ['Look whether the agent service runs on the servers.'],
      command: 'Get-Service AADConnectProvisioningAgent | Format-List Name, Status, StartType',
    },
    { who: 'network', prose: ['Let the servers reach *.msappproxy.net on port 443 again.'] },
  ],
  article: 'agents-inactive',
  offers: [],
  unchecked: [{ what: 'the state each agent reports', because: 'notSignedIn' }],
  confidence: 'likely',
}

export const incident: Incident = {
  id: 'i-42',
  tenantId: 't-1',
  fingerprint: 'fp',
  number: 42,
  ruleId: 'job.quarantined',
  severity: 'critical',
  state: 'open',
  version: 1,
  configurationId: 'sp-fabrikam',
  jobId: 'AD2AADProvisioning.1',
  subject: 'fabrikam.com',
  title: ['Cloud Sync of ', { data: 'fabrikam.com' }, ' is quarantined since ', at(now - hours(6)), '.'],
  facts: [
    {
      name: 'Reason',
      value: [{ code: 'EncounteredQuarantineException' }],
      asOf: now - minutes(1),
      source: 'Graph jobs',
    },
    {
      name: 'Last success',
      value: [at(now - hours(6) - minutes(4))],
      asOf: now - minutes(1),
      source: 'Graph jobs',
    },
    { name: 'Next attempt', value: [at(now + hours(6))], asOf: now - minutes(1), source: 'Graph jobs' },
  ],
  episode: 1,
  firstSeen: now - minutes(2),
  openedAt: now - minutes(2),
  lastBadAt: now - minutes(1),
  goodPolls: 0,
  badPolls: 2,
  failedPolls: 0,
  step: 0,
  nextStepAt: now + minutes(8),
  chainRuns: 0,
  exhausted: false,
  flapping: false,
  changes: [],
  stale: false,
  deliveryFailed: false,
}

const incidentButtons = [
  { label: 'Acknowledge', verb: 'incident.acknowledge', data: { incident: 'i-42', version: 1 } },
  { label: 'Why?', verb: 'incident.why', data: { incident: 'i-42', version: 1 } },
  {
    label: 'Snooze',
    verb: 'incident.snooze',
    data: { incident: 'i-42', version: 1 },
    inputs: [
      {
        id: 'minutes',
        label: 'For how long?',
        kind: 'choice',
        required: true,
        choices: [
          { title: '30 minutes', value: '30' },
          { title: '4 hours', value: '240' },
        ],
      },
    ],
  },
  {
    label: 'Resolve',
    verb: 'incident.resolve',
    data: { incident: 'i-42', version: 1 },
    inputs: [{ id: 'reason', label: 'What solved it?', kind: 'text', required: true }],
  },
] as const

export const proposal: Proposal = {
  id: 'op-7Qm2',
  tenantId: 't-1',
  action: 'provisionOnDemand',
  target: {
    configurationId: 'sp-contoso',
    domain: 'contoso.com',
    jobId: 'AD2AADProvisioning.2',
    objectId: 'o-0001',
    dn: 'CN=Jane Doe,OU=Sales,DC=contoso,DC=com',
    ruleId: 'rule-1',
    count: 1,
  },
  effect: [
    'One person is read from Active Directory and written to Entra ID now, instead of in the next cycle.',
  ],
  reversible: false,
  role: 'operator',
  approvals: 0,
  state: 'proposed',
  version: 1,
  hash: 'h',
  proposedBy: 'p-1',
  proposedAt: now,
  expiresAt: now + minutes(15),
  placeKey: 'place-1',
}

const request = `POST /servicePrincipals/sp-contoso/synchronization/jobs/AD2AADProvisioning.2/provisionOnDemand
{"parameters":[{"ruleId":"rule-1","subjects":[{"objectId":"CN=Jane Doe,OU=Sales,DC=contoso,DC=com","objectTypeName":"user"}]}]}`

export const replies = {
  answer: {
    kind: 'answer',
    title: 'The agent needs three outbound ports, none inbound.',
    blocks: [
      {
        kind: 'text',
        prose: ['All connections start at the agent; nothing has to reach the server from outside.'],
      },
      {
        kind: 'table',
        caption: 'Ports',
        columns: ['Port', 'Direction', 'Used for'],
        rows: [
          [['80'], ['out'], ['Certificate revocation lists']],
          [['443'], ['out'], ['All communication with the service']],
          [['8080'], ['out'], ['Status every ten minutes, when 443 is not reachable']],
        ],
      },
      {
        kind: 'list',
        ordered: false,
        items: [['TLS 1.2 must be on.'], ['A proxy must not decrypt ', { code: '*.msappproxy.net' }, '.']],
      },
      {
        kind: 'code',
        language: 'powershell',
        text: 'Test-NetConnection login.microsoftonline.com -Port 443',
      },
    ],
    citations: [
      {
        articleId: 'agent-ports',
        title: 'Ports and addresses of the provisioning agent',
        source: 'Microsoft Learn, Prerequisites, Firewall and proxy',
        url: 'https://learn.microsoft.com/en-us/entra/identity/hybrid/cloud-sync/how-to-prerequisites',
        reviewed: '2026-11-01',
      },
    ],
    confidence: 0.93,
    offers: [
      { label: 'Which URLs?', say: 'which URLs does the agent need?' },
      { label: 'Through a proxy?', say: 'agent behind a proxy' },
    ],
  },
  abstain: {
    kind: 'abstain',
    title: 'I have no article about this.',
    blocks: [{ kind: 'text', prose: ['Your question is noted for the authors, without names.'] }],
    nearest: [
      { title: 'Scoping filters', say: 'how do scoping filters work?' },
      { title: 'Attribute mapping', say: 'how does attribute mapping work?' },
    ],
    offers: [{ label: 'Hand over', say: 'hand over' }],
  },
  boundary: {
    kind: 'boundary',
    title: 'Staging mode belongs to Connect Sync.',
    product: 'Microsoft Entra Connect Sync',
    blocks: [
      {
        kind: 'text',
        prose: ['Cloud Sync has no staging mode: several active agents of a domain stand in for each other.'],
      },
    ],
    citations: [citation],
    offers: [],
  },
  decline: { kind: 'decline', title: 'I only know about Microsoft Entra Cloud Sync.' },
  finding: {
    kind: 'finding',
    title: conflictFinding.title,
    findings: [conflictFinding, quarantineFinding],
    facts: [
      { name: 'Tenant', value: [{ data: 'Contoso' }], asOf: now - minutes(1), source: 'Graph organization' },
      {
        name: 'Last synchronization',
        value: [at(now - minutes(10))],
        asOf: now - minutes(1),
        source: 'Graph organization',
      },
    ],
    unchecked: [{ what: 'service health', because: 'unavailable' }],
    asOf: now - minutes(1),
    citations: [citation],
    offers: [{ label: 'Check again', say: 'diagnose jane.doe@contoso.com' }],
  },
  question: {
    kind: 'question',
    title: 'The password of one person is not accepted',
    ask: ['Does the person sign in with the ', { strong: 'new' }, ' password at the domain itself?'],
    blocks: [
      {
        kind: 'text',
        prose: ['Password hash synchronization is active; its last cycle was at ', at(now - minutes(3)), '.'],
      },
    ],
    choices: [
      { label: 'Yes', verb: 'dialog.choose', data: { dialog: 'password', step: 's2', choice: 'yes' } },
      { label: 'No', verb: 'dialog.choose', data: { dialog: 'password', step: 's2', choice: 'no' } },
      {
        label: 'I do not know',
        verb: 'dialog.choose',
        data: { dialog: 'password', step: 's2', choice: 'unknown' },
      },
      { label: 'Back', verb: 'dialog.back', data: { dialog: 'password', step: 's2' } },
      { label: 'Cancel', verb: 'dialog.cancel', data: { dialog: 'password', step: 's2' } },
    ],
  },
  proposal: {
    kind: 'proposal',
    proposal,
    blocks: [
      { kind: 'heading', text: 'Exact request' },
      { kind: 'code', language: 'http', text: request },
    ],
    buttons: [
      {
        label: 'Confirm',
        verb: 'action.confirm',
        data: { operation: 'op-7Qm2', nonce: 'AAAAAAAAAAAAAAAAAAAAAA' },
      },
      {
        label: 'Cancel',
        verb: 'action.cancel',
        data: { operation: 'op-7Qm2', nonce: 'AAAAAAAAAAAAAAAAAAAAAA' },
      },
    ],
  },
  incident: { kind: 'incident', incident, finding: quarantineFinding, buttons: incidentButtons },
  notice: {
    kind: 'notice',
    title: 'Alerts of contoso.com come to this channel.',
    tone: 'good',
    blocks: [
      {
        kind: 'text',
        prose: ['Everything from warning upwards. Say ', { strong: 'unsubscribe' }, ' to end it.'],
      },
    ],
    offers: [{ label: 'Send a test alert', say: 'test alert' }],
  },
  error: {
    kind: 'error',
    code: 'SM_GRAPH_THROTTLED',
    title: 'Microsoft Graph is limiting requests at the moment.',
    next: 'Repeat in a minute.',
    offers: [{ label: 'Try again', say: 'status' }],
  },
} as const satisfies { readonly [K in Reply['kind']]: Extract<Reply, { kind: K }> }

/** The incident card through its life. */
export const incidentLife: readonly Extract<Reply, { kind: 'incident' }>[] = [
  replies.incident,
  { ...replies.incident, incident: { ...incident, state: 'open', step: 2, version: 2 } },
  {
    ...replies.incident,
    incident: {
      ...incident,
      state: 'acked',
      version: 3,
      ownerId: 'p-2',
      ownerName: 'Alex Weber',
      ackedAt: now - minutes(1),
      ackUntil: now + hours(4),
    },
    buttons: [{ label: 'Give back', verb: 'incident.unacknowledge', data: { incident: 'i-42', version: 3 } }],
  },
  {
    ...replies.incident,
    incident: { ...incident, state: 'snoozed', version: 4, snoozeUntil: now + hours(1), stale: true },
  },
  {
    kind: 'incident',
    incident: {
      ...incident,
      state: 'resolved',
      version: 5,
      resolvedAt: now,
      resolvedReason: 'two good polls',
    },
    finding: quarantineFinding,
    buttons: [],
  },
  {
    kind: 'incident',
    incident: {
      ...incident,
      state: 'closed',
      version: 6,
      openedAt: now - minutes(58),
      resolvedAt: now - minutes(30),
    },
    buttons: [],
  },
  {
    ...replies.incident,
    incident: { ...incident, state: 'open', version: 7, suppressedBy: 'agents.all_inactive' },
  },
  {
    ...replies.incident,
    incident: { ...incident, state: 'open', version: 8, suppressedBy: 'maintenance', flapping: true },
  },
]
