// Everything a rehearsal has that production has not: the simulated tenant on a server of its own, the chat page with
// its connector, a sign-in, and the clock that can be moved.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Json, Person, Place, Role } from '../nouns.ts'
import type { SignInPort, Store, UserToken } from '../ports.ts'
import { openChatLog } from './chat-log.ts'
import { createChatRoutes } from './chat-routes.ts'
import { createConnector } from './connector.ts'
import { createTenant, type Tenant } from './graph-server.ts'
import { people, type RehearsalPerson, tenantId } from './people.ts'

export const rehearsalBotId = '28:sync-medic'
export const alertChannel = '19:identity-alerts@thread.tacv2'
const teamId = '19:contoso-identity@thread.tacv2'

const CHANGES = 'rehearsal.changes'

/** What to try first, in a one-to-one chat and in the channel. */
export const suggestions = {
  personal: [
    'jane.doe@contoso.com is not synced',
    'status',
    'which ports does the agent need?',
    'why is fabrikam.com in quarantine?',
    '59 or 60 OUs?',
    'held deletions',
    'help',
  ],
  channel: ['status', 'incidents', 'who is on call', 'hand-over'],
} as const

export type SimulatedTenant = { readonly tenant: Tenant; readonly baseUrl: string; close(): Promise<void> }

/** The simulated tenant on a loopback server of its own; what is switched there survives a restart. */
export async function startSimulatedTenant(store: Store): Promise<SimulatedTenant> {
  const tenant = createTenant({
    clock: store,
    persist: {
      load: () => store.settings.get(tenantId, CHANGES),
      save: (changes: Json) => store.settings.put(tenantId, CHANGES, changes),
    },
  })
  const server = createServer((req, res) => {
    tenant.handle(req, res).then(
      (mine) => mine || res.writeHead(404).end(),
      () => res.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    tenant,
    baseUrl: `http://127.0.0.1:${port}${tenant.prefix}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const byId = new Map(Object.values(people).map((person) => [person.objectId, person]))

/** The role of the four people of the tenant; undefined for others, e.g. the person in the Agents Playground. */
export function rehearsalRole(objectId: string): Role | undefined {
  return byId.get(objectId.toLowerCase())?.role
}

const personFor: Readonly<Record<Role, RehearsalPerson>> = {
  none: people.helpdesk,
  viewer: people.helpdesk,
  operator: people.operator,
  approver: people.approver,
  admin: people.admin,
}

/** Signing in is saying so. Somebody the tenant does not know acts there as its person of the same role. */
export function rehearsalSignIn(store: Store, roleOf: (person: Person) => Promise<Role>): SignInPort {
  const name = (person: Person) => `rehearsal.signedIn.${person.objectId}`
  return {
    async token(person, _place: Place) {
      const since = await store.settings.get(person.tenantId, name(person))
      if (since === undefined) return { ok: false, because: 'notSignedIn' }
      const role = await roleOf(person)
      const known = byId.get(person.objectId.toLowerCase()) ?? personFor[role]
      const token: UserToken = {
        value: `user:${known.objectId}`,
        objectId: person.objectId,
        tenantId: person.tenantId,
        roles: [role],
        issuedAt: await store.now(),
      }
      return { ok: true, token }
    },
    // Nobody is signed in by pressing something that needs it: a button offers it.
    async signIn(person, _place, why) {
      if (why === 'asked') await store.settings.put(person.tenantId, name(person), await store.now())
    },
    signOut: (person) => store.settings.remove(person.tenantId, name(person)),
  }
}

export type ChatHouseOptions = {
  readonly store: Store
  readonly tenant: Tenant | undefined
  readonly dataDir: string | undefined
  readonly botId: string
  /** Asks for a round of the clock's work: after a switch or a step in time people want to see what follows. */
  readonly soon: () => void
  /** Changes something between two rounds of that work, and resolves when the next one is over. */
  readonly between: (change: () => Promise<void>) => Promise<void>
  readonly timePassed: (ms: number) => void
}

/** Routes of the chat page beside /api/messages. */
export function createChatHouse(options: ChatHouseOptions) {
  const { store, tenant } = options
  const log = openChatLog(
    options.dataDir === undefined ? undefined : join(options.dataDir, 'rehearsal-chat.jsonl'),
  )
  const connector = createConnector(log, store.now)
  const then = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work
    options.soon()
    return result
  }
  const state = async () => {
    const active = tenant ? await tenant.scenarios.active() : []
    return {
      now: await store.now(),
      tenantId,
      tenantName: 'contoso.com',
      botId: options.botId,
      people: Object.values(people).map((one) => ({
        id: one.objectId,
        name: one.name,
        title: one.jobTitle,
        role: one.role,
      })),
      scenarios: (tenant?.scenarios.list() ?? []).map(({ id, title, sentence, group }) => ({
        id,
        title,
        note: sentence,
        group,
        active: active.includes(id),
      })),
      conversations: [
        {
          id: alertChannel,
          type: 'channel',
          title: 'Identity alerts',
          note: 'Channel of team Identity: alerts arrive here, with counts and no names',
          teamId,
        },
      ],
      suggestions,
    }
  }
  const routes = createChatRoutes({
    log,
    connector,
    now: store.now,
    state,
    applyScenario: async (id, on) =>
      tenant ? then(on ? tenant.scenarios.apply(id) : tenant.scenarios.clear(id)) : false,
    resetScenarios: async () => {
      if (tenant) await then(tenant.scenarios.reset())
    },
    passTime: (ms) =>
      options.between(async () => {
        await store.moveClock(ms)
        options.timePassed(ms)
      }),
  })
  return async (req: IncomingMessage, res: ServerResponse, url: URL): Promise<boolean> => {
    if (tenant && url.pathname.startsWith(`${tenant.prefix}/`)) return tenant.handle(req, res)
    return routes(req, res, url)
  }
}

/** The channel of the page, as a place that can be posted to. */
export function channelPlace(given: {
  readonly origin: string
  readonly botId: string
  readonly environment: string
  readonly now: number
}): Place {
  return {
    conversationId: alertChannel,
    serviceUrl: `${given.origin}/connector`,
    tenantId,
    botId: given.botId,
    environment: given.environment,
    scope: 'channel',
    teamId,
    channelId: alertChannel,
    updatedAt: given.now,
  }
}

/** Printed at the start: where to look, what to try, and that nobody is authenticated here. */
export function welcomeText(host: string, port: number): string {
  return [
    '',
    `Sync Medic rehearsal: http://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    '',
    'The tenant (contoso.com, fabrikam.com) is simulated. Without MicrosoftAppId nobody is authenticated, so only this machine can connect.',
    '',
    'Try:',
    ...suggestions.personal.map((text) => `  ${text}`),
    '',
    'An alert about fabrikam.com arrives in the channel "Identity alerts". Press Ctrl+C to stop.',
    '',
    '',
  ].join('\n')
}
