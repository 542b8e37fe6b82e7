// What `npm run audit` does: check the chain, or hand it out, which is itself audited.
import type { AuditRow, Store } from '../ports.ts'
import type { AnchorSink } from './audit-anchor.ts'
import { type AuditVerdict, verifyAudit } from './audit-verify.ts'

const PAGE = 500

/** One sentence for the person at the console. */
export function verdictSentence(verdict: AuditVerdict, anchors: number): string {
  if (!verdict.ok) return `The audit chain does not hold at row ${verdict.seq}: ${verdict.why}.`
  if (verdict.head === undefined) return 'The audit chain is empty.'
  const checked = anchors === 0 ? 'no anchors to compare with' : `${anchors} anchors compared`
  return `The audit chain holds: ${verdict.rows} rows up to ${verdict.head.seq}, ${checked}.`
}

export async function checkAudit(
  store: Store,
  key: string,
  sink: Pick<AnchorSink, 'read'>,
): Promise<{ readonly ok: boolean; readonly sentence: string }> {
  const anchors = await sink.read()
  const verdict = await verifyAudit(store, key, anchors)
  return { ok: verdict.ok, sentence: verdictSentence(verdict, anchors.length) }
}

/**
 * Every row as one line of JSON, oldest first. The row that tells of this export is committed before the first line
 * is given out, and is the last one of them.
 */
export async function* exportAudit(store: Store): AsyncGenerator<string> {
  const own = await store.audit.append({
    at: await store.now(),
    tenantId: '',
    who: 'system',
    what: 'audit.export',
    where: 'console',
    outcome: 'allowed',
  })
  for (let after = 0; after < own.seq; ) {
    const rows = (await store.audit.page(after, PAGE)).filter((row: AuditRow) => row.seq <= own.seq)
    const last = rows.at(-1)
    if (!last) return
    for (const row of rows) yield `${JSON.stringify(row)}\n`
    after = last.seq
  }
}
