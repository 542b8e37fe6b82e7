// Who is on call, and how they are reached outside Teams.
import type { Fact, Incident, Instant, OnCallPerson } from '../nouns.ts'

/** [oncall] */
export type OnCallSource = {
  readonly name: string
  now(time: Instant): Promise<Fact<readonly OnCallPerson[]>>
  next(
    time: Instant,
  ): Promise<Fact<{ readonly people: readonly OnCallPerson[]; readonly from: Instant } | undefined>>
}

/** [oncall] Forwards incidents to a paging system. */
export type Pager = {
  readonly name: string
  page(
    incident: Incident,
    what: 'open' | 'escalated' | 'acked' | 'resolved',
  ): Promise<{ readonly ok: boolean; readonly code: string }>
}
