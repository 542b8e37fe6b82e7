// Every path the tenant answers, with the rights it needs and the limit it counts against.
import { z } from 'zod'
import type { Json } from '../nouns.ts'
import * as spec from './collections.ts'
import { type JobDefinition, jobs, type ServicePrincipal, servicePrincipals } from './configurations.ts'
import { directoryAudits } from './directory-audits.ts'
import { badRequest, notFound } from './graph-error.ts'
import { nameOf } from './identity.ts'
import { answerCollection, answerEntity, type Collection } from './odata.ts'
import { provisionOnDemand } from './on-demand.ts'
import { provisioningLog } from './provisioning-log.ts'
import type { Context, Route, RouteAnswer } from './route.ts'
import {
  showAgentGroups,
  showAgents,
  showProfile,
  showResources,
  tenantSynchronization,
} from './show-agents.ts'
import * as directory from './show-directory.ts'
import { healthOverviews, issues } from './show-health.ts'
import { type Obj, showJob, showJobs } from './show-job.ts'
import { showSchema, showTemplates } from './show-schema.ts'

const ok = (body: Json): RouteAnswer => ({ status: 200, body })

type Items = (context: Context) => readonly Obj[]
type Rules = Collection | ((context: Context) => Collection)

const rulesOf = (rules: Rules, context: Context) => (typeof rules === 'function' ? rules(context) : rules)

function list(path: string, rules: Rules, items: Items): Pick<Route, 'method' | 'path' | 'answer'> {
  const answer = (context: Context) =>
    ok(answerCollection(items(context), rulesOf(rules, context), context.query))
  return { method: 'GET', path, answer }
}

/** One member of a collection by its id; `same` adds other names it is known by. */
function one(
  path: string,
  rules: Rules,
  find: (context: Context, id: string) => Obj | undefined,
): Pick<Route, 'method' | 'path' | 'answer'> {
  return {
    method: 'GET',
    path: `${path}/:id`,
    answer(context) {
      const id = context.params.id ?? ''
      const found = find(context, id)
      if (!found) throw notFound(id)
      return ok(answerEntity(found, rulesOf(rules, context), context.query))
    },
  }
}

const byId = (items: Items) => (context: Context, id: string) => items(context).find((each) => each.id === id)

function listAndOne(path: string, rules: Rules, items: Items) {
  return [list(path, rules, items), one(path, rules, byId(items))] as const
}

const within = (
  family: Route['family'],
  rest: Partial<Route>,
  routes: readonly Pick<Route, 'method' | 'path' | 'answer'>[],
): readonly Route[] => routes.map((route) => ({ ...route, ...rest, family }))

// ---------------------------------------------------------------- directory

const principals: Items = () => servicePrincipals.map(directory.showPrincipal)
const users: Items = ({ world }) => directory.users(world)
const groups: Items = ({ world }) => directory.allGroups(world)
const deletedUsers: Items = ({ world }) => directory.deletedUsers(world)
const deletedGroups: Items = ({ world }) => directory.deletedGroups(world)
const organizations: Items = ({ world, version }) => [directory.organization(world, version)]

function findUser(context: Context, id: string): Obj | undefined {
  const wanted = id.toLowerCase()
  return users(context).find(
    (each) => each.id === wanted || String(each.userPrincipalName).toLowerCase() === wanted,
  )
}

const groupIds = z.object({ groupIds: z.array(z.string()).max(20) })

