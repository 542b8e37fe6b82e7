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
  /** The question has a name of code that the article is about. */
  readonly named: boolean
}

export type Search = {
  /** Best first, at most `MOST_HITS`. */
  find(terms: Terms): readonly Hit[]
  /** Share of the question's terms that our knowledge has words for, 0 to 1. */
  familiarity(terms: Terms): number
}

const MOST_HITS = 24
/** Share of the wording, in questions short enough that it says something. */
const WORDING = 0.25
const MOST_WORDED = 9
/** How much of the question is explained counts a little more than how near a phrase is. */
const EXPLAINED = 0.55
/** A word that only the body of an article has explains less of a question. */
const BODY_ONLY = 0.45
/** A name of code weighs more than a word, and an article that is about it gets a bonus. */
const NAME = 1.7
const NAMED = 0.1
/** A little for articles of which most phrases share the question's terms: it decides between equals. */
const CENTRAL = 0.12
/** Share of the second nearest phrase: one phrase may be near by accident, two seldom are. */
const SECOND = 0.35

/** Where a term stands: numbers of articles and of phrases. */
type Postings = {
  readonly about: number[]
  readonly body: number[]
  readonly phrases: number[]
  /** How much the term says; known when all articles are read. */
  weight: number
}

type Index = {
  readonly articles: readonly Article[]
  readonly terms: ReadonlyMap<string, Postings>
  /** Article of each phrase, and the weight of its terms together. */
  readonly owner: readonly number[]
  readonly norm: readonly number[]
  /** How many phrases each article has. */
  readonly phrases: readonly number[]
  /** A phrase in full, stop words too, to its article. */
  readonly exact: ReadonlyMap<string, Article>
  /** The words of each article's phrases, stop words too. */
  readonly wording: ReadonlyMap<Article, readonly (readonly string[])[]>
  isWeak(term: string): boolean
}

/**
 * Weight of a word we have never seen. In a short question it matters ("reset bitlocker"); in a long one it counts
 * for little: people tell stories around their question.
 */
function unseenWeight(terms: number): number {
  return Math.max(0.15, 0.75 - 0.1 * Math.max(0, terms - 2))
}

/** By the articles that are about it; a term that only bodies have, by those. */
function rarity(articles: number, found: Postings): number {
  return Math.log(1 + articles / (found.about.length || found.body.length))
}

/** Share of its rarity that an everyday word keeps. */
const WEAK = 0.35

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

type Tally = {
  readonly explained: Float64Array
  /** The same, each term counted by the share of the article's phrases that have it. */
  readonly central: Float64Array
  readonly shared: Map<number, number>
  readonly named: Set<number>
}

/** Adds up, for each article and phrase, the weight of the question's terms it has. */
function tally(index: Index, terms: Terms): Tally & { readonly total: number } {
  const size = index.articles.length
  const explained = new Float64Array(size)
  const central = new Float64Array(size)
  const shared = new Map<number, number>()
  const named = new Set<number>()
  const unseen = Math.log(1 + size) * unseenWeight(terms.set.size)
  let total = 0
  for (const term of terms.set) {
    const found = index.terms.get(term)
    const isName = terms.names.has(term)
    const weight = found ? found.weight * (isName ? NAME : 1) : unseen * (index.isWeak(term) ? WEAK : 1)
    total += weight
    if (!found) continue
    for (const i of found.about) {
      explained[i] = (explained[i] ?? 0) + weight
      if (isName) named.add(i)
    }
    for (const i of found.body) explained[i] = (explained[i] ?? 0) + weight * (isName ? 1 : BODY_ONLY)
    for (const j of found.phrases) {
      const i = index.owner[j] ?? 0
      central[i] = (central[i] ?? 0) + weight / (index.phrases[i] ?? 1)
      shared.set(j, (shared.get(j) ?? 0) + weight)
    }
  }
  return { explained, central, shared, named, total }
}

