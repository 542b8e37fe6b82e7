// All tables of the first version. Migrations only go forward, and each leaves the version before it able to run.
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../schema.ts'

type EngineName = 'sqlite' | 'postgres'

function createStatements(engine: EngineName): string[] {
  const serial =
    engine === 'sqlite'
      ? 'integer primary key autoincrement'
      : 'bigint generated always as identity primary key'
  return [
    `create table session (tenant_id text not null, conversation_id text not null, person_id text not null,
      doc text not null, at bigint not null, primary key (tenant_id, conversation_id, person_id))`,
    'create index session_person on session (tenant_id, person_id)',
    'create index session_age on session (at)',

    'create table seen (id text primary key, state text not null, result text, at bigint not null)',
    'create index seen_age on seen (at)',

    `create table place (key text primary key, tenant_id text not null, scope text not null, user_id text,
      doc text not null, updated_at bigint not null, last_success bigint, dead_code text, dead_at bigint)`,
    'create index place_person on place (tenant_id, user_id)',

    `create table subscription (tenant_id text not null, place_key text not null, doc text not null,
      primary key (tenant_id, place_key))`,

    `create table incident (id text primary key, tenant_id text not null, fingerprint text not null,
      number bigint not null, state text not null, version bigint not null, next_at bigint, closed_at bigint,
      doc text not null)`,
    `create unique index incident_live on incident (tenant_id, fingerprint) where state <> 'closed'`,
    'create unique index incident_number on incident (tenant_id, number) where number > 0',
    `create index incident_closed on incident (tenant_id, fingerprint, closed_at) where state = 'closed'`,
    'create index incident_state on incident (tenant_id, state)',
    'create index incident_due on incident (next_at) where next_at is not null',
    `create index incident_age on incident (closed_at) where state = 'closed'`,

    // Checked at commit: an entry of the timeline may be written before its incident.
    `create table incident_event (seq ${serial}, incident_id text not null references incident (id)
      on delete cascade deferrable initially deferred, doc text not null)`,
    'create index incident_event_of on incident_event (incident_id, seq)',
    `create table incident_shown (incident_id text not null references incident (id)
      on delete cascade deferrable initially deferred, place_key text not null, activity_id text not null,
      version bigint not null, primary key (incident_id, place_key))`,
    'create index incident_shown_as on incident_shown (place_key, activity_id)',

    `create table outbox (seq ${serial}, id text not null unique, unique_key text not null unique,
      tenant_id text not null, place_key text not null, incident_id text, operation_id text,
      version bigint not null, kind text not null, priority bigint not null, payload text not null,
      attempts bigint not null, created_at bigint not null, not_before bigint not null, state text not null,
      code text, leased_by text, leased_until bigint, done_at bigint)`,
    `create index outbox_queue on outbox (place_key, seq) where state = 'pending'`,
    `create index outbox_front on outbox (priority, seq) where state = 'pending'`,
    `create index outbox_waiting on outbox (created_at) where state = 'pending'`,
    `create index outbox_dead on outbox (seq) where state = 'dead'`,
    `create index outbox_done on outbox (done_at) where state <> 'pending'`,
    'create index outbox_incident on outbox (incident_id, seq) where incident_id is not null',

    `create table lease (name text primary key, holder text not null, epoch bigint not null,
      until bigint not null)`,

    `create table operation (id text primary key, tenant_id text not null, state text not null,
      version bigint not null, at bigint not null, doc text not null)`,
    'create index operation_state on operation (tenant_id, state)',
    'create index operation_age on operation (at)',
    `create table nonce (hash text primary key, operation_id text not null, place_key text not null,
      expires_at bigint not null, used_at bigint)`,
    'create index nonce_age on nonce (expires_at)',

    `create table audit (seq bigint primary key, at bigint not null, tenant_id text not null, who text not null,
      what text not null, subject text, place text, outcome text not null, operation_hash text, request_id text,
      detail text, prev text not null, hash text not null)`,
    'create index audit_age on audit (at, seq)',
    'create table audit_cut (through bigint primary key, at bigint not null)',

    `create table setting (tenant_id text not null, name text not null, doc text not null,
      primary key (tenant_id, name))`,

    `create table daily_fact (tenant_id text not null, day text not null, subject text not null,
      name text not null, value double precision not null, primary key (tenant_id, subject, name, day))`,
    'create index daily_fact_age on daily_fact (day)',

    `create table gap (seq ${serial}, tenant_id text not null, at bigint not null, question text not null,
      why text not null, comment text, article_id text)`,
    'create index gap_age on gap (tenant_id, at)',

    `create table counter (tenant_id text not null, name text not null, value bigint not null,
      primary key (tenant_id, name))`,

    'create table clock (id bigint primary key, offset_ms bigint not null)',
    'insert into clock (id, offset_ms) values (1, 0)',
  ]
}

// Audit rows are never changed, and deleted only as far as a recorded cut of retention goes.
const sqliteTriggers: readonly string[] = [
  `create trigger audit_no_update before update on audit
    begin select raise(abort, 'audit rows are never changed'); end`,
  `create trigger audit_no_delete before delete on audit
    when old.seq > (select coalesce(max(through), 0) from audit_cut)
    begin select raise(abort, 'audit rows are never deleted'); end`,
]

const postgresTriggers = (schema: string): readonly string[] => [
  `create function audit_refuse() returns trigger language plpgsql as $$
  begin
    if tg_op = 'DELETE' and old.seq <= (select coalesce(max(through), 0) from ${schema}.audit_cut) then
      return old;
    end if;
    raise exception 'audit rows are never changed or deleted';
  end $$`,
  `create trigger audit_no_change before update or delete on audit
    for each row execute function audit_refuse()`,
  `create trigger audit_no_truncate before truncate on audit
    for each statement execute function audit_refuse()`,
  // The application's role may not delete audit rows; it may ask for a cut of what is older than a day, for which
  // it has just written the chain's own record. pg_temp last: no temporary table can stand in for the real one.
  `create function audit_cut_through(last bigint, cut_at bigint) returns bigint
    language plpgsql security definer set search_path = ${schema}, pg_temp as $$
  declare
    newest audit%rowtype;
    young bigint;
    gone bigint;
  begin
    select * into newest from audit order by seq desc limit 1;
    if newest.what <> 'audit.retention' or newest.detail not like last || ':%' then
      raise exception 'a cut of the audit chain needs its record';
    end if;
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint - 86400000 + offset_ms
      into young from clock where id = 1;
    if exists (select 1 from audit where seq <= last and at >= young) then
      raise exception 'audit rows of the last day are never deleted';
    end if;
    insert into audit_cut (through, at) values (last, cut_at) on conflict (through) do nothing;
    delete from audit where seq <= last;
    get diagnostics gone = row_count;
    return gone;
  end $$`,
  'revoke all on function audit_cut_through(bigint, bigint) from public',
]

async function triggers(db: Kysely<Tables>, engine: EngineName): Promise<readonly string[]> {
  if (engine === 'sqlite') return sqliteTriggers
  const answer = await sql<{ name: string }>`select quote_ident(current_schema()) as name`.execute(db)
  return postgresTriggers(answer.rows[0]?.name ?? 'public')
}

export const firstTables = (engine: EngineName) => ({
  async up(db: Kysely<Tables>): Promise<void> {
    for (const statement of [...createStatements(engine), ...(await triggers(db, engine))]) {
      await sql.raw(statement).execute(db)
    }
  },
})
