// Incidents in the chat: the list, one card, what people do with it, and who is on call.
import type { Act } from '../../alerts/index.ts'
import type { Prose, Reply } from '../../nouns.ts'
import { at, personal, prose } from '../../nouns.ts'
import { HOUR, lengthWords, MINUTE } from '../../time.ts'
import { becauseWords } from '../../words.ts'
import type { Services } from '../services.ts'
import { count, notice, type Response, say, type Turn } from '../turn.ts'

export async function incidents(turn: Turn, services: Services): Promise<Response> {
  return say(await services.alerts.listReply(turn.now))
}

/** The number that was given, or the only open one. */
async function find(
  services: Services,
  number: string | number | undefined,
): Promise<string | number | undefined> {
  if (number !== undefined) return number
  const open = (await services.alerts.list()).filter((one) => one.state !== 'resolved')
  return open.length === 1 ? open[0]?.id : undefined
}

const which = (): Response =>
  say(notice('Which incident?', 'Say its number, for example "incident 42". "incidents" lists them.'))

async function about(
  services: Services,
  named: string | number | undefined,
  make: (id: string | number) => Promise<Reply | undefined>,
): Promise<Response> {
  const id = await find(services, named)
  const reply = id === undefined ? undefined : await make(id)
  return reply ? say(reply) : which()
}

export async function incident(services: Services, number: number | undefined): Promise<Response> {
  const card = await about(services, number, services.alerts.show)
  const timeline = await about(services, number, services.alerts.timeline)
  return card.replies[0]?.kind === 'incident' ? { replies: [...card.replies, ...timeline.replies] } : card
}

export function summary(services: Services, number: number | undefined): Promise<Response> {
  return about(services, number, services.alerts.timeline)
}

export type Wish = Pick<Act, 'verb' | 'version' | 'minutes' | 'reason' | 'note'> & {
  readonly incident: string | number | undefined
}

/** Typed or pressed: one way. A pressed card is replaced by the fresh one. */
export async function act(turn: Turn, services: Services, wish: Wish): Promise<Response> {
  const { incident: named, ...rest } = wish
  const id = await find(services, named)
  if (id === undefined) return which()
  const { reply, changed } = await services.alerts.act({
    ...rest,
    incident: id,
    person: turn.person,
    now: turn.now,
  })
  // What it changed must not wait for the next tick: others look at the same card.
  services.soon()
  if (turn.event.kind !== 'cardAction' || reply.kind !== 'incident') return say(reply)
  // The card itself is edited by the outbox, for everybody; a client without Action.Execute hears only refusals.
  if (turn.event.invoke) return { replies: [], answer: reply }
  return changed ? say() : say(reply)
}

/** The current card, drawn anew for whoever opens it. */
export async function refresh(services: Services, id: string): Promise<Response> {
  const card = await services.alerts.show(id)
  return card ? { replies: [], answer: card } : which()
}

export function why(turn: Turn, services: Services, named: string | number | undefined): Promise<Response> {
  return about(services, named, (id) => services.alerts.why(id, turn.now))
}

export function triage(turn: Turn, services: Services, number: number | undefined): Promise<Response> {
  return about(services, number, (id) => services.alerts.triage(id, turn.now))
}

export async function onCall(turn: Turn, services: Services): Promise<Response> {
  const now = await services.oncall.now(turn.now)
  const next = await services.oncall.next(turn.now)
  if (!now.known)
    return say(
      notice(
        'I do not know who is on call.',
        `Reason: ${becauseWords[now.because]}. An administrator sets ROSTER_FILE.`,
      ),
    )
  const names = now.value.map((person): Prose => [personal(person.name)])
  const rows = [
    {
      name: 'Now',
      value:
        names.length > 0
          ? names.flatMap((name, i) => (i > 0 ? [', ', ...name] : name))
          : ['nobody: there is a gap in the roster'],
      source: now.source,
    },
    ...(next.known && next.value
      ? [
          {
            name: 'Next',
            value: prose`${next.value.people.flatMap((person) => [personal(person.name)])} from ${at(next.value.from)}`,
            source: next.source,
          },
        ]
      : []),
  ]
  // Who is on call is what a channel asks for: these names are the one exception to counts only.
  const shown = rows.map((row) => ({
    ...row,
    value: row.value.map((part) => (typeof part === 'object' && 'data' in part ? { data: part.data } : part)),
  }))
  return say({
    kind: 'notice',
    title: 'On call',
    tone: names.length > 0 ? 'neutral' : 'attention',
    blocks: [{ kind: 'facts', rows: shown }],
    offers: [{ label: 'Hand-over sheet', say: 'hand-over' }],
  })
}

