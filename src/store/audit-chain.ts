// How one audit row hangs on the one before: pure functions over plain rows.
import { createHmac } from 'node:crypto'
import type { AuditEntry, AuditRow } from '../ports.ts'

/** What the first row of a chain hangs on. */
export const GENESIS = '0'.repeat(64)

/** Name of the row that says how far retention has cut the chain. */
export const CUT = 'audit.retention'

/** The fields in a fixed order, absent ones as null: the same row always gives the same text. */
function canonical(row: AuditEntry & { readonly seq: number }): string {
  return JSON.stringify([
    row.seq,
    row.at,
    row.tenantId,
    row.who,
    row.what,
    row.subject ?? null,
    row.where ?? null,
    row.outcome,
    row.operationHash ?? null,
    row.requestId ?? null,
    row.detail ?? null,
  ])
}

export function hashOf(key: string, prev: string, row: AuditEntry & { readonly seq: number }): string {
  return createHmac('sha256', key).update(prev).update('\n').update(canonical(row)).digest('hex')
}

/** The row that follows `head` in the chain. */
export function chained(
  key: string,
  head: Pick<AuditRow, 'seq' | 'hash'> | undefined,
  entry: AuditEntry,
): AuditRow {
  const seq = (head?.seq ?? 0) + 1
  const prev = head?.hash ?? GENESIS
  return { ...entry, seq, prev, hash: hashOf(key, prev, { ...entry, seq }) }
}

export type Cut = { readonly through: number; readonly hash: string }

export function cutDetail(cut: Cut): string {
  return `${cut.through}:${cut.hash}`
}

/** The cut that a retention row attests, or undefined when the row is of another kind. */
export function cutOf(row: AuditEntry): Cut | undefined {
  const parts = row.what === CUT ? /^(\d{1,15}):([0-9a-f]{64})$/.exec(row.detail ?? '') : null
  return parts?.[1] && parts[2] ? { through: Number(parts[1]), hash: parts[2] } : undefined
}
