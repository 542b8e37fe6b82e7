// Which Cloud Sync configurations exist: each is a service principal made from one application template.
import { z } from 'zod'
import type { Fact } from '../nouns.ts'
import { type Asker, askWhole } from './ask.ts'
import { id, text } from './normalise.ts'
import { literal } from './odata.ts'
import { declare } from './query.ts'

/** "Active Directory to Microsoft Entra ID Provisioning"; old configurations carry it as their appId. */
const TEMPLATE_ID = '1a4721b3-e57f-4451-ae87-ef078703ec94'

export const servicePrincipal = z.object({ id, appId: text, displayName: text, applicationTemplateId: text })
export type GraphServicePrincipal = z.output<typeof servicePrincipal>

export const listConfigurations = declare({
  id: 'listConfigurations',
  method: 'GET',
  path: '/servicePrincipals',
  version: 'v1.0',
  family: 'identity',
  identity: 'application',
  permissions: { application: ['Application.Read.All'], delegated: ['Application.Read.All'] },
  grant: 'Application.Read.All',
  purpose: 'find the Cloud Sync configurations of the tenant',
  schema: servicePrincipal,
})

type Found = Fact<readonly GraphServicePrincipal[]>

function ask(asker: Asker, filter: string): Promise<Found> {
  const query = { $filter: filter, $select: 'id,appId,displayName,applicationTemplateId', $top: '100' }
  return askWhole(asker, listConfigurations, { query })
}

/** Both generations in one call; where the service refuses the combination, in two. */
export async function runListConfigurations(asker: Asker): Promise<Found> {
  const byTemplate = `applicationTemplateId eq ${literal(TEMPLATE_ID)}`
  const byApp = `appId eq ${literal(TEMPLATE_ID)}`
  const both = await ask(asker, `${byTemplate} or ${byApp}`)
  if (
    both.known ||
    both.because !== 'unavailable' ||
    !/BadRequest|UnsupportedQuery|HTTP400/.test(both.detail ?? '')
  )
    return both
  const [templated, older] = await Promise.all([ask(asker, byTemplate), ask(asker, byApp)])
  if (!templated.known) return templated
  if (!older.known) return older
  const all = new Map([...templated.value, ...older.value].map((principal) => [principal.id, principal]))
  return { ...older, value: [...all.values()] }
}

/**
 * Service principals named after an AD domain. Not every one is a configuration: the caller confirms by its jobs.
 */
export function runFindConfigurations(asker: Asker, domain: string): Promise<Found> {
  return ask(asker, `startswith(displayName,${literal(domain)})`)
}
