// One call of every method of every repository.
import type { Repositories } from '../../src/ports.ts'
import { aMessage, anAuditEntry, anIncident, aPlace, aProposal, T0, TENANT } from './builders.ts'

const session = { tenantId: TENANT, conversationId: 'c', personId: 'p' }

/** The type sees to it that none is missing. */
const calls: {
  readonly [R in keyof Repositories]: {
    readonly [M in keyof Repositories[R]]: (repositories: Repositories) => Promise<unknown>
  }
} = {
  sessions: {
    get: (r) => r.sessions.get(session),
    put: (r) => r.sessions.put(session, 1, T0),
    remove: (r) => r.sessions.remove(session),
    removeOfPerson: (r) => r.sessions.removeOfPerson(TENANT, 'p'),
    ofPerson: (r) => r.sessions.ofPerson(TENANT, 'p'),
  },
  seen: {
    begin: (r) => r.seen.begin('e', T0),
    finish: (r) => r.seen.finish('e', 1, T0),
    forget: (r) => r.seen.forget('e'),
  },
  places: {
    upsert: (r) => r.places.upsert(aPlace()),
    get: (r) => r.places.get('k'),
    personal: (r) => r.places.personal(TENANT, 'p'),
    markDead: (r) => r.places.markDead('k', '403', T0),
    markSuccess: (r) => r.places.markSuccess('k', T0),
    remove: (r) => r.places.remove('k'),
    list: (r) => r.places.list(TENANT),
  },
  subscriptions: {
    put: (r) => r.subscriptions.put({ tenantId: TENANT, placeKey: 'p', domains: [], minSeverity: 'info' }),
    remove: (r) => r.subscriptions.remove(TENANT, 'p'),
    list: (r) => r.subscriptions.list(TENANT),
  },
  incidents: {
    insert: (r) => r.incidents.insert(anIncident()),
    update: (r) => r.incidents.update(anIncident({ version: 2 }), 1),
    remove: (r) => r.incidents.remove('i'),
    get: (r) => r.incidents.get('i'),
    byNumber: (r) => r.incidents.byNumber(TENANT, 1),
    live: (r) => r.incidents.live(TENANT, 'f'),
    lastClosed: (r) => r.incidents.lastClosed(TENANT, 'f'),
    list: (r) => r.incidents.list(TENANT, ['open']),
    due: (r) => r.incidents.due(T0),
    nextNumber: (r) => r.incidents.nextNumber(TENANT),
    addEvent: (r) => r.incidents.addEvent('i', { at: T0, what: 'x', version: 1 }),
    timeline: (r) => r.incidents.timeline('i'),
    setShown: (r) => r.incidents.setShown('i', { placeKey: 'p', activityId: 'a', version: 1 }),
    removeShown: (r) => r.incidents.removeShown('i', 'p'),
    shown: (r) => r.incidents.shown('i'),
    shownAs: (r) => r.incidents.shownAs('p', 'a'),
  },
  outbox: {
    add: (r) => r.outbox.add(aMessage()),
    claim: (r) => r.outbox.claim('h', T0, 1, 1),
    sent: (r) => r.outbox.sent('o', T0),
    retry: (r) => r.outbox.retry('o', T0, '503'),
    dead: (r) => r.outbox.dead('o', '403', T0),
    supersede: (r) => r.outbox.supersede('p', 'i', 2),
    ofIncident: (r) => r.outbox.ofIncident('i'),
    backlog: (r) => r.outbox.backlog(T0),
  },
  leases: {
    acquire: (r) => r.leases.acquire('n', 'h', 1),
    renew: (r) => r.leases.renew('n', 'h', 1, 1),
    release: (r) => r.leases.release('n', 'h', 1),
    fence: (r) => r.leases.fence('n', 'h', 1),
  },
  operations: {
    insert: (r) => r.operations.insert(aProposal()),
    update: (r) => r.operations.update(aProposal({ version: 2 }), 1),
    get: (r) => r.operations.get('o'),
    list: (r) => r.operations.list(TENANT, ['proposed']),
    issueNonce: (r) => r.operations.issueNonce({ hash: 'h', operationId: 'o', placeKey: 'p', expiresAt: T0 }),
    useNonce: (r) => r.operations.useNonce('h', T0),
  },
  audit: {
    append: (r) => r.audit.append(anAuditEntry()),
    page: (r) => r.audit.page(0, 10),
    head: (r) => r.audit.head(),
  },
  settings: {
    get: (r) => r.settings.get(TENANT, 'n'),
    put: (r) => r.settings.put(TENANT, 'n', 1),
    remove: (r) => r.settings.remove(TENANT, 'n'),
    list: (r) => r.settings.list(TENANT, ''),
  },
  dailyFacts: {
    put: (r) => r.dailyFacts.put(TENANT, '2026-01-01', 's', 'n', 1),
    list: (r) => r.dailyFacts.list(TENANT, 's', 'n', '2026-01-01'),
  },
  gaps: {
    add: (r) => r.gaps.add({ tenantId: TENANT, at: T0, question: 'q', why: 'unanswered' }),
    list: (r) => r.gaps.list(TENANT, 0),
  },
}

type Call = (repositories: Repositories) => Promise<unknown>

/** Name and call, e.g. "sessions.get". */
export const everyCall: readonly (readonly [string, Call])[] = Object.entries(calls).flatMap(
  ([repository, methods]) =>
    Object.entries(methods as Record<string, Call>).map(
      ([method, call]) => [`${repository}.${method}`, call] as const,
    ),
)
