// Walks every path of a tree with the real reducer: every finding, every choice, every kind of report.
import { advance, begin, type Input, type TreeTurn } from '../../src/conversation/tree.ts'
import type { Tree } from '../../src/conversation/tree-schema.ts'
import type { CheckResult } from '../../src/diagnosis/index.ts'

export type Path = { readonly steps: readonly string[]; readonly asked: number; readonly end: TreeTurn }

type Move = {
  readonly input: Input
  readonly results?: readonly CheckResult[]
  readonly asks: number
  readonly name: string
}

function failing(id: string): CheckResult {
  return { id, result: 'fail', findings: [], blind: [] }
}

function blinded(ids: readonly string[]): CheckResult[] {
  return ids.map((id) => ({ id, result: 'skipped', because: 'unavailable', what: id }))
}

/** Everything that can happen at this point of the tree. */
export function movesAt(tree: Tree, turn: TreeTurn): readonly Move[] {
  const { view, state } = turn
  const step = tree.steps[state.at]
  if (view.kind === 'need') {
    const known: Input = {
      kind: 'known',
      known: view.entity === 'object' ? { object: true } : { domain: 'contoso.com' },
    }
    const given: Move = { input: known, asks: 1, name: `${view.entity} given` }
    return view.choices.length > 0
      ? [given, { input: { kind: 'choice', id: 'unsure' }, asks: 1, name: `no ${view.entity}` }]
      : [given]
  }
  if (step?.kind === 'check') {
    const found = [...new Set(step.found.flatMap((f) => f.when))]
    return [
      ...found.map((id) => ({
        input: { kind: 'checked' } as const,
        results: [failing(id)],
        asks: 0,
        name: id,
      })),
      { input: { kind: 'checked' }, results: [], asks: 0, name: 'all pass' },
      { input: { kind: 'checked' }, results: blinded(step.checks), asks: 0, name: 'all blind' },
    ]
  }
  if (step?.kind === 'paste') {
    const ids = [...new Set(step.found.flatMap((f) => f.when))]
    const report = (findingIds: readonly string[], complete: boolean): Input => ({
      kind: 'report',
      findingIds,
      complete,
    })
    return [
      ...ids.map((id) => ({ input: report([id], true), asks: 1, name: id })),
      { input: report([], true), asks: 1, name: 'clear report' },
      { input: report([], false), asks: 1, name: 'cut report' },
      { input: { kind: 'choice', id: 'unable' }, asks: 1, name: 'unable' },
    ]
  }
  if (view.kind === 'ask') {
    return view.choices.map((c) => ({ input: { kind: 'choice', id: c.id } as const, asks: 1, name: c.id }))
  }
  return []
}

export function* paths(tree: Tree): Generator<Path> {
  const start = advance(tree, begin(tree), { kind: 'look' })
  const open: Path[] = [{ steps: [], asked: 0, end: start }]
  for (let path = open.pop(); path; path = open.pop()) {
    const moves = movesAt(tree, path.end)
    if (moves.length === 0) {
      yield path
      continue
    }
    for (const move of moves) {
      const end = advance(tree, path.end.state, move.input, move.results)
      open.push({
        steps: [...path.steps, `${path.end.state.at}:${move.name}`],
        asked: path.asked + move.asks,
        end,
      })
    }
  }
}
