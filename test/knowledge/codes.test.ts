import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { citedBy, plainReply, realKnowledge } from '../support/knowledge.ts'

const knowledge = realKnowledge()

describe('error codes', () => {
  it('holds all groups with their numbers', () => {
    const groups = new Map<string, number>()
    for (const code of knowledge.codes()) groups.set(code.group, (groups.get(code.group) ?? 0) + 1)
    expect(Object.fromEntries(groups)).toEqual({
      'cloud-sync-job': 20,
      'quarantine-reason': 9,
      'job-status': 9,
      'provisioning-log': 26,
      'cross-tenant-sync': 6,
      'entra-export': 15,
      'agent-install': 10,
      'sspr-writeback': 30,
      'seamless-sso': 10,
    })
  })

  it('gives each a meaning, a fix, somebody who acts, a source and an article that exists', () => {
    for (const code of knowledge.codes()) {
      expect(code.meaning, code.code).not.toBe('')
      expect(code.fixes.length, code.code).toBeGreaterThan(0)
      expect(code.who.length, code.code).toBeGreaterThan(0)
      for (const who of code.who)
        expect(['helpdesk', 'AD', 'network', 'identity', 'Microsoft', 'on-call']).toContain(who)
      expect(code.source, code.code).not.toBe('')
      if (code.article !== undefined)
        expect(knowledge.article(code.article)?.id, code.code).toBe(code.article)
    }
  })

  it('answers every code that is pasted alone', () => {
    for (const code of knowledge.codes()) {
      const cited = citedBy(knowledge.ask(code.code))
      expect(cited, code.code).toContain(`code:${code.code}`)
    }
  })

  it('has an entry for every reason of the quarantine table', () => {
    for (const row of knowledge.table('quarantine-reasons')?.rows ?? []) {
      expect(knowledge.code(String(row.reason))?.group).toBe('quarantine-reason')
    }
  })

  it.each([
    ['TimeOut', 'cloud-sync-job'],
    ['Timeout', 'provisioning-log'],
  ])('tells %s from its twin by case', (code, group) => {
    expect(knowledge.code(code)?.group).toBe(group)
    expect(knowledge.codesIn(`job failed with error ${code} at 08:12`).map((one) => one.code)).toEqual([code])
  })

  it('finds no twin when the case is neither', () => {
    expect(knowledge.code('timeout')).toBeUndefined()
  })

  it('finds a code in a log line, whatever surrounds it', () => {
    const line =
      '2026-10-02T08:12:44Z ERR [AAD.Connect] {"code":"HybridIdentityServiceNoActiveAgents","jobId":"AD2AADProvisioning.d1"}'
    expect(knowledge.codesIn(line).map((code) => code.code)).toEqual(['HybridIdentityServiceNoActiveAgents'])
    expect(plainReply(knowledge.ask(line))).toContain('*.servicebus.windows.net')
  })

  it('finds distinct codes without regard to case', () => {
    expect(knowledge.codesIn('hybrididentityserviceinvalidresource')[0]?.code).toBe(
      'HybridIdentityServiceInvalidResource',
    )
  })

  it('takes ordinary words and numbers for codes only beside a word that says so', () => {
    expect(knowledge.codesIn('there is a Conflict between the two teams here')).toEqual([])
    expect(knowledge.codesIn('we have 31003 users in that domain')).toEqual([])
    expect(knowledge.codesIn('event 31003 on the server')[0]?.code).toBe('31003')
    expect(knowledge.codesIn('provisioning log error Conflict for jane')[0]?.code).toBe('Conflict')
  })

  it('takes the longer code where one contains another', () => {
    const found = knowledge.codesIn('event 6329 / 0x80230619 after a reset').map((code) => code.code)
    expect(found).toEqual(['6329 / 0x80230619'])
  })

  it('lists several codes of one paste in their order', () => {
    const text = 'first EncounteredQuarantineException, then AzureDirectoryServiceServerBusy'
    const reply = knowledge.ask(text)
    expect(citedBy(reply)).toEqual([
      'code:EncounteredQuarantineException',
      'code:AzureDirectoryServiceServerBusy',
    ])
    expect(plainReply(reply)).toContain('Also in your text')
  })

  it('sends codes of cross-tenant synchronization to their product', () => {
    const reply = knowledge.ask('AzureDirectoryB2BManagementPolicyCheckFailure')
    expect(reply.kind).toBe('boundary')
  })

  it('finds any code between any two pieces of text', () => {
    const codes = knowledge
      .codes()
      .filter((code) => /[a-z][A-Z].*[a-z][A-Z]/.test(code.code) && !code.code.includes(' '))
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.string(), fc.string(), (code, before, after) => {
        const found = knowledge.codesIn(`${before} ${code.code} ${after}`)
        expect(found.map((one) => one.code)).toContain(code.code)
      }),
      { numRuns: 200 },
    )
  })
})
