// Reads knowledge/ from disk and checks all of it before anything is used; every problem is listed at once.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { parse } from 'yaml'
import type * as z from 'zod'
import { MedicError } from '../errors.ts'
import type { Block } from '../nouns.ts'
import { fill, tableText } from './fill.ts'
import { bodyProblems, parseMarkdown } from './markdown.ts'
import { quickYaml } from './quick-yaml.ts'
import {
  type FactTable,
  type FrontMatter,
  factTable,
  frontMatter,
  noteFrontMatter,
  type WordTable,
  wordTable,
} from './schema.ts'

export type Article = FrontMatter & {
  readonly file: string
  /** The folder it lies in: network, password, … */
  readonly topic: string
  /** True for the organisation's own notes. */
  readonly note: boolean
  readonly blocks: readonly Block[]
  /** The body with cells and tables filled in, for the search index. */
  readonly text: string
}

/** Fact tables by id. */
export type Tables = ReadonlyMap<string, FactTable>

export type Loaded = {
  readonly articles: ReadonlyMap<string, Article>
  readonly tables: Tables
  readonly words: WordTable
}

type Problem = { readonly file: string; readonly field: string; readonly what: string }
type Report = (file: string, field: string, what: string) => void

/** Reads articles (`articles/**.md`), tables (`facts/*.yaml`) and `synonyms.yaml`; throws SM_KNOWLEDGE_INVALID. */
export function loadFiles(dir: string, notesDir?: string): Loaded {
  const problems: Problem[] = []
  const report: Report = (file, field, what) => problems.push({ file, field, what })
  const tables = loadTables(join(dir, 'facts'), report)
  const words = loadYaml(join(dir, 'synonyms.yaml'), wordTable, report) ?? emptyWords
  const articles = new Map<string, Article>()
  const add = (article: Article | undefined) => {
    if (!article) return
    const other = articles.get(article.id)
    if (other) report(article.file, 'id', `"${article.id}" is already used by ${other.file}`)
    else articles.set(article.id, article)
  }
  for (const file of filesOf(join(dir, 'articles'), '.md', report)) {
    add(readArticle({ file, root: dir, note: false, tables, report }))
  }
  if (notesDir !== undefined) {
    for (const file of filesOf(notesDir, '.md', report)) {
      add(readArticle({ file, root: notesDir, note: true, tables, report }))
    }
  }
  checkReferences(articles, report)
  if (problems.length > 0) throw invalid(problems)
  return { articles, tables, words }
}

const emptyWords: WordTable = {
  phrases: {},
  words: {},
  stop: [],
  vague: [],
  weak: [],
  ours: [],
  foreign: [],
  relation: [],
  beside: [],
  cues: {},
}

function invalid(problems: readonly Problem[]): MedicError {
  const lines = problems.map((p) => `${p.file}: ${p.field}: ${p.what}`)
  return new MedicError(
    'SM_KNOWLEDGE_INVALID',
    { count: problems.length, problems: lines.join('\n') },
    new Error(lines.join('\n')),
  )
}

function filesOf(dir: string, ending: string, report: Report): string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => join(dir, name))
  } catch (error) {
    report(dir, 'folder', `cannot be read: ${(error as Error).message}`)
    return []
  }
}

function readText(file: string, report: Report): string | undefined {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
  } catch (error) {
    report(file, 'file', `cannot be read: ${(error as Error).message}`)
    return undefined
  }
}

function parseYaml(text: string, file: string, report: Report): unknown {
  try {
    // Dates stay text: neither reader has a date type.
    return quickYaml(text) ?? parse(text, { prettyErrors: false })
  } catch (error) {
    report(file, 'yaml', (error as Error).message.split('\n')[0] ?? 'not readable')
    return undefined
  }
}

function checked<T>(value: unknown, schema: z.ZodType<T>, at: { file: string; report: Report }) {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    at.report(at.file, issue.path.join('.') || 'file', issue.message)
  }
  return undefined
}

function loadYaml<T>(file: string, schema: z.ZodType<T>, report: Report): T | undefined {
  const text = readText(file, report)
  if (text === undefined) return undefined
  const value = parseYaml(text, file, report)
  return value === undefined ? undefined : checked(value, schema, { file, report })
}

function loadTables(dir: string, report: Report): Map<string, FactTable> {
  const tables = new Map<string, FactTable>()
  for (const file of filesOf(dir, '.yaml', report)) {
    const table = loadYaml(file, factTable, report)
    if (!table) continue
    if (table.id !== basename(file, '.yaml')) report(file, 'id', 'must be the name of the file')
    checkRows(table, file, report)
    tables.set(table.id, table)
  }
  return tables
}

/** Every row has an id of its own and only cells of declared columns. */
function checkRows(table: FactTable, file: string, report: Report): void {
  const seen = new Set<unknown>()
  table.rows.forEach((row, i) => {
    const where = `rows.${i}`
    if (typeof row.id !== 'string' || row.id === '') report(file, where, 'has no id')
    if (seen.has(row.id)) report(file, where, `id "${String(row.id)}" is used twice`)
    seen.add(row.id)
    for (const key of Object.keys(row)) {
      if (key !== 'id' && !(key in table.columns)) report(file, `${where}.${key}`, 'is not a declared column')
    }
  })
}

type ArticleInput = {
  readonly file: string
  readonly root: string
  readonly note: boolean
  readonly tables: Tables
  readonly report: Report
}

function readArticle(input: ArticleInput): Article | undefined {
  const { root, note, tables, report } = input
  const raw = readText(input.file, report)
  if (raw === undefined) return undefined
  const file = relative(root, input.file)
  const split = /^---\n([\s\S]*?)\n---\n?([\s\S]*)$/.exec(raw)
  if (!split) {
    report(file, 'front matter', 'the file must begin with a --- block')
    return undefined
  }
  const value = parseYaml(split[1] ?? '', file, report)
  const head = note ? noteHead(value, file, report) : checked(value, frontMatter, { file, report })
  if (!head) return undefined
  if (!note && `${head.id}.md` !== basename(file)) report(file, 'id', 'must be the name of the file')
  const text = fill(split[2] ?? '', tables, (what) => report(file, 'body', what))
  for (const what of bodyProblems(text, tables)) report(file, 'body', what)
  const topic = note ? 'notes' : (relative(join(root, 'articles'), input.file).split(/[\\/]/)[0] ?? '')
  let blocks: readonly Block[] | undefined
  return {
    ...head,
    file,
    topic,
    note,
    text: tableText(text, tables),
    // Made when first asked for: most articles are not asked for in the first seconds.
    get blocks() {
      blocks ??= parseMarkdown(text, tables)
      return blocks
    },
  }
}

function noteHead(value: unknown, file: string, report: Report): FrontMatter | undefined {
  const head = checked(value, noteFrontMatter, { file, report })
  if (!head) return undefined
  const name = basename(file, '.md')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return {
    ...head,
    id: head.id ?? `note-${name || 'untitled'}`,
    questions: head.questions ?? [],
    applies: ['this organisation'],
    sources: head.sources ?? [{ document: `Notes of your organisation: ${basename(file)}` }],
    reviewed: head.reviewed ?? '0000-00-00',
  }
}

function checkReferences(articles: ReadonlyMap<string, Article>, report: Report): void {
  for (const article of articles.values()) {
    for (const other of article.related ?? []) {
      if (!articles.has(other)) report(article.file, 'related', `no article "${other}"`)
    }
  }
}
