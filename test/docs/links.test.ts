// What the documentation names exists: links, anchors, paths, commands, settings, tests; and the runbook is complete.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ruleIds } from '../../src/alerts/index.ts'
import { catalogue } from '../../src/errors.ts'
import { settingsTable } from '../../src/settings.ts'
import { metricTable } from '../../src/telemetry.ts'
import { readSources } from '../support/imports.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts)

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** One line per link that leads nowhere. */
function brokenLinks(page: string, text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return links.flatMap((link) => {
    if (/^https?:/.test(link)) return []
    const [path = '', anchor] = link.split('#')
    const file = path === '' ? page : normalize(join(dirname(page), path))
    if (!existsSync(join(root, file))) return [`${page}: ${link}`]
    return anchor !== undefined && !anchorsOf(read(file)).includes(anchor) ? [`${page}: ${link}`] : []
  })
}

const folders = 'src|test|tools|docs|dialogs|knowledge|manifest|infra|security|\\.ci'

/** One line per path in code that does not exist. Patterns and placeholders are not paths. */
function missingPaths(page: string, text: string): string[] {
  const named = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => [
    ...code.matchAll(new RegExp(`(?:^|[ =])((?:${folders})/[\\w./-]*)(?![\\w<*{…])`, 'g')),
  ])
  return named
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${page}: ${path}`)
}

describe.each(pages)('%s', (page) => {
  const text = read(page)

  test('every link leads somewhere', () => {
    expect(brokenLinks(page, text)).toEqual([])
  })

  test('every path exists', () => {
    expect(missingPaths(page, text)).toEqual([])
  })

  test('every npm script exists', () => {
    const named = [...text.matchAll(/npm run (?:-s |--silent )?([a-z:]+)/g)].map(([, name = '']) => name)
    for (const name of named) expect(scripts).toContain(name)
  })

  test('every setting and metric that is named exists', () => {
    const upper = [...text.matchAll(/`([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(
      ([, name = '']) => name,
    )
    // Read by the identity library, not by us.
    const foreign = /^AZURE_(CLIENT_ID|CLIENT_SECRET|TENANT_ID)$/
    for (const name of upper.filter((one) => !foreign.test(one) && !one.startsWith('SM_')))
      expect(Object.keys(settingsTable)).toContain(name)
    const metrics = [...text.matchAll(/`((?:bot|graph|outbox|auditor|incidents)_[a-z_]+)/g)]
    for (const [, name = ''] of metrics) expect(Object.keys(metricTable)).toContain(name)
  })

  test('every test it leans on exists', () => {
    const named = [...text.matchAll(/`(test\/[\w./-]+)` \("([^"]+)"\)/g)]
    for (const [, path = '', words = ''] of named) expect(read(path), `${path}: ${words}`).toContain(words)
  })
})

test('the checks are alive: what does not exist is found', () => {
  expect(
    brokenLinks('README.md', '[a](docs/none.md) [b](docs/try.md#none) [c](docs/try.md#the-terminal)'),
  ).toEqual(['README.md: docs/none.md', 'README.md: docs/try.md#none'])
  expect(missingPaths('README.md', '`src/none.ts` and `node src/main.ts` and `knowledge/<id>.md`')).toEqual([
    'README.md: src/none.ts',
  ])
})

describe('the runbook', () => {
  const operate = read('docs/operate.md')

  test.each(Object.keys(catalogue))('%s has an entry with what to do', (code) => {
    const row = read('docs/errors.md')
      .split('\n')
      .find((line) => line.startsWith(`| \`${code}\` |`))
    expect(row?.split('|').at(-2)?.trim().length).toBeGreaterThan(10)
  })

  test.each(ruleIds)('alert rule %s has an entry', (id) => {
    expect(operate).toMatch(new RegExp(`^\\| \`${id.replace('.', '\\.')}\` \\| .{20,} \\| .{15,} \\|$`, 'm'))
  })

  test('every code of a delivery that fails has an entry', () => {
    const written = readSources(root, 'src').filter(({ path }) => /^src\/(teams|alerts)\//.test(path))
    const codes = written.flatMap(({ text }) => [
      ...text.matchAll(/code: '([^']+)'/g),
      ...text.matchAll(/code: `(network) \$/g),
      ...text.matchAll(/'(\d{3} [A-Z]\w+)'/g),
      ...text.matchAll(/dead\([^)]*, '([a-z ]+)'/g),
    ])
    const found = [...new Set(codes.map(([, code = '']) => code))].filter((code) => !code.startsWith('SM_'))
    expect(found.length).toBeGreaterThanOrEqual(8)
    const statuses = [400, 401, 402, 403, 404, 405, 409, 412, 413, 429, 500, 501, 502, 503, 504]
    for (const code of [...found, ...statuses.map(String)])
      expect(operate, code).toMatch(new RegExp(`\`${code}( …)?\``))
  })
})
