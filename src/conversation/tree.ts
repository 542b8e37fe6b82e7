// Steps through a dialog tree. Pure: state and input in, state and what to show out. The state is plain JSON.
import type { CheckResult } from '../diagnosis/index.ts'
import type { NextStep } from '../nouns.ts'
import { MAX_QUESTIONS } from './load-trees.ts'
import type { Fix, Step, Tree } from './tree-schema.ts'

/** What is known about the case from the beginning or from an answer. */
export type Known = {
  /** Somebody was named; who, is kept in the session's subject. */
  readonly object?: boolean
  readonly domain?: string
}

/** `by: graph`: nobody was asked, the tenant itself told it. */
type Answer = { readonly step: string; readonly answer: string; readonly by?: 'graph' }

export type State = {
  readonly treeId: string
  readonly at: string
  /** Answers so far, oldest first. Steps that ran by themselves are not in it. */
  readonly trail: readonly Answer[]
  readonly known: Known
  /** Needs that were asked for and not answered. */
  readonly without: readonly string[]
  /** Ids of checks that failed and that could not run, of the latest look. */
  readonly found: readonly string[]
  /** Those of `found` that decided which way the tree went. */
  readonly decisive?: readonly string[]
  readonly blind: readonly string[]
  /** Ids of server findings of the latest pasted report. */
  readonly server: readonly string[]
}

export type Choice = { readonly id: string; readonly label: string }

export type View =
  | {
      readonly kind: 'need'
      readonly entity: 'object' | 'domain'
      readonly question: string
      readonly choices: readonly Choice[]
      readonly misunderstood: boolean
    }
  | {
      readonly kind: 'ask'
      readonly question: string
      readonly why?: string
      readonly choices: readonly Choice[]
      /** 1 for the first question. */
      readonly number: number
      readonly misunderstood: boolean
    }
  | {
      readonly kind: 'paste'
      readonly question: string
      readonly choices: readonly Choice[]
      readonly number: number
      readonly misunderstood: boolean
    }
  | { readonly kind: 'checks'; readonly checks: readonly string[] }
  | {
      readonly kind: 'cause' | 'shortlist'
      readonly title: string
      /** One for a cause, several for a shortlist, most likely first. */
      readonly causes: readonly string[]
      readonly fix: readonly NextStep[]
      readonly verify: string
      readonly article: string
      /** Ids of checks that could not run: said beside the cause. */
      readonly blind: readonly string[]
    }
  /** The findings of the checks (or of the server report) are the answer. */
  | {
      readonly kind: 'findings'
      readonly ruleIds: readonly string[]
      readonly from: 'checks' | 'server'
      readonly blind: readonly string[]
    }

export type TreeTurn = {
  readonly state: State
  readonly next: 'runChecks' | 'ask' | 'paste' | 'end'
  readonly view: View
}

export type Input =
  | { readonly kind: 'look' }
  | { readonly kind: 'choice'; readonly id: string; readonly by?: 'graph' }
  | { readonly kind: 'text'; readonly text: string }
  /** What the person named in answer to a need. */
  | { readonly kind: 'known'; readonly known: Known }
  | { readonly kind: 'report'; readonly complete: boolean; readonly findingIds: readonly string[] }
  | { readonly kind: 'checked' }
  | { readonly kind: 'back' }
  | { readonly kind: 'restart' }

/** Choice ids that every question has. */
export const UNSURE = 'unsure'
export const UNABLE = 'unable'

export function begin(tree: Tree, known: Known = {}): State {
  return { treeId: tree.id, at: tree.start, trail: [], known, without: [], found: [], blind: [], server: [] }
}

function has(known: Known, entity: 'object' | 'domain'): boolean {
  return entity === 'object' ? known.object === true : known.domain !== undefined
}

function missingNeed(tree: Tree, state: State) {
  return tree.needs.find((n) => !has(state.known, n.entity) && !state.without.includes(n.entity))
}

function toNextStep(fix: Fix): NextStep {
  return { who: fix.who, prose: [fix.text], ...(fix.command === undefined ? {} : { command: fix.command }) }
}

