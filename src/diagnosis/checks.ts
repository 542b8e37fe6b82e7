// The table of all checks. Order here is of no importance: `rank` decides.
import { agentsAllInactive, agentsSinglePoint, agentsSomeInactive } from './agent-checks.ts'
import type { Check } from './check.ts'
import { featureChecks } from './feature-checks.ts'
import { deleteThresholdOff, jobDeletesHeld } from './job-deletes.ts'
import { jobFirstCycle, jobMassFailures, jobQuarantineReturned } from './job-history.ts'
import { jobDisabled, jobQuarantined, jobQuarantinedWithoutError } from './job-quarantine.ts'
import { jobFailing, jobMissing, jobNotRun, jobPaused, jobStale } from './job-state.ts'
import { objectAttributeConflict, objectProvisioningError } from './object-conflict.ts'
import {
  objectDeleteHeld,
  objectDisabled,
  objectOnmicrosoftName,
  objectRecreated,
} from './object-lifecycle.ts'
import { objectExportFailed, objectNoLogEntry, objectOtherName, objectSkipped } from './object-log.ts'
import {
  objectByConnect,
  objectCloudOnly,
  objectDeleted,
  objectNotInScope,
  objectSynced,
} from './object-state.ts'
import { passwordHashUnhealthy } from './password-hash.ts'
import { tenantNoConfiguration, tenantServiceIncident, tenantSyncDisabled } from './tenant-checks.ts'

export const checks: readonly Check[] = [
  objectDeleted,
  objectDeleteHeld,
  objectAttributeConflict,
  objectProvisioningError,
  objectExportFailed,
  objectSkipped,
  objectOtherName,
  objectOnmicrosoftName,
  objectNotInScope,
  objectCloudOnly,
  objectRecreated,
  objectByConnect,
  objectNoLogEntry,
  objectDisabled,
  objectSynced,
  jobMissing,
  jobDeletesHeld,
  jobQuarantined,
  jobQuarantinedWithoutError,
  jobDisabled,
  jobQuarantineReturned,
  jobPaused,
  jobFirstCycle,
  jobNotRun,
  jobFailing,
  jobMassFailures,
  jobStale,
  passwordHashUnhealthy,
  agentsAllInactive,
  agentsSinglePoint,
  agentsSomeInactive,
  tenantSyncDisabled,
  tenantNoConfiguration,
  tenantServiceIncident,
  deleteThresholdOff,
  ...featureChecks,
]

/** Ids of all articles that checks cite. */
export const articleIds: readonly string[] = checks.map((c) => c.article)

export function checkById(id: string): Check | undefined {
  return checks.find((c) => c.id === id)
}
