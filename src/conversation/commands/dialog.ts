// Guided diagnosis: runs a tree until it must ask or has an end. Checks are run without asking anybody.
import {
  type CheckResult,
  diagnose as findingsOf,
  rank,
  runChecks,
  uncheckedOf,
} from '../../diagnosis/index.ts'
import type {
  Block,
  Button,
  Citation,
  FactRow,
  Finding,
  Json,
  Prose,
  Reply,
  Snapshot,
  Subject,
} from '../../nouns.ts'
import { at, personal, prose } from '../../nouns.ts'
import { becauseWords } from '../../words.ts'
import { readServerReport } from '../server-report.ts'
import { serverReportBlock } from '../server-report-block.ts'
import type { Services } from '../services.ts'
import {
  advance,
  begin,
  type Choice,
  type Input,
  type Known,
  type State,
  type TreeTurn,
  trailWords,
  type View,
} from '../tree.ts'
import type { Tree } from '../tree-schema.ts'
import { count, notice, type Response, say, type Turn } from '../turn.ts'
import { objectNameOf, type Understood } from '../understand.ts'
import { tokenOf } from './live.ts'

/** A tree has no circle, so this many looks without a question never happen; it bounds a broken one. */
const MOST_LOOKS = 12
const MOST_FINDINGS = 3
const MOST_SEEN = 2

type Look = { readonly snapshot: Snapshot; readonly results: readonly CheckResult[] }
type Case = {
  readonly turn: Turn
  readonly services: Services
  readonly tree: Tree
  readonly subject: Subject
  /** Findings of the server report that was pasted in this turn. */
  readonly reported?: readonly Finding[]
}

async function look({ turn, services, tree, subject }: Case): Promise<Look> {
  const token = await tokenOf(turn, services)
  const snapshot = await services.sync.snapshotOf(subject, { now: turn.now, ...(token ? { token } : {}) })
  const asked = Object.values(tree.steps).flatMap((one) => (one.kind === 'check' ? one.checks : []))
  return { snapshot, results: runChecks(snapshot, { asked }) }
}

/** Steps on until a person is needed; looks at the tenant at most once per turn. */
async function run(given: Case, first: TreeTurn): Promise<{ readonly step: TreeTurn; readonly look?: Look }> {
  let step = first
  let seen: Look | undefined
  for (let i = 0; step.next === 'runChecks' && i < MOST_LOOKS; i += 1) {
    seen ??= await look(given)
    if (seen.snapshot.candidates.length > 1) return { step, look: seen }
    step = advance(given.tree, step.state, { kind: 'checked' }, seen.results)
  }
  return seen ? { step, look: seen } : { step }
}

// ------------------------------------------------------------------ what is shown

function choiceButtons(state: State, choices: readonly Choice[]): Button[] {
  const data = { dialog: state.treeId, step: state.at }
  const answers = choices.map(
    (choice): Button => ({
      label: choice.label,
      verb: 'dialog.choose',
      data: { ...data, choice: choice.id },
    }),
  )
  const back: Button[] = state.trail.length > 0 ? [{ label: 'Back', verb: 'dialog.back', data }] : []
  return [...answers, ...back]
}

/** What the checks already say, above a question that they could not decide. */
function seenSoFar(look: Look | undefined): Block[] {
  const titles = look ? rank(look.results).slice(0, MOST_SEEN) : []
  if (titles.length === 0) return []
  return [
    { kind: 'heading', text: 'What I see' },
    { kind: 'list', ordered: false, items: titles.map(({ title }) => title) },
  ]
}

function question(
  { tree }: Case,
  step: TreeTurn,
  view: Extract<View, { kind: 'need' | 'ask' | 'paste' }>,
  look: Look | undefined,
): Reply {
  const again = view.misunderstood ? ['I did not understand that; please press one of the answers. '] : []
  const why =
    view.kind === 'ask' && view.why !== undefined ? [{ kind: 'text' as const, prose: [view.why] }] : []
  const block: Block[] =
    view.kind === 'paste' ? [{ kind: 'code', language: 'powershell', text: serverReportBlock() }] : []
  return {
    kind: 'question',
    title: tree.title,
    ask: [...again, view.question],
    blocks: [...seenSoFar(look), ...why, ...block],
    choices: choiceButtons(step.state, view.choices),
  }
}

