// Guided diagnosis: runs a tree until it must ask or has an end. Checks are run without asking anybody.
import { runChecks } from '../../diagnosis/index.ts'
import type { Finding, Json, Reply, Subject } from '../../nouns.ts'
import type { scopeKinds } from '../load-trees.ts'
import type { Services } from '../services.ts'
import { advance, begin, type Input, type Known, type State, type TreeTurn } from '../tree.ts'
import type { Tree } from '../tree-schema.ts'
import { notice, type Response, say, type Turn } from '../turn.ts'
import { objectNameOf, type Understood } from '../understand.ts'
import type { Look } from './dialog-facts.ts'
import { answeredCard, chooseCandidate, endReply, isAsking, questionReply } from './dialog-replies.ts'
import { tokenOf } from './live.ts'

/** A tree has no circle, so this many looks without a question never happen; it bounds a broken one. */
const MOST_LOOKS = 12

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

/** How the scope is chosen, for a question that Graph answers better than a person. */
function scopeKind({ snapshot }: Look): (typeof scopeKinds)[number] | undefined {
  if (!snapshot.scope.known) return undefined
  if (snapshot.scope.value.some(({ containers }) => containers.length > 0)) return 'ous'
  return snapshot.scope.value.some(({ groups }) => groups.length > 0) ? 'group' : 'everything'
}

/** Steps on until a person is needed; looks at the tenant at most once per turn. */
async function run(
  given: Case,
  first: TreeTurn,
  isBack: boolean,
): Promise<{ readonly step: TreeTurn; readonly look: Look | undefined }> {
  let step = first
  let seen: Look | undefined
  for (let i = 0; i < MOST_LOOKS; i += 1) {
    const at = given.tree.steps[step.state.at]
    const byScope = step.view.kind === 'ask' && at?.kind === 'ask' && at.answeredBy === 'scope' && !isBack
    if (step.next !== 'runChecks' && !byScope) break
    seen ??= await look(given)
    if (seen.snapshot.candidates.length > 1) break
    if (byScope) {
      const kind = scopeKind(seen)
      if (kind === undefined) break
      step = advance(given.tree, step.state, { kind: 'choice', id: kind, by: 'graph' })
    } else step = advance(given.tree, step.state, { kind: 'checked' }, seen.results)
  }
  return { step, look: seen }
}

async function step(given: Case, state: State, input: Input): Promise<Response> {
  const { turn, services, tree, subject } = given
  const { step: next, look: seen } = await run(given, advance(tree, state, input), input.kind === 'back')
  await auditLook(given, seen)
  const { dialog: _old, ...rest } = turn.session
  const session = { ...rest, subject }
  if (seen && seen.snapshot.candidates.length > 1) {
    const { candidates } = seen.snapshot
    return { replies: [chooseCandidate(turn.place, candidates, (name) => `${name} is not synced`)], session }
  }
  const stand = { tree, subject, step: next, look: seen, now: turn.now }
  if (isAsking(next.view)) {
    const dialog = { treeId: tree.id, state: next.state as unknown as Json }
    return {
      replies: [questionReply(stand, next.view, services.reportHosts)],
      session: { ...session, dialog },
    }
  }
  // An end that only answers led to has not looked yet: the facts around it are worth one look.
  const around =
    seen ?? (subject.kind === 'object' && next.state.trail.length > 0 ? await look(given) : undefined)
  const { reported } = given
  const reply = endReply(services, { ...stand, look: around, ...(reported ? { reported } : {}) })
  return { replies: [reply], session: { ...session, ...articleOf(reply) } }
}

/** "source?" after a diagnosis means the article behind it. */
function articleOf(reply: Reply): { readonly article?: string } {
  const article = reply.kind === 'finding' ? reply.findings[0]?.article : undefined
  return article === undefined ? {} : { article }
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

export async function choose(
  turn: Turn,
  services: Services,
  pressed: { readonly dialog?: string; readonly step?: string; readonly choice: string },
): Promise<Response> {
  const current = currentDialog(turn, services)
  if (!current) return over()
  const { tree, state } = current
  const stale =
    (pressed.dialog !== undefined && pressed.dialog !== tree.id) ||
    (pressed.step !== undefined && pressed.step !== state.at)
  if (stale) return again(turn, services, current)
  const given: Case = { turn, services, ...current }
  const response = await step(given, state, { kind: 'choice', id: pressed.choice })
  return { ...response, replace: answeredCard(tree, state, pressed.choice) }
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

/** A text that answers neither the open question nor means anything else: the question once more. */
export function misunderstood(turn: Turn, services: Services): Reply | undefined {
  const current = currentDialog(turn, services)
  if (!current) return undefined
  const { tree, state } = current
  const asking = advance(tree, state, { kind: 'look' })
  if (!isAsking(asking.view)) return undefined
  const again = { ...asking.view, misunderstood: true }
  return questionReply({ tree, step: asking, look: undefined }, again, services.reportHosts)
}

/** Is the output of the block for the server what the open question waits for? */
export function asksForReport(turn: Turn, services: Services): boolean {
  const current = currentDialog(turn, services)
  return current !== undefined && advance(current.tree, current.state, { kind: 'look' }).next === 'paste'
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

/** A pasted server report that answers the open question; undefined when none asks for it. */
export async function takeReport(
  turn: Turn,
  services: Services,
  report: { readonly complete: boolean; readonly findings: readonly Finding[] },
): Promise<Response | undefined> {
  const current = currentDialog(turn, services)
  if (!current || !asksForReport(turn, services)) return undefined
  const findingIds = report.findings.map((finding) => finding.ruleId)
  return step({ turn, services, ...current, reported: report.findings }, current.state, {
    kind: 'report',
    complete: report.complete,
    findingIds,
  })
}
