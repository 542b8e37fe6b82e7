// Checks the audit chain from its first row to its last and names the first place where it does not hold.
import type { AuditRow, Repositories } from '../ports.ts'
import type { Anchor } from './audit-anchor.ts'
import { type Cut, cutOf, GENESIS, hashOf } from './audit-chain.ts'

export type AuditVerdict =
  | {
      readonly ok: true
      readonly rows: number
      readonly head?: { readonly seq: number; readonly hash: string }
    }
  | {
      readonly ok: false
      /** Sequence number of the row that is wrong or missing. */
      readonly seq: number
      readonly why: 'changed' | 'missing' | 'unlinked' | 'not as anchored' | 'cut without record'
    }

const PAGE = 1000

type Fault = Extract<AuditVerdict, { ok: false }>
type Position = { seq: number; hash: string }

function faultOf(key: string, before: Position, row: AuditRow): Fault | undefined {
  if (row.seq !== before.seq + 1) return { ok: false, seq: before.seq + 1, why: 'missing' }
  if (row.hash !== hashOf(key, row.prev, row)) return { ok: false, seq: row.seq, why: 'changed' }
  // The row itself is authentic but follows another one than it did when it was written.
  if (row.prev !== before.hash) return { ok: false, seq: row.seq, why: 'unlinked' }
  return undefined
}

/**
 * `anchors` are heads that were written down outside the database: they show what the chain alone cannot, that its
 * end was cut off. Rows before the first one are fine if an authentic retention row of the chain says so.
 */
export async function verifyAudit(
  store: Pick<Repositories, 'audit'>,
  key: string,
  anchors: readonly Anchor[] = [],
): Promise<AuditVerdict> {
  const anchored = new Map<number, Set<string>>()
  for (const anchor of anchors) {
    anchored.set(anchor.seq, (anchored.get(anchor.seq) ?? new Set()).add(anchor.hash))
  }
  const disagrees = ({ seq, hash }: Position) => {
    const hashes = anchored.get(seq)
    return hashes !== undefined && (hashes.size > 1 || !hashes.has(hash))
  }

  let start: Cut | undefined
  let last: Position = { seq: 0, hash: GENESIS }
  let attested = false
  let rows = 0
  for (;;) {
    const page = await store.audit.page(last.seq, PAGE)
    for (const row of page) {
      if (rows === 0 && row.seq > 1) {
        start = { through: row.seq - 1, hash: row.prev }
        last = { seq: start.through, hash: start.hash }
        if (disagrees(last)) return { ok: false, seq: last.seq, why: 'not as anchored' }
      }
      const fault = faultOf(key, last, row)
      if (fault) return fault
      if (disagrees(row)) return { ok: false, seq: row.seq, why: 'not as anchored' }
      const cut = cutOf(row)
      if (start && cut?.through === start.through && cut.hash === start.hash) attested = true
      last = { seq: row.seq, hash: row.hash }
      rows += 1
    }
    if (page.length < PAGE) break
  }

  if (start && !attested) return { ok: false, seq: start.through, why: 'cut without record' }
  const newest = Math.max(0, ...anchored.keys())
  if (newest > last.seq) return { ok: false, seq: last.seq + 1, why: 'missing' }
  return rows === 0 ? { ok: true, rows } : { ok: true, rows, head: last }
}
