import type { Proposal } from './actions.ts'
import type { Instant } from './facts.ts'
import type { Citation, Finding, Unchecked } from './findings.ts'
import type { Incident } from './incidents.ts'
import type { Block, Button, FactRow, Prose } from './prose.ts'

/** Everything the bot can say; `src/cards` turns each into a card and into plain text with the same content. */
export type Reply =
  | {
      readonly kind: 'answer'
      readonly title: string
      readonly blocks: readonly Block[]
      readonly citations: readonly Citation[]
      readonly confidence: number
      /** Suggested next questions, at most three. */
      readonly offers: readonly Button[]
    }
  | {
      readonly kind: 'abstain'
      readonly title: string
      readonly blocks: readonly Block[]
      readonly nearest: readonly { readonly title: string; readonly say: string }[]
      readonly offers: readonly Button[]
    }
  | {
      readonly kind: 'boundary'
      readonly title: string
      readonly product: string
      readonly blocks: readonly Block[]
      readonly citations: readonly Citation[]
      readonly offers: readonly Button[]
    }
  | { readonly kind: 'decline'; readonly title: string }
  | {
      readonly kind: 'finding'
      readonly title: Prose
      readonly findings: readonly Finding[]
      readonly facts: readonly FactRow[]
      readonly unchecked: readonly Unchecked[]
      readonly asOf: Instant
      readonly citations: readonly Citation[]
      readonly offers: readonly Button[]
    }
  | {
      readonly kind: 'question'
      readonly title: string
      readonly ask: Prose
      readonly blocks: readonly Block[]
      readonly choices: readonly Button[]
    }
  | {
      readonly kind: 'proposal'
      readonly proposal: Proposal
      readonly blocks: readonly Block[]
      readonly buttons: readonly Button[]
    }
  | {
      readonly kind: 'incident'
      readonly incident: Incident
      readonly finding?: Finding
      readonly buttons: readonly Button[]
      readonly note?: string
    }
  | {
      readonly kind: 'notice'
      readonly title: string
      readonly tone: 'good' | 'attention' | 'neutral'
      readonly blocks: readonly Block[]
      readonly offers: readonly Button[]
    }
  | {
      readonly kind: 'error'
      readonly code: string
      readonly title: string
      readonly next: string
      /** By which an operator finds the log lines of this turn. */
      readonly reference?: string
      readonly offers: readonly Button[]
    }
