export { createOnCall, type OnCall, resolveStep, type StepTarget } from './escalation.ts'
export { type HandoverSheet, handover, handoverReply } from './handover.ts'
export { defaultChain, type EscalationStep, parseRoster, type Roster, type RosterResult } from './roster.ts'
export { sampleRoster, sampleRosterFile } from './sample-roster.ts'
export { triageSheet } from './triage.ts'
export { type Gap, gaps, nextShift, type Shift, shiftsBetween, whoIsOnCall } from './who.ts'
export {
  atMinutes,
  dayNumber,
  dayOf,
  instantOf,
  isZone,
  localTime,
  minutesOf,
} from './zoned-time.ts'
