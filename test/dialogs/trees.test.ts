import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  loadTrees,
  MAX_QUESTIONS,
  problemsOf,
  readTree,
  treeArticles,
} from '../../src/conversation/load-trees.ts'
import { treeJsonSchema, treeSchema } from '../../src/conversation/tree-schema.ts'
import { understand } from '../../src/conversation/understand.ts'
import { MedicError } from '../../src/errors.ts'
import { paths } from './walk.ts'

const dir = join(import.meta.dirname, '../../dialogs')
const trees = loadTrees(dir)
const domains = ['contoso.com', 'fabrikam.com']

describe('every tree', () => {
  it('is there: each of the 76 symptoms has a dialog', () => {
    const claimed = new Set(trees.all.flatMap((tree) => tree.symptoms))
    const all = Array.from({ length: 76 }, (_, i) => `S${String(i + 1).padStart(2, '0')}`)
    expect(all.filter((symptom) => !claimed.has(symptom))).toEqual([])
    expect([...claimed].filter((symptom) => !all.includes(symptom))).toEqual([])
  })

  it('can be begun with a sentence, not only by its name', () => {
    for (const tree of trees.all)
      expect(
        tree.triggers.filter((phrase) => !phrase.startsWith('diagnose ')).length,
        tree.id,
      ).toBeGreaterThan(0)
  })

  it.each(trees.all.map((t) => [t.id, t] as const))(
    '%s: every path ends in a cause, findings or a shortlist',
    (_id, tree) => {
      let count = 0
      const ends = new Set<string>()
      for (const { steps, asked, end } of paths(tree)) {
        count++
        const where = steps.join(' > ')
        expect(end.next, where).toBe('end')
        expect(asked, where).toBeLessThanOrEqual(MAX_QUESTIONS)
        ends.add(end.state.at)
        const { view } = end
        if (view.kind === 'findings') {
          expect(view.ruleIds.length, where).toBeGreaterThan(0)
          continue
        }
        expect(['cause', 'shortlist'], where).toContain(view.kind)
        if (view.kind !== 'cause' && view.kind !== 'shortlist') continue
        expect(view.causes.length, where).toBeGreaterThan(view.kind === 'shortlist' ? 1 : 0)
        expect(view.fix.length, where).toBeGreaterThan(0)
        expect(view.article, where).toMatch(/^[a-z0-9-]+$/)
        expect(view.verify.length, where).toBeGreaterThan(10)
      }
      expect(count).toBeGreaterThan(5)
      const terminals = Object.entries(tree.steps).filter(
        ([, s]) => s.kind === 'end' || s.kind === 'shortlist' || s.kind === 'findings',
      )
      expect([...ends].sort()).toEqual(terminals.map(([id]) => id).sort())
    },
  )

  it.each(trees.all.flatMap((t) => t.triggers.map((phrase) => [phrase, t.id] as const)))(
    '"%s" leads to %s',
    (phrase, id) => {
      const { intents } = understand(phrase, { domains, treeIds: trees.ids })
      expect(intents[0]?.treeId).toBe(id)
    },
  )

  it('uses typed quotation of all its text: nothing was cut at a comma', () => {
    for (const file of readdirSync(dir)) {
      const source = readFileSync(join(dir, file), 'utf8')
      for (const line of source.split('\n').filter((l) => l.includes('{ who:') && l.includes('text:'))) {
        expect(line, `${file}: ${line}`).toMatch(/text: ["']/)
      }
    }
  })

  it('gives commands only where they read, or where the text says what they do', () => {
    const reading =
      /^(Get-|Test-|Restart-Service AADConnectProvisioningAgent$|Start-Service AADConnectProvisioningAgent$)/
    for (const tree of trees.all) {
      for (const step of Object.values(tree.steps)) {
        for (const fix of step.kind === 'end' || step.kind === 'shortlist' ? step.fix : []) {
          if (fix.command && !reading.test(fix.command)) expect(fix.text).toMatch(/changes|needs approval/)
        }
      }
    }
  })

  it('cites articles', () => {
    expect(treeArticles(trees).length).toBeGreaterThan(20)
  })

  it('has a JSON Schema for editors', () => {
    expect(JSON.stringify(treeJsonSchema())).toContain('"additionalProperties":false')
  })
})

const good = {
  id: 'sample',
  title: 'A sample',
  symptoms: ['S01'],
  triggers: ['one', 'two'],
  needs: [],
  start: 'ask-it',
  steps: {
    'ask-it': {
      kind: 'ask',
      question: 'Well?',
      choices: [{ id: 'yes', label: 'Yes', goto: 'done' }],
      unsure: 'done',
    },
    done: {
      kind: 'end',
      title: 'Done',
      cause: 'It is.',
      fix: [{ who: 'AD', text: 'Do it.' }],
      verify: 'It is done.',
      article: 'x',
    },
  },
}

function problems(change: (tree: typeof good & { steps: Record<string, unknown> }) => void): string {
  const copy = structuredClone(good)
  change(copy)
  const parsed = treeSchema.safeParse(copy)
  return parsed.success ? problemsOf(parsed.data).join('; ') : JSON.stringify(parsed.error.issues)
}

describe('a bad tree is refused', () => {
  it('accepts the sample', () => {
    expect(problems(() => undefined)).toBe('')
  })

  it('that leads nowhere', () => {
    expect(
      problems((t) => {
        t.steps['ask-it'].unsure = 'gone'
      }),
    ).toContain('does not exist')
  })

  it('that runs in a circle', () => {
    expect(
      problems((t) => {
        t.steps['ask-it'].unsure = 'ask-it'
      }),
    ).toContain('circle')
  })

  it('with a step nobody reaches', () => {
    expect(
      problems((t) => {
        ;(t.steps as Record<string, unknown>).lost = t.steps.done
      }),
    ).toContain('never reached')
  })

  it('with a check that does not exist', () => {
    const look = { kind: 'check', checks: ['object.nonsense'], found: [], otherwise: 'ask-it' }
    expect(
      problems((t) => {
        ;(t.steps as Record<string, unknown>).look = look
        t.start = 'look'
      }),
    ).toContain('object.nonsense')
  })

  it('that asks too much', () => {
    expect(
      problems((t) => {
        const steps = t.steps as Record<string, unknown>
        for (let i = 0; i < 7; i++)
          steps[`q${i}`] = {
            ...t.steps['ask-it'],
            choices: [{ id: 'a', label: 'A', goto: `q${i + 1}` }],
            unsure: `q${i + 1}`,
          }
        steps.q7 = t.steps.done
        t.start = 'q0'
        delete steps['ask-it']
        delete steps.done
      }),
    ).toContain('more than 6 questions')
  })

  it('with an unknown field, and the error names file and field', () => {
    let caught: unknown
    try {
      readTree('sample.yaml', 'id: sample\ncolour: red\n')
    } catch (thrown) {
      caught = thrown
    }
    expect(caught).toBeInstanceOf(MedicError)
    expect((caught as MedicError).code).toBe('SM_DIALOG_INVALID')
    expect((caught as MedicError).fields.file).toBe('sample.yaml')
    expect(() => readTree('broken.yaml', 'id: [')).toThrow(MedicError)
  })
})
