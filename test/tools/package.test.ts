import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { type Config, loadConfig } from '../../src/config.ts'
import { checkPackage } from '../../src/doctor/package.ts'
import { checkCloud, checkKeys } from '../../src/doctor/settings.ts'
import { runTool } from './run-tool.ts'

const botId = '11111111-2222-3333-4444-555555555555'
const other = '99999999-2222-3333-4444-555555555555'

function configOf(env: Record<string, string>): Config {
  const loaded = loadConfig(env)
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  return loaded.config
}
const registered = (appId: string) => configOf({ MicrosoftAppId: appId, MicrosoftAppTenantId: other })
const folder = () => mkdtempSync(join(tmpdir(), 'sync-medic-package-'))

describe('npm run package', () => {
  test('writes a package with the ids and addresses that were given, and the doctor sees whose it is', async () => {
    const root = folder()
    const out = join(root, 'dist', 'sync-medic.zip')
    const args = ['--bot-id', botId, '--site', 'https://sync-medic.example.com', '--out', out]
    expect(await runTool('package', { args })).toMatchObject({ code: 0, err: '' })
    const manifest = JSON.parse(strFromU8(unzipSync(readFileSync(out))['manifest.json'] ?? new Uint8Array()))
    expect(manifest.bots[0].botId).toBe(botId)
    expect(manifest.developer.privacyUrl).toBe('https://sync-medic.example.com/privacy')

    expect((await checkPackage(registered(botId), root)).result).toBe('ok')
    expect(await checkPackage(registered(other), root)).toMatchObject({ result: 'fail' })
    expect(await checkPackage(configOf({}), root)).toMatchObject({ result: 'skipped' })
    writeFileSync(out, 'no zip')
    expect(await checkPackage(registered(botId), root)).toMatchObject({ result: 'fail' })
    expect(await checkPackage(registered(botId), folder())).toMatchObject({ result: 'skipped' })
  })

  test('says what is missing and writes nothing', async () => {
    const out = join(folder(), 'none.zip')
    const ran = await runTool('package', { args: ['--site', 'http://plain.example.com', '--out', out] })
    expect(ran.code).toBe(64)
    expect(ran.err).toContain('BOT_ID must be a GUID')
    expect(ran.err).toContain('WEBSITE_URL must be an https address')
    expect(existsSync(out)).toBe(false)
  })
})

describe('doctor on a registered bot', () => {
  test('knows the Connector of each cloud, and that one cloud has none', () => {
    const inCloud = (cloud: string) =>
      checkCloud(configOf({ MicrosoftAppId: botId, MicrosoftAppTenantId: other, CLOUD: cloud })).result
    expect(['global', 'gcc', 'gcchigh', 'dod', 'china'].map(inCloud)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
      'fail',
    ])
    expect(checkCloud(configOf({})).result).toBe('skipped')
  })

  test('warns of keys that others may read', () => {
    const dataDir = folder()
    mkdirSync(dataDir, { recursive: true })
    const keys = JSON.stringify({ audit: 'a'.repeat(40), pseudonym: 'p'.repeat(40) })
    const config = configOf({ DATA_DIR: dataDir })
    expect(checkKeys(config)).toMatchObject({ result: 'ok', seen: expect.stringContaining('will be made') })
    writeFileSync(join(dataDir, 'keys.json'), keys, { mode: 0o644 })
    expect(checkKeys(config).result).toBe(process.platform === 'win32' ? 'ok' : 'warn')
    const given = { AUDIT_KEY: 'a'.repeat(40), PSEUDONYM_KEY: 'p'.repeat(40) }
    expect(checkKeys(configOf({ DATA_DIR: dataDir, ...given })).result).toBe('ok')
  })
})
