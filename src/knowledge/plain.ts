// Blocks as plain words: for CSV, for the coverage page, for looking whether an answer holds a term.
import type { Block, Inline, Prose } from '../nouns.ts'

export function plainInline(part: Inline): string {
  if (typeof part === 'string') return part
  if ('code' in part) return part.code
  if ('strong' in part) return part.strong
  return 'link' in part ? part.link : 'data' in part ? part.data : String(part.at)
}

export function plainProse(prose: Prose | undefined): string {
  return (prose ?? []).map(plainInline).join('')
}

function plainBlock(block: Block): string {
  if (block.kind === 'text') return plainProse(block.prose)
  if (block.kind === 'list') return block.items.map(plainProse).join('\n')
  if (block.kind === 'facts')
    return block.rows.map((row) => `${row.name}: ${plainProse(row.value)}`).join('\n')
  if (block.kind !== 'table') return block.text
  return [block.columns.join(' '), ...block.rows.map((row) => row.map(plainProse).join(' '))].join('\n')
}

export function plainBlocks(blocks: readonly Block[]): string {
  return blocks.map(plainBlock).join('\n')
}
