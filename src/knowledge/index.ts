// Knowledge: articles and fact tables answer questions in chat, always the same way, always with their source.
import { MedicError } from '../errors.ts'
import type { Citation, Reply } from '../nouns.ts'
import { missing } from './abstain.ts'
import { answerFrom, answerFromCodes, citationsOf, codeCitation } from './answer.ts'
import { ask, type Engine } from './ask.ts'
import { createBoundaries } from './boundary.ts'
import { type CodeEntry, createCodes } from './codes.ts'
import { type Article, type Loaded, loadFiles } from './load.ts'
import { createAnalyser } from './normalise.ts'
import type { FactTable } from './schema.ts'
import { createSearch } from './search.ts'

export type { CodeEntry } from './codes.ts'
export { coveragePage, covered, readCoverage } from './coverage.ts'
export type { Article } from './load.ts'
export { type FactTable, knowledgeJsonSchemas } from './schema.ts'
export { noteStub } from './stub.ts'

export type Knowledge = {
  /** `previous` is the article id of the answer before (its first citation): "and for gov?", "why?", "source?". */
  ask(text: string, options?: { readonly previous?: string }): Reply
  /** An article, or a code as `code:TimeOut`, as an answer; an unknown id is an abstention. */
  show(articleId: string): Reply
  /** The first source of an article or code; throws SM_KNOWLEDGE_INVALID for an id that does not exist. */
  cite(articleId: string): Citation
  article(id: string): Article | undefined
  /** Case matters only where two codes differ in nothing else (TimeOut, Timeout). */
  code(code: string): CodeEntry | undefined
  codes(): readonly CodeEntry[]
  /** Error codes in a pasted text, in order. */
  codesIn(text: string): readonly CodeEntry[]
  table(name: string): FactTable | undefined
  tableNames(): readonly string[]
  articleIds(): readonly string[]
  /** Is it an ordinary word of the knowledge, not a name? */
  isWord(word: string): boolean
  /** Id of the nearest article, for grouping questions by meaning; undefined when nothing is near. */
  nearest(text: string): string | undefined
}

/** `dir` is the knowledge folder; `notesDir` holds the organisation's own Markdown notes. Reads everything at once. */
export function loadKnowledge(options: {
  readonly dir: string
  readonly notesDir?: string | undefined
}): Knowledge {
  const loaded = loadFiles(options.dir, options.notesDir)
  const engine = createEngine(loaded)
  const ordinary = lazily(() => ordinaryWords(loaded))
  const codeOf = (id: string) => (id.startsWith('code:') ? engine.codes.get(id.slice(5)) : undefined)
  return {
    ask: (text, more) => ask(engine, text, more?.previous),
    show(articleId) {
      const article = loaded.articles.get(articleId)
      if (article) return answerFrom(article, { confidence: 1, articleOf: engine.articleOf })
      const code = codeOf(articleId)
      if (!code) return missing(articleId)
      return answerFromCodes([code], { reviewed: engine.codesReviewed, articleOf: engine.articleOf })
    },
    cite(articleId) {
      const article = loaded.articles.get(articleId)
      const code = codeOf(articleId)
      const citation = article ? citationsOf(article)[0] : code && codeCitation(code, engine.codesReviewed)
      if (!citation) throw new MedicError('SM_KNOWLEDGE_INVALID', { article: articleId })
      return citation
    },
    article: (id) => loaded.articles.get(id),
    code: (code) => engine.codes.get(code),
    codes: () => engine.codes.all,
    codesIn: (text) => engine.codes.find(text),
    table: (name) => loaded.tables.get(name),
    tableNames: () => [...loaded.tables.keys()],
    articleIds: () => [...loaded.articles.keys()],
    isWord: (word) => ordinary().has(word.toLowerCase()),
    nearest: (text) => engine.search.find(engine.analyser.analyse(text))[0]?.article.id,
  }
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Words that the articles use in lower case: names never stand there like that. */
function ordinaryWords(loaded: Loaded): ReadonlySet<string> {
  const found = new Set<string>()
  for (const article of loaded.articles.values())
    for (const [word] of article.text.matchAll(/(?<![\p{L}\p{N}.@-])\p{Ll}{2,40}(?![\p{L}\p{N}@])/gu))
      found.add(word)
  return found
}

function createEngine(loaded: Loaded): Engine {
  const analyser = createAnalyser(loaded.words)
  const termsOf = (lines: readonly string[]) =>
    new Set(lines.flatMap((line) => line.split(' ').flatMap((word) => analyser.learn(word).list)))
  return {
    analyser,
    search: createSearch(loaded.articles.values(), analyser),
    codes: createCodes(loaded.tables),
    boundaries: createBoundaries(loaded.tables),
    cues: loaded.words.cues,
    hints: {
      vague: termsOf(loaded.words.vague),
      ours: termsOf(loaded.words.ours),
      foreign: termsOf(loaded.words.foreign),
      relation: termsOf(loaded.words.relation),
      beside: termsOf(loaded.words.beside),
    },
    codesReviewed: loaded.tables.get('error-codes')?.reviewed ?? '',
    articleOf: (id) => loaded.articles.get(id),
  }
}
