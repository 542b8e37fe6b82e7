// What the conformance suite needs of an engine: fresh databases, several stores on one, and raw SQL beside them.
import type { OpenedStore, StoreOptions } from '../../src/store/index.ts'

export const AUDIT_KEY = 'the key of the audit chain in all tests'

export type OpenOptions = Partial<StoreOptions>

export type TestDatabase = {
  /** Opens a store; a second one on the same database behaves like another process. */
  open(options?: OpenOptions): Promise<OpenedStore>
  /** Raw SQL past the store. */
  sql(statement: string): Promise<Record<string, unknown>[]>
  /** Takes the triggers off the audit table, as an intruder with all rights would. */
  unprotectAudit(): Promise<void>
  /** The plan the engine chooses for a statement, as text. */
  explain(statement: string, parameters: readonly unknown[]): Promise<string>
  /** How a child process opens the same database: arguments of child.ts. */
  readonly address: string
}

export type Backend = {
  readonly engine: 'sqlite' | 'postgres'
  createDatabase(): Promise<TestDatabase>
}
