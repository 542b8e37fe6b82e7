// Puts a reply of kind `answer` together: the article's own blocks, who must act, citations, next questions.
import type { Block, Button, Citation, Inline, Prose, Reply } from '../nouns.ts'
import type { CodeEntry } from './codes.ts'
import type { Article } from './load.ts'
import { parseInline } from './markdown.ts'
import { plainProse } from './plain.ts'

export type Answer = Extract<Reply, { kind: 'answer' }>

const MOST_OFFERS = 3

export function citationsOf(article: Article): Citation[] {
  return article.sources.map((source) => ({
    articleId: article.id,
    title: article.title,
    source: source.heading === undefined ? source.document : `${source.document} > ${source.heading}`,
    ...(source.url === undefined ? {} : { url: source.url }),
    reviewed: article.note && article.reviewed.startsWith('0000') ? 'date not given' : article.reviewed,
  }))
}

/** A button that asks for an article in one of its own phrases. */
export function offerOf(article: Article): Button {
  return { label: article.title, say: article.questions[0] ?? article.title }
}

/** The paragraph that answers; every article begins with one. */
export function gist(article: Article): Block {
  return article.blocks.find((block) => block.kind === 'text') ?? { kind: 'text', prose: [article.title] }
}

/** More rows than this are no answer to a question that names one. */
const FEW_ROWS = 2

/**
 * The rows of the tables that the question names in their first column ("1.1.2505.0", "8080"), as sentences to stand
 * before the article: nobody should have to look for a row.
 */
export function rowsNamed(article: Article, words: readonly string[]): Block[] {
  const asked = new Set(words.filter((word) => /^\d[\d.]{1,12}$/.test(word)))
  if (asked.size === 0) return []
  return article.blocks.flatMap((block): Block[] => {
    if (block.kind !== 'table' || block.rows.length <= FEW_ROWS) return []
    const rows = block.rows.filter((row) => asked.has(plainCell(row[0])))
    if (rows.length === 0 || rows.length > FEW_ROWS) return []
    return rows.map((row) => ({ kind: 'text', prose: sentenceOf(row, block.columns) }))
  })
}

const plainCell = (cell: Prose | undefined) => plainProse(cell).trim().toLowerCase()

function sentenceOf(row: readonly Prose[], columns: readonly string[]): Prose {
  const [name, ...cells] = row
  const told = cells.flatMap((cell, i): Inline[] =>
    cell.length === 0 ? [] : [i === 0 ? '' : '; ', `${(columns[i + 1] ?? '').toLowerCase()}: `, ...cell],
  )
  return [{ strong: plainCell(name) }, ': ', ...told, '.']
}

/** asked: the text has this question too, so the whole article; else what may have been meant, its gist. */
export type Also = { readonly article: Article; readonly asked: boolean }

export type Extras = {
  readonly confidence: number
  /** Words of the question, to find the row it names. */
  readonly words?: readonly string[]
  /** Other articles that answer a second question, or that are nearly as close. */
  readonly also?: readonly Also[]
  /** A note of the organisation on the same matter. */
  readonly note?: Article
  readonly articleOf: (id: string) => Article | undefined
}

export function answerFrom(article: Article, extras: Extras): Answer {
  const { also = [], note } = extras
  const blocks: Block[] = [...rowsNamed(article, extras.words ?? []), ...article.blocks]
  const citations = citationsOf(article)
  if (note) {
    blocks.push({ kind: 'heading', text: `Your organisation's note: ${note.title}` }, ...note.blocks)
    citations.push(...citationsOf(note))
  }
  for (const other of also) {
    const lead = other.asked ? 'You also asked' : 'If you meant'
    blocks.push({ kind: 'heading', text: `${lead}: ${other.article.title}` })
    blocks.push(...(other.asked ? other.article.blocks : [gist(other.article)]))
    citations.push(...citationsOf(other.article).slice(0, 1))
  }
  const offers = offersAfter(article, extras)
  const title = article.note ? `Your organisation's note: ${article.title}` : article.title
  return { kind: 'answer', title, blocks, citations, confidence: extras.confidence, offers }
}

