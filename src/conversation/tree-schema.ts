// The form of a dialog tree (dialogs/*.yaml). Structure that a schema cannot say is checked in load-trees.ts.
import { z } from 'zod'

const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(60)
const line = z.string().min(1).max(300)
const text = z.string().min(1).max(1200)
const who = z.enum(['helpdesk', 'AD', 'network', 'identity', 'Microsoft', 'on-call'])

const fix = z.strictObject({
  who,
  text: text.describe('One thing to do, in a full sentence.'),
  command: text.optional().describe('A command to type; must change nothing unless the text says so.'),
})

const branch = z.strictObject({
  when: z.array(z.string()).min(1).describe('Ids of checks or server findings; one of them is enough.'),
  goto: id,
})

const check = z.strictObject({
  kind: z.literal('check'),
  checks: z.array(z.string()).min(1).describe('Ids of checks to run without asking anybody.'),
  found: z.array(branch).describe('The first entry with a check that failed decides.'),
  blind: z
    .array(branch)
    .optional()
    .describe('When nothing above fits: the first entry with a check that could not run decides.'),
  otherwise: id.describe('Where to go when no entry above fits, because checks passed or could not run.'),
})

const ask = z.strictObject({
  kind: z.literal('ask'),
  question: line,
  why: line.optional().describe('Why we ask: what the answer decides.'),
  choices: z
    .array(z.strictObject({ id, label: line, goto: id }))
    .min(1)
    .max(6),
  unsure: id.describe('Where "I do not know" leads.'),
  answeredBy: z
    .literal('scope')
    .optional()
    .describe('Not asked when Graph shows the scope: ous, group or everything is chosen by itself.'),
})

const paste = z.strictObject({
  kind: z.literal('paste'),
  question: line,
  found: z.array(branch).describe('The first entry with a finding of the server report decides.'),
  clear: id.describe('A complete report without such a finding.'),
  incomplete: id.describe('A report that is cut or lacks lines, without such a finding.'),
  unable: id.describe('The person cannot get to the server.'),
})

const findings = z.strictObject({
  kind: z.literal('findings').describe('Ends with what the checks found; title, fix and article are theirs.'),
})

const end = z.strictObject({
  kind: z.literal('end'),
  title: line,
  cause: text,
  fix: z.array(fix).min(1).max(8),
  verify: text,
  article: id,
})

const shortlist = z.strictObject({
  kind: z.literal('shortlist'),
  title: line,
  causes: z.array(text).min(2).max(6).describe('What is left, most likely first.'),
  fix: z.array(fix).min(1).max(8),
  verify: text,
  article: id,
})

export const stepSchema = z.discriminatedUnion('kind', [check, ask, paste, findings, end, shortlist])

export const treeSchema = z.strictObject({
  id,
  title: line,
  symptoms: z.array(z.string().regex(/^S\d\d$/)).min(1),
  triggers: z.array(line).min(2).describe('Phrases with which people begin; they are tested.'),
  needs: z.array(
    z.strictObject({
      entity: z.enum(['object', 'domain']),
      question: line,
      required: z.boolean().describe('False: "I do not know" goes on without it.'),
    }),
  ),
  start: id,
  steps: z.record(id, stepSchema),
})

export type Tree = z.infer<typeof treeSchema>
export type Step = z.infer<typeof stepSchema>
export type Fix = z.infer<typeof fix>

/** JSON Schema of a tree, for editors. */
export function treeJsonSchema(): unknown {
  return z.toJSONSchema(treeSchema)
}
