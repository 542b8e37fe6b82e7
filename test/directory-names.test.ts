import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { domainOfDn, domainOfUpn, isBelow, sameDn, sameName } from '../src/directory-names.ts'

describe('distinguished names', () => {
  const part = fc.tuple(fc.constantFrom('OU', 'ou', 'CN', 'DC'), fc.stringMatching(/^[a-zA-Z0-9 ]{1,8}$/))
  const dnOf = (parts: readonly (readonly [string, string])[], glue: string) =>
    parts.map(([type, value]) => `${type}=${value.trim() || 'x'}`).join(glue)

  it('lie below any container above them, in any spelling; never below a sibling', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), fc.nat(5), (parts, at) => {
        const dn = dnOf(parts, ',')
        const above = dnOf(parts.slice(Math.min(at, parts.length - 1)), ' , ').toUpperCase()
        expect(isBelow(dn, above)).toBe(true)
        expect(isBelow(dn, `OU=sibling-of-all,${above}`)).toBe(false)
      }),
    )
    expect(isBelow('CN=Jane,DC=contoso', '')).toBe(false)
    expect(isBelow('CN=Doe\\, Jane,OU=Staff', 'Jane,OU=Staff')).toBe(false)
  })

  it('are the same whatever case and blanks', () => {
    expect(sameDn('CN=A\\,b,OU=C', 'cn = a\\,B , ou=c')).toBe(true)
    expect(sameDn('CN=A,OU=C', 'CN=A')).toBe(false)
    expect(sameDn(`CN=${' '.repeat(200_000)}x`, 'CN=x')).toBe(true)
  })
})

describe('domains', () => {
  it('are read from a DN and from a sign-in name', () => {
    expect(domainOfDn('CN=Jane,OU=DC=odd\\,DC=evil,DC=Contoso, DC = com')).toBe('contoso.com')
    expect(domainOfDn('CN=Jane,OU=Sales')).toBeUndefined()
    expect(domainOfUpn('jane@odd@Contoso.com')).toBe('contoso.com')
    expect([domainOfUpn('jane'), domainOfUpn('jane@')]).toEqual([undefined, undefined])
  })

  it('are the same without case; nothing is never the same as nothing', () => {
    expect(sameName('Contoso.com', 'CONTOSO.COM')).toBe(true)
    expect(sameName(undefined, undefined)).toBe(false)
  })
})
