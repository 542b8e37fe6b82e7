// The cause behind an observation: a snapshot of the domain and what the diagnosis makes of it.
import type { Finding, Incident, Snapshot, Subject } from '../nouns.ts'
import type { Telemetry } from '../telemetry.ts'

export type Enricher = {
  snapshotOf(subject: Subject): Promise<Snapshot>
  diagnose(snapshot: Snapshot): readonly Finding[]
}

/** Findings that can be the cause of what a rule saw; the first of them in the diagnosis' own order is shown. */
const causes: Readonly<Record<string, readonly RegExp[]>> = {
  'job.quarantined': [/^agents\.all/, /^job\.(quarantined|deletes-held|disabled|failing)/, /^tenant\./],
  'agents.all_inactive': [/^agents\./, /^job\.quarantined/],
  'deletes.held': [/^job\.deletes-held/, /^job\.quarantined/],
  'job.stale': [/^agents\.all/, /^job\.(stale|quarantined|paused|failing)/, /^tenant\./],
  'job.failing': [/^agents\.all/, /^job\.(failing|quarantined)/, /^tenant\./],
  'job.missing': [/^job\.missing/],
  'job.paused': [/^job\.(paused|disabled)/],
}

/** An alert never waits longer than this for its explanation. */
const PATIENCE_MS = 10_000

async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** Undefined when there is none, or it could not be made in time: the alert goes out without it. */
export async function enrich(
  incident: Incident,
  given: { readonly enricher: Enricher; readonly telemetry: Telemetry },
): Promise<Finding | undefined> {
  const wanted = causes[incident.ruleId]
  if (!wanted || incident.configurationId === undefined) return undefined
  try {
    const subject = { kind: 'configuration', domain: incident.subject } as const
    const snapshot = await within(given.enricher.snapshotOf(subject), PATIENCE_MS)
    const findings = snapshot ? given.enricher.diagnose(snapshot) : []
    return findings.find((finding) => wanted.some((pattern) => pattern.test(finding.ruleId)))
  } catch (error) {
    given.telemetry.log.warn({ err: error, rule: incident.ruleId }, 'an incident could not be explained')
    return undefined
  }
}
