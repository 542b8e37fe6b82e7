// What we are made of: lock files, direct dependencies, known weaknesses, secrets, bill of materials. All offline.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

type Entry = {
  readonly version: string
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly optional?: boolean
  readonly hasInstallScript?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
}
type Lock = { readonly lockfileVersion: number; readonly packages: Readonly<Record<string, Entry>> }
type Manifest = {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly scripts: Readonly<Record<string, string>>
}

const lock: Lock = JSON.parse(read('package-lock.json'))
const manifest: Manifest = JSON.parse(read('package.json'))
const nameOf = (path: string) => path.split('node_modules/').at(-1) ?? ''
const installed = (of: Lock = lock) => Object.entries(of.packages).filter(([path]) => path !== '')
const production = installed().filter(([, entry]) => !entry.dev && !entry.devOptional)

/** Raised only with a reason, which stands in docs/decisions/0003-dependencies.md. */
const MOST_IN_PRODUCTION = 241

describe('I1 lock files', () => {
  test.each(['package-lock.json', 'tools/node/package-lock.json'])(
    '%s has an integrity for every package and no host, link or other source',
    (path) => {
      const one: Lock = JSON.parse(read(path))
      expect(one.lockfileVersion).toBe(3)
      expect(installed(one).length).toBeGreaterThan(0)
      for (const [name, entry] of installed(one)) {
        expect(entry.integrity, name).toMatch(/^sha512-/)
        expect(entry.resolved, name).toBeUndefined()
        expect(entry.link, name).toBeUndefined()
      }
    },
  )

  test('no dependency, direct or not, is asked for from git, http or a file', () => {
    const asked = [manifest, ...Object.values(lock.packages)].flatMap((one) =>
      Object.entries(one.dependencies ?? {}),
    )
    expect(asked.length).toBeGreaterThan(100)
    for (const [name, range] of asked) expect(`${name} ${range}`).not.toMatch(/git|https?:|file:|github/i)
  })

  test('direct dependencies have exact versions, and the lock file has the same', () => {
    const direct = { ...manifest.dependencies, ...manifest.devDependencies }
    for (const [name, version] of Object.entries(direct)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
      expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version)
    }
  })
})

describe('I2 install scripts', () => {
  test('are off, and only an optional package of restify would want one in production', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m)
    expect(read('tools/node/.npmrc')).toMatch(/^ignore-scripts=true$/m)
    const wanting = production.filter(([, entry]) => entry.hasInstallScript)
    expect(wanting.map(([path, { optional }]) => [nameOf(path), optional])).toEqual([
      ['dtrace-provider', true],
    ])
    const hooks = Object.keys(manifest.scripts).filter((name) => /^(pre|post)/.test(name))
    expect(hooks).toEqual([])
  })
})

describe('I3 dependencies', () => {
  const page = read('docs/decisions/0003-dependencies.md')
  const reasons = new Map(
    [...page.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name, why]) => [name, why]),
  )

  test('each direct one has its reason, and no reason is left over', () => {
    const direct = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)]
    expect([...reasons.keys()].toSorted()).toEqual(direct.toSorted())
    for (const [name, why] of reasons) expect(why?.length, name).toBeGreaterThan(20)
  })

  test(`the production tree has at most ${MOST_IN_PRODUCTION} packages`, () => {
    expect(production.length).toBeLessThanOrEqual(MOST_IN_PRODUCTION)
    expect(page).toContain(`${MOST_IN_PRODUCTION} packages`)
  })
})

/** "any", or a comparison with one version: "<1.2.3", "<=1.2.3". */
function inRange(version: string, range: string): boolean {
  if (range === 'any') return true
  const match = /^(<=?)(\d+)\.(\d+)\.(\d+)$/.exec(range)
  if (!match) throw new Error(`cannot read the range ${range}`)
  const wanted = match.slice(2).map(Number)
  const have = version.split(/[.-]/).slice(0, 3).map(Number)
  const at = wanted.findIndex((part, i) => part !== have[i])
  if (at < 0) return match[1] === '<='
  return (have[at] ?? 0) < (wanted[at] ?? 0)
}

