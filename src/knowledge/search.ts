// Finds the articles for a question: MiniSearch gathers candidates, then each is weighed by how much of the
// question it explains and by how near one of its own question phrases is.
import MiniSearch from 'minisearch'
import type { Article } from './load.ts'
import type { Analyser, Terms } from './normalise.ts'

export type Hit = {
  readonly article: Article
  /** For the order of hits. */
  readonly score: number
  /** 0 to 1: how sure we are that this article answers the question. */
  readonly confidence: number
  /** The question is, word for word, one of the article's own phrases. */
  readonly exact: boolean
}

export type Search = {
  find(terms: Terms): readonly Hit[]
  /** Share of the question's weight that our knowledge has words for, 0 to 1. */
  familiarity(terms: Terms): number
}

type Entry = {
  readonly article: Article
  /** Terms of title, keywords and question phrases: what the article is about. */
  readonly about: ReadonlySet<string>
  readonly body: ReadonlySet<string>
  readonly phrases: readonly ReadonlySet<string>[]
}

const CANDIDATES = 24
const BODY_ONLY = 0.45
/** A name of code weighs more than a word, and an article that is about it gets a bonus. */
const NAME = 1.7
const NAMED = 0.1

/**
 * Weight of a word we have never seen. In a short question it matters ("reset bitlocker"); in a long one it counts
 * for little: people tell stories around their question.
 */
function unseenWeight(terms: number): number {
  return Math.max(0.3, 0.95 - 0.1 * Math.max(0, terms - 2))
}

export function createSearch(articles: Iterable<Article>, analyser: Analyser): Search {
  const { index, entries, frequency, phrases } = buildIndex(articles, analyser)
  const weightIn = (question: Terms) => {
    const most = Math.log(1 + entries.size) * unseenWeight(question.set.size)
    return (term: string) => {
      const seen = frequency.get(term)
      if (seen === undefined) return most
      return Math.log(1 + entries.size / seen) * (question.names.has(term) ? NAME : 1)
    }
  }
  return {
    familiarity(terms) {
      const all = terms.set.size
      if (all === 0) return 0
      return [...terms.set].filter((term) => frequency.has(term)).length / all
    },
    find(terms) {
      if (terms.set.size === 0) return []
      const found = index.search([...terms.set].join(' ')).slice(0, CANDIDATES)
      const top = found[0]?.score ?? 1
      const weightOf = weightIn(terms)
      const total = weigh(terms.set, weightOf)
      const asked = phrases.get(terms.all.join(' '))
      const hits: Hit[] = []
      const candidates = found.map((result) => ({ id: result.id as string, score: result.score }))
      if (asked && !candidates.some((one) => one.id === asked.id)) candidates.push({ id: asked.id, score: 0 })
      for (const result of candidates) {
        const entry = entries.get(result.id)
        if (!entry) continue
        const exact = asked === entry.article
        const confidence = exact ? 1 : confidenceOf(entry, { terms, total, weightOf })
        const score = confidence + 0.12 * (result.score / top) + (exact ? 1 : 0)
        hits.push({ article: entry.article, confidence, score, exact })
      }
      // Equal scores keep one order, so that the same question always gets the same answer.
      return hits.sort((a, b) => b.score - a.score || (a.article.id < b.article.id ? -1 : 1))
    },
  }
}

type Weights = {
  readonly terms: Terms
  readonly total: number
  weightOf(term: string): number
}

function weigh(terms: Iterable<string>, weightOf: (term: string) => number): number {
  let sum = 0
  for (const term of terms) sum += weightOf(term)
  return sum
}

function confidenceOf(entry: Entry, w: Weights): number {
  let explained = 0
  for (const term of w.terms.set) {
    if (entry.about.has(term)) explained += w.weightOf(term)
    else if (entry.body.has(term)) explained += w.weightOf(term) * (w.terms.names.has(term) ? 1 : BODY_ONLY)
  }
  const coverage = explained / w.total
  let nearest = 0
  for (const phrase of entry.phrases) {
    let shared = 0
    for (const term of phrase) if (w.terms.set.has(term)) shared += w.weightOf(term)
    if (shared === 0) continue
    const cosine = shared / Math.sqrt(w.total * weigh(phrase, w.weightOf))
    if (cosine > nearest) nearest = cosine
  }
  const named = [...w.terms.names].some((name) => entry.about.has(name))
  return Math.min(1, 0.5 * coverage + 0.5 * Math.min(1, nearest) + (named ? NAMED : 0))
}

function buildIndex(articles: Iterable<Article>, analyser: Analyser) {
  const index = new MiniSearch<Record<string, string>>({
    fields: ['title', 'questions', 'keywords', 'body'],
    tokenize: (text) => text.split(' '),
    processTerm: (term) => term,
    searchOptions: { boost: { title: 3, questions: 2.5, keywords: 2, body: 1 } },
  })
  const entries = new Map<string, Entry>()
  const frequency = new Map<string, number>()
  const phrases = new Map<string, Article>()
  const documents: Record<string, string>[] = []
  const read = (text: string) => analyser.analyse(text, { correct: false })
  for (const article of articles) {
    const title = read(article.title)
    const questions = article.questions.map(read)
    const keywords = read([...(article.keywords ?? []), ...(article.codes ?? [])].join(' '))
    const body = bodyTerms(article.text, read)
    const about = new Set([...title.set, ...keywords.set, ...questions.flatMap((q) => q.list)])
    entries.set(article.id, { article, about, body, phrases: [title.set, ...questions.map((q) => q.set)] })
    for (const term of new Set([...about, ...body])) frequency.set(term, (frequency.get(term) ?? 0) + 1)
    for (const phrase of [...questions, title]) phrases.set(phrase.all.join(' '), article)
    documents.push({
      id: article.id,
      title: title.list.join(' '),
      questions: questions.map((q) => q.list.join(' ')).join(' '),
      keywords: keywords.list.join(' '),
      body: [...body].join(' '),
    })
  }
  index.addAll(documents)
  return { index, entries, frequency, phrases }
}

/** The analyser reads a bounded number of words at a time, so a body goes through it line by line. */
function bodyTerms(text: string, read: (line: string) => Terms): Set<string> {
  const out = new Set<string>()
  for (const line of text.split('\n')) {
    if (line !== '') for (const term of read(line).list) out.add(term)
  }
  return out
}
