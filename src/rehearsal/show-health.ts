// Service health of Microsoft: one old incident, and a current one while the scenario is on.

import { HOUR } from '../time.ts'
import { intervalsOf } from './changes.ts'
import type { Obj } from './show-job.ts'
import type { World } from './world.ts'

const services = [
  { service: 'Exchange Online', id: 'Exchange' },
  { service: 'Identity Service', id: 'OrgLiveID' },
  { service: 'Microsoft 365 suite', id: 'OSDPPlatform' },
  { service: 'Microsoft Teams', id: 'microsoftteams' },
  { service: 'SharePoint Online', id: 'SharePoint' },
] as const

const seconds = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`

type Issue = {
  id: string
  service: string
  title: string
  impact: string
  status: string
  from: number
  to?: number
}

function issue(each: Issue, now: number): Obj {
  return {
    id: each.id,
    startDateTime: seconds(each.from),
    endDateTime: each.to === undefined ? null : seconds(each.to),
    lastModifiedDateTime: seconds(each.to ?? Math.max(each.from, Math.floor(now / HOUR) * HOUR)),
    title: each.title,
    impactDescription: each.impact,
    classification: each.to === undefined ? 'incident' : 'advisory',
    origin: 'microsoft',
    status: each.status,
    service: each.service,
    feature: 'Directory synchronization',
    featureGroup: 'Identity',
    isResolved: each.to !== undefined,
    details: [],
    posts: [
      {
        createdDateTime: seconds(each.from + 900_000),
        postType: 'regular',
        description: { contentType: 'text', content: `Title: ${each.title}` },
      },
    ],
  }
}

/** Incidents of the scenario stay in the list, resolved, after it is switched off. */
export function issues(world: World): readonly Obj[] {
  const shown = intervalsOf(world.state, 'service-incident').map(({ from, to }, i) => {
    const open = world.now < to
    return issue(
      {
        id: `MO90021${i}`,
        service: 'Identity Service',
        title: 'Delays in synchronizing users and groups from Active Directory',
        impact: 'Changes made on premises may reach the cloud late.',
        status: open ? 'serviceDegradation' : 'ServiceRestored',
        from: from - HOUR / 2,
        ...(open ? {} : { to }),
      },
      world.now,
    )
  })
  const old = issue(
    {
      id: 'EX880114',
      service: 'Exchange Online',
      title: 'Some mailboxes could not be opened in a browser',
      impact: 'A part of the people could not open their mailbox in a browser.',
      status: 'ServiceRestored',
      from: world.state.born - 200 * HOUR,
      to: world.state.born - 190 * HOUR,
    },
    world.now,
  )
  return [...shown.toReversed(), old]
}

export function healthOverviews(world: World): readonly Obj[] {
  const all = issues(world)
  return services.map(({ service, id }) => {
    const own = all.filter((each) => each.service === service)
    const open = own.some((each) => each.isResolved === false)
    return { id, service, status: open ? 'serviceDegradation' : 'ServiceOperational', issues: own }
  })
}
