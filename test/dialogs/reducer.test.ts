import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadTrees, MAX_QUESTIONS } from '../../src/conversation/load-trees.ts'
import {
  advance,
  back,
  begin,
  choiceFor,
  type Input,
  type State,
  trailWords,
} from '../../src/conversation/tree.ts'
import type { Tree } from '../../src/conversation/tree-schema.ts'
import type { CheckResult } from '../../src/diagnosis/index.ts'
import { checks } from '../../src/diagnosis/index.ts'
import { movesAt } from './walk.ts'

const trees = loadTrees(join(import.meta.dirname, '../../dialogs'))

function tree(id: string): Tree {
  const found = trees.get(id)
  if (!found) throw new Error(`no tree ${id}`)
  return found
}

const user = tree('user-not-synced')
const fail = (id: string): CheckResult => ({ id, result: 'fail', findings: [], blind: [] })
const skip = (id: string): CheckResult => ({
  id,
  result: 'skipped',
  because: 'notSignedIn',
  what: 'the agents',
})

describe('a dialog', () => {
  it('asks nothing when the object is named and a check decides', () => {
    const start = advance(user, begin(user, { object: true }), { kind: 'look' })
    expect(start.next).toBe('runChecks')
    const end = advance(user, start.state, { kind: 'checked' }, [
      fail('object.attribute-conflict'),
      skip('agents.all-inactive'),
    ])
    expect(end.view).toMatchObject({
      kind: 'findings',
      ruleIds: ['object.attribute-conflict'],
      blind: ['agents.all-inactive'],
    })
  })

  it('asks who it is first, and goes on without when nobody knows', () => {
    const start = advance(user, begin(user), { kind: 'look' })
    expect(start.view.kind).toBe('need')
    const known = advance(user, start.state, { kind: 'known', known: { object: true } })
    expect(known.next).toBe('runChecks')
    const unsure = advance(user, start.state, { kind: 'text', text: "I don't know" })
    expect(unsure.next).toBe('runChecks')
  })

  it('a likely finding alone does not end it: it asks', () => {
    const start = advance(user, begin(user, { object: true }), { kind: 'look' })
    const asked = advance(user, start.state, { kind: 'checked' }, [fail('object.no-log-entry')])
    expect(asked.next).toBe('ask')
    expect(asked.view).toMatchObject({ kind: 'ask', number: 1 })
  })

  it('takes an answer that Graph gives: it is kept as such, and going back passes over it', () => {
    const at: State = { ...begin(user, { object: true }), at: 'when-changed' }
    const asked = advance(user, at, { kind: 'choice', id: 'longer' }).state
    expect(user.steps[asked.at]).toMatchObject({ kind: 'ask', answeredBy: 'scope' })
    const told = advance(user, asked, { kind: 'choice', id: 'ous', by: 'graph' }).state
    expect(told.at).toBe('in-ou')
    expect(trailWords(user, told)).toMatchObject([
      { answer: 'Longer ago', source: 'your answer' },
      { answer: 'By organizational units', source: 'Graph, schema of the job' },
    ])
    expect(back(user, told).state).toMatchObject({ at: 'when-changed', trail: [] })
  })

  it('does not ask as if all were well when it was kept from looking', () => {
    const jobs = tree('quarantine')
    const start = advance(jobs, begin(jobs), { kind: 'look' })
    const kept: CheckResult = {
      id: 'job.quarantined',
      result: 'skipped',
      because: 'notPermitted',
      what: 'jobs',
    }
    expect(advance(jobs, start.state, { kind: 'checked' }, [kept]).state.at).toBe('cannot-see')
    const absent: CheckResult = { ...kept, because: 'notFound' }
    expect(advance(jobs, start.state, { kind: 'checked' }, [absent]).state.at).toBe('not-now')
  })

  it('goes back one question and starts over', () => {
    const at = (state: State, input: Input) => advance(user, state, input).state
    let state = advance(user, begin(user, { object: true }), { kind: 'checked' }).state
    const first = state
    state = at(state, { kind: 'choice', id: 'longer' })
    state = at(state, { kind: 'choice', id: 'group' })
    expect(back(user, state).state.at).toBe('which-scope')
    expect(back(user, back(user, state).state).state).toEqual(first)
    expect(back(user, first).state).toEqual(first)
    expect(advance(user, state, { kind: 'restart' }).next).toBe('runChecks')
  })

  it('repeats the question when the answer does not fit', () => {
    const { state } = advance(user, begin(user, { object: true }), { kind: 'checked' })
    const again = advance(user, state, { kind: 'text', text: 'purple' })
    expect(again.state).toEqual(state)
    expect(again.view).toMatchObject({ kind: 'ask', misunderstood: true })
  })

  it('reads typed answers: numbers, words, yes and no', () => {
    const choices = [
      { id: 'y', label: 'Yes, at once' },
      { id: 'n', label: 'No' },
      { id: 'unsure', label: 'I do not know' },
    ]
    expect(choiceFor('1', choices)).toBe('y')
    expect(choiceFor('yep', choices)).toBe('y')
    expect(choiceFor('no.', choices)).toBe('n')
    expect(choiceFor('no idea', choices)).toBe('unsure')
    expect(choiceFor('I don’t know', choices)).toBe('unsure')
    expect(choiceFor('at once', choices)).toBe('y')
    expect(choiceFor('9', choices)).toBeUndefined()
    expect(choiceFor('', choices)).toBeUndefined()
  })

  it('takes a server report and shows its findings', () => {
    const agent = tree('agent-down')
    const paste = advance(agent, begin(agent), { kind: 'checked' }, [fail('agents.all-inactive')])
    expect(paste.next).toBe('paste')
    const end = advance(agent, paste.state, {
      kind: 'report',
      complete: true,
      findingIds: ['server.agent-stopped', 'server.ntlm-allowed'],
    })
    expect(end.view).toMatchObject({
      kind: 'findings',
      from: 'server',
      ruleIds: ['server.agent-stopped', 'server.ntlm-allowed'],
    })
  })

  it('tells a colleague what was asked and answered', () => {
    let { state } = advance(user, begin(user, { object: true }), { kind: 'checked' })
    state = advance(user, state, { kind: 'choice', id: 'longer' }).state
    state = advance(user, state, { kind: 'choice', id: 'unsure' }).state
    expect(trailWords(user, state)).toEqual([
      {
        question: 'When was the account created or changed in AD?',
        answer: 'Longer ago',
        source: 'your answer',
      },
      {
        question: 'How is the scope of this domain chosen?',
        answer: 'I do not know',
        source: 'your answer',
      },
    ])
  })
})

