// Rules that need nothing but the settings and the files they name.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseRolesFile } from '../access/index.ts'
import { parseRules } from '../alerts/index.ts'
import { clouds } from '../clouds.ts'
import { type Config, type ConfigResult, loadConfig } from '../config.ts'
import { asMedicError } from '../errors.ts'
import { keysOf } from '../keys.ts'
import { parseRoster } from '../oncall/index.ts'
import { fail, ok, type Subject, skipped, type Verdict, warn } from './verdict.ts'

const configuration = { id: 'configuration', what: 'every setting is known and valid' }

export function checkConfiguration(loaded: ConfigResult = loadConfig()): Verdict[] {
  if (!loaded.ok)
    return loaded.problems.map((problem) =>
      fail(configuration, problem, 'Correct it, see docs/configuration.md; `npm start` refuses it too.'),
    )
  const { config } = loaded
  const mode = config.production ? 'production' : config.rehearsal ? 'rehearsal' : 'development'
  return [
    ok(configuration, mode),
    ...config.warnings.map((warning) =>
      warn(
        { id: 'configuration.warning', what: 'settings that have consequences' },
        warning,
        'Remove the setting, or accept what it says; see docs/configuration.md.',
      ),
    ),
  ]
}

function messageOf(thrown: unknown): string {
  const { code, fields } = asMedicError(thrown)
  const named = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  return [code, ...named].join(', ')
}

type Parsed = { readonly problems: readonly string[] }
const problemsOf = (result: { readonly ok: boolean; readonly problems?: readonly string[] }): Parsed => ({
  problems: result.ok ? [] : (result.problems ?? ['is not valid']),
})

const files: readonly {
  readonly setting: string
  readonly path: (config: Config) => string | undefined
  readonly parse: (text: string) => Parsed
}[] = [
  {
    setting: 'ROSTER_FILE',
    path: (config) => config.rosterFile,
    parse: (text) => problemsOf(parseRoster(text)),
  },
  {
    setting: 'RULES_FILE',
    path: (config) => config.rulesFile,
    parse: (text) => problemsOf(parseRules(text)),
  },
  {
    setting: 'ROLES_FILE',
    path: (config) => config.rolesFile,
    parse: (text) => {
      parseRolesFile(text)
      return { problems: [] }
    },
  },
]

function checkFile({ setting, path, parse }: (typeof files)[number], config: Config): Verdict {
  const subject: Subject = { id: `file.${setting}`, what: `${setting} can be read and fits its form` }
  const file = path(config)
  if (file === undefined) return skipped(subject, 'not set')
  const fix = `Correct the file named in ${setting}; docs/operate.md shows its form.`
  try {
    const { problems } = parse(readFileSync(file, 'utf8'))
    return problems.length === 0 ? ok(subject, 'valid') : fail(subject, problems.join('; '), fix)
  } catch (thrown) {
    const unreadable = thrown instanceof Error && 'syscall' in thrown
    return fail(subject, unreadable ? 'cannot be read' : messageOf(thrown), fix)
  }
}

export function checkFiles(config: Config): Verdict[] {
  return files.map((file) => checkFile(file, config))
}

/** The keys of the audit chain and of pseudonyms: given, or kept in DATA_DIR for nobody else to read. */
export function checkKeys(config: Config): Verdict {
  const subject: Subject = { id: 'keys', what: 'HMAC keys of the audit chain and of pseudonyms' }
  if (config.auditKey && config.pseudonymKey) return ok(subject, 'given by AUDIT_KEY and PSEUDONYM_KEY')
  const file = join(config.dataDir, 'keys.json')
  if (!existsSync(file)) return ok(subject, 'will be made in DATA_DIR at the first start')
  try {
    keysOf(config)
  } catch {
    return fail(
      subject,
      'keys.json in DATA_DIR cannot be read',
      'Restore keys.json from a backup: without it the audit chain cannot be verified any more.',
    )
  }
  const open = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0
  return open
    ? warn(
        subject,
        'other users of this machine may read keys.json',
        `Run chmod 600 on keys.json in DATA_DIR.`,
      )
    : ok(subject, 'kept in DATA_DIR')
}

export function checkCloud(config: Config): Verdict {
  const subject: Subject = { id: 'connector.cloud', what: 'Bot Connector of the chosen cloud' }
  const hosts = clouds[config.cloud].connectorHosts
  if (config.anonymous) return skipped(subject, 'anonymous rehearsal: nothing leaves this machine')
  return hosts.length > 0
    ? ok(subject, `${config.cloud}: ${hosts.join(', ')}`)
    : fail(
        subject,
        `${config.cloud} has no Connector host that is known to us`,
        'Choose another CLOUD: Teams bots are not available in this one as far as we know.',
      )
}
