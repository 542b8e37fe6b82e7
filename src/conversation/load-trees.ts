// Reads dialogs/*.yaml and refuses trees that could lead nowhere.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { checks } from '../diagnosis/index.ts'
import { MedicError } from '../errors.ts'
import { serverFindingIds } from './server-findings.ts'
import { type Step, type Tree, treeSchema } from './tree-schema.ts'

/** Questions a person is asked at most on any path. */
export const MAX_QUESTIONS = 6

/** How the scope of a configuration can be chosen; ids of the choices of a question it answers. */
export const scopeKinds = ['ous', 'group', 'everything'] as const

export type Trees = {
  readonly all: readonly Tree[]
  readonly ids: readonly string[]
  get(id: string): Tree | undefined
}

function branches(step: Extract<Step, { kind: 'check' }>) {
  return [...step.found, ...(step.blind ?? [])]
}

/** Steps a step can lead to. */
export function targets(step: Step): readonly string[] {
  switch (step.kind) {
    case 'check':
      return [...branches(step).map((f) => f.goto), step.otherwise]
    case 'ask':
      return [...step.choices.map((c) => c.goto), step.unsure]
    case 'paste':
      return [...step.found.map((f) => f.goto), step.clear, step.incomplete, step.unable]
    default:
      return []
  }
}

function asks(step: Step): boolean {
  return step.kind === 'ask' || step.kind === 'paste'
}

type Walk = {
  readonly id: string
  readonly seen: readonly string[]
  readonly asked: number
  readonly checked: boolean
}

function walk(tree: Tree, at: Walk, problems: Set<string>): void {
  const step = tree.steps[at.id]
  if (!step) {
    problems.add(`leads to "${at.id}", which does not exist`)
    return
  }
  if (at.seen.includes(at.id)) {
    problems.add(`runs in a circle through "${at.id}"`)
    return
  }
  const asked = at.asked + (asks(step) ? 1 : 0)
  if (asked > MAX_QUESTIONS) problems.add(`asks more than ${MAX_QUESTIONS} questions before "${at.id}"`)
  if (step.kind === 'findings' && !at.checked)
    problems.add(`"${at.id}" shows findings, but no check was run before`)
  const checked = at.checked || step.kind === 'check' || step.kind === 'paste'
  for (const next of new Set(targets(step))) {
    walk(tree, { id: next, seen: [...at.seen, at.id], asked, checked }, problems)
  }
}

function reached(tree: Tree): ReadonlySet<string> {
  const out = new Set<string>()
  const open = [tree.start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = tree.steps[id]
    if (out.has(id) || !step) continue
    out.add(id)
    open.push(...targets(step))
  }
  return out
}

/** Everything that is wrong with a tree, in words; empty when it can be used. */
export function problemsOf(tree: Tree): readonly string[] {
  const problems = new Set<string>()
  walk(tree, { id: tree.start, seen: [], asked: tree.needs.length, checked: false }, problems)
  const used = reached(tree)
  for (const id of Object.keys(tree.steps)) if (!used.has(id)) problems.add(`"${id}" is never reached`)
  const checkIds = new Set(checks.map((c) => c.id))
  const reportIds = new Set<string>(serverFindingIds)
  for (const [id, step] of Object.entries(tree.steps)) {
    if (step.kind === 'check') {
      for (const name of [...step.checks, ...branches(step).flatMap((f) => f.when)]) {
        if (!checkIds.has(name)) problems.add(`"${id}" names the check "${name}", which does not exist`)
      }
      for (const name of branches(step).flatMap((f) => f.when)) {
        if (!step.checks.includes(name)) problems.add(`"${id}" branches on "${name}" without running it`)
      }
    }
    if (step.kind === 'paste') {
      for (const name of step.found.flatMap((f) => f.when)) {
        if (!reportIds.has(name))
          problems.add(`"${id}" names the server finding "${name}", which does not exist`)
      }
    }
    if (step.kind !== 'ask') continue
    const choiceIds = new Set(step.choices.map((c) => c.id))
    if (choiceIds.size < step.choices.length) problems.add(`"${id}" has two choices with one id`)
    if (step.answeredBy === 'scope' && scopeKinds.some((kind) => !choiceIds.has(kind)))
      problems.add(`"${id}" is answered by the scope and lacks one of ${scopeKinds.join(', ')}`)
  }
  return [...problems]
}

/** One tree from its YAML text. Throws SM_DIALOG_INVALID naming file and field. */
export function readTree(file: string, source: string): Tree {
  let raw: unknown
  try {
    raw = parse(source)
  } catch (thrown) {
    throw new MedicError('SM_DIALOG_INVALID', { file, problem: 'not YAML' }, thrown)
  }
  const parsed = treeSchema.safeParse(raw)
  if (!parsed.success) {
    const first = parsed.error.issues[0]
    const problem = `${first?.path.join('.') ?? ''}: ${first?.message ?? 'does not fit'}`
    throw new MedicError('SM_DIALOG_INVALID', { file, problem }, parsed.error)
  }
  const problems = problemsOf(parsed.data)
  if (`${parsed.data.id}.yaml` !== file) {
    throw new MedicError('SM_DIALOG_INVALID', { file, problem: `its id is ${parsed.data.id}` })
  }
  if (problems.length > 0) throw new MedicError('SM_DIALOG_INVALID', { file, problem: problems.join('; ') })
  return parsed.data
}

/** All trees of a folder, by file name. */
export function loadTrees(dir: string): Trees {
  const files = readdirSync(dir)
    .filter((f) => f.endsWith('.yaml'))
    .sort()
  const all = files.map((file) => readTree(file, readFileSync(join(dir, file), 'utf8')))
  const byId = new Map(all.map((tree) => [tree.id, tree]))
  return { all, ids: all.map((t) => t.id), get: (id) => byId.get(id) }
}

/** Ids of all articles that trees cite. */
export function treeArticles(trees: Trees): readonly string[] {
  const ids = trees.all.flatMap((tree) =>
    Object.values(tree.steps).flatMap((s) => (s.kind === 'end' || s.kind === 'shortlist' ? [s.article] : [])),
  )
  return [...new Set(ids)].sort()
}
