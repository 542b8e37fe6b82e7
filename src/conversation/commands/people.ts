// What concerns the person who writes: help, role, sign-in, and the data kept about them.
import { includesRole, type RightName, rights } from '../../access/index.ts'
import type { Block, Prose, Reply, Role } from '../../nouns.ts'
import { prose } from '../../nouns.ts'
import type { Services } from '../services.ts'
import { count, notice, type Response, say, type Turn } from '../turn.ts'

const roleWords: Readonly<Record<Role, string>> = {
  none: 'none yet: knowledge questions only',
  viewer: 'viewer: live state, diagnosis, and proposing an action',
  operator: 'operator: all of viewer, and incidents, subscriptions, confirming an action',
  approver: 'approver: all of operator, and approving held deletions',
  admin: 'admin: all of approver, and stopping all actions',
}

/** Where a role came from is not shown: the setting that decides is the administrator's business. */
export function whoAmI(turn: Turn): Response {
  const rows = [
    { name: 'Your role', value: [roleWords[turn.person.role]] },
    { name: 'Your id', value: prose`${turn.person.objectId}` },
    {
      name: 'This place',
      value: [turn.place.scope === 'personal' ? 'one-to-one: names are shown' : 'shared: counts, no names'],
    },
  ]
  return say({
    kind: 'notice',
    title: 'Who you are to me',
    tone: 'neutral',
    blocks: [{ kind: 'facts', rows }],
    offers: [],
  })
}

/** What this role can ask for, from the table of rights, with the words to type for each. */
export function offered(role: Role): readonly { name: RightName; phrase: string; help: string }[] {
  return (Object.keys(rights) as RightName[]).flatMap((name) => {
    const { help, role: needed } = rights[name]
    return help && includesRole(role, needed) ? [{ name, phrase: phraseOf[name] ?? name, help }] : []
  })
}

/** What to type for a command; the words of `understand` accept many more. */
const phraseOf: Readonly<Partial<Record<RightName, string>>> = {
  ask: 'ask anything',
  whoAmI: 'who am I',
  exportMyData: 'export my data',
  forgetMe: 'forget me',
  diagnose: 'jane.doe@contoso.com is not synced',
  heldDeletions: 'held deletions',
  supportBundle: 'support bundle',
  exportAudit: 'export audit',
  incident: 'incident 42',
  onCall: 'who is on call',
  handover: 'hand-over',
  quietHours: 'quiet hours 22:00-06:00',
  maintenance: 'maintenance 2h',
  stopActions: 'stop actions',
  allowActions: 'allow actions',
  triage: 'triage 42',
  testAlert: 'test alert',
  signIn: 'sign in',
  signOut: 'sign out',
  'action.propose': 'restart contoso.com',
}

/** Help in the order of need: a row of the table of rights that is in no group fails a test. */
export const groups: readonly (readonly [string, readonly RightName[]])[] = [
  ['Find out', ['ask', 'status', 'diagnose', 'agents', 'heldDeletions', 'supportBundle']],
  ['Incidents', ['incidents', 'incident', 'triage', 'onCall', 'handover', 'figures']],
  ['Alerts here', ['subscribe', 'unsubscribe', 'maintenance', 'quietHours', 'digest', 'testAlert']],
  ['Change something', ['action.propose', 'stopActions', 'allowActions']],
  ['You and me', ['signIn', 'signOut', 'whoAmI', 'exportMyData', 'forgetMe', 'gaps', 'exportAudit', 'help']],
]

export function help(turn: Turn): Response {
  const can = offered(turn.person.role)
  const blocks: Block[] = [
    {
      kind: 'text',
      prose: [
        'I find out why Microsoft Entra Cloud Sync is not syncing, and say who must do what. Ask in your own words, name a person or a domain, or paste an error.',
      ],
    },
    ...groups.flatMap(([heading, names]): Block[] => {
      const items = can
        .filter(({ name }) => names.includes(name))
        .map(({ phrase, help }): Prose => [{ strong: phrase }, ` – ${help}`])
      return items.length > 0
        ? [
            { kind: 'heading', text: heading },
            { kind: 'list', ordered: false, items },
          ]
        : []
    }),
    {
      kind: 'text',
      prose: [
        `Your role is ${turn.person.role}. Knowledge needs no set-up; live state needs the permissions an administrator grants me.`,
      ],
    },
  ]
  const offers = [
    { label: 'Status', say: 'status' },
    { label: 'Which ports?', say: 'which ports does the agent need?' },
    { label: 'Who is on call?', say: 'who is on call' },
  ]
  return say({ kind: 'notice', title: 'What I can do', tone: 'neutral', blocks, offers })
}

