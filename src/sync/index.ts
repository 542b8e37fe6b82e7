export { inScope, isBelow } from './in-scope.ts'
export { type Schedule, scheduleOf } from './schedule.ts'
export { createSync, type EventQuery, type Sync } from './sync.ts'
export type { TenantChange } from './tenant.ts'
