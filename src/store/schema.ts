// The tables as Kysely sees them. Times are Instants; documents are JSON text, so that both engines keep them alike.
import type { Generated, Kysely } from 'kysely'

type Timestamp = number
type JsonText = string

export type Tables = {
  session: {
    tenant_id: string
    conversation_id: string
    person_id: string
    doc: JsonText
    at: Timestamp
  }
  seen: { id: string; state: 'running' | 'done'; result: JsonText | null; at: Timestamp }
  place: {
    key: string
    tenant_id: string
    scope: string
    user_id: string | null
    doc: JsonText
    updated_at: Timestamp
    last_success: Timestamp | null
    dead_code: string | null
    dead_at: Timestamp | null
  }
  subscription: { tenant_id: string; place_key: string; doc: JsonText }
  incident: {
    id: string
    tenant_id: string
    fingerprint: string
    number: number
    state: string
    version: number
    /** The earliest of its timers; null: nothing to wait for. */
    next_at: Timestamp | null
    closed_at: Timestamp | null
    doc: JsonText
  }
  incident_event: { seq: Generated<number>; incident_id: string; doc: JsonText }
  incident_shown: { incident_id: string; place_key: string; activity_id: string; version: number }
  outbox: {
    /** The order of sending within a place. */
    seq: Generated<number>
    id: string
    unique_key: string
    tenant_id: string
    place_key: string
    incident_id: string | null
    operation_id: string | null
    version: number
    kind: string
    priority: number
    payload: JsonText
    attempts: number
    created_at: Timestamp
    not_before: Timestamp
    state: 'pending' | 'sent' | 'dead' | 'superseded'
    code: string | null
    leased_by: string | null
    leased_until: Timestamp | null
    done_at: Timestamp | null
  }
  lease: { name: string; holder: string; epoch: number; until: Timestamp }
  operation: { id: string; tenant_id: string; state: string; version: number; at: Timestamp; doc: JsonText }
  nonce: {
    hash: string
    operation_id: string
    place_key: string
    expires_at: Timestamp
    used_at: Timestamp | null
  }
  audit: {
    seq: number
    at: Timestamp
    tenant_id: string
    who: string
    what: string
    subject: string | null
    place: string | null
    outcome: string
    operation_hash: string | null
    request_id: string | null
    detail: string | null
    prev: string
    hash: string
  }
  /** How far retention has cut the audit chain; the triggers of `audit` let nothing else be deleted. */
  audit_cut: { through: number; at: Timestamp }
  setting: { tenant_id: string; name: string; doc: JsonText }
  daily_fact: { tenant_id: string; day: string; subject: string; name: string; value: number }
  gap: {
    seq: Generated<number>
    tenant_id: string
    at: Timestamp
    question: string
    why: string
    comment: string | null
    article_id: string | null
  }
  counter: { tenant_id: string; name: string; value: number }
  /** One row: what is added to the database's own time outside production. */
  clock: { id: number; offset_ms: number }
}

export type Db = Kysely<Tables>
