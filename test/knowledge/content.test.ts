// The articles and tables themselves: sources, reachability, numbers, readability.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { citedBy, KNOWLEDGE_DIR, plainBlocks, plainProse, realKnowledge } from '../support/knowledge.ts'

const knowledge = realKnowledge()
const articles = knowledge.articleIds().map((id) => {
  const article = knowledge.article(id)
  if (!article) throw new Error(`listed but missing: ${id}`)
  return article
})

describe('articles', () => {
  it('has enough of them, each in a topic folder', () => {
    expect(articles.length).toBeGreaterThanOrEqual(150)
    for (const article of articles) expect(article.topic, article.id).toMatch(/^[a-z]+$/)
  })

  it('gives each a source with an https address or a named document, and a review date', () => {
    for (const article of articles) {
      expect(article.sources.length, article.id).toBeGreaterThan(0)
      for (const source of article.sources) {
        expect(source.document.length, article.id).toBeGreaterThan(5)
        if (source.url !== undefined)
          expect(source.url, article.id).toMatch(/^https:\/\/(learn\.microsoft\.com|github\.com)\//)
      }
      expect(article.reviewed, article.id).toMatch(/^20\d\d-\d\d-\d\d$/)
    }
  })

  it('reaches each article by each of its own question phrases', () => {
    const lost: string[] = []
    for (const article of articles) {
      for (const question of article.questions) {
        const reply = knowledge.ask(question)
        // An error code inside a phrase is answered by its own entry, which offers the article.
        const byCode = citedBy(reply)[0]?.startsWith('code:') && knowledge.codesIn(question)[0] !== undefined
        if (!byCode && citedBy(reply)[0] !== article.id) {
          lost.push(`${article.id}: "${question}" -> ${reply.kind} ${citedBy(reply).join(', ')}`)
        }
      }
    }
    expect(lost).toEqual([])
  })

  it('reaches each article by its title', () => {
    const lost = articles.filter((article) => {
      const cited = citedBy(knowledge.ask(article.title))
      return !cited.includes(article.id) && !cited[0]?.startsWith('code:')
    })
    expect(lost.map((article) => article.id)).toEqual([])
  })

  it('leaves no Markdown or placeholder behind in what is shown', () => {
    for (const article of articles) {
      const text = plainBlocks(article.blocks.filter((block) => block.kind !== 'code'))
      expect(text, article.id).not.toMatch(/\{\{|(?<!\S)\*\p{L}[^*]*\*|\}\}|\*\*|`|\]\(http|^#{1,4} /mu)
    }
  })

  it('shows every row of the main fact tables in some article', () => {
    const everything = articles.map((article) => plainBlocks(article.blocks)).join('\n')
    const unseen: string[] = []
    for (const name of [
      'ports',
      'urls',
      'server-requirements',
      'gmsa-permissions',
      'comparison',
      'versions',
      'roles',
    ]) {
      const table = knowledge.table(name)
      const [first] = Object.keys(table?.columns ?? {})
      for (const row of table?.rows ?? []) {
        const [cell] = [row[first ?? '']].flat()
        if (!everything.includes(String(cell).replaceAll('`', ''))) unseen.push(`${name}.${String(row.id)}`)
      }
    }
    expect(unseen).toEqual([])
  })
})

/** Figures whose home is a fact table: written by hand in an article they could go out of date unseen. */
const HOMED: readonly [string, string, RegExp][] = [
  ['limits', 'objects', /\b150,000\b/],
  ['limits', 'group_members', /\b50,000\b/],
  ['limits', 'connect_members', /\b250,000\b/],
  ['limits', 'ou_filter_size', /\b4 MB\b/],
  ['limits', 'inactive_after', /\b1 hour\b/],
  ['limits', 'delete_passes', /\b499\b/],
]

describe('numbers', () => {
  it('agree with the fact tables', () => {
    for (const [table, id, pattern] of HOMED) {
      const today = String(knowledge.table(table)?.rows.find((row) => row.id === id)?.today)
      expect(today, `${table}.${id}`).toMatch(pattern)
    }
  })

  it('come from the tables where a table has them', () => {
    const files = readdirSync(join(KNOWLEDGE_DIR, 'articles'), { recursive: true, encoding: 'utf8' })
    const byHand: string[] = []
    for (const file of files.filter((name) => name.endsWith('.md'))) {
      const body = readFileSync(join(KNOWLEDGE_DIR, 'articles', file), 'utf8')
        .split('\n---\n')
        .slice(1)
        .join('\n')
      for (const [, id, pattern] of HOMED) if (pattern.test(body)) byHand.push(`${file}: ${id}`)
    }
    expect(byHand).toEqual([])
  })

  it('agree between the error codes and the limits', () => {
    const limit = (id: string) => String(knowledge.table('limits')?.rows.find((row) => row.id === id)?.today)
    expect(knowledge.code('TimeOut')?.meaning).toContain(limit('agent_timeout'))
    expect(knowledge.code('TooManyDeletes')?.meaning).toContain(limit('delete_threshold'))
    expect(knowledge.code('EncounteredBaseEscrowThreshold')?.meaning).toContain(limit('quarantine_base'))
    expect(knowledge.code('EncounteredTotalEscrowThreshold')?.meaning).toContain(limit('quarantine_total'))
  })
})

describe('readability', () => {
  const sentences = articles.flatMap((article) =>
    article.blocks
      .flatMap((block) => {
        if (block.kind === 'text') return [plainProse(block.prose)]
        return block.kind === 'list' ? block.items.map(plainProse) : []
      })
      .flatMap((text) => text.split(/(?<=[.?!:;])\s+/))
      .map((sentence) => ({ id: article.id, sentence, words: sentence.split(/\s+/).length })),
  )

  it('has short sentences', () => {
    const lengths = sentences.map((one) => one.words).sort((a, b) => a - b)
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(20)
    expect(sentences.filter((one) => one.words > 40)).toEqual([])
  })

  it('begins each article with an answer of at most 60 words', () => {
    for (const article of articles) {
      const [first] = article.blocks
      const words = first?.kind === 'text' ? plainProse(first.prose).split(/\s+/).length : 999
      expect(words, article.id).toBeLessThanOrEqual(60)
    }
  })
})
