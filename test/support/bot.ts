// The whole bot as a child process on its rehearsal tenant, spoken to as Teams does: activities in, Connector calls out.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { people, tenantId } from '../../src/rehearsal/index.ts'
import { type FakeConnector, type SentActivity, startConnector } from './connector.ts'
import { freePort } from './free-port.ts'

export type Who = keyof typeof people | { readonly id: string; readonly name: string }
export type Where = { readonly id: string; readonly type: 'personal' | 'groupChat' | 'channel' }
type Bag = Readonly<Record<string, unknown>>

export type Card = Bag & { readonly body?: readonly Bag[]; readonly actions?: readonly Bag[] }
export type Shown = {
  readonly activityId: string
  readonly card: Card | undefined
  readonly text: string
  readonly edited: boolean
}

const root = join(import.meta.dirname, '../..')
export const channel: Where = { id: '19:alerts-e2e@thread.tacv2', type: 'channel' }

export function personal(who: Who): Where {
  return { id: `a:${idOf(who)}`, type: 'personal' }
}

function idOf(who: Who): string {
  return typeof who === 'string' ? people[who].objectId : who.id
}

/** Every piece of text a person can read on a card, in order, one per line. */
export function cardText(card: unknown): string {
  const lines: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return void node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    const {
      type,
      inlines,
      fallback: _fallback,
      fallbackText: _text,
      ...rest
    } = node as Record<string, unknown>
    if (Array.isArray(inlines)) {
      lines.push(
        inlines.map((run) => (typeof run === 'string' ? run : String((run as Bag).text ?? ''))).join(''),
      )
      return
    }
    if (typeof rest.text === 'string' && type !== 'Action.Submit') lines.push(rest.text)
    if (typeof rest.title === 'string') lines.push(rest.title)
    if (typeof rest.value === 'string' && type === undefined) lines.push(rest.value)
    for (const value of Object.values(rest)) visit(value)
  }
  visit(card)
  return lines.join('\n')
}

/** All actions of a card, those inside it as well. */
export function actionsOf(card: unknown): Bag[] {
  const found: Bag[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return void node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    const { fallback: _fallback, ...rest } = node as Record<string, unknown>
    if (typeof rest.type === 'string' && rest.type.startsWith('Action.')) found.push(rest)
    for (const value of Object.values(rest)) visit(value)
  }
  visit(card)
  return found
}

function shownOf(sent: SentActivity, activityId: string): Shown {
  const attachments = (sent.activity.attachments ?? []) as readonly Bag[]
  const card = attachments[0]?.content as Card | undefined
  const text = card ? cardText(card) : String(sent.activity.text ?? '')
  return { activityId, card, text, edited: sent.method === 'PUT' }
}

export type GraphRequest = {
  readonly method: string
  readonly path: string
  /** "app", or "user:<object id>". */
  readonly identity: string
  readonly status: number
}

export type Bot = Awaited<ReturnType<typeof startBot>>

