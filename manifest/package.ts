// Builds the Teams app package: fills the placeholders, checks what the schema cannot see, zips with fixed bytes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'

export type PackageValues = {
  readonly BOT_ID: string
  readonly TEAMS_APP_ID: string
  readonly WEBSITE_URL: string
  readonly PRIVACY_URL: string
  readonly TERMS_URL: string
}

export type Manifest = {
  readonly $schema: string
  readonly manifestVersion: string
  readonly version: string
  readonly id: string
  readonly name: { readonly short: string; readonly full: string }
  readonly developer: {
    readonly websiteUrl: string
    readonly privacyUrl: string
    readonly termsOfUseUrl: string
  }
  readonly icons: { readonly color: string; readonly outline: string }
  readonly bots: readonly {
    readonly botId: string
    readonly scopes: readonly string[]
    readonly supportsTargetedMessages?: boolean
    readonly commandLists: readonly {
      readonly triggers?: readonly string[]
      readonly commands: readonly { readonly title: string }[]
    }[]
  }[]
  readonly validDomains: readonly string[]
  readonly authorization?: { readonly permissions?: { readonly resourceSpecific?: readonly unknown[] } }
}

const folder = import.meta.dirname
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The manifest with its placeholders filled; throws with every value that is missing or malformed. */
export function fillManifest(values: PackageValues): Manifest {
  const problems = [
    ...(['BOT_ID', 'TEAMS_APP_ID'] as const)
      .filter((name) => !guid.test(values[name]))
      .map((name) => `${name} must be a GUID`),
    ...(['WEBSITE_URL', 'PRIVACY_URL', 'TERMS_URL'] as const)
      .filter((name) => !values[name].startsWith('https://'))
      .map((name) => `${name} must be an https address`),
  ]
  if (problems.length > 0) throw new Error(problems.join('; '))
  const text = readFileSync(join(folder, 'manifest.json'), 'utf8')
  const filled = text.replace(/\$\{\{(\w+)\}\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? JSON.stringify(values[name as keyof PackageValues]).slice(1, -1) : whole,
  )
  return JSON.parse(filled) as Manifest
}

const tunnels = /(ngrok|devtunnels\.ms|tunnel|loca\.lt|serveo)/i
const shared = /^\*\.(com|net|org|azurewebsites\.net|azurefd\.net|cloudapp\.net)$/i

function domainProblems(domains: readonly string[]): string[] {
  return domains.flatMap((domain) => [
    ...(domain.includes('://') ? [`validDomains: ${domain} must be a host, without https://`] : []),
    ...(shared.test(domain) ? [`validDomains: ${domain} covers hosts of other people`] : []),
    ...(tunnels.test(domain) ? [`validDomains: ${domain} is a tunnel`] : []),
  ])
}

/** What the published schema lets through and Teams or the store does not. One line per finding. */
export function lintManifest(manifest: Manifest): string[] {
  const text = JSON.stringify(manifest)
  const lists = manifest.bots.flatMap((bot) => bot.commandLists.map((list) => ({ bot, list })))
  const problems: string[] = []
  const check = (bad: boolean, problem: string) => {
    if (bad) problems.push(problem)
  }
  check(!/^\d+\.\d+\.\d+$/.test(manifest.version), `version ${manifest.version} is not semantic`)
  check(/"http:\/\//.test(text), 'an address uses http')
  check(/\$\{\{/.test(text), 'a placeholder is not filled')
  check(
    /teams|microsoft|entra/i.test(`${manifest.name.short} ${manifest.name.full}`),
    'the name must not hold a Microsoft product name',
  )
  for (const { bot, list } of lists) {
    const titles = list.commands.map((command) => command.title.toLowerCase())
    check(new Set(titles).size < titles.length, 'a command stands twice in one list')
    check(
      Boolean(list.triggers?.includes('slash')) && !bot.supportsTargetedMessages,
      'slash commands need supportsTargetedMessages',
    )
  }
  const resourceSpecific = manifest.authorization?.permissions?.resourceSpecific ?? []
  check(resourceSpecific.length > 0, 'resource-specific permissions are asked for and none is used')
  return [...problems, ...domainProblems(manifest.validDomains)]
}

/** The package as bytes: manifest and icons at its root, the same bytes for the same input. */
export function buildPackage(values: PackageValues): Uint8Array {
  const manifest = fillManifest(values)
  const problems = lintManifest(manifest)
  if (problems.length > 0) throw new Error(problems.join('; '))
  // A fixed date: a zip keeps local time without a zone, so the parts are given, not an instant.
  const mtime = new Date(2000, 0, 1, 12)
  return zipSync(
    {
      'manifest.json': [strToU8(`${JSON.stringify(manifest, null, 2)}\n`), { mtime }],
      [manifest.icons.color]: [readFileSync(join(folder, manifest.icons.color)), { mtime }],
      [manifest.icons.outline]: [readFileSync(join(folder, manifest.icons.outline)), { mtime }],
    },
    { level: 9 },
  )
}
