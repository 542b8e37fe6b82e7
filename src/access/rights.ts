// The one table of every command and every card verb. What is absent here is refused, wherever it comes from.
import { z } from 'zod'
import type { Role, Scope } from '../nouns.ts'
import { HOUR, MINUTE, SECOND } from '../time.ts'
import type { RateLimit } from './rate.ts'

export type Right = {
  /** read: nothing changes outside this conversation. write: the bot's own records or the tenant change. */
  readonly kind: 'read' | 'write'
  readonly role: Role
  /** Other people who must agree before it takes effect. */
  readonly approvals: 0 | 1
  readonly rate: readonly RateLimit[]
  /** Absent: everywhere. */
  readonly places?: readonly Scope[]
  /** For verbs of a card: the strict shape of its data, the inputs of a form included. */
  readonly data?: z.ZodType<Readonly<Record<string, string | number>>>
  /** One line for the help text; absent for what nobody types. */
  readonly help?: string
}

/** Looking costs Graph calls, so a person is held to a pace no human reaches. */
const looking: readonly RateLimit[] = [{ per: 'person', limit: 30, windowMs: MINUTE }]
const acting: readonly RateLimit[] = [{ per: 'person', limit: 60, windowMs: MINUTE }]

const id = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/)
const version = z.coerce.number().int().min(0).max(1_000_000_000)
const line = (max: number) => z.string().trim().min(1).max(max)

type Shape = Readonly<Record<string, z.ZodType<string | number | undefined>>>
// Absent keys stay absent, so the parsed data is again a flat record of strings and numbers.
const data = (shape: Shape) =>
  z.strictObject(shape) as unknown as z.ZodType<Readonly<Record<string, string | number>>>

const incident = { incident: id, version }
const operation = { operation: id, nonce: z.string().regex(/^[A-Za-z0-9_-]{22,64}$/) }
/** The state of a dialog lies in the session; the card only says which step it belongs to. */
const step = { dialog: id.optional(), step: id.optional() }

type Row = Omit<Right, 'approvals' | 'rate'> & Partial<Pick<Right, 'approvals' | 'rate'>>
const read = (role: Role, more: Omit<Row, 'kind' | 'role'> = {}): Right => ({
  kind: 'read',
  role,
  approvals: 0,
  rate: [],
  ...more,
})
const write = (role: Role, more: Omit<Row, 'kind' | 'role'> = {}): Right => ({
  ...read(role, { rate: acting, ...more }),
  kind: 'write',
})

const commands = {
  help: read('none', { help: 'what I can do for you' }),
  ask: read('none', { help: 'a question about Cloud Sync, an error code, or a pasted log line' }),
  whoAmI: read('none', { help: 'who you are to me: your role and what it allows' }),
  exportMyData: read('none', { places: ['personal'], help: 'what I keep about you' }),
  forgetMe: write('none', { places: ['personal'], help: 'delete what I keep about you' }),
  status: read('viewer', { rate: looking, help: 'every configuration with its state' }),
  diagnose: read('viewer', { rate: looking, help: 'why a person, a group or a domain is not synced' }),
  agents: read('viewer', { rate: looking, help: 'the provisioning agents' }),
  heldDeletions: read('viewer', { rate: looking, help: 'who would be deleted' }),
  incidents: read('viewer', { rate: looking, help: 'open incidents' }),
  incident: read('viewer', { rate: looking, help: 'one incident with its timeline' }),
  onCall: read('viewer', { help: 'who is on call now and next' }),
  handover: read('viewer', { rate: looking, help: 'the sheet for a change of shift' }),
  triage: read('viewer', { rate: looking, help: 'the first five minutes of an outage, from live state' }),
  supportBundle: read('viewer', { rate: looking, help: 'ids, times and findings for a support case' }),
  subscribe: write('operator', { help: 'alerts in this conversation' }),
  unsubscribe: write('operator', { help: 'no more alerts in this conversation' }),
  maintenance: write('operator', { help: 'hold notifications during planned work' }),
  quietHours: write('operator', { help: 'hours in which nobody is mentioned below critical' }),
  digest: write('operator', { help: 'a daily summary in this conversation' }),
  testAlert: write('operator', { help: 'send a test alert the way real ones go' }),
  gaps: read('operator', { help: 'questions I could not answer' }),
  figures: read('operator', { rate: looking, help: 'times to acknowledge and to resolve' }),
  stopActions: write('admin', { help: 'stop every action at once' }),
  allowActions: write('admin', { help: 'allow actions again' }),
  exportAudit: read('admin', { places: ['personal'], help: 'the audit trail' }),
} as const satisfies Record<string, Right>