function contextRows(snapshot: Snapshot): FactRow[] {
  const { subject, object, owner } = snapshot
  const rows: FactRow[] = []
  if (subject.kind === 'object') {
    const value: Prose = object.known
      ? [personal(object.value.displayName)]
      : [object.because === 'notFound' ? 'not in the tenant' : becauseWords[object.because]]
    rows.push({
      name: subject.type === 'group' ? 'Group' : 'Person',
      value,
      source: object.source,
      ...(object.known ? { asOf: object.asOf } : {}),
    })
  }
  if (owner.known)
    rows.push({
      name: 'Configuration',
      value: prose`${owner.value.domain}`,
      asOf: owner.asOf,
      source: owner.source,
    })
  const jobs = owner.known ? snapshot.jobs[owner.value.id] : undefined
  const job = jobs?.known ? jobs.value.find((one) => one.kind === 'provisioning') : undefined
  if (jobs?.known && job) {
    const ended = job.lastSuccess?.ended ?? job.lastSuccess?.began
    const last = ended === undefined ? [', no success recorded'] : prose`, last success ${at(ended)}`
    rows.push({
      name: 'Job',
      value: [job.status === 'quarantine' ? 'in quarantine' : job.status, ...last],
      asOf: jobs.asOf,
      source: jobs.source,
    })
  }
  return rows
}

function citationsFor(services: Services, articles: readonly string[]): Citation[] {
  return [...new Set(articles)]
    .flatMap((id) => (services.knowledge.article(id) ? [services.knowledge.cite(id)] : []))
    .slice(0, 3)
}

function findingReply(
  services: Services,
  found: {
    readonly title: Prose
    readonly findings: readonly Finding[]
    readonly look?: Look
    readonly asOf: number
  },
): Reply {
  const unchecked = found.look ? uncheckedOf(found.look.results) : []
  const offers = [
    ...new Map(
      found.findings.flatMap((finding) => finding.offers).map((offer) => [offer.label, offer]),
    ).values(),
  ].slice(0, 2)
  return {
    kind: 'finding',
    title: found.title,
    findings: found.findings.map((finding) => ({ ...finding, offers: [], unchecked: [] })),
    facts: found.look ? contextRows(found.look.snapshot) : [],
    unchecked,
    asOf: found.asOf,
    citations: citationsFor(
      services,
      found.findings.map((finding) => finding.article),
    ),
    offers: [...offers, { label: 'Hand over to on-call', verb: 'dialog.handOver', data: {} }],
  }
}

/** An end that a person's answers led to, as a finding like any other. */
function endFinding(
  given: Case,
  state: State,
  view: Extract<View, { kind: 'cause' | 'shortlist' }>,
): Finding {
  const causes: Prose =
    view.causes.length === 1 ? [view.causes[0] ?? ''] : view.causes.map((cause, i) => `${i + 1}. ${cause} `)
  const answers = trailWords(given.tree, state).map(
    (line): FactRow => ({ name: line.question, value: [line.answer], source: 'your answer' }),
  )
  return {
    ruleId: `dialog.${state.treeId}.${state.at}`,
    severity: 'warning',
    subject: given.subject,
    fingerprint: `dialog|${state.treeId}|${state.at}`,
    title: [view.title],
    cause: causes,
    evidence: answers,
    nextSteps: view.fix,
    verify: [view.verify],
    article: view.article,
    offers: [],
    unchecked: [],
    confidence: view.kind === 'cause' ? 'certain' : 'likely',
  }
}

