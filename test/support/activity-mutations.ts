// Malformed activities that still look like ones: right shape, wrong thing in one or more places.
import type { Random } from './random.ts'

type Bag = Record<string, unknown>

const types = [
  'message',
  'invoke',
  'conversationUpdate',
  'installationUpdate',
  'messageReaction',
  'messageUpdate',
  'messageDelete',
  'typing',
  'event',
  'endOfConversation',
  'handoff',
  'trace',
  'command',
  'suggestion',
  'constructor',
  '__proto__',
  'toString',
  '',
  'x'.repeat(65),
]
const names = [
  'adaptiveCard/action',
  'message/submitAction',
  'message/fetchTask',
  'task/fetch',
  'task/submit',
  'signin/verifyState',
  'signin/tokenExchange',
  'composeExtension/query',
  'fileConsent/invoke',
  'config/fetch',
  'constructor',
  '',
  undefined,
  null,
  7,
]
const conversationTypes = [
  'personal',
  'groupChat',
  'channel',
  'Channel',
  '__proto__',
  '',
  7,
  null,
  undefined,
  {},
]

/** Things that break code which trusts its input. */
export function junk(random: Random, depth = 0): unknown {
  const simple: readonly (() => unknown)[] = [
    () => null,
    () => undefined,
    () => random.chance(0.5),
    () => random.pick([0, -1, 1.5, 1e308, -0, Number.MAX_SAFE_INTEGER, 2 ** 53]),
    () =>
      random.pick([
        '',
        ' ',
        '0',
        'null',
        'undefined',
        'NaN',
        '[object Object]',
        '{}',
        '<at>x</at>',
        '__proto__',
        '\u0000',
        '\ud800',
        '\u202e',
        '&#x110000;',
      ]),
    () => random.text(40),
    () => 'x'.repeat(random.pick([1, 255, 256, 257, 1024, 5000, 40_000])),
    () => [],
    () => ({}),
    () => ({ length: { toString: {} } }),
  ]
  if (depth > 3 || random.chance(0.7)) return random.pick(simple)()
  if (random.chance(0.5)) return Array.from({ length: random.below(4) }, () => junk(random, depth + 1))
  const keys = [
    'id',
    'verb',
    'data',
    'action',
    'msteams',
    'value',
    'text',
    'type',
    'mentioned',
    'constructor',
    'toString',
    'length',
    random.text(5),
  ]
  return Object.fromEntries(
    Array.from({ length: random.below(4) }, () => [random.pick(keys), junk(random, depth + 1)]),
  )
}

function mention(random: Random): unknown {
  return random.pick([
    {
      type: 'mention',
      text: '<at>Sync Medic</at>',
      mentioned: { id: random.pick(['28:x', '29:y']), name: 'x' },
    },
    { type: 'mention', text: junk(random), mentioned: junk(random) },
    { type: 'mention' },
    junk(random),
  ])
}

function valueFor(random: Random): unknown {
  return random.pick([
    () => ({
      action: { type: 'Action.Execute', verb: random.pick(['say', 'x', junk(random)]), data: junk(random) },
      trigger: 'manual',
    }),
    () => ({ verb: random.pick(['say', junk(random)]), ...(junk(random) as object) }),
    () => ({ msteams: { type: 'messageBack', value: junk(random), text: junk(random) } }),
    () => ({
      actionName: 'feedback',
      actionValue: { reaction: random.pick(['like', 'dislike', junk(random)]), feedback: junk(random) },
    }),
    () => junk(random),
  ])()
}

/** Paths that are overwritten with junk, the envelope's own included. */
const paths = [
  'type',
  'id',
  'name',
  'action',
  'channelId',
  'serviceUrl',
  'from',
  'from.id',
  'from.name',
  'from.aadObjectId',
  'recipient',
  'recipient.id',
  'conversation',
  'conversation.id',
  'conversation.conversationType',
  'conversation.tenantId',
  'conversation.isGroup',
  'channelData',
  'channelData.tenant',
  'channelData.tenant.id',
  'channelData.team',
  'channelData.team.id',
  'channelData.channel',
  'text',
  'textFormat',
  'entities',
  'attachments',
  'value',
  'replyToId',
  'membersAdded',
  'membersRemoved',
  'reactionsAdded',
  'timestamp',
  'localTimestamp',
  'locale',
  'deliveryMode',
  'callerId',
  'relatesTo',
  'label',
  'valueType',
]

function put(target: Bag, path: string, value: unknown): void {
  const parts = path.split('.')
  const last = parts.pop() ?? ''
  let here: Bag = target
  for (const part of parts) {
    const inner = here[part]
    if (typeof inner !== 'object' || inner === null) return
    here = inner as Bag
  }
  here[last] = value
}

/** A copy of `good` (an accepted message) with faults; half of them keep the envelope intact so that they get far. */
export function mutateActivity(good: Readonly<Bag>, random: Random): Bag {
  const activity = structuredClone(good) as Bag
  activity.type = random.pick(types)
  activity.name = random.pick(names)
  activity.action = random.pick(['add', 'remove', 'add-upgrade', 'constructor', undefined, 7])
  activity.value = valueFor(random)
  activity.entities = Array.from({ length: random.below(4) }, () => mention(random))
  activity.text = random.pick([
    'help',
    '<at>Sync Medic</at> help',
    random.text(200),
    'x'.repeat(40_000),
    undefined,
  ])
  put(activity, 'conversation.conversationType', random.pick(conversationTypes))
  if (random.chance(0.5))
    for (let i = random.below(3); i >= 0; i--) put(activity, random.pick(paths), junk(random))
  if (random.chance(0.1)) delete activity[random.pick(Object.keys(activity))]
  return activity
}

const bearerAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ~!{}"'

function mutateClaims(token: string, random: Random): string {
  const parts = token.split('.')
  const index = random.below(2)
  const bag = JSON.parse(Buffer.from(parts[index] ?? '', 'base64url').toString()) as Bag
  bag[random.pick([...Object.keys(bag), 'jku', 'crit', 'tid'])] = junk(random)
  parts[index] = Buffer.from(JSON.stringify(bag)).toString('base64url')
  return parts.join('.')
}

function mutateBytes(token: string, random: Random): string {
  const at = random.below(token.length)
  const other = random.pick([...bearerAlphabet])
  return random.pick([
    () => `${token.slice(0, at)}${other}${token.slice(at + 1)}`,
    () => `${token.slice(0, at)}${other}${token.slice(at)}`,
    () => `${token.slice(0, at)}${token.slice(at + 1)}`,
    () => token.slice(0, at),
    () => token.slice(at),
    () => `${token.slice(0, at)}${token.slice(at).toUpperCase()}`,
    () => `${token}${token.slice(at)}`,
    () => token.split('.').toReversed().join('.'),
  ])()
}

/** Another token than the given one, never the same; printable, as a header must be. */
export function mutateToken(token: string, random: Random): string {
  for (;;) {
    const changed = random.chance(0.3) ? mutateClaims(token, random) : mutateBytes(token, random)
    // Blanks around a header value are not part of it.
    if (changed.trim() !== token) return changed
  }
}