const verbs = {
  // Text as if typed; the command it becomes is looked up and checked again.
  say: read('none', { data: data({ text: line(2000) }) }),
  signIn: read('none', { data: data({ operation: id.optional() }), help: 'sign in with your work account' }),
  signOut: write('none', { data: data({}), help: 'sign out' }),
  'dialog.choose': read('viewer', {
    rate: looking,
    data: data({ ...step, choice: z.string().min(1).max(200), text: line(4000).optional() }),
  }),
  'dialog.back': read('viewer', { data: data(step) }),
  'dialog.restart': read('viewer', { data: data(step) }),
  'dialog.cancel': read('viewer', { data: data(step) }),
  'dialog.handOver': write('viewer', { data: data({ ...step, note: line(1000).optional() }) }),
  'incident.acknowledge': write('operator', { data: data(incident) }),
  'incident.unacknowledge': write('operator', { data: data(incident) }),
  'incident.snooze': write('operator', {
    data: data({ ...incident, minutes: z.coerce.number().int().min(5).max(1440) }),
  }),
  'incident.resolve': write('operator', { data: data({ ...incident, reason: line(500) }) }),
  'incident.note': write('operator', { data: data({ ...incident, note: line(1000) }) }),
  'incident.why': read('viewer', { rate: looking, data: data(incident) }),
  'incident.refresh': read('viewer', { data: data(incident) }),
  'action.propose': write('viewer', {
    help: 'restart, start, pause, provision on demand, allow deletions: shown first, done when confirmed',
    // Proposing changes nothing; the job is read again and every right is checked again later.
    data: data({
      action: z.enum(['provisionOnDemand', 'start', 'restart', 'pause', 'allowDeletes']),
      configuration: id,
      job: id.optional(),
      object: z.string().min(1).max(1024).optional(),
      rule: id.optional(),
      incident: id.optional(),
    }),
  }),
  'action.confirm': write('operator', { data: data(operation) }),
  'action.approve': write('approver', { data: data(operation) }),
  'action.reject': write('approver', { data: data(operation) }),
  'action.breakGlass': write('admin', { data: data({ ...operation, reason: line(500) }) }),
  // Only who proposed or confirmed it may cancel, or an operator; the operation itself decides.
  'action.cancel': write('viewer', { data: data(operation) }),
  'feedback.like': read('none', { data: data({ article: id.optional(), comment: line(1000).optional() }) }),
  'feedback.dislike': read('none', {
    data: data({ article: id.optional(), comment: line(1000).optional() }),
  }),
} as const satisfies Record<string, Right>

/** What the actions themselves need beyond their verb; `actions/` reads role, approvals and rate from here. */
const actions = {
  'action:provisionOnDemand': write('operator', {
    rate: [
      { per: 'tenant', limit: 5, windowMs: 10 * SECOND },
      { per: 'person', limit: 20, windowMs: HOUR },
    ],
  }),
  'action:start': write('operator', { rate: [{ per: 'job', limit: 6, windowMs: HOUR }] }),
  'action:restart': write('operator', { rate: [{ per: 'job', limit: 1, windowMs: 30 * MINUTE }] }),
  'action:pause': write('operator', { rate: [{ per: 'job', limit: 6, windowMs: HOUR }] }),
  'action:allowDeletes': write('operator', {
    approvals: 1,
    rate: [{ per: 'job', limit: 1, windowMs: 30 * MINUTE }],
  }),
} as const satisfies Record<string, Right>

export type CommandName = keyof typeof commands
export type VerbName = keyof typeof verbs
export type ActionRightName = keyof typeof actions
export type RightName = CommandName | VerbName | ActionRightName

export const rights: Readonly<Record<RightName, Right>> = { ...commands, ...verbs, ...actions }
export const commandNames = Object.keys(commands) as readonly CommandName[]
export const verbNames = Object.keys(verbs) as readonly VerbName[]

export function rightOf(name: string): Right | undefined {
  return Object.hasOwn(rights, name) ? rights[name as RightName] : undefined
}
