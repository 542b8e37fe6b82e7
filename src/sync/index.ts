export { createSync, type EventQuery, type Sync } from './sync.ts'
export type { TenantChange } from './tenant.ts'