const HANDOVER = 'handover.last'

/** Since the last sheet, at most three days back. */
export async function handover(turn: Turn, services: Services): Promise<Response> {
  const { tenantId } = turn.place
  const last = await services.store.settings.get(tenantId, HANDOVER)
  const since = Math.max(typeof last === 'number' ? last : turn.now - 24 * HOUR, turn.now - 72 * HOUR)
  const sheet = await services.alerts.handover(turn.now, since)
  await services.store.settings.put(tenantId, HANDOVER, turn.now)
  return say(sheet)
}

// ------------------------------------------------------------------ what this conversation hears

const refusedOr = (
  result: { readonly ok: boolean; readonly why?: string },
  title: string,
  ...lines: readonly string[]
): Reply => (result.ok ? notice(title, ...lines) : notice('That did not work.', result.why ?? ''))

export async function subscribe(
  turn: Turn,
  services: Services,
  wish: { readonly domain?: string; readonly minSeverity?: 'info' | 'warning' | 'critical' },
): Promise<Response> {
  const { threadId: _thread, ...place } = turn.place
  const done = await services.alerts.subscribe({
    place,
    person: turn.person,
    now: turn.now,
    ...(wish.domain === undefined ? {} : { domains: [wish.domain] }),
    ...(wish.minSeverity === undefined ? {} : { minSeverity: wish.minSeverity }),
  })
  const open = (await services.alerts.list()).filter((one) => one.state !== 'resolved').length
  const lines = [
    `Domains: ${done.domains.join(', ') || 'all'}. From severity: ${done.minSeverity}. "test alert" sends one the way real ones go; "unsubscribe" ends it.`,
    ...(open > 0
      ? [`Already open: ${count(open, 'incident')}. Their cards stay where they were posted.`]
      : []),
  ]
  const offers = open > 0 ? [{ label: 'Open incidents', say: 'incidents' }] : []
  return say({ ...notice('Alerts come to this conversation now.', ...lines), offers })
}

export async function unsubscribe(turn: Turn, services: Services): Promise<Response> {
  const { threadId: _thread, ...place } = turn.place
  const was = await services.alerts.unsubscribe({ place, person: turn.person, now: turn.now })
  return say(
    notice(was ? 'No more alerts come to this conversation.' : 'This conversation was not subscribed.'),
  )
}

export async function maintenance(
  turn: Turn,
  services: Services,
  wish: { readonly off?: boolean; readonly durationMs?: number; readonly domain?: string },
): Promise<Response> {
  const given = { place: turn.place, person: turn.person, now: turn.now }
  if (wish.off) {
    const ended = await services.alerts.endMaintenance(given)
    return say(
      notice(
        ended > 0 ? 'Maintenance is over.' : 'No maintenance was running.',
        ...(ended > 0 ? ['What was held back is told if it is still there.'] : []),
      ),
    )
  }
  if (wish.durationMs === undefined)
    return say(
      notice(
        'For how long?',
        'Say for example "maintenance 2h" or "maintenance of fabrikam.com for 45 min".',
      ),
    )
  const result = await services.alerts.startMaintenance({
    ...given,
    from: turn.now,
    to: turn.now + wish.durationMs,
    ...(wish.domain === undefined ? {} : { domains: [wish.domain] }),
  })
  return say(
    refusedOr(
      result,
      'Maintenance has begun.',
      `${wish.domain ?? 'All domains'}: detection goes on, notifications wait for ${lengthWords(wish.durationMs)}.`,
    ),
  )
}

