// Checks on the tenant: synchronization switched off, nothing configured, trouble at Microsoft.
import { at, prose } from '../nouns.ts'
import { articleOf } from './articles.ts'
import { blind, type Check, fail, pass, row, skipped, step, words } from './check.ts'

export const tenantSyncDisabled: Check = {
  id: 'tenant.sync-disabled',
  title: 'Directory synchronization is on for the tenant',
  article: articleOf('tenant.sync-disabled'),
  severity: 'critical',
  rank: 200,
  run: ({ tenant }) => {
    if (!tenant.known) return blind(tenant, 'whether the tenant allows synchronization')
    if (tenant.value.syncEnabled === undefined) {
      return skipped('notFound', 'whether the tenant allows synchronization: Graph does not say')
    }
    if (tenant.value.syncEnabled) return pass
    return fail({
      title: words('Directory synchronization is switched off for the whole tenant'),
      cause: words(
        'The organization says onPremisesSyncEnabled false: no engine may write synchronized objects, and existing ones become cloud objects.',
      ),
      evidence: [
        row('onPremisesSyncEnabled', words('false'), tenant),
        ...(tenant.value.lastSync === undefined
          ? []
          : [row('Last sync', [at(tenant.value.lastSync)], tenant)]),
      ],
      nextSteps: [
        step(
          'identity',
          words('Find out in the audit log who switched it off, and why, before you change it.'),
        ),
        step(
          'identity',
          words('Switching it on again is a tenant change: it needs approval and can take up to 72 hours.'),
        ),
      ],
      verify: words('The organization says onPremisesSyncEnabled true and a cycle has ended.'),
      confidence: 'certain',
    })
  },
}

export const tenantNoConfiguration: Check = {
  id: 'tenant.no-configuration',
  title: 'The tenant has a Cloud Sync configuration',
  article: articleOf('tenant.no-configuration'),
  severity: 'critical',
  rank: 210,
  run: ({ configurations }) => {
    if (!configurations.known) return blind(configurations, 'the configurations')
    if (configurations.value.length > 0) return pass
    return fail({
      title: words('This tenant has no Cloud Sync configuration'),
      cause: words(
        'No AD domain is configured for Cloud Sync. If accounts are synchronized all the same, Connect Sync does it.',
      ),
      evidence: [row('Configurations', words('none'), configurations)],
      nextSteps: [
        step(
          'identity',
          words('Check whether Connect Sync is in use; else create a configuration for the domain.'),
        ),
      ],
      confidence: 'certain',
    })
  },
}

export const tenantServiceIncident: Check = {
  id: 'tenant.service-incident',
  title: 'Microsoft reports no incident',
  article: articleOf('tenant.service-incident'),
  severity: 'warning',
  rank: 500,
  run: ({ serviceIssues }) => {
    if (!serviceIssues.known) return blind(serviceIssues, 'Microsoft service health')
    const open = serviceIssues.value.filter((i) => !i.resolved)
    const newest = [...open].sort((a, b) => b.since - a.since)[0]
    if (!newest) return pass
    return fail({
      title: prose`Microsoft reports ${[open.length === 1 ? 'an incident' : `${open.length} incidents`]}: ${newest.title}`,
      cause: words(
        'An incident at Microsoft is open. It may explain delays and errors here; whether it does, only its text and the times can tell.',
      ),
      evidence: open.map((i) =>
        row(i.id, prose`${i.service}: ${i.title}, ${i.status}, since ${at(i.since)}`, serviceIssues),
      ),
      nextSteps: [
        step(
          'on-call',
          words('Compare its start with the start of the trouble; follow it on the service health page.'),
        ),
        step('Microsoft', words('If it fits, wait for Microsoft; do not restart jobs in a loop.')),
      ],
      confidence: 'likely',
    })
  },
}