/** Greets once per place, names who installed it and what an administrator must do. */
export async function welcome(turn: Turn, services: Services): Promise<Response> {
  const key = `welcomed/${turn.place.conversationId}`
  const { settings } = services.store
  if (await settings.get(turn.place.tenantId, key)) return say()
  await settings.put(turn.place.tenantId, key, turn.now)
  const by =
    turn.event.kind === 'installed' && turn.person.name
      ? prose`Installed by ${{ data: turn.person.name, personal: true }}. `
      : []
  const intro: Block = {
    kind: 'text',
    prose: [
      ...by,
      'I tell you why a person, a group or a whole domain is not synced, and I raise an alert when a job is quarantined. Live state needs read permissions that an administrator grants once; without them I answer knowledge questions and say what I cannot see.',
    ],
  }
  const list: Block = {
    kind: 'list',
    ordered: false,
    items: [
      [{ strong: 'status' }, ' – every configuration'],
      [{ strong: 'jane.doe@contoso.com is not synced' }, ' – a diagnosis'],
      [{ strong: 'subscribe' }, ' – alerts in this conversation'],
      [{ strong: 'help' }, ' – everything else'],
    ],
  }
  return say({
    kind: 'notice',
    title: 'Sync Medic is here',
    tone: 'neutral',
    blocks: [intro, list],
    offers: [
      { label: 'Help', say: 'help' },
      { label: 'Status', say: 'status' },
    ],
  })
}

export async function signIn(turn: Turn, services: Services): Promise<Response> {
  await services.signIn.signIn(turn.person, turn.place, 'asked')
  const now = await services.signIn.token(turn.person, turn.place)
  if (now.ok)
    return say(
      notice(
        'You are signed in.',
        'I can look at the agents if your Entra role allows it, and actions you confirm run with your own rights.',
      ),
    )
  return say(
    now.because === 'notConfigured'
      ? notice(
          'Sign-in is not set up here.',
          'Without it agents stay unknown and no action is possible. An administrator sets SSO_APP_ID; see docs/configuration.md.',
        )
      : notice('You are not signed in yet.', 'Complete the sign-in, then ask again.'),
  )
}

export async function signOut(turn: Turn, services: Services): Promise<Response> {
  await services.signIn.signOut(turn.person)
  return say(
    notice('You are signed out.', 'Agents are not visible to you any more, and no action runs in your name.'),
  )
}

/** Rehearsal only: a person the simulated tenant does not know may try each role. */
export async function becomeRole(turn: Turn, services: Services, role: Role): Promise<Response> {
  if (!services.rehearsal)
    return say(notice('Roles are given by your administrator.', 'Say "who am I" to see yours.'))
  await services.store.settings.put(turn.person.tenantId, `role/${turn.person.objectId}`, role)
  return say(notice(`You are ${role} now.`, `For this rehearsal. ${roleWords[role]}.`))
}

export async function exportMyData(turn: Turn, services: Services): Promise<Response> {
  const { tenantId, objectId } = turn.person
  const sessions = await services.store.sessions.ofPerson(tenantId, objectId)
  const place = await services.store.places.personal(tenantId, objectId)
  const audit = await auditRowsOf(services, objectId)
  const data = {
    person: objectId,
    sessions,
    oneToOneChat: place?.place.conversationId ?? null,
    auditRows: audit,
  }
  const blocks: Block[] = [
    {
      kind: 'text',
      prose: [
        `${count(sessions.length, 'dialog session')}, ${place ? 'one' : 'no'} stored chat, ${count(audit.length, 'audit row')}. Message texts are not kept.`,
      ],
    },
    { kind: 'code', language: 'json', text: JSON.stringify(data, null, 2).slice(0, 12_000) },
  ]
  return say({ kind: 'notice', title: 'What I keep about you', tone: 'neutral', blocks, offers: [] })
}

async function auditRowsOf(services: Services, objectId: string) {
  const rows: { readonly at: number; readonly what: string; readonly outcome: string }[] = []
  for (let after = 0; ; ) {
    const page = await services.store.audit.page(after, 500)
    rows.push(
      ...page.filter((row) => row.who === objectId).map(({ at, what, outcome }) => ({ at, what, outcome })),
    )
    const last = page.at(-1)
    if (!last || page.length < 500) return rows.slice(-200)
    after = last.seq
  }
}

export async function forgetMe(turn: Turn, services: Services): Promise<Response> {
  const { tenantId, objectId } = turn.person
  const sessions = await services.store.sessions.removeOfPerson(tenantId, objectId)
  await services.signIn.signOut(turn.person)
  await services.store.settings.remove(tenantId, `role/${objectId}`)
  const reply: Reply = notice(
    'I have forgotten you.',
    `${count(sessions, 'session')} deleted, and you are signed out. This chat is remembered again when you write here.`,
    'Audit rows stay until their retention ends: they show who did what in your tenant, and that must not be erasable by the one it is about.',
  )
  return say(reply)
}

const SHOWN_ROWS = 40

/** The newest rows of the audit trail; the whole of it, checked, comes from `npm run audit`. Looking is itself recorded. */
export async function auditTrail(services: Services): Promise<Response> {
  const head = await services.store.audit.head()
  const rows = head ? await services.store.audit.page(Math.max(0, head.seq - SHOWN_ROWS), SHOWN_ROWS) : []
  const lines = rows.map((row) =>
    `${row.seq} ${new Date(row.at).toISOString()} ${row.who} ${row.what} ${row.outcome} ${row.subject ?? ''}`.trimEnd(),
  )
  return say({
    kind: 'notice',
    title: `Audit trail: ${count(head?.seq ?? 0, 'row')}`,
    tone: 'neutral',
    blocks: [
      {
        kind: 'text',
        prose: [
          `The newest ${rows.length}. \`npm run audit -- verify\` checks the chain, \`npm run audit -- export\` writes all of it.`,
        ],
      },
      { kind: 'code', language: 'text', text: lines.join('\n') },
    ],
    offers: [],
  })
}
