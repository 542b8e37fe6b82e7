// Finds what may be sent next: of each place only its first waiting row, alerts of any place before digests.
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../nouns.ts'
import type { Db } from './schema.ts'

type EngineName = 'sqlite' | 'postgres'
type Wanted = { readonly now: Instant; readonly limit: number }

/** So many rows are looked at in the order of sending before the places are gone through one by one. */
const FRONT = 400

const free = (now: Instant) => sql`head.not_before <= ${now}
  and (head.leased_until is null or head.leased_until <= ${now})`

/**
 * The usual case: the rows that are due first are also the first of their places. Each answer carries how many rows
 * were looked at: fewer than FRONT means that there are no others.
 */
export function headsInFront({ now, limit }: Wanted): RawBuilder<{ seq: number; looked: number }> {
  return sql<{ seq: number; looked: number }>`
    with front as (
      select seq, place_key, priority, not_before, leased_until from outbox where state = 'pending'
      order by priority, seq limit ${sql.lit(FRONT)}
    )
    select head.seq, (select count(*) from front) as looked from front head
    where ${free(now)} and not exists (
      select 1 from outbox e where e.state = 'pending' and e.place_key = head.place_key and e.seq < head.seq
    )
    order by head.priority, head.seq
    limit ${limit}`
}

/** PostgreSQL is told by LATERAL to look each row up; its guess for recursions would join with the whole table. */
const headOfPlace = {
  sqlite: sql`join outbox head on head.seq = (
    select e.seq from outbox e where e.state = 'pending' and e.place_key = queue.place_key
    order by e.seq limit 1)`,
  postgres: sql`cross join lateral (
    select e.* from outbox e where e.state = 'pending' and e.place_key = queue.place_key
    order by e.seq limit 1) head`,
} as const

/** When the front is taken up by places that wait: hops from place to place over the index `outbox_queue`. */
export function headsOfPlaces(engine: EngineName, { now, limit }: Wanted): RawBuilder<{ seq: number }> {
  return sql<{ seq: number }>`
    with recursive queue (place_key) as (
      select min(place_key) from outbox where state = 'pending'
      union all
      select (select min(o.place_key) from outbox o where o.state = 'pending' and o.place_key > queue.place_key)
      from queue where queue.place_key is not null
    )
    select head.seq from queue ${headOfPlace[engine]}
    where queue.place_key is not null and ${free(now)}
    order by head.priority, head.seq
    limit ${limit}`
}

/** Sequence numbers of the rows that may be sent now, in the order of sending. */
export async function findHeads(db: Db, engine: EngineName, wanted: Wanted): Promise<readonly number[]> {
  const front = (await headsInFront(wanted).execute(db)).rows
  const complete = front.length >= wanted.limit || (front[0]?.looked ?? FRONT) < FRONT
  const heads = complete ? front : (await headsOfPlaces(engine, wanted).execute(db)).rows
  return heads.map((head) => head.seq)
}
