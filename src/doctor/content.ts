// Knowledge, dialogs and the cards made of them.
import { join } from 'node:path'
import { BUDGET_BYTES, lint, render } from '../cards/index.ts'
import type { Config } from '../config.ts'
import { loadTrees, type Trees } from '../conversation/index.ts'
import { asMedicError } from '../errors.ts'
import { type Knowledge, loadKnowledge } from '../knowledge/index.ts'
import { fail, ok, type Subject, skipped, type Verdict } from './verdict.ts'

const knowledgeSubject: Subject = { id: 'knowledge', what: 'articles, fact tables and notes load' }
const dialogSubject: Subject = { id: 'dialogs', what: 'decision trees load' }
const cardSubject: Subject = { id: 'cards', what: 'the card of every article fits Teams' }

function attempt<T>(subject: Subject, load: () => T): T | Verdict {
  try {
    return load()
  } catch (thrown) {
    const { code, fields } = asMedicError(thrown)
    const where = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
    return fail(
      subject,
      [code, ...where].join(', '),
      'Correct the file and field named; `npm test` checks all.',
    )
  }
}

const isVerdict = (thing: unknown): thing is Verdict =>
  typeof thing === 'object' && thing !== null && 'result' in thing && 'seen' in thing

function checkCards(knowledge: Knowledge): Verdict {
  let largest = 0
  const broken: string[] = []
  const ids = knowledge.articleIds()
  for (const id of ids) {
    const { card, bytes } = render(knowledge.show(id), { scope: 'personal', now: 0 })
    largest = Math.max(largest, bytes)
    if (bytes > BUDGET_BYTES || (card && lint(card).length > 0)) broken.push(id)
  }
  const size = `${ids.length} cards, the largest ${Math.ceil(largest / 1024)} KB of ${BUDGET_BYTES / 1024}`
  return broken.length === 0
    ? ok(cardSubject, size)
    : fail(cardSubject, `does not fit: ${broken.join(', ')}`, 'Shorten these articles or split them.')
}

export function checkContent(config: Config, root: string): Verdict[] {
  const knowledge = attempt<Knowledge>(knowledgeSubject, () =>
    loadKnowledge({ dir: join(root, 'knowledge'), notesDir: config.notesDir }),
  )
  const trees = attempt<Trees>(dialogSubject, () => loadTrees(join(root, 'dialogs')))
  return [
    isVerdict(knowledge)
      ? knowledge
      : ok(
          knowledgeSubject,
          `${knowledge.articleIds().length} articles, ${knowledge.tableNames().length} tables, ${knowledge.codes().length} codes`,
        ),
    isVerdict(trees) ? trees : ok(dialogSubject, `${trees.ids.length} trees`),
    isVerdict(knowledge) ? skipped(cardSubject, 'knowledge does not load') : checkCards(knowledge),
  ]
}
