// What a diagnosis found, and who must do what about it.
import type { Subject } from './cloud-sync.ts'
import type { Because } from './facts.ts'
import type { Button, FactRow, Prose } from './prose.ts'

export type Severity = 'critical' | 'warning' | 'info'
/** The higher, the worse. */
export const severityRank: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 }
export type Who = 'helpdesk' | 'AD' | 'network' | 'identity' | 'Microsoft' | 'on-call'

export type NextStep = {
  readonly who: Who
  readonly prose: Prose
  readonly command?: string
  readonly url?: string
}

export type Citation = {
  readonly articleId: string
  readonly title: string
  readonly source: string
  readonly url?: string
  readonly reviewed: string
}

export type Unchecked = { readonly what: string; readonly because: Because }

export type Finding = {
  readonly ruleId: string
  readonly severity: Severity
  readonly subject: Subject
  readonly fingerprint: string
  readonly title: Prose
  readonly cause: Prose
  readonly evidence: readonly FactRow[]
  readonly nextSteps: readonly NextStep[]
  readonly verify?: Prose
  /** Id of the article that explains it. */
  readonly article: string
  readonly offers: readonly Button[]
  readonly unchecked: readonly Unchecked[]
  /** certain: the evidence names the cause; likely: inferred, and the text says so. */
  readonly confidence: 'certain' | 'likely'
}