const directoryRoutes = within('directory', {}, [
  ...listAndOne('servicePrincipals', spec.principalCollection, principals),
  list('users', spec.userCollection, users),
  one('users', spec.userCollection, findUser),
  ...listAndOne('groups', spec.groupCollection, groups),
  ...listAndOne('organization', spec.organizationCollection, organizations),
  list('directory/deletedItems/microsoft.graph.user', spec.deletedUserCollection, deletedUsers),
  list('directory/deletedItems/microsoft.graph.group', spec.deletedGroupCollection, deletedGroups),
  one('directory/deletedItems', spec.deletedUserCollection, byId(deletedUsers)),
  list('groups/:group/members', spec.memberCollection, ({ world, params }) => {
    const members = directory.membersOf(world, params.group ?? '')
    if (!members) throw notFound(params.group ?? '')
    return members
  }),
  {
    method: 'GET',
    path: 'me',
    answer(context) {
      const { identity } = context
      if (identity.kind === 'app')
        throw badRequest('/me request is only valid with delegated authentication flow.')
      const me = findUser(context, identity.objectId)
      if (!me) throw notFound(identity.objectId)
      return ok(answerEntity(me, spec.userCollection, context.query))
    },
  },
  {
    method: 'POST',
    path: 'users/:id/checkMemberGroups',
    answer(context) {
      const user = findUser(context, context.params.id ?? '')
      if (!user) throw notFound(context.params.id ?? '')
      const asked = groupIds.safeParse(context.body)
      if (!asked.success) throw badRequest('groupIds must name at most 20 groups.')
      const own = new Set(directory.groupsOfUser(String(user.id)).map((each) => each.id))
      const context_ = `${context.query.root}/$metadata#Collection(Edm.String)`
      return ok({ '@odata.context': context_, value: asked.data.groupIds.filter((id) => own.has(id)) })
    },
  },
])

// ---------------------------------------------------------------- synchronization

function principalFor({ params }: Context): ServicePrincipal {
  const found = servicePrincipals.find((each) => each.id === params.principal?.toLowerCase())
  if (!found) throw notFound(params.principal ?? '')
  return found
}

function jobFor(context: Context): JobDefinition {
  const { domain } = principalFor(context)
  const job = jobs.find((each) => each.id === context.params.job && each.domain === domain)
  if (!job) throw notFound(context.params.job ?? '')
  return job
}

const synchronization = 'servicePrincipals/:principal/synchronization'

const jobWithSchema = ({ world }: Context, job: JobDefinition): Obj => ({
  ...showJob(world, job),
  schema: showSchema(world, job),
})

const synchronizationReads = within('synchronization', {}, [
  list(`${synchronization}/jobs`, spec.jobCollection, (context) => {
    const { domain } = principalFor(context)
    const shown = showJobs(context.world, domain)
    const expands = context.query.params.get('$expand') !== null
    return expands
      ? jobs.filter((each) => each.domain === domain).map((job) => jobWithSchema(context, job))
      : shown
  }),
  list(`${synchronization}/templates`, spec.templateCollection, (context) => {
    const { domain } = principalFor(context)
    return showTemplates(jobs.filter((each) => each.domain === domain))
  }),
  {
    method: 'GET',
    path: `${synchronization}/jobs/:job`,
    answer: (context) =>
      ok(answerEntity(jobWithSchema(context, jobFor(context)), spec.jobCollection, context.query)),
  },
  {
    method: 'GET',
    path: `${synchronization}/jobs/:job/schema`,
    answer: (context) =>
      ok(answerEntity(showSchema(context.world, jobFor(context)), spec.schemaCollection, context.query)),
  },
])

const resetScopes = new Set([
  'None',
  'ConnectorDataStore',
  'Escrows',
  'Watermark',
  'QuarantineState',
  'Full',
  'ForceDeletes',
])
const restartBody = z
  .object({ criteria: z.object({ resetScope: z.string().optional() }).strict().optional() })
  .strict()

function resetScopeOf(body: Json | undefined): string {
  const parsed = restartBody.safeParse(body ?? {})
  if (!parsed.success)
    throw badRequest('The body may hold criteria with a resetScope.', 'RequestParameterInvalid')
  const flags = (parsed.data.criteria?.resetScope ?? '')
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '')
  const wrong = flags.find((flag) => !resetScopes.has(flag))
  if (wrong !== undefined) throw badRequest(`'${wrong}' is no reset scope.`, 'RequestParameterInvalid')
  return flags.join(',')
}

