// D1: the table of rights and the handlers are the same list, read from both sides.
import { describe, expect, test } from 'vitest'
import { commandNames, type RightName, rights, roleOrder, verbNames } from '../../src/access/index.ts'
import { actions } from '../../src/actions/table.ts'
import { groups, offered } from '../../src/conversation/commands/people.ts'
import { pressedVerbs, typedRights } from '../../src/conversation/respond.ts'
import { understand } from '../../src/conversation/understand.ts'

const sorted = (names: Iterable<string>) => [...new Set(names)].sort()

describe('every command and verb', () => {
  test('of the table has a handler, and every handler a row', () => {
    const commands = Object.values(typedRights).filter((name) => !verbNames.some((verb) => verb === name))
    expect(sorted(commands)).toEqual(sorted(commandNames))
    expect(sorted(pressedVerbs)).toEqual(sorted(verbNames))
  })

  test('that can be typed and pressed needs the same row', () => {
    const both = Object.values(typedRights).filter((name) => verbNames.some((verb) => verb === name))
    expect(both.length).toBeGreaterThan(5)
    for (const name of both) expect(pressedVerbs).toContain(name)
  })

  test('action has a row of its own, and no other exists', () => {
    const rows = Object.keys(rights).filter((name) => name.startsWith('action:'))
    expect(sorted(rows)).toEqual(sorted(Object.keys(actions).map((name) => `action:${name}`)))
  })
})

describe('help', () => {
  const understood = (text: string) =>
    understand(text, { domains: ['contoso.com', 'fabrikam.com'], treeIds: [] })

  test.each(offered('admin').map(({ name, phrase }): [RightName, string] => [name, phrase]))(
    '%s: the words "%s" lead there',
    (name, phrase) => {
      const [intent] = understood(phrase).intents
      expect(intent && typedRights[intent.name]).toBe(name)
    },
  )

  test('shows each once, in a group', () => {
    expect(groups.flatMap(([, names]) => names).toSorted()).toEqual(
      offered('admin')
        .map(({ name }) => name)
        .toSorted(),
    )
  })

  test('offers nobody what the role does not allow, and everybody a way to more', () => {
    const allowed = (role: (typeof roleOrder)[number]) => offered(role).map(({ name }) => name)
    for (const role of roleOrder)
      for (const name of allowed(role))
        expect(roleOrder.indexOf(rights[name].role)).toBeLessThanOrEqual(roleOrder.indexOf(role))
    expect(allowed('none')).toEqual(expect.arrayContaining(['help', 'ask', 'whoAmI', 'signIn']))
    expect(allowed('viewer')).toEqual(expect.arrayContaining(['status', 'diagnose', 'action.propose']))
    expect(allowed('viewer')).not.toContain('subscribe')
  })
})
