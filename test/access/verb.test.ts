// Card data is written by whoever sends it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inputId, parseVerb, type VerbName, verbNames } from '../../src/access/index.ts'

const nonce = 'AAAAAAAAAAAAAAAAAAAAAA'
const good: Readonly<Record<VerbName, Readonly<Record<string, string | number>>>> = {
  say: { text: 'which ports?' },
  signIn: { operation: 'op-1' },
  signOut: {},
  'dialog.choose': { dialog: 'd', step: 's', choice: 'yes' },
  'dialog.back': { dialog: 'd' },
  'dialog.restart': {},
  'dialog.cancel': { dialog: 'd', step: 's' },
  'dialog.handOver': { note: 'please' },
  'incident.acknowledge': { incident: 'i-1', version: 3 },
  'incident.unacknowledge': { incident: 'i-1', version: 3 },
  'incident.snooze': { incident: 'i-1', version: 3, minutes: 30 },
  'incident.resolve': { incident: 'i-1', version: 3, reason: 'agent restarted' },
  'incident.note': { incident: 'i-1', version: 3, note: 'called the site' },
  'incident.why': { incident: 'i-1', version: 3 },
  'incident.refresh': { incident: 'i-1', version: 0 },
  'action.propose': { action: 'restart', configuration: 'c', job: 'AD2AADProvisioning.1' },
  'action.confirm': { operation: 'op-1', nonce },
  'action.approve': { operation: 'op-1', nonce },
  'action.reject': { operation: 'op-1', nonce },
  'action.breakGlass': { operation: 'op-1', nonce, reason: 'nobody else is awake' },
  'action.cancel': { operation: 'op-1', nonce },
  'feedback.like': { article: 'agent-ports' },
  'feedback.dislike': { comment: 'out of date' },
}

describe('parseVerb', () => {
  it.each(verbNames)('takes the data our own cards send for %s and refuses one key more', (verb) => {
    expect(parseVerb(verb, good[verb])).toEqual({ ok: true, verb, data: good[verb] })
    for (const key of ['extra', 'role', '__proto__x', 'constructor', 'other/minutes']) {
      expect(parseVerb(verb, { ...good[verb], [key]: 'x' })).toEqual({ ok: false, because: 'badData' })
    }
    expect(parseVerb(verb, JSON.parse('{"__proto__":{"a":1}}'))).toEqual({ ok: false, because: 'badData' })
  })

  it('reads inputs under the name of their verb, and leaves an empty optional one out', () => {
    const data = { incident: 'i-1', version: 3, [inputId('incident.snooze', 'minutes')]: '240' }
    expect(parseVerb('incident.snooze', data)).toEqual({
      ok: true,
      verb: 'incident.snooze',
      data: { incident: 'i-1', version: 3, minutes: 240 },
    })
    expect(parseVerb('dialog.handOver', { 'dialog.handOver/note': '' })).toEqual({
      ok: true,
      verb: 'dialog.handOver',
      data: {},
    })
    expect(parseVerb('incident.snooze', { ...data, minutes: 5 })).toEqual({ ok: false, because: 'badData' })
  })

  it('refuses values out of bounds', () => {
    const bad: readonly (readonly [VerbName, object])[] = [
      ['incident.snooze', { incident: 'i', version: 1, minutes: 4 }],
      ['incident.snooze', { incident: 'i', version: 1, minutes: 1441 }],
      ['incident.snooze', { incident: 'i', version: 1, minutes: 'soon' }],
      ['incident.resolve', { incident: 'i', version: 1, reason: '   ' }],
      ['incident.acknowledge', { incident: "i' or 1=1", version: 1 }],
      ['action.confirm', { operation: 'op-1', nonce: 'short' }],
      ['action.confirm', { operation: 'op-1', nonce: `${nonce}=` }],
      ['action.confirm', { operation: { $ne: null }, nonce }],
      ['action.propose', { action: 'deleteJob', configuration: 'c' }],
      ['say', { text: 'x'.repeat(2001) }],
    ]
    for (const [verb, data] of bad)
      expect(parseVerb(verb, data), JSON.stringify(data)).toEqual({ ok: false, because: 'badData' })
  })

  it('lets no forged payload through: what passes is flat and has only known keys', () => {
    const forged = fc.record({
      verb: fc.oneof(fc.constantFrom(...verbNames), fc.string(), fc.anything()),
      data: fc.oneof(
        fc.anything(),
        fc.dictionary(
          fc.constantFrom('operation', 'nonce', 'incident', 'version', 'text', 'x'),
          fc.anything(),
        ),
      ),
    })
    fc.assert(
      fc.property(forged, ({ verb, data }) => {
        const parsed = parseVerb(verb, data)
        if (!parsed.ok) return
        expect(verbNames).toContain(parsed.verb)
        for (const value of Object.values(parsed.data)) expect(['string', 'number']).toContain(typeof value)
        expect(Object.keys(parsed.data).every((key) => /^[a-z]+$/.test(key))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
