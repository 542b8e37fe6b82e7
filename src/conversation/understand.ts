// What a message wants: a command, a statement about the person's own tenant, or a question about how things work.
// Deterministic: the same text gives the same answer.
import type { ObjectName } from '../nouns.ts'
import { asTyped } from './as-typed.ts'
import { comparable, plain } from './clean.ts'
import { type Entity, findEntities } from './entities.ts'
import { type Intent, readCommand } from './intents.ts'
import { findName } from './names.ts'
import { isServerReport } from './server-report.ts'
import { notDomains } from './spoken-commands.ts'
import { domainIsUnwell, namesObject, type Reading, readSymptom } from './symptoms.ts'

export type Understood = {
  /** The message without markup. */
  readonly text: string
  /** Best first; never empty. The last resort is always `knowledge`. */
  readonly intents: readonly Intent[]
  readonly entities: readonly Entity[]
  /** Dialogs to offer beside the answer. */
  readonly alsoOffers: readonly string[]
}

export type UnderstandOptions = {
  /** Domains of the known configurations, so that "fabrikam" is understood as fabrikam.com. */
  readonly domains?: readonly string[]
  /** Ids of the dialogs there are, for "diagnose quarantine". */
  readonly treeIds?: readonly string[]
}

const READ_AT_MOST = 2000

/** The thing asked about, in the words of a snapshot's subject; undefined when none is named. */
export function objectNameOf(
  entities: readonly Entity[],
): { type: 'user' | 'group'; name: ObjectName } | undefined {
  for (const kind of ['upn', 'dn', 'objectId', 'sam', 'name'] as const) {
    const found = entities.find((e) => e.kind === kind)
    if (!found || !('value' in found)) continue
    const by = kind === 'objectId' ? 'id' : kind
    return { type: found.kind === 'name' ? found.type : 'user', name: { by, value: found.value } }
  }
  return undefined
}

/** The domain named, exact ones first. */
export function domainOf(entities: readonly Entity[]): string | undefined {
  const domains = entities.filter((e) => e.kind === 'domain')
  return (domains.find((d) => d.exact) ?? domains[0])?.value
}

const knowledge: Intent = { name: 'knowledge', confidence: 0.5 }

function withDomain(intent: Intent, entities: readonly Entity[]): Intent {
  const domain = domainOf(entities)
  return domain === undefined ? intent : { ...intent, domain }
}

/** "provision jane.doe@contoso.com on demand", "push CN=… now". */
function onDemand(text: string, entities: readonly Entity[]): Intent | undefined {
  const asks = /^(?:please |can you |could you )*(?:re-?)?(?:provision|push|sync|force|test)\b/.test(text)
  // Of a message of at most 2000 characters.
  const names = /\bon[ -]demand (?:provision(?:ing)? )?(?:for|of)\b|\bprovision\b.*\bon[ -]demand\b/.test(
    text,
  )
  if (!namesObject(entities) || /^how\b|\bhow (?:do|can|to)\b/.test(text)) return undefined
  return asks || names ? { name: 'provisionOnDemand', confidence: 0.95 } : undefined
}

/** "log of jane.doe@contoso.com": the newest provisioning log entries of one object. */
function objectLog(text: string, entities: readonly Entity[]): Intent | undefined {
  const asks =
    /^(?:show |give me |get )?(?:the |me the )?(?:provisioning )?(?:log|logs|history|entries|events)(?: entries)?(?: (?:of|for|about))\b/
  return namesObject(entities) && asks.test(text) ? { name: 'objectLog', confidence: 0.95 } : undefined
}

/** "diagnose quarantine", "start the dialog agent-down". */
function namedTree(text: string, treeIds: readonly string[]): Intent | undefined {
  const match =
    /^(?:diagnose|guide me(?: through)?|start (?:the )?(?:dialog|diagnosis)|run (?:the )?diagnosis)[: ]+(?<what>[a-z -]{3,60})$/.exec(
      text,
    )
  const wanted = match?.groups?.what
    ?.replace(/^(?:for|of|about|a|the) /, '')
    .trim()
    .replaceAll(' ', '-')
  const treeId = wanted && treeIds.find((id) => id === wanted || id.startsWith(`${wanted}-`))
  return treeId ? { name: 'symptom', confidence: 0.95, treeId } : undefined
}

/** A message that is little more than a name or address: "jane.doe@contoso.com?", "check jane.doe@…". */
function bareObject(text: string, entities: readonly Entity[]): boolean {
  const strong = entities.some(
    (e) => e.kind === 'upn' || e.kind === 'dn' || e.kind === 'sam' || e.kind === 'objectId',
  )
  if (!strong)
    return (
      entities.some((e) => e.kind === 'name') &&
      /^(?:why (?:is|was|does|did|has)\b|check|look|find|search|where|diagnose|what)/.test(text)
    )
  const only = entities.find((e) => e.kind === 'objectId')
  // An id alone is asked about; an id inside a sentence may be anything.
  if (only && !entities.some((e) => e.kind === 'upn' || e.kind === 'dn' || e.kind === 'sam'))
    return text.length - only.value.length < 40
  return (
    text.length < 200 &&
    !/\b(?:how (?:do|can|to|should|would)|what (?:is this|does)|which|who made)\b/.test(text)
  )
}