function endReply(given: Case, step: TreeTurn, seen: Look | undefined): Reply {
  const { view, state } = step
  const asOf = given.turn.now
  const base = { asOf, ...(seen ? { look: seen } : {}) }
  if (view.kind === 'findings' && view.from === 'server') {
    const findings = (given.reported ?? []).filter((finding) => view.ruleIds.includes(finding.ruleId))
    return findingReply(given.services, {
      ...base,
      title: findings[0]?.title ?? ['The report names no cause.'],
      findings: findings.slice(0, MOST_FINDINGS),
    })
  }
  if (view.kind === 'findings') {
    const all = seen ? rank(seen.results) : []
    // What the tree branched on comes first: it is what this dialog set out to find.
    const named = all.filter((finding) => view.ruleIds.includes(finding.ruleId))
    const others = all.filter((finding) => !named.includes(finding))
    const findings = [...named, ...others].slice(0, MOST_FINDINGS)
    return findingReply(given.services, {
      ...base,
      title: findings[0]?.title ?? ['No check found a cause.'],
      findings,
    })
  }
  if (view.kind === 'cause' || view.kind === 'shortlist') {
    const own = endFinding(given, state, view)
    return findingReply(given.services, { ...base, title: own.title, findings: [own] })
  }
  return notice('This diagnosis has no end here.', 'Say "start over", or ask the person on call.')
}

function chooseCandidate(snapshot: Snapshot): Reply {
  const choices = snapshot.candidates
    .slice(0, 5)
    .map(
      (one): Button => ({ label: one.displayName.slice(0, 60), say: `${one.upn ?? one.id} is not synced` }),
    )
  return {
    kind: 'question',
    title: 'Which one do you mean?',
    ask: [`${snapshot.candidates.length} objects fit that name.`],
    blocks: [],
    choices,
  }
}

// ------------------------------------------------------------------ turns

async function step(given: Case, state: State, input: Input): Promise<Response> {
  const { turn, tree, subject } = given
  const { step: next, look: seen } = await run(given, advance(tree, state, input))
  await auditLook(given, seen)
  const { dialog: _old, ...rest } = turn.session
  const session = { ...rest, subject }
  if (seen && seen.snapshot.candidates.length > 1)
    return { replies: [chooseCandidate(seen.snapshot)], session }
  const { view } = next
  if (view.kind === 'need' || view.kind === 'ask' || view.kind === 'paste') {
    const dialog = { treeId: tree.id, state: next.state as unknown as Json }
    return { replies: [question(given, next, view, seen)], session: { ...session, dialog } }
  }
  // An end that only answers led to has not looked yet: the facts around it are worth one look.
  const around =
    seen ?? (subject.kind === 'object' && next.state.trail.length > 0 ? await look(given) : undefined)
  return { replies: [endReply(given, next, around)], session }
}

/** Who looked at which object: its id, never its name. */
async function auditLook({ turn, services, subject }: Case, seen: Look | undefined): Promise<void> {
  if (!seen || subject.kind !== 'object') return
  const { object, deletedObject } = seen.snapshot
  const id = object.known
    ? object.value.id
    : deletedObject.known
      ? deletedObject.value.id
      : 'not in the tenant'
  await services.store.audit.append({
    at: turn.now,
    tenantId: turn.place.tenantId,
    who: turn.person.objectId,
    what: 'diagnose.look',
    subject: id,
    where: turn.place.scope,
    outcome: 'succeeded',
  })
}

/** Begins a tree with what the message already named. */
export async function beginDialog(
  turn: Turn,
  services: Services,
  wish: {
    readonly treeId: string
    readonly understood?: Understood
    readonly domain?: string
    readonly subject?: Subject
  },
): Promise<Response> {
  const tree = services.trees.get(wish.treeId)
  if (!tree)
    return say(
      notice('I have no guided diagnosis of that name.', `There are: ${services.trees.ids.join(', ')}.`),
    )
  const named = wish.understood ? objectNameOf(wish.understood.entities) : undefined
  const subject: Subject =
    wish.subject ??
    (named
      ? { kind: 'object', ...named }
      : wish.domain === undefined
        ? { kind: 'tenant' }
        : { kind: 'configuration', domain: wish.domain })
  const known: Known = {
    ...(subject.kind === 'object' ? { object: true } : {}),
    ...(wish.domain === undefined ? {} : { domain: wish.domain }),
  }
  return step({ turn, services, tree, subject }, begin(tree, known), { kind: 'look' })
}

type Current = { readonly tree: Tree; readonly state: State; readonly subject: Subject }