export async function quietHours(
  turn: Turn,
  services: Services,
  wish: { readonly from?: string; readonly to?: string; readonly off?: boolean },
): Promise<Response> {
  const given = { place: turn.place, person: turn.person, now: turn.now }
  const pad = (time: string) => time.padStart(5, '0')
  const hours =
    wish.from !== undefined && wish.to !== undefined
      ? { zone: services.oncall.zone, from: pad(wish.from), to: pad(wish.to) }
      : undefined
  if (!hours && !wish.off)
    return say(notice('Which hours?', 'Say for example "quiet hours 22:00-06:00", or "quiet hours off".'))
  const result = await services.alerts.setQuietHours({ ...given, ...(hours ? { hours } : {}) })
  return say(
    refusedOr(
      result,
      hours ? 'Quiet hours are set.' : 'Quiet hours are off.',
      ...(hours
        ? [`${hours.from} to ${hours.to}, ${hours.zone}: below critical nobody is mentioned then.`]
        : []),
    ),
  )
}

export async function digest(
  turn: Turn,
  services: Services,
  wish: { readonly from?: string; readonly off?: boolean },
): Promise<Response> {
  const given = { place: turn.place, person: turn.person, now: turn.now }
  const set =
    wish.from === undefined
      ? undefined
      : { zone: services.oncall.zone, at: wish.from.padStart(5, '0'), evenIfQuiet: false }
  if (!set && !wish.off)
    return say(notice('At what time?', 'Say for example "digest 08:00", or "digest off".'))
  const result = await services.alerts.setDigest({ ...given, ...(set ? { digest: set } : {}) })
  return say(
    refusedOr(
      result,
      set ? 'The daily digest is set.' : 'The daily digest is off.',
      ...(set ? [`${set.at}, ${set.zone}; silent when nothing happened.`] : []),
    ),
  )
}

export async function testAlert(turn: Turn, services: Services): Promise<Response> {
  const sent = await services.alerts.testAlert({ place: turn.place, person: turn.person, now: turn.now })
  return say(
    sent > 0
      ? notice(
          'A test alert is on its way.',
          `To ${count(sent, 'conversation')}, by the same route and outbox as real ones.`,
        )
      : notice('No destination is subscribed.', 'Say "subscribe" where alerts shall go, then test again.'),
  )
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}

/** Times to acknowledge and to resolve of the past 30 days, by severity. */
export async function figures(turn: Turn, services: Services): Promise<Response> {
  const recent = (await services.alerts.list(true)).filter(
    (one) => (one.openedAt ?? 0) > turn.now - 30 * 24 * HOUR,
  )
  if (recent.length === 0) return say(notice('No incident opened in 30 days.'))
  const minutes = (ms: number | undefined) => (ms === undefined ? '–' : `${Math.round(ms / MINUTE)} min`)
  const rows = (['critical', 'warning', 'info'] as const).flatMap((severity): Prose[][] => {
    const mine = recent.filter((one) => one.severity === severity)
    const between = (end: 'ackedAt' | 'resolvedAt') =>
      mine.flatMap((one) =>
        one[end] === undefined || one.openedAt === undefined ? [] : [one[end] - one.openedAt],
      )
    return mine.length === 0
      ? []
      : [
          [
            [severity],
            [String(mine.length)],
            [minutes(median(between('ackedAt')))],
            [minutes(median(between('resolvedAt')))],
          ],
        ]
  })
  return say({
    kind: 'notice',
    title: `${count(recent.length, 'incident')} in 30 days`,
    tone: 'neutral',
    blocks: [
      {
        kind: 'table',
        columns: ['Severity', 'Incidents', 'Median to acknowledge', 'Median to resolve'],
        rows,
      },
    ],
    offers: [],
  })
}
