import { describe, expect, test } from 'vitest'
import { asTyped } from '../../src/conversation/as-typed.ts'
import { understand } from '../../src/conversation/understand.ts'

describe('a reason', () => {
  test.each([
    ["note 1 called the AD team, they can't reach SRV01", "called the AD team, they can't reach SRV01"],
    ['Note on #42: Firewall opened for *.msappproxy.net!', 'Firewall opened for *.msappproxy.net!'],
    ['resolve 42 because the Firewall is fixed', 'the Firewall is fixed'],
    ['please resolve 42: PW hash job quarentined again', 'PW hash job quarentined again'],
  ])('of "%s" is kept as the person wrote it', (text, reason) => {
    expect(understand(text).intents[0]?.reason).toBe(reason)
  })

  test('that is no end of the text stays as it was found', () => {
    expect(asTyped('resolve 42', 'the firewall')).toBe('the firewall')
    expect(asTyped('', 'x')).toBe('x')
  })
})
