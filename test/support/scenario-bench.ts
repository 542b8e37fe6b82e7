// One sentence against a tenant in a given state, through the real rooms: simulated Graph over HTTP, graph, sync,
// diagnosis, conversation. Only time is not real: waiting for a turn at Graph's limits lets the clock jump.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { render } from '../../src/cards/index.ts'
import { createRespond, loadTrees, type Services } from '../../src/conversation/index.ts'
import { appIdentity, createGraph } from '../../src/graph/index.ts'
import { loadKnowledge } from '../../src/knowledge/index.ts'
import type { Button, IncomingEvent, Json, Person, Place, Reply } from '../../src/nouns.ts'
import type { SignInPort } from '../../src/ports.ts'
import { type PersonKey, people, startRehearsalGraph, tenantId } from '../../src/rehearsal/index.ts'
import { openSqlite } from '../../src/store/index.ts'
import { createSync } from '../../src/sync/index.ts'
import { createTelemetry } from '../../src/telemetry.ts'
import { jumpingTime, personToken } from './graph-server.ts'

const root = join(import.meta.dirname, '../..')
const MINUTE = 60_000
/** 08:05:30 UTC of a Monday; fabrikam.com went into quarantine six hours before. */
const MORNING = Date.UTC(2026, 8, 14, 8, 5, 30)
const MOST_TURNS = 12

/** Changes what Graph answers, to play a Graph that misbehaves. `body` is undefined when it is no JSON. */
export type Distort = (given: {
  readonly path: string
  /** Whole address, for answers that lead somewhere. */
  readonly url: string
  readonly body: Json | undefined
}) => Json | string | undefined

export type Heard = {
  readonly replies: readonly Reply[]
  /** Everything a person can read, all turns. */
  readonly text: string
  readonly cards: readonly unknown[]
  /** Rule ids of the last finding shown, best first; ends of dialogs are `dialog.<tree>.<step>`. */
  readonly causes: readonly string[]
  /** True when the first of them is said to be certain. */
  readonly certain: boolean
  readonly questions: number
}

export type Wish = {
  readonly say: string
  readonly as?: PersonKey
  /** Answers to press, in order: ids of choices, or typed text when no button has that id. */
  readonly answers?: readonly string[]
}

export type ScenarioBench = Awaited<ReturnType<typeof openScenarioBench>>

/** What these sentences never reach: whoever does has found a mistake in the test. */
function outside<T extends object>(what: string): T {
  return new Proxy({} as T, {
    get() {
      throw new Error(`${what} is no part of a diagnosis`)
    },
  })
}

