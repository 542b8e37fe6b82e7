import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonNameOf, immutableIdOf } from '../../src/graph/directory-objects.ts'
import type { GraphProvisioningEvent } from '../../src/graph/index.ts'
import { guidOf } from '../../src/graph/index.ts'
import type { ProvisioningEvent } from '../../src/nouns.ts'
import { known, unknown } from '../../src/nouns.ts'
import { toAgents } from '../../src/sync/agent.ts'
import { isDomainName, ownerOf, toConfiguration } from '../../src/sync/configuration.ts'
import { remember } from '../../src/sync/memory.ts'
import { heldDeletionsIn, isAbout, namesOf, toEvents } from '../../src/sync/provisioning-event.ts'

const noon = Date.UTC(2026, 4, 12, 12)

describe('owner of a domain', () => {
  const all = ['contoso.com', 'corp.fabrikam.com', 'lab.fabrikam.com'].map((domain) => ({
    id: domain,
    domain,
  }))
  it.each([
    ['contoso.com', 'contoso.com'],
    ['CONTOSO.COM', 'contoso.com'],
    ['emea.contoso.com', 'contoso.com'],
    ['corp.fabrikam.com', 'corp.fabrikam.com'],
    ['fabrikam.com', undefined],
    ['notcontoso.com', undefined],
    ['com', undefined],
    [undefined, undefined],
  ])('%s', (domain, owner) => {
    expect(ownerOf(all, domain)?.domain).toBe(owner)
  })

  it('exactly, where a DN names it', () => {
    expect(ownerOf(all, 'emea.contoso.com', { exact: true })).toBeUndefined()
  })

  it('of an old configuration comes from its jobs', () => {
    const raw = {
      id: 'a',
      appId: undefined,
      applicationTemplateId: undefined,
      displayName: 'Active Directory to Azure',
    }
    expect(toConfiguration(raw, 'Contoso.com').domain).toBe('contoso.com')
    expect(toConfiguration(raw).domain).toBe('active directory to azure')
    expect(['contoso.com', 'bücher.example', 'contoso', '-a.com', 'a b.com'].map(isDomainName)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

const blank: GraphProvisioningEvent = {
  id: 'e',
  activityDateTime: noon,
  jobId: 'j',
  cycleId: undefined,
  changeId: undefined,
  provisioningAction: 'update',
  servicePrincipal: { id: 'sp', displayName: undefined },
  sourceIdentity: undefined,
  targetIdentity: undefined,
  provisioningStatusInfo: undefined,
  provisioningSteps: [],
  modifiedProperties: [],
}

describe('entries of the log', () => {
  const one = (more: Partial<GraphProvisioningEvent>) =>
    toEvents([{ ...blank, ...more }])[0] as ProvisioningEvent
  const names = namesOf({ by: 'upn', value: 'Jane.Doe@contoso.com' }, [])
  const identity = (details: Record<string, string>) => ({
    id: undefined,
    displayName: undefined,
    identityType: 'User',
    details,
  })

  it('without a time are left out, the rest is newest first', () => {
    const raw = [1, undefined, 3, 2].map((at, i) => ({ ...blank, id: `e${i}`, activityDateTime: at }))
    expect(toEvents(raw).map(({ at }) => at)).toEqual([3, 2, 1])
  })

  it('are about somebody by any of the names, not by mention', () => {
    expect(
      isAbout(one({ sourceIdentity: identity({ UserPrincipalName: 'jane.doe@CONTOSO.com' }) }), names),
    ).toBe(true)
    const change = {
      displayName: 'userPrincipalName',
      oldValue: undefined,
      newValue: '"jane.doe@contoso.com"',
    }
    expect(isAbout(one({ modifiedProperties: [change] }), names)).toBe(true)
    const manager = { displayName: 'manager', oldValue: undefined, newValue: 'jane.doe@contoso.com' }
    expect(isAbout(one({ modifiedProperties: [manager] }), names)).toBe(false)
    expect(isAbout(one({ sourceIdentity: identity({ manager: 'jane.doe@contoso.com' }) }), names)).toBe(false)
    const reason = { errorCode: 'X', reason: 'conflicts with jane.doe@contoso.com' }
    const errorInformation = {
      ...reason,
      additionalDetails: undefined,
      errorCategory: undefined,
      recommendedAction: undefined,
    }
    expect(isAbout(one({ provisioningStatusInfo: { status: 'failure', errorInformation } }), names)).toBe(
      false,
    )
  })

  it('by the GUID in AD, which the immutable id holds', () => {
    const onPremises = { immutableId: 'ABEiM0RVZneImaq7zN3u/w==' }
    const jane = {
      id: 'x',
      type: 'user',
      displayName: '',
      proxyAddresses: [],
      onPremises,
      provisioningErrors: [],
    } as const
    const source = { ...identity({}), id: '33221100-5544-7766-8899-AABBCCDDEEFF' }
    expect(isAbout(one({ sourceIdentity: source }), namesOf({ by: 'upn', value: 'y' }, [jane]))).toBe(true)
  })

  it('by account name without its domain', () => {
    const account = namesOf({ by: 'sam', value: 'CONTOSO\\JDoe' }, [])
    expect(isAbout(one({ sourceIdentity: identity({ sAMAccountName: 'jdoe' }) }), account)).toBe(true)
  })

  it('held deletions are one per object, and gone once the object is seen otherwise', () => {
    const event = (id: string, action: string, at: number) =>
      one({
        id: `${id}${at}`,
        provisioningAction: action,
        activityDateTime: at,
        sourceIdentity: { ...identity({}), id },
      })
    const log = [
      event('a', 'stagedDelete', 9),
      event('b', 'update', 8),
      event('a', 'stagedDelete', 7),
      event('b', 'stagedDelete', 6),
      event('c', 'stagedDelete', 5),
    ]
    expect(heldDeletionsIn(log).map(({ source }) => source.id)).toEqual(['a', 'c'])
  })
})

describe('agents', () => {
  const agent = (id: string, machineName: string, status: string, groups: string[] = []) => ({
    id,
    machineName,
    status,
    externalIp: undefined,
    agentGroups: groups.map((group) => ({ id: group, displayName: undefined })),
  })
  it('serve the domains of their groups, however they are joined; else that of their machine', () => {
    const found = toAgents({
      agents: [
        agent('a', 'SRV1', 'active', ['g']),
        agent('b', 'srv2.other.com', 'inactive'),
        agent('c', 'srv3.Fabrikam.com', 'dreaming'),
        agent('d', 'SRV4', 'active'),
      ],
      groups: [
        {
          id: 'g',
          displayName: undefined,
          agents: [{ id: 'b' }],
          publishedResources: [{ resourceName: 'Contoso.com' }, { resourceName: undefined }],
        },
      ],
    })
    expect(found.map(({ status, domains }) => [status, domains])).toEqual([
      ['active', ['contoso.com']],
      ['inactive', ['contoso.com']],
      ['unknown', ['fabrikam.com']],
      ['active', []],
    ])
  })
})

describe('names of the directory', () => {
  it('GUIDs and immutable ids are two spellings of one', () => {
    fc.assert(
      fc.property(fc.uuid(), (guid) => {
        expect(guidOf(immutableIdOf(guid) ?? '')).toBe(guid)
      }),
    )
    expect([immutableIdOf('no guid'), guidOf('short')]).toEqual([undefined, undefined])
  })

  it('common names', () => {
    expect(commonNameOf('CN=Doe\\, Jane \\28x\\29,OU=a')).toBe('Doe, Jane (x)')
    expect(commonNameOf('CN=Andr\\C3\\A9 \\#1,OU=a')).toBe('André #1')
    expect(commonNameOf('OU=a,DC=b')).toBeUndefined()
  })
})

describe('memory', () => {
  it('keeps what is known, for as long as told, and shares what is under way', async () => {
    const memory = remember<number>(30)
    let asked = 0
    const ask = async () => {
      asked += 1
      return asked === 1 ? unknown<number>('unavailable', 's') : known(asked, 0, 's')
    }
    expect((await memory(0, ask)).known).toBe(false)
    await Promise.all([memory(1, ask), memory(1, ask)])
    expect(asked).toBe(2)
    expect(await memory(30, ask)).toMatchObject({ value: 2 })
    expect(await memory(31, ask)).toMatchObject({ value: 3 })
    // A clock that was set back makes nothing young again.
    expect(await memory(5, ask)).toMatchObject({ value: 4 })
  })
})
