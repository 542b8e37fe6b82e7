// Who may do what: the whole product of roles, names and circumstances against a table written by hand.
import { describe, expect, it } from 'vitest'
import { may, mayWrite, type RightName, rights, roleOrder, TOKEN_AGE_MS } from '../../src/access/index.ts'
import type { Person, Place, Role, Scope } from '../../src/nouns.ts'
import type { UserToken } from '../../src/ports.ts'

const now = Date.UTC(2026, 10, 20, 8)
const scopes: readonly Scope[] = ['personal', 'groupChat', 'channel']

const least: Readonly<Record<Role, readonly RightName[]>> = {
  none: [
    'help',
    'ask',
    'whoAmI',
    'exportMyData',
    'forgetMe',
    'say',
    'signIn',
    'signOut',
    'feedback.like',
    'feedback.dislike',
  ],
  viewer: [
    'status',
    'diagnose',
    'agents',
    'heldDeletions',
    'incidents',
    'incident',
    'onCall',
    'handover',
    'triage',
    'supportBundle',
    'dialog.choose',
    'dialog.back',
    'dialog.restart',
    'dialog.cancel',
    'dialog.handOver',
    'incident.why',
    'incident.refresh',
    'action.propose',
    'action.cancel',
  ],
  operator: [
    'subscribe',
    'unsubscribe',
    'maintenance',
    'quietHours',
    'digest',
    'testAlert',
    'gaps',
    'figures',
    'incident.acknowledge',
    'incident.unacknowledge',
    'incident.snooze',
    'incident.resolve',
    'incident.note',
    'action.confirm',
    'action:provisionOnDemand',
    'action:start',
    'action:restart',
    'action:pause',
    'action:allowDeletes',
  ],
  approver: ['action.approve', 'action.reject'],
  admin: ['stopActions', 'allowActions', 'exportAudit', 'action.breakGlass'],
}
const personalOnly: readonly RightName[] = ['exportMyData', 'forgetMe', 'exportAudit']
const secondPerson: readonly RightName[] = ['action:allowDeletes']

const place = (scope: Scope, tenantId = 't-own'): Place => ({
  conversationId: 'c',
  serviceUrl: 'https://smba.trafficmanager.net/',
  tenantId,
  botId: 'b',
  environment: 'test',
  scope,
  updatedAt: now,
})
const person = (role: Role, tenantId = 't-own'): Person => ({ tenantId, objectId: 'p-1', role })
const token = (change: Partial<UserToken> = {}): UserToken => ({
  value: 'x',
  objectId: 'p-1',
  tenantId: 't-own',
  roles: [],
  issuedAt: now,
  ...change,
})
const names = Object.keys(rights) as RightName[]
const needed = (name: RightName) => roleOrder.find((role) => least[role].includes(name)) as Role
const reaches = (role: Role, name: RightName) => roleOrder.indexOf(role) >= roleOrder.indexOf(needed(name))

describe('the table of rights', () => {
  it('has exactly the names, places and second persons it is meant to have', () => {
    expect(names.toSorted()).toEqual(roleOrder.flatMap((role) => least[role]).toSorted())
    expect(names.filter((name) => rights[name].places !== undefined).toSorted()).toEqual(
      personalOnly.toSorted(),
    )
    expect(names.filter((name) => rights[name].approvals > 0)).toEqual(secondPerson)
  })

  it.each(roleOrder)('is kept for the role %s in every place of the own tenant', (role) => {
    for (const name of names) {
      for (const scope of scopes) {
        const fits = scope === 'personal' || !personalOnly.includes(name)
        const verdict = may(person(role), name, place(scope))
        expect(verdict.allowed, `${role} ${name} ${scope}`).toBe(fits && reaches(role, name))
        if (!verdict.allowed) {
          expect(verdict.because).toBe(fits ? 'role' : 'place')
          expect(verdict.needs).toBe(needed(name))
          expect(verdict.sentence.length).toBeGreaterThan(20)
        }
      }
    }
  })

  it.each(roleOrder)('lets nobody in from elsewhere, whatever the role: %s', (role) => {
    for (const name of names) {
      const stranger = may(person(role, 't-other'), name, place('personal'))
      const guest = may(person(role, 't-home'), name, place('channel'))
      const ours = may(person(role), name, place('personal', 't-other'))
      for (const verdict of [stranger, guest, ours])
        expect(verdict).toMatchObject({ allowed: false, because: 'otherTenant' })
    }
  })

  it.each(roleOrder)('lets the role %s write only with its own fresh token', (role) => {
    for (const name of names) {
      const ask = { person: person('none'), name, place: place('personal') }
      const withToken = (change: Partial<UserToken>) => mayWrite(ask, { token: token(change), role }, now)
      expect(mayWrite(ask, undefined, now)).toMatchObject({ allowed: false, because: 'notSignedIn' })
      expect(withToken({}).allowed, `${role} ${name}`).toBe(reaches(role, name))
      expect(withToken({ issuedAt: now - TOKEN_AGE_MS }).allowed).toBe(reaches(role, name))
      for (const issuedAt of [now - TOKEN_AGE_MS - 1, now + 301_000, Number.NaN]) {
        expect(withToken({ issuedAt })).toMatchObject({ allowed: false, because: 'signInExpired' })
      }
      expect(withToken({ objectId: 'p-2' })).toMatchObject({ allowed: false, because: 'otherTenant' })
      expect(withToken({ tenantId: 't-other' })).toMatchObject({ allowed: false, because: 'otherTenant' })
    }
  })

  it('refuses every name it does not have', () => {
    for (const name of [
      '',
      'toString',
      '__proto__',
      'constructor',
      'action.confirm ',
      'ACTION.CONFIRM',
      'action:full',
    ]) {
      expect(may(person('admin'), name, place('personal'))).toMatchObject({
        allowed: false,
        because: 'unknown',
      })
      expect(
        mayWrite(
          { person: person('admin'), name, place: place('personal') },
          { token: token(), role: 'admin' },
          now,
        ),
      ).toMatchObject({ allowed: false, because: 'unknown' })
    }
  })
})
