// Incidents: one not closed per fingerprint, versions that conflict, timers, history.
import { describe, expect, it } from 'vitest'
import type { Incident } from '../../../src/nouns.ts'
import type { Backend } from '../backend.ts'
import { anIncident, T0, TENANT } from '../builders.ts'

const next = (incident: Incident, change: Partial<Incident>): Incident => ({
  ...incident,
  ...change,
  version: incident.version + 1,
})

function timerTests(backend: Backend): void {
  const cases: readonly (readonly [string, Partial<Incident>, number | undefined])[] = [
    ['an escalation step', { state: 'open', nextStepAt: T0 + 10 }, T0 + 10],
    ['a repeat before the step', { state: 'open', nextStepAt: T0 + 10, repeatAt: T0 + 5 }, T0 + 5],
    ['the end of an acknowledgement', { state: 'acked', ackUntil: T0 + 7 }, T0 + 7],
    ['the end of a snooze', { state: 'snoozed', snoozeUntil: T0 + 8 }, T0 + 8],
    ['closing', { state: 'resolved', resolvedAt: T0, nextStepAt: T0 + 1 }, T0 + 30 * 60_000],
    ['nothing when exhausted', { state: 'open', exhausted: true }, undefined],
    ['nothing when closed', { state: 'closed', closedAt: T0, nextStepAt: T0 }, undefined],
  ]
  it.each(cases)('is due at the time of %s', async (_, change, due) => {
    const store = await (await backend.createDatabase()).open()
    const incident = anIncident(change)
    await store.incidents.insert(incident)
    const ids = async (now: number) => (await store.incidents.due(now)).map((found) => found.id)
    if (due === undefined) {
      expect(await ids(T0 * 2)).toEqual([])
      return
    }
    expect(await ids(due - 1)).toEqual([])
    expect(await ids(due)).toEqual([incident.id])
  })

  it('moves its timer with each update', async () => {
    const store = await (await backend.createDatabase()).open()
    const open = anIncident({ state: 'open', nextStepAt: T0 + 10 })
    await store.incidents.insert(open)
    const { nextStepAt: _, ...rest } = next(open, { state: 'acked', ackUntil: T0 + 100 })
    await store.incidents.update(rest, 1)
    expect(await store.incidents.due(T0 + 99)).toEqual([])
    expect(await store.incidents.due(T0 + 100)).toEqual([rest])
  })
}

function historyTests(backend: Backend): void {
  it('keeps the timeline in order and where the card is shown', async () => {
    const store = await (await backend.createDatabase()).open()
    const incident = anIncident({ state: 'open' })
    await store.incidents.insert(incident)
    for (const version of [1, 2, 3]) {
      await store.incidents.addEvent(incident.id, { at: T0, what: `step ${version}`, version })
    }
    expect((await store.incidents.timeline(incident.id)).map((entry) => entry.what)).toEqual([
      'step 1',
      'step 2',
      'step 3',
    ])

    const shown = (activityId: string, version: number) => ({ placeKey: 'p1', activityId, version })
    await store.incidents.setShown(incident.id, shown('a1', 1))
    await store.incidents.setShown(incident.id, shown('a2', 3))
    // A receipt that comes late does not take the card back.
    await store.incidents.setShown(incident.id, shown('a1', 2))
    expect(await store.incidents.shown(incident.id)).toEqual([shown('a2', 3)])
    expect(await store.incidents.shownAs('p1', 'a2')).toBe(incident.id)
    expect(await store.incidents.shownAs('p1', 'a1')).toBeUndefined()
    await store.incidents.removeShown(incident.id, 'p1')
    expect(await store.incidents.shown(incident.id)).toEqual([])
  })

  it('loses its history with the incident, and takes no history of none', async () => {
    const store = await (await backend.createDatabase()).open()
    const incident = anIncident()
    await store.incidents.insert(incident)
    await store.incidents.addEvent(incident.id, { at: T0, what: 'seen', version: 1 })
    await store.incidents.remove(incident.id)
    expect(await store.incidents.get(incident.id)).toBeUndefined()
    expect(await store.incidents.timeline(incident.id)).toEqual([])
    await expect(store.incidents.addEvent('nobody', { at: T0, what: 'x', version: 1 })).rejects.toMatchObject(
      { code: 'SM_STORE_UNAVAILABLE' },
    )
  })
}

