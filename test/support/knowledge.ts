// The real knowledge folder, loaded once per test file, and a reply as plain text.
import { fileURLToPath } from 'node:url'
import { type Knowledge, loadKnowledge } from '../../src/knowledge/index.ts'
import type { Block, Prose, Reply } from '../../src/nouns.ts'

export const KNOWLEDGE_DIR = fileURLToPath(new URL('../../knowledge', import.meta.url))

let loaded: Knowledge | undefined

export function realKnowledge(): Knowledge {
  loaded ??= loadKnowledge({ dir: KNOWLEDGE_DIR })
  return loaded
}

export function plainProse(prose: Prose): string {
  return prose
    .map((part) => {
      if (typeof part === 'string') return part
      if ('data' in part) return part.data
      if ('strong' in part) return part.strong
      if ('code' in part) return part.code
      if ('link' in part) return part.link
      return new Date(part.at).toISOString()
    })
    .join('')
}

function linesOf(block: Block): string[] {
  if (block.kind === 'text') return [plainProse(block.prose)]
  if (block.kind === 'list') return block.items.map(plainProse)
  if (block.kind === 'facts') return block.rows.map((row) => `${row.name}: ${plainProse(row.value)}`)
  if (block.kind === 'table') {
    return [block.columns.join(' | '), ...block.rows.map((row) => row.map(plainProse).join(' | '))]
  }
  return [block.text]
}

export function plainBlocks(blocks: readonly Block[]): string {
  return blocks.flatMap(linesOf).join('\n')
}

/** Title and blocks of a knowledge reply; a decline has only its title. */
export function plainReply(reply: Reply): string {
  const title = 'title' in reply && typeof reply.title === 'string' ? reply.title : ''
  return 'blocks' in reply ? `${title}\n${plainBlocks(reply.blocks)}` : title
}

/** Ids of the articles an answer cites, the main one first. */
export function citedBy(reply: Reply): string[] {
  return 'citations' in reply ? [...new Set(reply.citations.map((citation) => citation.articleId))] : []
}