/** What may have been meant first, then what is related; nothing that is shown in full already. */
function offersAfter(article: Article, { also = [], note, articleOf }: Extras): Button[] {
  const shown = new Set([article.id, note?.id, ...also.flatMap((one) => (one.asked ? [one.article.id] : []))])
  const next = also.filter((one) => !one.asked).map((one) => one.article)
  for (const id of article.related ?? []) {
    const related = articleOf(id)
    if (related && !next.includes(related)) next.push(related)
  }
  return next
    .filter((other) => !shown.has(other.id))
    .slice(0, MOST_OFFERS)
    .map(offerOf)
}

const WHO: Readonly<Record<string, string>> = {
  helpdesk: 'helpdesk',
  AD: 'the Active Directory administrators',
  network: 'the network and firewall team',
  identity: 'the identity administrators',
  Microsoft: 'Microsoft support',
  'on-call': 'the person on call',
}

/** "the identity administrators, then Microsoft support" */
export function whoActs(who: readonly string[]): string {
  return who.map((name) => WHO[name] ?? name).join(', then ')
}

export function codeBlocks(entry: CodeEntry): Block[] {
  const meaning: Prose = [{ code: entry.code }, ': ', ...parseInline(entry.meaning)]
  const blocks: Block[] = [{ kind: 'text', prose: meaning }]
  if (entry.quarantines) {
    blocks.push({
      kind: 'text',
      prose: ['This puts the synchronization job in quarantine until it is fixed.'],
    })
  }
  if (entry.until !== undefined) {
    blocks.push({ kind: 'text', prose: [{ strong: 'Older versions only: ' }, ...parseInline(entry.until)] })
  }
  if (entry.causes.length > 0) {
    blocks.push({ kind: 'heading', text: 'Likely causes' })
    blocks.push({ kind: 'list', ordered: false, items: entry.causes.map(parseInline) })
  }
  blocks.push({ kind: 'heading', text: 'What to do' })
  blocks.push({ kind: 'list', ordered: true, items: entry.fixes.map(parseInline) })
  blocks.push({ kind: 'text', prose: [{ strong: 'Who: ' }, `${whoActs(entry.who)}.`] })
  if (entry.confidence !== 'documented') {
    blocks.push({ kind: 'text', prose: [{ strong: 'How sure: ' }, ...parseInline(entry.confidence)] })
  }
  return blocks
}

export function codeCitation(entry: CodeEntry, reviewed: string): Citation {
  return {
    articleId: `code:${entry.code}`,
    title: entry.code,
    source: entry.source,
    ...(entry.url === undefined ? {} : { url: entry.url }),
    reviewed,
  }
}

export type CodeExtras = {
  readonly reviewed: string
  readonly articleOf: (id: string) => Article | undefined
}

/** Several codes in one paste: the first in full, each further one with its meaning and first step. */
export function answerFromCodes(entries: readonly [CodeEntry, ...CodeEntry[]], extras: CodeExtras): Answer {
  const [first, ...rest] = entries
  const blocks = codeBlocks(first)
  for (const entry of rest.slice(0, 4)) {
    blocks.push({ kind: 'heading', text: `Also in your text: ${entry.code}` })
    blocks.push({
      kind: 'text',
      prose: parseInline(`${entry.meaning} First step: ${entry.fixes[0] ?? 'none'}`),
    })
  }
  const articles = entries.flatMap((entry) => {
    const article = entry.article === undefined ? undefined : extras.articleOf(entry.article)
    return article ? [article] : []
  })
  return {
    kind: 'answer',
    title: `${first.code}: cause and fix`,
    blocks,
    citations: entries.slice(0, 5).map((entry) => codeCitation(entry, extras.reviewed)),
    confidence: 1,
    offers: [...new Set(articles)].slice(0, MOST_OFFERS).map(offerOf),
  }
}
