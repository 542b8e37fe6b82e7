// Which outbox rows follow from the effects of one step. Pure: the caller adds them in its transaction.
import type { Incident, Instant, OnCallPerson } from '../nouns.ts'
import type { OutboxRow, ShownAt, StoredPlace } from '../ports.ts'
import { HOUR } from '../time.ts'
import type { Effect, Telling } from './events.ts'
import type { Route } from './route.ts'

/** Payload of rows about incidents; the card itself is drawn from the live incident when the row is sent. */
export type Message = {
  readonly what: Telling | 'edit'
  /** Whom the message calls. */
  readonly people: readonly OnCallPerson[]
  readonly byName?: string
  readonly at: Instant
}

export type Situation = {
  readonly before: Incident | undefined
  readonly after: Incident
  readonly effects: readonly Effect[]
  readonly route: Route
  /** Live last resorts, used by steps that say so or reached nobody. */
  readonly fallback: readonly string[]
  readonly shown: readonly ShownAt[]
  readonly rows: readonly (OutboxRow & { readonly state: string })[]
  /** For announcements with a step: whom it reaches, and their own chats. */
  readonly target: {
    readonly people: readonly OnCallPerson[]
    readonly fallback: boolean
    readonly personal: readonly string[]
  }
  readonly byName?: string
  readonly isLive: (placeKey: string) => boolean
  /** Places that refused this incident's card a short while ago. */
  readonly refused: ReadonlySet<string>
  readonly now: Instant
}

const REFUSED_MS = HOUR

/** A card that was refused is offered to the same place again only after an hour, or when something came from there. */
export function refusedPlaces(
  rows: readonly (OutboxRow & { readonly state: string })[],
  places: ReadonlyMap<string, StoredPlace>,
  now: Instant,
): ReadonlySet<string> {
  const fresh = rows.filter((row) => {
    const heardOf = places.get(row.placeKey)?.place.updatedAt ?? 0
    return (
      row.kind === 'post' &&
      row.state === 'dead' &&
      row.createdAt > now - REFUSED_MS &&
      heardOf <= row.createdAt
    )
  })
  return new Set(fresh.map((row) => row.placeKey))
}

export type NewRow = Omit<OutboxRow, 'attempts'>

function rowOf(s: Situation, kind: OutboxRow['kind'], placeKey: string, message: Message): NewRow {
  const { after, now } = s
  return {
    id: `${after.id}.${after.version}.${kind}.${placeKey}`,
    tenantId: after.tenantId,
    placeKey,
    incidentId: after.id,
    version: after.version,
    kind,
    priority: 0,
    payload: message,
    createdAt: now,
    notBefore: now,
  }
}

/** Places that have the card, or will have it by a row that still waits. */
function cardPlaces(s: Situation): readonly string[] {
  const waiting = s.rows.filter((r) => r.kind === 'post' && r.state === 'pending').map((r) => r.placeKey)
  return [...new Set([...s.shown.map((shown) => shown.placeKey), ...waiting])].filter(s.isLive)
}

function announce(s: Situation, effect: Extract<Effect, { kind: 'announce' }>): NewRow[] {
  const withCard = cardPlaces(s)
  const extra = effect.fallback || s.target.fallback ? s.fallback : []
  const routed = new Map(s.route.destinations.map((d) => [d.placeKey, d.quietUntil]))
  const keys = [...new Set([...routed.keys(), ...extra])]
  const byName = s.byName === undefined ? {} : { byName: s.byName }
  const said = (placeKey: string): Message => {
    // Below critical the card is posted in quiet hours, but nobody is called.
    const quiet = s.after.severity !== 'critical' && (routed.get(placeKey) ?? 0) > s.now
    return { what: effect.what, people: quiet ? [] : s.target.people, ...byName, at: s.now }
  }
  // A repair fills what is missing; where the card already is, nobody needs to be called again.
  const lost = keys.filter((key) => !withCard.includes(key) && !s.refused.has(key))
  if (effect.what === 'repair' && (lost.length > 0 || withCard.length === 0))
    return lost.map((key) => rowOf(s, 'post', key, said(key)))
  const direct = s.target.personal.filter((key) => !keys.includes(key))
  return [
    ...withCard.map((key) => rowOf(s, 'edit', key, { what: 'edit', people: [], at: s.now })),
    ...keys.map((key) => rowOf(s, withCard.includes(key) ? 'reply' : 'post', key, said(key))),
    ...direct.map((key) => rowOf(s, 'notice', key, said(key))),
  ]
}

/** Rows in the order they shall be sent; the store ignores repeats of place, version and kind. */
export function rowsOf(s: Situation): readonly NewRow[] {
  const byName = s.byName === undefined ? {} : { byName: s.byName }
  return s.effects.flatMap((effect): NewRow[] => {
    if (effect.kind === 'announce') return announce(s, effect)
    const message = (what: Message['what']): Message => ({ what, people: [], ...byName, at: s.now })
    if (effect.kind === 'edit') return cardPlaces(s).map((key) => rowOf(s, 'edit', key, message('edit')))
    if (effect.kind === 'reply')
      return cardPlaces(s).map((key) => rowOf(s, 'reply', key, message(effect.what)))
    return []
  })
}