export function incidentsSuite(backend: Backend): void {
  describe('incidents', () => {
    it('finds an incident by id, number and fingerprint', async () => {
      const store = await (await backend.createDatabase()).open()
      const old = anIncident({ state: 'closed', number: 1, closedAt: T0, fingerprint: 'f' })
      const older = anIncident({ state: 'closed', number: 2, closedAt: T0 - 5, fingerprint: 'f' })
      const open = anIncident({ state: 'open', number: 3, fingerprint: 'f' })
      const pending = anIncident()
      for (const incident of [old, older, open, pending]) await store.incidents.insert(incident)
      expect(await store.incidents.get(open.id)).toEqual(open)
      expect(await store.incidents.byNumber(TENANT, 3)).toEqual(open)
      expect(await store.incidents.byNumber(TENANT, 0)).toBeUndefined()
      expect(await store.incidents.byNumber('another tenant', 3)).toBeUndefined()
      expect(await store.incidents.live(TENANT, 'f')).toEqual(open)
      expect(await store.incidents.lastClosed(TENANT, 'f')).toEqual(old)
      expect(await store.incidents.list(TENANT, ['open', 'pending'])).toEqual([pending, open])
      expect(await store.incidents.list(TENANT, [])).toEqual([])
    })

    it('has at most one that is not closed per fingerprint', async () => {
      const store = await (await backend.createDatabase()).open()
      const first = anIncident({ state: 'resolved', resolvedAt: T0, fingerprint: 'f' })
      await store.incidents.insert(first)
      const second = anIncident({ fingerprint: 'f' })
      await expect(store.incidents.insert(second)).rejects.toMatchObject({ code: 'SM_STORE_CONFLICT' })
      expect(await store.incidents.update(next(first, { state: 'closed', closedAt: T0 }), 1)).toBe(true)
      await store.incidents.insert(second)
      expect(await store.incidents.live(TENANT, 'f')).toEqual(second)
    })

    it('lets one of many updates of the same version win', async () => {
      const database = await backend.createDatabase()
      const stores = [await database.open(), await database.open()] as const
      const incident = anIncident({ state: 'open' })
      await stores[0].incidents.insert(incident)
      const people = Array.from({ length: 30 }, (_, i) => `person-${i}`)
      const won = await Promise.all(
        people.map((ownerId, i) =>
          (i % 2 ? stores[0] : stores[1]).incidents.update(next(incident, { state: 'acked', ownerId }), 1),
        ),
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      const kept = await stores[1].incidents.get(incident.id)
      expect(kept?.ownerId).toBe(people[won.indexOf(true)])
      expect(kept?.version).toBe(2)
    })

    it('changes nothing for a stale version, an unknown id or a version that jumps', async () => {
      const store = await (await backend.createDatabase()).open()
      const incident = anIncident({ version: 5 })
      await store.incidents.insert(incident)
      expect(await store.incidents.update({ ...incident, version: 5 }, 4)).toBe(false)
      expect(await store.incidents.update(next(anIncident(), {}), 1)).toBe(false)
      await expect(store.incidents.update({ ...incident, version: 9 }, 5)).rejects.toMatchObject({
        code: 'SM_STORE_MISUSED',
      })
      expect(await store.incidents.get(incident.id)).toEqual(incident)
    })

    it('numbers incidents per tenant without gap or repeat', async () => {
      const database = await backend.createDatabase()
      const stores = [await database.open(), await database.open()] as const
      const numbers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => (i % 2 ? stores[0] : stores[1]).incidents.nextNumber(TENANT)),
      )
      expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
      expect(await stores[0].incidents.nextNumber('another tenant')).toBe(1)
    })

    timerTests(backend)
    historyTests(backend)
  })
}