function turnOf(tree: Tree, state: State, misunderstood = false): TreeTurn {
  const need = missingNeed(tree, state)
  if (need) {
    const choices = need.required ? [] : [{ id: UNSURE, label: 'I do not know' }]
    const view: View = { kind: 'need', entity: need.entity, question: need.question, choices, misunderstood }
    return { state, next: 'ask', view }
  }
  const step = tree.steps[state.at]
  if (!step) return turnOf(tree, begin(tree, state.known))
  return viewOf(step, state, misunderstood)
}

function viewOf(step: Step, state: State, misunderstood: boolean): TreeTurn {
  const number = Math.min(state.trail.length + 1, MAX_QUESTIONS)
  switch (step.kind) {
    case 'check':
      return { state, next: 'runChecks', view: { kind: 'checks', checks: step.checks } }
    case 'ask': {
      const choices = [
        ...step.choices.map(({ id, label }) => ({ id, label })),
        { id: UNSURE, label: 'I do not know' },
      ]
      const why = step.why === undefined ? {} : { why: step.why }
      return {
        state,
        next: 'ask',
        view: { kind: 'ask', question: step.question, ...why, choices, number, misunderstood },
      }
    }
    case 'paste': {
      const choices = [{ id: UNABLE, label: 'I cannot get to the server' }]
      return {
        state,
        next: 'paste',
        view: { kind: 'paste', question: step.question, choices, number, misunderstood },
      }
    }
    case 'findings': {
      const from = state.server.length > 0 ? 'server' : 'checks'
      const own = state.decisive && state.decisive.length > 0 ? state.decisive : state.found
      const ruleIds = from === 'server' ? state.server : own
      return { state, next: 'end', view: { kind: 'findings', ruleIds, from, blind: state.blind } }
    }
    case 'end':
    case 'shortlist': {
      const causes = step.kind === 'end' ? [step.cause] : step.causes
      const { title, verify, article } = step
      const kind = step.kind === 'end' ? 'cause' : 'shortlist'
      const fix = step.fix.map(toNextStep)
      return { state, next: 'end', view: { kind, title, causes, fix, verify, article, blind: state.blind } }
    }
  }
}