function write(verb: 'start' | 'pause' | 'restart'): Pick<Route, 'method' | 'path' | 'answer'> {
  return {
    method: 'POST',
    path: `${synchronization}/jobs/:job/${verb}`,
    answer(context) {
      const job = jobFor(context)
      const resetScope = verb === 'restart' ? resetScopeOf(context.body) : ''
      const by = context.identity.kind === 'user' ? context.identity.objectId : nameOf(context.identity)
      const change = { what: verb, at: context.now, job: job.id, by, ...(resetScope ? { resetScope } : {}) }
      return { status: 204, change }
    },
  }
}

const synchronizationWrites: readonly Route[] = [
  ...within('synchronization', { delegated: 'write' }, [write('start'), write('pause'), write('restart')]),
  {
    method: 'POST',
    path: `${synchronization}/jobs/:job/provisionOnDemand`,
    family: 'synchronization',
    delegated: 'write',
    bucket: 'provisionOnDemand',
    answer(context) {
      const by = context.identity.kind === 'user' ? context.identity.objectId : nameOf(context.identity)
      const done = provisionOnDemand(context.world, jobFor(context), { body: context.body, by })
      const metadata = `${context.query.root}/$metadata#microsoft.graph.stringKeyStringValuePair`
      const body = { '@odata.context': metadata, ...done.body }
      return done.change ? { status: 200, body, change: done.change } : { status: 200, body }
    },
  },
]

// ---------------------------------------------------------------- logs, agents, tenant, health

const logRoutes = within('auditLogs', { bucket: 'auditLogs' }, [
  list(
    'auditLogs/provisioning',
    ({ version }) => spec.provisioningCollection(version),
    ({ world }) => provisioningLog(world),
  ),
  ...listAndOne('auditLogs/directoryAudits', spec.auditCollection, ({ world }) => directoryAudits(world)),
])

const profile = 'onPremisesPublishingProfiles/provisioning'
const agents: Items = ({ world }) => showAgents(world)
const agentGroups: Items = ({ world }) => showAgentGroups(world)

const agentRoutes = within('agents', { delegated: 'read', versions: ['beta'] }, [
  {
    method: 'GET',
    path: profile,
    answer: (context) => ok(answerEntity(showProfile(context.world), spec.profileCollection, context.query)),
  },
  ...listAndOne(`${profile}/agents`, spec.agentCollection, agents),
  ...listAndOne(`${profile}/agentGroups`, spec.agentGroupCollection, agentGroups),
  ...listAndOne(`${profile}/publishedResources`, spec.resourceCollection, () => showResources()),
  list(`${profile}/agents/:agent/agentGroups`, spec.agentGroupCollection, (context) => {
    const agent = agents(context).find((each) => each.id === context.params.agent)
    if (!agent) throw notFound(context.params.agent ?? '')
    const own = new Set((agent.agentGroups as readonly Obj[]).map((each) => each.id))
    return agentGroups(context).filter((each) => own.has(each.id ?? null))
  }),
])

const tenantRoutes = within('tenantSync', { delegated: 'read' }, [
  ...listAndOne('directory/onPremisesSynchronization', spec.tenantSyncCollection, () => [
    tenantSynchronization,
  ]),
])

const announcement = 'admin/serviceAnnouncement'
const healthRoutes = within('serviceHealth', {}, [
  ...listAndOne(`${announcement}/healthOverviews`, spec.healthCollection, ({ world }) =>
    healthOverviews(world),
  ),
  ...listAndOne(`${announcement}/issues`, spec.issueCollection, ({ world }) => issues(world)),
])

/** No two of them fit one path. */
export const routes: readonly Route[] = [
  ...directoryRoutes,
  ...synchronizationReads,
  ...synchronizationWrites,
  ...logRoutes,
  ...agentRoutes,
  ...tenantRoutes,
  ...healthRoutes,
]
