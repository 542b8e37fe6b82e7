// What the commands work with: one object of rooms, put together in app.ts.
import type { Actions } from '../actions/index.ts'
import type { Alerts } from '../alerts/index.ts'
import type { Knowledge } from '../knowledge/index.ts'
import type { OnCall } from '../oncall/index.ts'
import type { SignInPort, Store } from '../ports.ts'
import type { Sync } from '../sync/index.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Trees } from './load-trees.ts'
import type { ReportHosts } from './server-report-block.ts'

export type Services = {
  readonly store: Store
  readonly knowledge: Knowledge
  readonly sync: Sync
  readonly trees: Trees
  readonly actions: Actions
  readonly alerts: Alerts
  readonly oncall: OnCall
  readonly signIn: SignInPort
  readonly telemetry: Telemetry
  /** The simulated tenant or another Graph on loopback: roles may be tried on. */
  readonly rehearsal: boolean
  /** What the check of an agent server tries to reach, in the cloud in use. */
  readonly reportHosts: ReportHosts
  /** Asks for a round of the clock's work right now instead of in some seconds. */
  readonly soon: () => void
}
