import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparable, plain } from '../../src/conversation/clean.ts'
import { findEntities, readDuration } from '../../src/conversation/entities.ts'
import { objectNameOf, understand } from '../../src/conversation/understand.ts'
import { editDistance } from '../../src/edit-distance.ts'
import { knowledge, live } from './phrasings.ts'

const options = {
  domains: ['contoso.com', 'fabrikam.com'],
  treeIds: ['user-not-synced', 'quarantine', 'agent-down', 'deletions-held', 'password-hash-not-working'],
}

function entityTexts(text: string): readonly string[] {
  return understand(text, options).entities.map((e) =>
    'value' in e ? `${e.kind}:${e.value}` : 'number' in e ? `${e.kind}:${e.number}` : `${e.kind}:${e.ms}`,
  )
}

describe('what concerns the own tenant is live', () => {
  it('in at least 80 labelled phrasings', () => {
    expect(live.length).toBeGreaterThanOrEqual(80)
  })

  it.each(live.map(([text, name, expected]) => ({ text, name, expected })))(
    '$text -> $name',
    ({ text, name, expected = {} }) => {
      const { intents } = understand(text, options)
      const first = intents[0]
      expect(first?.name).toBe(name)
      const { entity, ...rest } = expected
      expect(first).toMatchObject(rest)
      if (entity) expect(entityTexts(text)).toContain(entity)
      expect(intents.at(-1)?.name).toBe('knowledge')
    },
  )
})

describe('what asks how things work is knowledge', () => {
  it('in at least 60 labelled phrasings', () => {
    expect(knowledge.length).toBeGreaterThanOrEqual(60)
  })

  it.each(knowledge.map((k) => [k] as const))('%s', (text) => {
    expect(understand(text, options).intents.map((i) => i.name)).toEqual(['knowledge'])
  })

  it('and offers the dialog where it could also be a fault of one’s own', () => {
    expect(understand('user is not synced', options).alsoOffers).toEqual(['user-not-synced'])
    expect(understand('what does quarantine mean', options).alsoOffers).toEqual(['quarantine'])
    expect(understand('which ports does the agent need?', options).alsoOffers).toEqual([])
  })
})

describe('entities', () => {
  it('are of the right kind, each found once', () => {
    const text =
      'CN=Jane Doe,OU=Sales,DC=contoso,DC=com and bob@fabrikam.com, CONTOSO\\jdoe, correlation id: 8f0e4f7a-1111-4222-8333-444455556666, object 9f0e4f7a-1111-4222-8333-444455556666, host login.windows.net, incident 7, 2 h'
    expect(entityTexts(text)).toEqual([
      'dn:CN=Jane Doe,OU=Sales,DC=contoso,DC=com',
      'upn:bob@fabrikam.com',
      'correlationId:8f0e4f7a-1111-4222-8333-444455556666',
      'objectId:9f0e4f7a-1111-4222-8333-444455556666',
      'sam:jdoe',
      'host:login.windows.net',
      'domain:contoso.com',
      'incident:7',
      'duration:7200000',
    ])
  })

  it('paths, registry keys, file names, placeholders and the service account name nobody', () => {
    for (const text of [
      'C:\\Program Files\\Microsoft Azure AD Connect Provisioning Agent\\Trace',
      'HKLM\\SOFTWARE is missing',
      'import-module .\\AzureADSSO.psd1 fails, AADConnectProvisioningAgent.exe.config',
      'name@tenant.onmicrosoft.com',
      'DOMAIN\\user',
      'ADToAADSyncServiceAccount@contoso.onmicrosoft.com',
      'version 1.1.2505.0',
    ]) {
      const kinds = findEntities(text).map((e) => e.kind)
      expect(
        kinds.filter((k) => k !== 'host'),
        text,
      ).toEqual([])
    }
  })

  it('keep the letter case where it decides, and find the code in any case where it does not', () => {
    expect(entityTexts('quarantine TimeOut')).toContain('errorCode:TimeOut')
    expect(entityTexts('error code Timeout')).toContain('errorCode:Timeout')
    expect(entityTexts('a timeout happened')).not.toContain('errorCode:TimeOut')
    expect(entityTexts('hybrididentityservicenoactiveagents')).toContain(
      'errorCode:HybridIdentityServiceNoActiveAgents',
    )
  })

  it('a misspelled domain is the known one', () => {
    expect(entityTexts('fabrikan is down')).toContain('domain:fabrikam.com')
  })

  it('become the subject of a look, strongest name first', () => {
    const named = objectNameOf(understand('Jane Doe, jane.doe@contoso.com, is not synced', options).entities)
    expect(named).toEqual({ type: 'user', name: { by: 'upn', value: 'jane.doe@contoso.com' } })
    expect(objectNameOf(understand('the group Sales-All is not synced', options).entities)?.type).toBe(
      'group',
    )
    expect(objectNameOf([])).toBeUndefined()
  })

  it('lengths of time', () => {
    expect(readDuration('2h')).toBe(7_200_000)
    expect(readDuration('1 hour 30 min')).toBe(5_400_000)
    expect(readDuration('half an hour')).toBe(1_800_000)
    expect(readDuration('3 days')).toBe(3 * 86_400_000)
    expect(readDuration('soon')).toBeUndefined()
  })
})

describe('cleaning', () => {
  it('takes markup and mentions away and keeps the words', () => {
    expect(plain('<p><at>Bot</at> hi&nbsp;<b>there</b><br>a &lt; b</p>')).toBe('hi there\na < b')
    expect(plain('a <script> b')).toBe('a <script> b')
  })

  it('writes contractions and slang out and corrects the field’s words', () => {
    expect(comparable("Can't sync, pw isn't workin in O365")).toContain('can not sync, password is not')
    expect(comparable('quarentined provisionning')).toBe('quarantined provisioning')
    expect(comparable('agenda started delete')).toBe('agenda started delete')
    expect(editDistance('sycned', 'synced', 2)).toBe(1)
  })
})

describe('understand', () => {
  it('is deterministic, never throws, and always ends with knowledge', () => {
    const pieces = fc.constantFrom(
      ...live.map((l) => l[0]),
      ...knowledge,
      '<b>',
      '\\',
      '&#x41;',
      '@',
      '\u202e',
      '𝕁ane',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 40 })), { maxLength: 6 }), (parts) => {
        const text = parts.join(' ')
        const once = understand(text, options)
        expect(understand(text, options)).toEqual(once)
        expect(once.intents.at(-1)?.name).toBe('knowledge')
        expect(once.intents.every((i) => i.confidence > 0 && i.confidence <= 1)).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('stays fast on long hostile text', () => {
    for (const text of [
      'a'.repeat(32_000),
      'CN='.repeat(10_000),
      '@.'.repeat(16_000),
      '<'.repeat(32_000),
      'a.'.repeat(16_000),
      'is not '.repeat(4_500),
      'Jane '.repeat(6_000),
    ]) {
      expect(understand(text, options).intents.at(-1)?.name).toBe('knowledge')
    }
  })

  it('recognises a pasted server report before anything else', () => {
    const report = 'SYNC-MEDIC-REPORT v1\nagent.state=Running\nSYNC-MEDIC-END lines=1'
    expect(understand(`here: ${report}`, options).intents[0]).toMatchObject({
      name: 'serverReport',
      treeId: 'agent-down',
    })
  })
})
