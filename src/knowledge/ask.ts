// One question to one reply: codes first, then follow-ups, then search against the boundaries of other products.
import type { Reply } from '../nouns.ts'
import { ANSWER_FROM, abstain, askMore, decline, HINT_FROM, TOPIC_FROM, threshold } from './abstain.ts'
import { type Also, answerFrom, answerFromCodes, gist } from './answer.ts'
import type { Boundaries, Product, Sighting } from './boundary.ts'
import type { CodeEntry, Codes } from './codes.ts'
import { csvBlocks, csvWish } from './csv.ts'
import { carriesOn, cueOf, followUp, followUpCode } from './follow-up.ts'
import type { Article } from './load.ts'
import { type Analyser, clean, type Terms } from './normalise.ts'
import type { Hit, Search } from './search.ts'

/** Terms that say what kind of text it is; see the word table. */
export type Hints = {
  readonly vague: ReadonlySet<string>
  readonly ours: ReadonlySet<string>
  readonly foreign: ReadonlySet<string>
  readonly relation: ReadonlySet<string>
  readonly beside: ReadonlySet<string>
}

export type Engine = {
  readonly analyser: Analyser
  readonly search: Search
  readonly codes: Codes
  readonly boundaries: Boundaries
  readonly cues: Readonly<Record<string, readonly string[]>>
  readonly hints: Hints
  readonly codesReviewed: string
  readonly articleOf: (id: string) => Article | undefined
}

/** A second article this near to the first is shown with its first paragraph. */
const CLOSE = 0.76
/** Below this sureness two runners-up are shown, not one. */
const DOUBTFUL = 0.7
/** So near to the best that an article on both products is preferred. */
const NEARLY = 0.92
/** A clause of its own must be answered this well to become a second part. */
const SECOND_FROM = 0.55
/** Another product is named and Cloud Sync is not: only an article on the two together may answer, this surely. */
const COVERED_FROM = 0.4
/** The same where something only the other product has was mentioned. */
const COVERED_SIGN_FROM = 0.9
/** And where little more than the other product's name was said. */
const COVERED_SHORT_FROM = 0.85
/** And where nothing says how the two belong together. */
const UNRELATED_FROM = 0.8
const OURS = /cloud[\s-]?(?:sync|provisioning)/i
/** What is related to the answer before is a little nearer. */
const RELATED = 0.2
/** Beside another product's boundary, what we do know is said from this on. */
const BESIDE_FROM = 0.55

