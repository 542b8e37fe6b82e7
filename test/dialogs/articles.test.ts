import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadTrees, treeArticles } from '../../src/conversation/load-trees.ts'
import { serverArticles } from '../../src/conversation/server-findings.ts'
import { articleIds } from '../../src/diagnosis/index.ts'

const root = join(import.meta.dirname, '../..')

it('every article that a check, a server finding or a dialog cites exists', () => {
  const files = readdirSync(join(root, 'knowledge/articles'), { recursive: true, encoding: 'utf8' })
  const ids = files
    .filter((f) => f.endsWith('.md'))
    .map((f) => /^id: *(\S+)/m.exec(readFileSync(join(root, 'knowledge/articles', f), 'utf8'))?.[1])
  const cited = [...articleIds, ...serverArticles, ...treeArticles(loadTrees(join(root, 'dialogs')))]
  expect([...new Set(cited)].filter((id) => !ids.includes(id))).toEqual([])
})
