import { expect, test } from 'vitest'
import { DAY, HOUR, lengthWords, MINUTE, SECOND, timeWords } from '../src/time.ts'

test.each([
  [0, '0 s'],
  [-HOUR, '0 s'],
  [35 * SECOND, '35 s'],
  [90 * SECOND, '2 min'],
  [59 * MINUTE, '59 min'],
  [HOUR, '1 h'],
  [80 * MINUTE, '1 h 20 min'],
  [2 * HOUR, '2 h'],
  [6 * HOUR + 10 * MINUTE, '6 h'],
  [47 * HOUR, '47 h'],
  [3 * DAY, '3 days'],
])('%i ms is %s', (ms, words) => {
  expect(lengthWords(ms)).toBe(words)
})

test('a time says its day only when it is not today, its year only when it is not this one', () => {
  const now = Date.UTC(2026, 10, 20, 8, 12)
  expect(timeWords(now - MINUTE, now)).toBe('08:11 UTC')
  expect(timeWords(now - DAY, now)).toBe('19 Nov 08:12 UTC')
  expect(timeWords(now - 400 * DAY, now)).toBe('16 Oct 2025 08:12 UTC')
  expect(timeWords(Number.NaN, now)).toBe('an unknown time')
  expect(timeWords(9e15, now)).toBe('an unknown time')
})
