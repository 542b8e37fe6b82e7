// The shapes of everything in knowledge/: an article's front matter, a fact table, the word table.
import * as z from 'zod'

const id = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'use lower-case words joined by hyphens')
const text = z.string().trim().min(1)
/** No trimming here: there are thousands. */
const texts = z.array(z.string().regex(/\S/, 'must not be blank'))
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'use YYYY-MM-DD')

const source = z.strictObject({
  document: text,
  heading: text.optional(),
  url: z
    .string()
    .regex(/^https:\/\//, 'must start with https://')
    .optional(),
})

export const frontMatter = z.strictObject({
  id,
  title: text,
  questions: texts.min(2),
  keywords: texts.optional(),
  applies: texts,
  /** Ids of other products this article deals with: coexistence, migration, comparison. */
  covers: z.array(id).optional(),
  codes: texts.optional(),
  sources: z.array(source).min(1),
  reviewed: day,
  related: z.array(id).optional(),
})

/** An organisation's own note needs less: a title is enough. */
export const noteFrontMatter = z.strictObject({
  id: id.optional(),
  title: text,
  questions: texts.optional(),
  keywords: texts.optional(),
  sources: z.array(source).optional(),
  reviewed: day.optional(),
  related: z.array(id).optional(),
})

const cell = z.union([z.string(), z.number(), z.boolean(), texts])

export const factTable = z.strictObject({
  id,
  title: text,
  reviewed: day,
  sources: z.array(source).min(1),
  /** Column key to the heading people see; the order is the order of display. */
  columns: z.record(z.string().regex(/^[a-z][a-z_]*$/), text),
  rows: z.array(z.record(z.string(), cell)).min(1),
})

export const wordTable = z.strictObject({
  /** Several words that are one term: replaced before single words are looked at. */
  phrases: z.record(text, texts),
  /** One word for many: slang, abbreviations, synonyms. */
  words: z.record(text, texts),
  /** Words that say nothing about the topic. */
  stop: texts,
  /** Everyday words that count for little. */
  weak: texts.default([]),
  /** Words that alone are no question: "error", "help". */
  vague: texts.default([]),
  /** Words that make a text ours, and names of other worlds that make it foreign. */
  ours: texts.default([]),
  foreign: texts.default([]),
  /** Words that tell how Connect Sync and Cloud Sync belong together. */
  relation: texts.default([]),
  /** The same for other products. */
  beside: texts.default([]),
  /** Follow-up cues by kind. */
  cues: z.record(text, texts),
})

export type Source = z.infer<typeof source>
export type FrontMatter = z.infer<typeof frontMatter>
export type FactTable = z.infer<typeof factTable>
export type Cell = z.infer<typeof cell>
export type WordTable = z.infer<typeof wordTable>

/** JSON Schemas of what people write in knowledge/, for editors. */
export function knowledgeJsonSchemas() {
  // A date that YAML has already read has no form of its own in JSON Schema.
  const input = { io: 'input', unrepresentable: 'any' } as const
  return {
    article: z.toJSONSchema(frontMatter, input),
    note: z.toJSONSchema(noteFrontMatter, input),
    'fact-table': z.toJSONSchema(factTable, input),
  }
}
