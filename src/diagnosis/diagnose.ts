// Runs the checks over a snapshot and ranks what they found.
import { type Finding, type Snapshot, severityRank, type Unchecked } from '../nouns.ts'
import { type Check, type CheckOptions, type CheckResult, type Diagnosis, fingerprint } from './check.ts'
import { checks } from './checks.ts'

function toFinding(check: Check, snapshot: Snapshot, diagnosis: Diagnosis): Finding {
  const subject = diagnosis.subject ?? snapshot.subject
  return {
    ruleId: check.id,
    severity: diagnosis.severity ?? check.severity,
    subject,
    fingerprint: fingerprint(check.id, subject, diagnosis.key),
    title: diagnosis.title,
    cause: diagnosis.cause,
    evidence: diagnosis.evidence,
    nextSteps: diagnosis.nextSteps,
    ...(diagnosis.verify ? { verify: diagnosis.verify } : {}),
    article: check.article,
    offers: diagnosis.offers ?? [],
    unchecked: [],
    confidence: diagnosis.confidence,
  }
}

function runOne(check: Check, snapshot: Snapshot, options: CheckOptions): CheckResult {
  const outcome = check.run(snapshot, options)
  if (outcome.result === 'skipped') {
    return { id: check.id, result: 'skipped', because: outcome.because, what: outcome.what }
  }
  if (outcome.result === 'pass') return { id: check.id, result: 'pass', evidence: outcome.evidence ?? [] }
  return {
    id: check.id,
    result: 'fail',
    findings: outcome.diagnoses.map((d) => toFinding(check, snapshot, d)),
    blind: outcome.blind ?? [],
  }
}

/** Results of all checks that apply to the snapshot's subject, in the order of the table. */
export function runChecks(snapshot: Snapshot, options: CheckOptions = {}): CheckResult[] {
  return checks
    .filter((c) => c.whenAsked !== true || options.asked?.includes(c.id) === true)
    .filter((c) => c.applies === undefined || c.applies(snapshot))
    .map((c) => runOne(c, snapshot, options))
}

/** What could not be checked, each thing once. */
export function uncheckedOf(results: readonly CheckResult[]): readonly Unchecked[] {
  const all = results.flatMap((r): readonly Unchecked[] =>
    r.result === 'skipped' ? [{ what: r.what, because: r.because }] : r.result === 'fail' ? r.blind : [],
  )
  const seen = new Set<string>()
  return all.filter((u) => {
    const key = `${u.what}|${u.because}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const rankOf = new Map(checks.map((c) => [c.id, c.rank]))

/** Certain before likely, nearer cause first; what is only worth knowing comes last. */
function byEvidence(a: Finding, b: Finding): number {
  const note = (f: Finding) => ((rankOf.get(f.ruleId) ?? 0) >= NOTE_RANK ? 1 : 0)
  const doubt = (f: Finding) => (f.confidence === 'certain' ? 0 : 1)
  return (
    note(a) - note(b) ||
    doubt(a) - doubt(b) ||
    (rankOf.get(a.ruleId) ?? 0) - (rankOf.get(b.ruleId) ?? 0) ||
    severityRank[b.severity] - severityRank[a.severity] ||
    a.fingerprint.localeCompare(b.fingerprint)
  )
}

/** From this rank on a finding explains no missing object or late job: it is told after all causes. */
export const NOTE_RANK = 700

export function rank(results: readonly CheckResult[]): Finding[] {
  const unchecked = uncheckedOf(results)
  return results
    .flatMap((r) => (r.result === 'fail' ? r.findings : []))
    .map((f) => ({ ...f, unchecked }))
    .sort(byEvidence)
}

/** Findings about the snapshot, best evidence first. Empty means: every check passed or was skipped. */
export function diagnose(snapshot: Snapshot, options: CheckOptions = {}): Finding[] {
  return rank(runChecks(snapshot, options))
}