function find(index: Index, terms: Terms): readonly Hit[] {
  const { explained, central, shared, named, total } = tally(index, terms)
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
  const asked = index.exact.get(keyOf(terms.all))
  const hits: Hit[] = []
  index.articles.forEach((article, i) => {
    const exact = article === asked
    if (!exact && (explained[i] ?? 0) === 0) return
    const near = (1 - SECOND) * (nearest[i] ?? 0) + SECOND * (second[i] ?? 0)
    const sure =
      EXPLAINED * ((explained[i] ?? 0) / total) + (1 - EXPLAINED) * near + (named.has(i) ? NAMED : 0)
    const score = sure + CENTRAL * ((central[i] ?? 0) / total)
    hits.push({
      article,
      confidence: exact ? 1 : Math.min(1, sure),
      score: exact ? 2 : score,
      exact,
      named: named.has(i),
    })
  })
  // Equal scores keep one order, so that the same question always gets the same answer.
  const inOrder = (a: Hit, b: Hit) => b.score - a.score || (a.article.id < b.article.id ? -1 : 1)
  const best = hits.sort(inOrder).slice(0, MOST_HITS)
  if (terms.all.length > MOST_WORDED) return best
  return best
    .map((hit) => ({ ...hit, score: hit.score + WORDING * alike(index, hit.article, terms.all) }))
    .sort(inOrder)
}

/** Words that a phrase means the same without. */
const FILLERS = new Set('the a an exactly please pls really just actually bitte so then also'.split(' '))

function keyOf(words: readonly string[]): string {
  return words.filter((word) => !FILLERS.has(word)).join(' ')
}

/** How much the nearest phrase of an article is worded like the question: "what does …" is not "how many …". */
function alike(index: Index, article: Article, words: readonly string[]): number {
  const asked = new Set(words)
  let most = 0
  for (const wording of index.wording.get(article) ?? []) {
    let shared = 0
    for (const word of wording) if (asked.has(word)) shared++
    most = Math.max(most, shared / (asked.size + wording.length - shared))
  }
  return most
}

function buildIndex(articles: readonly Article[], analyser: Analyser): Index {
  const terms = new Map<string, Postings>()
  const postings = (term: string): Postings => {
    let found = terms.get(term)
    if (!found) {
      found = { about: [], body: [], phrases: [], weight: 0 }
      terms.set(term, found)
    }
    return found
  }
  const owner: number[] = []
  const phrases: (readonly Postings[])[] = []
  const exact = new Map<string, Article>()
  const wording = new Map<Article, (readonly string[])[]>()
  /** Notes a place once: articles and phrases come in order, so a repeat is the last one noted. */
  const put = (places: number[], place: number) => {
    if (places[places.length - 1] !== place) places.push(place)
  }
  articles.forEach((article, i) => {
    const said: (readonly string[])[] = []
    wording.set(article, said)
    for (const phrase of [article.title, ...article.questions]) {
      const read = analyser.learn(phrase)
      exact.set(keyOf(read.all), article)
      said.push(read.all)
      const found = read.list.map(postings)
      for (const one of found) {
        put(one.phrases, owner.length)
        put(one.about, i)
      }
      phrases.push(found)
      owner.push(i)
    }
    const keywords = [...(article.keywords ?? []), ...(article.codes ?? [])].join(' ')
    for (const term of analyser.learn(keywords).list) put(postings(term).about, i)
    for (const term of analyser.learn(article.text).list) {
      const found = postings(term)
      if (found.about[found.about.length - 1] !== i) put(found.body, i)
    }
  })
  for (const [term, found] of terms)
    found.weight = rarity(articles.length, found) * (analyser.isWeak(term) ? WEAK : 1)
  const norm = phrases.map((phrase) => [...new Set(phrase)].reduce((sum, term) => sum + term.weight, 0))
  const counts = articles.map((article) => article.questions.length + 1)
  return { articles, terms, owner, norm, phrases: counts, exact, wording, isWeak: analyser.isWeak }
}
