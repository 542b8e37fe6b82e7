export { type Act, type ActOutcome, incidentReply } from './commands.ts'
export { type Alerts, type AlertsOptions, createAlerts } from './create.ts'
export type { Render } from './deliver.ts'
export { type KnownJob, observe, type Reading } from './derive.ts'
export { defaultPolicy, type Effect, type MachineEvent, type Policy, type Step } from './events.ts'
export { transition } from './machine.ts'
export { fingerprint } from './match.ts'
export {
  defaultRules,
  inhibitions,
  parseRules,
  type Rule,
  type RuleId,
  type Rules,
  type RulesResult,
  ruleIds,
} from './rules.ts'
export type { WatchedSync } from './watch.ts'
export type { Maintenance } from './world.ts'
