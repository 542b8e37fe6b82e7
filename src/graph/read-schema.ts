// The schema of a job: its rules with the containers and groups in scope, and the attribute clauses.
import { z } from 'zod'
import type { Fact } from '../nouns.ts'
import { type Asker, askOne } from './ask.ts'
import { readPermissions } from './list-jobs.ts'
import { flag, listOf, longText, maybe, oneOf, text } from './normalise.ts'
import { declare } from './query.ts'

const clause = z.object({
  operatorName: text,
  sourceOperandName: text,
  targetOperand: maybe(z.object({ values: listOf(longText) })),
})

const objectMapping = z.object({
  enabled: flag,
  name: text,
  sourceObjectName: text,
  targetObjectName: text,
  attributeMappings: z.array(z.unknown()).nullish(),
  scope: maybe(z.object({ groups: listOf(z.object({ name: text, clauses: listOf(clause) })) })),
})

const metadata = listOf(z.object({ key: oneOf('supportsProvisionOnDemand'), value: text }))

const rule = z.object({
  id: text,
  name: text,
  priority: z.number().nullish(),
  sourceDirectoryName: text,
  targetDirectoryName: text,
  metadata,
  containerFilter: maybe(z.object({ includedContainers: listOf(longText) })),
  groupFilter: maybe(z.object({ includedGroups: listOf(longText) })),
  objectMappings: listOf(objectMapping),
})

const schema = z.object({ id: text, version: text, synchronizationRules: listOf(rule) })

export type GraphSchema = z.output<typeof schema>
export type GraphRule = z.output<typeof rule>

export const readSchema = declare({
  id: 'readSchema',
  method: 'GET',
  path: '/servicePrincipals/{configurationId}/synchronization/jobs/{jobId}/schema',
  version: 'v1.0',
  family: 'synchronization',
  identity: 'application',
  permissions: readPermissions,
  grant: 'Synchronization.Read.All',
  purpose: 'scope: containers, groups and attribute clauses; the rule for provisioning on demand',
  schema,
})

export function runReadSchema(
  asker: Asker,
  configurationId: string,
  jobId: string,
): Promise<Fact<GraphSchema>> {
  return askOne(asker, readSchema, { path: { configurationId, jobId } })
}
