// What binds a click to exactly one operation: its hash, and single-use numbers of which only the hash is kept.
import { createHash, randomBytes } from 'node:crypto'
import type { ActionName, Proposal } from '../nouns.ts'

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Of tenant, action and target, whatever the order of their fields. */
export function hashOf(operation: {
  readonly tenantId: string
  readonly action: ActionName
  readonly target: Proposal['target']
}): string {
  const { tenantId, action, target } = operation
  return sha256(canonical({ tenantId, action, target }))
}

export function newNonce(): string {
  return randomBytes(16).toString('base64url')
}

export function newOperationId(): string {
  return `op-${randomBytes(9).toString('base64url')}`
}
