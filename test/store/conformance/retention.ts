// Nothing is kept for ever, and nothing goes before its time.
import { describe, expect, it } from 'vitest'
import { type OpenedStore, verifyAudit } from '../../../src/store/index.ts'
import { AUDIT_KEY, type Backend } from '../backend.ts'
import { aMessage, anAuditEntry, anIncident, aPlace, aProposal, TENANT } from '../builders.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const RETENTION_DAYS = 400

/** One row of each kind, all of them as old as can be. */
async function fill(store: OpenedStore): Promise<{ personal: string; channel: string }> {
  const now = await store.now()
  await store.seen.begin('event', now)
  await store.sessions.put({ tenantId: TENANT, conversationId: 'c', personId: 'p' }, 1, now)
  await store.gaps.add({ tenantId: TENANT, at: now, question: 'q', why: 'unanswered' })
  const personal = await store.places.upsert(aPlace({ scope: 'personal', userAadId: 'p', updatedAt: now }))
  const channel = await store.places.upsert(aPlace({ updatedAt: now }))
  for (const key of [personal, channel]) await store.places.markDead(key, '403', now)
  await store.operations.issueNonce({ hash: 'h', operationId: 'o', placeKey: 'k', expiresAt: now })
  const open = anIncident({ id: 'open', state: 'open', number: 1 })
  const closed = anIncident({ id: 'closed', state: 'closed', number: 2, closedAt: now })
  for (const incident of [open, closed]) {
    await store.incidents.insert(incident)
    await store.incidents.addEvent(incident.id, { at: now, what: 'opened', version: 1 })
    await store.outbox.add(
      aMessage({ id: `of ${incident.id}`, incidentId: incident.id, placeKey: incident.id }),
    )
    await store.outbox.sent(`of ${incident.id}`, now)
  }
  await store.outbox.add(aMessage({ id: 'waiting', incidentId: 'closed', placeKey: 'w' }))
  await store.operations.insert(
    aProposal({ id: 'done', state: 'succeeded', finishedAt: now, proposedAt: now }),
  )
  await store.operations.insert(aProposal({ id: 'running', state: 'executing', proposedAt: now }))
  await store.dailyFacts.put(TENANT, new Date(now).toISOString().slice(0, 10), 's', 'n', 1)
  for (let i = 0; i < 5; i++) await store.audit.append(anAuditEntry({ at: now }))
  return { personal, channel }
}

async function purgeNow(store: OpenedStore): Promise<Record<string, number>> {
  const deleted = await store.purge(await store.now(), RETENTION_DAYS)
  return Object.fromEntries(Object.entries(deleted).filter(([, rows]) => rows > 0))
}

export function retentionSuite(backend: Backend): void {
  describe('retention', () => {
    it('deletes each kind of row when its time has come, not before', async () => {
      const store = await (await backend.createDatabase()).open()
      const { personal, channel } = await fill(store)
      await store.moveClock(12 * HOUR - 60_000)
      expect(await purgeNow(store)).toEqual({})
      await store.moveClock(60_000)
      expect(await purgeNow(store)).toEqual({ place: 1 })
      expect(await store.places.get(personal)).toBeUndefined()
      expect(await store.places.get(channel)).toBeDefined()
      await store.moveClock(12 * HOUR)
      expect(await purgeNow(store)).toEqual({ seen: 1, nonce: 1 })
      await store.moveClock(29 * DAY)
      expect(await purgeNow(store)).toEqual({ session: 1, outbox: 1 })
      await store.moveClock(60 * DAY)
      expect(await purgeNow(store)).toEqual({ gap: 1 })
      await store.moveClock(309 * DAY)
      expect(await purgeNow(store)).toEqual({})
      await store.moveClock(2 * DAY)
      expect(await purgeNow(store)).toEqual({ incident: 1, operation: 1, daily_fact: 1, audit: 5 })
    })

    it('keeps what is alive: open incidents with their messages, waiting rows, running operations', async () => {
      const store = await (await backend.createDatabase()).open()
      await fill(store)
      await store.moveClock(1000 * DAY)
      await purgeNow(store)
      expect(await store.incidents.get('open')).toBeDefined()
      expect(await store.incidents.timeline('open')).toHaveLength(1)
      expect(await store.outbox.ofIncident('open')).toHaveLength(1)
      expect((await store.outbox.backlog(await store.now())).pending).toBe(1)
      expect(await store.operations.get('running')).toBeDefined()
      expect(await store.incidents.get('closed')).toBeUndefined()
      expect(await store.incidents.timeline('closed')).toEqual([])
    })

    it('leaves an audit chain that holds, and tells a recorded cut from a deletion', async () => {
      const database = await backend.createDatabase()
      const store = await database.open()
      for (let i = 0; i < 4; i++) await store.audit.append(anAuditEntry({ at: await store.now() }))
      await store.moveClock(500 * DAY)
      for (let i = 0; i < 3; i++) await store.audit.append(anAuditEntry({ at: await store.now() }))
      const head = await store.audit.head()
      expect((await purgeNow(store)).audit).toBe(4)
      const rows = await store.audit.page(0, 100)
      expect(rows.map((row) => row.seq)).toEqual([5, 6, 7, 8])
      expect(rows.at(-1)).toMatchObject({ what: 'audit.retention', who: 'system' })
      const anchors = head ? [{ ...head, at: 0 }] : []
      expect(await verifyAudit(store, AUDIT_KEY, anchors)).toMatchObject({ ok: true, rows: 4 })

      await store.moveClock(500 * DAY)
      expect((await purgeNow(store)).audit).toBe(4)
      expect(await verifyAudit(store, AUDIT_KEY)).toMatchObject({ ok: true, rows: 1 })
      await store.audit.append(anAuditEntry({ at: await store.now() }))
      await database.unprotectAudit()
      await database.sql('delete from audit where seq = 9')
      expect(await verifyAudit(store, AUDIT_KEY)).toEqual({ ok: false, seq: 9, why: 'cut without record' })
    })

    it('deletes more rows than one statement takes', async () => {
      const store = await (await backend.createDatabase()).open()
      const now = await store.now()
      await store.transaction(async (repositories) => {
        for (let i = 0; i < 5_050; i++) await repositories.seen.finish(`e${i}`, null, now)
      })
      await store.moveClock(2 * DAY)
      expect(await purgeNow(store)).toEqual({ seen: 5_050 })
    })
  })
}
