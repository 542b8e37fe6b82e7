import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanText, MAX_TEXT, scrub } from '../../src/teams/text.ts'

const ownId = '28:bot'
const own = (text: string) => ({ type: 'mention', text, mentioned: { id: ownId, name: 'Sync Medic' } })
const person = (text: string) => ({ type: 'mention', text, mentioned: { id: '29:jane', name: 'Jane' } })
const clean = (text: string, entities: readonly unknown[] = []) => cleanText(text, { entities, ownId }).text

const tag = '<at>Sync Medic</at>'

describe('TEAMS 1 the own mention is taken out, by entity', () => {
  test.each([
    ['at the start', `${tag} status`, [own(tag)], 'status'],
    ['at the end', `status ${tag}`, [own(tag)], 'status'],
    ['in the middle', `what ${tag} knows`, [own(tag)], 'what   knows'],
    ['alone', tag, [own(tag)], ''],
    ['twice', `${tag} status ${tag}`, [own(tag), own(tag)], 'status'],
    ['with non-breaking space as entity', '<at>Sync&nbsp;Medic</at>&nbsp;status', [own(tag)], 'status'],
    ['with non-breaking space as character', '<at>Sync\u00a0Medic</at>\u00a0status', [own(tag)], 'status'],
    ['entity text with the space escaped', `${tag} status`, [own('<at>Sync&nbsp;Medic</at>')], 'status'],
    ['name with ampersand', '<at>Sync &amp; Medic</at> status', [own('<at>Sync &amp; Medic</at>')], 'status'],
    ['name without tag', 'Sync Medic status', [own('Sync Medic')], 'status'],
    [
      'another person stays, as text',
      `${tag} where is <at>Jane Doe</at>?`,
      [own(tag), person('<at>Jane Doe</at>')],
      'where is Jane Doe?',
    ],
    ['a person of the same name stays', `${tag} ask ${tag}`, [own(tag), person(tag)], 'ask Sync Medic'],
    ['and before the own one too', `${tag} ask ${tag}`, [person(tag), own(tag)], 'Sync Medic ask'],
    [
      'entities in the wrong order',
      `${tag} ask <at>Jane</at>`,
      [person('<at>Jane</at>'), own(tag)],
      'ask Jane',
    ],
    ['mention without entity', `${tag} status`, [], 'Sync Medic status'],
    ['tag with id', '<at id="0">Sync Medic</at> status', [own('<at id="0">Sync Medic</at>')], 'status'],
    ['entities that are none', `${tag} status`, [null, 7, {}, { type: 'mention' }, own(tag)], 'status'],
    ['an entity for text that is not there', 'status', [own('<at>Other</at>')], 'status'],
    ['a name made of a pattern', '<at>.*</at> a.*b', [own('<at>.*</at>')], 'a.*b'],
  ])('%s', (_name, text, entities, expected) => {
    expect(clean(text, entities)).toBe(expected)
  })
})

describe('C2 text', () => {
  test.each([
    ['entities', 'a &lt; b &amp;&amp; c &gt; d &quot;e&quot; &apos;f&#39;', `a < b && c > d "e" 'f'`],
    ['entities once', '&amp;lt;', '&lt;'],
    ['numeric entities', '&#65;&#x42;&#x1F600;', 'AB\u{1F600}'],
    ['numbers beyond Unicode', 'x&#9999999;y&#xFFFFFF;z', 'xyz'],
    ['what only looks like an entity', 'AT&T &unknown; &#; &', 'AT&T &unknown; &#; &'],
    ['NFC', 'e\u0301', '\u00e9'],
    ['NFC across something invisible', 'e\u200b\u0301', '\u00e9'],
    ['controls', 'a\u0000b\u0007c\u001bd\u007fe\u0085f', 'abcde\nf'],
    ['line ends', 'a\r\nb\rc\nd\u2028e', 'a\nb\nc\nd\ne'],
    ['tab stays', 'a\tb', 'a\tb'],
    ['bidi', 'a\u202eb\u202cc\u2066d\u2069e\u200ff', 'abcdef'],
    ['bidi behind an entity', 'a&#x202E;b', 'ab'],
    ['zero width', 'a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg', 'abcdefg'],
    ['tag characters', 'a\u{E0041}\u{E007F}b', 'ab'],
    ['odd blanks', 'a\u00a0b\u2003c\u3000d', 'a b c d'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    [
      'code and XML as pasted',
      '<rule id="1">AttributeValueMustBeUnique</rule>',
      '<rule id="1">AttributeValueMustBeUnique</rule>',
    ],
    ['letters of other scripts', 'Ünïcodé 日本語 عربي', 'Ünïcodé 日本語 عربي'],
  ])('%s', (_name, raw, expected) => {
    expect(clean(raw)).toBe(expected)
  })

  test('every invisible character is taken out, one by one', () => {
    const ranges = [
      [0x00, 0x08],
      [0x0b, 0x0c],
      [0x0e, 0x1f],
      [0x7f, 0x84],
      [0x86, 0x9f],
      [0x200b, 0x200f],
      [0x202a, 0x202e],
      [0x2060, 0x206f],
      [0xfe00, 0xfe0f],
      [0xfff9, 0xfffb],
      [0xe0000, 0xe007f],
    ] as const
    const all = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
    expect(all.length).toBeGreaterThan(200)
    const left = all.filter((point) => clean(`a${String.fromCodePoint(point)}b`) !== 'ab')
    expect(left.map((point) => point.toString(16))).toEqual([])
    const escaped = all.filter((point) => clean(`a&#${point};b`) !== 'ab')
    expect(escaped.map((point) => point.toString(16))).toEqual([])
  })

  test('a text that is too long is cut, says so, and splits no pair', () => {
    const long = cleanText(`${'x'.repeat(MAX_TEXT - 1)}\u{1F600}tail`, { entities: [], ownId })
    expect(long).toEqual({ text: 'x'.repeat(MAX_TEXT - 1), cut: true })
    expect(cleanText('x'.repeat(MAX_TEXT), { entities: [], ownId }).cut).toBe(false)
  })

  test('whatever comes in, what goes out is short, normal and visible', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\u202e',
        '\u200b',
        '\u{E0041}',
        '&#x202e;',
        '&nbsp;',
        '<at>',
        '</at>',
        tag,
        '\r',
        '\u0000',
        'e',
        '\u0301',
        '\ud83d',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { text } = cleanText(pieces.join(''), { entities: [own(tag), person('<at>x</at>')], ownId })
        expect(text.length).toBeLessThanOrEqual(MAX_TEXT)
        expect(text.isWellFormed()).toBe(true)
        expect(text.normalize('NFC')).toBe(text)
        expect(text).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}]/u)
        expect(text).not.toMatch(/[\u{E0000}-\u{E007F}]/u)
        expect(scrub(text)).toBe(text)
      }),
      { numRuns: 3000 },
    )
  })
})
