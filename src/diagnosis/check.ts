// What a check is, and the small tools every check uses.

import { createHash } from 'node:crypto'
import type {
  Because,
  Button,
  Fact,
  FactRow,
  Finding,
  Inline,
  Instant,
  Job,
  NextStep,
  Prose,
  Severity,
  Snapshot,
  Subject,
  Unchecked,
  Who,
} from '../nouns.ts'
import { personal, prose } from '../nouns.ts'
import { jobKindWords } from '../words.ts'

/** What a check says about one thing; rule id, article and fingerprint are added from the table of checks. */
export type Diagnosis = {
  readonly title: Prose
  readonly cause: Prose
  readonly evidence: readonly FactRow[]
  readonly nextSteps: readonly NextStep[]
  readonly verify?: Prose
  readonly confidence: 'certain' | 'likely'
  /** Default: the severity of the check. */
  readonly severity?: Severity
  readonly offers?: readonly Button[]
  /** What the finding is about, when narrower than the snapshot's subject. */
  readonly subject?: Subject
  /** Tells findings of one check apart, e.g. a job id. */
  readonly key?: string
}

export type Outcome =
  | { readonly result: 'pass'; readonly evidence?: readonly FactRow[] }
  | {
      readonly result: 'fail'
      readonly diagnoses: readonly Diagnosis[]
      readonly blind?: readonly Unchecked[]
    }
  | { readonly result: 'skipped'; readonly because: Because; readonly what: string }

export type CheckOptions = {
  /** False: agent trouble is not inferred from job errors, only read from listed agents. Default true. */
  readonly inferAgents?: boolean
  /** Ids of checks that run only when asked for: whether a feature is set up that a tenant need not use. */
  readonly asked?: readonly string[]
}

export type Check = {
  readonly id: string
  readonly title: string
  /** Id of the article that explains it. */
  readonly article: string
  readonly severity: Severity
  /** Distance of the cause: the lower, the nearer, the earlier it is told. */
  readonly rank: number
  /** Whether the check has anything to say about this kind of subject. Default: always. */
  readonly applies?: (snapshot: Snapshot) => boolean
  /** True: no part of a general look, only of one that names it. */
  readonly whenAsked?: boolean
  readonly run: (snapshot: Snapshot, options: CheckOptions) => Outcome
}

export type CheckResult =
  | { readonly id: string; readonly result: 'pass'; readonly evidence: readonly FactRow[] }
  | {
      readonly id: string
      readonly result: 'fail'
      readonly findings: readonly Finding[]
      readonly blind: readonly Unchecked[]
    }
  | { readonly id: string; readonly result: 'skipped'; readonly because: Because; readonly what: string }

export const pass: Outcome = { result: 'pass' }

export function fail(...diagnoses: readonly Diagnosis[]): Outcome {
  return { result: 'fail', diagnoses }
}

export function skipped(because: Because, what: string): Outcome {
  return { result: 'skipped', because, what }
}

/** The outcome for a fact that is unknown: skipped with the fact's own reason. */
export function blind(fact: Fact<unknown>, what: string): Outcome {
  // The newest entries were read; that the rest was not is owed to the limits of the log, not to a missing answer.
  if (!fact.known && fact.detail === 'logTooLong') return skipped('throttled', `the older part of ${what}`)
  return skipped(fact.known ? 'notFound' : fact.because, what)
}

export function row(name: string, value: Prose, from: { asOf?: Instant; source?: string } = {}): FactRow {
  return {
    name,
    value,
    ...(from.asOf === undefined ? {} : { asOf: from.asOf }),
    ...(from.source === undefined ? {} : { source: from.source }),
  }
}

export function step(who: Who, text: Prose, more: { command?: string; url?: string } = {}): NextStep {
  return { who, prose: text, ...more }
}

/** Plain words of ours as prose. */
export function words(text: string): Prose {
  return [text]
}

export function fingerprint(ruleId: string, subject: Subject, key = ''): string {
  const about =
    subject.kind === 'tenant'
      ? ''
      : subject.kind === 'configuration'
        ? subject.domain.toLowerCase()
        : `${subject.name.by}:${subject.name.value.toLowerCase()}`
  return createHash('sha256').update([ruleId, subject.kind, about, key].join('|')).digest('hex').slice(0, 32)
}

/** The thing asked about, as data; a person's name or address is personal. */
export function subjectName(snapshot: Snapshot): Inline {
  const { subject } = snapshot
  if (subject.kind === 'tenant') return 'the tenant'
  if (subject.kind === 'configuration') return { data: subject.domain }
  const live = snapshot.object.known ? snapshot.object.value : undefined
  return personal(live?.upn ?? (live?.displayName || subject.name.value))
}

/** One job with where and when it was read. */
export type JobSeen = { readonly job: Job; readonly asOf: Instant; readonly source: string }

/** Every job of the snapshot, and the reason of the first list that could not be read. */
export function jobsSeen(snapshot: Snapshot): {
  readonly jobs: readonly JobSeen[]
  readonly unseen?: Fact<unknown>
} {
  const jobs: JobSeen[] = []
  let unseen: Fact<unknown> | undefined
  for (const fact of Object.values(snapshot.jobs)) {
    if (fact.known) for (const job of fact.value) jobs.push({ job, asOf: fact.asOf, source: fact.source })
    else unseen ??= fact
  }
  if (jobs.length === 0 && !unseen) {
    if (!snapshot.configurations.known) unseen = snapshot.configurations
    else if (!snapshot.owner.known && Object.keys(snapshot.jobs).length === 0) unseen = snapshot.owner
  }
  return unseen ? { jobs, unseen } : { jobs }
}

/** Runs one question over the jobs it concerns: any fail is a fail, then any blindness, then a pass. */
export function overJobs(
  snapshot: Snapshot,
  what: string,
  ask: (seen: JobSeen) => Diagnosis | readonly FactRow[] | undefined,
): Outcome {
  const { jobs, unseen } = jobsSeen(snapshot)
  const diagnoses: Diagnosis[] = []
  const evidence: FactRow[] = []
  for (const seen of jobs) {
    const said = ask(seen)
    if (said === undefined) continue
    if ('title' in said) {
      diagnoses.push({
        subject: { kind: 'configuration', domain: seen.job.domain },
        key: seen.job.id,
        ...said,
      })
    } else evidence.push(...said)
  }
  if (diagnoses.length > 0) {
    return unseen && !unseen.known
      ? { result: 'fail', diagnoses, blind: [{ what, because: unseen.because }] }
      : { result: 'fail', diagnoses }
  }
  if (unseen) return blind(unseen, what)
  return evidence.length > 0 ? { result: 'pass', evidence } : pass
}

/** The name of a job in a sentence. */
export function jobName(job: Job): Prose {
  return prose`the ${[jobKindWords[job.kind]]} job of ${job.domain}`
}

/** True for a snapshot about one user or group, when it is clear which. */
export function aboutObject(snapshot: Snapshot): boolean {
  return snapshot.subject.kind === 'object' && snapshot.candidates.length <= 1
}
