import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GraphError } from '../../src/rehearsal/graph-error.ts'
import { type FilterRules, parseFilter } from '../../src/rehearsal/odata-filter.ts'

const rules = (caseSensitive: boolean): FilterRules => ({
  caseSensitive,
  fields: {
    name: ['eq', 'in', 'contains', 'startswith', 'endswith'],
    at: ['gt', 'lt', 'ge', 'le', 'eq'],
    size: ['eq', 'gt', 'le'],
    on: ['eq'],
    'owner/id': ['eq'],
    'tags/any': ['eq'],
    'errors/any/code': ['eq'],
  },
})

const item = {
  name: "Jane O'Brien",
  at: '2026-09-14T08:04:00Z',
  size: 3,
  on: null,
  owner: { id: '7' },
  tags: ['a', 'b'],
  errors: [{ code: 'X' }],
}

describe('$filter', () => {
  it.each([
    ["name eq 'jane o''brien'", true],
    ["name in ('x','Jane O''Brien')", true],
    ["startswith(name,'jane') and size gt 2", true],
    ["startsWith(name,'jane') and size gt 3", false],
    ["endswith(name,'BRIEN') or size eq 99", true],
    ["(size eq 1 or size eq 3) and owner/id eq '7'", true],
    ["size eq 3 or size eq 1 and owner/id eq '8'", true],
    ['at gt 2026-09-14 and at lt 2026-09-15', true],
    ['at ge 2026-09-14T08:04:00.000Z and at le 2026-09-14T10:04:00+02:00', true],
    ['on eq null', true],
    ['on eq true', false],
    ["tags/any(t:t eq 'b')", true],
    ["tags/any(x:x eq 'c' or x eq 'd')", false],
    ["errors/any(e:e/code eq 'x')", true],
    ["contains(tolower(name),'jane')", true],
  ])('%s is %s', (text, wanted) => {
    expect(parseFilter(text, rules(false))(item)).toBe(wanted)
  })

  it('minds the case where the service does, except under tolower', () => {
    const test = (text: string) => parseFilter(text, rules(true))(item)
    expect(test("contains(name,'jane')")).toBe(false)
    expect(test("contains(tolower(name),'jane')")).toBe(true)
    expect(test("contains(tolower(name),'Jane')")).toBe(false)
  })

  it.each([
    "shoe eq 'x'",
    "on gt 'x'",
    "name ne 'x'",
    "not(name eq 'x')",
    "name eq 'x",
    "name eq 'x' and",
    "name eq 'x' size eq 3",
    "tags/any(t:u eq 'b')",
    "tags/all(t:t eq 'b')",
    'name eq Jane',
    "(name eq 'x'",
    "'x' eq name",
  ])('%s is refused', (text) => {
    expect(() => parseFilter(text, rules(false))).toThrow(GraphError)
  })

  it('any text in quotes is a value and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const test = parseFilter(`name eq '${text.replaceAll("'", "''")}'`, rules(true))
        expect(test({ name: text })).toBe(true)
        expect(test({ name: `${text}x` })).toBe(false)
      }),
    )
  })

  it('any input is a filter or a 400', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseFilter(text, rules(false))(item)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GraphError)
          expect((thrown as GraphError).status).toBe(400)
        }
      }),
    )
  })
})