describe('I4 known weaknesses', () => {
  type Advisory = {
    readonly package: string
    readonly range: string
    readonly weakness: string
    readonly mitigation?: string
    readonly tests?: readonly string[]
  }
  const { advisories }: { advisories: readonly Advisory[] } = JSON.parse(read('security/advisories.json'))
  const present = advisories.filter((one) =>
    production.some(([path, { version }]) => nameOf(path) === one.package && inRange(version, one.range)),
  )

  test('the list holds at least those we know of', () => {
    expect(advisories.map((one) => one.package)).toEqual(
      expect.arrayContaining(['restify', 'send', 'find-my-way', 'spdy', 'qs', 'botframework-connector']),
    )
  })

  test('each that is in our tree is held off, by something a test shows', () => {
    expect(present.map((one) => one.package)).toEqual(['restify', 'botframework-connector'])
    for (const one of present) {
      expect(one.mitigation?.length, one.package).toBeGreaterThan(20)
      expect(one.tests?.length, one.package).toBeGreaterThan(0)
      for (const path of one.tests ?? []) expect(existsSync(join(root, path)), path).toBe(true)
    }
  })

  test.each([
    ['12.0.0', '<=12.0.0', true],
    ['12.0.1', '<=12.0.0', false],
    ['6.14.0', '<6.14.1', true],
    ['6.14.1', '<6.14.1', false],
    ['0.18.9', '<0.19.0', true],
    ['9.10.1', '<8.2.2', false],
    ['1.0.0', 'any', true],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(inRange(version, range)).toBe(expected)
  })
})

// Written so that this file does not find itself.
const secretForms: readonly (readonly [string, RegExp, string])[] = [
  [
    'private key',
    /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]{40}/,
    `-----BEGIN ${'PRIVATE'} KEY-----\n${'A'.repeat(60)}`,
  ],
  ['client secret of Entra', /\b[\w~.-]{3}[78]Q~[\w~.-]{31,34}/, `abc8Q${'~'}${'x'.repeat(34)}`],
  [
    'storage or bus key',
    /(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}/,
    `Account${'Key='}${'k'.repeat(44)}`,
  ],
  [
    'token',
    /\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}/,
    `eyJ${'a'.repeat(30)}.eyJ${'b'.repeat(30)}.${'c'.repeat(30)}`,
  ],
  ['token of GitHub or npm', /\b(?:gh[pousr]_|npm_)[A-Za-z0-9]{30,}/, `ghp${'_'}${'a'.repeat(36)}`],
  ['key of AWS', /\bAKIA[0-9A-Z]{16}\b/, `AKIA${'ABCD'.repeat(4)}`],
]

function projectFiles(folder = ''): string[] {
  const skipped = /^(node_modules|\.git|\.data|dist|shots|devTools|\.env)$/
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`
    if (skipped.test(name) || path === 'tools/node/node_modules') return []
    return statSync(join(root, path)).isDirectory() ? projectFiles(path) : [path]
  })
}

describe('G1 secrets', () => {
  test('no file of the project holds one', () => {
    const files = projectFiles().filter((path) => !path.endsWith('.png'))
    expect(files.length).toBeGreaterThan(300)
    const found = files.flatMap((path) => {
      const text = read(path)
      return secretForms.filter(([, form]) => form.test(text)).map(([name]) => `${path}: ${name}`)
    })
    expect(found).toEqual([])
  })

  test.each(secretForms)('the scan finds a %s', (_name, form, sample) => {
    expect(form.test(`x = "${sample}"`)).toBe(true)
  })
})

describe('I5 bill of materials', () => {
  test('npm makes one offline, and it names exactly what the lock file names', () => {
    const windows = process.platform === 'win32'
    const args = [
      'sbom',
      '--sbom-format',
      'cyclonedx',
      '--package-lock-only',
      '--offline',
      '--loglevel=error',
    ]
    const text = execFileSync(windows ? 'npm.cmd' : 'npm', args, {
      cwd: root,
      encoding: 'utf8',
      shell: windows,
    })
    type Component = { readonly group?: string; readonly name: string; readonly version: string }
    const sbom: { specVersion: string; components: readonly Component[] } = JSON.parse(text)
    expect(sbom.specVersion).toBe('1.5')
    const told = sbom.components.map(
      ({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`,
    )
    const locked = installed().map(([path, { version }]) => `${nameOf(path)}@${version}`)
    expect([...new Set(told)].toSorted()).toEqual([...new Set(locked)].toSorted())
  })
})
