// What a guided diagnosis shows: the question that the facts leave open, and its end.
import { rank, uncheckedOf } from '../../diagnosis/index.ts'
import type {
  Block,
  Button,
  Citation,
  DirectoryObject,
  FactRow,
  Finding,
  Instant,
  Place,
  Prose,
  Reply,
  Subject,
} from '../../nouns.ts'
import { type ReportHosts, serverReportBlock } from '../server-report-block.ts'
import type { Services } from '../services.ts'
import { type Choice, type State, type TreeTurn, trailWords, type View } from '../tree.ts'
import type { Tree } from '../tree-schema.ts'
import { notice } from '../turn.ts'
import { contextRows, type Look, seenSoFar } from './dialog-facts.ts'

export const MOST_FINDINGS = 3
const MOST_CHOICES = 5

/** Where a diagnosis stands, and what it saw when it looked in this turn. */
export type Stand = {
  readonly tree: Tree
  readonly subject: Subject
  readonly step: TreeTurn
  readonly look: Look | undefined
  /** Findings of the server report that was pasted in this turn. */
  readonly reported?: readonly Finding[]
  readonly now: Instant
}

// ------------------------------------------------------------------ questions

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

type Asking = Extract<View, { kind: 'need' | 'ask' | 'paste' }>

export function isAsking(view: View): view is Asking {
  return view.kind === 'need' || view.kind === 'ask' || view.kind === 'paste'
}

const misread: Readonly<Record<Asking['kind'], string>> = {
  ask: 'I did not understand that; please press one of the answers, or say "cancel". ',
  need: 'I did not find a name in that. ',
  paste: 'That is not what the block prints. ',
}

/** The block to copy stands above the question, and what to do with it above the block. */
function pasteBlocks(instruction: string, hosts: ReportHosts): Block[] {
  return [
    { kind: 'text', prose: [instruction] },
    { kind: 'code', language: 'powershell', text: serverReportBlock(hosts) },
  ]
}

export function questionReply(
  { tree, step, look }: Pick<Stand, 'tree' | 'step' | 'look'>,
  view: Asking,
  hosts: ReportHosts,
): Reply {
  const again = view.misunderstood ? [misread[view.kind]] : []
  const why: Block[] =
    view.kind === 'ask' && view.why !== undefined ? [{ kind: 'text', prose: [view.why] }] : []
  const paste = view.kind === 'paste'
  return {
    kind: 'question',
    title: tree.title,
    ask: [...again, paste ? 'Paste here everything it prints.' : view.question],
    blocks: [...seenSoFar(look), ...why, ...(paste ? pasteBlocks(view.question, hosts) : [])],
    choices: choiceButtons(step.state, view.choices),
  }
}

export function reportBlockReply(hosts: ReportHosts): Reply {
  return {
    kind: 'question',
    title: 'Check of the agent server',
    ask: ['Paste here everything it prints.'],
    blocks: pasteBlocks('Run this in PowerShell on the agent server. It only reads.', hosts),
    choices: [],
  }
}

/** The pressed card stays as a record of question and answer; the next question is a message of its own. */
export function answeredCard(tree: Tree, state: State, choiceId: string): Reply {
  const step = tree.steps[state.at]
  const asked = step && 'question' in step ? step.question : tree.title
  const [line] = trailWords(tree, { ...state, trail: [{ step: state.at, answer: choiceId }] })
  return {
    kind: 'question',
    title: tree.title,
    ask: [asked],
    blocks: [{ kind: 'text', prose: [{ strong: 'Answered: ' }, line?.answer ?? choiceId] }],
    choices: [],
  }
}