function fromReading(reading: Reading, entities: readonly Entity[]): Intent | undefined {
  const { symptom } = reading
  if (!symptom || !reading.live) return undefined
  const stuck = symptom.treeId === 'user-not-synced' && !namesObject(entities)
  // Without a person it is the sync of a domain or of everything that does not run.
  if (stuck && (domainOf(entities) !== undefined || reading.everything)) {
    return withDomain({ name: 'status', confidence: 0.8, treeId: 'nothing-syncs' }, entities)
  }
  return withDomain({ name: symptom.intent, confidence: 0.85, treeId: symptom.treeId }, entities)
}

function whyAlone(text: string): Intent | undefined {
  return /^(?:but |and )?(?:quarantined?,? why|why(?: (?:(?:is|are|was) (?:it|they|we|that|this)(?: (?:in quarantine|quarantined))?|that|this|quarantined?|in quarantine|so))?)[?! ]*$/.test(
    text,
  )
    ? { name: 'quarantineWhy', confidence: 0.7, treeId: 'quarantine' }
    : undefined
}

export function understand(message: string, options: UnderstandOptions = {}): Understood {
  const text = plain(message)
  if (isServerReport(text)) {
    const intents: Intent[] = [{ name: 'serverReport', confidence: 1, treeId: 'agent-down' }, knowledge]
    return { text, intents, entities: [], alsoOffers: [] }
  }
  const words = comparable(message.slice(0, READ_AT_MOST * 4)).slice(0, READ_AT_MOST)
  const shaped = findEntities(text, options.domains)
  const name = namesObject(shaped) ? undefined : findName(text.slice(0, READ_AT_MOST))
  const reading = readSymptom(words, name ? [...shaped, name] : shaped)
  const named = name && reading.symptom?.narrow?.object !== false
  const entities = named ? [...shaped, name] : shaped
  const command =
    onDemand(words, entities) ??
    objectLog(words, entities) ??
    namedTree(words, options.treeIds ?? defaultTrees)
  const spoken = command ?? inOwnWords(plausible(readCommand(words), entities, options.domains ?? []), text)
  const live =
    fromReading(reading, entities) ??
    (bareObject(words, entities)
      ? ({ name: 'objectNotSynced', confidence: 0.75, treeId: 'user-not-synced' } as const)
      : undefined) ??
    whyAlone(words) ??
    bareDomain(words, entities) ??
    unwellDomain(words, entities)
  const first = spoken ? [completed(spoken, entities, options.domains ?? [])] : live ? [live] : []
  return {
    text,
    intents: [...first, ...(spoken && live ? [live] : []), knowledge],
    entities,
    alsoOffers: first.length > 0 ? [] : reading.treeIds.slice(0, 2),
  }
}

function inOwnWords(intent: Intent | undefined, text: string): Intent | undefined {
  return intent?.reason === undefined ? intent : { ...intent, reason: asTyped(text, intent.reason) }
}

/** "fabrikam.com" or "check fabrikam": the status of that domain. */
function bareDomain(text: string, entities: readonly Entity[]): Intent | undefined {
  const domain = entities.find((e) => e.kind === 'domain')
  if (!domain || namesObject(entities)) return undefined
  const rest = text.replace(domain.value, '').replace(domain.value.split('.')[0] ?? '', '')
  return /^(?:check|show|what about|and|how is|is|look at|status)?[ ?!.]*(?:ok|doing|fine)?[ ?!.]*$/.test(
    rest,
  )
    ? { name: 'status', confidence: 0.8, domain: domain.value }
    : undefined
}

function unwellDomain(text: string, entities: readonly Entity[]): Intent | undefined {
  if (namesObject(entities) || !domainIsUnwell(text, entities)) return undefined
  return withDomain({ name: 'status', confidence: 0.75, treeId: 'nothing-syncs' }, entities)
}

/** "start menu" is no command: what stands in the place of a domain must look like one. */
function plausible(
  intent: Intent | undefined,
  entities: readonly Entity[],
  known: readonly string[],
): Intent | undefined {
  const typed = intent?.domain
  if (!intent || typed === undefined || typed.includes('.')) return intent
  if (notDomains.has(typed)) return undefined
  const named = entities.some((e) => e.kind === 'domain' && e.exact)
  return known.length === 0 || named ? intent : undefined
}

/** Puts the full name of a known domain where a short one was typed. */
function completed(intent: Intent, entities: readonly Entity[], known: readonly string[]): Intent {
  const typed = intent.domain
  if (typed === undefined) {
    const exact = entities.find((e) => e.kind === 'domain' && e.exact)
    return exact && 'value' in exact ? { ...intent, domain: exact.value } : intent
  }
  const full = known.find((d) => d.toLowerCase() === typed || d.toLowerCase().split('.')[0] === typed)
  // A full name that is not known stays as typed: a write must never go to a domain that is merely similar.
  const found = typed.includes('.') ? undefined : entities.find((e) => e.kind === 'domain' && e.exact)
  return { ...intent, domain: full ?? (found && 'value' in found ? found.value : typed) }
}

const defaultTrees = [
  'user-not-synced',
  'password-hash-not-working',
  'quarantine',
  'agent-down',
  'agent-inactive',
  'deletions-held',
  'on-demand-provisioning',
]
