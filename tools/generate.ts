// `npm run generate`: writes the generated pages; with --check it only says which are stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { referencePages } from '../src/reference.ts'

const root = join(import.meta.dirname, '..')
const check = process.argv.includes('--check')
for (const [path, text] of Object.entries(referencePages())) {
  const file = join(root, path)
  const same = existsSync(file) && readFileSync(file, 'utf8') === text
  if (same) continue
  process.stdout.write(`${check ? 'stale' : 'wrote'}: ${path}\n`)
  if (check) process.exitCode = 1
  else writeFileSync(file, text)
}
