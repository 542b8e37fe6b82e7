// Generated pages are what the tables of the program say today.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { referencePages } from '../../src/reference.ts'

const root = join(import.meta.dirname, '../..')
const pages = Object.entries(referencePages())

test('there are pages, and each table fills one', () => {
  expect(pages.length).toBeGreaterThanOrEqual(10)
  for (const [path, text] of pages) expect(text.split('\n').length, path).toBeGreaterThan(10)
})

test.each(pages)('%s is what npm run generate writes', (path, text) => {
  const file = join(root, path)
  expect(existsSync(file) ? readFileSync(file, 'utf8') : 'missing: npm run generate').toBe(text)
})
