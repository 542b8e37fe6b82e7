// What the access room offers: roles, the table of rights, and the two questions asked of it.
export { type Allowed, type Denied, may, mayWrite, TOKEN_AGE_MS, type Verdict } from './may.ts'
export {
  createRateLimiter,
  pruneRates,
  type RateKeys,
  type RateLimit,
  type RateState,
  type RateVerdict,
  takeRate,
} from './rate.ts'
export {
  type ActionRightName,
  type CommandName,
  commandNames,
  type Right,
  type RightName,
  rightOf,
  rights,
  type VerbName,
  verbNames,
} from './rights.ts'
export { includesRole, parseRolesFile, type RolesFile, roleOf, roleOrder, rolesOfClaim } from './roles.ts'
export { inputId, type ParsedVerb, parseVerb, type VerbData } from './verb.ts'
