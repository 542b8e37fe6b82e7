// Levels L0 (it parses) and L2 (infra, code and manifest agree). Nothing here proves that it deploys.
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { applicationGrants } from '../../src/graph/index.ts'
import { settingsTable } from '../../src/settings.ts'
import { routes } from '../../src/teams/index.ts'
import {
  type BicepFile,
  keysOf,
  parseBicep,
  properties,
  readBicep,
  resourceTypes,
  syntaxErrors,
} from '../support/bicep.ts'

const folder = join(import.meta.dirname, '../../infra')
let files: BicepFile[] = []
const file = (name: string): BicepFile => {
  const found = files.find((one) => one.path.endsWith(name))
  if (!found) throw new Error(`no ${name} in infra/`)
  return found
}
const valuesOf = (name: string, property: string) =>
  properties(file(name))
    .filter((one) => one.name === property)
    .map((one) => one.value)

beforeAll(async () => {
  files = await readBicep(folder)
})

describe('L0: every file parses', () => {
  test('all of them, and there are some', () => {
    expect(files.length).toBeGreaterThanOrEqual(6)
    for (const one of files) expect(syntaxErrors(one), one.path).toEqual([])
  })

  test('the checker is alive: a broken file is found', async () => {
    expect(syntaxErrors(await parseBicep('x.bicep', "resource a 'b@c' = {\n  name 'x'\n"))).not.toEqual([])
  })
})

describe('L2: infra agrees with the code', () => {
  test('every app setting is a setting of the bot', () => {
    const names = keysOf(file('main.bicep'), 'settings')
    expect(names.length).toBeGreaterThan(8)
    // AZURE_CLIENT_ID is read by the identity library, not by us.
    for (const name of names.filter((one) => one !== 'AZURE_CLIENT_ID'))
      expect(Object.keys(settingsTable)).toContain(name)
  })

  test('the settings it makes are a valid production configuration', () => {
    const id = '11111111-2222-3333-4444-555555555555'
    const made: Record<string, string> = {
      MicrosoftAppId: id,
      MicrosoftAppTenantId: id,
      AUDIT_KEY: 'k'.repeat(44),
      PSEUDONYM_KEY: 'k'.repeat(44),
      DATABASE_URL:
        'postgres://syncmedic-identity@db.postgres.database.azure.com:5432/syncmedic?sslmode=require',
      CLOUD: 'global',
      ACTIONS: 'none',
      DEFAULT_ROLE: 'none',
      AZURE_CLIENT_ID: id,
    }
    const names = keysOf(file('main.bicep'), 'settings')
    const literal = (name: string) =>
      properties(file('main.bicep')).find((one) => one.name === name && one.node.text.includes("'"))?.value
    const env = Object.fromEntries(names.map((name) => [name, made[name] ?? literal(name) ?? '']))
    const result = loadConfig(env)
    expect(result.ok ? [] : result.problems).toEqual([])
    expect(result.ok && result.config).toMatchObject({ production: true, anonymous: false, actions: [] })
  })

  test('the health path and the messaging endpoint are routes of the server', () => {
    expect(routes.ready).toBe(valuesOf('app.bicep', 'healthCheckPath')[0])
    expect(valuesOf('bot.bicep', 'endpoint')[0]).toBe(`https://\${host}${routes.messages}`)
  })

  test('the permissions it grants are exactly those the code declares, and all only read', () => {
    const granted = [...file('graph-grants.bicep').text.matchAll(/name: '([A-Za-z.]+\.All)'/g)].map(
      (match) => match[1],
    )
    expect(granted.toSorted()).toEqual([...applicationGrants].sort())
    expect(granted.filter((name) => /Write/.test(name ?? ''))).toEqual([])
  })

  test('runs the Node that package.json asks for, without a build', () => {
    expect(valuesOf('app.bicep', 'linuxFxVersion')).toEqual(['NODE|24-lts'])
    expect(valuesOf('app.bicep', 'appCommandLine')).toEqual(['node src/main.ts'])
  })
})

describe('rules that hold in every file', () => {
  test('a managed identity, no passwords, no local authentication, TLS 1.2', () => {
    expect(valuesOf('bot.bicep', 'msaAppType')).toEqual(['UserAssignedMSI'])
    expect(valuesOf('bot.bicep', 'disableLocalAuth')).toEqual(['true'])
    expect(valuesOf('database.bicep', 'passwordAuth')).toEqual(['Disabled'])
    expect(valuesOf('telemetry.bicep', 'disableLocalAuth')).toEqual(['true'])
    expect(valuesOf('secrets.bicep', 'enablePurgeProtection')).toEqual(['true'])
    expect(valuesOf('app.bicep', 'httpsOnly')).toEqual(['true'])
    expect(valuesOf('app.bicep', 'minTlsVersion')).toEqual(['1.2'])
    expect(valuesOf('app.bicep', 'allow')).toEqual(['false', 'false'])
  })

  test('no secure parameter has a default and no secret is written down', () => {
    for (const one of files) {
      expect(one.text, one.path).not.toMatch(/@secure\(\)\s*(?:@\w+\([^)]*\)\s*)*param \w+ string\s*=/)
      expect(one.text, one.path).not.toMatch(/(password|secret)\s*:\s*'[^'$@]{8,}'/i)
    }
  })

  test('every resource that can have tags has them, and every API version is a released one', () => {
    const untaggable =
      /roleAssignments|diagnosticSettings|administrators|databases|configurations|firewallRules|sites\/config|basicPublishing|Microsoft\.Graph/
    for (const one of files) {
      const types = resourceTypes(one)
      const tagged = properties(one).filter(
        (property) =>
          property.name === 'tags' && property.node.parent?.parent?.type === 'resource_declaration',
      )
      expect(tagged.length, one.path).toBe(types.filter((type) => !untaggable.test(type)).length)
      for (const type of types) expect(type).toMatch(/@(\d{4}-\d{2}-\d{2}|2021-05-01-preview|v1\.0)$/)
    }
  })
})
