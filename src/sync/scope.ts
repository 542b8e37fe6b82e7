// What a job's schema lets in: containers, groups and attribute clauses, per rule.
import type { GraphSchema } from '../graph/index.ts'
import type { ScopeFilter } from '../nouns.ts'

type GraphRule = GraphSchema['synchronizationRules'][number]
type GraphMapping = GraphRule['objectMappings'][number]

function filled(values: readonly (string | undefined)[] | undefined): readonly string[] {
  return (values ?? []).filter((value): value is string => value !== undefined)
}

/** 'department EQUALS Sales'. Clauses of a group must all hold, so they are joined. */
function clausesOf(mapping: GraphMapping): readonly string[] {
  return (mapping.scope?.groups ?? []).flatMap((group) => {
    const words = group.clauses.map(({ sourceOperandName, operatorName, targetOperand }) =>
      [sourceOperandName, operatorName, filled(targetOperand?.values).join(', ')].filter(Boolean).join(' '),
    )
    return words.length > 0 ? [words.join(' and ')] : []
  })
}

export function toScope(schema: GraphSchema): readonly ScopeFilter[] {
  return schema.synchronizationRules.map((rule) => {
    const mappings = rule.objectMappings.filter((mapping) => mapping.enabled !== false)
    return {
      ruleId: rule.id ?? '',
      ruleName: rule.name ?? '',
      containers: filled(rule.containerFilter?.includedContainers),
      groups: filled(rule.groupFilter?.includedGroups),
      clauses: [...new Set(mappings.flatMap(clausesOf))],
      mappings: mappings.reduce((sum, mapping) => sum + (mapping.attributeMappings?.length ?? 0), 0),
    }
  })
}
