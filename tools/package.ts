// `npm run package -- --site https://sync-medic.contoso.com`: writes dist/sync-medic.zip, ready to upload to Teams.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPackage } from '../manifest/package.ts'
import { loadConfig } from '../src/config.ts'

const { values } = parseArgs({
  options: {
    'bot-id': { type: 'string' },
    'app-id': { type: 'string' },
    site: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, '..', 'dist', 'sync-medic.zip') },
  },
})
const loaded = loadConfig()
const botId = values['bot-id'] ?? (loaded.ok ? loaded.config.bot.appId : undefined) ?? ''
const site = values.site ?? ''
try {
  const bytes = buildPackage({
    BOT_ID: botId,
    TEAMS_APP_ID: values['app-id'] ?? botId,
    WEBSITE_URL: site,
    PRIVACY_URL: `${site}/privacy`,
    TERMS_URL: `${site}/terms`,
  })
  mkdirSync(join(values.out, '..'), { recursive: true })
  writeFileSync(values.out, bytes)
  process.stdout.write(
    `${values.out} (${bytes.length} bytes). Upload it in the Teams admin center, Teams apps, Manage apps.\n`,
  )
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\nGive --bot-id (or set MicrosoftAppId) and --site, the https address of your pages about the bot.\n`,
  )
  process.exitCode = 64
}