describe('any sequence of inputs', () => {
  const anyInput: fc.Arbitrary<Input> = fc.oneof(
    fc.constantFrom<Input>({ kind: 'look' }, { kind: 'back' }, { kind: 'restart' }, { kind: 'checked' }),
    fc.record({ kind: fc.constant('choice' as const), id: fc.string({ maxLength: 12 }) }),
    fc.record({ kind: fc.constant('text' as const), text: fc.string({ maxLength: 30 }) }),
    fc.record({
      kind: fc.constant('report' as const),
      complete: fc.boolean(),
      findingIds: fc.constant(['server.fips']),
    }),
  )

  it('keeps a state that survives JSON, never asks more than six questions, never throws', () => {
    const results = fc.subarray(checks.map((c) => c.id)).map((ids) => ids.map(fail))
    fc.assert(
      fc.property(
        fc.constantFrom(...trees.all),
        fc.array(fc.tuple(anyInput, results, fc.nat(20)), { maxLength: 25 }),
        (one, inputs) => {
          let turn = advance(one, begin(one), { kind: 'look' })
          for (const [input, found, pick] of inputs) {
            const moves = movesAt(one, turn)
            const move = pick > 6 && moves.length > 0 ? moves[pick % moves.length] : undefined
            turn = move
              ? advance(one, turn.state, move.input, move.results)
              : advance(one, turn.state, input, found)
            const restored = JSON.parse(JSON.stringify(turn.state)) as State
            expect(restored).toEqual(turn.state)
            expect(advance(one, restored, { kind: 'look' }).view).toMatchObject({ kind: turn.view.kind })
            expect(turn.state.trail.length).toBeLessThanOrEqual(MAX_QUESTIONS)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
