// What happened to an incident, and where its card is shown.
import type { TimelineEntry } from '../nouns.ts'
import type { Repositories } from '../ports.ts'
import { fromDocument, toDocument } from './documents.ts'
import type { Work } from './unit-of-work.ts'

type History = Pick<
  Repositories['incidents'],
  'addEvent' | 'timeline' | 'setShown' | 'removeShown' | 'shown' | 'shownAs'
>

export function incidentHistory(work: Work): History {
  return {
    async addEvent(incidentId, entry) {
      const values = { incident_id: incidentId, doc: toDocument('timeline', entry) }
      await work.statement((db) => db.insertInto('incident_event').values(values).execute())
    },

    async timeline(incidentId) {
      const rows = await work.statement((db) =>
        db
          .selectFrom('incident_event')
          .select('doc')
          .where('incident_id', '=', incidentId)
          .orderBy('seq')
          .execute(),
      )
      return rows.map((row) => fromDocument<TimelineEntry>(row.doc))
    },

    async setShown(incidentId, shown) {
      const set = { activity_id: shown.activityId, version: shown.version }
      await work.statement((db) =>
        db
          .insertInto('incident_shown')
          .values({ incident_id: incidentId, place_key: shown.placeKey, ...set })
          .onConflict((oc) =>
            oc
              .columns(['incident_id', 'place_key'])
              .doUpdateSet(set)
              // A receipt that comes late must not take the card back to an older version.
              .where('incident_shown.version', '<=', shown.version),
          )
          .execute(),
      )
    },

    async removeShown(incidentId, placeKey) {
      await work.statement((db) =>
        db
          .deleteFrom('incident_shown')
          .where('incident_id', '=', incidentId)
          .where('place_key', '=', placeKey)
          .execute(),
      )
    },

    async shown(incidentId) {
      const rows = await work.statement((db) =>
        db
          .selectFrom('incident_shown')
          .selectAll()
          .where('incident_id', '=', incidentId)
          .orderBy('place_key')
          .execute(),
      )
      return rows.map((row) => ({
        placeKey: row.place_key,
        activityId: row.activity_id,
        version: row.version,
      }))
    },

    async shownAs(placeKey, activityId) {
      const row = await work.statement((db) =>
        db
          .selectFrom('incident_shown')
          .select('incident_id')
          .where('place_key', '=', placeKey)
          .where('activity_id', '=', activityId)
          .orderBy('version', 'desc')
          .limit(1)
          .executeTakeFirst(),
      )
      return row?.incident_id
    },
  }
}
