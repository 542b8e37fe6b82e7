// One question to one reply: codes first, then follow-ups, then search against the boundaries of other products.
import type { Reply } from '../nouns.ts'
import { ANSWER_FROM, abstain, decline, TOPIC_FROM, threshold } from './abstain.ts'
import { answerFrom, answerFromCodes } from './answer.ts'
import type { Boundaries, Product, Sighting } from './boundary.ts'
import type { CodeEntry, Codes } from './codes.ts'
import { carriesOn, cueOf, followUp, followUpCode } from './follow-up.ts'
import type { Article } from './load.ts'
import { type Analyser, clean, type Terms } from './normalise.ts'
import type { Hit, Search } from './search.ts'

export type Engine = {
  readonly analyser: Analyser
  readonly search: Search
  readonly codes: Codes
  readonly boundaries: Boundaries
  readonly cues: Readonly<Record<string, readonly string[]>>
  readonly codesReviewed: string
  readonly articleOf: (id: string) => Article | undefined
}

/** A second article this near to the first is shown with its first paragraph. */
const CLOSE = 0.76
/** A clause of its own must be answered this well to become a second part. */
const SECOND_FROM = 0.55
/** Another product is named and Cloud Sync is not: only an article on the two together may answer, this surely. */
const COVERED_FROM = 0.45
/** The same where something only the other product has was mentioned. */
const COVERED_SIGN_FROM = 0.75
/** And where little more than the other product's name was said. */
const COVERED_SHORT_FROM = 0.85

export function ask(engine: Engine, text: string, previous?: string): Reply {
  const question = clean(text)
  const codes = engine.codes.find(text)
  const [code] = codes
  if (code) return answerCodes(engine, [code, ...codes.slice(1)])
  const terms = engine.analyser.analyse(question)
  const cue = cueOf(question, engine.cues)
  const before = previous === undefined ? undefined : engine.articleOf(previous)
  const codeBefore = previous?.startsWith('code:') ? engine.codes.get(previous.slice(5)) : undefined
  if (cue && codeBefore) return followUpCode(codeBefore, cue, engine)
  if (cue) return before ? followUp(before, cue, engine.articleOf) : abstain([])
  if (before && carriesOn(terms, engine.cues)) return carried(engine, before, terms)
  return answerQuestion(engine, question, terms)
}

function answerCodes(engine: Engine, codes: readonly [CodeEntry, ...CodeEntry[]]): Reply {
  const answer = answerFromCodes(codes, { reviewed: engine.codesReviewed, articleOf: engine.articleOf })
  if (codes[0].group !== 'cross-tenant-sync') return answer
  const product = engine.boundaries.products.find((one) => one.id === 'cross-tenant-sync')
  if (!product) return answer
  const boundary = engine.boundaries.reply(product)
  if (boundary.kind !== 'boundary') return boundary
  return {
    ...boundary,
    blocks: [...boundary.blocks, ...answer.blocks],
    citations: [...boundary.citations, ...answer.citations],
  }
}

/** The new words count beside the topic of the answer before. */
function carried(engine: Engine, before: Article, terms: Terms): Reply {
  const topic = engine.analyser.analyse(before.title, { correct: false })
  const list = [...terms.list, ...topic.list]
  const hits = engine.search.find({ list, set: new Set(list), names: terms.names, all: list })
  const [best] = hits.filter((hit) => hit.article.id !== before.id)
  // The new words must be what the found article is about, else the topic alone has found it.
  const fresh = best ? engine.search.find(terms).some((hit) => hit.article === best.article) : false
  if (!best || !fresh || best.confidence < ANSWER_FROM)
    return abstain(hits.slice(0, 3).map((hit) => hit.article))
  return answerFrom(best.article, { confidence: best.confidence, articleOf: engine.articleOf })
}

function answerQuestion(engine: Engine, question: string, terms: Terms): Reply {
  const hits = engine.search.find(terms)
  const [best] = hits
  const sighting = engine.boundaries.sight(question)[0]
  if (sighting && !best?.exact && belongsElsewhere(sighting, terms, best))
    return engine.boundaries.reply(sighting.product)
  if (!best || best.confidence < threshold(terms.set.size)) {
    if (sighting) return engine.boundaries.reply(sighting.product)
    const near = hits.slice(0, 3).map((hit) => hit.article)
    return engine.search.familiarity(terms) < TOPIC_FROM ? decline() : abstain(near)
  }
  const note = hits.find(
    (hit) => hit.article.note && hit.article !== best.article && hit.confidence >= ANSWER_FROM,
  )
  const also = secondOf(engine, question, hits)
  return answerFrom(best.article, {
    confidence: Math.min(1, best.confidence),
    articleOf: engine.articleOf,
    ...(also ? { also } : {}),
    ...(note ? { note: note.article } : {}),
  })
}

function covers(hit: Hit | undefined, product: Product): boolean {
  return hit?.article.covers?.includes(product.id) ?? false
}

/** Whether a question in which another product was seen is that product's. */
function belongsElsewhere(sighting: Sighting, terms: Terms, best: Hit | undefined): boolean {
  const ours = terms.set.has('cloudsync')
  const sure = best?.confidence ?? 0
  if (ours) return sighting.by === 'sign' && !covers(best, sighting.product) && sure < COVERED_FROM
  const short = terms.set.size <= 3 ? COVERED_SHORT_FROM : COVERED_FROM
  return !covers(best, sighting.product) || sure < (sighting.by === 'sign' ? COVERED_SIGN_FROM : short)
}

/** A second topic: a clause of the text with an answer of its own, else a runner-up nearly as good. */
function secondOf(
  engine: Engine,
  question: string,
  hits: readonly Hit[],
): { article: Article; asked: boolean } | undefined {
  const [best, next] = hits
  const clauses = question.split(/[?;]\s+|,? and (?:also|what|how|which|does|do|can|is|why)\b/i)
  if (clauses.length > 1) {
    for (const clause of clauses.slice(0, 4)) {
      const terms = engine.analyser.analyse(clause)
      if (terms.set.size < 2) continue
      const [top] = engine.search.find(terms)
      if (top && top.article !== best?.article && top.confidence >= SECOND_FROM)
        return { article: top.article, asked: true }
    }
  }
  const close =
    next && best && !next.article.note && next.score >= best.score * CLOSE && next.confidence >= ANSWER_FROM
  return close ? { article: next.article, asked: false } : undefined
}