export function currentDialog(turn: Turn, services: Services): Current | undefined {
  const { dialog, subject } = turn.session
  const tree = dialog ? services.trees.get(dialog.treeId) : undefined
  return tree && dialog
    ? { tree, state: dialog.state as unknown as State, subject: subject ?? { kind: 'tenant' } }
    : undefined
}

const over = (): Response =>
  say(notice('That question is not open any more.', 'Say what is wrong, and I begin again.'))

/** The pressed card stays as a record of question and answer; the next question is a message of its own. */
function answeredCard(current: Current, answer: string): Reply {
  const at = current.tree.steps[current.state.at]
  const asked = at && 'question' in at ? at.question : current.tree.title
  return {
    kind: 'question',
    title: current.tree.title,
    ask: [asked],
    blocks: [{ kind: 'text', prose: [{ strong: 'Answered: ' }, answer] }],
    choices: [],
  }
}

function labelOf(current: Current, choiceId: string): string {
  const at = current.tree.steps[current.state.at]
  const label = at?.kind === 'ask' ? at.choices.find((choice) => choice.id === choiceId)?.label : undefined
  return (
    label ??
    (choiceId === 'unsure'
      ? 'I do not know'
      : choiceId === 'unable'
        ? 'I cannot get to the server'
        : choiceId)
  )
}

export async function choose(
  turn: Turn,
  services: Services,
  pressed: { readonly dialog?: string; readonly step?: string; readonly choice: string },
): Promise<Response> {
  const current = currentDialog(turn, services)
  if (!current) return over()
  const stale =
    (pressed.dialog !== undefined && pressed.dialog !== current.tree.id) ||
    (pressed.step !== undefined && pressed.step !== current.state.at)
  if (stale) return again(turn, services, current)
  const response = await step({ turn, services, ...current }, current.state, {
    kind: 'choice',
    id: pressed.choice,
  })
  return { ...response, replace: answeredCard(current, labelOf(current, pressed.choice)) }
}

/** An old card was pressed: nothing is changed, the open question is shown again. */
async function again(turn: Turn, services: Services, current: Current): Promise<Response> {
  const shown = await step({ turn, services, ...current }, current.state, { kind: 'look' })
  return {
    ...shown,
    replies: [notice('That card was from an earlier step. This is the open question:'), ...shown.replies],
  }
}

export async function move(
  turn: Turn,
  services: Services,
  kind: 'back' | 'restart' | 'look',
): Promise<Response> {
  const current = currentDialog(turn, services)
  return current ? step({ turn, services, ...current }, current.state, { kind }) : over()
}

export function cancel(turn: Turn): Response {
  const { dialog, ...session } = turn.session
  return {
    replies: [notice(dialog ? 'The diagnosis is cancelled.' : 'There is nothing to cancel.')],
    session,
  }
}

/** Text while a question is open: an answer to it, or undefined when it is something else. */
export async function answer(
  turn: Turn,
  services: Services,
  understood: Understood,
): Promise<Response | undefined> {
  const current = currentDialog(turn, services)
  if (!current) return undefined
  const { state, tree } = current
  const asking = advance(tree, state, { kind: 'look' }).view
  if (asking.kind === 'need' && asking.entity === 'object') {
    const named = objectNameOf(understood.entities)
    if (named)
      return step({ turn, services, tree, subject: { kind: 'object', ...named } }, state, {
        kind: 'known',
        known: { object: true },
      })
  }
  if (asking.kind === 'need' && asking.entity === 'domain') {
    const domain = understood.intents[0]?.domain
    if (domain !== undefined)
      return step({ turn, services, tree, subject: { kind: 'configuration', domain } }, state, {
        kind: 'known',
        known: { domain },
      })
  }
  const taken = advance(tree, state, { kind: 'text', text: understood.text })
  if ('misunderstood' in taken.view && taken.view.misunderstood) return undefined
  return step({ turn, services, ...current }, state, { kind: 'text', text: understood.text })
}

function notAReport(looksLike: string | undefined): Reply {
  const what = looksLike === undefined ? 'This is not the report I know.' : `This looks like ${looksLike}.`
  return notice(
    what,
    'Paste the block I gave you into PowerShell on the agent server, then everything it prints. Say "server report" to get the block again.',
  )
}