/** In front of the tenant: passes everything on, and what comes back through `distort`. */
async function startDistorting(target: string, distort: Distort): Promise<{ url: string; server: Server }> {
  const forward = async (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const authorization = req.headers.authorization
    const here = `http://${req.headers.host}/graph`
    const answer = await fetch(`${target}${(req.url ?? '').slice('/graph'.length)}`, {
      method: req.method ?? 'GET',
      headers: { ...(authorization ? { authorization } : {}), 'content-type': 'application/json' },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    })
    const text = (await answer.text()).replaceAll(target, here)
    const body = text.startsWith('{') ? (JSON.parse(text) as Json) : undefined
    const changed = answer.ok
      ? distort({
          path: decodeURIComponent(req.url ?? ''),
          url: `http://${req.headers.host}${req.url}`,
          body,
        })
      : undefined
    const out = changed === undefined ? text : typeof changed === 'string' ? changed : JSON.stringify(changed)
    res.writeHead(answer.status, { 'content-type': 'application/json' }).end(out)
  }
  const server = createServer((req, res) => {
    forward(req, res).catch(() => res.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graph`, server }
}

const choiceOf = (button: Button, id: string) =>
  'verb' in button && button.verb === 'dialog.choose' && (button.data as { choice?: string }).choice === id

/** What all sentences share; opened once for a file of tests. */
export async function openScenarioBench() {
  const store = await openSqlite({ memory: true, auditKey: 'a'.repeat(43), allowClockMoves: true })
  const telemetry = createTelemetry({
    level: 'error',
    pseudonymKey: 'b'.repeat(43),
    destination: { write: () => undefined },
  })
  const knowledge = loadKnowledge({ dir: join(root, 'knowledge') })
  const trees = loadTrees(join(root, 'dialogs'))

  /** A tenant in which these scenarios are in force, some minutes old. */
  const openTenant = async (
    scenarios: readonly string[],
    options: { readonly minutes?: number; readonly distort?: Distort } = {},
  ) => {
    const time = jumpingTime()
    const clock = { now: async () => MORNING + time.now() }
    const tenant = await startRehearsalGraph({ clock, host: '127.0.0.1', port: 0, slowMs: 60_000 })
    for (const id of scenarios)
      if (!(await tenant.tenant.scenarios.apply(id))) throw new Error(`there is no scenario ${id}`)
    time.pass((options.minutes ?? 0) * MINUTE)
    const front = options.distort ? await startDistorting(tenant.url, options.distort) : undefined
    const baseUrl = front?.url ?? tenant.url
    const graph = createGraph({ baseUrl, identity: appIdentity({ kind: 'loopback' }, baseUrl), clock, time })
    const sync = createSync({ reads: graph.reads, clock })
    const signIn: SignInPort = {
      token: async ({ objectId }) => ({ ok: true, token: personToken(objectId) }),
      signIn: async () => undefined,
      signOut: async () => undefined,
    }
    const services: Services = {
      store,
      knowledge,
      sync,
      trees,
      actions: outside('an action'),
      alerts: outside('an alert'),
      oncall: outside('the roster'),
      signIn,
      telemetry,
      rehearsal: true,
      reportHosts: { tls: [], plain: [], probe: 'login.microsoftonline.com' },
      soon: () => undefined,
    }
    const respond = createRespond(services)
    let nth = 0
    let readBefore = 0

    const hear = async ({ say, as = 'operator', answers = [] }: Wish): Promise<Heard> => {
      // The log may be read four times in ten seconds: whoever could need more than is left begins a new ten.
      const read = tenant.tenant.requests().filter(({ path }) => path.includes('/auditLogs/')).length
      if (read - readBefore >= 2) {
        time.pass(15_000)
        readBefore = read
      }
      const who = people[as]
      const person: Person = { tenantId, objectId: who.objectId, role: who.role, name: who.name }
      nth += 1
      const place: Place = {
        conversationId: `a:${nth}`,
        serviceUrl: 'http://127.0.0.1/test',
        tenantId,
        botId: '28:sync-medic',
        environment: 'test',
        scope: 'personal',
        userAadId: who.objectId,
        updatedAt: MORNING,
      }
      const all: Reply[] = []
      const texts: string[] = []
      const cards: unknown[] = []
      let session = {}
      const turn = async (given: { text: string } | { choice: string; data: Json }) => {
        const now = await clock.now()
        const base = { id: `${nth}`, activityId: `${nth}`, place, person, at: now }
        const event = (
          'text' in given
            ? { ...base, kind: 'message', text: given.text, cut: false }
            : { ...base, kind: 'cardAction', verb: 'dialog.choose', data: given.data }
        ) as IncomingEvent
        const response = await respond({ event, person, place, now, session })
        session = response.session ?? session
        all.push(...response.replies)
        for (const reply of response.replies) {
          const shown = render(reply, { scope: 'personal', now })
          texts.push(shown.text)
          cards.push(shown.card)
        }
        return response.replies
      }
      let last = await turn({ text: say })
      const open = [...answers]
      for (let i = 0; i < MOST_TURNS; i += 1) {
        const asked = last.find((reply) => reply.kind === 'question')
        const answer = asked?.kind === 'question' ? open.shift() : undefined
        if (asked?.kind !== 'question' || answer === undefined) break
        const button = asked.choices.find((one) => choiceOf(one, answer))
        last =
          button && 'verb' in button
            ? await turn({ choice: answer, data: button.data as Json })
            : await turn({ text: answer })
      }
      if (open.length > 0) throw new Error(`never asked for: ${open.join(', ')}\n${texts.join('\n---\n')}`)
      const found = all.findLast((reply) => reply.kind === 'finding')
      const findings = found?.kind === 'finding' ? found.findings : []
      return {
        replies: all,
        text: texts.join('\n\n'),
        cards,
        causes: findings.map(({ ruleId }) => ruleId),
        certain: findings[0]?.confidence === 'certain',
        questions: all.filter((reply) => reply.kind === 'question').length,
      }
    }
    return {
      hear,
      requests: () => tenant.tenant.requests(),
      async close() {
        front?.server.closeAllConnections()
        front?.server.close()
        await tenant.close()
      },
    }
  }
  return { openTenant, close: () => store.close() }
}