export async function startBot(
  options: { readonly env?: Readonly<Record<string, string>>; readonly dataDir?: string } = {},
) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'sync-medic-'))
  const connector: FakeConnector = await startConnector()
  let child: ChildProcess
  // With the token gate on it does not say where it listens.
  const gated = options.env?.MicrosoftAppId !== undefined
  const port = gated ? await freePort() : '0'
  let origin = gated ? `http://127.0.0.1:${port}` : ''
  let output = ''

  const isUp = async () => {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output)
    if (!gated && found) origin = found[0]
    if (!gated) return found !== null
    return fetch(`${origin}/healthz/ready`).then(
      (answer) => answer.status === 200,
      () => false,
    )
  }

  const start = async () => {
    const { PATH = '', HOME = '' } = process.env
    child = spawn(process.execPath, ['src/main.ts'], {
      cwd: root,
      env: { PATH, HOME, PORT: port, DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    output = ''
    const take = (chunk: Buffer) => {
      output += chunk.toString('utf8')
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    const until = Date.now() + 30_000
    for (;;) {
      if (await isUp()) return
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the bot did not start:\n${output}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  const envelope = (as: Who, where: Where, fields: Bag): Bag => ({
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    channelId: 'msteams',
    serviceUrl: connector.serviceUrl,
    from: {
      id: `29:${idOf(as)}`,
      aadObjectId: idOf(as),
      name: typeof as === 'string' ? people[as].name : as.name,
    },
    recipient: { id: '28:sync-medic', name: 'Sync Medic' },
    conversation: {
      id: where.id,
      conversationType: where.type,
      tenantId,
      ...(where.type === 'personal' ? {} : { isGroup: true }),
    },
    channelData: {
      tenant: { id: tenantId },
      ...(where.type === 'channel' ? { team: { id: '19:team' }, channel: { id: where.id } } : {}),
    },
    ...fields,
  })

  const post = async (activity: Bag, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${origin}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(activity),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as Bag) }
  }

  /** What the bot sent to a conversation since the last look at it. */
  const since = (from: number, where: Where): Shown[] =>
    connector.sent.slice(from).flatMap((sent, i) => {
      const [conversation = '', , activityId] = sent.path.split('/')
      if (conversation.split(';')[0] !== where.id || sent.activity.type === 'typing') return []
      const id = sent.method === 'PUT' ? (activityId ?? '') : connector.idOf(from + i)
      return [shownOf(sent, id)]
    })

  /** The same, once every "Looking…" has become the answer it stood for. */
  const answered = async (from: number, where: Where): Promise<Shown[]> => {
    const until = Date.now() + 30_000
    for (;;) {
      const shown = since(from, where)
      const looking = shown.filter((one) => !one.edited && one.text.startsWith('Looking…'))
      const replaced = (one: Shown) => shown.some((edit) => edit.edited && edit.activityId === one.activityId)
      if (looking.every(replaced)) return shown.filter((one) => !looking.includes(one))
      if (Date.now() > until) throw new Error(`still looking\n${output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  const say = async (
    text: string,
    options: { readonly as?: Who; readonly where?: Where } = {},
  ): Promise<Shown[]> => {
    const as = options.as ?? 'helpdesk'
    const where = options.where ?? personal(as)
    const mention = '<at>Sync Medic</at>'
    const fields =
      where.type === 'personal'
        ? { text }
        : {
            text: `${mention} ${text}`,
            entities: [
              { type: 'mention', text: mention, mentioned: { id: '28:sync-medic', name: 'Sync Medic' } },
            ],
          }
    const from = connector.sent.length
    const answer = await post(envelope(as, where, { type: 'message', ...fields }))
    if (answer.status !== 200) throw new Error(`the bot answered ${answer.status}`)
    return answered(from, where)
  }

  /** Presses a button by its label. `invoke`: the card in the answer; `replies`: what came besides. */
  const press = async (
    shown: Shown,
    label: string | RegExp,
    options: { readonly as?: Who; readonly where?: Where; readonly inputs?: Bag } = {},
  ) => {
    const as = options.as ?? 'helpdesk'
    const where = options.where ?? personal(as)
    const action = actionsOf(shown.card).find(
      ({ title, type }) =>
        // A form opens on the client; what is pressed is the button inside it.
        type !== 'Action.ShowCard' &&
        (typeof label === 'string' ? title === label : label.test(String(title))),
    )
    if (!action)
      throw new Error(
        `no button ${label} on: ${actionsOf(shown.card)
          .map((one) => one.title)
          .join(', ')}`,
      )
    const data = { ...(action.data as Bag | undefined), ...options.inputs }
    const from = connector.sent.length
    if (action.type === 'Action.Execute') {
      const value = { action: { type: 'Action.Execute', verb: action.verb, data }, trigger: 'manual' }
      const answer = await post(
        envelope(as, where, {
          type: 'invoke',
          name: 'adaptiveCard/action',
          replyToId: shown.activityId,
          value,
        }),
      )
      const card =
        answer.body?.type === 'application/vnd.microsoft.card.adaptive'
          ? (answer.body.value as Card)
          : undefined
      const said =
        answer.body?.type === 'application/vnd.microsoft.activity.message' ? String(answer.body.value) : ''
      return {
        status: answer.status,
        card,
        text: card ? cardText(card) : said,
        replies: await answered(from, where),
      }
    }
    const answer = await post(
      envelope(as, where, { type: 'message', value: data, replyToId: shown.activityId }),
    )
    return { status: answer.status, card: undefined, text: '', replies: await answered(from, where) }
  }

  const control = async (path: string, body: Bag): Promise<Bag> => {
    const answer = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
    return (await answer.json()) as Bag
  }

  /** Waits for something the clock brings; what is asked for is looked for again and again. */
  const eventually = async <T>(look: () => T | undefined, what: string, ms = 20_000): Promise<T> => {
    const until = Date.now() + ms
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      if (Date.now() > until) throw new Error(`not seen within ${ms} ms: ${what}\n${output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  const ended = () =>
    new Promise<number | null>((resolve) =>
      child.exitCode !== null || child.signalCode !== null
        ? resolve(child.exitCode)
        : child.once('exit', resolve),
    )

  await start()
  return {
    connector,
    dataDir,
    get origin() {
      return origin
    },
    get pid() {
      return child.pid
    },
    output: () => output,
    say,
    press,
    post: (as: Who, where: Where, fields: Bag) => post(envelope(as, where, fields)),
    raw: post,
    envelope,
    /** Everything sent to a conversation so far. */
    log: (where: Where) => since(0, where),
    scenario: (id: string, on = true) => control('/rehearsal/scenario', { id, on }),
    passTime: (minutes: number) => control('/rehearsal/time', { minutes }),
    eventually,
    /** Lets time pass in steps until something is seen. A step ends when the bot has done its work. */
    async passUntil<T>(look: () => T | undefined, what: string, step = 1, most = 40): Promise<T> {
      for (let i = 0; i < most; i += 1) {
        await control('/rehearsal/time', { minutes: step })
        const seen = await eventually(look, what, 300).catch(() => undefined)
        if (seen !== undefined) return seen
      }
      throw new Error(`not seen within ${most * step} minutes: ${what}\n${output}`)
    },
    /** What the simulated tenant was asked, oldest first. */
    async graphRequests(): Promise<readonly GraphRequest[]> {
      const answer = await fetch(`${origin}/graph/_control/requests`)
      return ((await answer.json()) as { requests: readonly GraphRequest[] }).requests
    },
    async kill() {
      child.kill('SIGKILL')
      await ended()
    },
    async term() {
      child.kill('SIGTERM')
      return await ended()
    },
    start,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await ended()
      }
      await connector.close()
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
