// Incidents: the whole incident as one document, with the columns that are searched beside it.
import { sql } from 'kysely'
import type { Incident, Instant } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import { MINUTE } from '../time.ts'
import { fromDocument, toDocument } from './documents.ts'
import { misuse } from './faults.ts'
import { incidentHistory } from './incident-history.ts'
import type { Work } from './unit-of-work.ts'

/** A resolved incident may reopen this long; then it is due to be closed (RESOLVED in the state machine). */
const REOPEN_WINDOW_MS = 30 * MINUTE

/** The earliest of the timers that its state has; null when nothing is waited for. */
function nextTimer(incident: Incident): Instant | null {
  if (incident.state === 'closed') return null
  if (incident.state === 'resolved') return (incident.resolvedAt ?? 0) + REOPEN_WINDOW_MS
  const timers = [incident.nextStepAt, incident.ackUntil, incident.snoozeUntil, incident.repeatAt].filter(
    (time) => time !== undefined,
  )
  return timers.length === 0 ? null : Math.min(...timers)
}

function columns(incident: Incident) {
  return {
    fingerprint: incident.fingerprint,
    number: incident.number,
    state: incident.state,
    version: incident.version,
    next_at: nextTimer(incident),
    closed_at: incident.state === 'closed' ? (incident.closedAt ?? incident.lastBadAt) : null,
    doc: toDocument('incident', incident),
  }
}

const toIncident = (row: { readonly doc: string }): Incident => fromDocument<Incident>(row.doc)

export function incidents(work: Work): Repositories['incidents'] {
  return {
    ...incidentHistory(work),

    async insert(incident) {
      const values = { id: incident.id, tenant_id: incident.tenantId, ...columns(incident) }
      await work.statement((db) => db.insertInto('incident').values(values).execute())
    },

    async update(incident, expected) {
      if (incident.version !== expected + 1) throw misuse('an incident goes from one version to the next')
      const set = columns(incident)
      const done = await work.statement((db) =>
        db
          .updateTable('incident')
          .set(set)
          .where('id', '=', incident.id)
          .where('version', '=', expected)
          .executeTakeFirst(),
      )
      return done.numUpdatedRows === 1n
    },

    async remove(id) {
      await work.statement((db) => db.deleteFrom('incident').where('id', '=', id).execute())
    },

    async get(id) {
      const row = await work.statement((db) =>
        db.selectFrom('incident').select('doc').where('id', '=', id).executeTakeFirst(),
      )
      return row && toIncident(row)
    },

    async byNumber(tenantId, number) {
      // Number 0 belongs to all that are pending, so it names none of them.
      if (number <= 0) return undefined
      const row = await work.statement((db) =>
        db
          .selectFrom('incident')
          .select('doc')
          .where('tenant_id', '=', tenantId)
          .where('number', '=', number)
          .where('number', '>', sql.lit(0))
          .executeTakeFirst(),
      )
      return row && toIncident(row)
    },

    async live(tenantId, fingerprint) {
      const row = await work.statement((db) =>
        db
          .selectFrom('incident')
          .select('doc')
          .where('tenant_id', '=', tenantId)
          .where('fingerprint', '=', fingerprint)
          .where('state', '<>', sql.lit('closed'))
          .executeTakeFirst(),
      )
      return row && toIncident(row)
    },

    async lastClosed(tenantId, fingerprint) {
      const row = await work.statement((db) =>
        db
          .selectFrom('incident')
          .select('doc')
          .where('tenant_id', '=', tenantId)
          .where('fingerprint', '=', fingerprint)
          .where('state', '=', sql.lit('closed'))
          .orderBy('closed_at', 'desc')
          .orderBy('number', 'desc')
          .limit(1)
          .executeTakeFirst(),
      )
      return row && toIncident(row)
    },

    async list(tenantId, states) {
      if (states.length === 0) return []
      const rows = await work.statement((db) =>
        db
          .selectFrom('incident')
          .select('doc')
          .where('tenant_id', '=', tenantId)
          .where('state', 'in', [...states])
          .orderBy('number')
          .orderBy('id')
          .execute(),
      )
      return rows.map(toIncident)
    },

    async due(now) {
      const rows = await work.statement((db) =>
        db
          .selectFrom('incident')
          .select('doc')
          .where('next_at', '<=', now)
          .orderBy('next_at')
          .orderBy('id')
          .execute(),
      )
      return rows.map(toIncident)
    },

    async nextNumber(tenantId) {
      const row = await work.statement((db) =>
        db
          .insertInto('counter')
          .values({ tenant_id: tenantId, name: 'incident', value: 1 })
          .onConflict((oc) =>
            oc.columns(['tenant_id', 'name']).doUpdateSet((eb) => ({ value: eb('counter.value', '+', 1) })),
          )
          .returning('value')
          .executeTakeFirstOrThrow(),
      )
      return row.value
    },
  }
}
