// The one suite that both engines pass: what callers of the store may rely on, whichever database is below.
import { describe } from 'vitest'
import type { Backend } from './backend.ts'
import { auditSuite } from './conformance/audit.ts'
import { crashSuite } from './conformance/crash.ts'
import { failureSuite } from './conformance/failure.ts'
import { incidentsSuite } from './conformance/incidents.ts'
import { leasesSuite } from './conformance/leases.ts'
import { memorySuite } from './conformance/memory.ts'
import { operationsSuite } from './conformance/operations.ts'
import { outboxSuite } from './conformance/outbox.ts'
import { retentionSuite } from './conformance/retention.ts'
import { seenSuite } from './conformance/seen.ts'
import { transactionsSuite } from './conformance/transactions.ts'

export function conformance(backend: Backend): void {
  describe(`store on ${backend.engine}`, () => {
    memorySuite(backend)
    seenSuite(backend)
    incidentsSuite(backend)
    outboxSuite(backend)
    leasesSuite(backend)
    operationsSuite(backend)
    auditSuite(backend)
    transactionsSuite(backend)
    failureSuite(backend)
    retentionSuite(backend)
    crashSuite(backend)
  })
}
