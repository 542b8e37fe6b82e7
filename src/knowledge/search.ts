// Finds the articles for a question. Each is weighed by how much of the question it explains and by how near two of
// its own question phrases are. Postings instead of a search library: building one cost most of the start.
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
  /** Best first, at most `MOST_HITS`. */
  find(terms: Terms): readonly Hit[]
  /** Share of the question's terms that our knowledge has words for, 0 to 1. */
  familiarity(terms: Terms): number
}

const MOST_HITS = 24
/** A word that only the body of an article has explains less of a question. */
const BODY_ONLY = 0.45
/** A name of code weighs more than a word, and an article that is about it gets a bonus. */
const NAME = 1.7
const NAMED = 0.1
/** Share of the second nearest phrase: one phrase may be near by accident, two seldom are. */
const SECOND = 0.25

/** Where a term stands: numbers of articles and of phrases. */
type Postings = { readonly about: number[]; readonly body: number[]; readonly phrases: number[] }

type Index = {
  readonly articles: readonly Article[]
  readonly terms: ReadonlyMap<string, Postings>
  /** Article of each phrase, and the weight of its terms together. */
  readonly owner: readonly number[]
  readonly norm: readonly number[]
  /** A phrase in full, stop words too, to its article. */
  readonly exact: ReadonlyMap<string, Article>
}

/**
 * Weight of a word we have never seen. In a short question it matters ("reset bitlocker"); in a long one it counts
 * for little: people tell stories around their question.
 */
function unseenWeight(terms: number): number {
  return Math.max(0.3, 0.95 - 0.1 * Math.max(0, terms - 2))
}

function rarity(articles: number, found: Postings): number {
  return Math.log(1 + articles / (found.about.length + found.body.length))
}

export function createSearch(articles: Iterable<Article>, analyser: Analyser): Search {
  const index = buildIndex([...articles], analyser)
  return {
    familiarity(terms) {
      if (terms.set.size === 0) return 0
      return [...terms.set].filter((term) => index.terms.has(term)).length / terms.set.size
    },
    find: (terms) => (terms.set.size === 0 ? [] : find(index, terms)),
  }
}

type Tally = { readonly explained: Float64Array; readonly shared: Map<number, number>; readonly named: Set<number> }

/** Adds up, for each article and phrase, the weight of the question's terms it has. */
function tally(index: Index, terms: Terms): Tally & { readonly total: number } {
  const size = index.articles.length
  const explained = new Float64Array(size)
  const shared = new Map<number, number>()
  const named = new Set<number>()
  const unseen = Math.log(1 + size) * unseenWeight(terms.set.size)
  let total = 0
  for (const term of terms.set) {
    const found = index.terms.get(term)
    const isName = terms.names.has(term)
    const weight = found ? rarity(size, found) * (isName ? NAME : 1) : unseen
    total += weight
    if (!found) continue
    for (const i of found.about) {
      explained[i] = (explained[i] ?? 0) + weight
      if (isName) named.add(i)
    }
    for (const i of found.body) explained[i] = (explained[i] ?? 0) + weight * (isName ? 1 : BODY_ONLY)
    for (const j of found.phrases) shared.set(j, (shared.get(j) ?? 0) + weight)
  }
  return { explained, shared, named, total }
}

function find(index: Index, terms: Terms): readonly Hit[] {
  const { explained, shared, named, total } = tally(index, terms)
  const nearest = new Float64Array(explained.length)
  const second = new Float64Array(explained.length)
  for (const [j, weight] of shared) {
    const i = index.owner[j] ?? 0
    const cosine = Math.min(1, weight / Math.sqrt(total * (index.norm[j] ?? 1)))
    if (cosine > (nearest[i] ?? 0)) {
      second[i] = nearest[i] ?? 0
      nearest[i] = cosine
    } else if (cosine > (second[i] ?? 0)) second[i] = cosine
  }
  const asked = index.exact.get(terms.all.join(' '))
  const hits: Hit[] = []
  index.articles.forEach((article, i) => {
    const exact = article === asked
    if (!exact && (explained[i] ?? 0) === 0) return
    const near = (1 - SECOND) * (nearest[i] ?? 0) + SECOND * (second[i] ?? 0)
    const sure = 0.5 * ((explained[i] ?? 0) / total) + 0.5 * near + (named.has(i) ? NAMED : 0)
    hits.push({ article, confidence: exact ? 1 : Math.min(1, sure), score: exact ? 2 : sure, exact })
  })
  // Equal scores keep one order, so that the same question always gets the same answer.
  return hits
    .sort((a, b) => b.score - a.score || (a.article.id < b.article.id ? -1 : 1))
    .slice(0, MOST_HITS)
}

function buildIndex(articles: readonly Article[], analyser: Analyser): Index {
  const terms = new Map<string, Postings>()
  const postings = (term: string): Postings => {
    let found = terms.get(term)
    if (!found) terms.set(term, (found = { about: [], body: [], phrases: [] }))
    return found
  }
  const owner: number[] = []
  const phrases: ReadonlySet<string>[] = []
  const exact = new Map<string, Article>()
  articles.forEach((article, i) => {
    const about = new Set<string>()
    for (const phrase of [article.title, ...article.questions]) {
      const read = analyser.learn(phrase)
      exact.set(read.all.join(' '), article)
      for (const term of read.set) {
        postings(term).phrases.push(owner.length)
        about.add(term)
      }
      owner.push(i)
      phrases.push(read.set)
    }
    for (const words of [article.keywords, article.codes])
      if (words) for (const term of analyser.learn(words.join(' ')).list) about.add(term)
    const body = new Set<string>()
    for (const line of article.text.split('\n'))
      if (line !== '') for (const term of analyser.learn(line).list) if (!about.has(term)) body.add(term)
    for (const term of about) postings(term).about.push(i)
    for (const term of body) postings(term).body.push(i)
  })
  const weightOf = (term: string) => rarity(articles.length, postings(term))
  const norm = phrases.map((phrase) => [...phrase].reduce((sum, term) => sum + weightOf(term), 0))
  return { articles, terms, owner, norm, exact }
}
