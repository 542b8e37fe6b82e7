// Does the Teams app package name this bot?
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { fail, ok, type Subject, skipped, type Verdict } from './verdict.ts'

const subject: Subject = { id: 'manifest.bot', what: 'the app package names the bot of MicrosoftAppId' }
const again = 'Run `npm run package -- --site https://…` again and upload dist/sync-medic.zip.'

export async function checkPackage(config: Config, root: string): Promise<Verdict> {
  const file = join(root, 'dist', 'sync-medic.zip')
  if (!existsSync(file)) return skipped(subject, 'no dist/sync-medic.zip; `npm run package` makes it')
  if (!config.bot.appId) return skipped(subject, 'MicrosoftAppId is not set')
  const zip = await import('fflate').catch(() => undefined)
  if (!zip) return skipped(subject, 'needs the development dependencies (`npm ci`)')
  try {
    const manifest = zip.unzipSync(readFileSync(file))['manifest.json']
    const text = zip.strFromU8(manifest ?? new Uint8Array())
    const { bots } = JSON.parse(text) as { readonly bots: readonly { readonly botId: string }[] }
    const ids = bots.map(({ botId }) => botId.toLowerCase())
    return ids.length > 0 && ids.every((id) => id === config.bot.appId)
      ? ok(subject, 'they agree')
      : fail(subject, 'the package names another bot', again)
  } catch {
    return fail(subject, 'the package cannot be read', again)
  }
}