/** A pasted server report: inside a dialog it answers the question, outside it is read on its own. */
export async function report(turn: Turn, services: Services, text: string): Promise<Response> {
  const read = readServerReport(text)
  if (read.kind === 'other') return say(notAReport(read.looksLike))
  const current = currentDialog(turn, services)
  const asking = current ? advance(current.tree, current.state, { kind: 'look' }) : undefined
  const findingIds = read.findings.map((finding) => finding.ruleId)
  const incomplete = read.cut
    ? ['The report is cut at its end; what follows is from the part that is there.']
    : read.lost > 0
      ? [`${read.lost} line(s) of the report are missing.`]
      : []
  const lead = incomplete.length > 0 ? [notice('The report is not complete.', ...incomplete)] : []
  if (current && asking?.next === 'paste') {
    const input: Input = { kind: 'report', complete: read.complete, findingIds }
    const next = await step({ turn, services, ...current, reported: read.findings }, current.state, input)
    return { ...next, replies: [...lead, ...next.replies] }
  }
  const findings = read.findings.slice(0, MOST_FINDINGS)
  if (findings.length === 0)
    return say(...lead, {
      kind: 'notice',
      title: 'The report shows nothing wrong.',
      tone: 'good',
      blocks: [
        { kind: 'facts', rows: read.facts },
        {
          kind: 'text',
          prose: [
            read.unknown.length > 0
              ? `The server could not tell: ${read.unknown.join(', ')}.`
              : 'Every line could be read.',
          ],
        },
      ],
      offers: [],
    })
  const reply = findingReply(services, { title: findings[0]?.title ?? [], findings, asOf: turn.now })
  return say(...lead, reply.kind === 'finding' ? { ...reply, facts: read.facts } : reply)
}

export function reportBlock(): Response {
  return say({
    kind: 'question',
    title: 'Check of the agent server',
    ask: ['Paste this into PowerShell on the agent server, then paste what it prints here. It only reads.'],
    blocks: [{ kind: 'code', language: 'powershell', text: serverReportBlock() }],
    choices: [],
  })
}

/** Everything known so far goes to who is on call, one-to-one where I know their chat, else to the alert channel. */
export async function handOver(turn: Turn, services: Services, note: string | undefined): Promise<Response> {
  const { subject } = turn.session
  const current = currentDialog(turn, services)
  const snapshot = subject ? await services.sync.snapshotOf(subject, { now: turn.now }) : undefined
  const findings = snapshot ? findingsOf(snapshot).slice(0, MOST_FINDINGS) : []
  const answers = current
    ? trailWords(current.tree, current.state).map((line): Prose => [`${line.question} – `, line.answer])
    : []
  const sheet: Reply = {
    kind: 'notice',
    title: 'Handed over by helpdesk',
    tone: 'attention',
    blocks: [
      ...(turn.person.name ? [{ kind: 'text' as const, prose: ['From ', personal(turn.person.name)] }] : []),
      ...(snapshot
        ? [{ kind: 'facts' as const, rows: [...subjectRow(snapshot.subject), ...contextRows(snapshot)] }]
        : []),
      ...findings.map(
        (finding): Block => ({ kind: 'text', prose: [...finding.title, ' ', ...finding.cause] }),
      ),
      ...(answers.length > 0 ? [{ kind: 'list' as const, ordered: true, items: answers }] : []),
      ...(note ? [{ kind: 'text' as const, prose: [{ data: note, personal: true as const }] }] : []),
    ],
    offers: [],
  }
  const told = await services.alerts.tellOnCall({ reply: sheet, now: turn.now, by: turn.person })
  return say(
    told > 0
      ? notice('Handed over.', `It is on its way to ${count(told, 'conversation')}.`)
      : notice(
          'Nobody could be told.',
          'No one is on call and no channel is subscribed. Say "who is on call", or subscribe a channel.',
        ),
  )
}

function subjectRow(subject: Subject): FactRow[] {
  if (subject.kind !== 'object') return []
  return [{ name: 'Asked about', value: [personal(subject.name.value)] }]
}