export function ask(engine: Engine, text: string, previous?: string): Reply {
  const question = clean(text)
  const codes = engine.codes.find(text)
  const [code] = codes
  if (code) return answerCodes(engine, [code, ...codes.slice(1)])
  const cue = cueOf(question, engine.cues)
  const before = previous === undefined ? undefined : engine.articleOf(previous)
  const codeBefore = previous?.startsWith('code:') ? engine.codes.get(previous.slice(5)) : undefined
  if (cue && codeBefore) return followUpCode(codeBefore, cue, engine)
  if (cue && before) return followUp(before, cue, engine.articleOf)
  const csv = csvWish(question)
  const terms = engine.analyser.analyse(csv.rest)
  if (cue && terms.set.size < 2) return abstain([])
  if (before && carriesOn(terms, engine.cues)) return carried(engine, before, terms)
  const reply = answerQuestion(engine, csv.rest, terms)
  if (!csv.wanted || reply.kind !== 'answer') return reply
  return { ...reply, blocks: [...reply.blocks, ...csvBlocks(reply.blocks)] }
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

/** The new words count beside the topic of the answer before; they must be what the found article is about. */
function carried(engine: Engine, before: Article, terms: Terms): Reply {
  const topic = engine.analyser.analyse(before.title, { correct: false })
  const list = [...terms.list, ...topic.list]
  const together = engine.search.find({ list, set: new Set(list), names: terms.names, all: list })
  const fresh = new Map(engine.search.find(terms).map((hit) => [hit.article.id, hit.confidence]))
  const both = (hit: Hit) =>
    hit.confidence +
    (fresh.get(hit.article.id) ?? -1) +
    (before.related?.includes(hit.article.id) ? RELATED : 0)
  const hits = together.filter((hit) => hit.article.id !== before.id).sort((a, b) => both(b) - both(a))
  const [best] = hits
  if (!best || (fresh.get(best.article.id) ?? 0) < ANSWER_FROM || best.confidence < 0.8 * ANSWER_FROM)
    return abstain(hits.slice(0, 3).map((hit) => hit.article))
  return answerFrom(best.article, { confidence: best.confidence, articleOf: engine.articleOf })
}

function answerQuestion(engine: Engine, question: string, terms: Terms): Reply {
  const sighting = engine.boundaries.sight(question)[0]
  const hits = coveringFirst(engine.search.find(terms), sighting)
  const [best] = hits
  if (sighting && !best?.exact && belongsElsewhere(engine.hints, { question, sighting, terms, best }))
    return boundary(engine, sighting, best)
  if (!best?.exact && !sighting && isForeign(engine.hints, terms)) return decline()
  if (!best?.exact && [...terms.set].every((term) => engine.hints.vague.has(term)))
    return terms.set.size === 0 ? abstain([]) : askMore(hits.slice(0, 3).map((hit) => hit.article))
  if (!best || best.confidence < threshold(terms.set.size)) {
    if (sighting) return boundary(engine, sighting, best)
    const near = hits.slice(0, 3).map((hit) => hit.article)
    if (engine.search.familiarity(terms) < TOPIC_FROM) return decline()
    return abstain(near, (best?.confidence ?? 0) >= HINT_FROM ? best?.article : undefined)
  }
  const note = hits.find(
    (hit) => hit.article.note && hit.article !== best.article && hit.confidence >= ANSWER_FROM,
  )
  const also = othersOf(engine, question, hits)
  return answerFrom(best.article, {
    confidence: Math.min(1, best.confidence),
    words: terms.all,
    articleOf: engine.articleOf,
    also,
    ...(note ? { note: note.article } : {}),
  })
}

/** A thing of another world is named and nothing of ours. */
function isForeign(hints: Hints, terms: Terms): boolean {
  const all = [...terms.set]
  return all.some((term) => hints.foreign.has(term)) && !all.some((term) => hints.ours.has(term))
}

/** The other product's boundary, and beside it what touches Cloud Sync, if we surely know something. */
function boundary(engine: Engine, sighting: Sighting, best: Hit | undefined): Reply {
  const reply = engine.boundaries.reply(sighting.product)
  if (reply.kind !== 'boundary' || sighting.by === 'sign' || !best || best.confidence < BESIDE_FROM)
    return reply
  const { article } = best
  return {
    ...reply,
    blocks: [...reply.blocks, { kind: 'heading', text: `In Cloud Sync: ${article.title}` }, gist(article)],
    offers: [{ label: article.title, say: article.questions[0] ?? article.title }, ...reply.offers].slice(
      0,
      3,
    ),
  }
}

function covers(hit: Hit | undefined, product: Product): boolean {
  return hit?.article.covers?.includes(product.id) ?? false
}

/** Of articles nearly as good as the best, one on both products goes first when the other product is named. */
function coveringFirst(hits: readonly Hit[], sighting: Sighting | undefined): readonly Hit[] {
  const [best] = hits
  if (!sighting || !best || best.exact) return hits
  const on = hits.find((hit) => covers(hit, sighting.product) && hit.score >= NEARLY * best.score)
  return on && on !== best ? [on, ...hits.filter((hit) => hit !== on)] : hits
}

/** Whether a question in which another product was seen is that product's. */
function belongsElsewhere(
  hints: Hints,
  seen: { question: string; sighting: Sighting; terms: Terms; best: Hit | undefined },
): boolean {
  const { question, sighting, terms, best } = seen
  // A name of code that only we have says as much as our own name.
  const ours =
    OURS.test(question) || terms.set.has('cloudsync') || (sighting.by === 'name' && (best?.named ?? false))
  const sure = best?.confidence ?? 0
  if (ours) return sighting.by === 'sign' && !covers(best, sighting.product) && sure < COVERED_FROM
  const link = sighting.product.id === 'connect-sync' ? hints.relation : hints.beside
  const related = [...terms.set].some((term) => link.has(term))
  if (!related && sure < UNRELATED_FROM) return true
  const short = terms.set.size <= 3 ? COVERED_SHORT_FROM : COVERED_FROM
  return !covers(best, sighting.product) || sure < (sighting.by === 'sign' ? COVERED_SIGN_FROM : short)
}

/** Second topics: a clause of the text with an answer of its own, else runners-up nearly as good. */
function othersOf(engine: Engine, question: string, hits: readonly Hit[]): Also[] {
  const [best, ...rest] = hits
  if (!best) return []
  const clauses = question.split(/[?;]\s+|,? and (?:also|what|how|which|does|do|can|is|why)\b/i)
  if (clauses.length > 1) {
    for (const clause of clauses.slice(0, 4)) {
      const terms = engine.analyser.analyse(clause)
      if (terms.set.size < 2) continue
      const [top] = engine.search.find(terms)
      if (top && top.article !== best.article && top.confidence >= SECOND_FROM)
        return [{ article: top.article, asked: true }]
    }
  }
  if (best.exact) return []
  const close = rest.filter(
    (hit) => !hit.article.note && hit.score >= best.score * CLOSE && hit.confidence >= ANSWER_FROM,
  )
  return close.slice(0, best.confidence < DOUBTFUL ? 2 : 1).map(({ article }) => ({ article, asked: false }))
}
