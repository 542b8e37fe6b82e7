// The roles of the PostgreSQL database, as SQL for whoever administers it. None can log in: the identity that deploys
// is made a member of the migrator, the bot's identity a member of app.
//
//   sync_medic_migrator  owns the tables and changes them
//   sync_medic_app       reads and writes rows; cannot change tables, nor change or delete audit rows
//   sync_medic_audit     adds audit rows and reads them, nothing else; app is a member

export const roles = {
  migrator: 'sync_medic_migrator',
  app: 'sync_medic_app',
  audit: 'sync_medic_audit',
} as const

const rowsOfApp = [
  'session',
  'seen',
  'place',
  'subscription',
  'incident',
  'incident_event',
  'incident_shown',
  'outbox',
  'lease',
  'operation',
  'nonce',
  'setting',
  'daily_fact',
  'gap',
  'counter',
]

/** Once per database, by its owner, before the first migration. `schema` is an SQL identifier. */
export function createRoles(schema = 'public'): readonly string[] {
  const create = Object.values(roles).map(
    (role) => `do $$ begin
      if not exists (select 1 from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
    end $$`,
  )
  return [
    ...create,
    `revoke create on schema ${schema} from public`,
    `grant usage, create on schema ${schema} to ${roles.migrator}`,
    `grant usage on schema ${schema} to ${roles.app}, ${roles.audit}`,
    `grant ${roles.audit} to ${roles.app}`,
  ]
}

/** After each migration, by a member of the migrator role, in the schema of the tables. */
export function grantRights(): readonly string[] {
  return [
    `grant select, insert, update, delete on ${rowsOfApp.join(', ')} to ${roles.app}`,
    `grant select, update on clock to ${roles.app}`,
    `grant select on kysely_migration to ${roles.app}`,
    `grant select, insert on audit to ${roles.audit}`,
    `grant select on audit_cut to ${roles.audit}`,
    `grant execute on function audit_cut_through(bigint, bigint) to ${roles.app}`,
  ]
}
