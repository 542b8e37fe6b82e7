import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scrub } from '../../src/conversation/scrub.ts'

const words = new Set(['sync', 'why', 'cloud', 'entra', 'agent', 'is', 'not', 'the', 'password'])
const isWord = (word: string) => words.has(word)

describe('scrub', () => {
  test.each([
    ['why is jane.doe@contoso.com not synced', 'jane'],
    ['CN=Jane Doe,OU=Sales,DC=contoso,DC=com fails', 'Doe'],
    ['CONTOSO\\jdoe has no password', 'jdoe'],
    ['agent on DC01 and SRV-AD-07 is gone', 'SRV-AD-07'],
    ['correlation 4f0c1d2e-aaaa-bbbb-cccc-0123456789ab', '4f0c1d2e'],
    ['server dc1.fabrikam.local at 10.1.2.3', 'fabrikam'],
    ['ask Jane Doe about it', 'Jane'],
    ['see https://portal.contoso.com/x?y=secret', 'secret'],
    ['SID S-1-5-21-1004336348-1177238915', '1004336348'],
  ])('%s', (text, gone) => {
    expect(scrub(text, isWord)).not.toContain(gone)
  })

  test('keeps the words of the field', () => {
    expect(scrub('Why is the Entra agent not in sync', isWord)).toBe('Why is the Entra agent not in sync')
  })

  test('never keeps an address, whatever surrounds it', () => {
    const address = fc
      .tuple(fc.stringMatching(/^[a-z]{3,10}$/), fc.stringMatching(/^[a-z]{3,10}$/))
      .map(([a, b]) => `${a}.${b}@contoso.com`)
    fc.assert(
      fc.property(fc.string(), address, fc.string(), (before, mail, after) => {
        const kept = scrub(`${before} ${mail} ${after}`, isWord)
        return !kept.includes(mail) && kept.length <= 300
      }),
    )
  })
})
