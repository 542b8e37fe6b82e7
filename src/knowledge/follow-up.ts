// "and for gov?", "why?", "source?", "which version?": short texts that mean something only after an answer.
import type { Block, Citation, Prose, Reply } from '../nouns.ts'
import { answerFrom, answerFromCodes, type CodeExtras, citationsOf } from './answer.ts'
import type { CodeEntry } from './codes.ts'
import { csvBlocks } from './csv.ts'
import type { Article } from './load.ts'
import type { Terms } from './normalise.ts'
import { plainProse } from './plain.ts'

const CUES = ['source', 'sure', 'why', 'how', 'who', 'version', 'table', 'more'] as const

export type Cue = (typeof CUES)[number]

/** A follow-up is short; anything longer stands for itself. */
const MOST_WORDS = 7

/** Which cue a text is, if it is nothing but one. `cues` comes from the word table. */
export function cueOf(text: string, cues: Readonly<Record<string, readonly string[]>>): Cue | undefined {
  const bare = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^\s*(?:and|but|ok|und|please) (?=\p{L})/u, '')
    .replace(/ (?:please|pls|bitte|then)\s*$/, '')
    .trim()
  return CUES.find((cue) => cues[cue]?.includes(bare))
}

/** "and for gov?", "what about passwords": a short text that carries the previous topic on. */
export function carriesOn(terms: Terms, cues: Readonly<Record<string, readonly string[]>>): boolean {
  if (terms.all.length === 0 || terms.all.length > MOST_WORDS) return false
  const start = terms.all.slice(0, 3).join(' ')
  return (cues.carry ?? []).some((cue) => start === cue || start.startsWith(`${cue} `))
}

const WANTED: Readonly<Record<'why' | 'how' | 'who', RegExp>> = {
  why: /^(why|cause|background|reason)/i,
  how: /^(steps|how|what to do|fix|do this)/i,
  who: /^who/i,
}

/** The part of an article a cue asks for: the section with that heading, else the whole article again. */
export function sectionFor(article: Article, cue: 'why' | 'how' | 'who'): readonly Block[] {
  const start = article.blocks.findIndex((block) => block.kind === 'heading' && WANTED[cue].test(block.text))
  if (start >= 0) {
    const end = article.blocks.findIndex((block, i) => i > start && block.kind === 'heading')
    return article.blocks.slice(start, end < 0 ? undefined : end)
  }
  if (cue === 'how') {
    const steps = article.blocks.filter(
      (block) => block.kind === 'code' || (block.kind === 'list' && block.ordered),
    )
    if (steps.length > 0) return steps
  }
  return article.blocks
}

const RELEASE = /\b1\.1\.\d{2,4}/

const tellsRelease = (prose: Prose) => RELEASE.test(plainProse(prose))

/** What an article says about releases of the agent; empty when it names none. */
function releases(article: Article): Block[] {
  return article.blocks.flatMap((block): Block[] => {
    if (block.kind === 'text') return tellsRelease(block.prose) ? [block] : []
    if (block.kind !== 'list') return []
    const items = block.items.filter(tellsRelease)
    return items.length > 0 ? [{ ...block, ordered: false, items }] : []
  })
}

/** Where the releases are when the article before names none. */
const VERSIONS = 'agent-versions'

export function followUp(article: Article, cue: Cue, articleOf: (id: string) => Article | undefined): Reply {
  const whole = answerFrom(article, { confidence: 1, articleOf })
  if (cue === 'more') return whole
  if (cue === 'source' || cue === 'sure') {
    const title = `Sources: ${article.title}`
    return { ...whole, title, blocks: sourceBlocks(citationsOf(article)) }
  }
  if (cue === 'version') {
    const blocks = releases(article)
    if (blocks.length > 0) return { ...whole, blocks }
    const versions = articleOf(VERSIONS)
    return versions ? answerFrom(versions, { confidence: 1, articleOf }) : whole
  }
  if (cue === 'table') {
    const blocks = csvBlocks(article.blocks)
    return blocks.length > 0 ? { ...whole, title: `${article.title} (CSV)`, blocks } : noTable(whole)
  }
  return { ...whole, blocks: sectionFor(article, cue) }
}

function noTable(whole: Extract<Reply, { kind: 'answer' }>): Reply {
  return {
    ...whole,
    blocks: [{ kind: 'text', prose: ['That answer has no table, so there is no CSV of it.'] }],
  }
}

function sourceBlocks(citations: readonly Citation[]): Block[] {
  const items = citations.map((citation) => [
    citation.url === undefined ? citation.source : { link: citation.source, url: citation.url },
    ` (reviewed ${citation.reviewed})`,
  ])
  return [
    { kind: 'text', prose: ['The answer rests on these documents.'] },
    { kind: 'list', ordered: false, items },
  ]
}

/** The same after an error code: its sources, or the whole entry again. */
export function followUpCode(
  entry: CodeEntry,
  cue: Cue,
  extras: Omit<CodeExtras, 'reviewed'> & { readonly codesReviewed: string },
): Reply {
  const whole = answerFromCodes([entry], { reviewed: extras.codesReviewed, articleOf: extras.articleOf })
  if (cue !== 'source' && cue !== 'sure') return whole
  return { ...whole, title: `Sources: ${entry.code}`, blocks: sourceBlocks(whole.citations) }
}
