import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { quickYaml } from '../../src/knowledge/quick-yaml.ts'
import { KNOWLEDGE_DIR } from '../support/knowledge.ts'

describe('quick reader of YAML', () => {
  it('reads every file of ours as the library does, without help', () => {
    const files = readdirSync(KNOWLEDGE_DIR, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(md|yaml)$/.test(name),
    )
    expect(files.length).toBeGreaterThan(150)
    for (const file of files) {
      const text = readFileSync(join(KNOWLEDGE_DIR, file), 'utf8')
      const yaml = file.endsWith('.md') ? (text.split('\n---\n')[0] ?? '').slice(4) : text
      expect(quickYaml(yaml), file).toEqual(parse(yaml))
    }
  })

  it.each([
    'a: |\n  long\n  text',
    'a: *anchor',
    'a: &x 1',
    'a: 1.5',
    'a: 0x1f',
    'a: null',
    'a:\n- b',
    "a: 'single'",
    'a: b: c',
    'a: 1\na: 2',
    'a: "\\x41"',
    'a: [1, 2',
    '? a\n: b',
    '',
  ])('leaves to the library: %j', (text) => {
    expect(quickYaml(text)).toBeUndefined()
  })

  it('never reads otherwise than the library', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom('yes', 'no', '1e3', '~', '- x', 'a: b', '#c', '2026-11-20'),
    )
    const value = fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,6}$/),
      fc.oneof(cell, fc.array(cell), fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), cell)),
    )
    fc.assert(
      fc.property(value, fc.boolean(), (data, flow) => {
        const text = stringify(data, { collectionStyle: flow ? 'flow' : 'any', lineWidth: 0 })
        const read = quickYaml(text)
        if (read !== undefined) expect(read).toEqual(parse(text))
      }),
      { numRuns: 500 },
    )
  })

  it('never reads a text the library refuses', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', ':', ' ', '\n', '-', '[', ']', '{', '}', ',', '"', '1', '#', '0', '.'),
        }),
        (text) => {
          const read = quickYaml(text)
          if (read !== undefined) expect(read).toEqual(parse(text))
        },
      ),
      { numRuns: 2000 },
    )
  })
})
