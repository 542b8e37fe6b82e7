// What every step of an action works with.
import type {
  ActionName,
  Block,
  Fact,
  Instant,
  Job,
  Person,
  Place,
  Proposal,
  ProvisioningEvent,
  Reply,
  Role,
} from '../nouns.ts'
import type { Repositories, SignInPort, Store, SyncWrites, UserToken } from '../ports.ts'
import type { Telemetry } from '../telemetry.ts'
import { MINUTE } from '../time.ts'

/** What actions look at before, between and after. */
export type JobWatch = {
  /** Read now, not from memory. */
  job(configurationId: string, jobId: string): Promise<Fact<Job>>
  /** Entries of the provisioning log about the target of an on-demand run, newest first. */
  entriesOf(target: Proposal['target'], since: Instant): Promise<Fact<readonly ProvisioningEvent[]>>
  /** How many deletions the job holds back. */
  heldDeletions(configurationId: string, jobId: string): Promise<Fact<number>>
}

export type News = {
  readonly proposal: Proposal
  readonly reply: Reply
  /** Where it is to be shown. */
  readonly placeKey: string
  /** The card there to edit; absent: post it. */
  readonly cardActivityId?: string
  /** turn: somebody pressed a button and gets the reply anyway. tick: nobody is waiting. */
  readonly origin: 'turn' | 'tick'
  /** Of the transaction that changed the state: an outbox row written with it is never lost. */
  readonly in: Repositories
}

export type ActionsOptions = {
  readonly tenantId: string
  readonly store: Store
  readonly writes: SyncWrites
  readonly signIn: SignInPort
  readonly watch: JobWatch
  /** ACTIONS: what is offered at all. */
  readonly offered: readonly ActionName[]
  readonly breakGlass: boolean
  /** The role for writes: of this very token, else of ROLES_FILE, else the default. */
  readonly roleForWrite: (person: Person, token: UserToken) => Promise<Role>
  /** Evidence shown with a proposal, read when it is shown: never kept, since it names people. */
  readonly evidence?: (proposal: Proposal) => Promise<readonly Block[]>
  /** The state of an operation changed and its card must follow. Called inside the transaction. */
  readonly announce: (news: News) => Promise<void>
  /** Keys of places where approvers see what waits for a second person, besides the place it was proposed in. */
  readonly approvalPlaces?: (proposal: Proposal) => Promise<readonly string[]>
  /** An admin stood in for the second person: tell every approver. Called inside the transaction. */
  readonly tellApprovers?: (
    proposal: Proposal,
    reason: string,
    by: Person,
    repositories: Repositories,
  ) => Promise<void>
  readonly telemetry: Telemetry
}

export type Kit = ActionsOptions & {
  /** Operations this process is sending at the moment: not to be reconciled under its feet. */
  readonly inFlight: Set<string>
}

/** Who pressed or typed it, and where. */
export type Click = {
  readonly person: Person
  readonly place: Place
  readonly placeKey: string
  readonly now: Instant
  readonly cardActivityId?: string
}

export const OFFER_MS = 15 * MINUTE
/** How long a lost answer is looked for, and how long a result is waited for. */
export const RECONCILE_MS = 10 * MINUTE
export const WATCH_MS = 60 * MINUTE
