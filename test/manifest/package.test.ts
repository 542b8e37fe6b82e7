import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppManifestUtils } from '@microsoft/app-manifest'
import { unzipSync } from 'fflate'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { buildPackage, fillManifest, lintManifest, type Manifest } from '../../manifest/package.ts'
import { understand } from '../../src/conversation/index.ts'

const values = {
  BOT_ID: '11111111-2222-3333-4444-555555555555',
  TEAMS_APP_ID: '11111111-2222-3333-4444-666666666666',
  WEBSITE_URL: 'https://sync-medic.contoso.com',
  PRIVACY_URL: 'https://sync-medic.contoso.com/privacy',
  TERMS_URL: 'https://sync-medic.contoso.com/terms',
}
const manifest = fillManifest(values)
type Loose = { [key: string]: unknown }
const changed = (change: (m: Loose & { bots: Loose[] }) => void): Manifest => {
  const copy = structuredClone(manifest) as unknown as Loose & { bots: Loose[] }
  change(copy)
  return copy as unknown as Manifest
}
const schemaFindings = (m: Manifest) =>
  AppManifestUtils.validateAgainstSchema(
    m as unknown as Parameters<typeof AppManifestUtils.validateAgainstSchema>[0],
  )

describe('the manifest', () => {
  test('fits schema 1.29 and the lint', async () => {
    expect(manifest.manifestVersion).toBe('1.29')
    expect(await schemaFindings(manifest)).toEqual([])
    expect(lintManifest(manifest)).toEqual([])
  })

  test('fits schema 1.30 as well', async () => {
    const next = changed((m) => {
      m.manifestVersion = '1.30'
      m.$schema = manifest.$schema.replace('1.29', '1.30')
    })
    expect(await schemaFindings(next)).toEqual([])
  })

  test.each<[string, (m: Loose & { bots: Loose[] }) => void]>([
    [
      'unknown key',
      (m) => {
        m.surprise = 1
      },
    ],
    [
      'missing bot id',
      (m) => {
        delete m.bots[0]?.botId
      },
    ],
    [
      'wrong scope',
      (m) => {
        ;(m.bots[0] as Loose).scopes = ['Personal']
      },
    ],
    [
      'short name too long',
      (m) => {
        m.name = { short: 'x'.repeat(31), full: 'x' }
      },
    ],
    [
      'two bots',
      (m) => {
        m.bots.push(structuredClone(m.bots[0] as Loose))
      },
    ],
  ])('the schema finds: %s', async (_name, change) => {
    expect(await schemaFindings(changed(change))).not.toEqual([])
  })

  test.each<[string, (m: Loose & { bots: Loose[] }) => void, string]>([
    [
      'http address',
      (m) => {
        m.developer = { ...manifest.developer, websiteUrl: 'http://contoso.com' }
      },
      'http',
    ],
    [
      'version',
      (m) => {
        m.version = '1.0'
      },
      'not semantic',
    ],
    [
      'tunnel',
      (m) => {
        m.validDomains = ['abc.ngrok.io']
      },
      'tunnel',
    ],
    [
      'wildcard',
      (m) => {
        m.validDomains = ['*.com']
      },
      'other people',
    ],
    [
      'scheme',
      (m) => {
        m.validDomains = ['https://contoso.com']
      },
      'without https',
    ],
    [
      'product name',
      (m) => {
        m.name = { short: 'Teams Medic', full: 'x' }
      },
      'product name',
    ],
    [
      'placeholder',
      (m) => {
        m.id = ['$', '{{TEAMS_APP_ID}}'].join('')
      },
      'placeholder',
    ],
    [
      'unused permission',
      (m) => {
        m.authorization = {
          permissions: { resourceSpecific: [{ name: 'ChannelMessage.Read.Group', type: 'Application' }] },
        }
      },
      'resource-specific',
    ],
    [
      'same command twice',
      (m) => {
        const list = (m.bots[0] as { commandLists: { commands: unknown[] }[] }).commandLists[0]
        list?.commands.push(list.commands[0])
      },
      'twice',
    ],
    [
      'slash without targeted messages',
      (m) => {
        const list = (m.bots[0] as { commandLists: Loose[] }).commandLists[0]
        if (list) list.triggers = ['slash']
      },
      'slash',
    ],
  ])('the lint finds: %s', (_name, change, expected) => {
    expect(lintManifest(changed(change))).toEqual([expect.stringContaining(expected)])
  })

  test('every command it lists is one the bot handles', () => {
    const titles = manifest.bots.flatMap((bot) =>
      bot.commandLists.flatMap((list) => list.commands.map((c) => c.title)),
    )
    expect(titles.length).toBeGreaterThan(8)
    for (const title of titles) expect(understand(title).intents[0]?.name, title).not.toBe('knowledge')
  })
})

describe('the package', () => {
  test('holds exactly manifest and icons, the same bytes each time', () => {
    const bytes = buildPackage(values)
    expect(Object.keys(unzipSync(bytes)).sort()).toEqual(['color.png', 'manifest.json', 'outline.png'])
    expect(Buffer.from(bytes).equals(Buffer.from(buildPackage(values)))).toBe(true)
    expect(bytes.length).toBeLessThan(200_000)
  })

  test('icons have the sizes Teams wants; the outline is white on nothing', () => {
    const read = (name: string) =>
      PNG.sync.read(readFileSync(join(import.meta.dirname, '../../manifest', name)))
    const color = read('color.png')
    expect([color.width, color.height]).toEqual([192, 192])
    const outline = read('outline.png')
    expect([outline.width, outline.height]).toEqual([32, 32])
    const pixels = Array.from({ length: 32 * 32 }, (_, i) => [...outline.data.subarray(i * 4, i * 4 + 4)])
    const visible = pixels.filter((p) => (p[3] ?? 0) > 0)
    expect(visible.length).toBeGreaterThan(50)
    expect(visible.length).toBeLessThan(pixels.length)
    expect(visible.every(([r, g, b]) => r === 255 && g === 255 && b === 255)).toBe(true)
  })

  test('missing values are all named', () => {
    expect(() => buildPackage({ ...values, BOT_ID: '', WEBSITE_URL: 'http://x' })).toThrow(
      /BOT_ID must be a GUID; WEBSITE_URL/,
    )
  })
})
