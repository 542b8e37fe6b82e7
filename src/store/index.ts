// The store: sessions, incidents, outbox, leases and audit in SQLite or PostgreSQL. The only room with SQL.
//
// In a transaction append audit rows last: an append holds up every other append until the transaction ends.
export type { Anchor, AnchorSink } from './audit-anchor.ts'
export { anchorAudit, fileAnchors } from './audit-anchor.ts'
export { checkAudit, exportAudit } from './audit-commands.ts'
export type { AuditVerdict } from './audit-verify.ts'
export { verifyAudit } from './audit-verify.ts'
export type { OpenedStore, StoreOptions } from './create-store.ts'
export { limits } from './documents.ts'
export type { PostgresOptions } from './open-postgres.ts'
export { openPostgres } from './open-postgres.ts'
export type { SqliteOptions } from './open-sqlite.ts'
export { openSqlite } from './open-sqlite.ts'
export { createRoles, grantRights, roles } from './roles.ts'