const yes = /^(y|yes|yep|yeah|ja|sure|correct|right|true)\b/
const no = /^(n|no|nope|nein|not|false)\b/
const dontKnow =
  /^(\?+|(?:i )?(?:do ?n[o']?t|do not) know|no idea|not sure|unsure|dunno|idk|unknown|don't have it|no clue|skip)\b/

function norm(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\u2019`]/g, "'")
    .replace(/[\s.!]+$/, '')
    .trim()
}

/** The choice that a typed answer means: its number, its words, yes or no, "I don't know". */
export function choiceFor(text: string, choices: readonly Choice[]): string | undefined {
  const said = norm(text)
  if (said === '') return undefined
  const index = /^(?:option |number |no\.? )?(\d)$/.exec(said)
  if (index) return choices[Number(index[1]) - 1]?.id
  if (dontKnow.test(said)) return choices.find((c) => c.id === UNSURE || c.id === UNABLE)?.id
  const exact = choices.find((c) => norm(c.label) === said || c.id === said)
  if (exact) return exact.id
  for (const word of [yes, no]) {
    const fitting = choices.filter((c) => word.test(norm(c.label)))
    if (word.test(said) && fitting.length === 1) return fitting[0]?.id
  }
  const near = said.length >= 3 ? choices.filter((c) => norm(c.label).includes(said)) : []
  return near.length === 1 ? near[0]?.id : undefined
}

function goTo(tree: Tree, state: State, to: string, given?: Omit<Answer, 'step'>): TreeTurn {
  const trail = given === undefined ? state.trail : [...state.trail, { step: state.at, ...given }]
  return turnOf(tree, { ...state, at: to, trail })
}

function afterChecks(tree: Tree, state: State, results: readonly CheckResult[]): TreeTurn {
  const step = tree.steps[state.at]
  if (step?.kind !== 'check') return turnOf(tree, state)
  const found = results.filter((r) => r.result === 'fail').map((r) => r.id)
  const blind = results.filter((r) => r.result === 'skipped' && step.checks.includes(r.id)).map((r) => r.id)
  const branch = step.found.find((f) => f.when.some((id) => found.includes(id)))
  // What is not there needs no eyes: only a check that was kept from looking counts as blind here.
  const kept = results.filter((r) => r.result === 'skipped' && r.because !== 'notFound').map((r) => r.id)
  const next = branch ?? step.blind?.find((f) => f.when.some((id) => kept.includes(id)))
  const decisive = found.filter((id) => branch?.when.includes(id) === true)
  return goTo(tree, { ...state, found, decisive, blind, server: [] }, next?.goto ?? step.otherwise)
}

function afterReport(tree: Tree, state: State, report: Extract<Input, { kind: 'report' }>): TreeTurn {
  const step = tree.steps[state.at]
  if (step?.kind !== 'paste') return turnOf(tree, state, true)
  const branch = step.found.find((f) => f.when.some((id) => report.findingIds.includes(id)))
  const to = branch?.goto ?? (report.complete ? step.clear : step.incomplete)
  return goTo(tree, { ...state, server: report.findingIds }, to, { answer: 'report' })
}

function afterChoice(tree: Tree, state: State, id: string | undefined, by?: 'graph'): TreeTurn {
  const need = missingNeed(tree, state)
  if (need) {
    if (id !== UNSURE || need.required) return turnOf(tree, state, true)
    return turnOf(tree, { ...state, without: [...state.without, need.entity] })
  }
  const step = tree.steps[state.at]
  if (step?.kind === 'ask') {
    const to = id === UNSURE ? step.unsure : step.choices.find((c) => c.id === id)?.goto
    if (to !== undefined && id !== undefined)
      return goTo(tree, state, to, by === undefined ? { answer: id } : { answer: id, by })
  }
  if (step?.kind === 'paste' && id === UNABLE) return goTo(tree, state, step.unable, { answer: UNABLE })
  return turnOf(tree, state, true)
}

function choicesAt(tree: Tree, state: State): readonly Choice[] {
  const { view } = turnOf(tree, state)
  return 'choices' in view ? view.choices : []
}

/** One question back; at the first question nothing changes. */
export function back(tree: Tree, state: State): TreeTurn {
  // What Graph answered would be answered by it again: the question before that is meant.
  const asked = state.trail.findLastIndex(({ by }) => by === undefined)
  const last = state.trail[asked]
  if (!last)
    return turnOf(tree, state.without.length > 0 ? { ...state, without: state.without.slice(0, -1) } : state)
  return turnOf(tree, { ...state, at: last.step, trail: state.trail.slice(0, asked), server: [] })
}

/** From the beginning, with what was known. */
export function restart(tree: Tree, state: State): TreeTurn {
  return turnOf(tree, begin(tree, state.known))
}

/** The next turn. An input that does not fit shows the same question again, marked `misunderstood`. */
export function advance(
  tree: Tree,
  state: State,
  input: Input,
  checkResults: readonly CheckResult[] = [],
): TreeTurn {
  switch (input.kind) {
    case 'look':
      return turnOf(tree, state)
    case 'back':
      return back(tree, state)
    case 'restart':
      return restart(tree, state)
    case 'checked':
      return afterChecks(tree, state, checkResults)
    case 'report':
      return afterReport(tree, state, input)
    case 'known':
      return turnOf(tree, { ...state, known: { ...state.known, ...input.known } })
    case 'choice':
      return afterChoice(tree, state, input.id, input.by)
    case 'text':
      return afterChoice(tree, state, choiceFor(input.text, choicesAt(tree, state)))
  }
}

/** What was asked and answered so far, in words, for handing the dialog to a colleague. */
export function trailWords(
  tree: Tree,
  state: State,
): readonly { readonly question: string; readonly answer: string; readonly source: string }[] {
  return state.trail.map(({ step, answer, by }) => {
    const at = tree.steps[step]
    const question = at && 'question' in at ? at.question : step
    const chosen = at?.kind === 'ask' ? at.choices.find((c) => c.id === answer)?.label : undefined
    const fixed = {
      [UNSURE]: 'I do not know',
      [UNABLE]: 'I cannot get to the server',
      report: 'server report pasted',
    }
    return {
      question,
      answer: chosen ?? (fixed as Readonly<Record<string, string>>)[answer] ?? answer,
      source: by === 'graph' ? 'Graph, schema of the job' : 'your answer',
    }
  })
}