/** Several people fit a name. In shared places no names are shown, so there is nothing to choose from. */
export function chooseCandidate(
  place: Place,
  candidates: readonly DirectoryObject[],
  sayFor: (name: string) => string,
): Reply {
  const shown = place.scope === 'personal' ? candidates.slice(0, MOST_CHOICES) : []
  const more = candidates.length > shown.length && shown.length > 0
  const hint =
    shown.length === 0
      ? ' Names are shown in one-to-one chats only: ask me there, or give the whole address here.'
      : more
        ? ` These are the first ${shown.length}; the whole address is surest.`
        : ''
  return {
    kind: 'question',
    title: 'Which one do you mean?',
    ask: [`${candidates.length} objects fit that name.${hint}`],
    blocks: [],
    choices: shown.map((one) => {
      const name = one.upn ?? one.id
      return { label: `${one.displayName.slice(0, 60)}, ${name}`, say: sayFor(name) }
    }),
  }
}

// ------------------------------------------------------------------ ends

function citationsFor(services: Services, articles: readonly string[]): Citation[] {
  return [...new Set(articles)]
    .flatMap((id) => (services.knowledge.article(id) ? [services.knowledge.cite(id)] : []))
    .slice(0, 3)
}

export function findingReply(
  services: Services,
  found: {
    readonly title: Prose
    readonly findings: readonly Finding[]
    readonly look?: Look | undefined
    /** Instead of those of the look. */
    readonly facts?: readonly FactRow[]
    readonly asOf: Instant
  },
): Reply {
  const offers = [
    ...new Map(
      found.findings.flatMap((finding) => finding.offers).map((offer) => [offer.label, offer]),
    ).values(),
  ].slice(0, 2)
  return {
    kind: 'finding',
    title: found.title,
    findings: found.findings.map((finding) => ({ ...finding, offers: [], unchecked: [] })),
    facts: found.facts ?? (found.look ? contextRows(found.look.snapshot) : []),
    unchecked: found.look ? uncheckedOf(found.look.results) : [],
    asOf: found.asOf,
    citations: citationsFor(
      services,
      found.findings.map((finding) => finding.article),
    ),
    offers: [...offers, { label: 'Hand over to on-call', verb: 'dialog.handOver', data: {} }],
  }
}

/** An end that a person's answers led to, as a finding like any other. */
function endFinding(stand: Stand, view: Extract<View, { kind: 'cause' | 'shortlist' }>): Finding {
  const { state } = stand.step
  const causes: Prose =
    view.causes.length === 1 ? [view.causes[0] ?? ''] : view.causes.map((cause, i) => `${i + 1}. ${cause} `)
  return {
    ruleId: `dialog.${state.treeId}.${state.at}`,
    severity: 'warning',
    subject: stand.subject,
    fingerprint: `dialog|${state.treeId}|${state.at}`,
    title: [view.title],
    cause: causes,
    evidence: trailWords(stand.tree, state).map(({ question, answer, source }) => ({
      name: question,
      value: [answer],
      source,
    })),
    nextSteps: view.fix,
    verify: [view.verify],
    article: view.article,
    offers: [],
    unchecked: [],
    confidence: view.kind === 'cause' ? 'certain' : 'likely',
  }
}

function findingsAtEnd(stand: Stand, view: Extract<View, { kind: 'findings' }>): readonly Finding[] {
  if (view.from === 'server')
    return (stand.reported ?? []).filter((finding) => view.ruleIds.includes(finding.ruleId))
  const all = stand.look ? rank(stand.look.results) : []
  // What the tree branched on comes first: it is what this dialog set out to find.
  const named = all.filter((finding) => view.ruleIds.includes(finding.ruleId))
  return [...named, ...all.filter((finding) => !named.includes(finding))]
}

export function endReply(services: Services, stand: Stand): Reply {
  const { view } = stand.step
  const base = { asOf: stand.now, look: stand.look }
  if (view.kind === 'findings') {
    const findings = findingsAtEnd(stand, view).slice(0, MOST_FINDINGS)
    const none = view.from === 'server' ? 'The report names no cause.' : 'No check found a cause.'
    return findingReply(services, { ...base, title: findings[0]?.title ?? [none], findings })
  }
  if (view.kind === 'cause' || view.kind === 'shortlist') {
    const own = endFinding(stand, view)
    return findingReply(services, { ...base, title: own.title, findings: [own] })
  }
  return notice('This diagnosis has no end here.', 'Say "start over", or ask the person on call.')
}
