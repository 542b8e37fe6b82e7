// A copied database brings the conversations of another deployment with it. They are as if they were not there.
import type { Place } from './nouns.ts'
import type { Repositories, Store, StoredPlace } from './ports.ts'

export type Home = Pick<Place, 'environment' | 'botId'>

function within(home: Home, repositories: Repositories): Pick<Repositories, 'places' | 'subscriptions'> {
  const { places, subscriptions } = repositories
  const isOwn = ({ place }: StoredPlace) =>
    place.environment === home.environment && place.botId === home.botId
  const list = async (tenantId: string) => (await places.list(tenantId)).filter(isOwn)
  return {
    places: {
      ...places,
      list,
      async get(key) {
        const found = await places.get(key)
        return found && isOwn(found) ? found : undefined
      },
      async personal(tenantId, personId) {
        const newest = await places.personal(tenantId, personId)
        if (!newest || isOwn(newest)) return newest
        // The person has spoken to another deployment more recently than to this one.
        return (await list(tenantId))
          .filter(({ place }) => place.scope === 'personal' && place.userAadId === personId)
          .toSorted((a, b) => b.place.updatedAt - a.place.updatedAt)[0]
      },
    },
    subscriptions: {
      ...subscriptions,
      async list(tenantId) {
        const own = new Set((await list(tenantId)).map(({ key }) => key))
        return (await subscriptions.list(tenantId)).filter(({ placeKey }) => own.has(placeKey))
      },
    },
  }
}

/** The same store, in which places and subscriptions of other environments or bots are neither seen nor posted to. */
export function withOwnPlaces<S extends Store>(store: S, home: Home): S {
  return {
    ...store,
    ...within(home, store),
    transaction: (work) =>
      store.transaction((repositories) => work({ ...repositories, ...within(home, repositories) })),
  }
}
