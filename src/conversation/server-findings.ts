// What the lines of a server report mean, as findings like those of the checks.
import { createHash } from 'node:crypto'
import type { FactRow, Finding } from '../nouns.ts'
import type { ReportValues } from './server-rules.ts'
import { agentRules } from './server-rules-agent.ts'
import { hostRules } from './server-rules-host.ts'

/** Nearest cause first: what stops the agent, then what its server lacks. */
const rules = [...agentRules, ...hostRules]

/** Ids of all findings a server report can give, nearest cause first. */
export const serverFindingIds: readonly string[] = rules.map((r) => r.id)

/** Articles that server findings cite. */
export const serverArticles: readonly string[] = [...new Set(rules.map((r) => r.article))]

function rowsOf(keys: readonly string[], values: ReportValues): readonly FactRow[] {
  return keys
    .filter((k) => values[k] !== undefined)
    .slice(0, 12)
    .map((k) => ({ name: k, value: [{ data: values[k] ?? '' }], source: 'server report' }))
}

/** Findings of a report: what stops synchronization first, advice last. */
export function serverFindings(values: ReportValues): readonly Finding[] {
  return rules.flatMap((rule): readonly Finding[] => {
    const said = rule.read(values)
    if (!said) return []
    return [
      {
        ruleId: rule.id,
        severity: rule.severity,
        subject: { kind: 'tenant' },
        fingerprint: createHash('sha256').update(rule.id).digest('hex').slice(0, 32),
        title: said.title,
        cause: [said.cause],
        evidence: rowsOf(said.keys, values),
        nextSteps: said.steps,
        verify: [
          'Run the report again: this point is gone, and the agent becomes active within ten minutes.',
        ],
        article: rule.article,
        offers: [],
        unchecked: [],
        confidence: said.likely ? 'likely' : 'certain',
      },
    ]
  })
}
