// The built-in alert rules as one table, and RULES_FILE, which changes severities and thresholds of them.
import { parse } from 'yaml'
import { z } from 'zod'
import type { Severity } from '../nouns.ts'
import { MINUTE } from '../time.ts'
import { type JobRule, jobRules, type Thresholds } from './job-rules.ts'

export type Rule = {
  readonly id: RuleId
  readonly title: string
  readonly severity: Severity
  readonly enabled: boolean
  /** Bad this long, in ms, and in this many polls, before anybody is told. */
  readonly forMs: number
  readonly forPolls: number
  /** Good this long, in ms, before it is over. */
  readonly clearMs: number
  /** Id of the article that explains it. */
  readonly article: string
  readonly thresholds: Thresholds
  /** Reads one job; rules without it are derived from a whole configuration or raised by the bot itself. */
  readonly derive?: JobRule
}

const rule = (
  title: string,
  severity: Severity,
  article: string,
  more: { readonly forPolls?: number; readonly clearMs?: number; readonly thresholds?: Thresholds } = {},
) => ({
  title,
  severity,
  article,
  enabled: true,
  forMs: 0,
  forPolls: more.forPolls ?? 2,
  clearMs: more.clearMs ?? 5 * MINUTE,
  thresholds: more.thresholds ?? {},
})

const builtIn = {
  'deletes.held': rule('Deletions are held back', 'critical', 'check-job-deletes-held', { forPolls: 1 }),
  // The jobs themselves have retried for hours before they blame the agents.
  'agents.all_inactive': rule('No agent of a domain answers', 'critical', 'check-agents-all-inactive', {
    forPolls: 1,
    thresholds: { jobs: 2 },
  }),
  'job.quarantined': rule('A job is in quarantine', 'critical', 'check-job-quarantined', { forPolls: 1 }),
  'job.missing': rule('A job is gone', 'critical', 'check-job-missing'),
  'job.failing': rule('A job fails again and again', 'warning', 'check-job-failing', {
    thresholds: { failures: 3 },
  }),
  'job.stale': rule('A job is late', 'warning', 'check-job-stale', {
    thresholds: { cycles: 3, floorMinutes: 30 },
  }),
  'job.paused': rule('A job is paused', 'info', 'check-job-paused'),
  'monitor.blind': rule('The watch sees nothing', 'critical', 'rule-monitor-blind', {
    forPolls: 1,
    thresholds: { minutes: 15 },
  }),
  'oncall.gap': rule('Nobody is on call', 'warning', 'rule-oncall-gap', {
    forPolls: 1,
    clearMs: 0,
    thresholds: { hours: 24 },
  }),
  'delivery.failed': rule('Messages cannot be delivered', 'warning', 'rule-delivery-failed', {
    forPolls: 1,
    clearMs: 0,
  }),
} as const

export type RuleId = keyof typeof builtIn
export type Rules = Readonly<Record<RuleId, Rule>>
export const ruleIds = Object.keys(builtIn) as readonly RuleId[]

export const defaultRules: Rules = Object.fromEntries(
  ruleIds.map((id) => {
    const derive = (jobRules as Readonly<Record<string, JobRule>>)[id]
    return [id, { id, ...builtIn[id], ...(derive ? { derive } : {}) }]
  }),
) as Rules

/** Which rule hides which: told are causes, not their consequences. `of`: the same job or the same domain. */
export const inhibitions: readonly {
  readonly by: RuleId
  readonly hides: readonly RuleId[]
  readonly of: 'job' | 'domain'
}[] = [
  { by: 'agents.all_inactive', hides: ['job.stale', 'job.quarantined', 'job.failing'], of: 'domain' },
  { by: 'deletes.held', hides: ['job.quarantined'], of: 'job' },
  { by: 'job.quarantined', hides: ['job.stale', 'job.failing'], of: 'job' },
]

const minutes = z.number().min(0).max(1440)

function changesOf(id: RuleId) {
  const thresholds = Object.keys(builtIn[id].thresholds).map((name) => [
    name,
    z.number().positive().optional(),
  ])
  return z
    .strictObject({
      severity: z.enum(['critical', 'warning', 'info']).optional(),
      enabled: z.boolean().optional(),
      forMinutes: minutes.optional(),
      forPolls: z.number().int().min(1).max(100).optional(),
      clearMinutes: minutes.optional(),
      thresholds: z.strictObject(Object.fromEntries(thresholds)).optional(),
    })
    .optional()
}

const fileSchema = z.strictObject({
  rules: z.strictObject(Object.fromEntries(ruleIds.map((id) => [id, changesOf(id)]))),
})

export type RulesResult =
  | { readonly ok: true; readonly rules: Rules }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Reads RULES_FILE's text over the built-in rules. All problems are listed at once. */
export function parseRules(yaml: string): RulesResult {
  let raw: unknown
  try {
    raw = parse(yaml)
  } catch (error) {
    return { ok: false, problems: [`not YAML: ${error instanceof Error ? error.message : 'unreadable'}`] }
  }
  const read = fileSchema.safeParse(raw)
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`)
    return { ok: false, problems }
  }
  const merged = ruleIds.map((id) => {
    const base = defaultRules[id]
    const { forMinutes, clearMinutes, thresholds, ...plain } = read.data.rules[id] ?? {}
    const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined))
    const changed = {
      ...base,
      ...given,
      ...(forMinutes === undefined ? {} : { forMs: forMinutes * MINUTE }),
      ...(clearMinutes === undefined ? {} : { clearMs: clearMinutes * MINUTE }),
      thresholds: { ...base.thresholds, ...thresholds },
    }
    return [id, changed]
  })
  return { ok: true, rules: Object.fromEntries(merged) as Rules }
}
